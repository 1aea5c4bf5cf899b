//! What a route takes and answers, as data, from which the OpenAPI document is made. No handler refers to it: what is said
//! here is not linked into the functions.

use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::body::{Attribute, Body, Kind};
use crate::list::Shape;
use crate::request::Route;

/// One route, with all that a client wants to know of it.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// Where it is.
    pub route: Route,
    /// Its name in programs that are made from the document.
    pub id: &'static str,
    /// What it is about.
    pub tag: Tag,
    /// What it does, in a sentence.
    pub summary: &'static str,
    /// Who may call it.
    pub caller: Caller,
    /// What can be asked of the list that it answers.
    pub list: Option<&'static Shape>,
    /// What its one resource may include.
    pub includes: &'static [&'static str],
    /// Further parameters of the query.
    pub flags: &'static [Attribute],
    /// What its body says.
    pub body: Option<&'static Body>,
    /// Whether it can do without the body.
    pub is_body_optional: bool,
    /// The fields of an HTML form that may come in place of the body.
    pub form: Option<&'static [Attribute]>,
    /// Whether it takes the version of what it changes, as `If-Match`.
    pub is_versioned: bool,
    /// Whether it answers pages to those who want HTML.
    pub has_pages: bool,
    /// What it answers where nothing is wrong.
    pub answers: &'static [Answered],
    /// The refusals that do not follow from the rest.
    pub refusals: &'static [u16],
}

/// An answer where nothing is wrong.
#[derive(Debug, Clone, Copy)]
pub struct Answered {
    /// Its status.
    pub status: u16,
    /// When it comes, or what it holds.
    pub description: &'static str,
    /// The type of its content.
    pub content_type: &'static str,
    /// The schema of its JSON; none if it has no body.
    pub schema: Option<fn(&mut SchemaGenerator) -> Schema>,
    /// Whether `Location` says where what was made is to be found.
    pub is_located: bool,
}

impl Answered {
    /// A document of this type.
    #[must_use]
    pub const fn with<T: JsonSchema>(status: u16, description: &'static str) -> Self {
        Self {
            status,
            description,
            content_type: crate::answer::JSON_API,
            schema: Some(schema_of::<T>),
            is_located: false,
        }
    }

    /// An answer without a body.
    #[must_use]
    pub const fn empty(status: u16, description: &'static str) -> Self {
        Self { status, description, content_type: "", schema: None, is_located: false }
    }

    /// The same, of this type.
    #[must_use]
    pub const fn of_type(self, content_type: &'static str) -> Self {
        Self { content_type, ..self }
    }

    /// The same, with an address.
    #[must_use]
    pub const fn located(self) -> Self {
        Self { is_located: true, ..self }
    }
}

fn schema_of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// Who may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// Anyone.
    Anyone,
    /// Who is signed in.
    Person,
    /// Who is signed in, or a program with a key.
    PersonOrKey,
    /// Who is signed in, or anyone by the form, who signs in with it.
    PersonOrForm,
    /// A browser with its cookie.
    Browser,
}

/// What operations are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tag {
    /// Accounts and their settings.
    Accounts,
    /// Signing in and out.
    Sessions,
    /// Passwords that change and come back.
    Passwords,
    /// Second factors.
    SecondFactors,
    /// Keys of programs.
    ApiKeys,
    /// Users.
    Users,
    /// Invitations of people.
    Invitations,
    /// Organizations.
    Organizations,
    /// Groups.
    Groups,
    /// Who may reach single assets.
    Restrictions,
    /// Accounts that let each other in.
    GlueConnect,
    /// Who may do what.
    Access,
    /// The activity log.
    Logs,
    /// The product itself.
    Product,
}

impl Tag {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 14] = [
        Self::Accounts,
        Self::Sessions,
        Self::Passwords,
        Self::SecondFactors,
        Self::ApiKeys,
        Self::Users,
        Self::Invitations,
        Self::Organizations,
        Self::Groups,
        Self::Restrictions,
        Self::GlueConnect,
        Self::Access,
        Self::Logs,
        Self::Product,
    ];

    /// Its name, and what it comprises.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Accounts => ("Accounts", "Opening an account, and its settings."),
            Self::Sessions => {
                ("Sessions", "Signing in and out, the current session, and switching between accounts.")
            }
            Self::Passwords => ("Passwords", "Changing your own password, and resetting a forgotten one."),
            Self::SecondFactors => ("Second factors", "Authenticator apps and recovery codes."),
            Self::ApiKeys => ("API keys", "API keys for programs. Only signed-in users can manage them."),
            Self::Users => ("Users", "Inviting, showing, changing and removing the users of the account."),
            Self::Invitations => ("Invitations", "Pages that the link in a mail leads to."),
            Self::Organizations => ("Organizations", "The clients of the account, which can be nested."),
            Self::Groups => {
                ("Groups", "Users, with the organizations that they have access to through the group.")
            }
            Self::Restrictions => (
                "Restrictions",
                "Access to single assets for certain groups and users. The assets themselves are stored by the application.",
            ),
            Self::GlueConnect => (
                "GlueConnect",
                "Giving another account access, up to a maximum role. Its users need no users of their own here.",
            ),
            Self::Access => (
                "Access",
                "Whether a user may do something, what a user has access to, and who has access to something.",
            ),
            Self::Logs => ("Logs", "The activity log."),
            Self::Product => ("Product", "The health of the product, and its API description."),
        }
    }
}

/// With it a change is looked at before it is made.
pub const PREVIEW_FLAG: Attribute = Attribute::optional(
    "preview",
    Kind::Flag,
    "Returns who would gain or lose access, without changing anything.",
);

impl Operation {
    const fn new(
        method: &'static str,
        path: &'static str,
        id: &'static str,
        tag: Tag,
        summary: &'static str,
    ) -> Self {
        Self {
            route: Route::new(method, path),
            id,
            tag,
            summary,
            caller: Caller::PersonOrKey,
            list: None,
            includes: &[],
            flags: &[],
            body: None,
            is_body_optional: false,
            form: None,
            is_versioned: false,
            has_pages: false,
            answers: &[],
            refusals: &[],
        }
    }

    /// A `GET`.
    #[must_use]
    pub const fn get(path: &'static str, id: &'static str, tag: Tag, summary: &'static str) -> Self {
        Self::new("GET", path, id, tag, summary)
    }

    /// A `POST`.
    #[must_use]
    pub const fn post(path: &'static str, id: &'static str, tag: Tag, summary: &'static str) -> Self {
        Self::new("POST", path, id, tag, summary)
    }

    /// A `PUT`.
    #[must_use]
    pub const fn put(path: &'static str, id: &'static str, tag: Tag, summary: &'static str) -> Self {
        Self::new("PUT", path, id, tag, summary)
    }

    /// A `PATCH`.
    #[must_use]
    pub const fn patch(path: &'static str, id: &'static str, tag: Tag, summary: &'static str) -> Self {
        Self::new("PATCH", path, id, tag, summary)
    }

    /// A `DELETE`.
    #[must_use]
    pub const fn delete(path: &'static str, id: &'static str, tag: Tag, summary: &'static str) -> Self {
        Self::new("DELETE", path, id, tag, summary)
    }

    /// Called by these; a person or a program if nothing is said.
    #[must_use]
    pub const fn by(self, caller: Caller) -> Self {
        Self { caller, ..self }
    }

    /// Answers a list that can be asked this.
    #[must_use]
    pub const fn list(self, shape: &'static Shape) -> Self {
        Self { list: Some(shape), includes: shape.includes, ..self }
    }

    /// Answers one resource, with what this allows.
    #[must_use]
    pub const fn including(self, shape: &'static Shape) -> Self {
        Self { includes: shape.includes, ..self }
    }

    /// Takes these parameters too.
    #[must_use]
    pub const fn flags(self, flags: &'static [Attribute]) -> Self {
        Self { flags, ..self }
    }

    /// Takes this body.
    #[must_use]
    pub const fn body(self, body: &'static Body) -> Self {
        Self { body: Some(body), ..self }
    }

    /// Takes this body, or none.
    #[must_use]
    pub const fn optional_body(self, body: &'static Body) -> Self {
        Self { body: Some(body), is_body_optional: true, ..self }
    }

    /// Takes a form with these fields as well.
    #[must_use]
    pub const fn form(self, fields: &'static [Attribute]) -> Self {
        Self { form: Some(fields), ..self }
    }

    /// Changes only the version that `If-Match` names, if it names one.
    #[must_use]
    pub const fn versioned(self) -> Self {
        Self { is_versioned: true, ..self }
    }

    /// Says with `preview` what it would do, and writes nothing.
    #[must_use]
    pub const fn previews(self) -> Self {
        Self { flags: &[PREVIEW_FLAG], ..self }
    }

    /// Answers pages as well.
    #[must_use]
    pub const fn pages(self) -> Self {
        Self { has_pages: true, ..self }
    }

    /// Answers so.
    #[must_use]
    pub const fn answers(self, answers: &'static [Answered]) -> Self {
        Self { answers, ..self }
    }

    /// Can be refused in these ways too.
    #[must_use]
    pub const fn refused(self, refusals: &'static [u16]) -> Self {
        Self { refusals, ..self }
    }

    /// Whether `HEAD` is answered as well: with the same headers, and no body.
    #[must_use]
    pub fn has_head(&self) -> bool {
        self.route.method == "GET"
    }

    /// Whether it can be sent again with an idempotency key.
    #[must_use]
    pub fn takes_idempotency_key(&self) -> bool {
        self.route.method == "POST"
    }

    /// Every status of a refusal, rising.
    #[must_use]
    pub fn refused_with(&self) -> Vec<u16> {
        let mut refusals = vec![503];
        refusals.extend(self.refusals);
        if self.caller != Caller::Anyone {
            refusals.extend([400, 401, 403, 429]);
        }
        if self.route.path.contains('{') {
            refusals.push(404);
        }
        if self.body.is_some() {
            refusals.extend([400, 413, 415, 422]);
        }
        if self.is_versioned || self.body.is_some_and(|body| body.changes) {
            refusals.push(412);
        }
        if self.body.is_some_and(|body| body.id == crate::body::Id::OfAddress) {
            refusals.push(409);
        }
        if self.takes_idempotency_key() {
            refusals.extend([400, 409, 422]);
        }
        refusals.sort_unstable();
        refusals.dedup();
        refusals
    }
}

/// The routes at which operations are served: each `GET` with its `HEAD`.
#[must_use]
pub fn served(operations: &[Operation]) -> Vec<Route> {
    let heads = operations.iter().filter(|operation| operation.has_head());
    let heads = heads.map(|operation| Route::new("HEAD", operation.route.path));
    operations.iter().map(|operation| operation.route).chain(heads).collect()
}

/// Their routes.
#[must_use]
pub const fn routes<const COUNT: usize>(operations: &[Operation]) -> [Route; COUNT] {
    let mut routes = [Route::new("", ""); COUNT];
    let (mut open, mut left) = (routes.as_mut_slice(), operations);
    while let ([route, routes @ ..], [operation, operations @ ..]) = (open, left) {
        *route = operation.route;
        (open, left) = (routes, operations);
    }
    routes
}

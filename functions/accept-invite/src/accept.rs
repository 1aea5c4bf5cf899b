//! `POST /invitations/{token}`: accepts, once, before the end, while the inviter may still grant what is granted.

use api::show::UserStatus as Status;
use api::{Api, Failure, act_at_home, browser, changed, session};
use environment::metrics::{self, Unit};
use policy::limits::may_gain_administrators;
use policy::log::Changed;
use policy::password::{MAXIMUM_CHARACTERS, MINIMUM_CHARACTERS, Password, PasswordFault};
use policy::{Refusal, Timestamp, text};
use store::credential::Credential;
use store::{User, UserStatus, until_current};
use tokens::{SessionClaims, SigningKeys, password_hash};
use web::body::{Attribute, Form, Kind};
use web::{Answer, Body, Call, Fault, Faults};

use crate::again::again;
use crate::link::{Opened, open};
use crate::page::{Filled, for_people, form};

/// What may be said, as JSON or by the page's form.
pub const FIELDS: &[Attribute] = &[
    Attribute::required(
        "password",
        Kind::Secret(MINIMUM_CHARACTERS, MAXIMUM_CHARACTERS),
        "The password to sign in with. Common passwords are refused.",
    ),
    Attribute::optional(
        "first-name",
        Kind::OPTIONAL_NAME,
        "Replaces the first name that the inviter entered, unless empty.",
    ),
    Attribute::optional(
        "last-name",
        Kind::OPTIONAL_NAME,
        "Replaces the last name that the inviter entered, unless empty.",
    ),
];

/// The acceptance as JSON.
pub const BODY: Body = Body::new("invitations", FIELDS);

/// What the person sends.
struct Acceptance {
    password: Password,
    first_name: Option<String>,
    last_name: Option<String>,
}

pub async fn accept(api: &Api, signing: &SigningKeys, call: &Call, token: &str) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    let outcome = carry_out(api, signing, call, token).await;
    outcome.map_err(|failure| for_people(call, failure))
}

async fn carry_out(api: &Api, signing: &SigningKeys, call: &Call, token: &str) -> Result<Answer, Failure> {
    if let Some(earlier) = again(api, signing, call, token).await? {
        return Ok(earlier);
    }
    // The link before the body: whoever comes with a dead link learns that, not what a good password is.
    let opened = open(api, call, token).await?;
    let acceptance = if call.is_form() {
        if let Err(refusal) = has_room(&opened) {
            let fault = web::fault::sentence(&refusal.to_string());
            return form(api, call, &opened, &Filled { fault: Some(&fault), ..Filled::default() }).await;
        }
        match read_form(&opened, &call.form(FIELDS)?) {
            Ok(acceptance) => acceptance,
            Err(NotAccepted { fault, first_name, last_name }) => {
                let filled = Filled {
                    first_name: Some(&first_name),
                    last_name: Some(&last_name),
                    fault: Some(&fault),
                };
                return form(api, call, &opened, &filled).await;
            }
        }
    } else {
        read_document(&opened, call)?
    };
    let hash = password_hash::hash(&acceptance.password).map_err(|_| Fault::unavailable())?;
    let credential = Credential::new(hash.into_stored(), call.ip_address.as_deref());
    until_current!(attempt(api, signing, call, token, &acceptance, &credential))
}

async fn attempt(
    api: &Api,
    signing: &SigningKeys,
    call: &Call,
    token: &str,
    acceptance: &Acceptance,
    credential: &Credential,
) -> Result<Answer, Failure> {
    let opened = open(api, call, token).await?;
    has_room(&opened)?;
    let user = as_accepted(&opened, acceptance, call.now);
    let account = &opened.membership.account;
    let act = act_at_home(call, account, &user).changing(changes(&opened.user, &user));
    let id = api.store.ids().next(call.now);
    let session = session::at_home(id, account.id, &user, false, call.now);
    let stored = session::stored(&session, call);
    let generation = opened.invitation.generation;
    api.store.accept_invitation(&user, generation, credential, &stored, &opened.judged, &act).await?;
    metrics::measure(call.now, None, "InvitationsAccepted", Unit::Count, 1.0);
    answered(signing, call, &session)
}

/// The session: to a program as a document, to a browser as a cookie, and the way to the page that welcomes.
pub fn answered(signing: &SigningKeys, call: &Call, session: &SessionClaims) -> Result<Answer, Failure> {
    let answer = if call.is_form() && call.wants_page() {
        // To the same address: without its path, since that holds the link.
        Answer::see_other("?accepted=true").with_cookie(Some(browser::cookie(signing, call, session)?))
    } else {
        Answer::created(&session::document(signing, session)?).at(session::ADDRESS.to_owned())
    };
    Ok(answer.kept_as(session))
}

/// Whether the account has room for one more of this role.
fn has_room(opened: &Opened) -> Result<(), Refusal> {
    let administrators = opened.membership.security.administrator_ids.len();
    may_gain_administrators(administrators, opened.judged.effects().administrators)
}

fn as_accepted(opened: &Opened, acceptance: &Acceptance, now: Timestamp) -> User {
    let mut user = opened.user.clone();
    user.status = UserStatus::Active;
    user.accepted_at = Some(now);
    user.first_name = acceptance.first_name.clone().unwrap_or(user.first_name);
    user.last_name = acceptance.last_name.clone().unwrap_or(user.last_name);
    user
}

/// What an acceptance changes of a user, for the log.
fn changes(before: &User, after: &User) -> Vec<Changed> {
    let text = |text: &str| Some(text.to_owned());
    changed::of_each([
        ("status", text(Status::Invited.name()), text(Status::Active.name())),
        ("first-name", text(&before.first_name), text(&after.first_name)),
        ("last-name", text(&before.last_name), text(&after.last_name)),
    ])
}

/// A password that is more than what others connect with the person.
fn password(opened: &Opened, text: &str) -> Result<Password, PasswordFault> {
    let (account, user) = (&opened.membership.account, &opened.user);
    let names =
        [&account.name, account.subdomain.as_str(), &user.first_name, &user.last_name, user.email.as_str()];
    Password::new(text)?.unlike(&names)
}

fn read_document(opened: &Opened, call: &Call) -> Result<Acceptance, Faults> {
    let mut resource = call.document()?.one(&BODY)?;
    let attributes = &mut resource.attributes;
    let password = attributes.required("password", |text| password(opened, text));
    let first_name = attributes.optional("first-name", text::optional_name);
    let last_name = attributes.optional("last-name", text::optional_name);
    resource.finish()?;
    match password {
        Some(password) => Ok(Acceptance { password, first_name, last_name }),
        None => Err(Fault::unacceptable("missing", "`password` is required.")
            .at("/data/attributes/password")
            .into()),
    }
}

/// A form that cannot be accepted as it is, with what was filled in.
struct NotAccepted {
    fault: String,
    first_name: String,
    last_name: String,
}

fn read_form(opened: &Opened, form: &Form) -> Result<Acceptance, NotAccepted> {
    let (first_name, last_name) = (form.text("first-name"), form.text("last-name"));
    let not_accepted = |fault: String| NotAccepted {
        fault: web::fault::sentence(&fault),
        first_name: first_name.to_owned(),
        last_name: last_name.to_owned(),
    };
    let read = (|| {
        let first = text::optional_name(first_name).map_err(|error| format!("the first name {error}"))?;
        let last = text::optional_name(last_name).map_err(|error| format!("the last name {error}"))?;
        let password = password(opened, form.text("password")).map_err(|error| error.to_string())?;
        let named = |name: String| (!name.is_empty()).then_some(name);
        Ok::<_, String>(Acceptance { password, first_name: named(first), last_name: named(last) })
    })();
    read.map_err(not_accepted)
}

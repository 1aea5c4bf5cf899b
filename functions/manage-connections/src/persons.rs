//! What the host says about single persons of a delegate: a lower role, narrower grants, or no access. Those not named have what
//! the connection gives. A person is known by the e-mail address, so that one can be limited before the first visit, and is still
//! limited after coming back under another id, or by another connection.

use std::collections::BTreeSet;

use api::change::of_address;
use api::document::{Changed, Data, PreviewOfChange};
use api::foreseen::Foreseen;
use api::{Api, Caller, Failure, show as shown};
use lists::Pages;
use policy::connection::{State, personal_maximum};
use policy::{
    AccountId, Change, ConnectionId, EmailAddress, Grants, GroupId, GroupReach, Judged, OrganizationId,
    Refusal, Touch, UserId,
};
use store::delegate::{PersonLimit, Visitor};
use store::{Connection, Subject, until_current};
use web::body::{Attribute, Kind, Relationship};
use web::list::Shape;
use web::{Answer, Body, Call, Fault, Faults};

use crate::update::granted;

pub const SHAPE: Shape = Shape {
    filters: &[],
    sorts: &["id", "name", "email", "updated-at"],
    includes: &[],
    newest_first: false,
    exports: false,
};

/// What is said about one person.
pub const BODY: Body = Body::replacing(
    "users",
    &[
        Attribute::optional(
            "access",
            Kind::Flag,
            "Whether the user has access at all; true if left out.",
        ),
        Attribute::nullable(
            "maximum-role-name",
            Kind::Role,
            "The maximum role of this user: Read-only or higher, and lower than the connection's. null for the connection's maximum role.",
        ),
        Attribute::optional(
            "all-organizations",
            Kind::Flag,
            "false limits the user to the named groups and organizations.",
        ),
    ],
)
.with(&[
    Relationship::new("groups", "The groups of the connection that the user is limited to."),
    Relationship::new("organizations", "The organizations of the connection that the user is limited to."),
]);

/// How an address of this API names a person.
#[derive(Debug, Clone)]
pub enum Named {
    /// By the id that they have in the delegate account.
    Id(UserId),
    /// By the e-mail address, whether they are in it or not.
    Email(EmailAddress),
}

impl Named {
    /// What stands in the address. What is neither an id nor has an `@` is nobody: 404.
    pub fn read(text: &str) -> Result<Self, Faults> {
        if !text.contains('@') {
            return text.parse().map(Self::Id).map_err(|_| Fault::unknown().into());
        }
        text.parse().map(Self::Email).map_err(|_| {
            Fault::unacceptable("invalid", "The last part of the URL is not a valid e-mail address.").into()
        })
    }
}

impl Named {
    /// The person, for the log: as the host names them.
    fn subject(&self) -> Subject {
        match self {
            Self::Id(id) => Subject::new("users", *id, ""),
            Self::Email(email) => Subject::new("users", email, email.as_str()),
        }
    }
}

/// Those whom the host named, who are few: all of them are read, whatever the page.
pub async fn list(api: &Api, call: &Call, id: ConnectionId) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    caller.standing().may_administer()?;
    let pages = Pages::asked(&caller, call, &SHAPE)?;
    let connection = granted(api, call, &caller, id).await?;
    let page = pages.page_of(api.store.persons(connection.host_id, connection.delegate_id).await?);
    let data: Vec<_> = page.rows.iter().map(shown::person).collect();
    pages.answer(data, &page.paging, None)
}

pub async fn show(api: &Api, call: &Call, id: ConnectionId, named: Named) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    let (_, connection) = of_host(api, call, id, &named).await?;
    let person = limited(api, &connection, &named).await?.ok_or_else(Fault::unknown)?;
    Ok(Answer::ok(&Data { data: shown::person(&person) }))
}

/// The caller, an Administrator of the host, and the connection whose person is meant.
async fn of_host(
    api: &Api,
    call: &Call,
    id: ConnectionId,
    named: &Named,
) -> Result<(Caller, Connection), Failure> {
    let caller = api.caller(call).await?;
    caller.standing().may_administer()?;
    let connection = granted(api, call, &caller, id).await?;
    call.noted.tell(named.subject());
    Ok((caller, connection))
}

/// What the host says about this person now. Only what the host itself stored is looked at: the answer tells nothing of the other
/// account's people.
async fn limited(api: &Api, connection: &Connection, named: &Named) -> Result<Option<PersonLimit>, Failure> {
    let (host, delegate) = (connection.host_id, connection.delegate_id);
    match named {
        Named::Email(email) => Ok(api.store.person(host, delegate, email).await?),
        Named::Id(id) => {
            let known = api.store.visitor(host, *id).await?;
            if let Some(known) = known.filter(|known| known.delegate_id == delegate) {
                return Ok(api.store.person(host, delegate, &known.email).await?);
            }
            let all = api.store.persons(host, delegate).await?;
            Ok(all.into_iter().find(|person| person.user_id == Some(*id)))
        }
    }
}

pub async fn set(api: &Api, call: &Call, id: ConnectionId, named: Named) -> Result<Answer, Failure> {
    let preview = call.preview(&[])?;
    until_current!(attempt_set(api, call, id, &named, preview))
}

async fn attempt_set(
    api: &Api,
    call: &Call,
    id: ConnectionId,
    named: &Named,
    preview: bool,
) -> Result<Answer, Failure> {
    let (caller, connection) = of_host(api, call, id, named).await?;
    let said = read(call, named)?;
    let judged = judged(&caller, call)?;
    let known = known(api, &connection, named).await?;
    let email = match (named, &known) {
        (Named::Email(email), _) => email,
        (Named::Id(_), Some(known)) => &known.email,
        (Named::Id(_), None) => return Err(Fault::unknown().into()),
    };
    let account = caller.account.id;
    let before = api.store.person(account, connection.delegate_id, email).await?;
    let earlier = before.as_ref();
    let person = PersonLimit {
        user_id: known.as_ref().map(|known| known.user_id).or(earlier.and_then(|was| was.user_id)),
        user_name: known
            .as_ref()
            .map(|known| known.name.clone())
            .or(earlier.and_then(|was| was.user_name.clone())),
        ..said.of(email.clone())
    };
    grants_exist(api, account, &person, earlier).await?;
    let shown = shown::person(&person);
    let effects = api.foresee_person(&caller.account, &connection, (before.as_ref(), Some(&person))).await?;
    if preview {
        return Ok(Answer::ok(&Changed { data: shown, meta: Some(Foreseen::of(effects, &judged)) }));
    }
    if before.as_ref().is_some_and(|before| PersonLimit { updated_at: call.now, ..before.clone() } == person)
    {
        return Ok(Answer::ok(&Changed { data: shown, meta: None }));
    }
    let mut changes = match &before {
        Some(before) => api.changed(account, &shown::person(before), &shown).await?,
        None => api.changed(account, &(), &shown).await?,
    };
    changes.extend(effects.changes());
    let act = caller.act(call).changing(changes);
    let named_by_id = known.filter(|_| matches!(named, Named::Id(_)));
    api.store
        .limit_person(&connection, before.as_ref(), Some(&person), named_by_id.as_ref(), &judged, &act)
        .await?;
    Ok(Answer::ok(&Changed { data: shown, meta: None }))
}

/// Refuses groups and organizations that the account does not have, and a limit to none at all. What stood in the limit before may stand
/// on: a group that was removed since gives nothing, and the limit is sent back as it was read.
async fn grants_exist(
    api: &Api,
    host: AccountId,
    person: &PersonLimit,
    before: Option<&PersonLimit>,
) -> Result<(), Failure> {
    let (grants, had) = (person.limit().grants, before.and_then(|before| before.limit().grants));
    if grants == Some(Grants::default()) && grants != had {
        return Err(Fault::from(Refusal::NoOrganizationChosen).at("/data/relationships").into());
    }
    let had = had.unwrap_or_default();
    let groups = person.group_ids.difference(&had.groups).copied().collect();
    let organizations = person.organization_ids.difference(&had.organizations).copied().collect();
    api.named(host, &groups, &groups, &organizations).await?;
    Ok(())
}

/// The person as the host knows them. By an address the delegate account is not asked whether it has such a user; by an id it is,
/// once it has agreed.
async fn known(api: &Api, connection: &Connection, named: &Named) -> Result<Option<Visitor>, Failure> {
    match named {
        Named::Email(email) => {
            let known = api.store.visitors(connection.host_id, connection.delegate_id).await?;
            Ok(known.into_iter().rev().find(|known| known.email == *email))
        }
        Named::Id(id) => {
            has_agreed(connection)?;
            let theirs = api.store.user(connection.delegate_id, *id).await?;
            Ok(theirs.map(|user| Visitor::of(&user, connection)))
        }
    }
}

/// What is said about a person, whoever it is.
#[derive(Debug)]
struct Said(PersonLimit);

impl Said {
    fn of(self, email: EmailAddress) -> PersonLimit {
        PersonLimit { email, ..self.0 }
    }
}

/// What is not named is not limited. Groups or organizations of the account that the connection does not grant give nothing here
/// either.
fn read(call: &Call, named: &Named) -> Result<Said, Failure> {
    let mut resource = call.document()?.one(&BODY)?;
    match named {
        Named::Id(id) => of_address(&resource, id)?,
        // An address is one whatever its letter case, and the person's id is as good.
        Named::Email(email) if resource.id.as_ref().is_some_and(|id| id.contains('@')) => {
            let spelled = resource.id.as_ref().and_then(|id| id.parse::<EmailAddress>().ok());
            if spelled.as_ref() != Some(email) {
                of_address(&resource, email)?;
            }
        }
        Named::Email(_) => {}
    }
    let groups: Option<BTreeSet<GroupId>> = resource.to_many("groups");
    let organizations: Option<BTreeSet<OrganizationId>> = resource.to_many("organizations");
    let attributes = &mut resource.attributes;
    let access = attributes.flag("access").unwrap_or(true);
    let maximum_role = attributes.nullable("maximum-role-name", personal_maximum);
    let all_organizations = attributes.flag("all-organizations");
    let grants = Grants {
        all_organizations: all_organizations.unwrap_or(false),
        organizations: organizations.clone().unwrap_or_default(),
        groups: groups.clone().unwrap_or_default(),
    };
    if let Err(refusal) = grants.fits() {
        resource.fault(refusal.into(), "relationships");
    }
    resource.finish()?;
    Ok(Said(PersonLimit {
        email: EmailAddress::nobodys(),
        user_id: None,
        user_name: None,
        access,
        maximum_role: maximum_role.flatten(),
        has_grants: groups.is_some() || organizations.is_some() || all_organizations == Some(false),
        all_organizations: all_organizations.unwrap_or(false),
        organization_ids: organizations.unwrap_or_default(),
        group_ids: groups.unwrap_or_default(),
        updated_at: call.now,
    }))
}

pub async fn unset(api: &Api, call: &Call, id: ConnectionId, named: Named) -> Result<Answer, Failure> {
    let preview = call.preview(&[])?;
    until_current!(attempt_unset(api, call, id, &named, preview))
}

async fn attempt_unset(
    api: &Api,
    call: &Call,
    id: ConnectionId,
    named: &Named,
    preview: bool,
) -> Result<Answer, Failure> {
    let (caller, connection) = of_host(api, call, id, named).await?;
    let before = limited(api, &connection, named).await?.ok_or_else(Fault::unknown)?;
    let judged = judged(&caller, call)?;
    let effects = api.foresee_person(&caller.account, &connection, (Some(&before), None)).await?;
    if preview {
        return Ok(Answer::ok(&PreviewOfChange { meta: Foreseen::of(effects, &judged) }));
    }
    let mut changes = api.changed(caller.account.id, &shown::person(&before), &()).await?;
    changes.extend(effects.changes());
    let act = caller.act(call).changing(changes);
    api.store.limit_person(&connection, Some(&before), None, None, &judged, &act).await?;
    Ok(Answer::no_content())
}

/// Nothing is told of the other account's people before it has agreed, where it never did, nor any more once it is over.
fn has_agreed(connection: &Connection) -> Result<(), Failure> {
    if connection.accepted_at.is_some() && matches!(connection.state, State::Active | State::Suspended) {
        return Ok(());
    }
    let (code, detail) = match connection.state {
        State::Pending => {
            ("still-pending", "This connection has not been accepted yet, so single users cannot be limited.")
        }
        _ => ("connection-over", "This connection has ended. Invite the account again."),
    };
    Err(Fault::conflict(code, detail).into())
}

/// That the caller may say of one person what holds for them.
fn judged(caller: &Caller, call: &Call) -> Result<Judged, Failure> {
    let change = Change { touches: vec![Touch::Connection], ..Change::default() };
    Ok(caller.judge(&GroupReach::new(), &change, call.now)?)
}

//! What the host says of single persons of a delegate: a lower role, narrower grants, or no access. Those not named have what
//! the connection gives.

use std::collections::BTreeSet;

use api::change::of_address;
use api::document::Data;
use api::{Api, Failure, show as shown};
use policy::connection::personal_maximum;
use policy::{ConnectionId, GroupId, GroupReach, OrganizationId, UserId};
use store::connection::Person;
use store::until_current;
use web::body::{Attribute, Id, Kind, Relationship};
use web::list::Shape;
use web::{Answer, Body, Call, Fault};

use crate::update::granted;

pub const SHAPE: Shape = Shape {
    filters: &[],
    sorts: &["id", "name", "updated-at"],
    includes: &[],
    newest_first: false,
    exports: false,
};

/// What is said of one person.
pub const BODY: Body = Body {
    id: Id::OfAddress,
    ..Body::new(
        "users",
        &[
            Attribute::optional(
                "access",
                Kind::Flag,
                "Whether the person is let in at all; yes if it is left out.",
            ),
            Attribute::nullable(
                "maximum-role-name",
                Kind::Role,
                "A role below the connection's, Read-only or higher; null for the connection's.",
            ),
            Attribute::optional(
                "all-organizations",
                Kind::Flag,
                "False narrows the person to the groups and organizations that are named.",
            ),
        ],
    )
    .with(&[
        Relationship::new("groups", "Groups of the connection to which the person is narrowed."),
        Relationship::new(
            "organizations",
            "Organizations of the connection to which the person is narrowed.",
        ),
    ])
};

/// Those whom the host named, who are few: all of them are read, whatever the page.
pub async fn list(api: &Api, call: &Call, id: ConnectionId) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    caller.actor(&GroupReach::new()).may_administer()?;
    let pages = caller.pages(call, &SHAPE)?;
    let connection = granted(api, call, &caller, id).await?;
    let page = pages.page_of(api.store.persons(connection.host_id, id).await?);
    let data: Vec<_> = page.rows.iter().map(shown::person).collect();
    pages.answer(data, &page.paging, None)
}

pub async fn show(api: &Api, call: &Call, id: ConnectionId, user: UserId) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    let caller = api.caller(call).await?;
    caller.actor(&GroupReach::new()).may_administer()?;
    let connection = granted(api, call, &caller, id).await?;
    let person = api.store.person(connection.host_id, id, user).await?.ok_or_else(Fault::unknown)?;
    Ok(Answer::ok(&Data { data: shown::person(&person) }))
}

pub async fn set(api: &Api, call: &Call, id: ConnectionId, user: UserId) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    until_current!(attempt_set(api, call, id, user))
}

async fn attempt_set(api: &Api, call: &Call, id: ConnectionId, user: UserId) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    caller.actor(&GroupReach::new()).may_administer()?;
    let connection = granted(api, call, &caller, id).await?;
    let theirs = api.store.user(connection.delegate_id, user).await?.ok_or_else(Fault::unknown)?;
    let person = read(call, user, theirs.name())?;
    api.store
        .limit_person(&connection, user, Some(&person), caller.security.revision, &caller.act(call))
        .await?;
    Ok(Answer::ok(&Data { data: shown::person(&person) }))
}

/// What is not named is not limited. Groups or organizations that the connection does not grant give nothing here either.
fn read(call: &Call, user: UserId, user_name: String) -> Result<Person, Failure> {
    let mut resource = call.document()?.one(&BODY)?;
    of_address(&resource, user)?;
    let groups: Option<BTreeSet<GroupId>> = resource.to_many("groups");
    let organizations: Option<BTreeSet<OrganizationId>> = resource.to_many("organizations");
    let attributes = &mut resource.attributes;
    let access = attributes.flag("access").unwrap_or(true);
    let maximum_role = attributes.nullable("maximum-role-name", personal_maximum);
    let all_organizations = attributes.flag("all-organizations");
    resource.finish()?;
    Ok(Person {
        user_id: user,
        user_name,
        access,
        maximum_role: maximum_role.flatten(),
        has_grants: groups.is_some() || organizations.is_some() || all_organizations == Some(false),
        all_organizations: all_organizations.unwrap_or(false),
        organization_ids: organizations.unwrap_or_default(),
        group_ids: groups.unwrap_or_default(),
        updated_at: call.now,
    })
}

pub async fn unset(api: &Api, call: &Call, id: ConnectionId, user: UserId) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    until_current!(attempt_unset(api, call, id, user))
}

async fn attempt_unset(api: &Api, call: &Call, id: ConnectionId, user: UserId) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    caller.actor(&GroupReach::new()).may_administer()?;
    let connection = granted(api, call, &caller, id).await?;
    if api.store.person(connection.host_id, id, user).await?.is_none() {
        return Err(Fault::unknown().into());
    }
    api.store.limit_person(&connection, user, None, caller.security.revision, &caller.act(call)).await?;
    Ok(Answer::no_content())
}

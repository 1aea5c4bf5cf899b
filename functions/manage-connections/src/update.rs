//! Changes a connection: the host's Administrators, all of it; every change binds the very next request.

use std::collections::BTreeSet;

use api::change::{of_address, of_what_was_read};
use api::connections::offered;
use api::document::{Changed, as_read};
use api::foreseen::Foreseen;
use api::{Api, Caller, Failure};
use policy::connection::{State, Status};
use policy::{ConnectionId, GroupId, OrganizationId, Role};
use serde_json::Value;
use store::{Connection, until_current};
use web::body::{Attribute, Kind, Relationship};
use web::{Answer, Body, Call, Fault};

use crate::list::resource;

/// A change of a connection.
pub const BODY: Body = Body::changing(
    "connections",
    &[
        Attribute::optional("maximum-role-name", Kind::Role, "The maximum role of the account's users here."),
        Attribute::optional(
            "all-organizations",
            Kind::Flag,
            "Whether all organizations are granted, including future ones. Naming organizations sets it to false.",
        ),
        Attribute::nullable("expires-at", Kind::Time, "When the connection expires; null for never."),
        Attribute::optional("status", Kind::Choice(&["active", "suspended"]), "`suspended` suspends the connection, `active` resumes it."),
    ],
)
.with(&[
    Relationship::new("groups", "The groups whose organizations are granted. Replaces all."),
    Relationship::new("organizations", "The organizations that are granted. Replaces all."),
]);

pub async fn update(api: &Api, call: &Call, id: ConnectionId) -> Result<Answer, Failure> {
    let preview = call.preview(&[])?;
    until_current!(attempt(api, call, id, preview))
}

async fn attempt(api: &Api, call: &Call, id: ConnectionId, preview: bool) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    caller.standing().may_administer()?;
    let before = granted(api, call, &caller, id).await?;
    let shown = resource(api, call, &caller, &before).await?;
    let after = read(call, &before, &as_read(&shown))?;
    let added = after.organization_ids.difference(&before.organization_ids).copied().collect();
    let joined = after.group_ids.difference(&before.group_ids).copied().collect();
    let in_question = after.group_ids.union(&before.group_ids).copied().collect();
    let groups = api.named(caller.account.id, &in_question, &joined, &added).await?;
    let judged = offered(api, &caller, (Some(&before), &after), &groups, call.now).await?;
    let effects = api.foresee(&caller.account, &judged, None, call.now).await?;
    let shown_after = resource(api, call, &caller, &after).await?;
    if preview {
        return Ok(Answer::ok(&Changed { data: shown_after, meta: Some(Foreseen::of(effects, &judged)) }));
    }
    if after == before {
        return Ok(Answer::ok(&Changed { data: shown_after, meta: None }));
    }
    let mut changes = api.changed(caller.account.id, &shown, &shown_after).await?;
    changes.extend(effects.changes());
    let act = caller.act(call).changing(changes);
    api.store.update_connection(&after, "update", &judged, None, &act).await?;
    let after = Connection { version: after.version + 1, updated_at: call.now, ..after };
    Ok(Answer::ok(&Changed { data: resource(api, call, &caller, &after).await?, meta: None }))
}

/// A connection that the caller's account grants. One that it receives is there to see and not to change.
pub async fn granted(
    api: &Api,
    call: &Call,
    caller: &Caller,
    id: ConnectionId,
) -> Result<Connection, Failure> {
    let connection = api.store.connection_of(caller.account.id, id).await?.ok_or_else(Fault::unknown)?;
    call.noted.tell(connection.subject());
    if connection.host_id == caller.account.id {
        Ok(connection)
    } else {
        Err(Fault::forbidden("host-only", "Only the account that granted this connection can change it.")
            .into())
    }
}

fn read(call: &Call, before: &Connection, shown: &Value) -> Result<Connection, Failure> {
    let mut resource = call.document()?.one(&BODY)?;
    of_address(&resource, before.id)?;
    of_what_was_read(call, &mut resource, before.version)?;
    resource.forget_unchanged("status", shown);
    let groups: Option<BTreeSet<GroupId>> = resource.to_many("groups");
    let organizations: Option<BTreeSet<OrganizationId>> = resource.to_many("organizations");
    let attributes = &mut resource.attributes;
    let mut after = before.clone();
    let role: Option<Role> = attributes.optional("maximum-role-name", str::parse);
    let all_organizations = attributes.flag("all-organizations");
    let ends_at = attributes.nullable("expires-at", str::parse);
    let status = attributes.optional("status", |text| match text {
        "active" => Ok(State::Active),
        "suspended" => Ok(State::Suspended),
        _ => Err("a status must be `active` or `suspended`"),
    });
    if ends_at.flatten().is_some_and(|end| end <= call.now) {
        resource
            .fault(Fault::unacceptable("invalid", "`expires-at` is in the past."), "attributes/expires-at");
    }
    resource.finish_over(shown)?;
    if matches!(before.state, State::Declined | State::Ended) {
        let detail = "This connection has ended. Invite the account again.";
        return Err(Fault::conflict("connection-over", detail).into());
    }
    if status.is_some() && before.state == State::Pending {
        let detail = "This connection has not been accepted yet, so it cannot be suspended or resumed.";
        return Err(Fault::conflict("still-pending", detail).at("/data/attributes/status").into());
    }
    after.maximum_role = role.unwrap_or(after.maximum_role);
    after.all_organizations = all_organizations.unwrap_or(after.all_organizations && organizations.is_none());
    after.organization_ids = organizations.unwrap_or(after.organization_ids);
    after.group_ids = groups.unwrap_or(after.group_ids);
    after.ends_at = ends_at.unwrap_or(after.ends_at);
    after.state = status.unwrap_or(after.state);
    if status == Some(State::Active) && after.life().status(call.now) == Status::Expired {
        let detail = "This connection has expired. Set a later `expires-at`.";
        return Err(Fault::conflict("connection-expired", detail).at("/data/attributes/expires-at").into());
    }
    Ok(after)
}

//! Changes a group: its name and description, and, where the request names them, all its members and organizations.

use std::collections::BTreeSet;

use api::{Api, Failure, show};
use policy::{GroupId, UserId, text};
use serde_json::json;
use store::{Group, until_current};
use web::{Answer, Call, Fault};

use crate::change::{Wanted, check, managed};

pub async fn update(api: &Api, call: &Call, id: GroupId) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    until_current!(attempt(api, call, id))
}

async fn attempt(api: &Api, call: &Call, id: GroupId) -> Result<Answer, Failure> {
    let (caller, before) = managed(api, call, id).await?;
    let account = caller.account.id;
    if call.expected_version()?.is_some_and(|version| version != before.version) {
        return Err(Fault::stale().into());
    }
    let (renamed, wanted) = read(call, &before)?;
    let members: BTreeSet<UserId> = api.store.members(account, id).await?.into_iter().collect();
    let change = wanted.change(&before, &members);
    check(api, &caller, &before, &members, &change).await?;
    api.store.update_group(&renamed, &change, caller.security.revision, &caller.act(call)).await?;
    let after = api.store.group(account, id).await?.ok_or_else(Fault::unknown)?;
    let members = api.store.members(account, id).await?;
    Ok(Answer::ok(&json!({"data": show::group(&after, &members)})))
}

fn read(call: &Call, before: &Group) -> Result<(Group, Wanted), Failure> {
    let mut resource = call.document()?.one("groups")?;
    if resource.id.as_ref().is_some_and(|id| *id != before.id.to_string()) {
        return Err(Fault::conflict("wrong-id", "The id in the body is not the one in the address.")
            .at("/data/id")
            .into());
    }
    let wanted =
        Wanted { users: resource.to_many("users"), organizations: resource.to_many("organizations") };
    let attributes = &mut resource.attributes;
    let mut group = before.clone();
    group.name = attributes.optional("name", text::name).unwrap_or(group.name);
    group.description = attributes.optional("description", text::message).unwrap_or(group.description);
    resource.finish()?;
    Ok((group, wanted))
}

//! Removes a group, unless a member would be left without any organization.

use std::collections::BTreeSet;

use api::change::of_version;
use api::{Api, Failure};
use policy::{GroupId, UserId};
use store::until_current;
use web::{Answer, Call};

use crate::change::{check_removal, managed};

pub async fn remove(api: &Api, call: &Call, id: GroupId) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    until_current!(attempt(api, call, id))
}

async fn attempt(api: &Api, call: &Call, id: GroupId) -> Result<Answer, Failure> {
    let (caller, group) = managed(api, call, id).await?;
    let account = caller.account.id;
    of_version(call, group.version)?;
    let members = api.store.members(account, id).await?;
    let distinct: BTreeSet<UserId> = members.iter().copied().collect();
    check_removal(api, &caller, &group, &distinct).await?;
    api.store.delete_group(&group, &members, caller.security.revision, &caller.act(call)).await?;
    Ok(Answer::no_content())
}

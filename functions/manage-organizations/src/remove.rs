//! Removes an organization, unless it has sub-organizations or someone would be left without any organization.

use std::collections::BTreeSet;

use api::change::of_version;
use api::{Api, Failure};
use policy::grants::{Affected, check_everyone};
use policy::{Action, GroupId, OrganizationId, Refusal};
use store::{User, until_current};
use web::{Answer, Call};

use crate::list::visible;

pub async fn remove(api: &Api, call: &Call, id: OrganizationId) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    until_current!(attempt(api, call, id))
}

async fn attempt(api: &Api, call: &Call, id: OrganizationId) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    let account = caller.account.id;
    let organization = visible(api, call, &caller, id).await?;
    let own_groups = api.store.group_reach(account, &caller.group_ids()).await?;
    caller.actor(&own_groups).may_touch_organization(Action::Delete, id)?;
    of_version(call, organization.version)?;
    let (all, users) = tokio::try_join!(api.store.organizations(account), api.store.users(account))?;
    let children: Vec<_> =
        all.iter().filter(|other| other.parent_id == Some(id)).map(|child| child.id).collect();
    if !children.is_empty() {
        return Err(Refusal::HasSubOrganizations { children }.into());
    }
    let reaching: Vec<&User> = users
        .iter()
        .filter(|user| {
            user.organization_ids.contains(&id) || !user.group_ids.is_disjoint(&organization.group_ids)
        })
        .collect();
    let groups: BTreeSet<GroupId> = reaching.iter().flat_map(|user| &user.group_ids).copied().collect();
    let mut reach = api.store.group_reach(account, &groups).await?;
    for reached in reach.values_mut() {
        reached.remove(&id);
    }
    let affected: Vec<Affected> = reaching
        .iter()
        .map(|user| {
            let mut grants = user.grants();
            grants.organizations.remove(&id);
            Affected { person: user.person(), role: user.role, grants }
        })
        .collect();
    check_everyone(&affected, &reach)?;
    let holders: Vec<User> = users.into_iter().filter(|user| user.organization_ids.contains(&id)).collect();
    let act = caller.act(call);
    api.store.delete_organization(&organization, &holders, caller.security.revision, &act).await?;
    Ok(Answer::no_content())
}

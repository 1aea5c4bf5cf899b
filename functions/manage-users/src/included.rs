//! What is included beside users.

use api::{Api, Caller, Failure, show};
use lists::Pages;
use policy::GroupReach;
use store::User;

use crate::shown::Included;

/// The groups and organizations of these users, as far as the request asks for them and the caller can see them.
pub async fn included(
    api: &Api,
    caller: &Caller,
    pages: &Pages,
    users: &[User],
    reach: &GroupReach,
) -> Result<Option<Vec<Included>>, Failure> {
    let account = caller.account.id;
    let mut included = Vec::new();
    if pages.includes("groups") {
        let ids = reach.keys().copied().collect();
        let (groups, counts) =
            tokio::try_join!(api.store.groups_by_id(account, &ids), api.store.member_counts(account, &ids))?;
        let count = |group: &store::Group| counts.get(&group.id).copied().unwrap_or_default();
        let shown = |group| Included::Group(show::group_in_list(group, count(group), None, false));
        included.extend(groups.iter().map(shown));
    }
    if pages.includes("organizations") {
        let direct = users.iter().flat_map(|user| &user.organization_ids);
        let own_groups = api.store.group_reach(account, &caller.group_ids()).await?;
        let seen = caller.actor(&own_groups).reach;
        let ids = direct.chain(reach.values().flatten()).copied().filter(|id| seen.contains(*id)).collect();
        let organizations = api.store.organizations_by_id(account, &ids).await?;
        let shown = api.with_ancestors(account, &organizations).await?;
        included.extend(shown.into_iter().map(Included::Organization));
    }
    Ok((pages.includes("groups") || pages.includes("organizations")).then_some(included))
}

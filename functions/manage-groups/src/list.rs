//! The groups of the account, and one of them.

use api::document::Including;
use api::list::{Pages, Plainly};
use api::{Api, Caller, Failure, show as shown};
use policy::{GroupId, GroupReach};
use store::Group;
use web::body::Kind;
use web::list::{Filter, Shape};
use web::{Answer, Call, Fault, Faults};

use crate::shown::Included;

pub const SHAPE: Shape = Shape {
    filters: &[
        Filter::any("id", Kind::Id, "These groups."),
        Filter::one("name", Kind::NAME, "Groups of just this name, in whatever case."),
    ],
    sorts: &["name", "id", "created-at", "updated-at"],
    includes: INCLUDES,
    newest_first: false,
    exports: false,
};

/// What one group can be asked with.
pub const OF_ONE: Shape =
    Shape { includes: INCLUDES, filters: &[], sorts: &[], newest_first: false, exports: false };

const INCLUDES: &[&str] = &["users", "organizations"];

pub async fn list(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    caller.actor(&GroupReach::new()).may_create_groups()?;
    let pages = caller.pages(call, &SHAPE)?;
    let mut faults = Vec::new();
    let ids: Option<Vec<GroupId>> = pages.listing.any_of("id", &mut faults);
    Faults::check(faults)?;
    let name = pages.listing.filter("name").map(|name| name.trim().to_lowercase());
    let filters =
        Plainly(|group: &Group| name.as_ref().is_none_or(|name| group.name.to_lowercase() == *name));
    let account = caller.account.id;
    let (walk, total) = match ids {
        None => {
            let total = usize::try_from(caller.security.tally.groups).ok().filter(|_| name.is_none());
            (api.store.walk_groups(account, pages.span()), total)
        }
        Some(ids) => (api.store.walk_these_groups(account, &ids.into_iter().collect(), pages.span()), None),
    };
    let page = pages.page(walk, &filters, total).await?;
    let (data, included) = resources(api, call, &caller, &pages, &page.rows).await?;
    pages.answer_including(data, included, &page.paging, None)
}

pub async fn show(api: &Api, call: &Call, id: GroupId) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    if !caller.belongs_to(id) {
        caller.actor(&GroupReach::new()).may_create_groups()?;
    }
    let pages = caller.pages(call, &OF_ONE)?;
    let group = api.store.group(caller.account.id, id).await?.ok_or_else(Fault::unknown)?;
    call.noted.tell(group.subject());
    let (data, included) = resources(api, call, &caller, &pages, &[group]).await?;
    let data = data.into_iter().next().ok_or_else(Fault::unknown)?;
    Ok(Answer::ok(&Including { data, included }))
}

/// The groups as resources, and the users and organizations in them as far as the request asks for them and the caller can
/// see them.
async fn resources(
    api: &Api,
    call: &Call,
    caller: &Caller,
    pages: &Pages,
    groups: &[Group],
) -> Result<(Vec<shown::Group>, Option<Vec<Included>>), Failure> {
    let account = caller.account.id;
    let mut data = Vec::with_capacity(groups.len());
    let mut users = std::collections::BTreeSet::new();
    for group in groups {
        let members = api.store.members(account, group.id).await?;
        data.push(shown::group(group, &members));
        users.extend(members);
    }
    let mut included = Vec::new();
    if pages.includes("users") {
        let ids: Vec<_> = users.into_iter().collect();
        let (users, invitations) =
            tokio::try_join!(api.store.users_by_id(account, &ids), api.store.invitations(account, &ids))?;
        let reached = users.iter().flat_map(|user| &user.group_ids).copied().collect();
        let reach = api.store.group_reach(account, &reached).await?;
        for user in &users {
            let invitation = invitations.iter().find(|invitation| invitation.user_id == user.id);
            let user = shown::user(user, invitation, &reach, call.now);
            included.push(Included::User(Box::new(user)));
        }
    }
    if pages.includes("organizations") {
        let own_groups = api.store.group_reach(account, &caller.group_ids()).await?;
        let seen = caller.actor(&own_groups).reach;
        let ids = groups.iter().flat_map(|group| &group.organization_ids).copied();
        let ids = ids.filter(|id| seen.contains(*id)).collect();
        for organization in api.store.organizations_by_id(account, &ids).await? {
            let line = api.store.line(account, organization.parent_id).await?;
            included.push(Included::Organization(shown::organization(&organization, &line)));
        }
    }
    let asked = pages.includes("users") || pages.includes("organizations");
    Ok((data, asked.then_some(included)))
}

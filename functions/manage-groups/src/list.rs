//! The groups of the account, and one of them.

use api::{Api, Caller, Failure, show as shown};
use policy::{GroupId, GroupReach};
use serde_json::{Value, json};
use store::Group;
use web::list::Listing;
use web::{Answer, Call, Fault};

const FILTERS: &[&str] = &["id", "name"];
const SORTS: &[&str] = &["name", "id", "created-at", "updated-at"];
const INCLUDES: &[&str] = &["users", "organizations"];

pub async fn list(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    caller.actor(&GroupReach::new()).may_create_groups()?;
    let listing = Listing::read(call, FILTERS, SORTS, INCLUDES)?;
    let ids: Option<Vec<GroupId>> = match listing.filter("id") {
        None => None,
        Some(text) => Some(text.split(',').map(str::parse).collect::<Result<_, _>>().map_err(|_| {
            Fault::malformed("bad-parameter", "Ids are decimal digits.").in_parameter("filter[id]")
        })?),
    };
    let mut groups = api.store.groups(caller.account.id).await?;
    groups.retain(|group| {
        let named = listing.filter("name").is_none_or(|name| group.name.eq_ignore_ascii_case(name));
        named && ids.as_ref().is_none_or(|ids| ids.contains(&group.id))
    });
    match listing.sort().map(|(name, _)| name) {
        Some("name") => listing.sort_by_key(&mut groups, |group| (group.name.to_lowercase(), group.id)),
        Some("updated-at") => listing.sort_by_key(&mut groups, |group| (group.updated_at, group.id)),
        _ => listing.sort_by_key(&mut groups, |group| group.id),
    }
    let page = listing.page(groups);
    let (data, included) = resources(api, call, &caller, &listing, &page.rows).await?;
    Ok(Answer::ok(&listing.document(&data, page.total, included)))
}

pub async fn show(api: &Api, call: &Call, id: GroupId) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    if !caller.belongs_to(id) {
        caller.actor(&GroupReach::new()).may_create_groups()?;
    }
    let listing = Listing::read(call, &[], &[], INCLUDES)?;
    let group = api.store.group(caller.account.id, id).await?.ok_or_else(Fault::unknown)?;
    call.noted.tell(group.subject());
    let (data, included) = resources(api, call, &caller, &listing, &[group]).await?;
    let mut document = json!({"data": data.into_iter().next()});
    if let (Some(included), Some(members)) = (included, document.as_object_mut()) {
        members.insert("included".to_owned(), Value::Array(included));
    }
    Ok(Answer::ok(&document))
}

/// The groups as resources, and the users and organizations in them as far as the request asks for them and the caller can
/// see them.
async fn resources(
    api: &Api,
    call: &Call,
    caller: &Caller,
    listing: &Listing,
    groups: &[Group],
) -> Result<(Vec<Value>, Option<Vec<Value>>), Failure> {
    let account = caller.account.id;
    let mut data = Vec::with_capacity(groups.len());
    let mut users = std::collections::BTreeSet::new();
    for group in groups {
        let members = api.store.members(account, group.id).await?;
        data.push(shown::group(group, &members));
        users.extend(members);
    }
    let mut included = Vec::new();
    if listing.includes("users") {
        let ids: Vec<_> = users.into_iter().collect();
        let (users, invitations) =
            tokio::try_join!(api.store.users_by_id(account, &ids), api.store.invitations(account, &ids))?;
        let reached = users.iter().flat_map(|user| &user.group_ids).copied().collect();
        let reach = api.store.group_reach(account, &reached).await?;
        for user in &users {
            let invitation = invitations.iter().find(|invitation| invitation.user_id == user.id);
            included.push(shown::user(user, invitation, &reach, call.now));
        }
    }
    if listing.includes("organizations") {
        let own_groups = api.store.group_reach(account, &caller.group_ids()).await?;
        let seen = caller.actor(&own_groups).reach;
        let ids = groups.iter().flat_map(|group| &group.organization_ids).copied();
        let ids = ids.filter(|id| seen.contains(*id)).collect();
        for organization in api.store.organizations_by_id(account, &ids).await? {
            let line = api.store.line(account, organization.parent_id).await?;
            included.push(shown::organization(&organization, &line));
        }
    }
    let asked = listing.includes("users") || listing.includes("organizations");
    Ok((data, asked.then_some(included)))
}

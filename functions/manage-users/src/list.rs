//! The users of the account, filtered, sorted, a page at a time.

use std::collections::{BTreeSet, HashMap};

use api::{Api, Caller, Failure, show};
use policy::{EmailAddress, GroupReach, Role, UserId};
use serde_json::Value;
use store::{Invitation, User, UserStatus};
use web::list::Listing;
use web::{Answer, Call, Fault};

const FILTERS: &[&str] = &["id", "name", "email", "role-name", "status", "my-glue"];
const SORTS: &[&str] = &["name", "email", "id", "created-at", "updated-at"];

pub async fn list(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    caller.actor(&GroupReach::new()).may_manage_users()?;
    let listing = Listing::read(call, FILTERS, SORTS, &["groups", "organizations"])?;
    let filters = Filters::read(&listing)?;
    let account = caller.account.id;
    let mut users = api.store.users(account).await?;
    users.retain(|user| filters.admit(user));
    let mut invitations = HashMap::new();
    if filters.status.is_some() {
        invitations = pending(api, account, &users).await?;
        users.retain(|user| {
            filters.admit_status(show::user_status(user, invitations.get(&user.id), call.now))
        });
    }
    match listing.sort().map(|(name, _)| name) {
        Some("name") => listing.sort_by_key(&mut users, |user| (user.name().to_lowercase(), user.id)),
        Some("email") => listing.sort_by_key(&mut users, |user| user.email.clone()),
        Some("updated-at") => listing.sort_by_key(&mut users, |user| (user.updated_at, user.id)),
        _ => listing.sort_by_key(&mut users, |user| user.id),
    }
    let page = listing.page(users);
    let ids: Vec<UserId> = page.rows.iter().map(|user| user.id).collect();
    let shown = api.store.invitations(account, &ids).await?;
    invitations.extend(shown.into_iter().map(|invitation| (invitation.user_id, invitation)));
    let groups: BTreeSet<_> = page.rows.iter().flat_map(|user| &user.group_ids).copied().collect();
    let reach = api.store.group_reach(account, &groups).await?;
    let data: Vec<Value> =
        page.rows.iter().map(|user| show::user(user, invitations.get(&user.id), &reach, call.now)).collect();
    let included = included(api, &caller, &listing, &page.rows, &reach).await?;
    Ok(Answer::ok(&listing.document(&data, page.total, included)))
}

/// The invitations of those who have not accepted.
async fn pending(
    api: &Api,
    account: policy::AccountId,
    users: &[User],
) -> Result<HashMap<UserId, Invitation>, Failure> {
    let pending = users.iter().filter(|user| user.status == UserStatus::Invited);
    let ids: Vec<UserId> = pending.map(|user| user.id).collect();
    let invitations = api.store.invitations(account, &ids).await?;
    Ok(invitations.into_iter().map(|invitation| (invitation.user_id, invitation)).collect())
}

/// The groups and organizations of these users, as far as the request asks for them and the caller can see them.
pub async fn included(
    api: &Api,
    caller: &Caller,
    listing: &Listing,
    users: &[User],
    reach: &GroupReach,
) -> Result<Option<Vec<Value>>, Failure> {
    let account = caller.account.id;
    let mut included = Vec::new();
    if listing.includes("groups") {
        let ids = reach.keys().copied().collect();
        for group in api.store.groups_by_id(account, &ids).await? {
            let members = api.store.members(account, group.id).await?;
            included.push(show::group(&group, &members));
        }
    }
    if listing.includes("organizations") {
        let direct = users.iter().flat_map(|user| &user.organization_ids);
        let own_groups = api.store.group_reach(account, &caller.group_ids()).await?;
        let seen = caller.actor(&own_groups).reach;
        let ids = direct.chain(reach.values().flatten()).copied().filter(|id| seen.contains(*id)).collect();
        for organization in api.store.organizations_by_id(account, &ids).await? {
            let line = api.store.line(account, organization.parent_id).await?;
            included.push(show::organization(&organization, &line));
        }
    }
    Ok((listing.includes("groups") || listing.includes("organizations")).then_some(included))
}

/// What the request filters by.
struct Filters {
    id: Option<Vec<UserId>>,
    name: Option<String>,
    email: Option<EmailAddress>,
    role: Option<Role>,
    status: Option<&'static str>,
    my_glue: Option<bool>,
}

impl Filters {
    fn read(listing: &Listing) -> Result<Self, Failure> {
        let bad = |name: &str, detail: &str| {
            Failure::from(Fault::malformed("bad-parameter", detail).in_parameter(format!("filter[{name}]")))
        };
        let id = match listing.filter("id") {
            None => None,
            Some(text) => {
                let ids: Result<Vec<UserId>, _> = text.split(',').map(str::parse).collect();
                Some(ids.map_err(|error| bad("id", &web::fault::sentence(&error.to_string())))?)
            }
        };
        let email = listing.filter("email").map(str::parse::<EmailAddress>).transpose();
        let role = listing.filter("role-name").map(str::parse::<Role>).transpose();
        let status = match listing.filter("status") {
            None => None,
            Some(text) => {
                let known =
                    ["invited", "expired", "active", "suspended"].into_iter().find(|status| *status == text);
                Some(known.ok_or_else(|| bad("status", "One of invited, expired, active, suspended."))?)
            }
        };
        let my_glue = match listing.filter("my-glue") {
            None => None,
            Some("true") => Some(true),
            Some("false") => Some(false),
            Some(_) => return Err(bad("my-glue", "This is true or false.")),
        };
        Ok(Self {
            id,
            name: listing.filter("name").map(str::to_lowercase),
            email: email.map_err(|error| bad("email", &web::fault::sentence(&error.to_string())))?,
            role: role.map_err(|error| bad("role-name", &web::fault::sentence(&error.to_string())))?,
            status,
            my_glue,
        })
    }

    /// All but the status, which needs the invitation.
    fn admit(&self, user: &User) -> bool {
        self.id.as_ref().is_none_or(|ids| ids.contains(&user.id))
            && self.name.as_ref().is_none_or(|name| user.name().to_lowercase().contains(name))
            && self.email.as_ref().is_none_or(|email| user.email == *email)
            && self.role.is_none_or(|role| user.role == role)
            && self.my_glue.is_none_or(|my_glue| user.my_glue == my_glue)
    }

    fn admit_status(&self, status: &str) -> bool {
        self.status.is_none_or(|wanted| wanted == status)
    }
}

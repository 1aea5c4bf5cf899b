//! The organizations that the caller can see, and one of them.

use std::collections::HashMap;

use api::{Api, Caller, Failure, show as shown};
use policy::{Action, DEPTH_LIMIT, OrganizationId, Reach};
use serde_json::json;
use store::Organization;
use web::list::Listing;
use web::{Answer, Call, Fault};

const FILTERS: &[&str] = &["id", "name"];
const SORTS: &[&str] = &["name", "id", "created-at", "updated-at"];

pub async fn list(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    let listing = Listing::read(call, FILTERS, SORTS, &[])?;
    let ids: Option<Vec<OrganizationId>> = match listing.filter("id") {
        None => None,
        Some(text) => Some(text.split(',').map(str::parse).collect::<Result<_, _>>().map_err(|_| {
            Fault::malformed("bad-parameter", "Ids are decimal digits.").in_parameter("filter[id]")
        })?),
    };
    let account = caller.account.id;
    let mut organizations = match reach(api, &caller).await? {
        Reach::All => api.store.organizations(account).await?,
        Reach::These(ids) => api.store.organizations_by_id(account, &ids).await?,
    };
    let parents: HashMap<_, _> =
        organizations.iter().map(|organization| (organization.id, organization.parent_id)).collect();
    organizations.retain(|organization| {
        let named = listing.filter("name").is_none_or(|name| organization.name.eq_ignore_ascii_case(name));
        named && ids.as_ref().is_none_or(|ids| ids.contains(&organization.id))
    });
    match listing.sort().map(|(name, _)| name) {
        Some("name") => {
            listing.sort_by_key(&mut organizations, |organization| {
                (organization.name.to_lowercase(), organization.id)
            });
        }
        Some("updated-at") => {
            listing
                .sort_by_key(&mut organizations, |organization| (organization.updated_at, organization.id));
        }
        _ => listing.sort_by_key(&mut organizations, |organization| organization.id),
    }
    let page = listing.page(organizations);
    let mut data = Vec::with_capacity(page.rows.len());
    for organization in &page.rows {
        let line = line(api, account, organization, &parents).await?;
        data.push(shown::organization(organization, &line));
    }
    Ok(Answer::ok(&listing.document(&data, page.total, None)))
}

pub async fn show(api: &Api, call: &Call, id: OrganizationId) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    let caller = api.caller(call).await?;
    let organization = visible(api, call, &caller, id).await?;
    let line = api.store.line(caller.account.id, organization.parent_id).await?;
    Ok(Answer::ok(&json!({"data": shown::organization(&organization, &line)})))
}

/// An organization that the caller can see; 404 for any other, whether it exists or not.
pub async fn visible(
    api: &Api,
    call: &Call,
    caller: &Caller,
    id: OrganizationId,
) -> Result<Organization, Failure> {
    let organization = api.store.organization(caller.account.id, id).await?.ok_or_else(Fault::unknown)?;
    call.noted.tell(organization.subject());
    let groups = api.store.group_reach(caller.account.id, &caller.group_ids()).await?;
    match caller.actor(&groups).may_touch_organization(Action::Read, id) {
        Ok(()) => Ok(organization),
        Err(_) => Err(Fault::unknown().into()),
    }
}

async fn reach(api: &Api, caller: &Caller) -> Result<Reach, Failure> {
    let groups = api.store.group_reach(caller.account.id, &caller.group_ids()).await?;
    Ok(caller.actor(&groups).reach)
}

/// The ancestors, nearest first: from the list at hand as far as it goes, then from the store.
async fn line(
    api: &Api,
    account: policy::AccountId,
    organization: &Organization,
    parents: &HashMap<OrganizationId, Option<OrganizationId>>,
) -> Result<Vec<OrganizationId>, Failure> {
    let mut line = Vec::new();
    let mut next = organization.parent_id;
    while let Some(id) = next.filter(|_| line.len() < DEPTH_LIMIT) {
        match parents.get(&id) {
            Some(parent) => {
                line.push(id);
                next = *parent;
            }
            None => {
                line.extend(api.store.line(account, Some(id)).await?);
                break;
            }
        }
    }
    Ok(line)
}

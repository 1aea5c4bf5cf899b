//! The organizations that the caller can see, and one of them.

use std::collections::{BTreeSet, HashMap};

use api::document::Data;
use api::list::Plainly;
use api::{Api, Caller, Failure, show as shown};
use policy::{AccountId, Action, DEPTH_LIMIT, OrganizationId, Reach};
use store::Organization;
use web::body::Kind;
use web::list::{Filter, Shape};
use web::{Answer, Call, Fault, Faults};

pub const SHAPE: Shape = Shape {
    filters: &[
        Filter::any("id", Kind::Id, "These organizations."),
        Filter::one("name", Kind::NAME, "Organizations of just this name, in whatever case."),
        Filter::any("parent-id", Kind::Id, "Those that are part of these."),
        Filter::one("short-name", Kind::NAME, "Organizations of just this short name, in whatever case."),
    ],
    sorts: &["name", "id", "created-at", "updated-at", "short-name"],
    includes: &[],
    newest_first: false,
    exports: false,
};

pub async fn list(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    let pages = caller.pages(call, &SHAPE)?;
    let mut faults = Vec::new();
    let ids: Option<Vec<OrganizationId>> = pages.listing.any_of("id", &mut faults);
    let parents: Option<Vec<OrganizationId>> = pages.listing.any_of("parent-id", &mut faults);
    Faults::check(faults)?;
    let named = |filter: &str| pages.listing.filter(filter).map(|text| text.trim().to_lowercase());
    let (name, short_name) = (named("name"), named("short-name"));
    let filters = Plainly(|organization: &Organization| {
        name.as_ref().is_none_or(|name| organization.name.to_lowercase() == *name)
            && short_name.as_ref().is_none_or(|name| organization.short_name.to_lowercase() == *name)
            && parents
                .as_ref()
                .is_none_or(|any| organization.parent_id.is_some_and(|parent| any.contains(&parent)))
    });
    let account = caller.account.id;
    let sees_all = ids.is_none() && name.is_none() && short_name.is_none() && parents.is_none();
    let ids: Option<BTreeSet<_>> = ids.map(|ids| ids.into_iter().collect());
    let (walk, total) = match (reach(api, &caller).await?, ids) {
        (Reach::All, None) => {
            let total = usize::try_from(caller.security.tally.organizations).ok().filter(|_| sees_all);
            (api.store.walk_organizations(account, pages.span()), total)
        }
        (Reach::All, Some(ids)) => (api.store.walk_these_organizations(account, &ids, pages.span()), None),
        (Reach::These(seen), ids) => {
            let ids = ids.map_or_else(|| seen.clone(), |ids| seen.intersection(&ids).copied().collect());
            (api.store.walk_these_organizations(account, &ids, pages.span()), None)
        }
    };
    let page = pages.page(walk, &filters, total).await?;
    let data = resources(api, account, &page.rows).await?;
    pages.answer(data, &page.paging, None)
}

pub async fn show(api: &Api, call: &Call, id: OrganizationId) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    let caller = api.caller(call).await?;
    let organization = visible(api, call, &caller, id).await?;
    let line = api.store.line(caller.account.id, organization.parent_id).await?;
    Ok(Answer::ok(&Data { data: shown::organization(&organization, &line) }))
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

/// These organizations with their ancestors, nearest first. The ancestors of all of them are read a level at a time.
async fn resources(
    api: &Api,
    account: AccountId,
    organizations: &[Organization],
) -> Result<Vec<shown::Organization>, Failure> {
    let mut parents: HashMap<OrganizationId, Option<OrganizationId>> =
        organizations.iter().map(|organization| (organization.id, organization.parent_id)).collect();
    for _ in 0..DEPTH_LIMIT {
        let unknown: BTreeSet<_> =
            parents.values().flatten().filter(|id| !parents.contains_key(id)).copied().collect();
        if unknown.is_empty() {
            break;
        }
        let found = api.store.organizations_by_id(account, &unknown).await?;
        parents.extend(unknown.into_iter().map(|id| (id, None)));
        parents.extend(found.iter().map(|organization| (organization.id, organization.parent_id)));
    }
    let line = |organization: &Organization| {
        let up = |id: &OrganizationId| parents.get(id).copied().flatten();
        std::iter::successors(organization.parent_id, up).take(DEPTH_LIMIT).collect::<Vec<_>>()
    };
    Ok(organizations
        .iter()
        .map(|organization| shown::organization(organization, &line(organization)))
        .collect())
}

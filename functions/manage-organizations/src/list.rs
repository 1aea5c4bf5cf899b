//! The organizations that the caller can see, and one of them.

use std::collections::BTreeSet;

use api::document::Data;
use api::{Api, Caller, Failure, show as shown};
use lists::{Pages, Plainly, Sought as _};
use policy::{Action, OrganizationId, Reach, text};
use store::{Organization, Span};
use web::body::Kind;
use web::list::{Filter, Shape};
use web::{Answer, Call, Fault, Faults};

use crate::filters::Others;

pub const SHAPE: Shape = Shape {
    filters: &[
        Filter::any("id", Kind::Id, "Organizations with these ids."),
        Filter::any(
            "name",
            Kind::NAME,
            "Organizations with exactly these names. Case and accents are ignored.",
        ),
        Filter::any("parent-id", Kind::Id, "Organizations whose parent is one of these."),
        Filter::any(
            "short-name",
            Kind::NAME,
            "Organizations with exactly these short names. Case and accents are ignored.",
        ),
        Filter::any("organization-type-id", Kind::Id, "Organizations of these types."),
        Filter::any("organization-status-id", Kind::Id, "With these statuses."),
        Filter::any(
            "group-id",
            Kind::Id,
            "Organizations of these groups, as far as the caller may see the groups.",
        ),
        Filter::one("created-at", Kind::Span, "When they were created: `start,end`, like in the log."),
        Filter::one("updated-at", Kind::Span, "When they were last changed: `start,end`, like in the log."),
        // `filter[exclude][id]` and its neighbours.
        Filter::any("exclude][id", Kind::Id, "Excludes organizations with these ids."),
        Filter::any("exclude][name", Kind::NAME, "Excludes organizations with exactly these names."),
        Filter::any("exclude][organization-type-id", Kind::Id, "Excludes organizations of these types."),
        Filter::any(
            "exclude][organization-status-id",
            Kind::Id,
            "Excludes organizations with these statuses.",
        ),
        Filter::search("Organizations whose name or short name contains this text, or that have this id."),
    ],
    sorts: &["name", "id", "created-at", "updated-at", "short-name"],
    includes: &[],
    newest_first: false,
    exports: false,
};

pub async fn list(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    let pages = Pages::asked(&caller, call, &SHAPE)?;
    let mut faults = Vec::new();
    let ids: Option<Vec<OrganizationId>> = pages.listing.any_of("id", &mut faults);
    let parents: Option<Vec<OrganizationId>> = pages.listing.any_of("parent-id", &mut faults);
    let names = pages.listing.names("name", &mut faults);
    let short_names = pages.listing.names("short-name", &mut faults);
    let sought = pages.listing.search(&mut faults);
    let others = Others::read(&pages.listing, &mut faults);
    Faults::check(faults)?;
    let account = caller.account.id;
    let reach = reach(api, &caller).await?;
    let all = || match &reach {
        Reach::All => api.store.walk_organizations(account, Span::ALL),
        Reach::These(seen) => api.store.walk_these_organizations(account, seen, Span::ALL),
    };
    let is_named = |organization: &Organization, name: &str| text::folded(&organization.name) == name;
    let is_short = |organization: &Organization, name: &str| text::folded(&organization.short_name) == name;
    let names = lists::meant(names, all, is_named).await?;
    let short_names = lists::meant(short_names, all, is_short).await?;
    let unwanted = lists::meant(others.unwanted_names.clone(), all, is_named).await?;
    let groups = others.groups_seen_by(&caller);
    let filters = Plainly(|organization: &Organization| {
        let any = |names: &Option<Vec<String>>, is: &dyn Fn(&Organization, &str) -> bool| {
            names.as_ref().is_none_or(|names| names.iter().any(|name| is(organization, name)))
        };
        any(&names, &is_named)
            && any(&short_names, &is_short)
            && sought.as_ref().is_none_or(|sought| organization.is_found_by(sought))
            && others.admit(organization)
            && !unwanted.as_ref().is_some_and(|names| names.iter().any(|name| is_named(organization, name)))
            && groups.as_ref().is_none_or(|groups| !groups.is_disjoint(&organization.group_ids))
            && parents
                .as_ref()
                .is_none_or(|any| organization.parent_id.is_some_and(|parent| any.contains(&parent)))
    });
    let filters_something = names.is_some()
        || short_names.is_some()
        || sought.is_some()
        || parents.is_some()
        || others.say_something();
    let sees_all = ids.is_none() && !filters_something;
    let ids: Option<BTreeSet<_>> = ids.map(|ids| ids.into_iter().collect());
    let (walk, total) = match (reach, ids) {
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
    let data = api.with_ancestors(account, &page.rows).await?;
    pages.answer(data, &page.paging, None)
}

pub async fn show(api: &Api, call: &Call, id: OrganizationId) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    let caller = api.caller(call).await?;
    let organization = visible(api, call, &caller, id).await?;
    let line = api.store.line(caller.account.id, organization.parent_id).await?;
    let labels = api.labels(caller.account.id, [&organization]).await?;
    Ok(Answer::ok(&Data { data: shown::organization(&organization, &line, &labels) }))
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

//! The restricted assets of an organization, as far as the caller may see them, and one of them.

use std::collections::{BTreeMap, BTreeSet};

use api::document::Data;
use api::{Api, Caller, Failure, show as shown};
use lists::{Export, Pages, Plainly};
use policy::restrictions::ASSET_NAME_LIMIT;
use policy::{Action, GroupId, OrganizationId, ResourceType, UserId};
use store::{Asset, Organization, Span, StoredRestriction};
use web::body::Kind;
use web::list::{Filter, Shape};
use web::{Answer, Call, Fault, Faults};

use crate::found::{Found, hindrance};
use crate::shown::Line;

pub const SHAPE: Shape = Shape {
    filters: &[
        Filter::one("resource-type", Kind::Text(1, ASSET_NAME_LIMIT), "Assets of this type."),
        Filter::one("group-id", Kind::Id, "Assets that this group has access to."),
        Filter::one("user-id", Kind::Id, "Assets whose restriction names this user."),
        Filter::one(
            "orphaned",
            Kind::Flag,
            "true for restrictions whose users and groups have all been removed, false for the others.",
        ),
    ],
    sorts: &["resource-type"],
    includes: &[],
    newest_first: false,
    exports: true,
};

const EXPORT: Export = Export {
    file_name: "restrictions.csv",
    columns: &[
        "resource-type",
        "resource-id",
        "orphaned",
        "group-names",
        "user-names",
        "set-by-name",
        "created-at",
        "updated-at",
    ],
};

/// In the order of types and assets, which is that of the keys: a page by cursor costs what stands on it.
pub async fn list(api: &Api, call: &Call, id: OrganizationId) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    caller.standing().may_see_restrictions()?;
    let pages = Pages::asked_sorted(&caller, call, &SHAPE, "resource-type")?;
    let mut faults = Vec::new();
    let kind: Option<ResourceType> = pages.listing.one("resource-type", &mut faults);
    let group: Option<GroupId> = pages.listing.one("group-id", &mut faults);
    let user: Option<UserId> = pages.listing.one("user-id", &mut faults);
    let orphaned = pages.listing.flag("orphaned", &mut faults);
    Faults::check(faults)?;
    let organization = reached(api, &caller, id, call).await?;
    let account = caller.account.id;
    let after = pages.after().and_then(|place| place.texts.first().cloned());
    let span = Span { after, backwards: pages.backwards() };
    let walk = api.store.walk_restrictions(account, id, kind.as_ref(), span);
    let filters = Plainly(|restriction: &StoredRestriction| {
        let denied = &caller.security.denied_types;
        let facts = denied.facts_of(&restriction.resource_type, Some(restriction.facts()));
        hindrance(&caller, &organization, &facts, call.now).is_none()
            && group.is_none_or(|group| restriction.group_ids.contains(&group))
            && user.is_none_or(|user| restriction.user_ids.contains(&user))
            && orphaned.is_none_or(|orphaned| restriction.facts().is_orphaned() == orphaned)
    });
    let page = pages.page_by_key(walk, &filters, None).await?;
    if pages.listing.is_export() {
        let lines = lines(api, &caller, &page.rows).await?;
        return pages.answer(lines, &page.paging, Some(&EXPORT));
    }
    let data = page.rows.iter().map(shown::restriction).collect();
    pages.answer(data, &page.paging, None)
}

pub async fn show(api: &Api, call: &Call, asset: &Asset) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    let found = Found::read(api, call, asset).await?;
    let stored = found.stored.ok_or_else(Fault::unknown)?;
    Ok(Answer::ok(&Data { data: shown::restriction(&stored) }))
}

/// The organization, if the caller has it.
pub async fn reached(
    api: &Api,
    caller: &Caller,
    id: OrganizationId,
    call: &Call,
) -> Result<Organization, Failure> {
    let account = caller.account.id;
    let organization = api.store.organization(account, id).await?.ok_or_else(Fault::unknown)?;
    let groups = api.store.group_reach(account, &caller.group_ids()).await?;
    if caller.actor(&groups).may_touch_organization(Action::Read, id).is_err() {
        return Err(Fault::unknown().into());
    }
    call.noted.tell(organization.subject());
    Ok(organization)
}

/// The lines of the table. Groups go by their names; users too, for those who may see all of them.
async fn lines(api: &Api, caller: &Caller, rows: &[StoredRestriction]) -> Result<Vec<Line>, Failure> {
    let account = caller.account.id;
    let groups: BTreeSet<GroupId> = rows.iter().flat_map(|row| &row.group_ids).copied().collect();
    let users: BTreeSet<UserId> = rows.iter().flat_map(|row| &row.user_ids).copied().collect();
    let standing = caller.standing();
    let users: Vec<UserId> = users.into_iter().filter(|user| standing.sees(*user)).collect();
    let (groups, users) =
        tokio::try_join!(api.store.groups_by_id(account, &groups), api.store.users_by_id(account, &users))?;
    let groups: BTreeMap<GroupId, String> = groups.into_iter().map(|group| (group.id, group.name)).collect();
    let users: BTreeMap<UserId, String> = users.iter().map(|user| (user.id, user.name())).collect();
    Ok(rows.iter().map(|row| Line::of(row, &groups, &users)).collect())
}

//! `GET /access/resources`: which restricted assets of an organization a user may reach and which not, so that an application can hide
//! them in its lists with one call; and the types of assets that are kept from the user altogether.

use std::collections::BTreeSet;

use api::guests::Place;
use api::{Api, Caller, Failure};
use lists::{Pages, Plainly};
use policy::decision::{Facts, Question, UserFacts, VisitFacts};
use policy::restrictions::ASSET_NAME_LIMIT;
use policy::{Action, GroupId, OrganizationId, ResourceType, Timestamp, UserId, decide};
use store::{Organization, Span, StoredRestriction};
use web::body::Kind;
use web::list::{Filter, Shape};
use web::{Answer, Call, Fault, Faults};

use crate::shown::{KeptTypes, ReachedResource};

pub const SHAPE: Shape = Shape {
    filters: &[
        Filter::one(
            "user-id",
            Kind::Id,
            "The user whose access is shown; the caller if left out. Only Managers and Administrators can name others.",
        ),
        Filter::one("organization-id", Kind::Id, "The organization.").required(),
        Filter::one("resource-type", Kind::Text(1, ASSET_NAME_LIMIT), "Assets of this type."),
        Filter::one(
            "allowed",
            Kind::Flag,
            "true for assets that the user has access to, false for the others.",
        ),
    ],
    sorts: &["resource-type"],
    includes: &[],
    newest_first: false,
    exports: false,
};

/// Somebody, as far as the assets of one organization are concerned.
struct Asked {
    user: UserFacts,
    visit: Option<VisitFacts>,
    organization: Option<Organization>,
}

impl Asked {
    /// The groups that can keep a type from them; none for those whom nothing is kept from.
    fn groups(&self) -> BTreeSet<GroupId> {
        match &self.visit {
            Some(visit) => visit.groups(),
            None => self.user.kept_from(),
        }
    }
}

pub async fn listed(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    let pages = Pages::asked_sorted(&caller, call, &SHAPE, "resource-type")?;
    let mut faults = Vec::new();
    let user: Option<UserId> = pages.listing.one("user-id", &mut faults);
    let id: Option<OrganizationId> = pages.listing.one("organization-id", &mut faults);
    let kind: Option<ResourceType> = pages.listing.one("resource-type", &mut faults);
    let allowed = pages.listing.flag("allowed", &mut faults);
    Faults::check(faults)?;
    let id = id.ok_or_else(|| {
        pages.listing.bad_filter("organization-id", "`filter[organization-id]` is required.")
    })?;
    let account = caller.account.id;
    let asked = match user.filter(|user| !caller.is_user(*user)) {
        None => Asked {
            user: caller.facts(),
            visit: caller.visit_facts(),
            organization: api.store.organization(account, id).await?,
        },
        Some(user) => {
            caller.standing().may_manage_users()?;
            of_another(api, &caller, user, id, call.now).await?
        }
    };
    // Somebody who asks for others sees the organization themselves, or learns nothing of it.
    let own_groups = api.store.group_reach(account, &caller.group_ids()).await?;
    let organization = asked.organization.as_ref().ok_or_else(Fault::unknown)?;
    if caller.actor(&own_groups).may_touch_organization(Action::Read, id).is_err() {
        return Err(Fault::unknown().into());
    }
    let denied = &caller.security.denied_types;
    let decision = |restriction: &StoredRestriction| {
        let facts = Facts {
            user: Some(asked.user.clone()),
            visit: asked.visit.clone(),
            organization: Some(organization.facts()),
            asset: Some(denied.facts_of(&restriction.resource_type, Some(restriction.facts()))),
        };
        decide(&Question { action: Action::Read, organization: id }, &facts, call.now)
    };
    let filters = Plainly(|restriction: &StoredRestriction| {
        allowed.is_none_or(|allowed| decision(restriction).allowed() == allowed)
    });
    let after = pages.after().and_then(|place| place.texts.first().cloned());
    let span = Span { after, backwards: pages.backwards() };
    let walk = api.store.walk_restrictions(account, id, kind.as_ref(), span);
    let page = pages.page_by_key(walk, &filters, None).await?;
    let data = page.rows.iter().map(|row| ReachedResource::of(row, &decision(row))).collect();
    let meta = KeptTypes {
        list: pages.listing.meta(&page.paging),
        denied_resource_types: denied.of(&asked.groups()).iter().map(ToString::to_string).collect(),
    };
    Ok(Answer::ok(&pages.document::<ReachedResource, _>(data, meta, &page.paging)))
}

/// A user of the account, or a person of a delegate whom the account knows, as they are inside.
async fn of_another(
    api: &Api,
    caller: &Caller,
    user: UserId,
    id: OrganizationId,
    now: Timestamp,
) -> Result<Asked, Failure> {
    let account = caller.account.id;
    if let Some(found) = api.store.user(account, user).await? {
        let organization = api.store.organization(account, id).await?;
        return Ok(Asked { user: found.facts(), visit: None, organization });
    }
    let place: Place = (id, None);
    let mut guests =
        api.guests_asked_about(&caller.account, &[(user, vec![place.clone()])].into(), now).await?;
    let guest = guests.remove(&user).ok_or_else(Fault::unknown)?;
    let organization = guest.facts_of(&place).and_then(|facts| facts.organizations.get(&id)).cloned();
    let user = guest.facts().ok_or_else(Fault::unknown)?;
    Ok(Asked { user, visit: Some(guest.visit), organization })
}

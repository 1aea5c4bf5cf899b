//! `GET /access/users`: who can reach an organization, and how.

use api::{Api, Caller, Failure};
use lists::{Pages, Plainly};
use policy::connection::Status;
use policy::decision::{Facts, Obstacle, Question, UserFacts, Via, VisitFacts, granted_ways};
use policy::restrictions::ASSET_NAME_LIMIT;
use policy::{
    AccountId, Action, AssetFacts, Decision, OrganizationId, ResourceId, ResourceType, Timestamp, decide,
};
use store::{Account, Asset, Organization};
use web::body::Kind;
use web::list::{Filter, Shape};
use web::{Answer, Call, Fault, Faults};

use crate::shown::{Others, ReachingDelegate, ReachingGuest, ReachingKey, ReachingUser};

/// At most this many persons of one delegate are named; `GET /connections/{id}/visitors` lists all.
const NAMED: usize = 100;

pub const SHAPE: Shape = Shape {
    filters: &[
        Filter::one("organization-id", Kind::Id, "The organization. Required.").required(),
        Filter::one(
            "resource-type",
            Kind::Text(1, ASSET_NAME_LIMIT),
            "Only users who have access to assets of this type.",
        ),
        Filter::one(
            "resource-id",
            Kind::Text(1, ASSET_NAME_LIMIT),
            "Only users who have access to this asset. Requires `filter[resource-type]`.",
        ),
    ],
    sorts: &["name", "email", "id", "created-at", "updated-at"],
    includes: &[],
    newest_first: false,
    exports: false,
};

pub async fn reaching(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    let account = caller.account.id;
    let own_groups = api.store.group_reach(account, &caller.group_ids()).await?;
    let actor = caller.actor(&own_groups);
    actor.may_manage_users()?;
    let pages = Pages::asked(&caller, call, &SHAPE)?;
    let mut faults = Vec::new();
    let asked: Option<OrganizationId> = pages.listing.one("organization-id", &mut faults);
    let kind: Option<ResourceType> = pages.listing.one("resource-type", &mut faults);
    let id: Option<ResourceId> = pages.listing.one("resource-id", &mut faults);
    if kind.is_none() && id.is_some() && faults.is_empty() {
        let fault = pages
            .listing
            .bad_filter("resource-id", "`filter[resource-id]` requires `filter[resource-type]`.");
        faults.push(fault);
    }
    Faults::check(faults)?;
    let asked = asked.ok_or_else(|| {
        pages.listing.bad_filter("organization-id", "`filter[organization-id]` is required.")
    })?;
    let organization = api.store.organization(account, asked).await?.ok_or_else(Fault::unknown)?;
    if actor.may_touch_organization(Action::Read, asked).is_err() {
        return Err(Fault::unknown().into());
    }
    let asset = asset_facts(api, &caller, asked, kind, id).await?;
    let place = Place { organization: &organization, asset: asset.as_ref(), now: call.now };
    // Who is shut out of an asset is not told who is not.
    if place.decision(caller.facts()).obstacles.contains(&Obstacle::ResourceRestricted) {
        let detail = "This asset is restricted to certain groups and users, and you are not one of them.";
        return Err(Fault::forbidden("resource-restricted", detail).into());
    }
    let decision = |user: &store::User| place.decision(user.facts());
    let filters = Plainly(|user: &store::User| decision(user).allowed());
    let page = pages.page(api.store.walk_users(account, pages.span()), &filters, None).await?;
    let shown = |user: &store::User| ReachingUser::of(user, &decision(user), call.now);
    let data: Vec<_> = page.rows.iter().map(shown).collect();
    let (connections, api_keys) =
        tokio::try_join!(connections(api, &caller.account, &place), reaching_keys(api, account, &place))?;
    let meta = Others { list: pages.listing.meta(&page.paging), connections, api_keys };
    Ok(Answer::ok(&pages.document(data, meta, &page.paging)))
}

/// Where something would be read, and what.
struct Place<'a> {
    organization: &'a Organization,
    asset: Option<&'a AssetFacts>,
    now: Timestamp,
}

impl Place<'_> {
    /// Whether somebody of the account may read it.
    fn decision(&self, user: UserFacts) -> Decision {
        let facts = Facts {
            user: Some(user),
            visit: None,
            organization: Some(self.organization.facts()),
            asset: self.asset.cloned(),
        };
        let question = Question { action: Action::Read, organization: self.organization.id };
        decide(&question, &facts, self.now)
    }
}

/// What is stored of the asset; none if no type is asked for.
async fn asset_facts(
    api: &Api,
    caller: &Caller,
    organization: OrganizationId,
    kind: Option<ResourceType>,
    id: Option<ResourceId>,
) -> Result<Option<AssetFacts>, Failure> {
    let Some(kind) = kind else { return Ok(None) };
    let restriction = match id {
        Some(id) => {
            let asset = Asset { organization, kind: kind.clone(), id };
            api.store.restriction(caller.account.id, &asset).await?
        }
        None => None,
    };
    let restriction = restriction.map(|restriction| restriction.facts());
    Ok(Some(caller.security.denied_types.facts_of(&kind, restriction)))
}

/// The ways of a visitor, with those to the asset, if one is asked for; none if something keeps it from them.
fn with_asset(mut ways: Vec<Via>, visit: &VisitFacts, asset: Option<&AssetFacts>) -> Option<Vec<Via>> {
    let Some(asset) = asset else { return Some(ways) };
    let answer = visit.meet(asset);
    let further: Vec<Via> = answer.via.into_iter().filter(|way| !ways.contains(way)).collect();
    ways.extend(further);
    answer.obstacles.is_empty().then_some(ways)
}

/// The connections by which users of other accounts reach the organization now, with those of their people who came in
/// at some time and reach it now.
async fn connections(api: &Api, host: &Account, place: &Place<'_>) -> Result<Vec<ReachingDelegate>, Failure> {
    let Place { organization, asset, now } = *place;
    let (granted, known) =
        tokio::try_join!(api.store.connections_granted(host.id), api.store.all_visitors(host.id))?;
    let mut through = Vec::new();
    for connection in granted {
        let life = connection.life();
        let is_open = life.status(now) == Status::Active;
        let ways = granted_ways(&life.grants, organization.id, Some(&organization.facts()));
        if !is_open || ways.is_empty() {
            continue;
        }
        let Some(ways) = with_asset(ways, &VisitFacts::of_anyone(life), asset) else { continue };
        let guests = api.guests(host, &connection, &known, now).await?;
        let reaching = guests.iter().filter_map(|guest| {
            let ways = guest.visit.ways(organization.id, Some(&organization.facts()));
            if !guest.obstacles.is_empty() || ways.is_empty() {
                return None;
            }
            Some(ReachingGuest::of(guest, &with_asset(ways, &guest.visit, asset)?))
        });
        through.push(ReachingDelegate::of(&connection, &ways, reaching.take(NAMED).collect()));
    }
    Ok(through)
}

/// The API keys that reach the organization now.
async fn reaching_keys(
    api: &Api,
    account: AccountId,
    place: &Place<'_>,
) -> Result<Vec<ReachingKey>, Failure> {
    let keys = api.store.api_keys(account).await?;
    let reaching = keys.iter().filter(|key| !key.is_over(place.now)).filter_map(|key| {
        let decision = place.decision(key.facts());
        decision.allowed().then(|| ReachingKey::of(key, &decision))
    });
    Ok(reaching.collect())
}

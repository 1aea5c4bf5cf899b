//! An asset as it is restricted now, and whether the caller may see and set that.

use api::{Api, Caller, Failure};
use policy::decision::{Facts, Obstacle, Question};
use policy::{
    Action, AssetFacts, Change, Decision, Judged, OrganizationId, Restriction, Timestamp, Touch, decide,
};
use store::{Asset, Organization, StoredRestriction, Subject};
use web::request::id_in_path;
use web::{Call, Fault, Faults};

/// The asset that an address names. What is left of the path is its id, also where that has slashes.
pub fn asset_in_path(organization: &str, kind: &str, asset: &[&str]) -> Result<Asset, Faults> {
    let organization = id_in_path(organization)?;
    let unreadable = |_| Fault::unknown();
    let (kind, id) = (kind.parse().map_err(unreadable)?, asset.join("/").parse().map_err(unreadable)?);
    Ok(Asset { organization, kind, id })
}

/// What is stored, all of one moment.
pub struct Found {
    /// Who calls.
    pub caller: Caller,
    /// The organization that the asset is in.
    pub organization: Organization,
    /// What restricts the asset now, if anything does.
    pub stored: Option<StoredRestriction>,
    /// What the rules look at.
    pub facts: AssetFacts,
}

impl Found {
    /// Reads it. Refuses whoever may not say who reaches this asset: visitors, Lite and Read-only users, those who do not have the
    /// organization, and those whom the asset is closed to themselves.
    pub async fn read(api: &Api, call: &Call, asset: &Asset) -> Result<Self, Failure> {
        let claim = api.claim(call).await?;
        let question = [(None, asset.organization, Some(asset.clone()))];
        let identity = claim.identity();
        let read = api.store.access_facts(&identity, &question);
        let (caller, known) = api.caller_from(call, claim, read).await?;
        caller.standing().may_see_restrictions()?;
        let known = known.of(0).ok_or_else(Fault::unavailable)?;
        let organization = known.organizations.get(&asset.organization).ok_or_else(Fault::unknown)?;
        let facts = known.asset(&asset.kind, Some(asset));
        let stored = known.restrictions.get(asset).cloned();
        if let Some(obstacle) = hindrance(&caller, organization, &facts, call.now) {
            return Err(refused(obstacle).into());
        }
        call.noted.tell(subject(asset, organization));
        Ok(Self { organization: organization.clone(), caller, stored, facts })
    }

    /// That the caller may say who reaches single assets here, at the moment that was read.
    pub async fn judged(&self, api: &Api, now: Timestamp) -> Result<Judged, Failure> {
        judged(api, &self.caller, self.organization.id, now).await
    }
}

/// That the caller may say who reaches single assets of this organization.
pub async fn judged(
    api: &Api,
    caller: &Caller,
    organization: OrganizationId,
    now: Timestamp,
) -> Result<Judged, Failure> {
    let groups = api.store.group_reach(caller.account.id, &caller.group_ids()).await?;
    let change = Change { touches: vec![Touch::Restrictions(organization)], ..Change::default() };
    Ok(caller.judge(&groups, &change, now)?)
}

/// An asset, for the log.
pub fn subject(asset: &Asset, organization: &Organization) -> Subject {
    Subject {
        organization: Some((organization.id, organization.name.clone())),
        ..Subject::new("restrictions", &asset.id, asset.kind.as_str())
    }
}

/// Whether the caller may do this to the asset.
pub fn decision(
    caller: &Caller,
    organization: &Organization,
    asset: &AssetFacts,
    action: Action,
    now: Timestamp,
) -> Decision {
    let facts = Facts {
        user: Some(caller.facts()),
        visit: caller.visit_facts(),
        organization: Some(organization.facts()),
        asset: Some(asset.clone()),
    };
    decide(&Question { action, organization: organization.id }, &facts, now)
}

/// What keeps the caller from saying who reaches the asset; none if they may.
pub fn hindrance(
    caller: &Caller,
    organization: &Organization,
    asset: &AssetFacts,
    now: Timestamp,
) -> Option<Obstacle> {
    decision(caller, organization, asset, Action::SetRestrictions, now).obstacles.first().copied()
}

/// The refusal for it. Of an organization that they do not have they learn nothing.
fn refused(obstacle: Obstacle) -> Fault {
    let detail = match obstacle {
        Obstacle::OrganizationNotGranted | Obstacle::OrganizationUnknown => return Fault::unknown(),
        Obstacle::ResourceTypeDenied => "One of your groups has no access to assets of this type.",
        Obstacle::ResourceRestricted => {
            "This asset is restricted to certain groups and users, and you are not one of them."
        }
        _ => "You cannot change who has access to this asset.",
    };
    Fault::forbidden(obstacle.code(), detail)
}

/// Whether the caller could not reach the asset any more if it were restricted so.
pub fn shuts_out(
    caller: &Caller,
    organization: &Organization,
    asset: &AssetFacts,
    then: &Restriction,
    now: Timestamp,
) -> bool {
    let then = AssetFacts { restriction: Some(then.clone()), ..asset.clone() };
    let decision = decision(caller, organization, &then, Action::Read, now);
    decision.obstacles.contains(&Obstacle::ResourceRestricted)
}

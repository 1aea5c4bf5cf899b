//! Says who may reach one asset. Said again it changes nothing.

use api::change::{of_address, of_what_was_read};
use api::document::{Data, as_read};
use api::{Api, Caller, Failure, show};
use policy::{Refusal, Timestamp};
use store::restriction::RestrictionChange;
use store::{Asset, StoredRestriction, until_current};
use web::body::{Attribute, Kind, Relationship};
use web::{Answer, Body, Call, Fault};

use crate::found::{Found, shuts_out};
use crate::named::{Named, are_there};

/// With it somebody says that they want to be shut out.
pub const CONFIRM: Attribute = Attribute::optional(
    "confirm",
    Kind::Flag,
    "Must be true if the restriction takes your own access away. Administrators always keep access.",
);

/// Whom a restriction names.
pub const WHO: &[Relationship] = &[
    Relationship::new(
        "groups",
        "The groups whose members have access to the asset, at most 50. Replaces all.",
    ),
    Relationship::new("users", "The users who have access to the asset, at most 100. Replaces all."),
];

/// Who may reach the asset at the address.
pub const BODY: Body = Body::changing("restrictions", &[CONFIRM]).with(WHO);

pub async fn set(api: &Api, call: &Call, asset: &Asset) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    until_current!(attempt(api, call, asset))
}

async fn attempt(api: &Api, call: &Call, asset: &Asset) -> Result<Answer, Failure> {
    let found = Found::read(api, call, asset).await?;
    let Found { caller, organization, stored, facts } = &found;
    let mut resource = call.document()?.one(&BODY)?;
    match stored {
        Some(stored) => {
            of_address(&resource, stored.id)?;
            of_what_was_read(call, &mut resource, stored.version)?;
        }
        None if call.header("if-match").is_some() || resource.version().is_some() => {
            return Err(Fault::stale().into());
        }
        None => {}
    }
    let named = Named::read(&mut resource);
    let confirmed = resource.attributes.flag(CONFIRM.name).unwrap_or(false);
    resource.finish_over(&as_read(&stored.as_ref().map(show::restriction)))?;
    let account = caller.account.id;
    let named = [named.fits()?];
    are_there(api, account, &named).await?;
    let [Named { of: then, .. }] = &named;
    if let Some(same) = stored.as_ref().filter(|stored| stored.facts() == *then) {
        return Ok(Answer::ok(&Data { data: show::restriction(same) }));
    }
    if !confirmed && shuts_out(caller, organization, facts, then, call.now) {
        return Err(Refusal::ShutsOutYourself.into());
    }
    let judged = found.judged(api, call.now).await?;
    let after = StoredRestriction {
        group_ids: then.groups.clone(),
        user_ids: then.users.clone(),
        ..renewed(api, caller, asset, stored.as_ref(), call.now)
    };
    let shown = show::restriction(&after);
    let told = match stored {
        Some(before) => api.changed(account, &show::restriction(before), &shown).await?,
        None => api.changed(account, &(), &shown).await?,
    };
    let change = RestrictionChange { before: stored.clone(), after: Some(after), told };
    api.store
        .change_restrictions(organization, &[change], &judged, &caller.act(call))
        .await
        .map_err(|(_, error)| error)?;
    Ok(Answer::ok(&Data { data: shown }))
}

/// The restriction as this caller sets it now, still without those whom it names.
pub fn renewed(
    api: &Api,
    caller: &Caller,
    asset: &Asset,
    stored: Option<&StoredRestriction>,
    now: Timestamp,
) -> StoredRestriction {
    StoredRestriction {
        id: stored.map_or_else(|| api.store.ids().next(now), |stored| stored.id),
        organization_id: asset.organization,
        resource_type: asset.kind.clone(),
        resource_id: asset.id.clone(),
        group_ids: Default::default(),
        user_ids: Default::default(),
        set_by_id: caller.own_user().map(|user| user.id),
        set_by_name: caller.name(),
        created_at: stored.map_or(now, |stored| stored.created_at),
        updated_at: now,
        version: stored.map_or(1, |stored| stored.version + 1),
    }
}

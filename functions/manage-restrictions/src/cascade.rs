//! Says who may reach many assets at once, as where a folder is restricted with all that is in it. Each row has its own outcome; sent
//! again it changes nothing. A fault in the request changes nothing at all.

use std::collections::{BTreeMap, BTreeSet};

use api::document::as_read;
use api::{Api, Caller, Failure, show};
use policy::decision::Obstacle;
use policy::restrictions::ASSET_NAME_LIMIT;
use policy::{OrganizationId, ResourceId, ResourceType};
use store::restriction::RestrictionChange;
use store::{Asset, Organization, StoredRestriction, Tries};
use web::body::{Attribute, Kind};
use web::document::Resource;
use web::{Answer, Body, Call, Fault, Faults, Word};

use crate::found::{hindrance, judged, shuts_out};
use crate::list::reached;
use crate::named::{Named, are_there};
use crate::set::{CONFIRM, WHO, renewed};
use crate::shown::{Cascaded, Results, RowOutcome, RowResult};

/// Rows of one request at most.
const ROWS: usize = 500;

/// Who may reach which assets.
pub const BODY: Body = Body::making(
    "restrictions",
    &[
        Attribute::required(
            "resource-type",
            Kind::Text(1, ASSET_NAME_LIMIT),
            "The type of the asset, as the application names it. Letter case does not matter.",
        ),
        Attribute::required(
            "resource-id",
            Kind::Text(1, ASSET_NAME_LIMIT),
            "The asset, as the application names it.",
        ),
        CONFIRM,
    ],
)
.with(WHO)
.up_to(ROWS);

/// One row of the request.
struct Row {
    kind: ResourceType,
    id: ResourceId,
    is_confirmed: bool,
}

impl Row {
    fn asset(&self, organization: OrganizationId) -> Asset {
        Asset { organization, kind: self.kind.clone(), id: self.id.clone() }
    }
}

pub async fn set_many(api: &Api, call: &Call, id: OrganizationId) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    // What was written before somebody else came between is not unchanged, though it is found so the next time.
    let mut written = BTreeMap::new();
    let mut tries = Tries::default();
    loop {
        let outcome = attempt(api, call, id, &mut written).await;
        match tries.again(&outcome) {
            Some(pause) => pause.await,
            None => return outcome,
        }
    }
}

async fn attempt(
    api: &Api,
    call: &Call,
    id: OrganizationId,
    written: &mut BTreeMap<usize, RowOutcome>,
) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    caller.standing().may_see_restrictions()?;
    let organization = reached(api, &caller, id, call).await?;
    let judged = judged(api, &caller, id, call.now).await?;
    let (rows, named) = read(call)?;
    let account = caller.account.id;
    are_there(api, account, &named).await?;
    let assets: BTreeSet<Asset> = rows.iter().map(|row| row.asset(id)).collect();
    let stored = api.store.restrictions_of(account, &assets).await?;
    let stored: BTreeMap<Asset, StoredRestriction> =
        stored.into_iter().map(|restriction| (restriction.asset(), restriction)).collect();
    let (mut outcomes, mut changed, mut now) = (Vec::new(), Vec::new(), BTreeMap::new());
    let mut seen = BTreeSet::new();
    for (place, (row, named)) in rows.iter().zip(&named).enumerate() {
        let asset = row.asset(id);
        let before = stored.get(&asset);
        let outcome = if seen.insert(asset.clone()) {
            decided(&caller, &organization, (row, named), before, call)
        } else {
            RowOutcome::Duplicate
        };
        if matches!(outcome, RowOutcome::Set | RowOutcome::Changed) {
            let after = StoredRestriction {
                group_ids: named.of.groups.clone(),
                user_ids: named.of.users.clone(),
                ..renewed(api, &caller, &asset, before, call.now)
            };
            changed.push((place, before));
            now.insert(place, after);
        } else if outcome == RowOutcome::Unchanged {
            now.extend(before.map(|before| (place, before.clone())));
        }
        outcomes.push(written.get(&place).copied().unwrap_or(outcome));
    }
    let shown = |one: Option<&StoredRestriction>| as_read(&one.map(show::restriction));
    let things: Vec<_> =
        changed.iter().map(|(place, before)| (shown(*before), shown(now.get(place)))).collect();
    let told = api.each_changed(account, &things).await?;
    let change = |((place, before), told): (&(usize, Option<&StoredRestriction>), _)| RestrictionChange {
        before: before.cloned(),
        after: now.get(place).cloned(),
        told,
    };
    let changes: Vec<RestrictionChange> = changed.iter().zip(told).map(change).collect();
    let done = api.store.change_restrictions(&organization, &changes, &judged, &caller.act(call)).await;
    let count = done.as_ref().map_or_else(|(count, _)| *count, |()| changes.len());
    for (place, _) in changed.iter().take(count) {
        written.extend(outcomes.get(*place).map(|outcome| (*place, *outcome)));
    }
    done.map_err(|(_, error)| error)?;
    let results = rows.iter().zip(outcomes).map(|(row, outcome)| RowResult {
        resource_type: row.kind.to_string(),
        resource_id: row.id.to_string(),
        outcome: Word(outcome),
    });
    let document = Cascaded {
        data: now.values().map(show::restriction).collect(),
        meta: Results { results: results.collect() },
    };
    Ok(if written.is_empty() { Answer::ok(&document) } else { Answer::created(&document) })
}

/// The outcome of a row that is the first about its asset.
fn decided(
    caller: &Caller,
    organization: &Organization,
    (row, named): (&Row, &Named),
    before: Option<&StoredRestriction>,
    call: &Call,
) -> RowOutcome {
    let facts = caller.security.denied_types.facts_of(&row.kind, before.map(StoredRestriction::facts));
    match hindrance(caller, organization, &facts, call.now) {
        None => {}
        Some(Obstacle::ResourceTypeDenied) => return RowOutcome::ResourceTypeDenied,
        Some(_) => return RowOutcome::ResourceRestricted,
    }
    match before {
        Some(before) if before.facts() == named.of => RowOutcome::Unchanged,
        _ if !row.is_confirmed && shuts_out(caller, organization, &facts, &named.of, call.now) => {
            RowOutcome::ConfirmNeeded
        }
        Some(_) => RowOutcome::Changed,
        None => RowOutcome::Set,
    }
}

fn read(call: &Call) -> Result<(Vec<Row>, Vec<Named>), Faults> {
    let (resources, _) = call.document()?.one_or_many(&BODY)?;
    let (mut rows, mut all_named) = (Vec::new(), Vec::new());
    let mut faults = Vec::new();
    for resource in resources {
        match read_one(resource) {
            Ok((row, named)) => {
                rows.push(row);
                all_named.push(named);
            }
            Err(wrong) => faults.push(wrong),
        }
    }
    Faults::together(faults)?;
    Ok((rows, all_named))
}

fn read_one(mut resource: Resource) -> Result<(Row, Named), Faults> {
    let kind = resource.attributes.required("resource-type", str::parse);
    let id = resource.attributes.required("resource-id", str::parse);
    let is_confirmed = resource.attributes.flag(CONFIRM.name).unwrap_or(false);
    let named = Named::read(&mut resource);
    let pointer = resource.pointer().to_owned();
    resource.finish()?;
    let named = named.fits()?;
    match kind.zip(id) {
        Some((kind, id)) => Ok((Row { kind, id, is_confirmed }, named)),
        None => Err(Fault::unacceptable(
            "missing",
            "Name the asset: `resource-type` and `resource-id` are required.",
        )
        .at(pointer)
        .into()),
    }
}

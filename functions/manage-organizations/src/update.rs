//! Changes organizations, one or many: their names, their words out of the account's lists, and under which other ones they are.
//!
//! Many are judged together and written together: all of them change, or none does.

use std::collections::BTreeSet;

use api::change::{of_address, of_each_version, of_version};
use api::document::{Changed, OneOrMany, as_read};
use api::foreseen::Foreseen;
use api::{Api, Caller, Failure, Labels, show};
use policy::{Action, Change, GroupReach, LabelId, OrganizationId, Touch, text};
use serde_json::Value;
use store::{Organization, until_current};
use web::body::Id;
use web::document::Resource;
use web::request::id_in_path;
use web::{Answer, Body, Call, Fault, Faults};

use crate::attributes::{DESCRIPTION, NAME, PARENT, SHORT_NAME, STATUS, TYPE};
use crate::list::visible;
use crate::tree::Tree;

/// Organizations that are changed by one request at most: each takes up to three items of the one transaction.
const BULK_LIMIT: usize = 30;

/// A change of an organization.
pub const BODY: Body = Body::changing(
    "organizations",
    &[
        NAME.in_change(),
        DESCRIPTION.in_change(),
        SHORT_NAME.in_change(),
        PARENT.in_change(),
        TYPE.in_change(),
        STATUS.in_change(),
    ],
);

/// A change of the organizations that are named.
pub const BODY_OF_MANY: Body = Body { id: Id::Named, ..BODY.up_to(BULK_LIMIT) };

/// What a request wants of an organization.
struct Edit {
    before: Organization,
    resource: Resource,
}

pub async fn update(api: &Api, call: &Call, id: OrganizationId) -> Result<Answer, Failure> {
    let preview = call.preview(&[])?;
    until_current!(one(api, call, id, preview))
}

pub async fn update_many(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let preview = call.preview(&[])?;
    of_each_version(call, "organizations")?;
    until_current!(many(api, call, preview))
}

async fn one(api: &Api, call: &Call, id: OrganizationId, preview: bool) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    let before = visible(api, call, &caller, id).await?;
    let groups = api.store.group_reach(caller.account.id, &caller.group_ids()).await?;
    caller.actor(&groups).may_touch_organization(Action::Update, id)?;
    let resource = call.document()?.one(&BODY)?;
    of_address(&resource, before.id)?;
    of_version(call, before.version)?;
    let changed = change(api, call, &caller, &groups, vec![Edit { before, resource }], preview).await?;
    let data = changed.into_iter().next().ok_or_else(Fault::unknown)?;
    Ok(Answer::ok(&Changed { data, meta: preview.then(nothing_gained) }))
}

/// Where an organization hangs, and what it is called, gives nobody anything.
fn nothing_gained() -> Foreseen {
    Foreseen::nothing()
}

async fn many(api: &Api, call: &Call, preview: bool) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    let groups = api.store.group_reach(caller.account.id, &caller.group_ids()).await?;
    let actor = caller.actor(&groups);
    // Who may change nothing here learns nothing of what is wrong with the request.
    actor.may_act(Action::Update)?;
    let (resources, many) = call.document()?.one_or_many(&BODY_OF_MANY)?;
    let named: Vec<_> = resources.iter().map(|resource| resource.id.as_deref().map(id_in_path)).collect();
    let ids: BTreeSet<OrganizationId> = named.iter().flatten().flatten().copied().collect();
    let found = api.store.organizations_by_id(caller.account.id, &ids).await?;
    let (mut edits, mut faults): (Vec<Edit>, Vec<Fault>) = (Vec::new(), Vec::new());
    for (resource, id) in resources.into_iter().zip(named) {
        let pointer = format!("{}/id", resource.pointer());
        let Some(id) = id else {
            faults.push(
                Fault::unacceptable("missing", "`id` is required: the organization to change.").at(pointer),
            );
            continue;
        };
        // What is no id is the id of nothing, and what the caller cannot see is not there.
        let known = id.ok().and_then(|id| found.iter().find(|organization| organization.id == id));
        let known = known.filter(|known| actor.may_touch_organization(Action::Read, known.id).is_ok());
        match known {
            None => faults.push(Fault::unknown().at(pointer)),
            Some(known) if edits.iter().any(|edit| edit.before.id == known.id) => {
                let fault = Fault::unacceptable("duplicate", "This organization is in the request twice.");
                faults.push(fault.at(pointer));
            }
            Some(known) => edits.push(Edit { before: known.clone(), resource }),
        }
    }
    Faults::check(faults)?;
    let data = change(api, call, &caller, &groups, edits, preview).await?;
    let data = OneOrMany::of(data, many).ok_or_else(Fault::unavailable)?;
    Ok(Answer::ok(&Changed { data, meta: preview.then(nothing_gained) }))
}

/// Carries the changes out, each over those before it, all in one. In a preview it only shows what would be there.
async fn change(
    api: &Api,
    call: &Call,
    caller: &Caller,
    groups: &GroupReach,
    edits: Vec<Edit>,
    preview: bool,
) -> Result<Vec<show::Organization>, Failure> {
    let account = caller.account.id;
    let mut tree = Tree::of(api, account, edits.len() > 1).await?;
    let befores: Vec<Organization> = edits.iter().map(|edit| edit.before.clone()).collect();
    let labels = api.labels(account, &befores).await?;
    let mut touches = Vec::new();
    let mut shown = Vec::with_capacity(edits.len());
    let mut afters = Vec::with_capacity(edits.len());
    let mut faults = Vec::new();
    for Edit { before, resource } in edits {
        let pointer = resource.pointer().to_owned();
        let line = tree.line(before.parent_id).await?;
        let as_before = show::organization(&before, &line, &labels);
        touches.push(Touch::Organization(before.id, Action::Update));
        match read(resource, &before, &as_read(&as_before)) {
            Ok(after) => {
                if after.parent_id != before.parent_id {
                    touches.push(tree.place(&after, &pointer).await?);
                }
                shown.push(as_before);
                afters.push((after, pointer));
            }
            Err(wrong) => faults.push(wrong),
        }
    }
    Faults::together(faults)?;
    let judged = caller.judge(groups, &Change { touches, ..Change::default() }, call.now)?;
    let mut resources = Vec::with_capacity(afters.len());
    let mut changed = Vec::new();
    for ((before, as_before), (after, pointer)) in befores.iter().zip(&shown).zip(&afters) {
        let line = tree.line(after.parent_id).await?;
        let has_others = before.type_id != after.type_id || before.status_id != after.status_id;
        let labels: Labels =
            if has_others { api.labels_of(account, after, pointer).await? } else { labels.clone() };
        if after == before {
            resources.push(show::organization(before, &line, &labels));
            continue;
        }
        // What changes nothing is not written: others' versions stay good.
        let told = api.changed(account, as_before, &show::organization(after, &line, &labels)).await?;
        changed.push((after.clone(), told));
        if preview {
            resources.push(show::organization(after, &line, &labels));
            continue;
        }
        let after = Organization { version: after.version + 1, updated_at: call.now, ..after.clone() };
        resources.push(show::organization(&after, &line, &labels));
    }
    if !changed.is_empty() && !preview {
        api.store.update_organizations(&changed, &judged, &caller.act(call)).await?;
    }
    Ok(resources)
}

fn read(mut resource: Resource, before: &Organization, shown: &Value) -> Result<Organization, Faults> {
    let stated = resource.version();
    if stated.is_some_and(|stated| stated != before.version) {
        return Err(Fault::stale().at(resource.pointer()).into());
    }
    let attributes = &mut resource.attributes;
    let mut after = before.clone();
    after.name = attributes.optional("name", text::name).unwrap_or(after.name);
    after.description = attributes.clearable("description", text::message).unwrap_or(after.description);
    after.short_name = attributes.clearable("short-name", text::optional_name).unwrap_or(after.short_name);
    after.parent_id = attributes.nullable("parent-id", str::parse).unwrap_or(after.parent_id);
    let mut label = |name: &str, id: Option<LabelId>| attributes.nullable(name, str::parse).unwrap_or(id);
    after.type_id = label("organization-type-id", after.type_id);
    after.status_id = label("organization-status-id", after.status_id);
    resource.finish_over(shown)?;
    Ok(after)
}

//! Changes groups, one or many: name and description, and, where the request names them, all members and organizations.
//!
//! Many are checked together before the first is changed, and then changed one after the other, each as if it had come alone: a
//! fault in the request changes nothing. What is wanted is said as it is to be in the end, so that a request may be sent again.

use std::collections::{BTreeMap, BTreeSet};

use api::change::{of_each_version, of_version};
use api::document::{Changed, OneOrMany, as_read};
use api::foreseen::Foreseen;
use api::{Api, Caller, Failure, show};
use policy::{GroupId, Judged, ResourceType, UserId, text};
use serde_json::Value;
use store::group::GroupChange;
use store::{Group, until_current};
use web::body::{Id, Relationship};
use web::document::Resource;
use web::request::id_in_path;
use web::{Answer, Body, Call, Fault, Faults};

use crate::change::{
    DENIED, DESCRIPTION, MEMBERS, Making, NAME, Step, Wanted, changed, check, denied_then, managed,
};

/// Groups that are changed by one request at most.
const BULK_LIMIT: usize = 100;

/// A change of the group at the address.
pub const BODY: Body =
    Body::changing("groups", &[NAME.in_change(), DESCRIPTION.in_change(), MEMBERS, DENIED]).with(&[
        Relationship::new("users", "The members of the group. Replaces all."),
        Relationship::new("organizations", "The organizations that members have access to. Replaces all."),
    ]);

/// A change of the groups that are named.
pub const BODY_OF_MANY: Body = Body { id: Id::Named, ..BODY.up_to(BULK_LIMIT) };

/// What a group is to become. What is not said stays.
struct Edit {
    id: GroupId,
    /// Where it stands in the request.
    pointer: String,
    /// The version that it is thought to have.
    version: Option<u64>,
    name: Option<String>,
    description: Option<String>,
    wanted: Wanted,
}

pub async fn update(api: &Api, call: &Call, id: GroupId) -> Result<Answer, Failure> {
    let preview = call.preview(&[])?;
    // Who may change nothing here learns nothing of what is wrong with the request.
    let (_, before) = managed(api, call, id).await?;
    let (edit, faults) = read(call.document()?.one(&BODY)?, Some(id), &as_read(&show::group(&before, &[])));
    let stated = edit.as_ref().and_then(|edit| edit.version);
    of_version(call, before.version)?;
    if stated.is_some_and(|stated| stated != before.version) {
        return Err(Fault::stale().into());
    }
    faults.map_or(Ok(()), Err)?;
    let is_of_one_version = stated.is_some() || call.expected().is_of_one();
    let edit = edit.ok_or_else(Fault::unknown)?;
    let edit = Edit { version: is_of_one_version.then_some(before.version), ..edit };
    if preview {
        let edits = std::slice::from_ref(&edit);
        let (data, foreseen) = foresee(api, call, edits, &checked(api, call, edits).await?).await?;
        let data = data.into_iter().next().ok_or_else(Fault::unknown)?;
        return Ok(Answer::ok(&Changed { data, meta: Some(foreseen) }));
    }
    let data = until_current!(make(api, call, &edit))?;
    Ok(Answer::ok(&Changed { data, meta: None }))
}

pub async fn update_many(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let preview = call.preview(&[])?;
    let caller = api.caller(call).await?;
    caller.standing().may_create_groups()?;
    of_each_version(call, "groups")?;
    let (resources, many) = call.document()?.one_or_many(&BODY_OF_MANY)?;
    // What is sent back as it was read is no change.
    let ids = resources.iter().filter_map(|resource| id_in_path(resource.id.as_deref()?).ok()).collect();
    let found = api.store.groups_by_id(caller.account.id, &ids).await?;
    let found: BTreeMap<String, Value> =
        found.iter().map(|group| (group.id.to_string(), as_read(&show::group(group, &[])))).collect();
    let (mut faults, mut of_resources) = (Vec::new(), Vec::new());
    let mut edits: Vec<Edit> = Vec::with_capacity(resources.len());
    for resource in resources {
        let shown = resource.id.as_ref().and_then(|id| found.get(id)).unwrap_or(&Value::Null);
        let (edit, wrong) = read(resource, None, shown);
        of_resources.extend(wrong);
        if let Some(edit) = edit {
            if edits.iter().any(|earlier| earlier.id == edit.id) {
                let fault = Fault::unacceptable("duplicate", "This group is in the request twice.");
                faults.push(fault.at(format!("{}/id", edit.pointer)));
            }
            edits.push(edit);
        }
    }
    Faults::together(Faults::check(faults).err().into_iter().chain(of_resources))?;
    // What each may for itself they may not all together: two groups may give a Lite user too much.
    if edits.len() > 1 {
        for edit in &edits {
            checked(api, call, std::slice::from_ref(edit)).await?;
        }
    }
    let together = checked(api, call, &edits).await?;
    let (data, meta) = if preview {
        let (data, foreseen) = foresee(api, call, &edits, &together).await?;
        (data, Some(foreseen))
    } else {
        let mut data = Vec::with_capacity(edits.len());
        for edit in &edits {
            data.push(until_current!(make(api, call, edit))?);
        }
        (data, None)
    };
    let data = OneOrMany::of(data, many).ok_or_else(Fault::unavailable)?;
    Ok(Answer::ok(&Changed { data, meta }))
}

/// What a resource says about which group: the one in the address, which is shown like this now, or the one that it names itself.
fn read(
    mut resource: Resource,
    in_address: Option<GroupId>,
    shown: &Value,
) -> (Option<Edit>, Option<Faults>) {
    let named = resource.id.take();
    let id = match (&named, in_address) {
        (None, Some(id)) => Some(id),
        (Some(named), Some(id)) if *named == id.to_string() => Some(id),
        (Some(_), Some(_)) => {
            let fault = Fault::conflict("wrong-id", "`id` does not match the id in the URL.");
            resource.fault(fault, "id");
            None
        }
        (None, None) => {
            resource.fault(Fault::unacceptable("missing", "`id` is required: the group to change."), "id");
            None
        }
        // What is no id is the id of nothing.
        (Some(named), None) => match id_in_path(named) {
            Ok(id) => Some(id),
            Err(_) => {
                resource.fault(Fault::unknown(), "id");
                None
            }
        },
    };
    let pointer = resource.pointer().to_owned();
    let wanted = Wanted::read(&mut resource);
    let version = resource.version();
    let name = resource.attributes.optional("name", text::name);
    let description = resource.attributes.clearable("description", text::message);
    let faults = resource.finish_over(shown).err();
    (id.map(|id| Edit { id, pointer, version, name, description, wanted }), faults)
}

/// One of the groups that are changed: as it is, with its members, and what comes and goes.
struct Part {
    before: Group,
    members: BTreeSet<UserId>,
    change: GroupChange,
}

/// Changes of groups, held against what is stored now, all together.
struct Checked {
    caller: Caller,
    parts: Vec<Part>,
    judged: Judged,
}

async fn checked(api: &Api, call: &Call, edits: &[Edit]) -> Result<Checked, Failure> {
    let mut first = None;
    let mut parts = Vec::with_capacity(edits.len());
    for edit in edits {
        let (caller, before) = managed(api, call, edit.id).await?;
        if edit.version.is_some_and(|version| version != before.version) {
            return Err(Fault::stale().at(edit.pointer.as_str()).into());
        }
        let members: BTreeSet<UserId> =
            api.store.members(caller.account.id, edit.id).await?.into_iter().collect();
        let change = edit.wanted.change(&before, &members);
        parts.push(Part { before, members, change });
        // What is judged was read after the revision at which it is judged.
        first.get_or_insert(caller);
    }
    let caller = first.ok_or_else(Fault::unknown)?;
    let steps: Vec<Step<'_>> = parts
        .iter()
        .zip(edits)
        .map(|(part, edit)| Step {
            group: &part.before,
            members: &part.members,
            denied: edit.denied(&part.before),
            making: Making::Changed(&part.change),
        })
        .collect();
    let judged = check(api, &caller, &steps, call.now).await?;
    Ok(Checked { caller, parts, judged })
}

impl Edit {
    /// The types that are kept from the group from now on, if that changes.
    fn denied(&self, before: &Group) -> Option<&BTreeSet<ResourceType>> {
        self.wanted.denied.as_ref().filter(|denied| **denied != before.denied_types)
    }

    /// The group with its new words.
    fn renamed(&self, before: &Group) -> Group {
        Group {
            name: self.name.clone().unwrap_or_else(|| before.name.clone()),
            description: self.description.clone().unwrap_or_else(|| before.description.clone()),
            denied_types: self.wanted.denied.clone().unwrap_or_else(|| before.denied_types.clone()),
            ..before.clone()
        }
    }
}

/// The groups as they would be, and what all of it together would do.
async fn foresee(
    api: &Api,
    call: &Call,
    edits: &[Edit],
    Checked { caller, parts, judged }: &Checked,
) -> Result<(Vec<show::Group>, Foreseen), Failure> {
    let effects = api.foresee(&caller.account, judged, None, call.now).await?;
    let after = |(edit, Part { before, members, change }): (&Edit, &Part)| {
        let mut after = edit.renamed(before);
        after.organization_ids.extend(&change.gain);
        after.organization_ids.retain(|organization| !change.lose.contains(organization));
        let members: BTreeSet<UserId> = members.union(&change.join).copied().collect();
        let members: Vec<UserId> = members.difference(&change.leave).copied().collect();
        show::group(&after, &members)
    };
    Ok((edits.iter().zip(parts).map(after).collect(), Foreseen::of(effects, judged)))
}

/// Makes a change of one group, if it can be made now.
async fn make(api: &Api, call: &Call, edit: &Edit) -> Result<show::Group, Failure> {
    let Checked { caller, parts, judged } = checked(api, call, std::slice::from_ref(edit)).await?;
    let Part { before, change, .. } = parts.into_iter().next().ok_or_else(Fault::unknown)?;
    let account = caller.account.id;
    let renamed = edit.renamed(&before);
    // What changes nothing is not written: others' versions stay good.
    if renamed != before || !change.is_empty() {
        let effects = api.foresee(&caller.account, &judged, None, call.now).await?;
        let mut changes = changed(api, account, &before, &renamed, &change).await?;
        changes.extend(effects.changes());
        let act = caller.act(call).changing(changes);
        let denied = denied_then(&caller, edit.id, edit.denied(&before));
        api.store.update_group(&renamed, &change, denied.as_ref(), &judged, &act).await?;
    }
    let after = api.store.group(account, edit.id).await?.ok_or_else(Fault::unknown)?;
    let members = api.store.members(account, edit.id).await?;
    Ok(show::group(&after, &members))
}

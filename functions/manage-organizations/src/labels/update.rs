//! Calls an entry on a list otherwise, wherever it is shown.

use api::change::{of_address, of_what_was_read};
use api::document::as_read;
use api::{Api, Failure, show};
use policy::{Change, GroupReach, LabelId, LabelKind, Touch, may_stand_on_list, text};
use store::{Label, until_current};
use web::{Answer, Body, Call, Fault};

use super::{NAME, answered};

/// A type.
pub const TYPE: Body = Body::changing(LabelKind::Type.plural(), &[NAME.in_change()]);

/// A status.
pub const STATUS: Body = Body::changing(LabelKind::Status.plural(), &[NAME.in_change()]);

pub async fn update(api: &Api, call: &Call, kind: LabelKind, id: LabelId) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    until_current!(attempt(api, call, kind, id))
}

async fn attempt(api: &Api, call: &Call, kind: LabelKind, id: LabelId) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    caller.standing().may_change_labels()?;
    let account = caller.account.id;
    let all = api.store.labels(account, kind).await?;
    let before = all.iter().find(|label| label.id == id).ok_or_else(Fault::unknown)?;
    call.noted.tell(before.subject(kind));
    let mut resource = call.document()?.one(match kind {
        LabelKind::Type => &TYPE,
        LabelKind::Status => &STATUS,
    })?;
    of_address(&resource, id)?;
    of_what_was_read(call, &mut resource, before.version)?;
    let name = resource.attributes.optional("name", text::name);
    resource.finish_over(&as_read(&show::label((), before)))?;
    let after = Label { name: name.unwrap_or_else(|| before.name.clone()), ..before.clone() };
    let others = all.iter().filter(|other| other.id != id).map(|other| other.name.as_str());
    may_stand_on_list(&after.name, others)
        .map_err(|refusal| Fault::from(refusal).at("/data/attributes/name"))?;
    // What changes nothing is not written: others' versions stay good.
    if after == *before {
        return Ok(answered(kind, before, |shown| Answer::ok(&shown)));
    }
    let change = Change { touches: vec![Touch::Labels], ..Change::default() };
    let judged = caller.judge(&GroupReach::new(), &change, call.now)?;
    let told = api.changed(account, &show::label((), before), &show::label((), &after)).await?;
    api.store.update_label(kind, &after, &judged, &caller.act(call).changing(told)).await?;
    let after = Label { version: after.version + 1, updated_at: call.now, ..after };
    Ok(answered(kind, &after, |shown| Answer::ok(&shown)))
}

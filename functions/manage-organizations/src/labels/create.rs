//! Puts an entry on a list.

use api::{Api, Failure, show};
use policy::{Change, GroupReach, LabelKind, Touch, may_stand_on_list, text};
use store::{Label, until_current};
use web::{Answer, Body, Call, Fault};

use super::{NAME, answered};

/// A type.
pub const TYPE: Body = Body::making(LabelKind::Type.plural(), &[NAME]);

/// A status.
pub const STATUS: Body = Body::making(LabelKind::Status.plural(), &[NAME]);

pub async fn create(api: &Api, call: &Call, kind: LabelKind) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    until_current!(attempt(api, call, kind))
}

async fn attempt(api: &Api, call: &Call, kind: LabelKind) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    caller.standing().may_change_labels()?;
    let mut resource = call.document()?.one(match kind {
        LabelKind::Type => &TYPE,
        LabelKind::Status => &STATUS,
    })?;
    let name = resource.attributes.required("name", text::name);
    resource.finish()?;
    let name = name.unwrap_or_default();
    let account = caller.account.id;
    let others = api.store.labels(account, kind).await?;
    may_stand_on_list(&name, others.iter().map(|other| other.name.as_str()))
        .map_err(|refusal| Fault::from(refusal).at("/data/attributes/name"))?;
    let change = Change { touches: vec![Touch::Labels], ..Change::default() };
    let judged = caller.judge(&GroupReach::new(), &change, call.now)?;
    let label = Label {
        id: api.store.ids().next(call.now),
        name,
        created_at: call.now,
        updated_at: call.now,
        version: 1,
    };
    let told = api.changed(account, &(), &show::label((), &label)).await?;
    api.store.create_label(kind, &label, &judged, &caller.act(call).changing(told)).await?;
    let address = format!("/{}/{}", kind.path(), label.id);
    Ok(answered(kind, &label, |shown| Answer::created(&shown)).at(address))
}

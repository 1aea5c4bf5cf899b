//! Makes a group. A Manager joins the groups that they create.

use std::collections::BTreeSet;

use api::document::{Changed, Data};
use api::foreseen::Foreseen;
use api::{Api, Caller, Failure, show};
use policy::{UserId, text};
use store::group::{GroupChange, STEPS};
use store::{Group, until_current};
use web::body::Relationship;
use web::{Answer, Body, Call, Fault};

use crate::change::{DENIED, DESCRIPTION, MEMBERS, Making, NAME, Step, Wanted, check, denied_then};

/// A group to be made.
pub const BODY: Body = Body::making("groups", &[NAME, DESCRIPTION, MEMBERS, DENIED]).with(&[
    Relationship::new("users", "The members. A Manager becomes a member of each group that they create."),
    Relationship::new("organizations", "The organizations that members have access to."),
]);

pub async fn create(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let preview = call.preview(&[])?;
    until_current!(attempt(api, call, preview))
}

async fn attempt(api: &Api, call: &Call, preview: bool) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    caller.standing().may_create_groups()?;
    let (group, change) = read(api, call, &caller)?;
    let denied = Some(&group.denied_types).filter(|types| !types.is_empty());
    let judged = check(
        api,
        &caller,
        &[Step { group: &group, members: &BTreeSet::new(), denied, making: Making::New(&change) }],
        call.now,
    )
    .await?;
    let created = Group { organization_ids: change.gain.clone(), ..group.clone() };
    let members: Vec<UserId> = change.join.iter().copied().collect();
    let shown = show::group(&created, &members);
    let effects = api.foresee(&caller.account, &judged, None, call.now).await?;
    if preview {
        return Ok(Answer::ok(&Changed { data: shown, meta: Some(Foreseen::of(effects, &judged)) }));
    }
    let document = Data { data: shown };
    let mut changes = api.changed(caller.account.id, &(), &document.data).await?;
    changes.extend(effects.changes());
    let act = caller.act(call).changing(changes);
    let denied = denied_then(&caller, group.id, denied);
    api.store.create_group(&group, &change, denied.as_ref(), &judged, &act).await?;
    Ok(Answer::created(&document).at(format!("/groups/{}", created.id)))
}

fn read(api: &Api, call: &Call, caller: &Caller) -> Result<(Group, GroupChange), Failure> {
    let mut resource = call.document()?.one(&BODY)?;
    let mut wanted = Wanted::read(&mut resource);
    let attributes = &mut resource.attributes;
    let name = attributes.required("name", text::name);
    let description = attributes.optional("description", text::message);
    resource.finish()?;
    if caller.standing().joins_own_groups() {
        wanted.users.get_or_insert_default().extend(caller.own_user().map(|user| user.id));
    }
    let group = Group {
        id: api.store.ids().next(call.now),
        name: name.unwrap_or_default(),
        description: description.unwrap_or_default(),
        denied_types: wanted.denied.clone().unwrap_or_default(),
        organization_ids: BTreeSet::new(),
        created_at: call.now,
        updated_at: call.now,
        version: 1,
    };
    let change = wanted.change(&group, &BTreeSet::new());
    if change.len() > STEPS {
        let detail = format!(
            "A new group can have at most {STEPS} members and organizations. Add the rest afterwards."
        );
        return Err(Fault::unacceptable("too-many-changes", detail).at("/data/relationships").into());
    }
    Ok((group, change))
}

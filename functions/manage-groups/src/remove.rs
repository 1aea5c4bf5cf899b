//! Removes a group, unless a member would be left without any organization.

use std::collections::BTreeSet;

use api::change::of_version;
use api::document::PreviewOfChange;
use api::foreseen::Foreseen;
use api::{Api, Failure, show};
use policy::{GroupId, UserId};
use store::restriction::Leaver;
use store::until_current;
use web::{Answer, Call};

use crate::change::{Making, Step, check, managed};

pub async fn remove(api: &Api, call: &Call, id: GroupId) -> Result<Answer, Failure> {
    let preview = call.preview(&[])?;
    until_current!(attempt(api, call, id, preview))
}

async fn attempt(api: &Api, call: &Call, id: GroupId, preview: bool) -> Result<Answer, Failure> {
    let (caller, group) = managed(api, call, id).await?;
    let account = caller.account.id;
    of_version(call, group.version)?;
    let members = api.store.members(account, id).await?;
    let distinct: BTreeSet<UserId> = members.iter().copied().collect();
    let judged = check(
        api,
        &caller,
        &[Step { group: &group, members: &distinct, denied: None, making: Making::Removed }],
        call.now,
    )
    .await?;
    let effects = api.foresee(&caller.account, &judged, None, call.now).await?;
    if preview {
        return Ok(Answer::ok(&PreviewOfChange { meta: Foreseen::of(effects, &judged) }));
    }
    let mut changes = api.changed(account, &show::group(&group, &members), &()).await?;
    changes.extend(effects.changes());
    let act = caller.act(call).changing(changes);
    let restrictions = api.leaving(account, Leaver::Group(group.id)).await?;
    let fewer = caller.security.denied_types.with(group.id, &BTreeSet::new());
    let denied = Some(&fewer).filter(|_| !group.denied_types.is_empty());
    api.store.delete_group(&group, &members, &restrictions, denied, &judged, &act).await?;
    Ok(Answer::no_content())
}

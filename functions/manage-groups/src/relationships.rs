//! JSON:API's relationship calls: POST adds, DELETE takes away, PATCH replaces. Adding what is there and taking away what is
//! not changes nothing.

use std::collections::BTreeSet;

use api::change::of_version;
use api::document::PreviewOfChange;
use api::foreseen::Foreseen;
use api::{Api, Failure};
use policy::{GroupId, OrganizationId, UserId};
use store::until_current;
use web::{Answer, Body, Call};

use crate::change::{Making, Step, Wanted, changed, check, managed};

/// Members.
pub const USERS: Body = Body::identifiers("users");

/// What the members get.
pub const ORGANIZATIONS: Body = Body::identifiers("organizations");

pub async fn change(
    api: &Api,
    call: &Call,
    id: GroupId,
    method: &str,
    what: &str,
) -> Result<Answer, Failure> {
    let preview = call.preview(&[])?;
    until_current!(attempt(api, call, id, method, what, preview))
}

async fn attempt(
    api: &Api,
    call: &Call,
    id: GroupId,
    method: &str,
    what: &str,
    preview: bool,
) -> Result<Answer, Failure> {
    let (caller, group) = managed(api, call, id).await?;
    of_version(call, group.version)?;
    let account = caller.account.id;
    let members: BTreeSet<UserId> = api.store.members(account, id).await?.into_iter().collect();
    let mut wanted = Wanted::default();
    if what == "users" {
        let named: BTreeSet<UserId> = call.document()?.identifiers(&USERS)?;
        wanted.users = Some(applied(method, &members, &named));
    } else {
        let named: BTreeSet<OrganizationId> = call.document()?.identifiers(&ORGANIZATIONS)?;
        wanted.organizations = Some(applied(method, &group.organization_ids, &named));
    }
    let change = wanted.change(&group, &members);
    if change.is_empty() && !preview {
        return Ok(Answer::no_content());
    }
    let judged = check(
        api,
        &caller,
        &[Step { group: &group, members: &members, denied: None, making: Making::Changed(&change) }],
        call.now,
    )
    .await?;
    let effects = api.foresee(&caller.account, &judged, None, call.now).await?;
    if preview {
        return Ok(Answer::ok(&PreviewOfChange { meta: Foreseen::of(effects, &judged) }));
    }
    let mut changes = changed(api, account, &group, &group, &change).await?;
    changes.extend(effects.changes());
    let act = caller.act(call).changing(changes);
    api.store.update_group(&group, &change, None, &judged, &act).await?;
    Ok(Answer::no_content())
}

fn applied<Id: Ord + Copy>(method: &str, present: &BTreeSet<Id>, named: &BTreeSet<Id>) -> BTreeSet<Id> {
    match method {
        "POST" => present.union(named).copied().collect(),
        "DELETE" => present.difference(named).copied().collect(),
        _ => named.clone(),
    }
}

//! Removes organizations, one or many, unless one has others under it that stay or somebody would be left without any. Many are
//! judged together and removed together: all of them, or none.

use std::collections::BTreeSet;

use api::change::of_version;
use api::document::{Changed, PreviewOfChange};
use api::foreseen::Foreseen;
use api::{Api, Caller, Failure, show};
use policy::{Action, Change, GroupId, OrganizationId, Scene, Touch};
use store::{ApiKey, Connection, Organization, User, until_current};
use web::{Answer, Body, Call, Fault, Faults};

use crate::list::visible;
use crate::tree::Tree;

/// Organizations that are removed by one request at most: each takes up to three items of the last transaction.
const BULK_LIMIT: usize = 20;

/// The organizations that are to go.
pub const BODY_OF_MANY: Body = Body::identifiers("organizations");

pub async fn remove(api: &Api, call: &Call, id: OrganizationId) -> Result<Answer, Failure> {
    let preview = call.preview(&[])?;
    until_current!(one(api, call, id, preview))
}

pub async fn remove_many(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let preview = call.preview(&[])?;
    if call.expected().is_of_one() {
        let detail = "`If-Match` cannot be used when several organizations are deleted at once.";
        return Err(Fault::malformed("if-match-on-many", detail).into());
    }
    until_current!(many(api, call, preview))
}

async fn one(api: &Api, call: &Call, id: OrganizationId, preview: bool) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    let organization = visible(api, call, &caller, id).await?;
    let groups = api.store.group_reach(caller.account.id, &caller.group_ids()).await?;
    caller.actor(&groups).may_touch_organization(Action::Delete, id)?;
    of_version(call, organization.version)?;
    match take_away(api, call, &caller, &[organization], preview).await? {
        Some(meta) => Ok(Answer::ok(&PreviewOfChange { meta })),
        None => Ok(Answer::no_content()),
    }
}

async fn many(api: &Api, call: &Call, preview: bool) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    let account = caller.account.id;
    let groups = api.store.group_reach(account, &caller.group_ids()).await?;
    let actor = caller.actor(&groups);
    actor.may_act(Action::Delete)?;
    let ids: BTreeSet<OrganizationId> = call.document()?.identifiers(&BODY_OF_MANY)?;
    if ids.is_empty() {
        return Err(Fault::unacceptable("empty", "`data` is empty.").at("/data").into());
    }
    if ids.len() > BULK_LIMIT {
        let detail = format!("At most {BULK_LIMIT} are allowed at once; the request has {}.", ids.len());
        return Err(Fault::unacceptable("too-many", detail).at("/data").into());
    }
    let mut found = api.store.organizations_by_id(account, &ids).await?;
    found.retain(|organization| actor.may_touch_organization(Action::Read, organization.id).is_ok());
    let seen: BTreeSet<_> = found.iter().map(|organization| organization.id).collect();
    let unknown = ids.difference(&seen).map(|_| Fault::unknown().at("/data"));
    Faults::check(unknown.collect())?;
    let tree = Tree::of(api, account, true).await?;
    let labels = api.labels(account, &found).await?;
    let mut data = Vec::with_capacity(found.len());
    for organization in &found {
        data.push(show::organization(organization, &tree.line(organization.parent_id).await?, &labels));
    }
    let foreseen = take_away(api, call, &caller, &found, preview).await?;
    Ok(Answer::ok(&Changed { data, meta: foreseen }))
}

/// Removes these organizations, which the caller can see, if that may be. In a preview it answers what that would do.
async fn take_away(
    api: &Api,
    call: &Call,
    caller: &Caller,
    organizations: &[Organization],
    preview: bool,
) -> Result<Option<Foreseen>, Failure> {
    let account = caller.account.id;
    let own_groups = api.store.group_reach(account, &caller.group_ids()).await?;
    let (all, users, connections, keys) = tokio::try_join!(
        api.store.organizations(account),
        api.store.users(account),
        api.store.connections_granted(account),
        api.store.api_keys(account),
    )?;
    let gone: BTreeSet<OrganizationId> = organizations.iter().map(|organization| organization.id).collect();
    let is_left = |other: &&Organization| {
        other.parent_id.is_some_and(|parent| gone.contains(&parent)) && !gone.contains(&other.id)
    };
    let children = all.iter().filter(is_left).map(|child| child.id).collect();
    let having = Having { users: &users, connections: &connections, keys: &keys };
    let (before, after) = scenes(api, caller, organizations, &having).await?;
    let touched = gone.iter().map(|id| Touch::Organization(*id, Action::Delete));
    let touches = touched.chain([Touch::Children(children)]).collect();
    let judged = caller.judge(&own_groups, &Change { before, after, touches }, call.now)?;
    let holders: Vec<User> =
        users.into_iter().filter(|user| !user.organization_ids.is_disjoint(&gone)).collect();
    let effects = api.foresee(&caller.account, &judged, None, call.now).await?;
    if preview {
        return Ok(Some(Foreseen::of(effects, &judged)));
    }
    let labels = api.labels(account, organizations).await?;
    let mut removed = Vec::with_capacity(organizations.len());
    for organization in organizations {
        let mut told = api.changed(account, &show::organization(organization, &[], &labels), &()).await?;
        told.extend(effects.changes());
        removed.push((organization.clone(), told));
    }
    api.store.delete_organizations(&removed, &holders, &judged, &caller.act(call)).await?;
    Ok(None)
}

/// Everyone and everything that may have an organization.
struct Having<'a> {
    users: &'a [User],
    connections: &'a [Connection],
    keys: &'a [ApiKey],
}

/// The account with the organizations and without them, as far as anybody or anything has them by name.
async fn scenes(
    api: &Api,
    caller: &Caller,
    organizations: &[Organization],
    having: &Having<'_>,
) -> Result<(Scene, Scene), Failure> {
    let gone: BTreeSet<OrganizationId> = organizations.iter().map(|organization| organization.id).collect();
    let through: BTreeSet<GroupId> =
        organizations.iter().flat_map(|organization| &organization.group_ids).copied().collect();
    let reaches =
        |user: &&User| !user.organization_ids.is_disjoint(&gone) || !user.group_ids.is_disjoint(&through);
    let reaching: Vec<&User> = having.users.iter().filter(reaches).collect();
    let theirs = reaching.iter().flat_map(|user| &user.group_ids);
    let named = |connection: &&Connection| {
        !connection.organization_ids.is_disjoint(&gone) || !connection.group_ids.is_disjoint(&through)
    };
    let through_connections = having.connections.iter().filter(named).flat_map(|one| &one.group_ids);
    let groups: BTreeSet<GroupId> = theirs.chain(&through).chain(through_connections).copied().collect();
    let before = Scene {
        users: reaching.iter().map(|user| (user.id, user.holder())).collect(),
        groups: api.store.group_reach(caller.account.id, &groups).await?,
        organizations: gone.clone(),
        connections: having
            .connections
            .iter()
            .filter(named)
            .map(|connection| (connection.id, connection.life()))
            .collect(),
        keys: having
            .keys
            .iter()
            .filter(|key| !key.organization_ids.is_disjoint(&gone))
            .map(|key| (key.id, key.permissions()))
            .collect(),
    };
    let after = gone.iter().fold(before.clone(), |scene, id| scene.without(*id));
    Ok((before, after))
}

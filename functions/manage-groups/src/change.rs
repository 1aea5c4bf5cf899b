//! Whether a group may change so: for everyone whom it touches, at once.

use std::collections::{BTreeMap, BTreeSet};

use api::{Api, Caller, Failure, show};
use policy::restrictions::{ASSET_NAME_LIMIT, DENIED_TYPES};
use policy::{
    AccountId, Change, DeniedTypes, GroupId, Holder, Judged, OrganizationId, ResourceType, Scene, Timestamp,
    Touch, UserId,
};
use store::group::{GroupChange, STEPS};
use store::log::Changed;
use store::{Group, Organization};
use web::body::{Attribute, Kind};
use web::document::Resource;
use web::{Call, Fault, Faults};

/// The caller, and the group with this id that the caller may change. Those who manage no groups learn nothing of it.
pub async fn managed(api: &Api, call: &Call, id: GroupId) -> Result<(Caller, Group), Failure> {
    let caller = api.caller(call).await?;
    let standing = caller.standing();
    standing.may_create_groups()?;
    let group = api.store.group(caller.account.id, id).await?.ok_or_else(Fault::unknown)?;
    call.noted.tell(group.subject());
    standing.may_manage_group(id)?;
    Ok((caller, group))
}

/// What the group is called.
pub const NAME: Attribute = Attribute::required("name", Kind::NAME, "The group's name.");

/// What the group is for; may be empty.
pub const DESCRIPTION: Attribute =
    Attribute::optional("description", Kind::MESSAGE, "What the group is for.");

/// How the public API names members.
pub const MEMBERS: Attribute = Attribute::optional(
    "accounts-user-ids",
    Kind::Ids,
    "The ids of the members. Replaces all. The same as the relationship `users`.",
);

/// The types of assets that are kept from a group's members.
pub const DENIED: Attribute = Attribute::optional(
    "denied-resource-types",
    Kind::Names(DENIED_TYPES, ASSET_NAME_LIMIT),
    "The types of assets that are denied to the members, as the application names them. Replaces all. Only Administrators can set it.",
);

/// What a group's members and organizations are to be.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The members; none to leave them as they are.
    pub users: Option<BTreeSet<UserId>>,
    /// The organizations; none to leave them as they are.
    pub organizations: Option<BTreeSet<OrganizationId>>,
    /// The types of assets that are kept from the members; none to leave them as they are.
    pub denied: Option<BTreeSet<ResourceType>>,
}

impl Wanted {
    /// As a request says it: members by their relationship or by their ids, which it may not say in both ways.
    pub fn read(resource: &mut Resource) -> Self {
        let related = resource.to_many("users");
        let listed = resource.attributes.ids(MEMBERS.name);
        if related.is_some() && listed.is_some() && related != listed {
            let detail = "The attribute and the relationship name different members. Send only one of them.";
            resource
                .fault(Fault::unacceptable("said-twice", detail), &format!("attributes/{}", MEMBERS.name));
        }
        let denied = resource.attributes.names(DENIED.name, str::parse);
        Self { users: related.or(listed), organizations: resource.to_many("organizations"), denied }
    }

    /// What has to change for it.
    pub fn change(&self, group: &Group, members: &BTreeSet<UserId>) -> GroupChange {
        let users = self.users.as_ref().unwrap_or(members);
        let organizations = self.organizations.as_ref().unwrap_or(&group.organization_ids);
        GroupChange {
            join: users.difference(members).copied().collect(),
            leave: members.difference(users).copied().collect(),
            gain: organizations.difference(&group.organization_ids).copied().collect(),
            lose: group.organization_ids.difference(organizations).copied().collect(),
        }
    }
}

/// What the log tells of a change of a group: who and what came and went.
pub async fn changed(
    api: &Api,
    account: AccountId,
    before: &Group,
    renamed: &Group,
    change: &GroupChange,
) -> Result<Vec<Changed>, Failure> {
    let left: Vec<UserId> = change.leave.iter().copied().collect();
    let joined: Vec<UserId> = change.join.iter().copied().collect();
    let before = Group { organization_ids: change.lose.clone(), ..before.clone() };
    let after = Group { organization_ids: change.gain.clone(), ..renamed.clone() };
    api.changed(account, &show::group(&before, &left), &show::group(&after, &joined)).await
}

/// What a request makes of a group.
#[derive(Debug, Clone, Copy)]
pub enum Making<'a> {
    /// A new one, with its first members and organizations.
    New(&'a GroupChange),
    /// The same one, with others.
    Changed(&'a GroupChange),
    /// Nothing: it goes.
    Removed,
}

/// A group as it is, with its members, and what is made of it.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// The group.
    pub group: &'a Group,
    /// Its members.
    pub members: &'a BTreeSet<UserId>,
    /// The types of assets that are kept from it from now on, if that changes.
    pub denied: Option<&'a BTreeSet<ResourceType>>,
    /// What is made of it.
    pub making: Making<'a>,
}

impl Step<'_> {
    /// Who and what comes and goes.
    fn change(&self) -> GroupChange {
        match self.making {
            Making::New(change) | Making::Changed(change) => change.clone(),
            Making::Removed => GroupChange {
                leave: self.members.clone(),
                lose: self.group.organization_ids.clone(),
                ..GroupChange::default()
            },
        }
    }
}

/// Whether the caller may make this of these groups, all together, and whether everyone whom it touches stays within the limits.
pub async fn check(
    api: &Api,
    caller: &Caller,
    steps: &[Step<'_>],
    now: Timestamp,
) -> Result<Judged, Failure> {
    let changes: Vec<GroupChange> = steps.iter().map(Step::change).collect();
    if changes.iter().any(|change| change.is_mixed() && change.len() > STEPS) {
        let detail = format!(
            "At most {STEPS} members and organizations can change when some are added and others removed. Add and remove in separate requests."
        );
        return Err(Fault::unacceptable("too-many-changes", detail).at("/data").into());
    }
    let account = caller.account.id;
    let mut touched: BTreeSet<UserId> = BTreeSet::new();
    for (step, change) in steps.iter().zip(&changes) {
        // Whoever stays is touched by what the group gains or loses.
        let staying = step.members.iter().filter(|_| !change.gain.is_empty() || !change.lose.is_empty());
        touched.extend(staying.chain(&change.join).chain(&change.leave));
    }
    let touched: Vec<UserId> = touched.into_iter().collect();
    let gained: BTreeSet<OrganizationId> = changes.iter().flat_map(|change| &change.gain).copied().collect();
    let changes_reach = !gained.is_empty() || changes.iter().any(|change| !change.lose.is_empty());
    let (users, known, connections) = tokio::try_join!(
        api.store.users_by_id(account, &touched),
        api.store.organizations_by_id(account, &gained),
        async { if changes_reach { api.store.connections_granted(account).await } else { Ok(Vec::new()) } }
    )?;
    let own: BTreeSet<GroupId> = steps.iter().map(|step| step.group.id).collect();
    // The people of a delegate that has one of the groups gain and lose with it.
    let through = connections.iter().filter(|connection| !connection.group_ids.is_disjoint(&own));
    let connections: BTreeMap<_, _> = through.map(|connection| (connection.id, connection.life())).collect();
    let users: BTreeMap<UserId, Holder> = users.into_iter().map(|user| (user.id, user.holder())).collect();
    let reached: Vec<Touch> =
        known.iter().map(|organization| reached(organization, steps, &changes)).collect();
    let known: BTreeSet<_> = known.into_iter().map(|organization| organization.id).collect();
    let joining: BTreeSet<UserId> = changes.iter().flat_map(|change| &change.join).copied().collect();
    let mut faults = Vec::new();
    for user in joining.iter().filter(|user| !users.contains_key(user)) {
        faults.push(Fault::unknown_user(*user).at("/data"));
    }
    for organization in gained.difference(&known) {
        faults.push(Fault::unknown_organization(*organization).at("/data"));
    }
    Faults::check(faults)?;

    let theirs = users.values().flat_map(|user| &user.permissions.grants.groups).copied();
    let delegates = connections.values().flat_map(|connection| &connection.grants.groups).copied();
    let in_question: BTreeSet<GroupId> = theirs.chain(delegates).chain(caller.group_ids()).collect();
    let mut reach = api.store.group_reach(account, &in_question).await?;
    reach.extend(steps.iter().map(|step| (step.group.id, step.group.organization_ids.clone())));
    let mut before = Scene { users, connections, groups: reach.clone(), ..Scene::default() };
    let mut after = before.clone();
    let mut touches = reached;
    for (step, change) in steps.iter().zip(&changes) {
        let group = step.group.id;
        after.groups.insert(group, after_change(step.group, change));
        for (user, holder) in &mut after.users {
            let groups = &mut holder.permissions.grants.groups;
            if change.join.contains(user) {
                groups.insert(group);
            }
            if change.leave.contains(user) {
                groups.remove(&group);
            }
        }
        if let Some(denied) = step.denied {
            let all = caller.security.denied_types.with(group, denied);
            let place = "/data/attributes/denied-resource-types";
            all.fits(denied).map_err(|refusal| Fault::from(refusal).at(place))?;
            touches.push(Touch::DeniedTypes);
        }
        touches.push(match step.making {
            Making::New(_) => {
                before.groups.remove(&group);
                Touch::Groups
            }
            Making::Changed(_) => Touch::Group(group),
            Making::Removed => {
                after.groups.remove(&group);
                Touch::Group(group)
            }
        });
    }
    Ok(caller.judge(&reach, &Change { before, after, touches }, now)?)
}

/// By how many groups an organization is reached once these groups have changed so.
fn reached(organization: &Organization, steps: &[Step<'_>], changes: &[GroupChange]) -> Touch {
    let gained = steps.iter().zip(changes).filter(|(_, change)| change.gain.contains(&organization.id));
    let gained = gained.map(|(step, _)| step.group.id);
    Touch::Reached(organization.group_ids.iter().copied().chain(gained).collect::<BTreeSet<_>>().len())
}

/// What is kept from all groups of the account once this is kept from one of them; none if that changes nothing.
pub fn denied_then(
    caller: &Caller,
    group: GroupId,
    denied: Option<&BTreeSet<ResourceType>>,
) -> Option<DeniedTypes> {
    denied.map(|denied| caller.security.denied_types.with(group, denied))
}

fn after_change(group: &Group, change: &GroupChange) -> BTreeSet<OrganizationId> {
    group.organization_ids.union(&change.gain).filter(|id| !change.lose.contains(id)).copied().collect()
}

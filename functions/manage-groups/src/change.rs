//! Whether a group may change so: for everyone whom it touches, at once.

use std::collections::{BTreeMap, BTreeSet};

use api::{Api, Caller, Failure};
use policy::grants::{Affected, check_everyone};
use policy::{GroupId, GroupReach, OrganizationId, Reach, UserId};
use store::group::{GroupChange, STEPS};
use store::{Group, User};
use web::{Call, Fault, Faults};

/// The caller, and the group with this id that the caller may change. Those who manage no groups learn nothing of it.
pub async fn managed(api: &Api, call: &Call, id: GroupId) -> Result<(Caller, Group), Failure> {
    let caller = api.caller(call).await?;
    let actor = caller.actor(&GroupReach::new());
    actor.may_create_groups()?;
    let group = api.store.group(caller.account.id, id).await?.ok_or_else(Fault::unknown)?;
    call.noted.tell(group.subject());
    actor.may_manage_group(id, caller.belongs_to(id))?;
    Ok((caller, group))
}

/// What a group's members and organizations are to be.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The members; none to leave them as they are.
    pub users: Option<BTreeSet<UserId>>,
    /// The organizations; none to leave them as they are.
    pub organizations: Option<BTreeSet<OrganizationId>>,
}

impl Wanted {
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

/// Whether the caller may make this change, and whether everyone whom it touches stays within the limits. `members` are
/// those of the group as it is.
pub async fn check(
    api: &Api,
    caller: &Caller,
    group: &Group,
    members: &BTreeSet<UserId>,
    change: &GroupChange,
) -> Result<(), Failure> {
    if change.is_mixed() && change.len() > STEPS {
        let detail = format!(
            "At most {STEPS} members and organizations change when some come and others go; do one after the other."
        );
        return Err(Fault::unacceptable("too-many-changes", detail).at("/data").into());
    }
    let account = caller.account.id;
    let touched: Vec<UserId> = members.union(&change.join).copied().collect();
    let (users, gained) = tokio::try_join!(
        api.store.users_by_id(account, &touched),
        api.store.organizations_by_id(account, &change.gain)
    )?;
    let users: BTreeMap<UserId, User> = users.into_iter().map(|user| (user.id, user)).collect();
    let gained: BTreeSet<_> = gained.into_iter().map(|organization| organization.id).collect();
    let mut faults = Vec::new();
    for user in change.join.iter().filter(|user| !users.contains_key(user)) {
        faults.push(Fault::unacceptable("unknown-user", format!("There is no user {user}.")).at("/data"));
    }
    for organization in change.gain.difference(&gained) {
        let detail = format!("There is no organization {organization}.");
        faults.push(Fault::unacceptable("unknown-organization", detail).at("/data"));
    }
    Faults::check(faults)?;

    let theirs = users.values().flat_map(|user| &user.group_ids).copied();
    let in_question: BTreeSet<GroupId> = theirs.chain(caller.group_ids()).collect();
    let mut reach = api.store.group_reach(account, &in_question).await?;
    let actor = caller.actor(&reach);
    actor.covers(&Reach::These(change.gain.clone()))?;
    for user in change.join.iter().chain(&change.leave).filter_map(|id| users.get(id)) {
        actor.may_manage_role(user.role)?;
    }
    if !change.join.is_empty() {
        actor.covers(&Reach::These(group.organization_ids.clone()))?;
    }
    reach.insert(group.id, after(group, change));
    let affected: Vec<Affected> = users.values().map(|user| affected(user, group.id, change)).collect();
    check_everyone(&affected, &reach)?;
    Ok(())
}

fn after(group: &Group, change: &GroupChange) -> BTreeSet<OrganizationId> {
    group.organization_ids.union(&change.gain).filter(|id| !change.lose.contains(id)).copied().collect()
}

fn affected(user: &User, group: GroupId, change: &GroupChange) -> Affected {
    let mut grants = user.grants();
    if change.join.contains(&user.id) {
        grants.groups.insert(group);
    }
    if change.leave.contains(&user.id) {
        grants.groups.remove(&group);
    }
    Affected { person: user.person(), role: user.role, grants }
}

/// Whether nobody is left without an organization when the whole group goes.
pub async fn check_removal(
    api: &Api,
    caller: &Caller,
    group: &Group,
    members: &BTreeSet<UserId>,
) -> Result<(), Failure> {
    let everyone: Vec<UserId> = members.iter().copied().collect();
    let users = api.store.users_by_id(caller.account.id, &everyone).await?;
    let in_question: BTreeSet<GroupId> = users.iter().flat_map(|user| &user.group_ids).copied().collect();
    let reach: GroupReach = api.store.group_reach(caller.account.id, &in_question).await?;
    let gone = GroupChange { leave: members.clone(), ..GroupChange::default() };
    let affected: Vec<Affected> = users.iter().map(|user| affected(user, group.id, &gone)).collect();
    check_everyone(&affected, &reach)?;
    Ok(())
}

//! What a change does to people's rights: the difference between before and after, whatever road the change came by.
//!
//! A [`Scene`] holds the part of an account that a change touches, at one moment. [`effects`] compares two of them. Who may
//! bring these effects about is for [`crate::judge()`] to say.

use std::collections::{BTreeMap, BTreeSet};

use crate::connection::Connection;
use crate::decision::Standing;
use crate::grants::{Grants, GroupReach, Reach};
use crate::id::{ApiKeyId, ConnectionId, GroupId, OrganizationId, UserId};
use crate::refusal::NamedPerson;
use crate::role::Role;
use crate::users::Permissions;

/// A user of the account, as far as rights are concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Who it is, as a refusal names them.
    pub person: NamedPerson,
    /// Role and grants.
    pub permissions: Permissions,
    /// Pending, active or suspended.
    pub standing: Standing,
}

impl Holder {
    fn is_active_administrator(&self) -> bool {
        self.permissions.role == Role::Administrator && self.standing == Standing::Active
    }
}

/// The part of an account that a change touches, at one moment. What the change cannot touch is left out of both scenes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scene {
    /// The users in question, pending and suspended ones too.
    pub users: BTreeMap<UserId, Holder>,
    /// The groups in question, with the organizations of each.
    pub groups: GroupReach,
    /// The organizations that the change itself makes or removes.
    pub organizations: BTreeSet<OrganizationId>,
    /// The connections in question that the account grants.
    pub connections: BTreeMap<ConnectionId, Connection>,
    /// The API keys in question.
    pub keys: BTreeMap<ApiKeyId, Permissions>,
}

impl Scene {
    /// The same scene once an organization is gone, which nobody has then by any way.
    #[must_use]
    pub fn without(&self, organization: OrganizationId) -> Self {
        let mut after = self.clone();
        let grants = after.users.values_mut().map(|holder| &mut holder.permissions.grants);
        let keys = after.keys.values_mut().map(|permissions| &mut permissions.grants);
        let connections = after.connections.values_mut().map(|connection| &mut connection.grants);
        let named = grants.chain(keys).chain(connections).map(|grants| &mut grants.organizations);
        for organizations in named.chain(after.groups.values_mut()).chain([&mut after.organizations]) {
            organizations.remove(&organization);
        }
        after
    }
}

/// Everything that a change does to rights. Empty if it does nothing to them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effects {
    /// What happens to each user who gains, loses, or is changed.
    pub users: Vec<UserEffect>,
    /// Groups that are made, changed or removed.
    pub groups: Vec<GroupEffect>,
    /// Organizations that are made.
    pub made_organizations: BTreeSet<OrganizationId>,
    /// Organizations that are removed.
    pub removed_organizations: BTreeSet<OrganizationId>,
    /// Connections that are offered, changed or ended.
    pub connections: Vec<ConnectionEffect>,
    /// API keys that are made or removed.
    pub keys: Vec<KeyEffect>,
    /// How many active Administrators there are more, or fewer.
    pub administrators: isize,
}

/// What a change does to one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserEffect {
    /// The user's id.
    pub user: UserId,
    /// The user before; none if the change invites them.
    pub before: Option<Holder>,
    /// The user after; none if the change removes them.
    pub after: Option<Holder>,
    /// Organizations that they have by a way by which they did not have them before; all of what they have after a rise of
    /// role, an invitation or a reactivation.
    pub gains: Reach,
    /// Organizations that they do not have any more by one of their ways.
    pub loses: Reach,
    /// Groups that they join.
    pub joins: BTreeSet<GroupId>,
    /// Groups that they leave.
    pub leaves: BTreeSet<GroupId>,
    /// Whether the user's own record changes: role, status, groups, direct grants. Otherwise the effect comes through a group
    /// whose organizations change, or from an organization that is removed.
    pub is_direct: bool,
}

/// What a change does to one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupEffect {
    /// The group's id.
    pub group: GroupId,
    /// Whether the change makes it.
    pub is_made: bool,
    /// Whether the change removes it.
    pub is_removed: bool,
    /// Organizations that its members get.
    pub gains: BTreeSet<OrganizationId>,
    /// Organizations that its members lose, those that are removed themselves left out.
    pub loses: BTreeSet<OrganizationId>,
}

/// What a change does to one connection that the account grants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionEffect {
    /// The connection's id.
    pub connection: ConnectionId,
    /// The connection before; none if the change offers it.
    pub before: Option<Connection>,
    /// The connection after.
    pub after: Option<Connection>,
    /// Whether the delegate's people get anything by it that they did not have: an offer, a higher maximum, more grants, a
    /// later end, going on after a suspension.
    pub gives: bool,
}

/// What a change does to one API key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyEffect {
    /// The key's id.
    pub key: ApiKeyId,
    /// What it may from now on; none if the change removes it.
    pub after: Option<Permissions>,
}

impl Effects {
    /// Whether nothing happens to anyone's rights.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Who becomes one of the account's active Administrators, and who is not one any more.
    #[must_use]
    pub fn administrators_changed(&self) -> (Vec<UserId>, Vec<UserId>) {
        let of = |change: isize| {
            let changed = self.users.iter().filter(|effect| effect.administrators() == change);
            changed.map(|effect| effect.user).collect()
        };
        (of(1), of(-1))
    }

    /// Whether the change touches anything that decides who may do what: everything but an organization that nobody was
    /// granted by name.
    #[must_use]
    pub fn touches_grants(&self) -> bool {
        !(self.users.is_empty()
            && self.groups.is_empty()
            && self.connections.is_empty()
            && self.keys.is_empty())
    }
}

/// What turning `before` into `after` does.
#[must_use]
pub fn effects(before: &Scene, after: &Scene) -> Effects {
    let removed: BTreeSet<OrganizationId> =
        before.organizations.difference(&after.organizations).copied().collect();
    let groups = groups(&before.groups, &after.groups, &removed);
    let users: Vec<UserEffect> = every(&before.users, &after.users)
        .filter_map(|(user, was, is)| user_effect(user, was, is, before, after, &removed))
        .collect();
    let administrators = users.iter().map(UserEffect::administrators).sum();
    Effects {
        users,
        groups,
        made_organizations: after.organizations.difference(&before.organizations).copied().collect(),
        removed_organizations: removed,
        connections: every(&before.connections, &after.connections)
            .filter(|(_, was, is)| was != is)
            .map(|(connection, was, is)| ConnectionEffect {
                connection,
                gives: gives(was, is),
                before: was.cloned(),
                after: is.cloned(),
            })
            .collect(),
        keys: every(&before.keys, &after.keys)
            .filter(|(_, was, is)| was != is)
            .map(|(key, _, is)| KeyEffect { key, after: is.cloned() })
            .collect(),
        administrators,
    }
}

/// Whatever stands in one of two maps, with its value in each.
fn every<'a, K: Ord + Copy, V>(
    before: &'a BTreeMap<K, V>,
    after: &'a BTreeMap<K, V>,
) -> impl Iterator<Item = (K, Option<&'a V>, Option<&'a V>)> {
    let keys: BTreeSet<K> = before.keys().chain(after.keys()).copied().collect();
    keys.into_iter().map(|key| (key, before.get(&key), after.get(&key)))
}

fn groups(before: &GroupReach, after: &GroupReach, removed: &BTreeSet<OrganizationId>) -> Vec<GroupEffect> {
    let nothing = BTreeSet::new();
    every(before, after)
        .filter(|(_, was, is)| was != is)
        .map(|(group, was, is)| {
            let (had, has) = (was.unwrap_or(&nothing), is.unwrap_or(&nothing));
            GroupEffect {
                group,
                is_made: was.is_none(),
                is_removed: is.is_none(),
                gains: has.difference(had).copied().collect(),
                loses: had.difference(has).filter(|id| !removed.contains(id)).copied().collect(),
            }
        })
        .collect()
}

impl UserEffect {
    fn administrators(&self) -> isize {
        let counts = |holder: &Option<Holder>| {
            isize::from(holder.as_ref().is_some_and(Holder::is_active_administrator))
        };
        counts(&self.after) - counts(&self.before)
    }

    /// Whether what the user reaches, or with which role, is not what it was.
    #[must_use]
    pub fn changes_reach(&self) -> bool {
        let role = |holder: &Option<Holder>| holder.as_ref().map(|holder| holder.permissions.role);
        role(&self.before) != role(&self.after)
            || !self.gains.is_nothing()
            || !self.loses.is_nothing()
            || !self.joins.is_empty()
            || !self.leaves.is_empty()
    }
}

fn user_effect(
    user: UserId,
    was: Option<&Holder>,
    is: Option<&Holder>,
    before: &Scene,
    after: &Scene,
    removed: &BTreeSet<OrganizationId>,
) -> Option<UserEffect> {
    let nobody = Grants::default();
    let had = was.map_or(&nobody, |holder| &holder.permissions.grants);
    let has = is.map_or(&nobody, |holder| &holder.permissions.grants);
    let joins: BTreeSet<GroupId> = has.groups.difference(&had.groups).copied().collect();
    let leaves: BTreeSet<GroupId> = had.groups.difference(&has.groups).copied().collect();
    let rises = is_whole_gain(was, is);
    let gains = match is {
        None => Reach::nothing(),
        Some(holder) if rises => holder.permissions.reach(&after.groups),
        Some(holder) => gained((was, had, &before.groups), (holder, has, &after.groups)),
    };
    let loses = match was {
        None => Reach::nothing(),
        Some(holder) if is_whole_gain(is, was) => holder.permissions.reach(&before.groups),
        Some(holder) => gained((is, has, &after.groups), (holder, had, &before.groups)),
    };
    let own = |holder: &Holder| {
        let mut own = holder.clone();
        own.permissions.grants.organizations.retain(|id| !removed.contains(id));
        own
    };
    let is_direct = was.map(own) != is.map(own);
    let has_effect = is_direct || !gains.is_nothing() || !loses.is_nothing();
    has_effect.then(|| UserEffect {
        user,
        before: was.cloned(),
        after: is.cloned(),
        gains,
        loses,
        joins,
        leaves,
        is_direct,
    })
}

/// Whether everything that the user reaches after is gained: they are new, let in again, or more powerful everywhere.
fn is_whole_gain(was: Option<&Holder>, is: Option<&Holder>) -> bool {
    match (was, is) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(was), Some(is)) => {
            let comes_back = was.standing == Standing::Suspended && is.standing != Standing::Suspended;
            comes_back || is.permissions.role > was.permissions.role
        }
    }
}

/// What a user has by a way by which they did not have it.
fn gained(
    (was, had, reached): (Option<&Holder>, &Grants, &GroupReach),
    (holder, has, reach): (&Holder, &Grants, &GroupReach),
) -> Reach {
    if holder.permissions.role == Role::Administrator {
        return Reach::nothing();
    }
    let was_administrator = was.is_some_and(|was| was.permissions.role == Role::Administrator);
    if has.all_organizations {
        let had_all = had.all_organizations || was_administrator;
        return if had_all { Reach::nothing() } else { Reach::All };
    }
    if had.all_organizations || was_administrator {
        return Reach::nothing();
    }
    let nothing = BTreeSet::new();
    let mut gained: BTreeSet<OrganizationId> =
        has.organizations.difference(&had.organizations).copied().collect();
    for group in &has.groups {
        let now = reach.get(group).unwrap_or(&nothing);
        if had.groups.contains(group) {
            gained.extend(now.difference(reached.get(group).unwrap_or(&nothing)));
        } else {
            gained.extend(now);
        }
    }
    Reach::These(gained)
}

/// Whether the delegate's people get anything by the connection that they did not have.
fn gives(was: Option<&Connection>, is: Option<&Connection>) -> bool {
    use crate::connection::State::{Active, Declined, Ended, Pending, Suspended};
    let Some(is) = is else { return false };
    let Some(was) = was else { return true };
    match (was.state, is.state) {
        (_, Declined | Ended) => return false,
        (Pending, Active) | (Suspended, Active) | (Declined | Ended, _) => return true,
        _ => {}
    }
    let is_later = match (was.ends_at, is.ends_at) {
        (Some(was), Some(is)) => is > was,
        (Some(_), None) => true,
        (None, _) => false,
    };
    let grants_more = !was.grants.all_organizations
        && (is.grants.all_organizations
            || !is.grants.organizations.is_subset(&was.grants.organizations)
            || !is.grants.groups.is_subset(&was.grants.groups));
    is.maximum_role > was.maximum_role || is_later || is.generation > was.generation || grants_more
}

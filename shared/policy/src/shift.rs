//! Who reaches what after a change that they did not reach before it, and the other way round: what a person wants to see before they
//! make it. [`crate::effects`] counts every way by which something is had; here an organization that is still had by another way
//! is neither gained nor lost.

use std::collections::BTreeSet;

use crate::connection::{Connection, PersonalLimit, State};
use crate::decision::Standing;
use crate::effects::{Holder, Scene};
use crate::grants::{GroupReach, Reach};
use crate::id::{ApiKeyId, ConnectionId, GroupId, UserId};
use crate::role::Role;

/// Whose reach it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// A user of the account, with the address.
    User(UserId, String),
    /// The people of another account, let in by this connection.
    Connection(ConnectionId),
    /// A program.
    Key(ApiKeyId),
}

/// What one of them has before a change, and after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    /// The user, key or connection that gains or loses.
    pub whom: Whom,
    /// The role before and after; none where there is nobody.
    pub role: (Option<Role>, Option<Role>),
    /// The organizations that they reach after it and did not reach before it.
    pub gains: Reach,
    /// The organizations that they reached before it and do not reach after it.
    pub loses: Reach,
}

/// Every shift of a change, users first, and what groups reach before and after it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shifts {
    /// Whose reach or role is another afterwards.
    pub all: Vec<Shift>,
    /// The connections that shift, as they are before and after.
    pub connections: Vec<(ConnectionId, Option<Connection>, Option<Connection>)>,
    /// What the groups in question reach before, and after.
    pub groups: (GroupReach, GroupReach),
}

impl Shifts {
    /// What turning one scene into the other shifts.
    #[must_use]
    pub fn between(before: &Scene, after: &Scene) -> Self {
        let mut all: Vec<Shift> = Vec::new();
        let ids: BTreeSet<UserId> = before.users.keys().chain(after.users.keys()).copied().collect();
        for id in ids {
            let (was, is) = (before.users.get(&id), after.users.get(&id));
            let reach =
                |holder: Option<&Holder>, groups| holder.map_or(Reach::nothing(), |one| of_user(one, groups));
            let (had, has) = (reach(was, &before.groups), reach(is, &after.groups));
            let role = |holder: Option<&Holder>| holder.map(|holder| holder.permissions.role);
            let email = was.or(is).map(|holder| holder.person.email.clone()).unwrap_or_default();
            all.extend(shift(Whom::User(id, email), (role(was), role(is)), &had, &has));
        }
        let mut connections = Vec::new();
        let ids: BTreeSet<ConnectionId> =
            before.connections.keys().chain(after.connections.keys()).copied().collect();
        for id in ids {
            let (was, is) = (before.connections.get(&id), after.connections.get(&id));
            let (had, has) = (of_connection(was, &before.groups), of_connection(is, &after.groups));
            let role = |connection: Option<&Connection>| connection.map(|connection| connection.maximum_role);
            let found = shift(Whom::Connection(id), (role(was), role(is)), &had, &has);
            if found.is_some() {
                connections.push((id, was.cloned(), is.cloned()));
            }
            all.extend(found);
        }
        let ids: BTreeSet<ApiKeyId> = before.keys.keys().chain(after.keys.keys()).copied().collect();
        for id in ids {
            let (was, is) = (before.keys.get(&id), after.keys.get(&id));
            let had = was.map_or(Reach::nothing(), |key| key.reach(&before.groups));
            let has = is.map_or(Reach::nothing(), |key| key.reach(&after.groups));
            all.extend(shift(Whom::Key(id), (was.map(|key| key.role), is.map(|key| key.role)), &had, &has));
        }
        let groups = if connections.is_empty() {
            Default::default()
        } else {
            (before.groups.clone(), after.groups.clone())
        };
        Self { all, connections, groups }
    }

    /// What a person of a delegate gains and loses where their connection shifts. `reach` says what the groups to which the host
    /// narrows them reach, as far as the change does not touch them.
    #[must_use]
    pub fn of_person(
        &self,
        (was, is): (Option<&Connection>, Option<&Connection>),
        (limited, limits): (Option<&PersonalLimit>, Option<&PersonalLimit>),
        reach: &GroupReach,
    ) -> (Reach, Reach) {
        let (before, after) = &self.groups;
        let had = inside(was, limited, before, reach);
        let has = inside(is, limits, after, reach);
        (has.clone().without(&had), had.without(&has))
    }
}

/// What a person has inside by a connection: nothing if it lets nobody in, or not them.
fn inside(
    connection: Option<&Connection>,
    limit: Option<&PersonalLimit>,
    groups: &GroupReach,
    others: &GroupReach,
) -> Reach {
    if limit.is_some_and(|limit| !limit.access) {
        return Reach::nothing();
    }
    let whole = of_connection(connection, groups);
    match limit.and_then(|limit| limit.grants.as_ref()) {
        None => whole,
        Some(narrower) => {
            let known = |group: &GroupId| groups.get(group).or_else(|| others.get(group)).cloned();
            let reach: GroupReach =
                narrower.groups.iter().map(|group| (*group, known(group).unwrap_or_default())).collect();
            whole.and(narrower.granted(&reach))
        }
    }
}

fn of_user(holder: &Holder, groups: &GroupReach) -> Reach {
    match holder.standing {
        Standing::Suspended => Reach::nothing(),
        Standing::Active | Standing::Pending => holder.permissions.reach(groups),
    }
}

/// What a connection gives, or, as long as it is offered, would give.
fn of_connection(connection: Option<&Connection>, groups: &GroupReach) -> Reach {
    match connection {
        Some(connection) if matches!(connection.state, State::Active | State::Pending) => {
            connection.grants.granted(groups)
        }
        _ => Reach::nothing(),
    }
}

fn shift(whom: Whom, role: (Option<Role>, Option<Role>), had: &Reach, has: &Reach) -> Option<Shift> {
    let (gains, loses) = (has.clone().without(had), had.clone().without(has));
    let is_nothing = gains.is_nothing() && loses.is_nothing() && role.0 == role.1;
    (!is_nothing).then_some(Shift { whom, role, gains, loses })
}

impl Reach {
    /// Those of these that are not among the others. Of all without some, all are said: which those are changes by itself.
    #[must_use]
    pub fn without(self, others: &Self) -> Self {
        match (self, others) {
            (_, Self::All) => Self::nothing(),
            (Self::All, Self::These(_)) => Self::All,
            (Self::These(own), Self::These(others)) => Self::These(own.difference(others).copied().collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grants::Grants;
    use crate::id::OrganizationId;
    use crate::refusal::NamedPerson;
    use crate::users::Permissions;

    fn organizations(ids: &[u64]) -> BTreeSet<OrganizationId> {
        ids.iter().map(|id| OrganizationId::new(*id).unwrap()).collect()
    }

    fn holder(role: Role, direct: &[u64], groups: &[u64]) -> Holder {
        Holder {
            person: NamedPerson { id: None, email: "ann@x.example".to_owned() },
            permissions: Permissions {
                role,
                grants: Grants {
                    all_organizations: false,
                    organizations: organizations(direct),
                    groups: groups.iter().map(|id| GroupId::new(*id).unwrap()).collect(),
                },
            },
            standing: Standing::Active,
        }
    }

    /// What is had by two ways is lost with the second one alone.
    #[test]
    fn what_is_still_had_by_another_way_is_not_lost() {
        let ann = UserId::new(1).unwrap();
        let desk = GroupId::new(7).unwrap();
        let before = Scene {
            users: [(ann, holder(Role::Lite, &[1], &[7]))].into(),
            groups: [(desk, organizations(&[1, 2]))].into(),
            ..Scene::default()
        };
        let mut after = before.clone();
        after.groups.remove(&desk);
        let shifts = Shifts::between(&before, &after).all;
        assert_eq!(shifts.len(), 1);
        assert_eq!(shifts[0].loses, Reach::These(organizations(&[2])));
        assert!(shifts[0].gains.is_nothing());
        assert_eq!(Shifts::between(&before, &before).all, []);
    }

    #[test]
    fn suspending_loses_all_and_a_role_alone_is_a_shift() {
        let ann = UserId::new(1).unwrap();
        let scene = |holder: Holder| Scene { users: [(ann, holder)].into(), ..Scene::default() };
        let before = holder(Role::Editor, &[1], &[]);
        let suspended = Holder { standing: Standing::Suspended, ..before.clone() };
        let shifts = Shifts::between(&scene(before.clone()), &scene(suspended)).all;
        assert_eq!(shifts[0].loses, Reach::These(organizations(&[1])));
        let lowered = Shifts::between(&scene(before), &scene(holder(Role::Lite, &[1], &[]))).all;
        assert_eq!(lowered[0].role, (Some(Role::Editor), Some(Role::Lite)));
        assert!(lowered[0].gains.is_nothing() && lowered[0].loses.is_nothing());
    }
}

//! Who may invite, edit and remove whom, and what they may grant.

use std::collections::BTreeSet;

use crate::grants::{Grants, GroupReach, Reach};
use crate::id::{GroupId, UserId};
use crate::refusal::Refusal;
use crate::role::Role;

/// What kind of caller acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Who {
    /// A person, in the own account.
    User,
    /// A person of a delegate account, inside a host.
    Visitor,
    /// A program, with an API key of the account.
    Key,
}

/// The one who acts: an active user of the account, one of a delegate account, or a program with a key; with what they reach now.
#[derive(Debug, Clone)]
pub struct Actor {
    /// Their role; for a visitor the effective one.
    pub role: Role,
    /// What they reach.
    pub reach: Reach,
    /// What kind of caller they are.
    pub who: Who,
    /// The user of the account that they are; none for a visitor and a program.
    pub user: Option<UserId>,
    /// The groups of the account that they belong to.
    pub groups: BTreeSet<GroupId>,
}

/// A user's role and grants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permissions {
    /// The role.
    pub role: Role,
    /// The grants.
    pub grants: Grants,
}

impl Permissions {
    /// What these permissions reach, when the groups reach this.
    #[must_use]
    pub fn reach(&self, groups: &GroupReach) -> Reach {
        self.grants.reach(self.role, groups)
    }
}

impl Actor {
    /// Whether the actor may manage users at all: Managers and Administrators.
    pub fn may_manage_users(&self) -> Result<(), Refusal> {
        self.decides_for_others(Role::Manager)
    }

    /// Whether the actor may manage connections: Administrators. (Keys, settings and second factors ask for more.)
    pub fn may_administer(&self) -> Result<(), Refusal> {
        self.decides_for_others(Role::Administrator)
    }

    /// Whether the actor may touch anything that decides who may do what, with this role or a higher one. A visitor never may.
    pub(crate) fn decides_for_others(&self, needed: Role) -> Result<(), Refusal> {
        if self.who == Who::Visitor { Err(Refusal::SecurityPermission) } else { self.needs(needed) }
    }

    /// Whether a person acts. What proves who someone is, and what would let a key outlive or widen itself, is for persons
    /// alone: sessions, second factors, API keys, the account's settings, the answer to another account's invitation.
    pub fn is_person(&self) -> Result<(), Refusal> {
        match self.who {
            Who::User | Who::Visitor => Ok(()),
            Who::Key => Err(Refusal::PersonNeeded),
        }
    }

    /// Whether the actor may see and end the sessions of others in the account: Administrators, in person.
    pub fn may_end_sessions(&self) -> Result<(), Refusal> {
        self.is_person()?;
        self.may_administer()
    }

    /// Whether the actor may change the account's settings: Administrators, in person.
    pub fn may_change_settings(&self) -> Result<(), Refusal> {
        self.is_person()?;
        self.may_administer()
    }

    /// Whether the actor may answer an invitation to their own account: Administrators, in person.
    pub fn may_answer_connection(&self) -> Result<(), Refusal> {
        self.is_person()?;
        self.may_administer()
    }

    /// Whether the actor has this role or a higher one.
    pub(crate) fn needs(&self, needed: Role) -> Result<(), Refusal> {
        if self.role >= needed { Ok(()) } else { Err(Refusal::RoleTooLow { role: self.role, needed }) }
    }

    /// Whether the actor may have anything to do with users of this role: up to the own, and a Manager never with an Administrator.
    pub fn may_manage_role(&self, role: Role) -> Result<(), Refusal> {
        self.may_manage_users()?;
        if role <= self.role { Ok(()) } else { Err(Refusal::RoleAboveOwn { own: self.role, asked: role }) }
    }

    /// Whether the actor may give someone all of this. Nobody grants more than they have.
    pub fn may_grant(&self, permissions: &Permissions, groups: &GroupReach) -> Result<(), Refusal> {
        self.may_manage_role(permissions.role)?;
        self.covers(&permissions.grants.reach(permissions.role, groups))
    }

    /// Whether this is the actor's own user.
    #[must_use]
    pub fn is(&self, user: UserId) -> bool {
        self.user == Some(user)
    }

    /// Whether the actor sees this user of the account, wherever users are shown: oneself, and whoever manages users all of
    /// them. A visitor sees nobody.
    #[must_use]
    pub fn sees(&self, user: UserId) -> bool {
        self.is(user) || self.sees_everyone()
    }

    /// Whether the actor sees every user of the account.
    #[must_use]
    pub fn sees_everyone(&self) -> bool {
        self.may_manage_users().is_ok()
    }

    /// Whether the actor reaches all of it.
    pub fn covers(&self, reach: &Reach) -> Result<(), Refusal> {
        match (&self.reach, reach) {
            (Reach::All, _) => Ok(()),
            (Reach::These(_), Reach::All) => Err(Refusal::AllOrganizationsNotYours),
            (own, Reach::These(wanted)) => {
                let lacking = own.lacks(wanted);
                if lacking.is_empty() {
                    Ok(())
                } else {
                    Err(Refusal::OrganizationsNotYours { organizations: lacking.into_iter().collect() })
                }
            }
        }
    }
}

/// Whether the account still has an active Administrator when one of `active` leaves their number.
pub fn may_lose_an_administrator(active: usize) -> Result<(), Refusal> {
    if active > 1 { Ok(()) } else { Err(Refusal::LastAdministrator) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::OrganizationId;

    fn organizations(numbers: &[u64]) -> BTreeSet<OrganizationId> {
        numbers.iter().map(|number| OrganizationId::new(*number).unwrap()).collect()
    }

    fn direct(role: Role, numbers: &[u64]) -> Permissions {
        Permissions { role, grants: Grants { organizations: organizations(numbers), ..Grants::default() } }
    }

    fn acting(role: Role, reach: Reach, who: Who) -> Actor {
        Actor { role, reach, who, user: None, groups: BTreeSet::new() }
    }

    fn actor(role: Role, numbers: &[u64]) -> Actor {
        acting(role, Reach::These(organizations(numbers)), Who::User)
    }

    /// Every pair of inviter and invited role, as a table to read.
    #[test]
    fn who_may_invite_whom() {
        let mut table = String::from("inviter \\ invited");
        for invited in Role::ALL {
            table.push_str(&format!(" | {invited}"));
        }
        table.push('\n');
        for inviter in Role::ALL {
            table.push_str(inviter.name());
            for invited in Role::ALL {
                let reach = if inviter == Role::Administrator {
                    Reach::All
                } else {
                    Reach::These(organizations(&[1]))
                };
                let answer =
                    acting(inviter, reach, Who::User).may_grant(&direct(invited, &[1]), &GroupReach::new());
                table.push_str(&format!(" | {}", answer.map_or_else(|refusal| refusal.code(), |()| "yes")));
            }
            table.push('\n');
        }
        crate::table::check("who-may-invite-whom.txt", &table);
    }

    #[test]
    fn nobody_grants_more_than_they_have() {
        let manager = actor(Role::Manager, &[1, 2]);
        let none = GroupReach::new();
        assert_eq!(manager.may_grant(&direct(Role::Lite, &[1, 2]), &none), Ok(()));
        let Err(Refusal::OrganizationsNotYours { organizations: named }) =
            manager.may_grant(&direct(Role::Lite, &[1, 3]), &none)
        else {
            panic!("organization 3 is not the Manager's");
        };
        assert_eq!(named, [OrganizationId::new(3).unwrap()]);
        let everything = Permissions {
            role: Role::Editor,
            grants: Grants { all_organizations: true, ..Grants::default() },
        };
        assert_eq!(manager.may_grant(&everything, &none), Err(Refusal::AllOrganizationsNotYours));
        let group = GroupId::new(7).unwrap();
        let through_a_group = Permissions {
            role: Role::Lite,
            grants: Grants { groups: BTreeSet::from([group]), ..Grants::default() },
        };
        let reach = GroupReach::from([(group, organizations(&[2, 3]))]);
        assert!(manager.may_grant(&through_a_group, &reach).is_err(), "the group reaches 3");
    }

    #[test]
    fn a_visitor_decides_nothing_for_others_whatever_the_role() {
        for role in Role::ALL {
            let visitor = acting(role, Reach::All, Who::Visitor);
            assert_eq!(visitor.may_manage_users(), Err(Refusal::SecurityPermission));
            assert_eq!(visitor.may_administer(), Err(Refusal::SecurityPermission));
            assert_eq!(visitor.may_create_groups(), Err(Refusal::SecurityPermission));
            assert_eq!(visitor.may_manage_group(GroupId::new(1).unwrap()), Err(Refusal::SecurityPermission));
            assert!(visitor.may_grant(&direct(Role::Lite, &[1]), &GroupReach::new()).is_err());
        }
    }

    #[test]
    fn one_administrator_stays() {
        assert_eq!(may_lose_an_administrator(2), Ok(()));
        assert_eq!(may_lose_an_administrator(1), Err(Refusal::LastAdministrator));
    }
}

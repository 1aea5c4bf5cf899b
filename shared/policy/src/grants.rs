//! Grants: which organizations a user has, and the limits that hold at every moment.

use std::collections::{BTreeMap, BTreeSet};

use crate::id::{GroupId, OrganizationId};
use crate::refusal::{NamedPerson, People, Refusal};
use crate::role::Role;

/// A Lite user has at most this many distinct organizations: "Users with a Lite role can have access to up to five
/// organizations. Granting access to sub-organizations counts against this number." (IT Glue's help, Inviting clients.)
pub const LITE_LIMIT: usize = 5;

/// At most this many organizations are granted to one user or connection directly. More is what groups are for;
/// the limit keeps a user's item at some 9 KB.
pub const DIRECT_LIMIT: usize = 1_000;

/// At most this many groups for one user or connection, so that what changes them fits one transaction.
pub const GROUP_LIMIT: usize = 40;

/// What is granted to a user or to a connection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grants {
    /// All organizations, current and future.
    pub all_organizations: bool,
    /// Granted directly.
    pub organizations: BTreeSet<OrganizationId>,
    /// Groups, and through them what the groups have now.
    pub groups: BTreeSet<GroupId>,
}

/// What each group in question reaches now.
pub type GroupReach = BTreeMap<GroupId, BTreeSet<OrganizationId>>;

/// Organizations that can be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// All, current and future.
    All,
    /// Only these organizations.
    These(BTreeSet<OrganizationId>),
}

impl Reach {
    /// Whether the organization is among them.
    #[must_use]
    pub fn contains(&self, organization: OrganizationId) -> bool {
        match self {
            Self::All => true,
            Self::These(organizations) => organizations.contains(&organization),
        }
    }

    /// No organization at all.
    #[must_use]
    pub const fn nothing() -> Self {
        Self::These(BTreeSet::new())
    }

    /// Whether there is none among them.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        matches!(self, Self::These(organizations) if organizations.is_empty())
    }

    /// Those that are among these and among the others.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::All, reach) | (reach, Self::All) => reach,
            (Self::These(own), Self::These(others)) => {
                Self::These(own.intersection(&others).copied().collect())
            }
        }
    }

    /// Those of `wanted` that are not among them.
    #[must_use]
    pub fn lacks<'a>(
        &self,
        wanted: impl IntoIterator<Item = &'a OrganizationId>,
    ) -> BTreeSet<OrganizationId> {
        wanted.into_iter().copied().filter(|organization| !self.contains(*organization)).collect()
    }
}

impl Grants {
    /// Whether these grants reach all organizations for a user or key of this role: an Administrator's do, whatever they name.
    #[must_use]
    pub fn reach_all(&self, role: Role) -> bool {
        role == Role::Administrator || self.all_organizations
    }

    /// What these grants reach for a user of this role: direct, through groups, or all.
    #[must_use]
    pub fn reach(&self, role: Role, groups: &GroupReach) -> Reach {
        if self.reach_all(role) { Reach::All } else { self.granted(groups) }
    }

    /// What these grants reach by themselves, whatever the role: all that a visitor has.
    #[must_use]
    pub fn granted(&self, groups: &GroupReach) -> Reach {
        if self.all_organizations {
            return Reach::All;
        }
        let inherited = self.groups.iter().filter_map(|group| groups.get(group)).flatten();
        Reach::These(self.organizations.iter().chain(inherited).copied().collect())
    }

    /// Whether they can be stored: only so many are granted by name.
    pub fn fits(&self) -> Result<(), Refusal> {
        if self.organizations.len() > DIRECT_LIMIT {
            return Err(Refusal::TooManyOrganizations { limit: DIRECT_LIMIT });
        }
        if self.groups.len() > GROUP_LIMIT {
            return Err(Refusal::TooManyGroups { limit: GROUP_LIMIT });
        }
        Ok(())
    }

    /// Whether a user of this role may have these grants at all: at least one organization; Lite at most five.
    pub fn check(&self, role: Role, groups: &GroupReach, whose: &NamedPerson) -> Result<(), Refusal> {
        self.fits()?;
        match self.reach(role, groups) {
            Reach::All if role == Role::Lite => {
                Err(Refusal::LiteAllOrganizations { people: whose.clone().into() })
            }
            Reach::All => Ok(()),
            Reach::These(organizations) if organizations.is_empty() => {
                Err(Refusal::NoOrganization { people: whose.clone().into() })
            }
            Reach::These(organizations) if role == Role::Lite && organizations.len() > LITE_LIMIT => {
                Err(Refusal::LiteLimit { people: whose.clone().into(), limit: LITE_LIMIT })
            }
            Reach::These(_) => Ok(()),
        }
    }
}

/// Someone whose organizations a change would touch.
#[derive(Debug, Clone)]
pub struct Affected {
    /// The user.
    pub person: NamedPerson,
    /// Their role.
    pub role: Role,
    /// Their grants after the change.
    pub grants: Grants,
}

/// Whether a change that touches several users leaves each within the limits; the refusal names every one that would not be.
/// `groups` is what the groups reach after the change.
pub fn check_everyone<'a>(
    affected: impl IntoIterator<Item = &'a Affected>,
    groups: &GroupReach,
) -> Result<(), Refusal> {
    let mut over_the_limit = People::default();
    let mut with_all = People::default();
    let mut left_with_nothing = People::default();
    for Affected { person, role, grants } in affected {
        match grants.check(*role, groups, person) {
            Err(Refusal::LiteLimit { .. }) => over_the_limit.push(person.clone()),
            Err(Refusal::LiteAllOrganizations { .. }) => with_all.push(person.clone()),
            Err(Refusal::NoOrganization { .. }) => left_with_nothing.push(person.clone()),
            Err(other) => return Err(other),
            Ok(()) => {}
        }
    }
    if !over_the_limit.named.is_empty() {
        return Err(Refusal::LiteLimit { people: over_the_limit, limit: LITE_LIMIT });
    }
    if !with_all.named.is_empty() {
        return Err(Refusal::LiteAllOrganizations { people: with_all });
    }
    if !left_with_nothing.named.is_empty() {
        return Err(Refusal::NoOrganization { people: left_with_nothing });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn organization(number: u64) -> OrganizationId {
        OrganizationId::new(number).unwrap()
    }

    fn group(number: u64) -> GroupId {
        GroupId::new(number).unwrap()
    }

    prop_compose! {
        fn any_grants()(
            all_organizations in prop::bool::weighted(0.1),
            organizations in prop::collection::btree_set(1_u64..12, 0..8),
            groups in prop::collection::btree_set(1_u64..5, 0..4),
        ) -> Grants {
            Grants {
                all_organizations,
                organizations: organizations.into_iter().map(organization).collect(),
                groups: groups.into_iter().map(group).collect(),
            }
        }
    }

    prop_compose! {
        fn any_groups()(
            reach in prop::collection::btree_map(1_u64..5, prop::collection::btree_set(1_u64..12, 0..6), 0..5),
        ) -> GroupReach {
            reach.into_iter().map(|(id, reached)| (group(id), reached.into_iter().map(organization).collect())).collect()
        }
    }

    proptest! {
        #[test]
        fn what_passes_the_check_is_within_the_limits(grants in any_grants(), groups in any_groups(), role in 0_usize..6) {
            let role = Role::ALL[role];
            let person = NamedPerson { id: None, email: "lee@example.com".to_owned() };
            let passed = grants.check(role, &groups, &person).is_ok();
            match grants.reach(role, &groups) {
                Reach::All => prop_assert_eq!(passed, role != Role::Lite),
                Reach::These(reached) => {
                    let within = !reached.is_empty() && (role != Role::Lite || reached.len() <= LITE_LIMIT);
                    prop_assert_eq!(passed, within, "{:?} reaches {:?}", role, reached);
                }
            }
        }

        #[test]
        fn an_organization_had_twice_counts_once(direct in prop::collection::btree_set(1_u64..12, 1..=5)) {
            let direct: BTreeSet<_> = direct.into_iter().map(organization).collect();
            let groups = GroupReach::from([(group(1), direct.clone())]);
            let grants = Grants { all_organizations: false, organizations: direct, groups: BTreeSet::from([group(1)]) };
            let person = NamedPerson { id: None, email: "lee@example.com".to_owned() };
            prop_assert_eq!(grants.check(Role::Lite, &groups, &person), Ok(()));
        }
    }

    #[test]
    fn the_refusal_names_everyone_who_would_pass_the_limit() {
        let groups = GroupReach::from([(group(1), (1..=6).map(organization).collect())]);
        let member = |email: &str, role| Affected {
            person: NamedPerson { id: None, email: email.to_owned() },
            role,
            grants: Grants { groups: BTreeSet::from([group(1)]), ..Grants::default() },
        };
        let affected = [
            member("ada@x.test", Role::Lite),
            member("bob@x.test", Role::Editor),
            member("cy@x.test", Role::Lite),
        ];
        let Err(Refusal::LiteLimit { people, .. }) = check_everyone(&affected, &groups) else {
            panic!("six organizations for a Lite user must be refused");
        };
        let named: Vec<_> = people.named.iter().map(|person| person.email.as_str()).collect();
        assert_eq!(named, ["ada@x.test", "cy@x.test"]);
    }
}

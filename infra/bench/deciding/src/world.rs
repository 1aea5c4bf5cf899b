//! An account: organizations, groups that have them, and users of every kind.

use std::collections::BTreeSet;

use policy::decision::{Facts, OrganizationFacts, Question, Standing, UserFacts};
use policy::{Action, Grants, GroupId, OrganizationId, Role, UserId};

/// One account. Everything in it follows from the number of its organizations, so that two runs ask the same.
#[derive(Debug)]
pub struct World {
    /// The organizations, and the groups that have each.
    pub organizations: Vec<(OrganizationId, BTreeSet<GroupId>)>,
    /// All groups.
    pub groups: Vec<GroupId>,
    /// A user for every role, standing and set of grants.
    pub users: Vec<UserFacts>,
}

/// A question in the words of the rule.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Who.
    pub user: UserId,
    /// What, and where.
    pub question: Question,
    /// What is stored of the two, as the product reads it for a check.
    pub facts: Facts,
}

/// The most groups that a user can be in, and so the most that this account has.
const MOST_GROUPS: usize = policy::grants::GROUP_LIMIT;

impl World {
    /// An account with so many organizations.
    #[must_use]
    pub fn new(organizations: usize) -> Self {
        let groups: Vec<GroupId> = (1..=(organizations / 3).clamp(3, MOST_GROUPS)).map(group).collect();
        // Every fifth organization is in no group, the others in one or two.
        let in_groups = |number: usize| {
            let both = [number % groups.len(), number / 2 % groups.len()];
            let groups = both.into_iter().filter(|_| number % 5 != 0).map(|index| groups[index]);
            (organization(number), groups.collect())
        };
        let organizations: Vec<(OrganizationId, BTreeSet<GroupId>)> =
            (1..=organizations).map(in_groups).collect();
        let mut users = Vec::new();
        for role in Role::ALL {
            for standing in [Standing::Active, Standing::Pending, Standing::Suspended] {
                for grants in grants(&organizations, &groups) {
                    users.push(UserFacts {
                        id: UserId::new(2 + users.len() as u64).ok(),
                        standing,
                        role,
                        grants,
                    });
                }
            }
        }
        Self { organizations, groups, users }
    }

    /// So many places of organizations, or all if there are fewer. They are of every kind: granted directly and not, in groups and in
    /// none.
    #[must_use]
    pub fn places(&self, count: usize) -> BTreeSet<usize> {
        (0..count).map(|step| step * 37 % self.organizations.len()).collect()
    }

    /// What is measured: each active user asks for each action in five organizations.
    #[must_use]
    pub fn typical(&self) -> Vec<Asked> {
        let active =
            |user: &usize| self.users.get(*user).is_some_and(|user| user.standing == Standing::Active);
        let mut questions = Vec::new();
        for place in self.places(5) {
            for user in (0..self.users.len()).filter(active) {
                questions.extend(Action::ALL.map(|action| self.ask(user, action, place)));
            }
        }
        questions
    }

    /// A question about a user and an organization by their places in the lists. Beyond the end of a list is one that does not
    /// exist.
    #[must_use]
    pub fn ask(&self, user: usize, action: Action, place: usize) -> Asked {
        let stored = self.organizations.get(place);
        let known = self.users.get(user);
        Asked {
            user: known.and_then(|user| user.id).unwrap_or(UserId::NOBODY),
            question: Question {
                action,
                organization: stored.map_or(organization(place + 1), |stored| stored.0),
            },
            facts: Facts {
                user: known.cloned(),
                visit: None,
                organization: stored.map(|(_, groups)| OrganizationFacts { groups: groups.clone() }),
                asset: None,
            },
        }
    }
}

/// Nothing; every second organization; every second group; both of these; all organizations; all of this at once.
fn grants(organizations: &[(OrganizationId, BTreeSet<GroupId>)], groups: &[GroupId]) -> [Grants; 6] {
    let direct = || organizations.iter().step_by(2).map(|(id, _)| *id).collect();
    let by_groups = || groups.iter().step_by(2).copied().collect();
    let nothing = Grants::default;
    [
        nothing(),
        Grants { organizations: direct(), ..nothing() },
        Grants { groups: by_groups(), ..nothing() },
        Grants { organizations: direct(), groups: by_groups(), ..nothing() },
        Grants { all_organizations: true, ..nothing() },
        Grants { all_organizations: true, organizations: direct(), groups: by_groups() },
    ]
}

/// The organization with this number.
fn organization(number: usize) -> OrganizationId {
    OrganizationId::new(number as u64).expect("a number from 1")
}

/// The group with this number.
fn group(number: usize) -> GroupId {
    GroupId::new(number as u64).expect("a number from 1")
}

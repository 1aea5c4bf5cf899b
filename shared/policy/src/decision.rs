//! The one question: may this user, in this account, do this action in this organization? And the answer, with every reason.

use std::collections::BTreeSet;

use crate::connection::{Connection, PersonalLimit, Status};
use crate::grants::{Grants, GroupReach, Reach};
use crate::id::{GroupId, OrganizationId, UserId};
use crate::mfa::is_old_enough_for_hosts;
use crate::restrictions::{AssetAnswer, AssetFacts, Bound};
use crate::role::{Action, Role};
use crate::time::Timestamp;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    /// What would be done.
    pub action: Action,
    /// The organization in question.
    pub organization: OrganizationId,
}

/// Where a user stands in the home account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Invited, not accepted.
    Pending,
    /// In.
    Active,
    /// Shut out for now.
    Suspended,
}

impl Standing {
    /// What keeps somebody who stands so from everything.
    #[must_use]
    pub const fn obstacle(self) -> Option<Obstacle> {
        match self {
            Self::Active => None,
            Self::Pending => Some(Obstacle::UserPending),
            Self::Suspended => Some(Obstacle::UserSuspended),
        }
    }
}

/// What is stored of the one who would act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserFacts {
    /// The id; none for a program, which acts in place of a user.
    pub id: Option<UserId>,
    /// Where they stand.
    pub standing: Standing,
    /// The role at home.
    pub role: Role,
    /// The grants at home.
    pub grants: Grants,
}

impl UserFacts {
    /// The groups that can keep a type of assets from the user at home: those that they belong to, or none for an Administrator.
    #[must_use]
    pub fn kept_from(&self) -> BTreeSet<GroupId> {
        if self.role.is_bound_by_restrictions() { self.grants.groups.clone() } else { BTreeSet::new() }
    }
}

/// What is stored of the connection by which a user of another account is inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitFacts {
    /// The connection as it is now; none if it is gone or does not lead from this user's account to this one.
    pub connection: Option<Connection>,
    /// What the host says about this one person.
    pub person: Option<PersonalLimit>,
    /// Whether the host admits only sessions that were made with MFA.
    pub host_requires_mfa: bool,
    /// Whether this session was.
    pub session_has_mfa: bool,
    /// Since when the user has a second factor, as far as it is known.
    pub factor_since: Option<Timestamp>,
}

/// What is stored of the organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationFacts {
    /// The groups that reach it.
    pub groups: BTreeSet<GroupId>,
}

/// Everything that the answer depends on, as it is stored now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The user, as in the home account; none if they were removed.
    pub user: Option<UserFacts>,
    /// Set, if the account is a host that the user is inside by a connection. The grants at home then count for nothing.
    pub visit: Option<VisitFacts>,
    /// The organization; none if the account has none of that id.
    pub organization: Option<OrganizationFacts>,
    /// What is stored of the asset that the question names; none if it names no type of assets.
    pub asset: Option<AssetFacts>,
}

/// Where an organization comes from, or a restricted asset in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Via {
    /// The role of Administrator reaches everything in the account.
    Administrator,
    /// All organizations, current and future.
    AllOrganizations,
    /// Granted directly.
    Direct,
    /// Through this group.
    Group(GroupId),
    /// The restriction of the asset names the user.
    User,
}

/// What stands in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// The user is not, or no longer, in the account.
    UserUnknown,
    /// The user has not accepted the invitation.
    UserPending,
    /// The user is suspended.
    UserSuspended,
    /// The role does not allow the action.
    RoleTooLow,
    /// The organization is not granted. Said too of one that does not exist, to a user who could not see it if it did.
    OrganizationNotGranted,
    /// The account has no such organization.
    OrganizationUnknown,
    /// Lite users have no access in a host.
    LiteInHost,
    /// No user from a delegate account changes a security permission.
    SecurityPermission,
    /// There is no connection, or it is over.
    ConnectionEnded,
    /// The connection was not accepted yet.
    ConnectionPending,
    /// The connection is suspended.
    ConnectionSuspended,
    /// The connection is past its end date.
    ConnectionExpired,
    /// The host shuts this one person out.
    PersonExcluded,
    /// The host admits only sessions made with MFA.
    DelegateMfaRequired,
    /// Assets of this type are kept from a group of the user's.
    ResourceTypeDenied,
    /// The asset is restricted to groups and users among whom this one is not.
    ResourceRestricted,
}

/// The chief reason where nothing stands in the way.
pub const ALLOWED: &str = "allowed";

impl Obstacle {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::UserUnknown,
        Self::UserPending,
        Self::UserSuspended,
        Self::RoleTooLow,
        Self::OrganizationNotGranted,
        Self::OrganizationUnknown,
        Self::LiteInHost,
        Self::SecurityPermission,
        Self::ConnectionEnded,
        Self::ConnectionPending,
        Self::ConnectionSuspended,
        Self::ConnectionExpired,
        Self::PersonExcluded,
        Self::DelegateMfaRequired,
        Self::ResourceTypeDenied,
        Self::ResourceRestricted,
    ];

    /// Stable kebab-case name, part of the HTTP contract.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::UserUnknown => "user-unknown",
            Self::UserPending => "user-pending",
            Self::UserSuspended => "user-suspended",
            Self::RoleTooLow => "role-too-low",
            Self::OrganizationNotGranted => "organization-not-granted",
            Self::OrganizationUnknown => "organization-unknown",
            Self::LiteInHost => "lite-in-host",
            Self::SecurityPermission => "security-permission",
            Self::ConnectionEnded => "connection-ended",
            Self::ConnectionPending => "connection-pending",
            Self::ConnectionSuspended => "connection-suspended",
            Self::ConnectionExpired => "connection-expired",
            Self::PersonExcluded => "person-excluded",
            Self::DelegateMfaRequired => "delegate-mfa-required",
            Self::ResourceTypeDenied => "resource-type-denied",
            Self::ResourceRestricted => "resource-restricted",
        }
    }
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The role at home; none for an unknown user.
    pub role: Option<Role>,
    /// The cap that the host set; none at home.
    pub maximum_role: Option<Role>,
    /// The role that counts.
    pub effective_role: Option<Role>,
    /// Every way in which the organization is had; of a restricted asset also by what it may be reached.
    pub via: Vec<Via>,
    /// Everything that stands in the way; empty if allowed.
    pub obstacles: Vec<Obstacle>,
    /// The groups of the user's from which the type of the asset is kept.
    pub denied_by: BTreeSet<GroupId>,
}

impl Decision {
    /// Yes or no.
    #[must_use]
    pub fn allowed(&self) -> bool {
        self.obstacles.is_empty()
    }

    /// The chief reason, as a stable name: `allowed`, or the first obstacle.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        self.obstacles.first().map_or(ALLOWED, |obstacle| obstacle.code())
    }
}

/// Answers the question from the facts alone.
///
/// `now` is the moment of the question: a connection can end by itself.
#[must_use]
pub fn decide(question: &Question, facts: &Facts, now: Timestamp) -> Decision {
    let Some(user) = &facts.user else {
        return Decision {
            role: None,
            maximum_role: None,
            effective_role: None,
            via: Vec::new(),
            obstacles: vec![Obstacle::UserUnknown],
            denied_by: BTreeSet::new(),
        };
    };
    let mut obstacles: Vec<Obstacle> = user.standing.obstacle().into_iter().collect();
    let (maximum_role, effective_role, mut via) = match &facts.visit {
        None => (None, user.role, ways(user, question.organization, facts.organization.as_ref())),
        Some(visit) => {
            obstacles.extend(visit.obstacles(user.role, now));
            if question.action.is_security_permission() {
                obstacles.push(Obstacle::SecurityPermission);
            }
            (
                visit.maximum_role(),
                visit.effective_role(user.role),
                visit.ways(question.organization, facts.organization.as_ref()),
            )
        }
    };
    if !effective_role.may(question.action) {
        obstacles.push(Obstacle::RoleTooLow);
    }
    if via.is_empty() {
        obstacles.push(Obstacle::OrganizationNotGranted);
    } else if facts.organization.is_none() {
        obstacles.push(Obstacle::OrganizationUnknown);
    }
    let mut asset =
        facts.asset.as_ref().map(|asset| met(asset, user, facts.visit.as_ref())).unwrap_or_default();
    // Of an organization that they do not have, nobody learns what is restricted in it.
    if via.is_empty() || facts.organization.is_none() {
        asset.obstacles.retain(|obstacle| *obstacle != Obstacle::ResourceRestricted);
        asset.via.clear();
    }
    obstacles.extend(asset.obstacles);
    via.extend(asset.via.into_iter().filter(|way| !via.contains(way)).collect::<Vec<_>>());
    Decision {
        role: Some(user.role),
        maximum_role,
        effective_role: Some(effective_role),
        via: if facts.organization.is_none() { Vec::new() } else { via },
        obstacles,
        denied_by: asset.denied_by,
    }
}

/// How the user stands to the asset, at home or inside a host.
fn met(asset: &AssetFacts, user: &UserFacts, visit: Option<&VisitFacts>) -> AssetAnswer {
    match visit {
        None if !user.role.is_bound_by_restrictions() => asset.met_by(None),
        None => {
            let groups = &user.grants.groups;
            asset.met_by(Some(Bound { user: user.id, groups, kept_from: groups }))
        }
        Some(visit) => visit.meet(asset),
    }
}

impl VisitFacts {
    /// Anyone who comes in by this connection, of whom nothing else is asked.
    #[must_use]
    pub const fn of_anyone(connection: Connection) -> Self {
        Self {
            connection: Some(connection),
            person: None,
            host_requires_mfa: false,
            session_has_mfa: false,
            factor_since: None,
        }
    }

    /// What keeps a user with this role at home out of the host altogether, whatever they would do there.
    #[must_use]
    pub fn obstacles(&self, home_role: Role, now: Timestamp) -> Vec<Obstacle> {
        let mut obstacles = Vec::new();
        match &self.connection {
            None => obstacles.push(Obstacle::ConnectionEnded),
            Some(connection) => match connection.status(now) {
                Status::Active => {}
                Status::Pending => obstacles.push(Obstacle::ConnectionPending),
                Status::Suspended => obstacles.push(Obstacle::ConnectionSuspended),
                Status::Expired => obstacles.push(Obstacle::ConnectionExpired),
                Status::Declined | Status::Ended => obstacles.push(Obstacle::ConnectionEnded),
            },
        }
        if home_role == Role::Lite {
            obstacles.push(Obstacle::LiteInHost);
        }
        if self.person.as_ref().is_some_and(|person| !person.access) {
            obstacles.push(Obstacle::PersonExcluded);
        }
        let is_old_enough = is_old_enough_for_hosts(self.factor_since, now);
        if self.host_requires_mfa && !(self.session_has_mfa && is_old_enough) {
            obstacles.push(Obstacle::DelegateMfaRequired);
        }
        obstacles
    }

    /// The lower of the connection's maximum role and the one set for this person.
    #[must_use]
    pub fn maximum_role(&self) -> Option<Role> {
        let connection = self.connection.as_ref()?.maximum_role;
        Some(
            self.person
                .as_ref()
                .and_then(|person| person.maximum_role)
                .map_or(connection, |own| own.min(connection)),
        )
    }

    /// The role that counts for a user with this role at home: at most the maximum role.
    #[must_use]
    pub fn effective_role(&self, home_role: Role) -> Role {
        self.maximum_role().map_or(home_role, |maximum| maximum.min(home_role))
    }

    /// The groups of the host that can keep a type of assets from the visitor: all that the connection was granted.
    #[must_use]
    pub fn groups(&self) -> BTreeSet<GroupId> {
        self.connection.as_ref().map(|connection| connection.grants.groups.clone()).unwrap_or_default()
    }

    /// How the visitor stands to an asset, whatever the role. They are a member of the groups that the connection was granted, or,
    /// where this person is granted less, of those that both were.
    #[must_use]
    pub fn meet(&self, asset: &AssetFacts) -> AssetAnswer {
        let kept_from = self.groups();
        let narrower = self.person.as_ref().and_then(|person| person.grants.as_ref());
        let groups = match narrower {
            Some(grants) if !grants.all_organizations => {
                kept_from.intersection(&grants.groups).copied().collect()
            }
            _ => kept_from.clone(),
        };
        asset.met_by(Some(Bound { user: None, groups: &groups, kept_from: &kept_from }))
    }

    /// What the visitor reaches: the connection's organizations, as far as this person is not granted less.
    #[must_use]
    pub fn reach(&self, groups: &GroupReach) -> Reach {
        let Some(connection) = &self.connection else { return Reach::These(BTreeSet::new()) };
        let granted = connection.grants.granted(groups);
        match self.person.as_ref().and_then(|person| person.grants.as_ref()) {
            None => granted,
            Some(narrower) => granted.and(narrower.granted(groups)),
        }
    }

    /// Every way in which the organization is had: the connection's, as far as this person is not granted less.
    #[must_use]
    pub fn ways(&self, organization: OrganizationId, stored: Option<&OrganizationFacts>) -> Vec<Via> {
        let Some(connection) = &self.connection else { return Vec::new() };
        let narrower = self.person.as_ref().and_then(|person| person.grants.as_ref());
        if narrower.is_some_and(|grants| granted_ways(grants, organization, stored).is_empty()) {
            return Vec::new();
        }
        granted_ways(&connection.grants, organization, stored)
    }
}

/// Every way in which the user has the organization in the home account.
#[must_use]
pub fn ways(user: &UserFacts, organization: OrganizationId, stored: Option<&OrganizationFacts>) -> Vec<Via> {
    let by_role = (user.role == Role::Administrator).then_some(Via::Administrator);
    by_role.into_iter().chain(granted_ways(&user.grants, organization, stored)).collect()
}

/// Every way in which grants by themselves reach the organization.
#[must_use]
pub fn granted_ways(
    grants: &Grants,
    organization: OrganizationId,
    stored: Option<&OrganizationFacts>,
) -> Vec<Via> {
    let mut via = Vec::new();
    if grants.all_organizations {
        via.push(Via::AllOrganizations);
    }
    if let Some(stored) = stored {
        if grants.organizations.contains(&organization) {
            via.push(Via::Direct);
        }
        via.extend(grants.groups.intersection(&stored.groups).copied().map(Via::Group));
    }
    via
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::restrictions::Restriction;

    fn organization() -> OrganizationId {
        OrganizationId::new(1).unwrap()
    }

    fn group() -> GroupId {
        GroupId::new(7).unwrap()
    }

    /// Role × how the organization is had × action, and every standing, as one table to read.
    #[test]
    fn the_table_of_decisions() {
        let ways: [(&str, Grants); 4] = [
            ("none", Grants::default()),
            ("direct", Grants { organizations: BTreeSet::from([organization()]), ..Grants::default() }),
            ("group", Grants { groups: BTreeSet::from([group()]), ..Grants::default() }),
            ("all", Grants { all_organizations: true, ..Grants::default() }),
        ];
        let mut table = String::from(
            "standing | role | organization had | read | create | update | delete | set-restrictions | \
             read what the group alone may | read what is kept from the group\n",
        );
        for standing in [Standing::Active, Standing::Pending, Standing::Suspended] {
            for role in Role::ALL {
                for (name, grants) in &ways {
                    let restricted = Restriction { groups: [group()].into(), users: BTreeSet::new() };
                    let restricted = AssetFacts { restriction: Some(restricted), ..AssetFacts::default() };
                    let kept = AssetFacts { denying: [group()].into(), ..AssetFacts::default() };
                    let of_the_organization = Action::ALL.map(|action| (action, None));
                    let of_assets = [(Action::Read, Some(restricted)), (Action::Read, Some(kept))];
                    let asked = of_the_organization.into_iter().chain(of_assets);
                    let answers = asked.map(|(action, asset)| {
                        let facts = Facts {
                            user: Some(UserFacts { id: None, standing, role, grants: grants.clone() }),
                            visit: None,
                            organization: Some(OrganizationFacts { groups: BTreeSet::from([group()]) }),
                            asset,
                        };
                        let question = Question { action, organization: organization() };
                        let decision = decide(&question, &facts, Timestamp::from_millis(0));
                        assert_eq!(decision.allowed(), decision.reason() == "allowed");
                        if decision.allowed() { "yes" } else { decision.reason() }
                    });
                    let answers = answers.collect::<Vec<_>>().join(" | ");
                    table.push_str(&format!("{standing:?} | {role} | {name} | {answers}\n"));
                }
            }
        }
        crate::table::check("decisions.txt", &table);
    }

    #[test]
    fn an_organization_that_does_not_exist_looks_like_one_that_is_not_granted() {
        let ask = |role, exists: bool| {
            let facts = Facts {
                user: Some(UserFacts {
                    id: None,
                    standing: Standing::Active,
                    role,
                    grants: Grants::default(),
                }),
                visit: None,
                organization: exists.then(|| OrganizationFacts { groups: BTreeSet::new() }),
                asset: None,
            };
            decide(
                &Question { action: Action::Read, organization: organization() },
                &facts,
                Timestamp::from_millis(0),
            )
        };
        assert_eq!(ask(Role::Editor, true), ask(Role::Editor, false));
        assert_eq!(ask(Role::Administrator, false).reason(), "organization-unknown");
        assert!(ask(Role::Administrator, false).via.is_empty());
    }

    #[test]
    fn every_way_is_named() {
        let facts = Facts {
            user: Some(UserFacts {
                id: None,
                standing: Standing::Active,
                role: Role::Administrator,
                grants: Grants {
                    all_organizations: true,
                    organizations: BTreeSet::from([organization()]),
                    groups: BTreeSet::from([group(), GroupId::new(8).unwrap()]),
                },
            }),
            visit: None,
            organization: Some(OrganizationFacts { groups: BTreeSet::from([group()]) }),
            asset: None,
        };
        let question = Question { action: Action::Delete, organization: organization() };
        assert_eq!(
            decide(&question, &facts, Timestamp::from_millis(0)).via,
            [Via::Administrator, Via::AllOrganizations, Via::Direct, Via::Group(group())]
        );
    }

    /// Every role at home under every maximum role: whatever comes of it, a restriction and a denied type bind a visitor, and
    /// narrowing a person to one group takes the assets of the other.
    #[test]
    fn assets_bind_visitors_whatever_the_roles() {
        use crate::connection::State;
        let other = GroupId::new(8).unwrap();
        let both = Grants { groups: [group(), other].into(), ..Grants::default() };
        let named = |group| Restriction { groups: [group].into(), users: BTreeSet::new() };
        for maximum_role in Role::ALL {
            for role in Role::ALL.into_iter().filter(|role| *role != Role::Lite) {
                let connection = Connection {
                    state: State::Active,
                    maximum_role,
                    grants: both.clone(),
                    generation: 1,
                    invitation_expires_at: Timestamp::from_millis(0),
                    ends_at: None,
                };
                let mut visit = VisitFacts::of_anyone(connection);
                let ask = |visit: &VisitFacts, asset: AssetFacts| {
                    let facts = Facts {
                        user: Some(UserFacts {
                            id: UserId::new(1).ok(),
                            standing: Standing::Active,
                            role,
                            grants: Grants::default(),
                        }),
                        visit: Some(visit.clone()),
                        organization: Some(OrganizationFacts { groups: [group(), other].into() }),
                        asset: Some(asset),
                    };
                    let question = Question { action: Action::Read, organization: organization() };
                    decide(&question, &facts, Timestamp::from_millis(0)).reason()
                };
                let of = |group| AssetFacts { restriction: Some(named(group)), ..AssetFacts::default() };
                let kept = AssetFacts { denying: [other].into(), ..AssetFacts::default() };
                let stranger = GroupId::new(9).unwrap();
                assert_eq!(ask(&visit, of(group())), "allowed");
                assert_eq!(ask(&visit, of(stranger)), "resource-restricted");
                let by_name = Restriction { users: [UserId::new(1).unwrap()].into(), ..named(stranger) };
                let by_name = AssetFacts { restriction: Some(by_name), ..AssetFacts::default() };
                assert_eq!(ask(&visit, by_name), "resource-restricted", "the id is one of another account");
                assert_eq!(ask(&visit, kept.clone()), "resource-type-denied");
                let narrowed = Grants { groups: [group()].into(), ..Grants::default() };
                visit.person =
                    Some(PersonalLimit { access: true, maximum_role: None, grants: Some(narrowed) });
                assert_eq!(ask(&visit, of(group())), "allowed");
                assert_eq!(ask(&visit, of(other)), "resource-restricted");
                assert_eq!(ask(&visit, kept), "resource-type-denied", "narrowing gives nobody more");
            }
        }
    }

    #[test]
    fn a_removed_user_may_nothing() {
        let facts = Facts {
            user: None,
            visit: None,
            organization: Some(OrganizationFacts { groups: BTreeSet::new() }),
            asset: None,
        };
        let question = Question { action: Action::Read, organization: organization() };
        assert_eq!(decide(&question, &facts, Timestamp::from_millis(0)).reason(), "user-unknown");
    }
}

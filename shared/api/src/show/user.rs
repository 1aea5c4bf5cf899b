//! A user.

use std::collections::BTreeSet;

use policy::invitation::InvitationState;
use policy::{Delivery, GroupId, GroupReach, OrganizationId, Role, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use store::Invitation;
use web::{Email, Id, Time, Word, Words};

use super::via::Via;
use crate::document::{Count, Identifier, ToMany};
use crate::sponsor::Vouch;
use crate::types::{Groups, Organizations, Users};

/// A user of an account.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct User {
    r#type: Users,
    id: Id,
    attributes: UserAttributes,
    relationships: UserRelationships,
}

/// A user who would be invited. There is no id yet.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ForeseenUser {
    r#type: Users,
    attributes: UserAttributes,
    relationships: UserRelationships,
}

impl From<User> for ForeseenUser {
    fn from(User { r#type, attributes, relationships, .. }: User) -> Self {
        Self { r#type, attributes, relationships }
    }
}

/// The attributes of a user.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct UserAttributes {
    first_name: String,
    last_name: String,
    /// First and last name, or the e-mail address if there is no name.
    name: String,
    email: Email,
    role_name: Word<Role>,
    status: Word<UserStatus>,
    /// Whether it is all organizations of the account, including future ones.
    all_organizations: bool,
    /// Whether signing in requires a second factor.
    mfa: bool,
    /// When the latest mail was sent.
    invitation_sent_at: Option<Time>,
    invitation_accepted_at: Option<Time>,
    /// When the link expires; `null` if the user has accepted.
    invitation_expires_at: Option<Time>,
    invitation_delivery: Option<Word<Delivery>>,
    /// The current state of the link; `null` if the user has accepted.
    invitation_state: Option<Word<InvitationState>>,
    /// The user who is the invitation's sponsor; `null` if the user has accepted, or if the sponsor is an API key.
    invited_by_id: Option<Id>,
    /// The current name of the invitation's sponsor, or the last known name if they were removed; `null` if the user has
    /// accepted.
    invited_by_name: Option<String>,
    current_sign_in_at: Option<Time>,
    current_sign_in_ip: Option<String>,
    /// The sign-in before the current one.
    last_sign_in_at: Option<Time>,
    last_sign_in_ip: Option<String>,
    /// Always 0. Exists for compatibility with IT Glue.
    reputation: u64,
    /// Whether the user is in MyGlue instead of IT Glue.
    my_glue: bool,
    /// Always `null` here.
    my_glue_account_id: Option<Id>,
    /// Always `null` here.
    avatar: Option<String>,
    created_at: Time,
    updated_at: Time,
    /// The version, which rises with each change. For `If-Match`.
    version: u64,
}

/// The groups of a user, and the organizations that the user has access to.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct UserRelationships {
    groups: ToMany<Identifier<Groups>>,
    organizations: HadMany,
}

/// The organizations that are granted directly or through groups.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct HadMany {
    /// The organizations; absent if there are too many for the answer. `GET /access/organizations` lists them page by page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<HadOrganization>")]
    data: Option<Vec<HadOrganization>>,
    /// Number of them, if they are not listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Count")]
    meta: Option<Count>,
}

/// How many organizations the users of one answer can name: a function's answer has six megabytes at most, and groups have
/// thousands of organizations.
#[derive(Debug)]
pub struct Room(usize);

impl Default for Room {
    fn default() -> Self {
        Self(20_000)
    }
}

impl User {
    /// The same as one of several in an answer: its organizations are named as long as there is room, and counted after that.
    #[must_use]
    pub fn within(mut self, room: &mut Room) -> Self {
        let organizations = &mut self.relationships.organizations;
        let count = organizations.data.as_ref().map_or(0, Vec::len);
        match room.0.checked_sub(count) {
            Some(left) => room.0 = left,
            None => {
                let count = Count { count: u64::try_from(count).unwrap_or(u64::MAX) };
                *organizations = HadMany { data: None, meta: Some(count) };
            }
        }
        self
    }
}

/// An organization, and each way in which the user has access to it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct HadOrganization {
    r#type: Organizations,
    id: Id,
    meta: Had,
}

/// How the user has access.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Had {
    via: Vec<Via>,
}

/// Where a user stands at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserStatus {
    /// Has not accepted the invitation.
    Invited,
    /// Has not accepted it before its end.
    Expired,
    /// In.
    Active,
    /// Shut out for now.
    Suspended,
}

impl UserStatus {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Invited, Self::Expired, Self::Active, Self::Suspended];

    /// The name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Expired => "expired",
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }
}

impl Words for UserStatus {
    const SCHEMA: &'static str = "UserStatus";
    const ABOUT: &'static str = "The status of a user.";
    const ALL: &'static [Self] = &Self::ALL;

    fn word(self) -> &'static str {
        self.name()
    }
}

/// Every status that a user can have.
pub const USER_STATUSES: [&str; 4] = [
    UserStatus::Invited.name(),
    UserStatus::Expired.name(),
    UserStatus::Active.name(),
    UserStatus::Suspended.name(),
];

/// The status of a user now: a pending one is `invited` until the invitation ends, then `expired`.
#[must_use]
pub fn user_status(user: &store::User, invitation: Option<&Invitation>, now: Timestamp) -> UserStatus {
    match user.status {
        store::UserStatus::Active => UserStatus::Active,
        store::UserStatus::Suspended => UserStatus::Suspended,
        store::UserStatus::Invited
            if invitation.is_some_and(|invitation| invitation.life().is_expired(now)) =>
        {
            UserStatus::Expired
        }
        store::UserStatus::Invited => UserStatus::Invited,
    }
}

/// What the newest link of an invitation answers now.
#[must_use]
pub fn invitation_state(invitation: &Invitation, is_vouched_for: bool, now: Timestamp) -> InvitationState {
    InvitationState::of(invitation.life().is_expired(now), is_vouched_for)
}

/// A user. `groups` must hold what the user's groups reach; `vouch` says about a pending one whether whoever invited them may still
/// grant what they are to have ([`crate::Api::vouched_for`]); there is none where nobody may. Every organization says in `meta.via` how it is had.
#[must_use]
pub fn user(
    user: &store::User,
    invitation: Option<&Invitation>,
    vouch: &Vouch,
    groups: &GroupReach,
    now: Timestamp,
) -> User {
    let state = |invitation: &Invitation| invitation_state(invitation, vouch.stands, now);
    let pending = invitation.filter(|_| user.status == store::UserStatus::Invited);
    User {
        r#type: Users,
        id: user.id.into(),
        attributes: UserAttributes {
            first_name: user.first_name.clone(),
            last_name: user.last_name.clone(),
            name: user.name(),
            email: Email::from(&user.email),
            role_name: Word(user.role),
            status: Word(user_status(user, invitation, now)),
            all_organizations: user.grants().reach_all(user.role),
            mfa: user.mfa,
            invitation_sent_at: invitation.and_then(|invitation| invitation.sent_at).map(Time),
            invitation_accepted_at: user.accepted_at.map(Time),
            invitation_expires_at: pending.map(|invitation| Time(invitation.expires_at)),
            invitation_delivery: invitation.map(|invitation| Word(invitation.delivery)),
            invitation_state: pending.map(|invitation| Word(state(invitation))),
            invited_by_id: pending.and_then(|invitation| invitation.sponsor_id).map(Id::from),
            invited_by_name: pending.map(|invitation| vouch.name_or(&invitation.sponsor_name)),
            current_sign_in_at: user.current_sign_in_at.map(Time),
            current_sign_in_ip: user.current_sign_in_ip.clone(),
            last_sign_in_at: user.last_sign_in_at.map(Time),
            last_sign_in_ip: user.last_sign_in_ip.clone(),
            reputation: 0,
            my_glue: user.my_glue,
            my_glue_account_id: None,
            avatar: None,
            created_at: Time(user.created_at),
            updated_at: Time(user.updated_at),
            version: user.version,
        },
        relationships: UserRelationships {
            groups: ToMany::of(Groups, user.group_ids.iter().copied()),
            organizations: HadMany { data: Some(organizations(user, groups)), meta: None },
        },
    }
}

fn organizations(user: &store::User, groups: &GroupReach) -> Vec<HadOrganization> {
    let inherited = user.group_ids.iter().filter_map(|group| groups.get(group)).flatten();
    let all: BTreeSet<OrganizationId> = user.organization_ids.iter().chain(inherited).copied().collect();
    let had = |organization: OrganizationId| {
        let direct = user.organization_ids.contains(&organization).then_some(policy::decision::Via::Direct);
        let reached = |group: &&GroupId| groups.get(group).is_some_and(|reach| reach.contains(&organization));
        let through = user.group_ids.iter().filter(reached).copied().map(policy::decision::Via::Group);
        let via = direct.into_iter().chain(through).map(Via).collect();
        HadOrganization { r#type: Organizations, id: organization.into(), meta: Had { via } }
    };
    all.into_iter().map(had).collect()
}

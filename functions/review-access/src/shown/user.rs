//! A user of the account.

use api::show::{UserStatus, user_status};
use api::types::Users;
use policy::invitation::InvitationState;
use policy::{Role, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use store::{Invitation, User};
use web::{Email, Id, Time, Word};

use super::{Had, Relationships, kinds};

/// A user who has access.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewedUser {
    r#type: Users,
    id: Id,
    attributes: ReviewedUserAttributes,
    relationships: Relationships,
}

/// A user in the review.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct ReviewedUserAttributes {
    kind: kinds::User,
    name: String,
    email: Email,
    role_name: Word<Role>,
    status: Word<UserStatus>,
    /// The current state of the link; `null` if the user has accepted.
    invitation_state: Option<Word<InvitationState>>,
    /// Whether signing in requires a second factor.
    mfa: bool,
    /// When it was last used.
    last_used_at: Option<Time>,
    created_at: Time,
    all_organizations: bool,
    organization_names: Vec<String>,
    /// The types of assets that are denied to the user by a group, in lower case.
    denied_resource_types: Vec<String>,
}

impl ReviewedUser {
    pub(crate) fn of(
        user: &User,
        (invitation, state): (Option<&Invitation>, Option<InvitationState>),
        last_used_at: Option<Timestamp>,
        had: &Had<'_>,
        now: Timestamp,
    ) -> Self {
        Self {
            r#type: Users,
            id: user.id.into(),
            attributes: ReviewedUserAttributes {
                kind: kinds::User,
                name: user.name(),
                email: Email::from(&user.email),
                role_name: Word(user.role),
                status: Word(user_status(user, invitation, now)),
                invitation_state: state.map(Word),
                mfa: user.mfa,
                last_used_at: last_used_at.map(Time),
                created_at: Time(user.created_at),
                all_organizations: had.all,
                organization_names: had.names(),
                denied_resource_types: had.denied.clone(),
            },
            relationships: had.relationships(),
        }
    }
}

//! Another account, let in by a connection.

use api::types::Connections;
use policy::connection::Status;
use policy::invitation::InvitationState;
use policy::{Role, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use store::Connection;
use store::usage::Visited;
use web::{Id, Time, Word};

use super::{Had, Relationships, kinds};

/// An account whose users have access.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewedDelegate {
    r#type: Connections,
    id: Id,
    attributes: ReviewedDelegateAttributes,
    relationships: Relationships,
}

/// An account with access in the review.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct ReviewedDelegateAttributes {
    kind: kinds::Delegate,
    /// The name of the delegate.
    name: String,
    /// The subdomain of the delegate.
    subdomain: String,
    /// The maximum role.
    role_name: Word<Role>,
    status: Word<Status>,
    /// The current state of the invitation's link; `null` once it was answered.
    invitation_state: Option<Word<InvitationState>>,
    /// When one of its users last made a request.
    last_used_at: Option<Time>,
    /// Number of its users who have used the connection.
    last_used_by: Option<u64>,
    expires_at: Option<Time>,
    created_at: Time,
    all_organizations: bool,
    organization_names: Vec<String>,
    /// The types of assets that are denied to the user by a group, in lower case.
    denied_resource_types: Vec<String>,
}

impl ReviewedDelegate {
    pub(crate) fn of(
        connection: &Connection,
        state: Option<InvitationState>,
        visits: Option<&Visited>,
        had: &Had<'_>,
        now: Timestamp,
    ) -> Self {
        Self {
            r#type: Connections,
            id: connection.id.into(),
            attributes: ReviewedDelegateAttributes {
                kind: kinds::Delegate,
                name: connection.delegate_name.clone(),
                subdomain: connection.delegate_subdomain.clone(),
                role_name: Word(connection.maximum_role),
                status: Word(connection.life().status(now)),
                invitation_state: state.map(Word),
                last_used_at: visits.map(|visits| Time(visits.last_at)),
                last_used_by: visits.map(|visits| u64::try_from(visits.persons).unwrap_or(u64::MAX)),
                expires_at: connection.ends_at.map(Time),
                created_at: Time(connection.created_at),
                all_organizations: had.all,
                organization_names: had.names(),
                denied_resource_types: had.denied.clone(),
            },
            relationships: had.relationships(),
        }
    }
}

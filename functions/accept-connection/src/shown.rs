//! What the link in a GlueConnect mail opens, as JSON.

use api::types::ConnectionInvitations;
use policy::Role;
use schemars::JsonSchema;
use serde::Serialize;
use store::Connection;
use web::{Id, Time, Word};

/// The offer of another account.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConnectionInvitation {
    r#type: ConnectionInvitations,
    /// The id of the connection.
    id: Id,
    attributes: ConnectionInvitationAttributes,
}

/// The offer.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct ConnectionInvitationAttributes {
    host_account_name: String,
    delegate_account_name: String,
    inviter_name: String,
    maximum_role_name: Word<Role>,
    all_organizations: bool,
    /// The organizations that are offered; empty if it is all organizations.
    organization_names: Vec<String>,
    message: String,
    invitation_expires_at: Time,
    /// When the connection expires.
    expires_at: Option<Time>,
}

impl ConnectionInvitation {
    /// What is offered; no names for all organizations.
    pub(crate) fn of(connection: &Connection, organization_names: Option<Vec<String>>) -> Self {
        Self {
            r#type: ConnectionInvitations,
            id: connection.id.into(),
            attributes: ConnectionInvitationAttributes {
                host_account_name: connection.host_name.clone(),
                delegate_account_name: connection.delegate_name.clone(),
                inviter_name: connection.inviter_name.clone(),
                maximum_role_name: Word(connection.maximum_role),
                all_organizations: organization_names.is_none(),
                organization_names: organization_names.unwrap_or_default(),
                message: connection.message.clone(),
                invitation_expires_at: Time(connection.life().open_until()),
                expires_at: connection.ends_at.map(Time),
            },
        }
    }
}

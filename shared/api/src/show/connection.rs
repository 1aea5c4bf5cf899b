//! A connection.

use policy::connection::Status;
use policy::invitation::InvitationState;
use policy::{AccountId, Delivery, Role, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use store::Invitation;
use web::{Id, Time, Word, Words};

use crate::document::{Identifier, ToMany};
use crate::sponsor::Vouch;
use crate::types::{Connections, Groups, Organizations};

/// A connection, which gives another account, the delegate, access to an account, the host.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Connection {
    r#type: Connections,
    id: Id,
    attributes: ConnectionAttributes,
    /// What is granted. Only shown to the host.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ConnectionRelationships")]
    relationships: Option<ConnectionRelationships>,
}

/// The attributes of a connection.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct ConnectionAttributes {
    direction: Word<Direction>,
    status: Word<Status>,
    host_account_id: Id,
    host_account_name: String,
    delegate_account_id: Id,
    delegate_account_name: String,
    /// The subdomain of the delegate.
    subdomain: String,
    /// The highest role that users of the delegate can have in the host, whatever their own role.
    maximum_role_name: Word<Role>,
    /// Whether it is all organizations of the host, including future ones.
    all_organizations: bool,
    /// The message to the delegate's Administrators.
    message: String,
    /// The current name while the invitation is open. After that, or if the inviter was removed, the last known name. For an
    /// API key, the name of its account.
    inviter_name: String,
    /// Until when it can be answered: when the link expires or the access ends, whichever is earlier.
    invitation_expires_at: Time,
    /// The current state of the link; `null` if the invitation was answered or withdrawn.
    invitation_state: Option<Word<InvitationState>>,
    /// The delivery state of the mails; `null` for the delegate.
    invitation_delivery: Option<Word<Delivery>>,
    /// When it expires.
    expires_at: Option<Time>,
    accepted_at: Option<Time>,
    /// The name of the Administrator who accepted, at that time.
    accepted_by: Option<String>,
    created_at: Time,
    updated_at: Time,
    /// The version, which rises with each change. For `If-Match`.
    version: u64,
}

/// What a connection grants. Only shown to the host.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ConnectionRelationships {
    groups: ToMany<Identifier<Groups>>,
    organizations: ToMany<Identifier<Organizations>>,
}

/// Which way a connection goes, as an account sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// It lets another account in.
    Granted,
    /// It is let in by another account.
    Received,
}

impl Direction {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Granted, Self::Received];

    /// The way a connection goes, as this account sees it.
    #[must_use]
    pub fn of(connection: &store::Connection, viewer: AccountId) -> Self {
        if connection.host_id == viewer { Self::Granted } else { Self::Received }
    }

    /// The name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Received => "received",
        }
    }
}

impl Words for Direction {
    const SCHEMA: &'static str = "Direction";
    const ABOUT: &'static str = "Whether the account is the host or the delegate.";
    const ALL: &'static [Self] = &Self::ALL;

    fn word(self) -> &'static str {
        self.name()
    }
}

/// A connection as this account sees it. What is granted is shown to the host alone. `mails` are those of the newest
/// invitation, as far as they are known; `vouch` says about a pending one whether whoever made it may still do so
/// ([`crate::Api::offers_vouched_for`]).
#[must_use]
pub fn connection(
    connection: &store::Connection,
    viewer: AccountId,
    mails: &[Invitation],
    vouch: &Vouch,
    now: Timestamp,
) -> Connection {
    let direction = Direction::of(connection, viewer);
    let delivery = Delivery::of_several(&mails.iter().map(|mail| mail.delivery).collect::<Vec<_>>());
    let granted = || ConnectionRelationships {
        groups: ToMany::of(Groups, connection.group_ids.iter().copied()),
        organizations: ToMany::of(Organizations, connection.organization_ids.iter().copied()),
    };
    Connection {
        r#type: Connections,
        id: connection.id.into(),
        attributes: ConnectionAttributes {
            direction: Word(direction),
            status: Word(connection.life().status(now)),
            host_account_id: connection.host_id.into(),
            host_account_name: connection.host_name.clone(),
            delegate_account_id: connection.delegate_id.into(),
            delegate_account_name: connection.delegate_name.clone(),
            subdomain: connection.delegate_subdomain.clone(),
            maximum_role_name: Word(connection.maximum_role),
            all_organizations: connection.all_organizations,
            message: connection.message.clone(),
            inviter_name: vouch.name_or(&connection.inviter_name),
            invitation_expires_at: Time(connection.life().open_until()),
            invitation_state: connection.life().invitation_state(vouch.stands, now).map(Word),
            invitation_delivery: delivery.map(Word),
            expires_at: connection.ends_at.map(Time),
            accepted_at: connection.accepted_at.map(Time),
            accepted_by: connection.accepted_by.clone(),
            created_at: Time(connection.created_at),
            updated_at: Time(connection.updated_at),
            version: connection.version,
        },
        relationships: (direction == Direction::Granted).then(granted),
    }
}

//! What is said beside connections.

use policy::connection::Status;
use policy::invitation::InvitationState;
use schemars::JsonSchema;
use serde::Serialize;
use web::list;

/// Data about a page of connections and about the account.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "ConnectionListMeta", extend("additionalProperties" = false))]
pub struct Meta {
    #[serde(flatten)]
    pub(crate) list: list::Meta,
    /// Number of connections of the account per status, regardless of filters.
    pub(crate) status_counts: StatusCounts,
    /// Number of pending connections per state of their link, regardless of filters.
    pub(crate) invitation_state_counts: StateCounts,
}

/// Number of connection invitations per state of their link.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "InvitationStateCounts")]
pub struct StateCounts {
    open: u64,
    expired: u64,
    inviter_no_longer_allowed: u64,
}

impl StateCounts {
    /// Of invitations with these.
    pub(crate) fn of(states: impl Iterator<Item = InvitationState>) -> Self {
        let mut counts = Self::default();
        for state in states {
            *match state {
                InvitationState::Open => &mut counts.open,
                InvitationState::Expired => &mut counts.expired,
                InvitationState::StandsOnNobody => &mut counts.inviter_no_longer_allowed,
            } += 1;
        }
        counts
    }
}

/// Number of connections per status.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "ConnectionStatusCounts")]
pub struct StatusCounts {
    pending: u64,
    active: u64,
    suspended: u64,
    declined: u64,
    expired: u64,
    ended: u64,
}

impl StatusCounts {
    /// Of connections with these.
    pub(crate) fn of(statuses: impl Iterator<Item = Status>) -> Self {
        let mut counts = Self::default();
        for status in statuses {
            *match status {
                Status::Pending => &mut counts.pending,
                Status::Active => &mut counts.active,
                Status::Suspended => &mut counts.suspended,
                Status::Declined => &mut counts.declined,
                Status::Expired => &mut counts.expired,
                Status::Ended => &mut counts.ended,
            } += 1;
        }
        counts
    }
}

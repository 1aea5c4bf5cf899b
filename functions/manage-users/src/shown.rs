//! What is shown beside users.

use api::show::{Group, Organization, UserStatus};
use schemars::JsonSchema;
use serde::Serialize;
use web::list;

/// What can be included beside users.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "IncludedWithUsers")]
pub enum Included {
    /// A group that they are in.
    Group(Group),
    /// An organization that they have.
    Organization(Organization),
}

/// What a page of users says of itself and of the account.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "UserListMeta", extend("additionalProperties" = false))]
pub struct Meta {
    #[serde(flatten)]
    pub(crate) list: list::Meta,
    /// How many users of the account have which status, whatever the filters. Always there with `sort=status`, unless users are
    /// named by id, address or group; without it in accounts of up to 200 users, but for searches and behind cursors.
    pub(crate) status_counts: Option<StatusCounts>,
}

/// How many users have which status.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "UserStatusCounts")]
pub struct StatusCounts {
    invited: u64,
    expired: u64,
    active: u64,
    suspended: u64,
}

impl StatusCounts {
    /// Of users with these.
    pub(crate) fn of(statuses: impl Iterator<Item = UserStatus>) -> Self {
        let mut counts = Self::default();
        for status in statuses {
            *match status {
                UserStatus::Invited => &mut counts.invited,
                UserStatus::Expired => &mut counts.expired,
                UserStatus::Active => &mut counts.active,
                UserStatus::Suspended => &mut counts.suspended,
            } += 1;
        }
        counts
    }
}

//! What is shown beside users.

use api::show::{Group, Organization, UserStatus};
use schemars::JsonSchema;
use serde::Serialize;
use web::list;

/// A resource that can be included with users.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "IncludedWithUsers")]
pub enum Included {
    /// A group that the user is in.
    Group(Group),
    /// An organization that the user has access to.
    Organization(Organization),
}

/// Data about a page of users and about the account.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "UserListMeta", extend("additionalProperties" = false))]
pub struct Meta {
    #[serde(flatten)]
    pub(crate) list: list::Meta,
    /// Number of users of the account per status, regardless of filters. Always present with `sort=status`, unless users are
    /// filtered by id, address or group. Otherwise present in accounts of up to 200 users, except for searches and after a
    /// cursor.
    pub(crate) status_counts: Option<StatusCounts>,
}

/// Number of users per status.
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

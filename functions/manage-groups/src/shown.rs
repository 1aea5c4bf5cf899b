//! What is included beside groups.

use api::show::{Organization, User};
use schemars::JsonSchema;
use serde::Serialize;

/// A resource that can be included with groups.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "IncludedWithGroups")]
pub enum Included {
    /// A member.
    User(Box<User>),
    /// An organization that members of the group have access to.
    Organization(Box<Organization>),
}

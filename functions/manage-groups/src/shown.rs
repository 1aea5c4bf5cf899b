//! What is included beside groups.

use api::show::{Organization, User};
use schemars::JsonSchema;
use serde::Serialize;

/// What can be included beside groups.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "IncludedWithGroups")]
pub enum Included {
    /// A member.
    User(Box<User>),
    /// An organization that its members get.
    Organization(Box<Organization>),
}

//! What is included beside users.

use api::show::{Group, Organization};
use schemars::JsonSchema;
use serde::Serialize;

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

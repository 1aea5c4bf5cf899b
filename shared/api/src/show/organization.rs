//! An organization.

use policy::OrganizationId;
use schemars::JsonSchema;
use serde::Serialize;
use web::{Id, Time};

use crate::types::Organizations;

/// One of an account's customers.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Organization {
    r#type: Organizations,
    id: Id,
    attributes: OrganizationAttributes,
}

/// What is said of an organization.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct OrganizationAttributes {
    name: String,
    description: String,
    short_name: String,
    /// The organization that this one is part of.
    parent_id: Option<Id>,
    /// All that it is part of, from the topmost down.
    ancestor_ids: Vec<Id>,
    created_at: Time,
    updated_at: Time,
    /// Counts the changes: for `If-Match`.
    version: u64,
}

/// An organization. `line` are its ancestors, nearest first; shown from the topmost down.
#[must_use]
pub fn organization(organization: &store::Organization, line: &[OrganizationId]) -> Organization {
    Organization {
        r#type: Organizations,
        id: organization.id.into(),
        attributes: OrganizationAttributes {
            name: organization.name.clone(),
            description: organization.description.clone(),
            short_name: organization.short_name.clone(),
            parent_id: organization.parent_id.map(Id::from),
            ancestor_ids: line.iter().rev().copied().map(Id::from).collect(),
            created_at: Time(organization.created_at),
            updated_at: Time(organization.updated_at),
            version: organization.version,
        },
    }
}

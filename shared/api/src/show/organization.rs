//! An organization.

use policy::OrganizationId;
use schemars::JsonSchema;
use serde::Serialize;
use web::{Id, Time};

use crate::Labels;
use crate::types::Organizations;

/// One of an account's clients.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Organization {
    r#type: Organizations,
    id: Id,
    attributes: OrganizationAttributes,
}

/// The attributes of an organization.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct OrganizationAttributes {
    name: String,
    description: String,
    short_name: String,
    /// The id of the parent organization.
    parent_id: Option<Id>,
    /// The ids of all organizations above it, starting at the top.
    ancestor_ids: Vec<Id>,
    /// The id of its type, from the account's list `/organization_types`.
    organization_type_id: Option<Id>,
    organization_type_name: Option<String>,
    /// The id of its status, from the account's list `/organization_statuses`.
    organization_status_id: Option<Id>,
    organization_status_name: Option<String>,
    created_at: Time,
    updated_at: Time,
    /// The version, which rises with each change. For `If-Match`.
    version: u64,
}

/// An organization. `line` are its ancestors, nearest first; shown from the topmost down. `labels` has its words' names.
#[must_use]
pub fn organization(
    organization: &store::Organization,
    line: &[OrganizationId],
    labels: &Labels,
) -> Organization {
    let name = |id| labels.name(id).map(str::to_owned);
    Organization {
        r#type: Organizations,
        id: organization.id.into(),
        attributes: OrganizationAttributes {
            name: organization.name.clone(),
            description: organization.description.clone(),
            short_name: organization.short_name.clone(),
            parent_id: organization.parent_id.map(Id::from),
            ancestor_ids: line.iter().rev().copied().map(Id::from).collect(),
            organization_type_id: organization.type_id.map(Id::from),
            organization_type_name: name(organization.type_id),
            organization_status_id: organization.status_id.map(Id::from),
            organization_status_name: name(organization.status_id),
            created_at: Time(organization.created_at),
            updated_at: Time(organization.updated_at),
            version: organization.version,
        },
    }
}

//! An organization that somebody reaches.

use api::show::{Via, ways};
use api::types::Organizations;
use policy::{Decision, Role};
use schemars::JsonSchema;
use serde::Serialize;
use store::Organization;
use web::{Id, Word};

/// An organization that somebody has access to, and how.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReachedOrganization {
    r#type: Organizations,
    id: Id,
    attributes: ReachedOrganizationAttributes,
    meta: ReachedOrganizationMeta,
}

/// The attributes of an organization that somebody has access to.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct ReachedOrganizationAttributes {
    name: String,
    /// The role of the user in it.
    role_name: Word<Role>,
}

/// How the user has access to it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ReachedOrganizationMeta {
    via: Vec<Via>,
}

impl ReachedOrganization {
    /// An organization that is reached as this decision says, with this role.
    pub(crate) fn of(organization: &Organization, role: Role, decision: &Decision) -> Self {
        Self {
            r#type: Organizations,
            id: organization.id.into(),
            attributes: ReachedOrganizationAttributes {
                name: organization.name.clone(),
                role_name: Word(role),
            },
            meta: ReachedOrganizationMeta { via: ways(&decision.via) },
        }
    }
}

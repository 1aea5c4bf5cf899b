//! Restricted assets, and whether a user may reach them.

use api::show::{Via, ways};
use api::types::Restrictions;
use policy::Decision;
use policy::decision::Obstacle;
use schemars::JsonSchema;
use serde::Serialize;
use store::StoredRestriction;
use web::list::Meta;
use web::{Id, Word};

/// A restricted asset, and whether the user has access to it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReachedResource {
    r#type: Restrictions,
    id: Id,
    attributes: ReachedResourceAttributes,
}

/// The attributes, without the other users and groups that the restriction names.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct ReachedResourceAttributes {
    organization_id: Id,
    /// The type of the asset, in lower case.
    resource_type: String,
    /// The asset, as the application names it.
    resource_id: String,
    /// Whether the user may read it.
    allowed: bool,
    /// What allows it; empty if it is not allowed.
    via: Vec<Via>,
    /// The reasons why it is not allowed; empty if it is.
    obstacles: Vec<Word<Obstacle>>,
}

impl ReachedResource {
    /// The asset, as this decision says.
    pub(crate) fn of(restriction: &StoredRestriction, decision: &Decision) -> Self {
        Self {
            r#type: Restrictions,
            id: restriction.id.into(),
            attributes: ReachedResourceAttributes {
                organization_id: restriction.organization_id.into(),
                resource_type: restriction.resource_type.to_string(),
                resource_id: restriction.resource_id.to_string(),
                allowed: decision.allowed(),
                via: if decision.allowed() { ways(&decision.via) } else { Vec::new() },
                obstacles: decision.obstacles.iter().copied().map(Word).collect(),
            },
        }
    }
}

/// Data about the page and the list, and the types of assets that are denied to the user.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "ReachedResourcesMeta", extend("additionalProperties" = false))]
pub struct KeptTypes {
    #[serde(flatten)]
    pub(crate) list: Meta,
    /// The types of assets that are denied to the user in the whole account, in lower case.
    pub(crate) denied_resource_types: Vec<String>,
}

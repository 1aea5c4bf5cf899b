//! Who may reach one asset.

use schemars::JsonSchema;
use serde::Serialize;
use store::StoredRestriction;
use web::{Id, Time};

use crate::document::{Identifier, ToMany};
use crate::types::{Groups, Restrictions, Users};

/// Who may reach one asset, besides the Administrators of the account.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Restriction {
    r#type: Restrictions,
    id: Id,
    attributes: RestrictionAttributes,
    relationships: RestrictionRelationships,
}

/// What is said of a restriction.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct RestrictionAttributes {
    organization_id: Id,
    /// The type of the asset, in lower case.
    resource_type: String,
    /// The asset, as the application names it.
    resource_id: String,
    /// Whether everybody whom it named is gone: the asset is the Administrators' alone then.
    orphaned: bool,
    /// Who set it last; `null` for a program.
    set_by_id: Option<Id>,
    /// What they were called then.
    set_by_name: String,
    created_at: Time,
    /// When it was set last, or lost somebody who is gone.
    updated_at: Time,
    /// Counts the changes: for `If-Match`.
    version: u64,
}

/// Who may.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RestrictionRelationships {
    /// The groups whose members may.
    groups: ToMany<Identifier<Groups>>,
    /// The users who may.
    users: ToMany<Identifier<Users>>,
}

/// The restriction of an asset.
#[must_use]
pub fn restriction(restriction: &StoredRestriction) -> Restriction {
    Restriction {
        r#type: Restrictions,
        id: restriction.id.into(),
        attributes: RestrictionAttributes {
            organization_id: restriction.organization_id.into(),
            resource_type: restriction.resource_type.to_string(),
            resource_id: restriction.resource_id.to_string(),
            orphaned: restriction.facts().is_orphaned(),
            set_by_id: restriction.set_by_id.map(Id::from),
            set_by_name: restriction.set_by_name.clone(),
            created_at: Time(restriction.created_at),
            updated_at: Time(restriction.updated_at),
            version: restriction.version,
        },
        relationships: RestrictionRelationships {
            groups: ToMany::of(Groups, restriction.group_ids.iter().copied()),
            users: ToMany::of(Users, restriction.user_ids.iter().copied()),
        },
    }
}

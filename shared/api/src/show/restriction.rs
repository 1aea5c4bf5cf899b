//! Who may reach one asset.

use schemars::JsonSchema;
use serde::Serialize;
use store::StoredRestriction;
use web::{Id, Time};

use crate::document::{Identifier, ToMany};
use crate::types::{Groups, Restrictions, Users};

/// Who has access to one asset, apart from the Administrators of the account.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Restriction {
    r#type: Restrictions,
    id: Id,
    attributes: RestrictionAttributes,
    relationships: RestrictionRelationships,
}

/// The attributes of a restriction.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct RestrictionAttributes {
    organization_id: Id,
    /// The type of the asset, in lower case.
    resource_type: String,
    /// The asset, as the application names it.
    resource_id: String,
    /// Whether all users and groups that it named have been removed. Then only Administrators have access.
    orphaned: bool,
    /// The user who last set it; `null` for an API key.
    set_by_id: Option<Id>,
    /// The name at that time.
    set_by_name: String,
    created_at: Time,
    /// When it was last changed, including when a user or group in it was removed.
    updated_at: Time,
    /// The version, which rises with each change. For `If-Match`.
    version: u64,
}

/// Who has access.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RestrictionRelationships {
    /// The groups whose members have access.
    groups: ToMany<Identifier<Groups>>,
    /// The users who have access.
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

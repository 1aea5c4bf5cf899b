//! An API key.

use policy::{Role, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use web::{Id, Time, Word};

use crate::document::{Identifier, ToMany};
use crate::types::{ApiKeys, Organizations};

/// An API key, with which a program makes requests.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiKey {
    r#type: ApiKeys,
    id: Id,
    attributes: ApiKeyAttributes,
    relationships: ApiKeyRelationships,
}

/// The attributes of an API key.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct ApiKeyAttributes {
    name: String,
    role_name: Word<Role>,
    /// Whether it is all organizations of the account, including future ones.
    all_organizations: bool,
    created_at: Time,
    created_by_id: Id,
    /// The name when the key was created.
    created_by_name: String,
    /// When it expires.
    expires_at: Option<Time>,
    last_used_at: Option<Time>,
    /// The version, which rises with each change. For `If-Match`.
    version: u64,
    /// The key itself. Only in the first answer to the request that created it, otherwise `null`.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<Option<String>>,
}

/// The organizations of an API key.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ApiKeyRelationships {
    organizations: ToMany<Identifier<Organizations>>,
}

/// An API key, when it was last used, and the key itself for the one time that it is shown; `Some(None)` where it was.
#[must_use]
pub fn api_key(key: &store::ApiKey, last_used_at: Option<Timestamp>, text: Option<Option<String>>) -> ApiKey {
    ApiKey {
        r#type: ApiKeys,
        id: key.id.into(),
        attributes: ApiKeyAttributes {
            name: key.name.clone(),
            role_name: Word(key.role),
            all_organizations: key.permissions().grants.reach_all(key.role),
            created_at: Time(key.created_at),
            created_by_id: key.maker_id.into(),
            created_by_name: key.maker_name.clone(),
            expires_at: key.ends_at.map(Time),
            last_used_at: last_used_at.map(Time),
            version: key.version,
            key: text,
        },
        relationships: ApiKeyRelationships {
            organizations: ToMany::of(Organizations, key.organization_ids.iter().copied()),
        },
    }
}

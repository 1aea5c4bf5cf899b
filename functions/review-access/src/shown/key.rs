//! A program.

use api::types::ApiKeys;
use policy::{Role, Timestamp, api_keys};
use schemars::JsonSchema;
use serde::Serialize;
use store::ApiKey;
use web::{Id, Time, Word, Words};

use super::{Had, Relationships, kinds};

/// An API key, which gives a program access.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewedKey {
    r#type: ApiKeys,
    id: Id,
    attributes: ReviewedKeyAttributes,
    relationships: Relationships,
}

/// An API key in the review.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct ReviewedKeyAttributes {
    kind: kinds::ApiKey,
    name: String,
    role_name: Word<Role>,
    status: Word<KeyStatus>,
    /// The current name, or, if the user was removed, the name when the key was created.
    created_by_name: String,
    /// When it was last used.
    last_used_at: Option<Time>,
    expires_at: Option<Time>,
    created_at: Time,
    all_organizations: bool,
    organization_names: Vec<String>,
}

#[derive(Debug, Clone, Copy)]
enum KeyStatus {
    Active,
    Expired,
}

impl Words for KeyStatus {
    const SCHEMA: &'static str = "ApiKeyStatus";
    const ABOUT: &'static str = "Whether a key has expired.";
    const ALL: &'static [Self] = &[Self::Active, Self::Expired];

    fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Expired => "expired",
        }
    }
}

impl ReviewedKey {
    pub(crate) fn of(
        key: &ApiKey,
        maker: Option<String>,
        last_used_at: Option<Timestamp>,
        had: &Had<'_>,
        now: Timestamp,
    ) -> Self {
        let is_over = api_keys::is_over(key.ends_at, now);
        Self {
            r#type: ApiKeys,
            id: key.id.into(),
            attributes: ReviewedKeyAttributes {
                kind: kinds::ApiKey,
                name: key.name.clone(),
                role_name: Word(key.role),
                status: Word(if is_over { KeyStatus::Expired } else { KeyStatus::Active }),
                created_by_name: maker.unwrap_or_else(|| key.maker_name.clone()),
                last_used_at: last_used_at.map(Time),
                expires_at: key.ends_at.map(Time),
                created_at: Time(key.created_at),
                all_organizations: had.all,
                organization_names: had.names(),
            },
            relationships: had.relationships(),
        }
    }
}

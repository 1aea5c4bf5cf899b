//! What this function answers and no other does.

use std::collections::BTreeMap;
use std::fmt::Display;

use api::show::Restriction;
use policy::{GroupId, UserId};
use schemars::JsonSchema;
use serde::Serialize;
use store::StoredRestriction;
use web::words::Words;
use web::{Time, Word};

/// The outcome of setting several restrictions at once.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RestrictionsSet")]
pub struct Cascaded {
    /// The resulting restrictions, in the order of the rows.
    pub data: Vec<Restriction>,
    /// The outcome of each row.
    pub meta: Results,
}

/// The outcome of each row, in the order of the request.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RestrictionResults")]
pub struct Results {
    /// One for each row.
    pub results: Vec<RowResult>,
}

/// The outcome of a row.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "RestrictionResult")]
pub struct RowResult {
    /// The type of the asset, in lower case.
    pub resource_type: String,
    /// The asset.
    pub resource_id: String,
    /// The outcome.
    pub outcome: Word<RowOutcome>,
}

/// The outcome of a row, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowOutcome {
    /// Nothing restricted the asset before.
    Set,
    /// Others could reach it before.
    Changed,
    /// It was restricted so already.
    Unchanged,
    /// An earlier row is about the same asset.
    Duplicate,
    /// The caller could not reach the asset any more, and has not said that they want it so.
    ConfirmNeeded,
    /// The asset is closed to the caller.
    ResourceRestricted,
    /// Assets of this type are kept from the caller.
    ResourceTypeDenied,
}

impl Words for RowOutcome {
    const SCHEMA: &'static str = "RestrictionOutcome";
    const ABOUT: &'static str = "The outcome of a row. `set`: the asset was not restricted before. `changed`: the restriction was different before. `unchanged`: it already was restricted like this. `duplicate`: an earlier row is about the same asset. Any other value says why nothing was changed.";
    const ALL: &'static [Self] = &[
        Self::Set,
        Self::Changed,
        Self::Unchanged,
        Self::Duplicate,
        Self::ConfirmNeeded,
        Self::ResourceRestricted,
        Self::ResourceTypeDenied,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Set => "set",
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
            Self::Duplicate => "duplicate",
            Self::ConfirmNeeded => "confirm-needed",
            Self::ResourceRestricted => "resource-restricted",
            Self::ResourceTypeDenied => "resource-type-denied",
        }
    }
}

/// A line of the table of restrictions.
#[derive(Debug, Serialize)]
pub struct Line {
    attributes: LineAttributes,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct LineAttributes {
    resource_type: String,
    resource_id: String,
    orphaned: bool,
    group_names: Vec<String>,
    user_names: Vec<String>,
    set_by_name: String,
    created_at: Time,
    updated_at: Time,
}

impl Line {
    pub(crate) fn of(
        restriction: &StoredRestriction,
        groups: &BTreeMap<GroupId, String>,
        users: &BTreeMap<UserId, String>,
    ) -> Self {
        Self {
            attributes: LineAttributes {
                resource_type: restriction.resource_type.to_string(),
                resource_id: restriction.resource_id.to_string(),
                orphaned: restriction.facts().is_orphaned(),
                group_names: called(&restriction.group_ids, groups),
                user_names: called(&restriction.user_ids, users),
                set_by_name: restriction.set_by_name.clone(),
                created_at: Time(restriction.created_at),
                updated_at: Time(restriction.updated_at),
            },
        }
    }
}

/// Names where they are known, otherwise ids.
fn called<'a, Id: Ord + Display + 'a>(
    ids: impl IntoIterator<Item = &'a Id>,
    names: &BTreeMap<Id, String>,
) -> Vec<String> {
    ids.into_iter().map(|id| names.get(id).cloned().unwrap_or_else(|| id.to_string())).collect()
}

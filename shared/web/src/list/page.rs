//! What stands around the rows of a page.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

/// What a page says of itself and of the whole list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "ListMeta")]
pub struct Meta {
    /// The number of the page, from 1; `null` behind a cursor.
    pub(super) current_page: Option<u64>,
    /// `null` on the last page, and where nothing was counted.
    pub(super) next_page: Option<u64>,
    pub(super) prev_page: Option<u64>,
    /// `null` behind a cursor, where nothing is counted.
    pub(super) total_pages: Option<u64>,
    /// How many there are on all pages; `null` behind a cursor, where nothing is counted.
    pub(super) total_count: Option<u64>,
    pub(super) has_next_page: bool,
    /// The filters of the request, each with its value.
    pub(super) filters: BTreeMap<String, String>,
}

/// Where a page and those around it are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "ListLinks")]
pub struct Links {
    #[serde(rename = "self")]
    pub(super) this: String,
    pub(super) first: String,
    pub(super) prev: Option<String>,
    /// Where the list goes on; `null` at its end.
    pub(super) next: Option<String>,
    /// `null` behind a cursor.
    pub(super) last: Option<String>,
}

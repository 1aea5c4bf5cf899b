//! What one step of an erasure did.

use api::types::Erasures;
use policy::LogEntryId;
use schemars::JsonSchema;
use serde::Serialize;
use web::Id;

/// One step of an erasure.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Erasure {
    r#type: Erasures,
    /// The id of this step.
    id: Id,
    attributes: ErasureAttributes,
}

/// How far it came.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct ErasureAttributes {
    /// Number of log entries that this step looked at.
    entries_read: usize,
    /// Number of these that named the person and no longer do.
    entries_erased: usize,
    /// Send this in the next request; `null` when the whole log was looked at.
    after: Option<String>,
}

impl Erasure {
    /// One step that looked at so many entries and erased something of so many.
    pub(crate) fn of(id: LogEntryId, read: usize, erased: usize, after: Option<String>) -> Self {
        let attributes = ErasureAttributes { entries_read: read, entries_erased: erased, after };
        Self { r#type: Erasures, id: id.into(), attributes }
    }
}

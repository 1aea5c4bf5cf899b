//! What is said beside a new account.

use schemars::JsonSchema;
use serde::Serialize;
use web::Id;

/// The owner of a new account.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FirstUser {
    /// The account's first Administrator.
    pub(crate) user_id: Id,
}

//! What is said beside a new account.

use schemars::JsonSchema;
use serde::Serialize;
use web::Id;

/// Whose a new account is.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FirstUser {
    /// Its first Administrator.
    pub(crate) user_id: Id,
}

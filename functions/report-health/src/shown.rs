//! That the product can answer.

use schemars::JsonSchema;
use serde::Serialize;

web::constants! {
    /// It can answer.
    Healthy = "ok";
}

/// A document without data.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Health {
    pub(crate) meta: HealthMeta,
}

/// Whether the product can answer.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HealthMeta {
    pub(crate) status: Healthy,
}

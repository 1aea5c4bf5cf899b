//! That the product can answer.

use schemars::JsonSchema;
use serde::Serialize;

web::constants! {
    /// It can answer.
    Healthy = "ok";
}

/// A document with only `meta`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Health {
    pub(crate) meta: HealthMeta,
}

/// Whether the product is able to answer.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HealthMeta {
    pub(crate) status: Healthy,
}

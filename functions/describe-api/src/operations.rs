//! What this function answers, for the OpenAPI document.

use serde_json::{Map, Value};
use web::operation::{Answered, Caller, Operation, Tag};

/// What this function answers.
pub const OPERATIONS: &[Operation] =
    &[Operation::get("/openapi.json", "describeApi", Tag::Product, "Shows this document.")
        .by(Caller::Anyone)
        .answers(&[
            Answered::with::<Map<String, Value>>(200, "The OpenAPI document.").of_type("application/json")
        ])
        .refused(&[400])];

//! What this function answers, for the OpenAPI document.

use web::operation::{Answered, Caller, Operation, Tag};

use crate::shown::Health;

/// What this function answers.
pub const OPERATIONS: &[Operation] = &[Operation::get(
    "/health",
    "reportHealth",
    Tag::Product,
    "Shows whether the product is able to answer.",
)
.by(Caller::Anyone)
.answers(&[Answered::with::<Health>(200, "The product is able to answer.")])];

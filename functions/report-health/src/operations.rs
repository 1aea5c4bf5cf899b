//! What this function answers, for the OpenAPI document.

use web::operation::{Answered, Caller, Operation, Tag};

use crate::shown::Health;

/// What this function answers.
pub const OPERATIONS: &[Operation] =
    &[Operation::get("/health", "reportHealth", Tag::Product, "Tells whether the product can answer.")
        .by(Caller::Anyone)
        .answers(&[Answered::with::<Health>(200, "It can.")])];

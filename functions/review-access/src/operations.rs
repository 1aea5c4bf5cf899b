//! What this function answers, for the OpenAPI document.

use api::document::Page;
use web::operation::{Answered, Operation, Tag};

use crate::review::SHAPE;
use crate::shown::Line;

/// What this function answers.
pub const OPERATIONS: &[Operation] = &[Operation::get(
    "/access/review",
    "reviewAccess",
    Tag::Access,
    "Lists everyone and everything that has access to the account: users, delegates, keys.",
)
.list(&SHAPE)
.answers(&[Answered::with::<Page<Line>>(
    200,
    "A page of users, delegates and API keys, each with role, organizations and last use.",
)])];

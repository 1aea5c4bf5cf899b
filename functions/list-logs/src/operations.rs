//! What this function answers, for the OpenAPI document.

use web::operation::{Answered, Operation, Tag};

use crate::list::SHAPE;

/// What this function answers.
pub const OPERATIONS: &[Operation] = &[Operation::get(
    "/logs",
    "listLogs",
    Tag::Logs,
    "Lists the entries of the activity log that the caller may read, newest first.",
)
.list(&SHAPE)
.answers(&[Answered::with::<()>(200, "A page of entries.")])];

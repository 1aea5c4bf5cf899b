//! What this function answers, for the OpenAPI document.

use api::document::Data;
use web::operation::{Answered, Caller, Operation, Tag};

use crate::erase::BODY;
use crate::shown::Erasure;

/// What this function answers.
pub const OPERATIONS: &[Operation] = &[Operation::post(
    "/erasures",
    "erasePerson",
    Tag::Logs,
    "Erases a removed person's name, addresses and texts about them from a part of the activity log. Repeat it with `after` until that is null.",
)
.by(Caller::Person)
.body(&BODY)
.answers(&[Answered::with::<Data<Erasure>>(200, "What was erased, and where to go on.")])
.refused(&[409])];

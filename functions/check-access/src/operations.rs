//! What this function answers, for the OpenAPI document.

use api::document::{Data, OneOrMany};
use web::operation::{Answered, Operation, Tag};

use crate::check;
use crate::shown::AccessCheck;

/// What this function answers.
pub const OPERATIONS: &[Operation] = &[
    Operation::post(
        "/access/check",
        "checkAccess",
        Tag::Access,
        "Checks whether a user may do something in an organization, and says why or why not. Takes up to a hundred questions at once.",
    )
    .body(&check::BODY)
    .answers(&[Answered::with::<Data<OneOrMany<AccessCheck>>>(200, "The answers, in the order of the questions.")]),
];

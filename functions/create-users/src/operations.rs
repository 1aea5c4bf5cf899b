//! What this function answers, for the OpenAPI document.

use api::show::{ForeseenUser, User};
use web::body::{Attribute, Kind};
use web::operation::{Answered, Operation, Tag};

use crate::rows::BODY;
use crate::shown::Invited;

/// What this function answers.
pub const OPERATIONS: &[Operation] = &[Operation::post(
    "/users",
    "inviteUsers",
    Tag::Users,
    "Invites one person, or up to five hundred: all of them, or, with a fault in the request, nobody.",
)
.flags(&[Attribute::optional("preview", Kind::Flag, "Answers what would come of it, and writes nothing.")])
.body(&BODY)
.answers(&[
    Answered::with::<Invited<ForeseenUser>>(
        200,
        "With `preview`: those who would be invited, and what would come of each address.",
    ),
    Answered::with::<Invited<User>>(201, "Those who were invited, and what came of each address, in order.")
        .located(),
])];

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
    "Invites one user, or up to five hundred at once. If the request has an error, nobody is invited.",
)
.flags(&[Attribute::optional(
    "preview",
    Kind::Flag,
    "Returns the outcome for each address without inviting anybody.",
)])
.body(&BODY)
.answers(&[
    Answered::with::<Invited<ForeseenUser>>(
        200,
        "With `preview`: the users who would be invited, and the outcome for each address.",
    ),
    Answered::with::<Invited<User>>(201, "The invited users, and the outcome for each address, in order.")
        .located(),
])];

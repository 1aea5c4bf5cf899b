//! What this function answers, for the OpenAPI document.

use api::document::Data;
use api::resend::BODY;
use api::show::User;
use web::operation::{Answered, Operation, Tag};

const ANSWERS: &[Answered] = &[Answered::with::<Data<User>>(202, "The user, with the new invitation.")];

/// What this function answers.
pub const OPERATIONS: &[Operation] = &[
    Operation::post(
        "/users/{id}/invitation",
        "resendInvitation",
        Tag::Users,
        "Mails a new link to a pending user. Older links stop working; an expired invitation is open again.",
    )
    .optional_body(&BODY)
    .answers(ANSWERS),
    Operation::post(
        "/users/{id}/resend_invitation",
        "resendInvitationAsItGlue",
        Tag::Users,
        "The same as `resendInvitation`, at the URL of the public IT Glue API.",
    )
    .optional_body(&BODY)
    .answers(ANSWERS),
];

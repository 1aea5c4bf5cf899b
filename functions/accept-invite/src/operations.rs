//! What this function answers, for the OpenAPI document.

use api::document::Data;
use api::show;
use web::operation::{Answered, Caller, Operation, Tag};

use crate::accept::{BODY, FIELDS};
use crate::shown::OpenInvitation;

/// What this function answers.
pub const OPERATIONS: &[Operation] = &[
    Operation::get(
        "/invitations/{token}",
        "showInvitation",
        Tag::Invitations,
        "Shows the invitation of a link from a mail, without changing anything.",
    )
    .by(Caller::Anyone)
    .pages()
    .answers(&[Answered::with::<Data<OpenInvitation>>(200, "The invitation.")])
    .refused(&[410, 429]),
    Operation::post(
        "/invitations/{token}",
        "acceptInvitation",
        Tag::Invitations,
        "Accepts the invitation and signs the new user in. Works once, until the link expires.",
    )
    .by(Caller::Anyone)
    .body(&BODY)
    .form(FIELDS)
    .pages()
    .answers(&[
        Answered::with::<Data<show::SessionToken>>(201, "A session of the new user.").located(),
        Answered::empty(303, "For the form: a cookie, and the welcome page.").located(),
    ])
    .refused(&[401, 403, 410, 429]),
];

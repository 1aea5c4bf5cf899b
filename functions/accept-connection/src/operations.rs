//! What this function answers, for the OpenAPI document.

use api::document::Data;
use api::show;
use web::operation::{Answered, Caller, Operation, Tag};

use crate::answer::{BODY, BODY_INSIDE, FORM};
use crate::page::ANSWERED;
use crate::shown::ConnectionInvitation;

/// What this function answers.
pub const OPERATIONS: &[Operation] = &[
    Operation::get(
        "/connection-invitations/{token}",
        "showConnectionInvitation",
        Tag::GlueConnect,
        "Shows the GlueConnect invitation of a link from a mail, without changing anything.",
    )
    .by(Caller::Anyone)
    .flags(&[ANSWERED])
    .pages()
    .answers(&[Answered::with::<Data<ConnectionInvitation>>(200, "The offer.")])
    .refused(&[400, 410, 429]),
    Operation::post(
        "/connection-invitations/{token}",
        "answerConnectionInvitation",
        Tag::GlueConnect,
        "Accepts or declines the invitation as an Administrator of the invited account. Works once.",
    )
    .by(Caller::PersonOrForm)
    .body(&BODY)
    .form(FORM)
    .pages()
    .answers(&[
        Answered::with::<Data<show::Connection>>(200, "The connection."),
        Answered::empty(303, "For the form: a page that shows the answer.").located(),
    ])
    .refused(&[410, 429]),
    Operation::post(
        "/connections/{id}/answer",
        "answerConnection",
        Tag::GlueConnect,
        "Accepts or declines a pending invitation while signed in, without the link from the mail.",
    )
    .by(Caller::Person)
    .body(&BODY_INSIDE)
    .answers(&[Answered::with::<Data<show::Connection>>(200, "The connection.")])
    .refused(&[410]),
];

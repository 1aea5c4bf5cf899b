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
        "Shows what the link in a GlueConnect mail offers, and changes nothing.",
    )
    .by(Caller::Anyone)
    .flags(&[ANSWERED])
    .pages()
    .answers(&[Answered::with::<Data<ConnectionInvitation>>(200, "What is offered.")])
    .refused(&[400, 410, 429]),
    Operation::post(
        "/connection-invitations/{token}",
        "answerConnectionInvitation",
        Tag::GlueConnect,
        "Accepts or declines, once, as an Administrator of the invited account.",
    )
    .by(Caller::PersonOrForm)
    .body(&BODY)
    .form(FORM)
    .pages()
    .answers(&[
        Answered::with::<Data<show::Connection>>(200, "The connection."),
        Answered::empty(303, "To the form: the page that shows what was answered.").located(),
    ])
    .refused(&[410, 429]),
    Operation::post(
        "/connections/{id}/answer",
        "answerConnection",
        Tag::GlueConnect,
        "Accepts or declines a pending offer while signed in, without the mail.",
    )
    .by(Caller::Person)
    .body(&BODY_INSIDE)
    .answers(&[Answered::with::<Data<show::Connection>>(200, "The connection.")])
    .refused(&[410]),
];

//! What this function answers, for the OpenAPI document.

use api::document::Data;
use api::show;
use web::operation::{Answered, Caller, Operation, Tag};

use crate::answer::{BODY, FORM};
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
    .pages()
    .answers(&[Answered::with::<Data<ConnectionInvitation>>(200, "What is offered.")])
    .refused(&[410]),
    Operation::head(
        "/connection-invitations/{token}",
        "checkConnectionInvitation",
        Tag::GlueConnect,
        "Tells whether the link in a GlueConnect mail is good.",
    )
    .by(Caller::Anyone)
    .answers(&[Answered::empty(200, "It is good.")])
    .refused(&[410]),
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
    .answers(&[Answered::with::<Data<show::Connection>>(200, "The connection.")])
    .refused(&[410]),
];

//! What this function answers, for the OpenAPI document.

use api::document::{Data, WithMeta};
use api::show;
use web::operation::{Answered, Caller, Operation, Tag};

use crate::shown::{Accounts, Session};
use crate::{session, sign_in};

/// What this function answers.
pub const OPERATIONS: &[Operation] = &[
    Operation::post(
        "/sessions",
        "signIn",
        Tag::Sessions,
        "Signs a person in. Wrong credentials of any kind are answered alike.",
    )
    .by(Caller::Anyone)
    .body(&sign_in::BODY)
    .answers(&[Answered::with::<Data<show::Session>>(201, "A session, with its token.")])
    .refused(&[401, 403]),
    Operation::get(
        "/session",
        "showSession",
        Tag::Sessions,
        "Shows who the caller is and where, and which accounts they can switch into.",
    )
    .by(Caller::Person)
    .answers(&[Answered::with::<WithMeta<Session, Accounts>>(200, "The session.")]),
    Operation::patch(
        "/session",
        "switchAccount",
        Tag::Sessions,
        "Switches into an account that lets the caller in, or back into the own one.",
    )
    .by(Caller::Person)
    .body(&session::BODY)
    .answers(&[Answered::with::<Data<show::Session>>(200, "A session there, with its token.")])
    .refused(&[404]),
    Operation::delete(
        "/session",
        "signOut",
        Tag::Sessions,
        "Signs out everywhere: every token of the user is dead.",
    )
    .by(Caller::Person)
    .answers(&[Answered::empty(204, "Nobody is signed in as the caller any more.")]),
];

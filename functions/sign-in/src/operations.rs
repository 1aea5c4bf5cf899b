//! What this function answers, for the OpenAPI document.

use api::document::{Data, Page, WithMeta};
use api::show;
use web::operation::{Answered, Caller, Operation, Tag};

use crate::shown::{Accounts, Session, SignedIn};
use crate::{browsers, proof, renewal, session, sign_in};

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
    .form(sign_in::FORM)
    .pages()
    .answers(&[
        Answered::with::<Data<show::Session>>(201, "A session, with its token.").located(),
        Answered::empty(303, "To the form: a cookie, and the page of the console to go on with.").located(),
    ])
    .refused(&[401, 403, 429]),
    Operation::get(
        "/sessions",
        "listSessions",
        Tag::Sessions,
        "Lists where the caller is signed in; for an Administrator, with a filter, where somebody else of the account is.",
    )
    .by(Caller::Person)
    .list(&browsers::SHAPE)
    .answers(&[
        Answered::with::<Page<SignedIn>>(200, "A page of sessions."),
        Answered::empty(303, "To a person who has no token: the sign-in page.").located(),
    ])
    .refused(&[404]),
    Operation::delete(
        "/sessions/{id}",
        "endSession",
        Tag::Sessions,
        "Ends one session of the caller's, or, for an Administrator, of somebody in the account.",
    )
    .by(Caller::Person)
    .answers(&[Answered::empty(204, "Its token is dead.")]),
    Operation::post(
        "/session/proof",
        "proveSession",
        Tag::Sessions,
        "Proves again who the caller is. For ten minutes the session may change credentials.",
    )
    .by(Caller::Person)
    .body(&proof::BODY)
    .answers(&[Answered::with::<Data<show::Session>>(200, "The session, with a token.")]),
    Operation::post(
        "/session/renewals",
        "renewSession",
        Tag::Sessions,
        "Gives a page of the console, by its browser's cookie, a token for one account and some minutes.",
    )
    .by(Caller::Browser)
    .optional_body(&renewal::BODY)
    .answers(&[Answered::with::<Data<show::Session>>(201, "A token for the page.")])
    .refused(&[404]),
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
        "Signs out everywhere: every token of the user is dead. A browser that sends its cookie signs itself out, and others if it says so.",
    )
    .by(Caller::Person)
    .flags(&[session::EVERYWHERE])
    .answers(&[Answered::empty(204, "Nobody is signed in as the caller any more, here or anywhere.")]),
];

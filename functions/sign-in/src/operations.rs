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
        "Signs a user in. All kinds of wrong credentials get the same answer.",
    )
    .by(Caller::Anyone)
    .body(&sign_in::BODY)
    .form(sign_in::FORM)
    .pages()
    .answers(&[
        Answered::with::<Data<show::SessionToken>>(201, "A session, with its token.").located(),
        Answered::empty(303, "For the form: a cookie, and a redirect to the page of the console.").located(),
    ])
    .refused(&[401, 403, 429]),
    Operation::get(
        "/sessions",
        "listSessions",
        Tag::Sessions,
        "Lists the sessions of the caller. With a filter, Administrators can list the sessions of another user of the account.",
    )
    .by(Caller::Person)
    .list(&browsers::SHAPE)
    .answers(&[
        Answered::with::<Page<SignedIn>>(200, "A page of sessions."),
        Answered::empty(303, "For a browser without a token: the sign-in page.").located(),
    ])
    .refused(&[404]),
    Operation::delete(
        "/sessions/{id}",
        "endSession",
        Tag::Sessions,
        "Ends one of the caller's sessions. Administrators can end sessions of other users of the account.",
    )
    .by(Caller::Person)
    .answers(&[Answered::empty(204, "The session has ended.")]),
    Operation::post(
        "/session/proof",
        "proveSession",
        Tag::Sessions,
        "Confirms the caller's identity again. For the next ten minutes the session may change credentials.",
    )
    .by(Caller::Person)
    .body(&proof::BODY)
    .answers(&[Answered::with::<Data<show::SessionToken>>(200, "The session, with a token.")]),
    Operation::post(
        "/session/renewals",
        "renewSession",
        Tag::Sessions,
        "Exchanges the browser's session cookie for a short-lived access token for one account. Used by the console.",
    )
    .by(Caller::Browser)
    .optional_body(&renewal::BODY)
    .answers(&[Answered::with::<Data<show::SessionToken>>(201, "A token for the page.")])
    .refused(&[404]),
    Operation::get(
        "/session",
        "showSession",
        Tag::Sessions,
        "Shows the caller's session: who they are, in which account, and which accounts they can switch into.",
    )
    .by(Caller::Person)
    .answers(&[Answered::with::<WithMeta<Session, Accounts>>(200, "The session.")]),
    Operation::patch(
        "/session",
        "switchAccount",
        Tag::Sessions,
        "Switches into an account that gives the caller access, or back to their own.",
    )
    .by(Caller::Person)
    .body(&session::BODY)
    .answers(&[Answered::with::<Data<show::SessionToken>>(200, "A session in that account, with its token.")])
    .refused(&[404]),
    Operation::delete(
        "/session",
        "signOut",
        Tag::Sessions,
        "Ends all sessions of the user. With a browser's cookie it ends that session, and the others if asked to.",
    )
    .by(Caller::Person)
    .flags(&[session::EVERYWHERE])
    .answers(&[Answered::empty(204, "All sessions of the caller have ended.")]),
];

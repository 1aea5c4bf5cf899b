//! What this function answers, for the OpenAPI document.

use api::document::Data;
use api::show;
use web::operation::{Answered, Caller, Operation, Tag};

use crate::ask::{REMINDER, REMINDER_FIELDS, RESET, RESET_FIELDS};
use crate::change;
use crate::reset::{BODY, DONE, FIELDS};
use crate::shown::PasswordReset;

/// What this function answers.
pub const OPERATIONS: &[Operation] = &[
    Operation::post(
        "/users/{id}/password",
        "changePassword",
        Tag::Passwords,
        "Changes the caller's own password and ends all other sessions of the caller.",
    )
    .by(Caller::Person)
    .body(&change::BODY)
    .answers(&[Answered::with::<Data<show::SessionToken>>(200, "The caller's session, with a new token.")]),
    Operation::post(
        "/password-resets",
        "askForPasswordReset",
        Tag::Passwords,
        "Mails a link for setting a new password. The answer does not reveal whether the user exists.",
    )
    .by(Caller::Anyone)
    .body(&RESET)
    .form(RESET_FIELDS)
    .answers(&[
        Answered::empty(202, "The request is accepted. If there is such a user, a mail is sent."),
        Answered::empty(303, "For the form: a page that says the same.").located(),
    ])
    .refused(&[403]),
    Operation::get(
        "/password-resets/{token}",
        "showPasswordReset",
        Tag::Passwords,
        "Shows whose password the link from a mail sets, without changing anything.",
    )
    .by(Caller::Anyone)
    .flags(&[DONE])
    .pages()
    .answers(&[Answered::with::<Data<PasswordReset>>(200, "The link works.")])
    .refused(&[400, 410, 429]),
    Operation::post(
        "/password-resets/{token}",
        "resetPassword",
        Tag::Passwords,
        "Sets a new password. The link works once, until it expires. All sessions of the user end, and nobody is signed in.",
    )
    .by(Caller::Anyone)
    .body(&BODY)
    .form(FIELDS)
    .pages()
    .answers(&[
        Answered::empty(204, "The password is set."),
        Answered::empty(303, "For the form: a page that says the same.").located(),
    ])
    .refused(&[403, 410, 429]),
    Operation::post(
        "/subdomain-reminders",
        "askForSubdomains",
        Tag::Passwords,
        "Mails the names of the accounts in which an e-mail address is a user. The answer does not reveal whether there are any.",
    )
    .by(Caller::Anyone)
    .body(&REMINDER)
    .form(REMINDER_FIELDS)
    .answers(&[
        Answered::empty(202, "The request is accepted. If there are any, a mail is sent."),
        Answered::empty(303, "For the form: a page that says the same.").located(),
    ])
    .refused(&[403]),
];

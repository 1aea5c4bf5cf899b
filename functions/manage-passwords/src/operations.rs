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
        "Changes the caller's own password. All other sessions of the caller end.",
    )
    .by(Caller::Person)
    .body(&change::BODY)
    .answers(&[Answered::with::<Data<show::Session>>(200, "The caller's session, with a new token.")]),
    Operation::post(
        "/password-resets",
        "askForPasswordReset",
        Tag::Passwords,
        "Mails a link that sets a new password. The answer does not tell whether there is such a user.",
    )
    .by(Caller::Anyone)
    .body(&RESET)
    .form(RESET_FIELDS)
    .answers(&[
        Answered::empty(202, "If there is such a user, a mail is on its way."),
        Answered::empty(303, "To the form: the page that says the same.").located(),
    ])
    .refused(&[403]),
    Operation::get(
        "/password-resets/{token}",
        "showPasswordReset",
        Tag::Passwords,
        "Shows whose password the link in a mail sets, and changes nothing.",
    )
    .by(Caller::Anyone)
    .flags(&[DONE])
    .pages()
    .answers(&[Answered::with::<Data<PasswordReset>>(200, "The link is good.")])
    .refused(&[400, 410, 429]),
    Operation::post(
        "/password-resets/{token}",
        "resetPassword",
        Tag::Passwords,
        "Sets a new password, once and in time. Every session of the user ends, and nobody is signed in.",
    )
    .by(Caller::Anyone)
    .body(&BODY)
    .form(FIELDS)
    .pages()
    .answers(&[
        Answered::empty(204, "The password is set."),
        Answered::empty(303, "To the form: the page that says so.").located(),
    ])
    .refused(&[403, 410, 429]),
    Operation::post(
        "/subdomain-reminders",
        "askForSubdomains",
        Tag::Passwords,
        "Mails the names of the accounts in which an address is a user. The answer does not tell whether there are any.",
    )
    .by(Caller::Anyone)
    .body(&REMINDER)
    .form(REMINDER_FIELDS)
    .answers(&[
        Answered::empty(202, "If there are any, a mail is on its way."),
        Answered::empty(303, "To the form: the page that says the same.").located(),
    ])
    .refused(&[403]),
];

//! What this function answers, for the OpenAPI document.

use api::document::WithMeta;
use api::show::Account;
use web::operation::{Answered, Caller, Operation, Tag};

use crate::closing;
use crate::settings::BODY;
use crate::shown::Licences;

/// What this function answers.
pub const OPERATIONS: &[Operation] = &[
    Operation::get("/account", "showAccount", Tag::Accounts, "Shows the caller's account and its settings.")
        .answers(&[Answered::with::<WithMeta<Account, Licences>>(
            200,
            "The account, and how many users it has.",
        )]),
    Operation::patch("/account", "updateAccount", Tag::Accounts, "Changes the account's settings.")
        .by(Caller::Person)
        .body(&BODY)
        .versioned()
        .previews()
        .answers(&[Answered::with::<WithMeta<Account, Licences>>(
            200,
            "The account after the change. In a preview: as it would be, and who would lose access.",
        )]),
    Operation::post(
        "/account/closing",
        "closeAccount",
        Tag::Accounts,
        "Closes the account in thirty days, unless an Administrator stops it. Every Administrator gets a mail. Until then nobody new can be invited.",
    )
    .by(Caller::Person)
    .body(&closing::BODY)
    .answers(&[Answered::with::<WithMeta<Account, Licences>>(
        200,
        "The account, with the date. If it was closing already, the date stays as it was.",
    )]),
    Operation::delete(
        "/account/closing",
        "keepAccount",
        Tag::Accounts,
        "Stops the closing of the account. Nothing was removed yet. Every Administrator gets a mail.",
    )
    .by(Caller::Person)
    .answers(&[Answered::empty(204, "The account is not closing.")]),
];

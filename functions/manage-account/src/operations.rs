//! What this function answers, for the OpenAPI document.

use api::document::WithMeta;
use api::show::Account;
use web::operation::{Answered, Caller, Operation, Tag};

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
];

//! What this function answers, for the OpenAPI document.

use api::document::WithMeta;
use api::show::Account;
use web::operation::{Answered, Caller, Operation, Tag};

use crate::open::BODY;
use crate::shown::FirstUser;

/// What this function answers.
pub const OPERATIONS: &[Operation] = &[Operation::post(
    "/accounts",
    "openAccount",
    Tag::Accounts,
    "Opens an account, with a first Administrator.",
)
.by(Caller::Anyone)
.refused(&[403])
.body(&BODY)
.answers(&[Answered::with::<WithMeta<Account, FirstUser>>(
    201,
    "The account, and the id of its Administrator.",
)
.located()])];

//! What this function answers, for the OpenAPI document.

use api::document::Data;
use web::operation::{Answered, Caller, Operation, Tag};

use crate::code::BODY;
use crate::shown::{Confirmed, RecoveryCodes, SecondFactor, Started};

/// What this function answers.
pub const OPERATIONS: &[Operation] = &[
    Operation::post(
        "/users/{id}/mfa",
        "startMfa",
        Tag::SecondFactors,
        "Makes a secret for the caller's own authenticator app. Nothing is asked for until it is confirmed.",
    )
    .by(Caller::Person)
    .answers(&[Answered::with::<Data<Started>>(201, "The secret, which is shown this once.").located()]),
    Operation::post(
        "/users/{id}/mfa/verification",
        "confirmMfa",
        Tag::SecondFactors,
        "Confirms the second factor with a first code. Sessions that were made without it end.",
    )
    .by(Caller::Person)
    .body(&BODY)
    .answers(&[Answered::with::<Data<Confirmed>>(200, "The recovery codes, which are shown this once, and a new session.")]),
    Operation::get(
        "/users/{id}/mfa",
        "showMfa",
        Tag::SecondFactors,
        "Shows the caller's own second factor, and how many recovery codes are left.",
    )
    .by(Caller::Person)
    .answers(&[Answered::with::<Data<SecondFactor>>(200, "The second factor, if there is one.")]),
    Operation::post(
        "/users/{id}/mfa/recovery-codes",
        "renewRecoveryCodes",
        Tag::SecondFactors,
        "Makes new recovery codes, by a code of the second factor. The older ones are dead.",
    )
    .by(Caller::Person)
    .body(&BODY)
    .answers(&[Answered::with::<Data<RecoveryCodes>>(200, "The recovery codes, which are shown this once.")]),
    Operation::delete(
        "/users/{id}/mfa",
        "removeMfa",
        Tag::SecondFactors,
        "Takes a second factor away: the own one with a code of it, or, as an Administrator, somebody else's without.",
    )
    .by(Caller::Person)
    .optional_body(&BODY)
    .answers(&[Answered::empty(204, "It is taken away.")]),
];

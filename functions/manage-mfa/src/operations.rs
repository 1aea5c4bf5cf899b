//! What this function answers, for the OpenAPI document.

use api::document::Data;
use web::operation::{Answered, Caller, Operation, Tag};

use crate::code::BODY;
use crate::shown::{Confirmed, Started};

/// What this function answers.
pub const OPERATIONS: &[Operation] = &[
    Operation::post(
        "/users/{id}/mfa",
        "startMfa",
        Tag::SecondFactors,
        "Makes a secret for the caller's own authenticator app. Nothing is asked for until it is confirmed.",
    )
    .by(Caller::Person)
    .answers(&[Answered::with::<Data<Started>>(201, "The secret, which is shown this once.")]),
    Operation::post(
        "/users/{id}/mfa/verification",
        "confirmMfa",
        Tag::SecondFactors,
        "Confirms the second factor with a first code. Sessions that were made without it end.",
    )
    .by(Caller::Person)
    .body(&BODY)
    .answers(&[Answered::with::<Data<Confirmed>>(200, "The recovery codes, which are shown this once, and a new session.")]),
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

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
        "Creates a secret for the caller's own authenticator app. It is not required until it is confirmed.",
    )
    .by(Caller::Person)
    .answers(&[Answered::with::<Data<Started>>(201, "The secret, which is only shown this time.").located()]),
    Operation::post(
        "/users/{id}/mfa/verification",
        "confirmMfa",
        Tag::SecondFactors,
        "Confirms the second factor with a first code. Sessions without the second factor end.",
    )
    .by(Caller::Person)
    .body(&BODY)
    .answers(&[Answered::with::<Data<Confirmed>>(200, "The recovery codes, which are only shown this time, and a new session.")]),
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
        "Creates new recovery codes. Requires a code of the second factor. Older recovery codes stop working.",
    )
    .by(Caller::Person)
    .body(&BODY)
    .answers(&[Answered::with::<Data<RecoveryCodes>>(200, "The recovery codes, which are only shown this time.")]),
    Operation::delete(
        "/users/{id}/mfa",
        "removeMfa",
        Tag::SecondFactors,
        "Removes a second factor: your own, with a code, or as an Administrator that of another user, without a code.",
    )
    .by(Caller::Person)
    .optional_body(&BODY)
    .answers(&[Answered::empty(204, "The second factor is removed.")]),
];

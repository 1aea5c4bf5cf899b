//! What this function answers, for the OpenAPI document.

use api::document::{Changed, Data, Page};
use api::show::{ApiKey, Leftovers};
use web::operation::{Answered, Caller, Operation, Tag};

use crate::{create, list};

/// What this function answers.
pub const OPERATIONS: &[Operation] = &[
    Operation::get(
        "/api-keys",
        "listApiKeys",
        Tag::ApiKeys,
        "Lists the keys of the account, each with its last use.",
    )
    .by(Caller::Person)
    .list(&list::SHAPE)
    .answers(&[Answered::with::<Page<ApiKey>>(200, "A page of keys.")]),
    Operation::post("/api-keys", "createApiKey", Tag::ApiKeys, "Creates an API key.")
        .by(Caller::Person)
        .body(&create::BODY)
        .previews()
        .answers(&[
            Answered::with::<Changed<ApiKey>>(
                200,
                "With `preview`: the API key as it would be, without its secret.",
            ),
            Answered::with::<Data<ApiKey>>(201, "The API key with its secret, which is only shown this time.")
                .located(),
        ]),
    Operation::get("/api-keys/{id}", "showApiKey", Tag::ApiKeys, "Shows a key with its last use.")
        .by(Caller::Person)
        .answers(&[Answered::with::<Data<ApiKey>>(200, "The API key, without its secret.")]),
    Operation::delete(
        "/api-keys/{id}",
        "deleteApiKey",
        Tag::ApiKeys,
        "Removes an API key. It stops working at once.",
    )
    .by(Caller::Person)
    .versioned()
    .previews()
    .answers(&[
        Answered::with::<Leftovers>(
            200,
            "Removed. The answer lists invitations that it was the sponsor of. With `preview`: the same, without removing it.",
        ),
        Answered::empty(204, "Removed."),
    ]),
];

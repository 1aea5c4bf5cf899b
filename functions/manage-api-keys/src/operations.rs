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
    Operation::post("/api-keys", "createApiKey", Tag::ApiKeys, "Makes a key.")
        .by(Caller::Person)
        .body(&create::BODY)
        .previews()
        .answers(&[
            Answered::with::<Changed<ApiKey>>(
                200,
                "With `preview`: the key as it would be, without its text.",
            ),
            Answered::with::<Data<ApiKey>>(201, "The key, with its text, which is shown this once.")
                .located(),
        ]),
    Operation::get("/api-keys/{id}", "showApiKey", Tag::ApiKeys, "Shows a key with its last use.")
        .by(Caller::Person)
        .answers(&[Answered::with::<Data<ApiKey>>(200, "The key, without its text.")]),
    Operation::delete(
        "/api-keys/{id}",
        "deleteApiKey",
        Tag::ApiKeys,
        "Removes a key. It is refused from the next request on.",
    )
    .by(Caller::Person)
    .versioned()
    .previews()
    .answers(&[
        Answered::with::<Leftovers>(
            200,
            "It is removed. This is what stood on it. With `preview`: what would.",
        ),
        Answered::empty(204, "It is removed."),
    ]),
];

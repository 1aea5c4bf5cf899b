//! What this function answers, for the OpenAPI document.

use api::document::{Changed, Data, Page};
use api::{resend, show};
use web::operation::{Answered, Operation, Tag};

use crate::offer::BODY;
use crate::providers;
use crate::shown::Provider;

/// What this function answers.
pub const OPERATIONS: &[Operation] = &[
    Operation::post(
        "/connections",
        "inviteAccount",
        Tag::GlueConnect,
        "Invites another account by its subdomain, or a Certified Provider by name.",
    )
    .body(&BODY)
    .previews()
    .answers(&[
        Answered::with::<Changed<show::Connection>>(200, "With `preview`: the connection as it would be."),
        Answered::with::<Data<show::Connection>>(201, "The connection, pending.").located(),
    ]),
    Operation::post(
        "/connections/{id}/invitation",
        "resendConnectionInvitation",
        Tag::GlueConnect,
        "Mails new links to the invited account's Administrators. Older links stop working.",
    )
    .optional_body(&resend::BODY)
    .answers(&[Answered::with::<Data<show::Connection>>(202, "The connection, pending.")]),
    Operation::get("/providers", "listProviders", Tag::GlueConnect, "Lists the Certified Providers.")
        .list(&providers::SHAPE)
        .answers(&[Answered::with::<Page<Provider>>(200, "A page of providers.")]),
];

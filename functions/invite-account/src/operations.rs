//! What this function answers, for the OpenAPI document.

use api::document::Data;
use api::show;
use web::operation::{Answered, Operation, Tag};

use crate::offer::BODY;
use crate::shown::Listed;

/// What this function answers.
pub const OPERATIONS: &[Operation] = &[
    Operation::post(
        "/connections",
        "inviteAccount",
        Tag::GlueConnect,
        "Invites another account, known by its subdomain or as a Certified Provider.",
    )
    .body(&BODY)
    .answers(&[Answered::with::<Data<show::Connection>>(201, "The connection, pending.").located()]),
    Operation::post(
        "/connections/{id}/invitation",
        "resendConnectionInvitation",
        Tag::GlueConnect,
        "Mails new links to the invited account's Administrators. The older ones are dead.",
    )
    .answers(&[Answered::with::<Data<show::Connection>>(202, "The connection, pending.")]),
    Operation::get("/providers", "listProviders", Tag::GlueConnect, "Lists the Certified Providers.")
        .answers(&[Answered::with::<Listed>(200, "All of them.")]),
];

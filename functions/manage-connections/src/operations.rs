//! What this function answers, for the OpenAPI document.

use api::document::{Data, Page};
use api::show::{Connection, Person};
use web::operation::{Answered, Operation, Tag};

use crate::{list, persons, update};

/// What this function answers.
pub const OPERATIONS: &[Operation] = &[
    Operation::get(
        "/connections",
        "listConnections",
        Tag::GlueConnect,
        "Lists the connections that the account grants, and those that it receives.",
    )
    .list(&list::SHAPE)
    .answers(&[Answered::with::<Page<Connection>>(200, "A page of connections.")]),
    Operation::get(
        "/connections/{id}",
        "showConnection",
        Tag::GlueConnect,
        "Shows a connection to either side.",
    )
    .answers(&[Answered::with::<Data<Connection>>(200, "The connection.")]),
    Operation::patch(
        "/connections/{id}",
        "updateConnection",
        Tag::GlueConnect,
        "Changes a connection that the account grants. The change binds the very next request.",
    )
    .body(&update::BODY)
    .versioned()
    .answers(&[Answered::with::<Data<Connection>>(200, "The connection as it is now.")]),
    Operation::delete(
        "/connections/{id}",
        "endConnection",
        Tag::GlueConnect,
        "Ends a connection, from either side. Ending what is over changes nothing.",
    )
    .versioned()
    .answers(&[Answered::empty(204, "It is over.")]),
    Operation::get(
        "/connections/{id}/users",
        "listConnectionUsers",
        Tag::GlueConnect,
        "Lists the persons of whom the host says something of their own.",
    )
    .list(&persons::SHAPE)
    .answers(&[Answered::with::<Page<Person>>(200, "A page of persons.")]),
    Operation::get(
        "/connections/{id}/users/{user-id}",
        "showConnectionUser",
        Tag::GlueConnect,
        "Shows what the host says of one person.",
    )
    .answers(&[Answered::with::<Data<Person>>(200, "The person.")]),
    Operation::put(
        "/connections/{id}/users/{user-id}",
        "limitConnectionUser",
        Tag::GlueConnect,
        "Gives one person a lower role or narrower grants than the connection, or no access.",
    )
    .body(&persons::BODY)
    .answers(&[Answered::with::<Data<Person>>(200, "The person.")]),
    Operation::delete(
        "/connections/{id}/users/{user-id}",
        "unlimitConnectionUser",
        Tag::GlueConnect,
        "Gives one person what the connection gives.",
    )
    .answers(&[Answered::empty(204, "Nothing of their own is said of them any more.")]),
];

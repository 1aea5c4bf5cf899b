//! What this function answers, for the OpenAPI document.

use api::document::{Changed, Data, Page, PreviewOfChange};
use api::show::{Connection, ConnectionUser, ConnectionVisitor};
use web::operation::{Answered, Operation, Tag};

use crate::shown::Meta;
use crate::{list, persons, update, visitors};

/// What this function answers.
pub const OPERATIONS: &[Operation] = &[
    Operation::get(
        "/connections",
        "listConnections",
        Tag::GlueConnect,
        "Lists the connections that the account grants, and those that it receives.",
    )
    .list(&list::SHAPE)
    .answers(&[Answered::with::<Page<Connection, Meta>>(200, "A page of connections.")]),
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
        "Changes a connection that the account grants. The change applies from the next request on.",
    )
    .body(&update::BODY)
    .versioned()
    .previews()
    .answers(&[Answered::with::<Changed<Connection>>(
        200,
        "The connection after the change. In a preview: as it would be.",
    )]),
    Operation::delete(
        "/connections/{id}",
        "endConnection",
        Tag::GlueConnect,
        "Ends a connection, from either side. Does nothing if it has already ended.",
    )
    .versioned()
    .previews()
    .answers(&[
        Answered::with::<PreviewOfChange>(200, "With `preview`: the effects of the change."),
        Answered::empty(204, "The connection has ended."),
    ]),
    Operation::get(
        "/connections/{id}/users",
        "listConnectionUsers",
        Tag::GlueConnect,
        "Lists the users of the delegate whom the host has limited.",
    )
    .list(&persons::SHAPE)
    .answers(&[Answered::with::<Page<ConnectionUser>>(200, "A page of users.")]),
    Operation::get(
        "/connections/{id}/users/{user}",
        "showConnectionUser",
        Tag::GlueConnect,
        "Shows the limit of one user.",
    )
    .answers(&[Answered::with::<Data<ConnectionUser>>(200, "The limit of the user.")]),
    Operation::put(
        "/connections/{id}/users/{user}",
        "limitConnectionUser",
        Tag::GlueConnect,
        "Limits one user: to a lower role or fewer organizations than the connection grants, or to no access.",
    )
    .body(&persons::BODY)
    .previews()
    .answers(&[Answered::with::<Changed<ConnectionUser>>(200, "The limit of the user. In a preview: as it would be.")]),
    Operation::delete(
        "/connections/{id}/users/{user}",
        "unlimitConnectionUser",
        Tag::GlueConnect,
        "Removes the limit of one user, who then has what the connection grants.",
    )
    .previews()
    .answers(&[
        Answered::with::<PreviewOfChange>(200, "With `preview`: the effects of the change."),
        Answered::empty(204, "The limit is removed."),
    ]),
    Operation::get(
        "/connections/{id}/visitors",
        "listConnectionVisitors",
        Tag::GlueConnect,
        "Lists the users of the delegate who have used the connection, and what access each has now.",
    )
    .list(&visitors::SHAPE)
    .answers(&[Answered::with::<Page<ConnectionVisitor>>(200, "A page of users.")]),
];

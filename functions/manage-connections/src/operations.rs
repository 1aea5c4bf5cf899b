//! What this function answers, for the OpenAPI document.

use api::document::{Changed, Data, Page, PreviewOfChange};
use api::show::{Connection, ConnectionVisitor, Person};
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
        "Changes a connection that the account grants. The change binds the very next request.",
    )
    .body(&update::BODY)
    .versioned()
    .previews()
    .answers(&[Answered::with::<Changed<Connection>>(
        200,
        "The connection as it is now; in a preview as it would be.",
    )]),
    Operation::delete(
        "/connections/{id}",
        "endConnection",
        Tag::GlueConnect,
        "Ends a connection, from either side. Ending what is over changes nothing.",
    )
    .versioned()
    .previews()
    .answers(&[
        Answered::with::<PreviewOfChange>(200, "With `preview`: what it would do."),
        Answered::empty(204, "It is over."),
    ]),
    Operation::get(
        "/connections/{id}/users",
        "listConnectionUsers",
        Tag::GlueConnect,
        "Lists the persons of whom the host says something of their own.",
    )
    .list(&persons::SHAPE)
    .answers(&[Answered::with::<Page<Person>>(200, "A page of persons.")]),
    Operation::get(
        "/connections/{id}/users/{user}",
        "showConnectionUser",
        Tag::GlueConnect,
        "Shows what the host says of one person.",
    )
    .answers(&[Answered::with::<Data<Person>>(200, "The person.")]),
    Operation::put(
        "/connections/{id}/users/{user}",
        "limitConnectionUser",
        Tag::GlueConnect,
        "Gives one person a lower role or narrower grants than the connection, or no access.",
    )
    .body(&persons::BODY)
    .previews()
    .answers(&[Answered::with::<Changed<Person>>(200, "The person; in a preview as it would be.")]),
    Operation::delete(
        "/connections/{id}/users/{user}",
        "unlimitConnectionUser",
        Tag::GlueConnect,
        "Gives one person what the connection gives.",
    )
    .previews()
    .answers(&[
        Answered::with::<PreviewOfChange>(200, "With `preview`: what it would do."),
        Answered::empty(204, "Nothing of their own is said of them any more."),
    ]),
    Operation::get(
        "/connections/{id}/visitors",
        "listConnectionVisitors",
        Tag::GlueConnect,
        "Lists the persons of the delegate who came in at some time, and what each would have now.",
    )
    .list(&visitors::SHAPE)
    .answers(&[Answered::with::<Page<ConnectionVisitor>>(200, "A page of persons.")]),
];

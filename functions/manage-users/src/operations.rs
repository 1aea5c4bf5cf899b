//! What this function answers, for the OpenAPI document.

use api::document::{Changed, Including, OneOrMany, PageIncluding};
use api::show::{Leftovers, User};
use web::body::{Attribute, Kind};
use web::operation::{Answered, Operation, PREVIEW_FLAG, Tag};

use crate::shown::{Included, Meta};
use crate::{list, update};

/// What this function answers.
pub const OPERATIONS: &[Operation] = &[
    Operation::get("/users", "listUsers", Tag::Users, "Lists the users of the account.")
        .list(&list::SHAPE)
        .answers(&[Answered::with::<PageIncluding<User, Included, Meta>>(200, "A page of users.")]),
    Operation::patch("/users", "updateUsers", Tag::Users, "Changes many users: all of them, or none.")
        .body(&update::BODY_OF_MANY)
        .previews()
        .answers(&[Answered::with::<Changed<OneOrMany<User>>>(
            200,
            "The users as they are now; in a preview as they would be.",
        )])
        .refused(&[404, 409]),
    Operation::get(
        "/users/{id}",
        "showUser",
        Tag::Users,
        "Shows a user: oneself, or anyone to those who manage users.",
    )
    .including(&list::OF_ONE)
    .answers(&[Answered::with::<Including<User, Included>>(200, "The user.")]),
    Operation::patch(
        "/users/{id}",
        "updateUser",
        Tag::Users,
        "Changes a user's name, role, grants, type or status.",
    )
    .body(&update::BODY)
    .versioned()
    .previews()
    .answers(&[Answered::with::<Changed<User>>(
        200,
        "The user as they are now; in a preview as they would be.",
    )]),
    Operation::delete(
        "/users/{id}",
        "deleteUser",
        Tag::Users,
        "Removes a user, pending or not, with every session and link of theirs.",
    )
    .flags(&[
        PREVIEW_FLAG,
        Attribute::optional(
            "with-keys",
            Kind::Flag,
            "Removes the API keys that they made as well. Otherwise those go on without them.",
        ),
    ])
    .versioned()
    .answers(&[
        Answered::with::<Leftovers>(
            200,
            "They are removed. This is what they leave behind. With `preview`: what it would be.",
        ),
        Answered::empty(204, "They are removed, and leave nothing behind."),
    ])
    .refused(&[409]),
];

//! What this function answers, for the OpenAPI document.

use api::document::{Data, Including, PageIncluding};
use api::show::User;
use web::operation::{Answered, Operation, Tag};

use crate::shown::Included;
use crate::{list, update};

/// What this function answers.
pub const OPERATIONS: &[Operation] = &[
    Operation::get("/users", "listUsers", Tag::Users, "Lists the users of the account.")
        .list(&list::SHAPE)
        .answers(&[Answered::with::<PageIncluding<User, Included>>(200, "A page of users.")]),
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
    .answers(&[Answered::with::<Data<User>>(200, "The user as they are now.")]),
    Operation::delete(
        "/users/{id}",
        "deleteUser",
        Tag::Users,
        "Removes a user, pending or not, with every session and link of theirs.",
    )
    .versioned()
    .answers(&[Answered::empty(204, "They are removed.")])
    .refused(&[409]),
];

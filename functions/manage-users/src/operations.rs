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
    Operation::patch("/users", "updateUsers", Tag::Users, "Changes several users. If one cannot be changed, none is.")
        .body(&update::BODY_OF_MANY)
        .previews()
        .answers(&[Answered::with::<Changed<OneOrMany<User>>>(
            200,
            "The users after the change. In a preview: as they would be.",
        )])
        .refused(&[404, 409]),
    Operation::get(
        "/users/{id}",
        "showUser",
        Tag::Users,
        "Shows a user: the caller, or any user if the caller may manage users.",
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
        "The user after the change. In a preview: as they would be.",
    )]),
    Operation::delete(
        "/users/{id}",
        "deleteUser",
        Tag::Users,
        "Removes a user, pending or active, and ends all of their sessions and links.",
    )
    .flags(&[
        PREVIEW_FLAG,
        Attribute::optional(
            "with-keys",
            Kind::Flag,
            "Also removes the API keys that the user created. Otherwise the keys keep working.",
        ),
    ])
    .versioned()
    .answers(&[
        Answered::with::<Leftovers>(
            200,
            "The user is removed. The answer lists what is left: their API keys, and invitations that they were the sponsor of. With `preview`: the same, without removing the user.",
        ),
        Answered::empty(204, "The user is removed."),
    ])
    .refused(&[409, 422]),
];

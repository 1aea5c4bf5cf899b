//! What this function answers, for the OpenAPI document.

use api::document::{Changed, Data, Including, OneOrMany, PageIncluding, PreviewOfChange};
use api::show::Group;
use web::operation::{Answered, Operation, Tag};

use crate::shown::Included;
use crate::{create, list, relationships, update};

/// What this function answers.
pub const OPERATIONS: &[Operation] = &[
    Operation::get("/groups", "listGroups", Tag::Groups, "Lists the groups of the account.")
        .list(&list::SHAPE)
        .answers(&[Answered::with::<PageIncluding<Group, Included>>(200, "A page of groups.")]),
    Operation::post("/groups", "createGroup", Tag::Groups, "Makes a group. A Manager joins it.")
        .body(&create::BODY)
        .previews()
        .answers(&[
            Answered::with::<Changed<Group>>(200, "With `preview`: the group as it would be."),
            Answered::with::<Data<Group>>(201, "The group.").located(),
        ]),
    Operation::patch(
        "/groups",
        "updateGroups",
        Tag::Groups,
        "Changes up to a hundred groups: all of them, or, with a fault in the request, none.",
    )
    .body(&update::BODY_OF_MANY)
    .previews()
    .answers(&[Answered::with::<Changed<OneOrMany<Group>>>(
        200,
        "The groups as they are now; in a preview as they would be.",
    )])
    .refused(&[404]),
    Operation::get(
        "/groups/{id}",
        "showGroup",
        Tag::Groups,
        "Shows a group with its members and organizations.",
    )
    .including(&list::OF_ONE)
    .answers(&[Answered::with::<Including<Group, Included>>(200, "The group.")]),
    Operation::patch("/groups/{id}", "updateGroup", Tag::Groups, "Changes a group.")
        .body(&update::BODY)
        .versioned()
        .previews()
        .answers(&[Answered::with::<Changed<Group>>(
            200,
            "The group as it is now; in a preview as it would be.",
        )]),
    Operation::delete(
        "/groups/{id}",
        "deleteGroup",
        Tag::Groups,
        "Removes a group, unless a member would be left without any organization.",
    )
    .versioned()
    .previews()
    .answers(&[
        Answered::with::<PreviewOfChange>(200, "With `preview`: what it would do."),
        Answered::empty(204, "It is removed."),
    ])
    .refused(&[422]),
    Operation::post(
        "/groups/{id}/relationships/users",
        "addGroupMembers",
        Tag::Groups,
        "Adds members. Those that are there already stay.",
    )
    .body(&relationships::USERS)
    .versioned()
    .previews()
    .answers(&[
        Answered::with::<PreviewOfChange>(200, "With `preview`: what it would do."),
        Answered::empty(204, "Done."),
    ]),
    Operation::patch(
        "/groups/{id}/relationships/users",
        "replaceGroupMembers",
        Tag::Groups,
        "Replaces the members by those that are named.",
    )
    .body(&relationships::USERS)
    .versioned()
    .previews()
    .answers(&[
        Answered::with::<PreviewOfChange>(200, "With `preview`: what it would do."),
        Answered::empty(204, "Done."),
    ]),
    Operation::delete(
        "/groups/{id}/relationships/users",
        "removeGroupMembers",
        Tag::Groups,
        "Takes members away. Those that are not there are no fault.",
    )
    .body(&relationships::USERS)
    .versioned()
    .previews()
    .answers(&[
        Answered::with::<PreviewOfChange>(200, "With `preview`: what it would do."),
        Answered::empty(204, "Done."),
    ]),
    Operation::post(
        "/groups/{id}/relationships/organizations",
        "addGroupOrganizations",
        Tag::Groups,
        "Adds organizations. Those that are there already stay.",
    )
    .body(&relationships::ORGANIZATIONS)
    .versioned()
    .previews()
    .answers(&[
        Answered::with::<PreviewOfChange>(200, "With `preview`: what it would do."),
        Answered::empty(204, "Done."),
    ]),
    Operation::patch(
        "/groups/{id}/relationships/organizations",
        "replaceGroupOrganizations",
        Tag::Groups,
        "Replaces the organizations by those that are named.",
    )
    .body(&relationships::ORGANIZATIONS)
    .versioned()
    .previews()
    .answers(&[
        Answered::with::<PreviewOfChange>(200, "With `preview`: what it would do."),
        Answered::empty(204, "Done."),
    ]),
    Operation::delete(
        "/groups/{id}/relationships/organizations",
        "removeGroupOrganizations",
        Tag::Groups,
        "Takes organizations away. Those that are not there are no fault.",
    )
    .body(&relationships::ORGANIZATIONS)
    .versioned()
    .previews()
    .answers(&[
        Answered::with::<PreviewOfChange>(200, "With `preview`: what it would do."),
        Answered::empty(204, "Done."),
    ]),
];

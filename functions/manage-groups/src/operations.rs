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
    Operation::post(
        "/groups",
        "createGroup",
        Tag::Groups,
        "Creates a group. A Manager who creates one becomes a member.",
    )
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
        "Changes up to a hundred groups. If one cannot be changed, none is.",
    )
    .body(&update::BODY_OF_MANY)
    .previews()
    .answers(&[Answered::with::<Changed<OneOrMany<Group>>>(
        200,
        "The groups after the change. In a preview: as they would be.",
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
            "The group after the change. In a preview: as it would be.",
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
        Answered::with::<PreviewOfChange>(200, "With `preview`: the effects of the change."),
        Answered::empty(204, "Removed."),
    ])
    .refused(&[422]),
    Operation::post(
        "/groups/{id}/relationships/users",
        "addGroupMembers",
        Tag::Groups,
        "Adds members. Existing members stay.",
    )
    .body(&relationships::USERS)
    .versioned()
    .previews()
    .answers(&[
        Answered::with::<PreviewOfChange>(200, "With `preview`: the effects of the change."),
        Answered::empty(204, "Done."),
    ]),
    Operation::patch(
        "/groups/{id}/relationships/users",
        "replaceGroupMembers",
        Tag::Groups,
        "Replaces all members by the given ones.",
    )
    .body(&relationships::USERS)
    .versioned()
    .previews()
    .answers(&[
        Answered::with::<PreviewOfChange>(200, "With `preview`: the effects of the change."),
        Answered::empty(204, "Done."),
    ]),
    Operation::delete(
        "/groups/{id}/relationships/users",
        "removeGroupMembers",
        Tag::Groups,
        "Removes members. Ids that are not members are ignored.",
    )
    .body(&relationships::USERS)
    .versioned()
    .previews()
    .answers(&[
        Answered::with::<PreviewOfChange>(200, "With `preview`: the effects of the change."),
        Answered::empty(204, "Done."),
    ]),
    Operation::post(
        "/groups/{id}/relationships/organizations",
        "addGroupOrganizations",
        Tag::Groups,
        "Adds organizations. Organizations that are already there stay.",
    )
    .body(&relationships::ORGANIZATIONS)
    .versioned()
    .previews()
    .answers(&[
        Answered::with::<PreviewOfChange>(200, "With `preview`: the effects of the change."),
        Answered::empty(204, "Done."),
    ]),
    Operation::patch(
        "/groups/{id}/relationships/organizations",
        "replaceGroupOrganizations",
        Tag::Groups,
        "Replaces all organizations by the given ones.",
    )
    .body(&relationships::ORGANIZATIONS)
    .versioned()
    .previews()
    .answers(&[
        Answered::with::<PreviewOfChange>(200, "With `preview`: the effects of the change."),
        Answered::empty(204, "Done."),
    ]),
    Operation::delete(
        "/groups/{id}/relationships/organizations",
        "removeGroupOrganizations",
        Tag::Groups,
        "Removes organizations. Ids that are not there are ignored.",
    )
    .body(&relationships::ORGANIZATIONS)
    .versioned()
    .previews()
    .answers(&[
        Answered::with::<PreviewOfChange>(200, "With `preview`: the effects of the change."),
        Answered::empty(204, "Done."),
    ]),
];

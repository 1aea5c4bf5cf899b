//! What this function answers, for the OpenAPI document.

use api::document::{Data, Page};
use api::show::Organization;
use web::operation::{Answered, Operation, Tag};

use crate::{create, list, update};

/// What this function answers.
pub const OPERATIONS: &[Operation] = &[
    Operation::get(
        "/organizations",
        "listOrganizations",
        Tag::Organizations,
        "Lists the organizations that the caller can see.",
    )
    .list(&list::SHAPE)
    .answers(&[Answered::with::<Page<Organization>>(200, "A page of organizations.")]),
    Operation::post(
        "/organizations",
        "createOrganization",
        Tag::Organizations,
        "Makes an organization, on its own or as part of another.",
    )
    .body(&create::BODY)
    .answers(&[Answered::with::<Data<Organization>>(201, "The organization.").located()]),
    Operation::get("/organizations/{id}", "showOrganization", Tag::Organizations, "Shows an organization.")
        .answers(&[Answered::with::<Data<Organization>>(200, "The organization.")]),
    Operation::patch(
        "/organizations/{id}",
        "updateOrganization",
        Tag::Organizations,
        "Changes an organization's names, or places it under another.",
    )
    .body(&update::BODY)
    .versioned()
    .answers(&[Answered::with::<Data<Organization>>(200, "The organization as it is now.")]),
    Operation::delete(
        "/organizations/{id}",
        "deleteOrganization",
        Tag::Organizations,
        "Removes an organization, unless it has parts, or somebody would be left without any.",
    )
    .versioned()
    .answers(&[Answered::empty(204, "It is removed.")])
    .refused(&[409, 422]),
];

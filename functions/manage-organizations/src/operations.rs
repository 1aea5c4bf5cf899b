//! What this function answers, for the OpenAPI document.

use api::document::{Changed, Data, OneOrMany, Page, PreviewOfChange};
use api::show::{Label, Organization};
use api::types::{OrganizationStatuses, OrganizationTypes};
use web::operation::{Answered, Operation, Tag};

use crate::labels::{create as add, list as words, update as rename};
use crate::{create, list, remove, update};

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
        "Creates an organization, at the top or under another one.",
    )
    .body(&create::BODY)
    .previews()
    .answers(&[
        Answered::with::<Changed<Organization>>(200, "With `preview`: the organization as it would be."),
        Answered::with::<Data<Organization>>(201, "The organization.").located(),
    ]),
    Operation::patch(
        "/organizations",
        "updateOrganizations",
        Tag::Organizations,
        "Changes several organizations. If one cannot be changed, none is.",
    )
    .body(&update::BODY_OF_MANY)
    .previews()
    .answers(&[Answered::with::<Changed<OneOrMany<Organization>>>(
        200,
        "The organizations after the change. In a preview: as they would be.",
    )])
    .refused(&[404]),
    Operation::delete(
        "/organizations",
        "deleteOrganizations",
        Tag::Organizations,
        "Removes several organizations. If one cannot be removed, none is.",
    )
    .body(&remove::BODY_OF_MANY)
    .previews()
    .answers(&[Answered::with::<Changed<Vec<Organization>>>(200, "The removed organizations.")])
    .refused(&[404, 409]),
    Operation::get("/organizations/{id}", "showOrganization", Tag::Organizations, "Shows an organization.")
        .answers(&[Answered::with::<Data<Organization>>(200, "The organization.")]),
    Operation::patch(
        "/organizations/{id}",
        "updateOrganization",
        Tag::Organizations,
        "Changes an organization, or moves it under another one.",
    )
    .body(&update::BODY)
    .versioned()
    .previews()
    .answers(&[Answered::with::<Changed<Organization>>(
        200,
        "The organization after the change. In a preview: as it would be.",
    )]),
    Operation::delete(
        "/organizations/{id}",
        "deleteOrganization",
        Tag::Organizations,
        "Removes an organization, unless it has sub-organizations, or a user would be left without any organization.",
    )
    .versioned()
    .previews()
    .answers(&[
        Answered::with::<PreviewOfChange>(200, "With `preview`: the effects of the change."),
        Answered::empty(204, "Removed."),
    ])
    .refused(&[409, 422]),
    Operation::get(
        "/organization_types",
        "listOrganizationTypes",
        Tag::Organizations,
        "Lists the types that organizations can have.",
    )
    .list(&words::SHAPE)
    .answers(&[Answered::with::<Page<Label<OrganizationTypes>>>(200, "A page of types.")]),
    Operation::post(
        "/organization_types",
        "createOrganizationType",
        Tag::Organizations,
        "Adds a type to the list. Requires the role Manager or higher.",
    )
    .body(&add::TYPE)
    .answers(&[Answered::with::<Data<Label<OrganizationTypes>>>(201, "The type.").located()]),
    Operation::get("/organization_types/{id}", "showOrganizationType", Tag::Organizations, "Shows a type.")
        .answers(&[Answered::with::<Data<Label<OrganizationTypes>>>(200, "The type.")]),
    Operation::patch(
        "/organization_types/{id}",
        "updateOrganizationType",
        Tag::Organizations,
        "Renames a type.",
    )
    .body(&rename::TYPE)
    .versioned()
    .answers(&[Answered::with::<Data<Label<OrganizationTypes>>>(200, "The type after the change.")]),
    Operation::get(
        "/organization_statuses",
        "listOrganizationStatuses",
        Tag::Organizations,
        "Lists the statuses that organizations can have.",
    )
    .list(&words::SHAPE)
    .answers(&[Answered::with::<Page<Label<OrganizationStatuses>>>(200, "A page of statuses.")]),
    Operation::post(
        "/organization_statuses",
        "createOrganizationStatus",
        Tag::Organizations,
        "Adds a status to the list. Requires the role Manager or higher.",
    )
    .body(&add::STATUS)
    .answers(&[Answered::with::<Data<Label<OrganizationStatuses>>>(201, "The status.").located()]),
    Operation::get(
        "/organization_statuses/{id}",
        "showOrganizationStatus",
        Tag::Organizations,
        "Shows a status.",
    )
    .answers(&[Answered::with::<Data<Label<OrganizationStatuses>>>(200, "The status.")]),
    Operation::patch(
        "/organization_statuses/{id}",
        "updateOrganizationStatus",
        Tag::Organizations,
        "Renames a status.",
    )
    .body(&rename::STATUS)
    .versioned()
    .answers(&[Answered::with::<Data<Label<OrganizationStatuses>>>(200, "The status after the change.")]),
];

//! What this function answers, for the OpenAPI document.

use api::document::{Data, OneOrMany, Page};
use web::operation::{Answered, Operation, Tag};

use crate::shown::{AccessCheck, KeptTypes, Others, ReachedOrganization, ReachedResource, ReachingUser};
use crate::{check, organizations, resources, users};

/// What this function answers.
pub const OPERATIONS: &[Operation] = &[
    Operation::post(
        "/access/check",
        "checkAccess",
        Tag::Access,
        "Checks whether a user may do something in an organization, and says why or why not. Takes up to a hundred questions at once.",
    )
    .body(&check::BODY)
    .answers(&[Answered::with::<Data<OneOrMany<AccessCheck>>>(200, "The answers, in the order of the questions.")]),
    Operation::get(
        "/access/organizations",
        "listReachedOrganizations",
        Tag::Access,
        "Lists the organizations that a user has access to, and how, as far as the caller can see them.",
    )
    .list(&organizations::SHAPE)
    .answers(&[Answered::with::<Page<ReachedOrganization>>(200, "A page of organizations.")])
    .refused(&[404]),
    Operation::get(
        "/access/resources",
        "listReachedResources",
        Tag::Access,
        "Lists the restricted assets of an organization, and whether a user has access to each, so that an application can hide the others.",
    )
    .list(&resources::SHAPE)
    .answers(&[Answered::with::<Page<ReachedResource, KeptTypes>>(200, "A page of restricted assets.")])
    .refused(&[404]),
    Operation::get(
        "/access/users",
        "listReachingUsers",
        Tag::Access,
        "Lists the users who have access to an organization, or to one asset in it, and how. Connections that give access are listed in `meta`.",
    )
    .list(&users::SHAPE)
    .answers(&[Answered::with::<Page<ReachingUser, Others>>(200, "A page of users.")])
    .refused(&[404]),
];

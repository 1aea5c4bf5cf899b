//! What this function answers, for the OpenAPI document.

use api::document::{Data, OneOrMany, Page};
use web::operation::{Answered, Operation, Tag};

use crate::shown::{AccessCheck, Others, ReachedOrganization, ReachingUser};
use crate::{check, organizations, users};

/// What this function answers.
pub const OPERATIONS: &[Operation] = &[
    Operation::post(
        "/access/check",
        "checkAccess",
        Tag::Access,
        "Answers whether a user may do something in an organization, and why or why not. Takes a hundred questions at once.",
    )
    .body(&check::BODY)
    .answers(&[Answered::with::<Data<OneOrMany<AccessCheck>>>(200, "The answers, in the order of the questions.")]),
    Operation::get(
        "/access/organizations",
        "listReachedOrganizations",
        Tag::Access,
        "Lists the organizations that a user can reach, and how, as far as the caller can see them.",
    )
    .list(&organizations::SHAPE)
    .answers(&[Answered::with::<Page<ReachedOrganization>>(200, "A page of organizations.")])
    .refused(&[404]),
    Operation::get(
        "/access/users",
        "listReachingUsers",
        Tag::Access,
        "Lists the users who can reach an organization, and how. The connections that lead there are beside them.",
    )
    .list(&users::SHAPE)
    .answers(&[Answered::with::<Page<ReachingUser, Others>>(200, "A page of users.")])
    .refused(&[404]),
];

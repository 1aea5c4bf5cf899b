//! What this function answers, for the OpenAPI document.

use api::document::Page;
use web::operation::{Answered, Operation, Tag};

use crate::shown::{KeptTypes, Line, Others, ReachedOrganization, ReachedResource, ReachingUser};
use crate::{organizations, resources, review, users};

/// What this function answers.
pub const OPERATIONS: &[Operation] = &[
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
    Operation::get(
    "/access/review",
    "reviewAccess",
    Tag::Access,
    "Lists everyone and everything that has access to the account: users, delegates, keys.",
)
.list(&review::SHAPE)
.answers(&[Answered::with::<Page<Line>>(
    200,
    "A page of users, delegates and API keys, each with role, organizations and last use.",
)]),
];

//! What this function answers, for the OpenAPI document.

use api::document::{Data, Page};
use api::show::Restriction;
use web::operation::{Answered, Operation, Tag};

use crate::shown::Cascaded;
use crate::{cascade, list, set};

/// What this function answers.
pub const OPERATIONS: &[Operation] = &[
    Operation::get(
        "/organizations/{id}/restrictions",
        "listRestrictions",
        Tag::Restrictions,
        "Lists the restricted assets of an organization, as far as the caller can reach them.",
    )
    .list(&list::SHAPE)
    .answers(&[Answered::with::<Page<Restriction>>(200, "A page of restrictions.")])
    .refused(&[404]),
    Operation::post(
        "/organizations/{id}/restrictions",
        "setRestrictions",
        Tag::Restrictions,
        "Says who may reach up to five hundred assets, as where a folder is restricted with all that is in it. Each row has its own \
         outcome. Sent again it changes nothing.",
    )
    .body(&cascade::BODY)
    .answers(&[
        Answered::with::<Cascaded>(200, "Nothing had to be changed."),
        Answered::with::<Cascaded>(201, "Some or all of it was changed."),
    ])
    .refused(&[404]),
    Operation::get(
        "/organizations/{id}/restrictions/{type}/{asset}",
        "showRestriction",
        Tag::Restrictions,
        "Shows who may reach an asset. 404 if everyone may who reaches its organization.",
    )
    .answers(&[Answered::with::<Data<Restriction>>(200, "The restriction.")])
    .refused(&[404]),
    Operation::put(
        "/organizations/{id}/restrictions/{type}/{asset}",
        "setRestriction",
        Tag::Restrictions,
        "Says who may reach an asset: the groups and users that are named, and the Administrators of the account.",
    )
    .body(&set::BODY)
    .versioned()
    .answers(&[Answered::with::<Data<Restriction>>(200, "The restriction.")])
    .refused(&[404, 409]),
    Operation::delete(
        "/organizations/{id}/restrictions/{type}/{asset}",
        "removeRestriction",
        Tag::Restrictions,
        "Opens an asset again to everyone who reaches its organization.",
    )
    .versioned()
    .answers(&[Answered::empty(204, "It is open.")])
    .refused(&[404]),
];

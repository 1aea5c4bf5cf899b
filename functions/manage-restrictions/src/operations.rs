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
        "Lists the restricted assets of an organization that the caller has access to.",
    )
    .list(&list::SHAPE)
    .answers(&[Answered::with::<Page<Restriction>>(200, "A page of restrictions.")])
    .refused(&[404]),
    Operation::post(
        "/organizations/{id}/restrictions",
        "setRestrictions",
        Tag::Restrictions,
        "Restricts up to five hundred assets at once, for example a folder and everything in it. Each row has its own outcome. Repeating the request changes nothing.",
    )
    .body(&cascade::BODY)
    .answers(&[
        Answered::with::<Cascaded>(200, "Nothing had to be changed."),
        Answered::with::<Cascaded>(201, "Some or all rows were changed."),
    ])
    .refused(&[404]),
    Operation::get(
        "/organizations/{id}/restrictions/{type}/{asset}",
        "showRestriction",
        Tag::Restrictions,
        "Shows who has access to a restricted asset. 404 if the asset is not restricted.",
    )
    .answers(&[Answered::with::<Data<Restriction>>(200, "The restriction.")])
    .refused(&[404]),
    Operation::put(
        "/organizations/{id}/restrictions/{type}/{asset}",
        "setRestriction",
        Tag::Restrictions,
        "Restricts an asset to the given groups and users. Administrators of the account always have access.",
    )
    .body(&set::BODY)
    .versioned()
    .answers(&[Answered::with::<Data<Restriction>>(200, "The restriction.")])
    .refused(&[404, 409]),
    Operation::delete(
        "/organizations/{id}/restrictions/{type}/{asset}",
        "removeRestriction",
        Tag::Restrictions,
        "Removes the restriction of an asset, so that everyone with access to its organization has access to it.",
    )
    .versioned()
    .answers(&[Answered::empty(204, "The restriction is removed.")])
    .refused(&[404]),
];

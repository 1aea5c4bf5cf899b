//! What a request may say of an organization, declared once for creating and changing.

use web::body::{Attribute, Kind};

/// What it is called.
pub const NAME: Attribute = Attribute::required("name", Kind::NAME, "The organization's name.");

/// A description; may be empty.
pub const DESCRIPTION: Attribute = Attribute::optional("description", Kind::MESSAGE, "A description.");

/// A short name; may be empty.
pub const SHORT_NAME: Attribute = Attribute::optional("short-name", Kind::OPTIONAL_NAME, "A short name.");

/// The organization that it is under.
pub const PARENT: Attribute =
    Attribute::nullable("parent-id", Kind::Id, "The id of the parent organization; null for none.");

/// Its type, one of the account's list.
pub const TYPE: Attribute = Attribute::nullable(
    "organization-type-id",
    Kind::Id,
    "The id of its type, from the account's list; null for none.",
);

/// Its status, one of the account's list.
pub const STATUS: Attribute = Attribute::nullable(
    "organization-status-id",
    Kind::Id,
    "The id of its status, from the account's list; null for none.",
);

//! The lines of the review: each a resource of what it is about. And who reaches what.

mod delegate;
mod key;
mod reached;
mod user;

use api::document::{Identifier, ToMany};
use api::types::Organizations;
use policy::OrganizationId;
use schemars::JsonSchema;
use serde::Serialize;

pub use delegate::ReviewedDelegate;
pub use key::ReviewedKey;
pub use reached::{
    KeptTypes, Others, ReachedOrganization, ReachedResource, ReachingDelegate, ReachingGuest, ReachingKey,
    ReachingUser,
};
pub use user::ReviewedUser;

/// Who has access, in a word.
pub mod kinds {
    web::constants! {
        /// A user of the account.
        User = "user";
        /// Another account, let in by a connection.
        Delegate = "delegate";
        /// A program.
        ApiKey = "api-key";
    }
}

/// One entry of the review.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "ReviewLine")]
pub enum Line {
    /// A user of the account.
    User(ReviewedUser),
    /// Another account that has access through a connection.
    Delegate(ReviewedDelegate),
    /// An API key.
    Key(ReviewedKey),
}

/// The organization.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ReviewRelationships")]
struct Relationships {
    organizations: ToMany<Identifier<Organizations>>,
}

/// The organizations that a line has.
#[derive(Debug)]
pub(crate) struct Had<'a> {
    pub(crate) all: bool,
    pub(crate) ids: Vec<OrganizationId>,
    pub(crate) names: Vec<&'a str>,
    pub(crate) denied: Vec<String>,
}

impl Had<'_> {
    fn names(&self) -> Vec<String> {
        self.names.iter().copied().map(str::to_owned).collect()
    }

    fn relationships(&self) -> Relationships {
        Relationships { organizations: ToMany::of(Organizations, self.ids.iter().copied()) }
    }
}

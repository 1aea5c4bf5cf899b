//! The outcome of a request that invites.

use api::document::OneOrMany;
use policy::invitation::Outcome;
use policy::{EmailAddress, UserId};
use schemars::JsonSchema;
use serde::Serialize;
use web::{Email, Id, Word};

/// The invited users; in a preview, those who would be.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Invited{R}Document")]
pub struct Invited<R> {
    /// One resource or an array, like the request. `null` if the request has one and nobody was invited.
    pub(crate) data: Option<OneOrMany<R>>,
    pub(crate) meta: Results,
}

/// The outcome for each address of the request.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "InviteResults")]
pub struct Results {
    /// One for each address of the request, in the same order.
    pub(crate) results: Vec<InviteResult>,
    /// Whether nothing was changed.
    pub(crate) preview: bool,
}

/// The outcome for one address.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct InviteResult {
    email: Email,
    outcome: Word<Outcome>,
    /// The user with this e-mail address; `null` if there is none yet.
    user_id: Option<Id>,
}

impl InviteResult {
    /// The outcome of this address, and whose it is.
    pub(crate) fn of(email: &EmailAddress, outcome: Outcome, user: Option<UserId>) -> Self {
        Self { email: Email::from(email), outcome: Word(outcome), user_id: user.map(Id::from) }
    }
}

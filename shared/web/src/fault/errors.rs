//! Faults as they are answered: JSON:API's `errors`.

use policy::{Refusal, Suppression};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Fault, Faults};
use crate::scalar::{Email, Id, Time};
use crate::words::Word;

/// Everything that is wrong with a request.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Errors {
    #[schemars(length(min = 1))]
    errors: Vec<Error>,
}

/// One thing that is wrong with a request.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Error {
    /// The status code.
    #[schemars(regex(pattern = "^[45][0-9]{2}$"))]
    status: String,
    /// What is wrong, in a word that does not change.
    #[schemars(regex(pattern = "^[a-z0-9]+(-[a-z0-9]+)*$"))]
    code: &'static str,
    /// What the status means.
    title: &'static str,
    /// What is wrong, in a sentence for people.
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Source")]
    source: Option<Source>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "FaultMeta")]
    meta: Option<FaultMeta>,
}

/// Where in the request it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "ErrorSource")]
pub(crate) enum Source {
    /// In the body, as a JSON pointer.
    Pointer(String),
    /// A query parameter, by its name.
    Parameter(String),
    /// A header, by its name.
    Header(String),
}

/// What a fault says beyond words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "ErrorMeta")]
pub enum FaultMeta {
    /// Whom it is about.
    People(People),
    /// Why an address gets no mail.
    Suppressed(Suppressed),
    /// With what a second factor is set up.
    Enrolment(Enrolment),
}

/// Those whom a limit is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ErrorUsers")]
pub struct People {
    /// Those whom the caller may see, the first fifty at most.
    users: Vec<Person>,
    /// How many there are besides.
    #[serde(rename = "other-users")]
    others: usize,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ErrorUser")]
struct Person {
    /// `null` for somebody who is about to be invited.
    id: Option<Id>,
    email: Email,
}

/// Why an address gets no mail of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ErrorSuppression")]
pub struct Suppressed {
    reason: Word<Suppression>,
}

/// A token with which a second factor can be set up, and nothing else be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "ErrorEnrolment")]
pub struct Enrolment {
    /// The token, for the header `Authorization`.
    pub access_token: String,
    /// How long it is good.
    pub expires_at: Time,
    /// Whose second factor is to be set up.
    pub user_id: Id,
}

/// At most this many people are named in one refusal.
const NAMED: usize = 50;

impl FaultMeta {
    /// What a refusal says beyond words.
    pub(crate) fn of(refusal: &Refusal) -> Option<Self> {
        match refusal {
            Refusal::LiteLimit { people, .. }
            | Refusal::LiteAllOrganizations { people }
            | Refusal::NoOrganization { people } => {
                let person = |person: &policy::Person| Person {
                    id: person.id.map(Id::from),
                    email: Email::from(person.email.clone()),
                };
                let users: Vec<_> = people.named.iter().take(NAMED).map(person).collect();
                let others = people.others + (people.named.len() - users.len());
                Some(Self::People(People { users, others }))
            }
            Refusal::AddressSuppressed { reason } => {
                Some(Self::Suppressed(Suppressed { reason: Word(*reason) }))
            }
            _ => None,
        }
    }
}

impl From<&Faults> for Errors {
    fn from(faults: &Faults) -> Self {
        let mut errors: Vec<Error> = faults.all().iter().map(Error::from).collect();
        if faults.more() > 0 {
            let detail = format!("And {} more.", faults.more());
            errors.push(Error::from(&Fault::new(faults.status(), "more-errors", detail)));
        }
        Self { errors }
    }
}

impl From<&Fault> for Error {
    fn from(fault: &Fault) -> Self {
        Self {
            status: fault.status.to_string(),
            code: fault.code,
            title: title(fault.status),
            detail: fault.detail.clone(),
            source: fault.source.clone(),
            meta: fault.meta.clone(),
        }
    }
}

const fn title(status: u16) -> &'static str {
    match status {
        400 => "Bad request",
        401 => "Not signed in",
        403 => "Not allowed",
        404 => "Not found",
        405 => "Method not allowed",
        409 => "Conflict",
        410 => "Gone",
        412 => "Precondition failed",
        413 => "Too large",
        415 => "Unsupported media type",
        422 => "Not acceptable",
        429 => "Too many requests",
        _ => "Unavailable",
    }
}

//! Faults as they are answered: JSON:API's `errors`.

use policy::{Refusal, Suppression};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Fault, Faults};
use crate::scalar::{Email, Id, Time};
use crate::words::Word;

/// All errors of a request.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Errors {
    #[schemars(length(min = 1))]
    errors: Vec<Error>,
}

/// One error of a request.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Error {
    /// The status code.
    #[schemars(regex(pattern = "^[45][0-9]{2}$"))]
    status: String,
    /// The error as a stable code.
    #[schemars(regex(pattern = "^[a-z0-9]+(-[a-z0-9]+)*$"))]
    code: &'static str,
    /// What the status means.
    title: &'static str,
    /// The error as a sentence for people.
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Source")]
    source: Option<Source>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "FaultMeta")]
    meta: Option<FaultMeta>,
}

/// The place of the error in the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "ErrorSource")]
pub(crate) enum Source {
    /// The place in the body, as a JSON pointer.
    Pointer(String),
    /// The name of the query parameter.
    Parameter(String),
    /// The name of the header.
    Header(String),
}

/// Further data about the error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "ErrorMeta")]
pub enum FaultMeta {
    /// The user.
    People(People),
    /// Why no mail is sent to an address.
    Suppressed(Suppressed),
    /// The data for setting up a second factor.
    Enrolment(Enrolment),
}

/// The users that a limit is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ErrorUsers")]
pub struct People {
    /// The users that the caller may see, at most fifty.
    users: Vec<ErrorUser>,
    /// Number of further ones that are not listed.
    #[serde(rename = "other-users")]
    others: usize,
}

/// A user whom a refusal names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ErrorUser")]
struct ErrorUser {
    /// `null` for a user who is about to be invited.
    id: Option<Id>,
    email: Email,
}

/// Why an account sends no mail to an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ErrorSuppression")]
pub struct Suppressed {
    reason: Word<Suppression>,
}

/// A token that only allows setting up a second factor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "ErrorEnrolment")]
pub struct Enrolment {
    /// The token, for the header `Authorization`.
    pub access_token: String,
    /// When it expires.
    pub expires_at: Time,
    /// The user whose second factor has to be set up.
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
                let person = |person: &policy::NamedPerson| ErrorUser {
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
            let detail = format!("{} more errors are not listed.", faults.more());
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
        422 => "Unprocessable content",
        429 => "Too many requests",
        _ => "Unavailable",
    }
}

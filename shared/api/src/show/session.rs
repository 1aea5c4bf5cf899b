//! A new session.

use schemars::JsonSchema;
use serde::Serialize;
use web::{Id, Time};

use crate::types::Sessions;

/// A new session, with its token.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SessionToken")]
pub struct SessionToken {
    r#type: Sessions,
    /// The id of the user.
    id: Id,
    attributes: SessionAttributes,
}

/// The token of a session, and what it is good for.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "SessionTokenAttributes")]
struct SessionAttributes {
    /// The token, for the header `Authorization`.
    access_token: String,
    expires_at: Time,
    /// Whether it was created with a second factor.
    mfa: bool,
    /// The account in which the session acts.
    account_id: Id,
    user_id: Id,
}

/// A new session, with the token that was signed for it.
#[must_use]
pub fn session(session: &tokens::SessionClaims, access_token: String) -> SessionToken {
    SessionToken {
        r#type: Sessions,
        id: session.user.into(),
        attributes: SessionAttributes {
            access_token,
            expires_at: Time(session.expires_at),
            mfa: session.mfa,
            account_id: session.account.into(),
            user_id: session.user.into(),
        },
    }
}

//! A second factor, as it is set up and confirmed.

use api::types;
use policy::UserId;
use schemars::JsonSchema;
use serde::Serialize;
use web::{Id, Time};

/// A second factor that waits for its first code.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "MfaStarted")]
pub struct Started {
    r#type: types::Mfa,
    /// The user's.
    id: Id,
    attributes: StartedAttributes,
}

/// What an authenticator app has to know.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "MfaStartedAttributes")]
struct StartedAttributes {
    /// In Base32, as it is typed into an authenticator app.
    secret: String,
    /// The same as an address, as authenticator apps read it from a QR code.
    #[schemars(extend("format" = "uri"))]
    otpauth_uri: String,
}

impl Started {
    /// The second factor of this user.
    pub(crate) fn of(user: UserId, secret: String, otpauth_uri: String) -> Self {
        Self { r#type: types::Mfa, id: user.into(), attributes: StartedAttributes { secret, otpauth_uri } }
    }
}

/// A second factor that signing in takes from now on, and a new session: those made without it have ended.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "MfaConfirmed")]
pub struct Confirmed {
    r#type: types::Mfa,
    /// The user's.
    id: Id,
    attributes: ConfirmedAttributes,
}

/// The recovery codes, and a session with the second factor.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "MfaConfirmedAttributes")]
struct ConfirmedAttributes {
    /// Each good once in place of a code; shown this once.
    recovery_codes: Vec<String>,
    /// The new session's token, for the header `Authorization`.
    access_token: String,
    expires_at: Time,
    /// Whether the new session was made with a second factor: yes.
    mfa: bool,
}

impl Confirmed {
    /// The second factor of this session's user, with the token that was signed for it.
    pub(crate) fn of(session: &tokens::Session, access_token: String, recovery_codes: Vec<String>) -> Self {
        Self {
            r#type: types::Mfa,
            id: session.user.into(),
            attributes: ConfirmedAttributes {
                recovery_codes,
                access_token,
                expires_at: Time(session.expires_at),
                mfa: session.mfa,
            },
        }
    }
}

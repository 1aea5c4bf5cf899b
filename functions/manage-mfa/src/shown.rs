//! A second factor, as it is set up and confirmed.

use api::types;
use policy::UserId;
use schemars::JsonSchema;
use serde::Serialize;
use web::{Id, Time};

use crate::qr::picture;

/// A second factor that is not confirmed yet.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "MfaStarted")]
pub struct Started {
    r#type: types::Mfa,
    /// The id of the user.
    id: Id,
    attributes: StartedAttributes,
}

/// The data for an authenticator app.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "MfaStartedAttributes")]
struct StartedAttributes {
    /// The secret in Base32, for typing it into an authenticator app.
    secret: String,
    /// The secret as a URI, for a QR code.
    #[schemars(extend("format" = "uri"))]
    otpauth_uri: String,
    /// The QR code as the path of an SVG with squares of size 1; `null` if the URI is too long for a QR code.
    qr_path: Option<String>,
    /// Number of squares per side, without the empty margin.
    qr_size: Option<u16>,
}

impl Started {
    /// The second factor of this user.
    pub(crate) fn of(user: UserId, secret: String, otpauth_uri: String) -> Self {
        let (qr_size, qr_path) = picture(&otpauth_uri).map(|code| (code.size, code.path)).unzip();
        let attributes = StartedAttributes { secret, otpauth_uri, qr_path, qr_size };
        Self { r#type: types::Mfa, id: user.into(), attributes }
    }
}

/// A second factor that is now required for signing in, and a new session. Sessions without the second factor have ended.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "MfaConfirmed")]
pub struct Confirmed {
    r#type: types::Mfa,
    /// The id of the user.
    id: Id,
    attributes: ConfirmedAttributes,
}

/// The recovery codes, and a session with the second factor.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "MfaConfirmedAttributes")]
struct ConfirmedAttributes {
    /// Each can be used once instead of a code. Only shown this time.
    recovery_codes: Vec<String>,
    /// The new session's token, for the header `Authorization`.
    access_token: String,
    expires_at: Time,
    /// Whether the new session has a second factor: always true.
    mfa: bool,
}

impl Confirmed {
    /// The second factor of this session's user, with the token that was signed for it.
    pub(crate) fn of(
        session: &tokens::SessionClaims,
        access_token: String,
        recovery_codes: Vec<String>,
    ) -> Self {
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

/// New recovery codes.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecoveryCodes {
    r#type: types::Mfa,
    /// The id of the user.
    id: Id,
    attributes: RecoveryCodesAttributes,
}

/// New recovery codes.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct RecoveryCodesAttributes {
    /// Each can be used once instead of a code. Only shown this time. Older ones no longer work.
    recovery_codes: Vec<String>,
}

impl RecoveryCodes {
    /// Those of this user.
    pub(crate) fn of(user: UserId, recovery_codes: Vec<String>) -> Self {
        Self { r#type: types::Mfa, id: user.into(), attributes: RecoveryCodesAttributes { recovery_codes } }
    }
}

/// The caller's second factor.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecondFactor {
    r#type: types::Mfa,
    /// The id of the user.
    id: Id,
    attributes: SecondFactorAttributes,
}

/// Whether there is a second factor, since when, and how many recovery codes are left.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct SecondFactorAttributes {
    /// Whether signing in requires a second factor.
    mfa: bool,
    /// Since when; `null` if there is none, or if it began before this was recorded.
    since: Option<Time>,
    /// Number of recovery codes that are left.
    recovery_codes_left: usize,
}

impl SecondFactor {
    /// That of this user.
    pub(crate) fn of(user: &store::User, recovery_codes_left: usize) -> Self {
        Self {
            r#type: types::Mfa,
            id: user.id.into(),
            attributes: SecondFactorAttributes {
                mfa: user.mfa,
                since: user.mfa_since.map(Time),
                recovery_codes_left,
            },
        }
    }
}

//! A second factor, as it is set up and confirmed.

use api::types;
use policy::UserId;
use schemars::JsonSchema;
use serde::Serialize;
use web::{Id, Time};

use crate::qr::picture;

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
    /// That QR code as the path of an SVG, in squares of the length one; `null` if the address is too long for one.
    qr_path: Option<String>,
    /// How many squares stand side by side in it, the empty margin not counted.
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

/// New recovery codes.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecoveryCodes {
    r#type: types::Mfa,
    /// The user's.
    id: Id,
    attributes: RecoveryCodesAttributes,
}

/// New recovery codes.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct RecoveryCodesAttributes {
    /// Each good once in place of a code; shown this once. The older ones are dead.
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
    /// The user's.
    id: Id,
    attributes: SecondFactorAttributes,
}

/// Whether there is a second factor, since when, and how many recovery codes are left.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct SecondFactorAttributes {
    /// Whether signing in takes a second factor.
    mfa: bool,
    /// Since when; `null` where there is none, or it is older than this is kept.
    since: Option<Time>,
    /// Recovery codes that were not used yet.
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

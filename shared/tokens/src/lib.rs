//! What the product signs and hashes: sessions, links in mails, passwords, second factors, API keys, cursors, requests.
//!
//! A token names who and what; it is never an authority. What it allows is read from the store at each request.

pub mod api_key;
mod claims;
pub mod cursor;
mod ed25519;
pub mod fingerprint;
pub mod keys;
pub mod link;
pub mod password_hash;
pub mod recovery_code;
#[cfg(test)]
mod refusals;
pub mod session;
pub mod totp;

pub use api_key::ApiKeyText;
pub use claims::{SigningError, TokenError};
pub use cursor::CursorKey;
pub use fingerprint::Fingerprint;
pub use keys::{KeyId, KeySetError, PublicKeys, SigningKeys};
pub use link::{ConnectionInvitationLink, PasswordResetLink, UserInvitationLink};
pub use password_hash::PasswordHash;
pub use recovery_code::RecoveryCode;
pub use session::{Scope, Session};
pub use totp::{NoRandomness, TotpSecret};

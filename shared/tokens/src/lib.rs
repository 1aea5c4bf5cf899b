//! What the product signs and hashes. A token says who and what. It is never an authority: what it allows is read from the store at
//! each request.
//!
//! | what | how | where |
//! |---|---|---|
//! | sessions, links in mails | JWTs, Ed25519, one `aud` for each purpose | [`session`], [`link`] |
//! | the keys that sign and verify them | a JWK Set; a key is named by its thumbprint | [`keys`] |
//! | passwords | argon2id | [`password_hash`] |
//! | codes of authenticator apps, recovery codes | TOTP; SHA-256 | [`totp`], [`recovery_code`] |
//! | API keys | 256 random bits, stored as SHA-256 | [`api_key`] |
//! | cursors of lists, fingerprints of requests | HMAC-SHA-256 | [`cursor`], [`fingerprint`] |

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
pub use session::{Scope, SessionClaims};
pub use totp::{NoRandomness, TotpSecret};

//! The secret signing keys: one secret of AWS Secrets Manager, a JWK Set of which the first key signs.
//!
//! Only functions that sign link this crate. A [`Signer`] keeps the keys for five minutes and then reads them again, so a rotation needs no
//! deployment.

mod secret;
mod signer;

pub use secret::{Secret, SecretError, Version};
pub use signer::Signer;

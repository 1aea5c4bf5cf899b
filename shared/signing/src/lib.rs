//! The secret keys, where those who sign get them: one secret of AWS Secrets Manager, a JWK Set. Linked by nobody else.

mod secret;
mod signer;

pub use secret::{Secret, SecretError, Version};
pub use signer::Signer;

//! Idempotency keys and what was sent with them: enough to know both again, and nothing from which either can be told.

use hmac::{Hmac, KeyInit, Mac};
use policy::password::Password;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::password_hash::{self, HashingFailed, PasswordHash};

/// A request as its idempotency key sees it: HMAC-SHA-256, with the key, over all that was sent. The key is kept nowhere, so
/// nobody who reads the fingerprint tries out bodies, unless they guess the key first.
#[derive(Clone, PartialEq, Eq)]
pub struct Fingerprint(String);

impl std::fmt::Debug for Fingerprint {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Fingerprint(…)")
    }
}

/// The name under which a request with this key is noted: its SHA-256.
#[must_use]
pub fn name_of(idempotency_key: &str) -> String {
    hexadecimal(&Sha256::digest(idempotency_key))
}

impl Fingerprint {
    /// Of what was sent with this key.
    #[must_use]
    pub fn of(idempotency_key: &str, content: &[u8]) -> Option<Self> {
        let mut mac = Hmac::<Sha256>::new_from_slice(idempotency_key.as_bytes()).ok()?;
        mac.update(content);
        Some(Self(hexadecimal(&mac.finalize().into_bytes())))
    }

    /// To be stored.
    #[must_use]
    pub fn as_stored(&self) -> &str {
        &self.0
    }

    /// Whether it is the one that was stored.
    #[must_use]
    pub fn is(&self, stored: &str) -> bool {
        bool::from(stored.as_bytes().ct_eq(self.0.as_bytes()))
    }

    /// To be stored, where the body may hold a password: as slow to try out as the password's own hash, also for somebody who
    /// guessed the key.
    pub fn slow(&self) -> Result<String, HashingFailed> {
        let password = Password::new(&self.0).map_err(|_| HashingFailed)?;
        Ok(password_hash::hash(&password)?.into_stored())
    }

    /// Whether it is the one that was stored slowly.
    #[must_use]
    pub fn is_slow(&self, stored: &str) -> bool {
        password_hash::verify(&self.0, &PasswordHash::from_stored(stored.to_owned()))
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_request_has_the_same_fingerprint_and_no_other_has() {
        let own = Fingerprint::of("key", b"POST /users").unwrap();
        assert!(own.is(Fingerprint::of("key", b"POST /users").unwrap().as_stored()));
        for (key, content) in
            [("key", "POST /groups"), ("kez", "POST /users"), ("keyP", "OST /users"), ("", "")]
        {
            let other = Fingerprint::of(key, content.as_bytes()).unwrap();
            assert!(!own.is(other.as_stored()), "{key} {content}");
        }
        assert!(!own.is("") && !own.is(&own.as_stored()[1..]));
    }

    #[test]
    fn a_slow_one_is_known_again_and_different_each_time() {
        let own = Fingerprint::of("key", b"a password").unwrap();
        let stored = own.slow().unwrap();
        assert!(own.is_slow(&stored) && stored != own.slow().unwrap() && !stored.contains(own.as_stored()));
        assert!(!Fingerprint::of("key", b"another one").unwrap().is_slow(&stored) && !own.is_slow(""));
    }

    #[test]
    fn neither_key_nor_fingerprint_is_shown() {
        assert_eq!(name_of("key"), "2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683");
        assert_eq!(format!("{:?}", Fingerprint::of("key", b"").unwrap()), "Fingerprint(…)");
    }
}

//! Passwords at rest: argon2id. Each call takes tens of milliseconds of CPU and 19 MiB of memory, on purpose.

use std::fmt;
use std::hint::black_box;

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc};
use argon2::{Algorithm, Argon2, Params, Version};
use policy::password::{Password, normalized};
use serde::{Deserialize, Serialize};

// OWASP Password Storage Cheat Sheet, argon2id: 19 MiB of memory, two passes, one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// The hash of no password: random bytes where a hash would be, with the parameters above.
const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$tAfo/679yNuwS/5wUAsA/w$Swl5caCYomEPKfGWF16cPyIITVkjkFJPVqMtezU/9Sc";

/// A password's hash with its salt and parameters, as a PHC string.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// The hash as the store kept it.
    #[must_use]
    pub const fn from_stored(phc: String) -> Self {
        Self(phc)
    }

    /// The PHC string, for the store alone.
    #[must_use]
    pub fn into_stored(self) -> String {
        self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("PasswordHash(redacted)")
    }
}

/// The password could not be hashed: there was no memory or no randomness for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the password could not be hashed")]
pub struct HashingFailed;

/// Hashes a password with a fresh salt.
pub fn hash(password: &Password) -> Result<PasswordHash, HashingFailed> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|_| HashingFailed)?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash: phc::PasswordHash =
        argon2.hash_password(password.reveal().as_bytes()).map_err(|_| HashingFailed)?;
    Ok(PasswordHash(hash.to_string()))
}

/// Whether this is the password that was hashed, however its characters were composed by the keyboard.
///
/// What is longer than any password costs no more than a password.
#[must_use]
pub fn verify(candidate: &str, hash: &PasswordHash) -> bool {
    match normalized(candidate) {
        Some(candidate) => matches(&candidate, &hash.0),
        None => {
            verify_against_nobody("");
            false
        }
    }
}

/// Takes as long as [`verify`] and finds nothing: for an e-mail address that has no password, so that the time of an
/// answer does not tell which addresses do.
pub fn verify_against_nobody(candidate: &str) {
    black_box(matches(&normalized(candidate).unwrap_or_default(), NOBODYS));
}

fn matches(candidate: &str, hash: &str) -> bool {
    // The parameters are those in the stored hash; the comparison takes the same time wherever the bytes differ.
    phc::PasswordHash::new(hash)
        .is_ok_and(|hash| Argon2::default().verify_password(candidate.as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    fn hashed(text: &str) -> PasswordHash {
        hash(&Password::new(text).unwrap()).unwrap()
    }

    #[test]
    fn a_password_is_recognised_and_no_other() {
        let hash = hashed("correct horse battery");
        assert!(verify("correct horse battery", &hash));
        assert!(!verify("correct horse batterY", &hash));
        assert!(!verify("", &hash));
        assert!(!verify("correct horse battery", &PasswordHash("not a hash".to_owned())));
    }

    #[test]
    fn a_password_is_recognised_however_it_is_composed() {
        let (composed, decomposed): (String, String) =
            ("pässwörter sind älter".nfc().collect(), "pässwörter sind älter".nfd().collect());
        assert_ne!(composed, decomposed);
        assert!(verify(&decomposed, &hashed(&composed)));
        assert!(verify(&composed, &hashed(&decomposed)));
    }

    #[test]
    fn what_is_longer_than_any_password_is_not_one() {
        let longest = "ab".repeat(128);
        let hash = hashed(&longest);
        assert!(verify(&longest, &hash));
        assert!(!verify(&format!("{longest}c"), &hash));
        assert!(!verify(&"a".repeat(10_000_000), &hash));
    }

    #[test]
    fn nobodys_hash_costs_as_much_as_anybodys() {
        verify_against_nobody("correct horse battery");
        let hash = hashed("correct horse battery");
        let (real, nobodys) =
            (phc::PasswordHash::new(&hash.0).unwrap(), phc::PasswordHash::new(NOBODYS).unwrap());
        assert_eq!(real.algorithm, nobodys.algorithm);
        assert_eq!(real.version, nobodys.version);
        assert_eq!(real.params.to_string(), nobodys.params.to_string());
        assert_eq!(real.params.to_string(), format!("m={MEMORY_KIB},t={PASSES},p={LANES}"));
        assert_eq!(real.salt.map(|salt| salt.len()), nobodys.salt.map(|salt| salt.len()));
        assert_eq!(real.hash.map(|hash| hash.len()), nobodys.hash.map(|hash| hash.len()));
    }

    #[test]
    fn each_hash_has_its_own_salt_and_debug_shows_none_of_it() {
        let (one, other) = (hashed("correct horse battery"), hashed("correct horse battery"));
        assert_ne!(one.0, other.0);
        assert_eq!(format!("{one:?}"), "PasswordHash(redacted)");
    }
}

//! Recovery codes: what opens instead of an authenticator app, each once. Only their hashes are kept.
//!
//! A plain SHA-256 is enough here, unlike for passwords: a code is 120 random bits that we make ourselves, so there is no
//! list of likely ones to try, and nobody can try them all (OWASP ASVS 5.0, 6.5.2, asks for 112). Those given out before have
//! 80, and go on being good.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use policy::mfa::RECOVERY_CODE_LENGTHS;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use totp_rs::Secret;

use crate::totp::NoRandomness;

const BYTES: usize = 15;

/// The longest text that is looked at: the code and whatever stands between its letters.
const LONGEST_TEXT: usize = 40;

/// One code, for its owner's eyes.
pub struct RecoveryCode(String);

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("RecoveryCode(redacted)")
    }
}

impl RecoveryCode {
    /// A fresh one.
    pub fn generate() -> Result<Self, NoRandomness> {
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes).map_err(|_| NoRandomness)?;
        Ok(Self(Secret::new(bytes.into()).to_base32().to_ascii_lowercase()))
    }

    /// The code that someone typed, in whatever letter case and with hyphens or blanks; none if it cannot be one.
    #[must_use]
    pub fn typed(text: &str) -> Option<Self> {
        if text.len() > LONGEST_TEXT {
            return None;
        }
        let letters = text.chars().filter(|letter| *letter != '-' && !letter.is_whitespace());
        let code: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
        (RECOVERY_CODE_LENGTHS.contains(&code.len()) && code.is_ascii()).then_some(Self(code))
    }

    /// As it is shown: in groups of four.
    #[must_use]
    pub fn reveal(&self) -> String {
        let letters: Vec<char> = self.0.chars().collect();
        letters.chunks(4).map(|group| group.iter().collect()).collect::<Vec<String>>().join("-")
    }

    /// Its hash, for the store.
    #[must_use]
    pub fn hash(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.0.as_bytes()))
    }

    /// Which of these hashes is its own. Each is compared, and each in constant time.
    #[must_use]
    pub fn find<'a>(&self, hashes: &'a [String]) -> Option<&'a String> {
        let own = self.hash();
        let is_own = |hash: &String| bool::from(hash.as_bytes().ct_eq(own.as_bytes()));
        hashes.iter().fold(None, |found, hash| if is_own(hash) { Some(hash) } else { found })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_however_it_is_typed() {
        let codes: Vec<_> = (0..10).map(|_| RecoveryCode::generate().unwrap()).collect();
        let hashes: Vec<_> = codes.iter().map(RecoveryCode::hash).collect();
        let shown = codes[3].reveal();
        assert_eq!(shown.len(), 29);
        for text in [shown.clone(), shown.to_uppercase(), shown.replace('-', ""), shown.replace('-', " ")] {
            assert_eq!(RecoveryCode::typed(&text).unwrap().find(&hashes), Some(&hashes[3]), "{text}");
        }
        assert_eq!(RecoveryCode::generate().unwrap().find(&hashes), None);
        assert_eq!(codes[3].find(&[]), None);
    }

    #[test]
    fn what_cannot_be_a_code_is_none() {
        for text in
            ["", "123456", "abcd-efgh-jkmn-pqr", "abcd-efgh-jkmn-pqrst", "ääääääää", &"-".repeat(1_000)]
        {
            assert!(RecoveryCode::typed(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_code_does_not_show() {
        let code = RecoveryCode::generate().unwrap();
        assert_eq!(format!("{code:?}"), "RecoveryCode(redacted)");
        assert!(!code.hash().contains(&code.0));
    }
}

//! API keys: what a program calls with. The text names the account and the key, so that one read finds it, and carries 256
//! random bits that the table has only the hash of.
//!
//! A plain SHA-256 is enough here, unlike for passwords: nobody guesses 256 random bits, however fast the hash.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use policy::{AccountId, ApiKeyId};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::totp::NoRandomness;

/// What every key begins with, so that people, and programs that look for secrets in the wrong places, know it for one.
const PREFIX: &str = "glue";

const BYTES: usize = 32;

/// As long as a hash, and none that anyone knows a secret of.
const NOBODYS: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The longest text that is looked at: the prefix, two ids, 43 letters for the secret, and the lines between.
const LONGEST_TEXT: usize = 100;

/// A key, for the eyes of whoever made it, or as it came with a request.
#[derive(Clone)]
pub struct ApiKeyText {
    account: AccountId,
    key: ApiKeyId,
    secret: [u8; BYTES],
}

impl fmt::Debug for ApiKeyText {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ApiKeyText")
            .field("account", &self.account)
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

impl ApiKeyText {
    /// A fresh one for the key with this id.
    pub fn generate(account: AccountId, key: ApiKeyId) -> Result<Self, NoRandomness> {
        let mut secret = [0; BYTES];
        getrandom::fill(&mut secret).map_err(|_| NoRandomness)?;
        Ok(Self { account, key, secret })
    }

    /// The key that this text is; none if it cannot be one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > LONGEST_TEXT {
            return None;
        }
        let mut parts = text.splitn(4, '_');
        let (prefix, account, key, secret) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        if prefix != PREFIX {
            return None;
        }
        let secret = URL_SAFE_NO_PAD.decode(secret).ok()?.try_into().ok()?;
        Some(Self { account: account.parse().ok()?, key: key.parse().ok()?, secret })
    }

    /// The account that it says it is of.
    #[must_use]
    pub const fn account(&self) -> AccountId {
        self.account
    }

    /// The key that it says it is.
    #[must_use]
    pub const fn key(&self) -> ApiKeyId {
        self.key
    }

    /// As it is shown, once.
    #[must_use]
    pub fn reveal(&self) -> String {
        format!("{PREFIX}_{}_{}_{}", self.account, self.key, URL_SAFE_NO_PAD.encode(self.secret))
    }

    /// The hash of its secret, for the store.
    #[must_use]
    pub fn hash(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.secret))
    }

    /// Whether this is the hash of its secret, compared in constant time. Of a key that there is not, none is; that takes as long.
    #[must_use]
    pub fn matches(&self, hash: Option<&str>) -> bool {
        let own = self.hash();
        let stored = hash.unwrap_or(NOBODYS);
        bool::from(stored.as_bytes().ct_eq(own.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fresh() -> ApiKeyText {
        ApiKeyText::generate(AccountId::new(17).unwrap(), ApiKeyId::new(42).unwrap()).unwrap()
    }

    #[test]
    fn a_key_is_read_as_it_was_shown() {
        for _ in 0..100 {
            let key = fresh();
            let shown = key.reveal();
            assert!(shown.starts_with("glue_17_42_") && shown.len() == 11 + 43, "{shown}");
            let read = ApiKeyText::parse(&shown).unwrap();
            assert_eq!((read.account(), read.key()), (key.account(), key.key()));
            assert!(read.matches(Some(&key.hash())));
            assert!(!read.matches(Some(&fresh().hash())) && !read.matches(Some("")) && !read.matches(None));
        }
    }

    #[test]
    fn one_letter_makes_it_another_key_or_none() {
        let key = fresh();
        let shown = key.reveal();
        for place in 0..shown.len() {
            for letter in ["A", "b", "0", "9", "-", "_", " "] {
                let mut other = shown.clone();
                other.replace_range(place..=place, letter);
                let opens = other != shown
                    && ApiKeyText::parse(&other).is_some_and(|other| {
                        (other.account(), other.key()) == (key.account(), key.key())
                            && other.matches(Some(&key.hash()))
                    });
                assert!(!opens, "{other} for {shown}");
            }
        }
    }

    #[test]
    fn what_cannot_be_a_key_is_none() {
        let shown = fresh().reveal();
        let secret = &shown[11..];
        for text in [
            String::new(),
            "glue".to_owned(),
            "glue___".to_owned(),
            format!("GLUE_17_42_{secret}"),
            format!("glue_0_42_{secret}"),
            format!("glue_17_9007199254740992_{secret}"),
            format!("glue_17_42_{secret}="),
            format!("glue_17_42_{secret}A"),
            format!("glue_17_42_{}", &secret[1..]),
            format!(" {shown}"),
            format!("{shown}, {shown}"),
            "_".repeat(1_000),
        ] {
            assert!(ApiKeyText::parse(&text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_key_does_not_show() {
        let key = fresh();
        let shown = format!("{key:?}");
        assert!(!key.reveal().contains(&key.hash()));
        assert_eq!(shown, "ApiKeyText { account: AccountId(17), key: ApiKeyId(42), .. }");
    }

    proptest! {
        #[test]
        fn any_text_is_a_key_that_reads_itself_or_none(text in "(glue)?[_0-9A-Za-z-]{0,70}") {
            if let Some(key) = ApiKeyText::parse(&text) {
                prop_assert_eq!(key.reveal(), text);
            }
        }
    }
}

//! Which passwords are good enough: long enough, and not among those that are guessed first.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

/// The fewest characters (Unicode scalar values in NFC) that a password has.
pub const MINIMUM_CHARACTERS: usize = 12;

/// The most characters (Unicode scalar values in NFC) that a password has: room for any passphrase, yet nobody
/// can make the product hash a megabyte.
pub const MAXIMUM_CHARACTERS: usize = 256;

/// How many characters the longest canonical decomposition of a single one has (that of U+1F82, for one).
const LONGEST_DECOMPOSITION: usize = 4;

const COMMONEST: &str = include_str!("commonest-passwords.txt");

/// A password that meets the rule, in NFC, so that every keyboard's way of typing it gives the same one.
#[derive(Clone)]
pub struct Password(String);

/// Why a password is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    /// It has fewer characters than it must.
    #[error("a password has at least {minimum} characters")]
    TooShort {
        /// The fewest that are accepted.
        minimum: usize,
    },
    /// It has more characters than are accepted.
    #[error("a password has at most {maximum} characters")]
    TooLong {
        /// The most that are accepted.
        maximum: usize,
    },
    /// It is among the commonest, or is one character over and over.
    #[error("this password is among the first that anyone would guess; choose another")]
    TooCommon,
}

impl PasswordFault {
    /// The stable code by which a caller tells the faults apart.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooShort { .. } => "password-too-short",
            Self::TooLong { .. } => "password-too-long",
            Self::TooCommon => "password-too-common",
        }
    }
}

impl Password {
    /// The password, if it meets the rule: 12 to 256 characters, any Unicode, not among the commonest in whatever
    /// letter case, not one character repeated.
    pub fn new(text: &str) -> Result<Self, PasswordFault> {
        let text = normalized(text).ok_or(PasswordFault::TooLong { maximum: MAXIMUM_CHARACTERS })?;
        if text.chars().count() < MINIMUM_CHARACTERS {
            return Err(PasswordFault::TooShort { minimum: MINIMUM_CHARACTERS });
        }
        if is_common(&text.to_lowercase()) {
            return Err(PasswordFault::TooCommon);
        }
        Ok(Self(text))
    }

    /// The password itself: for the hasher alone.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Password(redacted)")
    }
}

/// The form (NFC) in which a password is hashed and compared; `None` if it is longer than any password may be,
/// which is found out without reading all of it.
#[must_use]
pub fn normalized(text: &str) -> Option<String> {
    // Longer than this it cannot shrink to the maximum, and is not worth normalising.
    if text.chars().nth(MAXIMUM_CHARACTERS * LONGEST_DECOMPOSITION).is_some() {
        return None;
    }
    let text: String = text.nfc().collect();
    if text.chars().nth(MAXIMUM_CHARACTERS).is_some() { None } else { Some(text) }
}

fn is_common(lowercase: &str) -> bool {
    let mut characters = lowercase.chars();
    let first = characters.next();
    characters.all(|character| Some(character) == first) || commonest().any(|common| common == lowercase)
}

fn commonest() -> impl Iterator<Item = &'static str> {
    COMMONEST.lines().filter(|line| !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fault(text: &str) -> Option<&'static str> {
        Password::new(text).err().map(PasswordFault::code)
    }

    #[test]
    fn length_counts_characters_not_bytes() {
        assert_eq!(fault("elevenchars"), Some("password-too-short"));
        assert_eq!(fault("twelve chars"), None);
        assert_eq!(fault("пароль длинн"), None, "twelve Cyrillic letters and spaces");
        assert_eq!(fault("密码密码密码长"), Some("password-too-short"), "seven characters, though 21 bytes");
        assert_eq!(fault(&"ab".repeat(128)), None);
        assert_eq!(fault(&format!("{}c", "ab".repeat(128))), Some("password-too-long"));
        assert_eq!(fault(&"ab".repeat(1_000_000)), Some("password-too-long"));
    }

    #[test]
    fn length_is_counted_after_normalising() {
        let decomposed = "e\u{301}".repeat(6);
        assert_eq!(
            fault(&decomposed),
            Some("password-too-short"),
            "six letters with accents, typed as twelve"
        );
        let longest = "\u{1f82}\u{e9}".repeat(128);
        assert_eq!(fault(&longest), None);
        assert_eq!(
            fault(&longest.nfd().collect::<String>()),
            None,
            "the longest decomposition still counts as 256"
        );
    }

    #[test]
    fn the_commonest_are_refused_in_any_letter_case() {
        for text in
            ["qwerty123456", "QWERTY123456", "Leavemealone", "1234567890123", "aaaaaaaaaaaa", "aAaAaAaAaAaA"]
        {
            assert_eq!(fault(text), Some("password-too-common"), "{text}");
        }
        assert_eq!(fault("qwerty123456 and a goat"), None);
    }

    #[test]
    fn the_list_is_sorted_lower_case_and_long_enough_to_matter() {
        let list: Vec<&str> = commonest().collect();
        assert!(list.len() > 400, "{} passwords", list.len());
        assert!(list.is_sorted_by(|left, right| left < right), "sorted, each once");
        for common in list {
            assert_eq!(common, common.to_lowercase());
            assert!(common.chars().count() >= MINIMUM_CHARACTERS, "{common}");
        }
    }

    #[test]
    fn debug_does_not_show_it() {
        let password = Password::new("correct horse battery").unwrap();
        assert!(!format!("{password:?}").contains("horse"));
        assert_eq!(password.reveal(), "correct horse battery");
    }

    proptest! {
        #[test]
        fn every_way_of_typing_it_gives_the_same_password(text in "\\PC{12,40}") {
            let composed: String = text.nfc().collect();
            let decomposed: String = text.nfd().collect();
            match (Password::new(&composed), Password::new(&decomposed)) {
                (Ok(left), Ok(right)) => prop_assert_eq!(left.reveal(), right.reveal()),
                (left, right) => prop_assert_eq!(left.err(), right.err()),
            }
        }
    }
}

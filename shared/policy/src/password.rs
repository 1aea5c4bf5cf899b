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
    #[error("a password must have at least {minimum} characters")]
    TooShort {
        /// The fewest that are accepted.
        minimum: usize,
    },
    /// It has more characters than are accepted.
    #[error("a password can have at most {maximum} characters")]
    TooLong {
        /// The most that are accepted.
        maximum: usize,
    },
    /// It is among the most common, or is one character over and over.
    #[error("this password is too common; choose a different one")]
    TooCommon,
    /// It is little more than a name that everybody connects with its owner.
    #[error(
        "this password is too close to your name, your e-mail address or the account's name; choose a different one"
    )]
    TooClose,
}

impl PasswordFault {
    /// The stable code by which a caller tells the faults apart.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooShort { .. } => "password-too-short",
            Self::TooLong { .. } => "password-too-long",
            Self::TooCommon => "password-too-common",
            Self::TooClose => "password-too-close",
        }
    }
}

impl Password {
    /// The password, if it meets the rule: 12 to 256 characters, any Unicode, not among the most common in whatever
    /// letter case, not one character repeated.
    pub fn new(text: &str) -> Result<Self, PasswordFault> {
        let text = normalized(text).ok_or(PasswordFault::TooLong { maximum: MAXIMUM_CHARACTERS })?;
        if text.chars().count() < MINIMUM_CHARACTERS {
            return Err(PasswordFault::TooShort { minimum: MINIMUM_CHARACTERS });
        }
        let lowercase = text.to_lowercase();
        if is_common(&lowercase) || is_little_more_than(&lowercase, STEMS) {
            return Err(PasswordFault::TooCommon);
        }
        Ok(Self(text))
    }

    /// The same password, if it is more than a name that others connect with its owner: the account's name and subdomain, the
    /// owner's names and e-mail address (OWASP ASVS 5.0, 6.1.2 and 6.2.11).
    pub fn unlike(self, names: &[&str]) -> Result<Self, PasswordFault> {
        let words: Vec<String> = names.iter().flat_map(|name| words(name)).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        if is_little_more_than(&self.0.to_lowercase(), &words) {
            return Err(PasswordFault::TooClose);
        }
        Ok(self)
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

/// What many passwords are made of, with a number or a sign behind it.
const STEMS: &[&str] = &[
    "password",
    "passw0rd",
    "p@ssword",
    "p@ssw0rd",
    "passwort",
    "welcome",
    "qwerty",
    "qwertz",
    "azerty",
    "letmein",
    "iloveyou",
    "administrator",
    "admin",
    "changeme",
    "default",
    "summer",
    "winter",
    "spring",
    "autumn",
    "monday",
    "january",
    "february",
    "march",
    "april",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Letters that a password has besides such words at least.
const OTHER_LETTERS: usize = 4;

/// Whether hardly a letter is left of the password once these words are taken out of it.
fn is_little_more_than(lowercase: &str, words: &[&str]) -> bool {
    let mut rest = lowercase.to_owned();
    let mut longest_first = words.to_vec();
    longest_first.sort_by_key(|word| std::cmp::Reverse(word.len()));
    for word in longest_first {
        rest = rest.replace(word, " ");
    }
    rest != lowercase && rest.chars().filter(|character| character.is_alphabetic()).count() < OTHER_LETTERS
}

/// The words of a name that are long enough to be one, and the whole name without what stands between them.
fn words(name: &str) -> Vec<String> {
    let lowercase = name.to_lowercase();
    let parts = lowercase.split(|character: char| !character.is_alphanumeric());
    let whole: String = lowercase.chars().filter(|character| character.is_alphanumeric()).collect();
    let long = |word: &String| word.chars().count() >= 3;
    parts.map(str::to_owned).chain([whole, lowercase.clone()]).filter(long).collect()
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
    fn a_common_word_or_a_known_name_with_a_number_behind_it_is_no_password() {
        for text in ["Password123!", "Summer2026!!!", "welcome welcome", "P@ssw0rd2026", "Admin-2026-11"] {
            assert_eq!(fault(text), Some("password-too-common"), "{text}");
        }
        let names = ["Acme IT Services", "acme-it", "Ada", "Admin-Lovelace", "ada@acme.example"];
        let close = |text: &str| {
            Password::new(text).and_then(|password| password.unlike(&names)).err().map(PasswordFault::code)
        };
        for text in [
            "Acme IT Services",
            "acmeitservices2026",
            "ada@acme.example",
            "Lovelace 1815!",
            "acme-it acme-it",
        ] {
            assert_eq!(close(text), Some("password-too-close"), "{text}");
        }
        for text in ["correct horse battery", "acme is a coyote's shop", "a password for Ada's cat"] {
            assert_eq!(close(text), None, "{text}");
        }
    }

    #[test]
    fn the_list_is_sorted_lower_case_and_long_enough_to_matter() {
        let list: Vec<&str> = commonest().collect();
        assert!(list.len() > 3_000, "{} passwords", list.len());
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

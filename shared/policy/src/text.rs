//! Names, descriptions and messages: what people write, made safe to store and to show.

use unicode_normalization::UnicodeNormalization;

/// Longest name of an account, an organization, a group or a person, in characters.
pub const NAME_LIMIT: usize = 100;

/// Longest message or description, in characters.
pub const MESSAGE_LIMIT: usize = 2_000;

/// Why a text was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextFault {
    /// Nothing but white space.
    #[error("must not be empty")]
    Empty,
    /// More characters than allowed.
    #[error("must have at most {limit} characters")]
    TooLong {
        /// How many are allowed.
        limit: usize,
    },
    /// Control characters, or characters that turn the direction of the text around them.
    #[error("must not contain control characters")]
    ControlCharacter,
}

/// A name: one line, not empty, trimmed, NFC, at most [`NAME_LIMIT`] characters.
pub fn name(text: &str) -> Result<String, TextFault> {
    let text = optional_name(text)?;
    if text.is_empty() { Err(TextFault::Empty) } else { Ok(text) }
}

/// As [`name`], and may be empty: a person's first or last name may be unknown.
pub fn optional_name(text: &str) -> Result<String, TextFault> {
    clean(text, NAME_LIMIT, |character| character.is_control() || turns_direction(character))
}

/// A message or description: lines, may be empty, at most [`MESSAGE_LIMIT`] characters. Line ends become `\n`.
pub fn message(text: &str) -> Result<String, TextFault> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    clean(&text, MESSAGE_LIMIT, |character| {
        (character.is_control() && character != '\n' && character != '\t') || turns_direction(character)
    })
}

fn clean(text: &str, limit: usize, forbidden: impl Fn(char) -> bool) -> Result<String, TextFault> {
    let text: String = text.trim().nfc().collect();
    if text.chars().any(forbidden) {
        return Err(TextFault::ControlCharacter);
    }
    if text.chars().count() > limit {
        return Err(TextFault::TooLong { limit });
    }
    Ok(text)
}

/// Unicode's explicit directional formatting characters (UAX #9, 2): they make one text read as another.
fn turns_direction(character: char) -> bool {
    matches!(character, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_clean_line() {
        assert_eq!(name("  Ada  "), Ok("Ada".to_owned()));
        assert_eq!(name("Zoe\u{301}"), Ok("Zo\u{e9}".to_owned()));
        assert_eq!(name(" \t "), Err(TextFault::Empty));
        assert_eq!(name("Ada\r\nBcc: eve@example.com"), Err(TextFault::ControlCharacter));
        assert_eq!(name("gpj.\u{202E}exe"), Err(TextFault::ControlCharacter));
        assert_eq!(name(&"x".repeat(101)), Err(TextFault::TooLong { limit: 100 }));
    }

    #[test]
    fn a_message_keeps_its_lines() {
        assert_eq!(message("Hello\r\n\r\nsee you"), Ok("Hello\n\nsee you".to_owned()));
        assert_eq!(message(""), Ok(String::new()));
        assert_eq!(message("bell\u{7}"), Err(TextFault::ControlCharacter));
    }
}

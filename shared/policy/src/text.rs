//! What people type: taken, compared, searched, sorted and shown by one set of rules, all of which are here.

mod sorted;

use icu_casemap::CaseMapper;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

pub use sorted::sorted;

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
    /// Nothing in it can be seen.
    #[error("must have at least one character that can be seen")]
    Unseen,
    /// More characters than allowed.
    #[error("must have at most {limit} characters")]
    TooLong {
        /// How many are allowed.
        limit: usize,
    },
    /// Control characters, or characters that turn the direction of the text around them.
    #[error("must not contain control characters")]
    ControlCharacter,
    /// A name that a mail program would turn into a link.
    #[error("must not contain a web address or an e-mail address")]
    Link,
}

/// A name: one line that has something seen, without blanks at its ends or more than one between words, NFC, nothing hidden, no
/// address, at most [`NAME_LIMIT`] characters.
pub fn name(text: &str) -> Result<String, TextFault> {
    let text = optional_name(text)?;
    if text.is_empty() { Err(TextFault::Empty) } else { Ok(text) }
}

/// As [`name`], and may be empty: a person's first or last name may be unknown.
pub fn optional_name(text: &str) -> Result<String, TextFault> {
    if text.trim().chars().any(|letter| letter.is_control() || turns_direction(letter)) {
        return Err(TextFault::ControlCharacter);
    }
    let is_blank = text.trim().is_empty();
    let text: String = shown(text).nfc().collect();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if !is_blank && !text.chars().any(is_seen) {
        return Err(TextFault::Unseen);
    }
    if text.chars().count() > NAME_LIMIT {
        return Err(TextFault::TooLong { limit: NAME_LIMIT });
    }
    if text.split(' ').any(is_address) { Err(TextFault::Link) } else { Ok(text) }
}

/// A message or description: lines, may be empty, at most [`MESSAGE_LIMIT`] characters. Line ends become `\n`.
pub fn message(text: &str) -> Result<String, TextFault> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text: String = text.trim().nfc().collect();
    let is_forbidden = |character: char| {
        (character.is_control() && character != '\n' && character != '\t') || turns_direction(character)
    };
    if text.chars().any(is_forbidden) {
        return Err(TextFault::ControlCharacter);
    }
    if text.chars().count() > MESSAGE_LIMIT {
        return Err(TextFault::TooLong { limit: MESSAGE_LIMIT });
    }
    Ok(text)
}

/// Unicode's explicit directional formatting characters (UAX #9, 2): they make one text read as another.
const fn turns_direction(character: char) -> bool {
    matches!(character, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// A text without what hides in it: characters that are not seen, and that reorder or part what is. The joiners U+200C and
/// U+200D stay, and so do variation selectors and tags: Persian, Hindi and emoji are written with them.
#[must_use]
pub fn shown(text: &str) -> String {
    text.chars().filter(|letter| !hides(*letter)).collect()
}

/// Of the default-ignorable characters (Unicode's `DerivedCoreProperties.txt`), those that no writing needs; and annotations.
#[must_use]
pub const fn hides(character: char) -> bool {
    turns_direction(character)
        || matches!(
            character,
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}'
        )
        || matches!(character, '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF0}'..='\u{FFFB}')
        || matches!(character, '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0001}')
}

/// Whether the character by itself leaves something to see: no blank, no filler, no mark that stands on another.
fn is_seen(character: char) -> bool {
    let is_filler = matches!(character, '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' | '\u{2800}')
        || matches!(character, '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}' | '\u{200C}' | '\u{200D}')
        || matches!(character, '\u{FE00}'..='\u{FE0F}' | '\u{E0000}'..='\u{E0FFF}');
    let is_mark = canonical_combining_class(character) > 0;
    !(character.is_whitespace() || character.is_control() || hides(character) || is_filler || is_mark)
}

/// Whether mail programs make a link of this word: an address of the web with a scheme, a path or `www.`, or one of mail. A mere
/// host name is none: companies are called so.
fn is_address(word: &str) -> bool {
    let plain: String = word.nfkc().flat_map(char::to_lowercase).collect();
    let plain = plain.trim_matches(|letter: char| !letter.is_alphanumeric() && letter != '/');
    let host_of = |rest: &str| rest.split(['/', '?', '#', ':']).next().unwrap_or_default().to_owned();
    let has_path = plain.split_once('/').is_some_and(|(host, _)| is_host(&host_of(host)));
    let mailed =
        plain.rsplit_once('@').is_some_and(|(local, host)| !local.is_empty() && is_host(&host_of(host)));
    let schemes = ["mailto:", "tel:", "javascript:", "data:"];
    plain.contains("://")
        || schemes.iter().any(|scheme| plain.starts_with(scheme))
        || (plain.starts_with("www.") && plain.len() > 4)
        || has_path
        || mailed
}

/// A word of a name as it stands in a mail: one that reads like a host name gets an invisible joiner behind its dots, so that no
/// mail program makes a link of what somebody is called.
#[must_use]
pub fn unlinked(word: &str) -> String {
    if word.contains('@') || !is_host(word.trim_matches(|letter: char| !letter.is_alphanumeric())) {
        return word.to_owned();
    }
    let mut out = String::with_capacity(word.len() + 3);
    let mut rest = word.chars().peekable();
    while let Some(letter) = rest.next() {
        out.push(letter);
        if letter == '.' && rest.peek().is_some_and(|next| next.is_alphanumeric()) {
            out.push('\u{2060}');
        }
    }
    out
}

/// Whether this reads like a host name: labels with dots between them, the last of them with a letter.
fn is_host(host: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty() && label.chars().all(|letter| letter.is_alphanumeric() || "-_".contains(letter))
    };
    let Some((before, last)) = host.rsplit_once('.') else { return false };
    before.split('.').all(is_label)
        && is_label(last)
        && last.chars().count() > 1
        && last.chars().any(char::is_alphabetic)
}

/// Letters that are written with a stroke or as two at once, which no normal form takes apart, as people type them who do not
/// have them on their keyboards.
const fn plain(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ł' => "l",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ħ' => "h",
        'ŧ' => "t",
        'ı' => "i",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        _ => return None,
    })
}

/// A text as it is compared and searched: without case, compatibility forms, accents, hidden characters and superfluous blanks.
/// In scripts whose vowels are signs on their consonants, those stay: they are letters, and no accents.
#[must_use]
pub fn folded(text: &str) -> String {
    // Nukta, voicing marks and virama tell letters apart (classes 7, 8 and 9).
    let is_accent = |letter: char| canonical_combining_class(letter) > 9;
    let bare: String = shown(text).nfkd().filter(|letter| !is_accent(*letter)).collect();
    let lower = CaseMapper::new().fold_string(&bare);
    let mut folded = String::with_capacity(lower.len());
    for letter in lower.chars() {
        match plain(letter) {
            Some(letters) => folded.push_str(letters),
            None => folded.push(letter),
        }
    }
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a text has this part, which is folded already.
#[must_use]
pub fn is_part(folded_part: &str, text: &str) -> bool {
    folded(text).contains(folded_part)
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
        assert_eq!(name("Ada\u{a0}\u{3000} Min\u{200B}"), Ok("Ada Min".to_owned()));
        for kept in [
            "👩\u{200d}🔧 Zoë",
            "می\u{200c}خواهم",
            "O'Neil & Sons (№ 7)",
            "Booking.com",
            "1.5 mm",
            "a/b",
            "@home",
        ] {
            assert_eq!(name(kept).as_deref(), Ok(kept));
        }
    }

    #[test]
    fn a_name_has_something_that_is_seen() {
        for hidden in ["\u{200B}", "\u{AD}\u{FEFF}", "\u{2060} \u{200B}"] {
            assert_eq!(name(hidden), Err(TextFault::Unseen), "{hidden:?}");
        }
        for hidden in ["\u{3164}", "\u{2800}\u{2800}", "\u{200D}", "\u{301}", "\u{FE0F}", "\u{115F} \u{1160}"]
        {
            assert_eq!(name(hidden), Err(TextFault::Unseen), "{hidden:?}");
            assert_eq!(optional_name(hidden), Err(TextFault::Unseen), "{hidden:?}");
        }
    }

    #[test]
    fn a_name_is_no_link() {
        for link in [
            "You won! https://evil.example/claim",
            "claim at evil.example/claim",
            "www.evil.example",
            "ＷＷＷ．evil.example",
            "write to eve@evil.example",
            "(http://evil.example)",
            "mailto:eve@evil",
            "evil.example:8080/x",
        ] {
            assert_eq!(name(link), Err(TextFault::Link), "{link}");
        }
    }

    #[test]
    fn a_text_is_found_whatever_its_case_accents_and_normal_form() {
        for (one, other) in [
            ("Café Zoë", "cafe\u{301} zoe"),
            ("Büro", "BURO"),
            ("José", "jose"),
            ("Łódź", "lodz"),
            ("Straße", "STRASSE"),
            ("ΣΊΣΥΦΟΣ", "σισυφος"),
            ("İstanbul", "istanbul"),
            ("Ａｃｍｅ  Ltd", "acme ltd"),
            ("Ёлка", "елка"),
            ("Ac\u{AD}me\u{200B}", "acme"),
        ] {
            assert_eq!(folded(one), folded(other));
        }
        // A vowel sign is a letter.
        assert_ne!(folded("की"), folded("क"));
        assert_ne!(folded("が"), folded("か"));
    }

    #[test]
    fn a_message_keeps_its_lines() {
        assert_eq!(message("Hello\r\n\r\nsee you"), Ok("Hello\n\nsee you".to_owned()));
        assert_eq!(message(""), Ok(String::new()));
        assert_eq!(message("bell\u{7}"), Err(TextFault::ControlCharacter));
    }
}

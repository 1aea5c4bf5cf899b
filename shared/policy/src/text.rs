//! What people type: taken, compared, searched, sorted and shown by one set of rules, all of which are here.

use icu_casemap::CaseMapper;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

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
    #[error("must have at least one visible character")]
    Unseen,
    /// More characters than allowed.
    #[error("can have at most {limit} characters")]
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
    if has_address(&text) { Err(TextFault::Link) } else { Ok(text) }
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

/// The characters that are ignored where a text is shown by who cannot do what they ask for (Unicode's `Default_Ignorable_Code_Point`):
/// hidden ones, joiners, fillers, variation selectors and tags. Two texts that differ in them alone look the same.
const fn is_ignorable(character: char) -> bool {
    hides(character)
        || matches!(character, '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' | '\u{17B4}' | '\u{17B5}')
        || matches!(character, '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{FE00}'..='\u{FE0F}')
        || matches!(character, '\u{E0000}'..='\u{E0FFF}')
}

/// Whether the character by itself leaves something to see: no blank, no filler, no mark that stands on another.
fn is_seen(character: char) -> bool {
    let is_mark = canonical_combining_class(character) > 0;
    let is_blank = character.is_whitespace() || character.is_control() || character == '\u{2800}';
    !(is_blank || is_ignorable(character) || is_mark)
}

/// What stands between the labels of a host name: UTS #46 takes the ideographic full stop for a dot, and NFKC makes the others of
/// these two.
const DOTS: [char; 2] = ['.', '\u{3002}'];

/// Schemes that need no `//`.
const SCHEMES: [&str; 4] = ["mailto:", "tel:", "javascript:", "data:"];

/// Whether mail programs make a link of a part of this text, wherever it begins: of an address of the web with a scheme, a path, a port or
/// `www.`, or of one of mail. A mere host name is none, since companies are called so; see [`unlinked`].
fn has_address(text: &str) -> bool {
    // What is not seen parts words for one program and joins them for another.
    let plain = |ignored: &str| {
        let mut plain = String::with_capacity(text.len());
        for letter in text.nfkc() {
            if is_ignorable(letter) { plain.push_str(ignored) } else { plain.extend(letter.to_lowercase()) }
        }
        plain
    };
    is_linked(&plain("")) || is_linked(&plain(" "))
}

fn is_linked(plain: &str) -> bool {
    let has_dot_of_its_own = plain.contains('\u{3002}');
    let plain = plain.replace(DOTS, ".");
    let begins_at = |at: usize| plain.get(..at).is_none_or(|before| !before.ends_with(char::is_alphanumeric));
    let has_scheme = SCHEMES.iter().any(|scheme| {
        plain.match_indices(scheme).any(|(at, _)| {
            let rest = plain.get(at + scheme.len()..).unwrap_or_default();
            begins_at(at)
                && rest.starts_with(|letter: char| letter.is_alphanumeric() || "/+".contains(letter))
        })
    });
    plain.contains("://") || has_scheme || hosts(&plain).any(|host| host.is_linked(has_dot_of_its_own))
}

/// Whether something in this text reads like an address, or like the name of a host: in two parts it would be none.
#[must_use]
pub fn reads_like_an_address(text: &str) -> bool {
    has_address(text) || hosts(&text.to_lowercase()).next().is_some()
}

/// A host name in a text, with what stands on both sides of it.
struct Host<'a> {
    before: &'a str,
    name: &'a str,
    after: &'a str,
}

/// The runs of letters, digits, dots and hyphens that read like host names.
fn hosts(text: &str) -> impl Iterator<Item = Host<'_>> {
    let is_of_a_host = |letter: char| letter.is_alphanumeric() || ".-_".contains(letter);
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..)?;
        let start = at + rest.find(is_of_a_host)?;
        let length = text.get(start..)?.find(|letter| !is_of_a_host(letter));
        let end = length.map_or(text.len(), |length| start + length);
        at = end;
        Some((start, end))
    })
    .filter_map(|(start, end)| {
        let name = text.get(start..end)?.trim_matches(|letter| ".-_".contains(letter));
        Some(Host { before: text.get(..start)?, name, after: text.get(end..)? })
    })
    .filter(|host| is_host(host.name) || host.name.starts_with("www."))
}

impl Host<'_> {
    /// Whether it is more than a name: a part of an address. Dots that are none of a name's make an address of a host name in a-z.
    fn is_linked(&self, has_dot_of_its_own: bool) -> bool {
        let is_local = |letter: char| letter.is_alphanumeric() || "._-+'".contains(letter);
        let is_mailed = self.before.strip_suffix('@').is_some_and(|local| local.ends_with(is_local));
        let follows =
            self.before.ends_with("//") || self.before.ends_with("\\\\") || self.before.ends_with(':');
        let mut after = self.after.chars();
        let goes_on = match (after.next(), after.next()) {
            (Some('/' | '?' | '#'), _) => true,
            (Some(':'), next) => next.is_some_and(|letter| letter.is_ascii_digit()),
            _ => false,
        };
        self.name.starts_with("www.")
            || is_mailed
            || follows
            || goes_on
            || (has_dot_of_its_own && self.name.is_ascii())
    }
}

/// A text that names somebody, as it stands in a mail: what reads like a host name gets an invisible joiner behind its dots, and what
/// makes an address of it behind its marks, so that no mail program makes a link of what somebody is called. An e-mail address alone
/// stays one: so people are called who have no name yet.
#[must_use]
pub fn unlinked(text: &str) -> String {
    if text.parse::<crate::EmailAddress>().is_ok() {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 6);
    let mut before = ' ';
    let mut rest = text.chars();
    while let Some(letter) = rest.next() {
        out.push(letter);
        if parts(before, letter, rest.as_str()) {
            out.push('\u{2060}');
        }
        before = letter;
    }
    out
}

/// Whether a mark parts two labels of a host name, or an address from what stands before it.
fn parts(before: char, mark: char, after: &str) -> bool {
    let is_dot = std::iter::once(mark).nfkc().any(|mark| DOTS.contains(&mark));
    if is_dot {
        let label: Vec<char> =
            after.chars().take_while(|letter| letter.is_alphanumeric() || "-_".contains(*letter)).collect();
        let is_label = label.len() > 1 && label.iter().any(|letter| letter.is_alphabetic());
        return is_label && !before.is_whitespace();
    }
    let goes_on = after.starts_with(|letter: char| !letter.is_whitespace());
    match std::iter::once(mark).nfkc().next() {
        Some('@') => goes_on && !before.is_whitespace(),
        Some(':') => {
            let of_a_scheme = after.starts_with(|letter: char| letter.is_alphabetic() || letter == '+');
            after.starts_with(['/', '\u{FF0F}']) || (of_a_scheme && before.is_ascii_alphabetic())
        }
        Some('/') => after.starts_with(['/', '\u{FF0F}']),
        _ => false,
    }
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

/// A text as it is compared and searched: without case, compatibility forms, accents, superfluous blanks, and whatever looks like
/// nothing: two names that look the same are one.
/// In scripts whose vowels are signs on their consonants, those stay: they are letters, and no accents.
#[must_use]
pub fn folded(text: &str) -> String {
    // Nukta, voicing marks and virama tell letters apart (classes 7, 8 and 9).
    let is_accent = |letter: char| canonical_combining_class(letter) > 9;
    let bare: String = text.nfkd().filter(|letter| !is_accent(*letter) && !is_ignorable(*letter)).collect();
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
            "Booking.com (booking.com)",
            "Big data: the company",
            "AC//DC",
            "Acme: Nord.West",
            "モーニング娘。東京",
            "24/7 Support, Inc.",
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
            "Free,www.evil.com/x",
            "Free\u{200D}www.evil.com",
            "claim:evil.com",
            "//evil.com",
            "Acme//evil.com",
            "\\\\evil.com",
            "Acme(evil.com/x)",
            "evil.com?x",
            "evil.com:80",
            "evil\u{3002}com",
            "evil\u{FF61}com",
            "evil\u{3002}com/x",
            "Acme,eve@evil.example",
            "see:tel:+491234",
            "x;mailto:eve",
            "ev\u{200D}il.com/x",
        ] {
            assert_eq!(name(link), Err(TextFault::Link), "{link}");
        }
    }

    #[test]
    fn nothing_in_a_name_is_clickable_where_it_is_shown() {
        for (written, shown) in [
            ("Booking.com", "Booking.\u{2060}com"),
            ("(evil.com)", "(evil.\u{2060}com)"),
            ("Free,evil.com;co.uk", "Free,evil.\u{2060}com;co.\u{2060}uk"),
            ("evil\u{3002}com", "evil\u{3002}\u{2060}com"),
            ("evil\u{FF0E}com", "evil\u{FF0E}\u{2060}com"),
            // Names that were taken before such were refused.
            ("claim:evil.com", "claim:\u{2060}evil.\u{2060}com"),
            ("//evil.com", "/\u{2060}/evil.\u{2060}com"),
            ("https://evil.com/x", "https:\u{2060}/\u{2060}/evil.\u{2060}com/x"),
            ("write to eve@evil.com", "write to eve@\u{2060}evil.\u{2060}com"),
            ("mailto:eve", "mailto:\u{2060}eve"),
            ("ann@bakery.example", "ann@bakery.example"),
            ("Ada B. Min, 1.5 mm, at 10:30", "Ada B. Min, 1.5 mm, at 10:30"),
        ] {
            assert_eq!(unlinked(written), shown, "{written}");
        }
    }

    #[test]
    fn names_that_look_the_same_are_the_same() {
        for hidden in [
            "\u{200C}",
            "\u{200D}",
            "\u{FE0F}",
            "\u{E0101}",
            "\u{E0041}",
            "\u{3164}",
            "\u{FFA0}",
            "\u{34F}",
            "\u{180B}",
        ] {
            assert_eq!(folded(&format!("Ac{hidden}me")), "acme", "{hidden:?}");
        }
        assert_eq!(folded("❤\u{FE0F} Care"), folded("❤ care"));
        assert_eq!(folded("می\u{200c}خواهم"), folded("میخواهم"));
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

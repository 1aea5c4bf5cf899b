//! What users wrote, made fit to be shown. Markup is escaped later, where the HTML is made.

use policy::text;

/// Enough for any real name, too little for an advertisement.
const NAME_CHARS: usize = 80;

/// A name on one line of at most 80 characters: no control characters, no line breaks, no invisible reordering of
/// what stands around it.
pub(crate) fn name(written: &str) -> String {
    let visible: String = written.chars().map(breaks_to_spaces).filter(|c| is_shown(*c)).collect();
    let one_line = text::unlinked(&visible.split_whitespace().collect::<Vec<_>>().join(" "));
    if one_line.is_empty() { "(no name)".to_owned() } else { shortened(&one_line, NAME_CHARS) }
}

/// A message as lines. Single empty lines are kept; longer gaps, which could push the rest out of sight, shrink to one.
pub(crate) fn lines(written: &str) -> Vec<String> {
    let unified = written.replace("\r\n", "\n").replace(['\r', '\u{85}', '\u{2028}', '\u{2029}'], "\n");
    let mut kept: Vec<String> = Vec::new();
    for line in unified.split('\n') {
        // The joiner parts no text: it keeps the names in a message that was filled in beforehand from being links.
        let line: String =
            line.chars().map(breaks_to_spaces).filter(|c| is_shown(*c) || *c == '\u{2060}').collect();
        let line = line.trim_end();
        let after_a_gap = kept.last().is_none_or(String::is_empty);
        if !(line.trim().is_empty() && after_a_gap) {
            kept.push(line.to_owned());
        }
    }
    while kept.last().is_some_and(String::is_empty) {
        kept.pop();
    }
    kept
}

fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    // A joiner at the end would glue the ellipsis to a half emoji.
    format!("{}…", kept.trim_end_matches('\u{200d}').trim_end())
}

fn breaks_to_spaces(c: char) -> char {
    if c.is_whitespace() { ' ' } else { c }
}

/// Neither a control character nor one of those that reorder or hide the text around them.
fn is_shown(c: char) -> bool {
    !c.is_control() && !text::hides(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_short_visible_line() {
        let cases = [
            ("Ada\r\nBcc: eve@example.com", "Ada Bcc: eve@\u{2060}example.\u{2060}com"),
            ("Ada\u{202e}moc.live", "Adamoc.\u{2060}live"),
            ("a\u{2066}b\u{2069}c\u{200f}", "abc"),
            ("  Ada \t  Byron\u{2028}", "Ada Byron"),
            ("\u{0}\u{7}\u{1b}", "(no name)"),
            ("", "(no name)"),
            ("👩‍🔧 Zoë", "👩‍🔧 Zoë"),
            ("{{name}} \"q\" <b>", "{{name}} \"q\" <b>"),
            ("Booking.com Ltd.", "Booking.\u{2060}com Ltd."),
            ("Free,evil.com", "Free,evil.\u{2060}com"),
            ("ann@bakery.example", "ann@bakery.example"),
        ];
        for (written, shown) in cases {
            assert_eq!(name(written), shown, "{written:?}");
        }
    }

    #[test]
    fn a_long_name_is_cut_between_characters() {
        for written in ["ä".repeat(500), "👩‍🔧".repeat(500), "ab ".repeat(500)] {
            let shown = name(&written);
            assert!(shown.chars().count() <= NAME_CHARS && shown.ends_with('…'), "{shown}");
        }
        assert_eq!(name(&"x".repeat(NAME_CHARS)), "x".repeat(NAME_CHARS));
    }

    #[test]
    fn a_message_keeps_its_lines_and_loses_its_gaps() {
        assert_eq!(lines("a\r\nb\rc\nd"), ["a", "b", "c", "d"]);
        assert_eq!(lines("\n\na\n\n\n \n\nb\n\n"), ["a", "", "b"]);
        assert_eq!(lines("a\u{202e}b\u{0}\tc"), ["ab c"]);
        assert_eq!(lines("Booking.\u{2060}com\u{200b}"), ["Booking.\u{2060}com"]);
        assert!(lines(" \n \n").is_empty());
    }
}

//! What both invitation mails say of an offer: the organizations, and the inviter's own words.

use crate::layout::{Block, Part};
use crate::untrusted;

/// More than this many names would bury the link.
const NAMED_ORGANIZATIONS: usize = 10;

/// The organizations in a list, after words like "You get access".
pub(crate) fn organizations<'a>(words: &'a str, names: &[String], all: bool) -> Vec<Block<'a>> {
    let paragraph = |rest: &'a str| Block::Paragraph(vec![Part::Words(words), Part::Words(rest)]);
    if all {
        return vec![paragraph(" to all organizations of the account, also those added later.")];
    }
    let rest = match names.len() {
        0 => return Vec::new(),
        1 => " to one organization:",
        _ => " to these organizations:",
    };
    vec![
        paragraph(rest),
        Block::List {
            names: names.iter().take(NAMED_ORGANIZATIONS).map(|name| untrusted::name(name)).collect(),
            more: names.len().saturating_sub(NAMED_ORGANIZATIONS),
        },
    ]
}

/// Somebody's message, if there is one.
pub(crate) fn quoted<'a>(writer: &str, message: &str) -> Vec<Block<'a>> {
    let words = untrusted::lines(message);
    if words.is_empty() {
        return Vec::new();
    }
    vec![Block::Paragraph(vec![Part::Name(writer.to_owned()), Part::Words(" writes:")]), Block::Quote(words)]
}

//! What all mails share: a letter is a list of blocks, told once and set twice, as plain text and as HTML.

mod html;
mod text;

use crate::message::Message;

/// A mail before it is set.
pub(crate) struct Letter<'a> {
    pub(crate) subject: String,
    /// What an inbox shows after the subject.
    pub(crate) preheader: String,
    pub(crate) heading: Vec<Part<'a>>,
    pub(crate) blocks: Vec<Block<'a>>,
}

/// A part of a sentence: the product's own words, or a name that somebody chose, set apart so that its direction and
/// its marks stay its own.
pub(crate) enum Part<'a> {
    Words(&'a str),
    Name(String),
}

/// One block, from top to bottom.
pub(crate) enum Block<'a> {
    Paragraph(Vec<Part<'a>>),
    /// Names, and how many more there are.
    List {
        names: Vec<String>,
        more: usize,
    },
    /// Somebody's own words, line by line, marked as theirs on every line.
    Quote(Vec<String>),
    /// The one link.
    Link {
        label: &'a str,
        url: &'a str,
    },
    /// What matters less.
    Aside(Vec<Part<'a>>),
}

impl Letter<'_> {
    pub(crate) fn set(&self) -> Message {
        Message { subject: self.subject.clone(), reply_to: None, text: text::of(self), html: html::of(self) }
    }
}

/// "and N more", or nothing.
fn and_more(more: usize) -> Option<String> {
    (more > 0).then(|| format!("and {more} more"))
}

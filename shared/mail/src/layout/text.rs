//! The plain text of a letter.

use textwrap::{Options, WordSplitter};

use super::{Block, Letter, Part, and_more};

const COLUMNS: usize = 72;

pub(super) fn of(letter: &Letter<'_>) -> String {
    let mut blocks = vec![wrapped(&sentence(&letter.heading), "", "")];
    blocks.extend(letter.blocks.iter().map(block));
    blocks.join("\n\n") + "\n"
}

fn block(block: &Block<'_>) -> String {
    match block {
        Block::Paragraph(parts) | Block::Aside(parts) => wrapped(&sentence(parts), "", ""),
        Block::List { names, more } => {
            let names = names.iter().map(|name| wrapped(name, "- ", "  "));
            names.chain(and_more(*more).map(|words| format!("  {words}"))).collect::<Vec<_>>().join("\n")
        }
        // The mark on every line keeps a message from imitating what stands around it.
        Block::Quote(lines) => {
            lines.iter().map(|line| wrapped(line, "> ", "> ")).collect::<Vec<_>>().join("\n")
        }
        Block::Link { label, url } => format!("{label}:\n\n{url}"),
    }
}

fn sentence(parts: &[Part<'_>]) -> String {
    parts
        .iter()
        .map(|part| match part {
            Part::Words(words) => words,
            Part::Name(name) => name.as_str(),
        })
        .collect()
}

/// Longer words get a break where a line is full, but addresses never: one in two parts is none.
const LONGEST_WORD: usize = COLUMNS - 4;

fn broken(word: &str) -> String {
    if word.chars().count() <= LONGEST_WORD || policy::text::reads_like_an_address(word) {
        return word.to_owned();
    }
    let mut out = String::with_capacity(word.len() + word.len() / 32);
    let mut columns = 0;
    for letter in word.chars() {
        let width = textwrap::core::display_width(letter.encode_utf8(&mut [0; 4]));
        if columns + width > LONGEST_WORD {
            out.push(' ');
            columns = 0;
        }
        out.push(letter);
        columns += width;
    }
    out
}

fn wrapped(text: &str, first: &str, further: &str) -> String {
    if text.is_empty() {
        return first.trim_end().to_owned();
    }
    let text = text.split(' ').map(broken).collect::<Vec<_>>().join(" ");
    let options = Options::new(COLUMNS)
        .initial_indent(first)
        .subsequent_indent(further)
        .break_words(false)
        .word_splitter(WordSplitter::NoHyphenation);
    let lines = textwrap::wrap(&text, options);
    lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n")
}

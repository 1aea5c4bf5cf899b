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

fn wrapped(text: &str, first: &str, further: &str) -> String {
    let options = Options::new(COLUMNS)
        .initial_indent(first)
        .subsequent_indent(further)
        .word_splitter(WordSplitter::NoHyphenation);
    let lines = textwrap::wrap(text, options);
    lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n")
}

//! Everything that a person reads is in plain, usual English: error details, pages, mails, the OpenAPI document and the console.
//! The papers are looked at in `papers.rs`, by the same list.

use serde_json::Value;

use crate::house_map::{names_in, root, text};

/// Habits that make English hard to read, with what to write instead. Whole words; letter case does not matter.
const HABITS: &[(&str, &str)] = &[
    ("a word on", "a description of"),
    ("anew", "again"),
    ("are dead", "no longer work"),
    ("as ever", "as usual"),
    ("at this moment", "now, at the moment"),
    ("became of", "happened to"),
    ("become of", "happen to"),
    ("becomes of", "happens to"),
    ("behind the end", "after the end"),
    ("besides", "also, in addition"),
    ("bring about", "cause, do"),
    ("bring something about", "cause, do"),
    ("brings about", "causes, does"),
    ("brought about", "caused, done"),
    ("by and by", "gradually"),
    ("came of", "say what the outcome is"),
    ("come of", "say what the outcome is"),
    ("comes again", "is repeated, is delivered again"),
    ("comes of", "say what the outcome is"),
    ("each by itself", "separately"),
    ("for ever", "forever"),
    ("hear of", "learn of"),
    ("hears", "gets the answer, learns"),
    ("is called otherwise", "is renamed"),
    ("is dead", "no longer works"),
    ("is not right", "is wrong"),
    ("it is none", "say what is not there"),
    ("looked after", "checked"),
    ("nobody any more", "say who is gone"),
    ("nobody of", "none of"),
    ("of theirs", "their"),
    ("said of", "about, the attributes of"),
    ("says of", "says about"),
    ("the commonest", "common"),
    ("there is nothing in", "is empty"),
    ("will not do", "is not valid"),
    ("would rather", "prefers"),
];

/// What is good English although a habit is in it.
const PLAIN: &[&str] = &["stands for", "stands in for", "stands in front of"];

/// The habits in a text, each with what to write instead.
pub fn habits_in(text: &str) -> Vec<String> {
    let text = text.to_lowercase();
    let words: Vec<&str> = text
        .split(|letter: char| !(letter.is_alphanumeric() || letter == '\''))
        .map(|word| word.trim_matches('\''))
        .filter(|word| !word.is_empty())
        .collect();
    let mut line = format!(" {} ", words.join(" "));
    for plain in PLAIN {
        line = line.replace(&format!(" {plain} "), " ");
    }
    let is_in = |habit: &str| line.contains(&format!(" {habit} "));
    let found = HABITS.iter().filter(|(habit, _)| is_in(habit));
    found.map(|(habit, plain)| format!("\"{habit}\"; write \"{plain}\"")).collect()
}

/// The files below a folder that end so, those of other people left out.
fn files_below(folder: &str, ending: &str) -> Vec<String> {
    let mut files = Vec::new();
    for name in names_in(folder) {
        let path = format!("{folder}/{name}");
        if root().join(&path).is_dir() {
            if name != "lib" && name != "target" {
                files.extend(files_below(&path, ending));
            }
        } else if name.ends_with(ending) {
            files.push(path);
        }
    }
    files
}

/// What the code says in quotes, without comments and without its own tests. What has no blank in it is no sentence.
fn sentences(code: &str) -> Vec<String> {
    let code = code.split("#[cfg(test)]").next().unwrap();
    let code: String = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| [line, "\n"])
        .collect();
    let code = code.replace("\\\"", "'");
    let quoted = code.split('"').skip(1).step_by(2).filter(|quoted| quoted.contains(' '));
    quoted.map(str::to_owned).collect()
}

#[test]
fn errors_pages_and_mails_are_written_in_plain_english() {
    let (mut found, mut looked_at) = (Vec::new(), 0);
    for folder in ["functions", "shared"] {
        for file in files_below(folder, ".rs") {
            for sentence in sentences(&text(&file)) {
                looked_at += 1;
                let habits = habits_in(&sentence).into_iter();
                found.extend(habits.map(|habit| format!("{file}: {sentence:?}: {habit}")));
            }
        }
    }
    assert!(looked_at > 800, "only {looked_at} sentences were found");
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn the_api_is_described_in_plain_english() {
    let document: Value = serde_json::from_str(&text("docs/openapi.json")).unwrap();
    let mut texts = Vec::new();
    described(&document, &mut texts);
    assert!(texts.len() > 800, "only {} texts were found", texts.len());
    let mut found: Vec<String> = Vec::new();
    for text in texts {
        found.extend(habits_in(&text).into_iter().map(|habit| format!("{text:?}: {habit}")));
    }
    assert!(found.is_empty(), "{found:#?}");
}

/// Every text that the document has for people.
fn described(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(text)
                        if ["summary", "description", "title", "detail"].contains(&name.as_str()) =>
                    {
                        texts.push(text.clone());
                    }
                    member => described(member, texts),
                }
            }
        }
        Value::Array(members) => members.iter().for_each(|member| described(member, texts)),
        _ => {}
    }
}

#[test]
fn the_console_is_written_in_plain_english() {
    let files = files_below("functions/console/assets", ".js");
    assert!(files.len() > 20, "{files:?}");
    let mut found = Vec::new();
    for file in files {
        // Comments are for those who work on it.
        let is_comment =
            |line: &str| ["//", "/*", "*"].iter().any(|mark| line.trim_start().starts_with(mark));
        for line in text(&file).lines().filter(|line| !is_comment(line)) {
            found
                .extend(habits_in(line).into_iter().map(|habit| format!("{file}: {}: {habit}", line.trim())));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

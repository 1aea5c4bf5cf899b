//! What people read before the code: its links lead somewhere, its map stays a map, and its English is plain. And what runs on
//! each change is everything.

use std::collections::BTreeSet;

use crate::house_map::{names_in, root, text};

/// Every paper of the house. Files under `functions/console/assets/lib` are other people's.
fn papers() -> Vec<String> {
    let folders = ["", ".github", "docs", "docs/design", "infra/rehearsal", "tests/clients", "tests/lambda"];
    let mut papers = Vec::new();
    for folder in folders {
        let names = names_in(folder).into_iter().filter(|name| name.ends_with(".md"));
        papers.extend(names.map(|name| if folder.is_empty() { name } else { format!("{folder}/{name}") }));
    }
    papers
}

/// The text without fenced blocks and without what is in backticks: those quote code, mails and answers.
fn prose(paper: &str) -> String {
    let mut prose = String::new();
    for (index, piece) in paper.split("```").enumerate() {
        if index % 2 == 0 {
            prose.extend(piece.split('`').step_by(2));
        } else {
            prose.push('\n');
        }
    }
    prose
}

/// The anchors that GitHub gives to the headings of a page.
fn anchors(paper: &str) -> BTreeSet<String> {
    let headings = paper.lines().filter(|line| line.starts_with('#'));
    let kept = |letter: char| letter.is_alphanumeric() || "-_ ".contains(letter);
    let anchor = |heading: &str| {
        let heading = heading.trim_start_matches('#').trim().to_lowercase();
        heading.chars().filter(|letter| kept(*letter)).collect::<String>().replace(' ', "-")
    };
    headings.map(anchor).collect()
}

#[test]
fn every_link_in_a_paper_leads_somewhere() {
    let mut broken = Vec::new();
    for paper in papers() {
        let page = text(&paper);
        let folder = root().join(&paper).parent().unwrap().to_owned();
        for link in page.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
            if link.starts_with("https://") || link.starts_with("mailto:") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { root().join(&paper) } else { folder.join(file) };
            let is_there = match std::fs::read_to_string(&target) {
                Ok(there) => anchor.is_empty() || anchors(&there).contains(anchor),
                Err(_) => anchor.is_empty() && target.exists(),
            };
            if !is_there {
                broken.push(format!("{paper}: {link}"));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn the_map_is_a_map_and_every_page_of_the_design_is_on_it() {
    let map = text("ARCHITECTURE.md");
    assert!(
        map.lines().count() <= 150,
        "ARCHITECTURE.md has {} lines: move something into docs/design",
        map.lines().count()
    );
    for page in names_in("docs/design") {
        assert!(
            map.contains(&format!("(docs/design/{page})")),
            "ARCHITECTURE.md does not name docs/design/{page}"
        );
    }
}

#[test]
fn the_workflow_runs_every_part_of_the_checks() {
    let run = text(".ci/run");
    let parts = run.lines().filter_map(|line| line.strip_prefix("part_")?.strip_suffix("() {"));
    let parts: BTreeSet<&str> = parts.collect();
    assert!(parts.len() > 5, "{parts:?}");
    let workflow = text(".github/workflows/ci.yml");
    let (_, listed) = workflow.split_once("part: [").unwrap();
    let mut ran: BTreeSet<&str> = listed.split(']').next().unwrap().split(", ").collect();
    ran.extend(workflow.lines().filter_map(|line| line.trim().strip_prefix("- run: .ci/run ")));
    ran.remove("${{ matrix.part }}");
    assert_eq!(ran, parts, "the parts of .ci/run, and those that .github/workflows/ci.yml runs");
}

/// Habits that make English hard to read, with what to write instead. Whole words; letter case does not matter.
const HABITS: &[(&str, &str)] = &[
    ("a word on", "a description of"),
    ("anew", "again"),
    ("as ever", "as usual"),
    ("became of", "happened to"),
    ("become of", "happen to"),
    ("becomes of", "happens to"),
    ("besides", "also, in addition"),
    ("bring about", "cause, do"),
    ("bring something about", "cause, do"),
    ("brings about", "causes, does"),
    ("brought about", "caused, done"),
    ("by and by", "gradually"),
    ("comes again", "is repeated, is delivered again"),
    ("each by itself", "separately"),
    ("for ever", "forever"),
    ("hear of", "learn of"),
    ("hears", "gets the answer, learns"),
    ("it is none", "say what is not there"),
    ("is so", "is true; say what is true"),
    ("it is so", "say what is true"),
    ("lies in the past", "is in the past"),
    ("no fault", "ignored, not an error"),
    ("no longer good", "has expired, is invalid"),
    ("nobody hears", "it is not recorded, nobody learns of it"),
    ("not by itself", "not automatically"),
    ("of ours", "our"),
    ("reasoned out", "worked out"),
    ("road", "route, way"),
    ("roads", "routes, ways"),
    ("stands", "is"),
    ("stood", "was"),
    ("tells of", "reports, says"),
    ("that are there", "existing"),
    ("that are nobody's", "that do not exist"),
    ("that is nobody's", "that does not exist"),
    ("that is none", "that does not exist"),
    ("that there are", "that exist"),
    ("those before it", "the earlier ones"),
    ("told of", "informed of"),
    ("whose it is", "name the owner"),
];

/// What is good English although a habit is in it.
const PLAIN: &[&str] = &["stands for", "stands in for", "stands in front of"];

#[test]
fn papers_are_written_in_plain_english() {
    let mut found = Vec::new();
    for paper in papers() {
        let prose = prose(&text(&paper)).to_lowercase();
        let words: Vec<&str> = prose
            .split(|letter: char| !(letter.is_alphanumeric() || letter == '\''))
            .filter(|word| !word.is_empty())
            .collect();
        let mut line = format!(" {} ", words.join(" "));
        for plain in PLAIN {
            line = line.replace(&format!(" {plain} "), " ");
        }
        for (habit, plain) in HABITS {
            let times = line.matches(&format!(" {habit} ")).count();
            if times > 0 {
                found.push(format!("{paper}: \"{habit}\" {times} times; write \"{plain}\""));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

//! What people read before the code: its links lead somewhere, its map stays a map, and its English is plain. And what runs on
//! each change is everything.

use std::collections::BTreeSet;

use crate::house_map::{names_in, root, text};
use crate::plain_words::habits_in;

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

#[test]
fn papers_are_written_in_plain_english() {
    let mut found = Vec::new();
    for paper in papers() {
        found.extend(habits_in(&prose(&text(&paper))).into_iter().map(|habit| format!("{paper}: {habit}")));
    }
    assert!(found.is_empty(), "{found:#?}");
}

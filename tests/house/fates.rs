//! What becomes of each kind of item when its account is closed, as `docs/design/table.md` says.

use std::collections::BTreeMap;
use std::path::Path;

use crate::calls::kind;

/// Whether an item goes or stays when its account is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is removed.
    Goes,
    /// It is kept.
    Stays,
    /// It belongs to no account.
    Nobodys,
}

/// What becomes of the items of each kind of partition. In an account's own partition each item is a kind of its own, with its sort
/// key behind the partition's name.
///
/// # Panics
/// If the table says nothing about a kind, or two things.
#[must_use]
pub fn fates() -> BTreeMap<String, Fate> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/design/table.md");
    let paper = std::fs::read_to_string(path).unwrap();
    let mut fates = BTreeMap::new();
    let rows = paper.lines().skip_while(|line| !line.starts_with("| item |")).skip(2);
    for row in rows.take_while(|line| line.starts_with('|')) {
        let cells: Vec<&str> = row.split(" | ").map(str::trim).collect();
        let [_, pk, sk, _, fate] = cells[..] else { panic!("five cells: {row}") };
        let fate = match fate.trim_end_matches('|').trim() {
            "goes" => Fate::Goes,
            "stays" => Fate::Stays,
            "–" => Fate::Nobodys,
            other => panic!("what is {other}? {row}"),
        };
        for partition in quoted(pk) {
            let named = fate_name(&kind(partition), quoted(sk).next().unwrap_or_default());
            // What is counted where there is no account is nobody's.
            let fate = if named.starts_with("ATTEMPTS#") { Fate::Nobodys } else { fate };
            let before = fates.insert(named.clone(), fate);
            assert!(before.is_none_or(|before| before == fate), "two fates of {named}");
        }
    }
    fates
}

/// By which name [`fates`] knows an item.
#[must_use]
pub fn fate_name(kind: &str, sk: &str) -> String {
    if kind == "A#<account>" { format!("{kind} {sk}") } else { kind.to_owned() }
}

fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

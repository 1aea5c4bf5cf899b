//! `docs/capacity.md`: what acts take, worked out from what a journey counted. `UPDATE_TABLES=1` writes the figures anew.

use std::fmt::Write as _;

use crate::cost::counted;
use crate::house_map::{root, text};

const PAGE: &str = "docs/capacity.md";

/// Below this the figures stand.
const ABOVE: &str = "\n## What acts take\n";

/// What DynamoDB lets a table on demand read in a second, and write, as the page says.
const UNITS: f64 = 40_000.0;

#[test]
fn what_acts_take_is_what_was_counted() {
    let mut table =
        String::from("| act | units read | units written | a second at most |\n|---|---:|---:|---:|\n");
    for (act, functions) in counted() {
        let sum = |place: usize| functions.iter().map(|(_, counted)| counted[place]).sum::<f64>();
        let (read, write) = (sum(1), sum(2));
        let least = (UNITS / read.max(f64::MIN_POSITIVE)).min(UNITS / write.max(f64::MIN_POSITIVE));
        writeln!(table, "| {act} | {read} | {write} | {least:.0} |").unwrap();
    }
    let page = text(PAGE);
    let (before, rest) = page.split_once(ABOVE).unwrap_or_else(|| panic!("{PAGE} has no figures"));
    let (section, after) = rest.split_once("\n## ").unwrap_or((rest, ""));
    let words = section.split("\n| ").next().unwrap_or_default().trim();
    let worked_out = format!("{before}{ABOVE}\n{words}\n\n{table}\n## {after}");
    if std::env::var_os("UPDATE_TABLES").is_some() {
        std::fs::write(root().join(PAGE), &worked_out).unwrap();
    }
    assert!(text(PAGE) == worked_out, "{PAGE} says otherwise; UPDATE_TABLES=1 writes it anew:\n{table}");
}

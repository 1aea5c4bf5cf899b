//! What no line of the product's code may say. Each law names the few places that are free of it.

use std::collections::BTreeMap;
use std::path::Path;

use crate::house_map::root;

/// A line of code, outside its file's own tests.
pub struct Line {
    /// File and number.
    pub place: String,
    pub code: String,
}

/// The code under these folders, comments and tests left out.
pub fn code(folders: &[&str]) -> Vec<Line> {
    let mut lines = Vec::new();
    for folder in folders {
        collect(&root().join(folder), &mut lines);
    }
    assert!(!lines.is_empty());
    lines
}

fn collect(folder: &Path, lines: &mut Vec<Line>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "tests" {
            collect(&path, lines);
        } else if name.ends_with(".rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let product = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
            let place = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
            for (number, code) in product.lines().enumerate() {
                if !code.trim_start().starts_with("//") {
                    lines.push(Line { place: format!("{place}:{}", number + 1), code: code.to_owned() });
                }
            }
        }
    }
}

/// No line says any of this, but in files whose path begins like one of `free`.
fn forbid(folders: &[&str], words: &[&str], free: &[&str]) {
    for Line { place, code } in code(folders) {
        if !free.iter().any(|start| place.starts_with(start)) {
            for word in words {
                assert!(!code.contains(word), "{place} says {word}: {code}");
            }
        }
    }
}

#[test]
fn time_comes_from_the_one_clock() {
    let words = ["SystemTime", "Instant::now", "Timestamp::now", "Zoned::now"];
    forbid(&["functions", "shared"], &words, &["shared/environment/src/clock.rs"]);
}

#[test]
fn the_rules_do_nothing_but_decide() {
    let words = ["async ", "std::fs", "std::env", "std::io", "std::net", "std::process", "std::thread"];
    // Where the rules' tests compare their tables with the files.
    forbid(&["shared/policy"], &words, &["shared/policy/src/table.rs"]);
}

#[test]
fn no_function_has_a_rule_of_its_own_about_roles() {
    for Line { place, code } in code(&["functions", "shared/api"]) {
        let compares = ["==", "!=", "<=", ">=", "matches!", "=> "].iter().any(|sign| code.contains(sign));
        assert!(!(compares && code.contains("Role::")), "{place} is a rule: it belongs in policy: {code}");
    }
}

#[test]
fn every_answer_is_a_type() {
    // Whose schema says what it looks like. The tests of that hold values against it.
    forbid(&["functions", "shared/api", "shared/web"], &["json!("], &["shared/api/src/show/fits.rs"]);
}

#[test]
fn no_decision_is_made_from_an_index() {
    // The schedule's list of what to look at; every invitation on it is read again from the table.
    forbid(&["functions", "shared"], &["index_name("], &["shared/store/src/due.rs"]);
}

#[test]
fn no_read_may_be_behind() {
    // Those of transactions never are.
    let mut reads = 0;
    let mut current = 0;
    for Line { place, code } in code(&["functions", "shared"]) {
        if !place.starts_with("shared/store/src/due.rs") {
            let asks = [".get_item()", ".batch_get_item()", ".query()", ".scan()"];
            // Parts of a builder have names in front; a read of DynamoDB stands on a line of its own.
            reads += usize::from(asks.contains(&code.trim()));
            let is_current = [".consistent_read(true)", ".consistent_read(freshness == Freshness::Current)"];
            current += usize::from(is_current.iter().any(|words| code.contains(words)));
        }
    }
    assert!(reads > 0 && reads == current, "{reads} reads, {current} of them strongly consistent");
    // The menu of hosts decides nothing.
    forbid(
        &["functions", "shared"],
        &["glance_at("],
        &["shared/store/src/read.rs", "shared/store/src/connection.rs"],
    );
}

#[test]
fn keys_are_written_in_one_file() {
    forbid(
        &["functions", "shared"],
        &[
            "\"A#",
            "\"SUBDOMAIN#",
            "\"DUE#",
            "\"PERSON#",
            "\"IDEMPOTENCY#",
            "\"KEYS\"",
            "\"PACE\"",
            "\"ATTEMPTS#",
            "\"SOURCE#",
        ],
        &["shared/store/src/keys.rs"],
    );
}

#[test]
fn the_secret_keys_are_with_those_who_sign() {
    let signing =
        ["accept-invite", "manage-mfa", "manage-passwords", "rotate-keys", "send-invites", "sign-in"]
            .map(|name| format!("functions/{name}/"));
    let free: Vec<&str> = signing.iter().map(String::as_str).collect();
    forbid(&["functions"], &["SigningKeys", "SIGNING_KEYS", "Signer"], &free);
}

#[test]
fn a_change_without_the_security_revision_is_one_of_these() {
    // What they change decides nobody's rights, or only takes away: sign-ins, attempts, mails to oneself about
    // oneself, one's own password, the proof and the end of sessions, what the schedule notes, and what SES tells, an entry of the log, a seal,
    // and that entries go which the account keeps no longer.
    const FREE: [&str; 21] = [
        // What restricted assets of an organization that is gone: nobody reaches them any more.
        "clear_restrictions",
        // Of an account whose revision is gone, after it was closed at it.
        "close_account",
        "remove_of_closed",
        "end_granted_by_closed",
        "end_received_by_closed",
        "signed_in",
        "end_sessions",
        "note_expiry",
        "tell_of_going",
        "record_delivery",
        "record_once",
        "enter_once",
        "seal_once",
        "notify",
        "ask_for_reset",
        "ask_for_nothing",
        "reset_password",
        "change_password",
        "count_attempt",
        "end_session",
        "prove_session",
    ];
    // Opens the account, and with it the revision.
    const FIRST: &str = "open_account";
    let mut function = String::new();
    let mut transactions: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for Line { code, .. } in code(&["shared/store/src"]) {
        if let Some((_, rest)) = code.split_once("fn ") {
            function = rest.split(['(', '<']).next().unwrap_or_default().to_owned();
        }
        let (opened, ordered) = transactions.entry(function.clone()).or_default();
        *opened += usize::from(code.contains("self.transaction()"));
        *ordered += usize::from(
            [".at_revision(", ".judged(", ".judged_counting(", ".judged_denying("]
                .iter()
                .any(|word| code.contains(word)),
        );
    }
    transactions.retain(|_, (opened, _)| *opened > 0);
    assert!(transactions.len() > 10, "{transactions:?}");
    for (name, (opened, ordered)) in transactions {
        let is_free = FREE.contains(&name.as_str()) || name == FIRST;
        // One transaction may be ordered by the revision of whichever account it is of.
        let is_ordered = if is_free { ordered == 0 } else { ordered >= opened };
        assert!(
            is_ordered,
            "{name} changes something outside the order of the revision: {ordered} of {opened}"
        );
    }
}

#[test]
fn nothing_is_left_to_do() {
    let words = ["TODO", "FIXME", "XXX", "todo!(", "unimplemented!("];
    for folder in ["functions", "shared", "infra"] {
        forbid(&[folder], &words, &[]);
    }
}

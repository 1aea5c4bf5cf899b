//! The record of what a house's functions call: heard on the cables, held against the table of calls when the house is
//! gone, and kept if somebody wants all of them. `CONTRIBUTING.md` says how the table is written anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hasher};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::thread;

use crate::calls::Call;

/// The folder in which every call is to be kept, in a file for each test binary; relative to the house's own.
const KEEP: &str = "RECORD_CALLS_IN";

/// The table, in this folder of the house.
pub const TABLE: &str = "tests/tables/calls-by-function.txt";

/// The rows of the table.
pub fn table() -> BTreeSet<Call> {
    let rows = fs::read_to_string(root().join(TABLE)).unwrap_or_default();
    rows.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(Call::from_row).collect()
}

/// What was called, and how often. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Calls(Arc<Mutex<BTreeMap<Call, usize>>>);

impl Calls {
    /// For the requests of one connection.
    pub(crate) fn ear(&self) -> Ear {
        Ear { calls: self.clone(), said: Vec::new() }
    }

    fn take(&self) -> BTreeMap<Call, usize> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Puts together what comes in pieces: requests of HTTP/1.1 that say how long they are.
pub(crate) struct Ear {
    calls: Calls,
    said: Vec<u8>,
}

impl Ear {
    pub(crate) fn hear(&mut self, some: &[u8]) {
        self.said.extend(some);
        while let Some((head, end)) = self.whole_request() {
            let request: Vec<u8> = self.said.drain(..end).collect();
            let head = String::from_utf8_lossy(&request[..head]);
            let mut calls = self.calls.0.lock().unwrap_or_else(PoisonError::into_inner);
            for call in Call::in_request(&head, &request[head.len()..]) {
                *calls.entry(call).or_default() += 1;
            }
        }
    }

    /// Where the head of the first request ends, and where the request does, if it is all there.
    fn whole_request(&self) -> Option<(usize, usize)> {
        let head = self.said.windows(4).position(|some| some == b"\r\n\r\n")? + 4;
        let lines = String::from_utf8_lossy(&self.said[..head]).to_lowercase();
        let length = lines.lines().find_map(|line| line.strip_prefix("content-length:"));
        let length: usize = length.map_or(0, |length| length.trim().parse().unwrap());
        (self.said.len() >= head + length).then_some((head, head + length))
    }
}

/// What a house's functions called, held against the table when the house is gone.
#[derive(Default)]
pub(crate) struct Record {
    calls: Calls,
    /// The test that the house was built for.
    story: String,
}

impl Record {
    /// In the name of the test that runs.
    pub(crate) fn of(calls: &Calls) -> Self {
        Self { calls: calls.clone(), story: thread::current().name().unwrap_or_default().to_owned() }
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        let calls = self.calls.take();
        if thread::panicking() {
            return;
        }
        keep(&calls, &self.story);
        if std::env::var_os("UPDATE_TABLES").is_some() {
            return;
        }
        static ROWS: LazyLock<BTreeSet<Call>> = LazyLock::new(table);
        let unknown: Vec<String> =
            calls.keys().filter(|call| !ROWS.contains(call)).map(Call::to_string).collect();
        assert!(
            unknown.is_empty(),
            "called, and not in {TABLE} (CONTRIBUTING.md says how to write it anew):\n{}",
            unknown.join("\n")
        );
    }
}

fn keep(calls: &BTreeMap<Call, usize>, story: &str) {
    static FILE: LazyLock<Option<Mutex<File>>> = LazyLock::new(|| {
        let folder = root().join(std::env::var_os(KEEP)?);
        let binary = std::env::current_exe().unwrap();
        let name = binary.file_stem().unwrap().to_string_lossy().into_owned();
        let name = name.rsplit_once('-').map_or(name.as_str(), |(name, _)| name);
        fs::create_dir_all(&folder).unwrap();
        let mut file = File::create(folder.join(format!("{name}.txt"))).unwrap();
        writeln!(file, "{}", first_line(std::env::args().len() > 1)).unwrap();
        Some(Mutex::new(file))
    });
    if let Some(file) = FILE.as_ref() {
        let rows: String = calls.iter().map(|(call, times)| format!("{times}\t{call}\t{story}\n")).collect();
        file.lock().unwrap_or_else(PoisonError::into_inner).write_all(rows.as_bytes()).unwrap();
    }
}

/// How a record begins that is of all journeys, and of the product as it is now. One of a part of them, or of the product as it
/// was, begins otherwise.
pub fn first_line(is_part: bool) -> String {
    let mut hasher = DefaultHasher::new();
    for folder in ["functions", "shared", "infra/local", "tests/house", "tests/house.rs", "tests/journeys"] {
        hash(&root().join(folder), &mut hasher);
    }
    let of = if is_part { "a part" } else { "everything" };
    format!("recorded of {of}, from sources {:016x}", hasher.finish())
}

fn hash(path: &Path, hasher: &mut DefaultHasher) {
    hasher.write(path.as_os_str().as_encoded_bytes());
    if path.is_dir() {
        let mut entries: Vec<PathBuf> =
            fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        entries.iter().for_each(|entry| hash(entry, hasher));
    } else {
        hasher.write(&fs::read(path).unwrap());
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_heard_whole_however_they_come() {
        let request = |operation: &str, body: &str| {
            let head = format!("POST / HTTP/1.1\r\nX-Amz-Target: DynamoDB_20120810.{operation}\r\n");
            let agent = "user-agent: aws-sdk-rust/1 app/seal-log md/x\r\n";
            format!("{head}{agent}Content-Length: {}\r\n\r\n{body}", body.len())
        };
        let said = [
            request(
                "TransactWriteItems",
                r#"{"TransactItems": [
                    {"Put": {"TableName": "t", "Item": {"pk": {"S": "A#7#SEALS"}}}},
                    {"Put": {"TableName": "t", "Item": {"pk": {"S": "A#8#SEALS"}}}},
                    {"ConditionCheck": {"TableName": "t", "Key": {"pk": {"S": "A#7"}}}}]}"#,
            ),
            request(
                "Query",
                r#"{"TableName": "t", "IndexName": "due", "KeyConditionExpression": "due_shard = :s AND due_at <= :n",
                    "ExpressionAttributeValues": {":n": {"N": "1"}, ":s": {"S": "DUE#3"}}}"#,
            ),
        ]
        .concat();
        for size in [1, 7, 100, said.len()] {
            let calls = Calls::default();
            let mut ear = calls.ear();
            said.as_bytes().chunks(size).for_each(|some| ear.hear(some));
            let heard: Vec<String> = calls.take().into_keys().map(|call| call.to_string()).collect();
            let words: Vec<Vec<&str>> = heard.iter().map(|row| row.split_whitespace().collect()).collect();
            assert_eq!(
                words,
                [
                    ["seal-log", "dynamodb:ConditionCheckItem", "table/t", "A#<account>"],
                    ["seal-log", "dynamodb:PutItem", "table/t", "A#<account>#SEALS"],
                    ["seal-log", "dynamodb:Query", "table/t/index/due", "DUE#<shard>"],
                ],
                "in pieces of {size}"
            );
            assert_eq!(heard.iter().map(|row| Call::from_row(row).to_string()).collect::<Vec<_>>(), heard);
        }
    }
}

//! The table's stream, delivered to the functions that it feeds, as Lambda's event source mapping does it: in order, in
//! batches, again from the lowest record that failed, and on after a record that never succeeds.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch;

use crate::database::{Database, DatabaseError};
use crate::folder::{Folder, replace};
use crate::function::{Function, StreamTrigger};
use crate::invocation;

/// The most records of one event.
const BATCH: usize = 100;
/// How long a batch may take.
const LIMIT: Duration = Duration::from_secs(60);
/// The pause before a second attempt; each further one doubles it.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
/// No pause is longer.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// Delivered records are removed when so many have come together.
const TRIM_AFTER: usize = 200;

/// Every function that the stream feeds, each at its own place in it.
pub(crate) struct Stream {
    database: Database,
    feeds: Vec<Feed>,
    delivered: Mutex<usize>,
}

/// One function's place in the stream.
struct Feed {
    function: Function,
    trigger: StreamTrigger,
    /// The last record that is done with; kept with the data, and written only when it is.
    done: watch::Sender<Option<String>>,
    kept_in: Option<PathBuf>,
}

/// How a batch went.
enum Outcome {
    Done,
    /// The records from this one on are to be tried again.
    FailedAt(String),
    /// The function itself failed, so that nothing is known of any record.
    Failed(String),
}

impl Stream {
    /// The stream of `database`, for those of `functions` which it feeds.
    pub(crate) fn new(database: Database, functions: &[Function], folder: Option<&Folder>) -> Self {
        let feeds = functions
            .iter()
            .filter_map(|function| {
                let trigger = function.stream.clone()?;
                let kept_in = folder.map(|folder| folder.file(&format!("{}.checkpoint", function.name)));
                let done = kept_in.as_ref().and_then(|file| std::fs::read_to_string(file).ok());
                Some(Feed { function: function.clone(), trigger, done: watch::Sender::new(done), kept_in })
            })
            .collect();
        Self { database, feeds, delivered: Mutex::new(0) }
    }

    /// Delivers forever.
    pub(crate) async fn deliver(self: Arc<Self>) {
        let changes = match self.database.watch() {
            Ok(changes) => changes,
            Err(error) => return tracing::error!(%error, "the stream cannot be watched"),
        };
        let feeds = self.feeds.iter().map(|feed| self.deliver_to(feed, changes.clone()));
        futures::future::join_all(feeds).await;
    }

    /// Waits until everything written so far, and what its delivery wrote in turn, is delivered.
    pub(crate) async fn drain(&self) -> Result<(), DatabaseError> {
        loop {
            let mut behind = false;
            for feed in &self.feeds {
                let mut done = feed.done.subscribe();
                loop {
                    let place = done.borrow_and_update().clone();
                    if self.after(place.as_deref(), 1).await?.is_empty() {
                        break;
                    }
                    behind = true;
                    if done.changed().await.is_err() {
                        return Ok(());
                    }
                }
            }
            if !behind {
                return Ok(());
            }
        }
    }

    async fn deliver_to(&self, feed: &Feed, mut changes: watch::Receiver<i64>) {
        let mut size = BATCH;
        let mut failing: Option<(String, u32)> = None;
        loop {
            changes.borrow_and_update();
            let done = feed.done.borrow().clone();
            let records = match self.after(done.as_deref(), size).await {
                Ok(records) => records,
                Err(error) => {
                    tracing::warn!(%error, "the stream cannot be read");
                    tokio::time::sleep(LONGEST_PAUSE).await;
                    continue;
                }
            };
            let Some(last) = records.last() else {
                if changes.changed().await.is_err() {
                    return;
                }
                continue;
            };
            let wanted: Vec<&Value> = records.iter().filter(|record| (feed.trigger.wants)(record)).collect();
            let (failed_at, reason) = match feed.invoke(&wanted).await {
                Outcome::Done => {
                    size = (size * 2).min(BATCH);
                    failing = None;
                    self.finish(feed, sequence(last), records.len());
                    continue;
                }
                Outcome::FailedAt(sequence) => (sequence, "it reports so".to_owned()),
                // Halved until the record that makes it fail stands alone.
                Outcome::Failed(reason) if wanted.len() > 1 => {
                    tracing::warn!(function = feed.function.name, reason, "a batch failed");
                    size = (records.len() / 2).max(1);
                    tokio::time::sleep(FIRST_PAUSE).await;
                    continue;
                }
                Outcome::Failed(reason) => {
                    (wanted.first().map_or("", |record| sequence(record)).to_owned(), reason)
                }
            };
            let before = records.iter().take_while(|record| sequence(record) != failed_at).last();
            if let Some(before) = before {
                self.finish(feed, sequence(before), 0);
            }
            let attempts = match failing.take() {
                Some((sequence, attempts)) if sequence == failed_at => attempts + 1,
                _ => 1,
            };
            tracing::warn!(
                function = feed.function.name,
                record = failed_at,
                attempts,
                reason,
                "a record failed"
            );
            if attempts >= feed.trigger.attempts {
                tracing::warn!(function = feed.function.name, record = failed_at, "the record is given up");
                self.finish(feed, &failed_at, 1);
            } else {
                failing = Some((failed_at, attempts));
                tokio::time::sleep(pause(attempts)).await;
            }
        }
    }

    /// Reading blocks on the database, so it is done beside the runtime.
    async fn after(&self, done: Option<&str>, limit: usize) -> Result<Vec<Value>, DatabaseError> {
        let (database, done) = (self.database.clone(), done.map(str::to_owned));
        let reading = tokio::task::spawn_blocking(move || database.records(done.as_deref(), limit));
        // A reader that is cancelled is cancelled with everything else.
        reading.await.unwrap_or_else(|_| Ok(Vec::new()))
    }

    fn finish(&self, feed: &Feed, sequence: &str, records: usize) {
        if let Some(file) = &feed.kept_in
            && let Err(error) = replace(file, sequence)
        {
            tracing::warn!(%error, file = %file.display(), "the place in the stream cannot be kept");
        }
        feed.done.send_replace(Some(sequence.to_owned()));
        let mut delivered = self.delivered.lock().unwrap_or_else(PoisonError::into_inner);
        *delivered += records;
        if *delivered >= TRIM_AFTER {
            *delivered = 0;
            self.trim();
        }
    }

    /// Removes what every function is done with.
    pub(crate) fn trim(&self) {
        let places: Option<Vec<String>> = self.feeds.iter().map(|feed| feed.done.borrow().clone()).collect();
        let Some(oldest) = places.and_then(|places| places.into_iter().min()) else {
            return;
        };
        if let Err(error) = self.database.trim(&oldest) {
            tracing::warn!(%error, "delivered stream records cannot be removed");
        }
    }
}

impl Feed {
    async fn invoke(&self, records: &[&Value]) -> Outcome {
        if records.is_empty() {
            return Outcome::Done;
        }
        match invocation::invoke(&self.function, json!({ "Records": records }), LIMIT).await {
            Ok(answer) => outcome(records, &answer),
            Err(failure) => Outcome::Failed(failure.to_string()),
        }
    }
}

/// Reads `batchItemFailures`: none is success, and one that names no record of the batch fails all of it.
fn outcome(records: &[&Value], answer: &Value) -> Outcome {
    let Some(failures) = answer.get("batchItemFailures").and_then(Value::as_array) else {
        return Outcome::Done;
    };
    let failed: HashSet<&str> = failures
        .iter()
        .map(|failure| failure.get("itemIdentifier").and_then(Value::as_str).unwrap_or_default())
        .collect();
    let known = records.iter().filter(|record| failed.contains(sequence(record))).count();
    if known < failed.len() {
        return Outcome::Failed("it names records that were not in the batch".to_owned());
    }
    match records.iter().find(|record| failed.contains(sequence(record))) {
        Some(lowest) => Outcome::FailedAt(sequence(lowest).to_owned()),
        None => Outcome::Done,
    }
}

fn sequence(record: &Value) -> &str {
    record.pointer("/dynamodb/SequenceNumber").and_then(Value::as_str).unwrap_or_default()
}

fn pause(attempts: u32) -> Duration {
    FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(attempts.saturating_sub(1))).min(LONGEST_PAUSE)
}

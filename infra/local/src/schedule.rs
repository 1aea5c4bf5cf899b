//! The schedules, as EventBridge Scheduler runs them, on the product's clock.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use environment::Clock;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::function::{Function, Schedule};
use crate::identifier;
use crate::invocation::{self, Failure};
use crate::surroundings::{ACCOUNT, REGION};

/// How soon an advance of the clock is noticed.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// How long a run may take.
const LIMIT: Duration = Duration::from_secs(60);

/// Why a schedule was not run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// There is none of this name.
    #[error("there is no schedule {0}")]
    Unknown(String),
    /// Its function failed.
    #[error("the function failed: {0}")]
    Failed(String),
}

/// Every function that runs on a schedule.
pub(crate) struct Schedules {
    clock: Clock,
    entries: Vec<Entry>,
    /// Whether they run only when they are told to.
    wait_to_be_told: AtomicBool,
}

struct Entry {
    schedule: Schedule,
    function: Function,
    /// One run at a time.
    running: Mutex<()>,
}

impl Schedules {
    /// Those of `functions` that have a schedule.
    pub(crate) fn new(clock: Clock, functions: &[Function]) -> Self {
        let entries = functions
            .iter()
            .filter_map(|function| {
                let schedule = function.schedule?;
                Some(Entry { schedule, function: function.clone(), running: Mutex::new(()) })
            })
            .collect();
        Self { clock, entries, wait_to_be_told: AtomicBool::new(false) }
    }

    /// Their names.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.entries.iter().map(|entry| entry.schedule.name)
    }

    /// From now on none runs by the clock.
    pub(crate) fn wait_to_be_told(&self) {
        self.wait_to_be_told.store(true, Ordering::SeqCst);
    }

    /// Runs the named one now, whatever the time, and answers what its function answered.
    pub(crate) async fn run(&self, name: &str) -> Result<Value, ScheduleError> {
        let entry = self.entries.iter().find(|entry| entry.schedule.name == name);
        let entry = entry.ok_or_else(|| ScheduleError::Unknown(name.to_owned()))?;
        self.invoke(entry).await.map_err(|failure| ScheduleError::Failed(failure.to_string()))
    }

    /// Runs each when it is due, forever.
    pub(crate) async fn keep(&self) {
        futures::future::join_all(self.entries.iter().map(|entry| self.keep_one(entry))).await;
    }

    async fn keep_one(&self, entry: &Entry) {
        let mut due = self.clock.now().after(entry.schedule.every);
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let now = self.clock.now();
            // A clock that was set back must not put the next run off by as much.
            due = due.min(now.after(entry.schedule.every));
            if now < due || self.wait_to_be_told.load(Ordering::SeqCst) {
                continue;
            }
            due = now.after(entry.schedule.every);
            if let Err(failure) = self.invoke(entry).await {
                tracing::warn!(schedule = entry.schedule.name, %failure, "a scheduled run failed");
            }
        }
    }

    async fn invoke(&self, entry: &Entry) -> Result<Value, Failure> {
        let _alone = entry.running.lock().await;
        invocation::invoke(&entry.function, self.event(entry.schedule.name), LIMIT).await
    }

    fn event(&self, name: &str) -> Value {
        let now = jiff::Timestamp::from_second(self.clock.now().as_seconds()).unwrap_or_default();
        json!({
            "version": "0",
            "id": identifier::fresh(),
            "detail-type": "Scheduled Event",
            "source": "aws.scheduler",
            "account": ACCOUNT,
            "time": now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "region": REGION,
            "resources": [format!("arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/{name}")],
            // A text and no object: that is how the Scheduler sends it.
            "detail": "{}",
        })
    }
}

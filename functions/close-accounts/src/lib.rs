//! Run by the schedule: closes the accounts whose time of grace is over, and removes what they had. Each step is conditional, so that
//! two runs may overlap, and a run that is cut off is finished by the next. An operator calls it as well, for an account whose
//! Administrators are gone.

mod ask;
mod close;

use environment::Clock;
use environment::metrics;
use lambda_runtime::{Error, LambdaEvent};
use serde::{Deserialize, Serialize};
use store::Store;
use store::capacity::used;

pub use ask::Asked;

/// What the function works with, built once, outside the handler.
#[derive(Debug, Clone)]
pub struct Closing {
    /// The table.
    pub store: Store,
    /// Where `now` comes from.
    pub clock: Clock,
}

/// What comes in: from the schedule nothing that is read here, from an operator what to close.
#[derive(Debug, Deserialize)]
pub struct Event {
    /// An account that an operator asks to close, after its time of grace.
    #[serde(default)]
    close: Option<Asked>,
    /// A closing account that an operator asks to keep.
    #[serde(default)]
    keep: Option<Asked>,
}

/// What a run did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Accounts closed.
    pub closed: usize,
    /// Items removed of closed accounts.
    pub removed: usize,
    /// Closed accounts of which nothing is left but what stays.
    pub emptied: usize,
    /// Accounts with something that could not be read, and that were left alone.
    pub unreadable: usize,
    /// Accounts that are left to the next run: this one took long enough, or others were at the same items.
    pub left: usize,
}

/// Does what an operator asks, or looks at what is due. The event's own time is not read: a late event must not act on a time gone by.
pub async fn handle(closing: &Closing, event: LambdaEvent<Event>) -> Result<Report, Error> {
    let began = closing.clock.now();
    let mut report = Report::default();
    let Event { close, keep } = event.payload;
    let outcome = match (close, keep) {
        (None, None) => close::run(closing, &mut report).await.map_err(Error::from),
        (Some(asked), None) => ask::close(closing, &asked).await,
        (None, Some(asked)) => ask::keep(closing, &asked).await,
        (Some(_), Some(_)) => Err(Error::from("ask for one thing: `close` or `keep`")),
    };
    let (now, used) = (closing.clock.now(), used());
    tracing::info!(
        function = "close-accounts",
        request_id = event.context.request_id,
        outcome = if outcome.is_ok() { "done" } else { "failed" },
        closed = report.closed,
        removed = report.removed,
        emptied = report.emptied,
        unreadable = report.unreadable,
        left = report.left,
        read_units = used.read,
        write_units = used.write,
        duration_ms = closing.clock.millis_since(began),
        "accounts closed"
    );
    outcome?;
    metrics::measure_counts(
        now,
        &[("UnreadableItems", report.unreadable), ("LeftToTheNextRun", report.left)],
    );
    Ok(report)
}

//! Run by the schedule: notes the invitations that are past their end, brings mail that was left behind back to the
//! stream, and has entries of the log go that an account keeps no longer. Each step is conditional, so that two runs may overlap,
//! and a run that is cut off is finished by the next.

mod sweep;
mod turns;

use environment::Clock;
use environment::metrics::{self, Unit};
use lambda_runtime::{Error, LambdaEvent};
use serde::Serialize;
use serde_json::Value;
use store::Store;
use store::capacity::used;

/// What the function works with, built once, outside the handler.
#[derive(Debug, Clone)]
pub struct Expiring {
    /// The table.
    pub store: Store,
    /// Where `now` comes from.
    pub clock: Clock,
}

/// What a run did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Invitations noted as past their end.
    pub expired: usize,
    /// Unsent mails brought back to the stream.
    pub nudged: usize,
    /// Entries of the log that DynamoDB removes from now on, because their accounts keep them no longer.
    pub outlived: usize,
    /// Items that could not be read, and were left alone.
    pub unreadable: usize,
    /// What was due and is left to the next run, because this one took long enough.
    pub left: usize,
    /// Mails that wait to be sent, and that nobody refused.
    pub waiting: usize,
    /// Mails that SES refused. They are tried again, but no patience alone helps them.
    pub refused: usize,
    /// For how many seconds the oldest unsent mail has been waiting; nought if none is.
    #[serde(skip)]
    pub oldest_unsent: u32,
}

/// Looks at what is due. The event's own time is not read: a late event must not act on a time gone by.
pub async fn handle(expiring: &Expiring, event: LambdaEvent<Value>) -> Result<Report, Error> {
    let began = expiring.clock.now();
    let mut report = Report::default();
    let swept = sweep::sweep(expiring, &mut report).await;
    let (now, used) = (expiring.clock.now(), used());
    tracing::info!(
        function = "expire-invitations",
        request_id = event.context.request_id,
        outcome = if swept.is_ok() { "done" } else { "failed" },
        expired = report.expired,
        nudged = report.nudged,
        outlived = report.outlived,
        unreadable = report.unreadable,
        left = report.left,
        waiting = report.waiting,
        refused = report.refused,
        oldest_unsent = report.oldest_unsent,
        read_units = used.read,
        write_units = used.write,
        duration_ms = expiring.clock.millis_since(began),
        "schedule run"
    );
    swept?;
    // On every run: that nobody measures is alarming too.
    let waiting = f64::from(report.oldest_unsent);
    metrics::measure(now, None, "OldestUnsentMail", Unit::Seconds, waiting);
    let expired = f64::from(u32::try_from(report.expired).unwrap_or(u32::MAX));
    metrics::measure(now, None, "InvitationsExpired", Unit::Count, expired);
    let counts = [
        ("UnreadableItems", report.unreadable),
        ("LeftToTheNextRun", report.left),
        ("MailsWaiting", report.waiting),
        ("MailsRefused", report.refused),
    ];
    metrics::measure_counts(now, &counts);
    Ok(report)
}

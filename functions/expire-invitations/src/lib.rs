//! Run by the schedule: notes the invitations that are past their end, and brings mail that was left behind back to the
//! stream. Each step is conditional, so that two runs may overlap, and a run that is cut off is finished by the next.

mod sweep;

use environment::Clock;
use lambda_runtime::{Error, LambdaEvent};
use serde::Serialize;
use serde_json::Value;
use store::{Store, keys};

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
}

/// Looks at everything that is due. The event's own time is not read: a late event must not act on a time gone by.
pub async fn handle(expiring: &Expiring, _event: LambdaEvent<Value>) -> Result<Report, Error> {
    let mut report = Report::default();
    for shard in 0..keys::DUE_SHARDS {
        sweep::sweep(expiring, shard, &mut report).await?;
    }
    tracing::info!(expired = report.expired, nudged = report.nudged, "schedule run");
    Ok(report)
}

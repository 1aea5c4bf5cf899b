//! Fed by the table's stream: seals the new entries of every account's activity log, a batch at a time, so that an entry
//! which is changed or removed later is found out, and tells others on EventBridge of what they change, where a bus is named. No
//! request waits for it.

mod append;
mod tell;

use std::collections::BTreeMap;

use aws_lambda_events::event::dynamodb::{Event, EventRecord};
use aws_lambda_events::event::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use environment::Clock;
use environment::metrics::measure_unreadable;
use lambda_runtime::{Error, LambdaEvent};
use policy::AccountId;
use seals::SealedEntry;
use store::capacity::used;
use store::log::LogEntry;
use store::seal::sealed_entry;
use store::{Store, keys};

pub use tell::Bus;

/// What the function works with, built once, outside the handler.
#[derive(Debug, Clone)]
pub struct Sealing {
    /// The table.
    pub store: Store,
    /// Where `now` comes from.
    pub clock: Clock,
    /// The bus that is told; none where nobody follows.
    pub bus: Option<Bus>,
}

/// The entries of one account in a batch.
#[derive(Debug, Default)]
struct Batch {
    entries: Vec<SealedEntry>,
    /// The same, as others are told of them.
    told: Vec<LogEntry>,
    /// The stream's number of the first of them.
    first: Option<String>,
}

/// Handles a batch of stream records. If an account's entries cannot be sealed or told now, the stream gives them again, with what
/// came after them; what of that was sealed already may then be sealed twice, which harms nothing, and what was told is told again.
pub async fn handle(sealing: &Sealing, event: LambdaEvent<Event>) -> Result<DynamoDbEventResponse, Error> {
    let began = sealing.clock.now();
    let mut batches: BTreeMap<AccountId, Batch> = BTreeMap::new();
    for record in event.payload.records.iter().filter(|record| concerns(record)) {
        let Some((account, entry)) = sealed_entry(&record.change.new_image) else { continue };
        let batch = batches.entry(account).or_default();
        batch.first = batch.first.take().or_else(|| record.change.sequence_number.clone());
        batch.entries.push(entry);
        if sealing.bus.is_some() {
            match serde_dynamo::from_item(record.change.new_image.clone()) {
                Ok(entry) => batch.told.push(entry),
                Err(_) => measure_unreadable(began, &[format!("an entry of account {account}")]),
            }
        }
    }
    let mut is_bus_down = false;
    let mut response = DynamoDbEventResponse::default();
    for (account, batch) in batches {
        let is_done = match append::append(sealing, account, &batch.entries).await {
            Ok(()) => tell(sealing, account, &batch.told, &mut is_bus_down).await,
            Err(error) => {
                tracing::error!(%account, %error, "entries could not be sealed");
                false
            }
        };
        if !is_done {
            let mut failure = DynamoDbBatchItemFailure::default();
            failure.item_identifier = batch.first;
            response.batch_item_failures.push(failure);
        }
    }
    let (failed, used) = (response.batch_item_failures.len(), used());
    tracing::info!(
        function = "seal-log",
        request_id = event.context.request_id,
        outcome = if failed == 0 { "done" } else { "failed" },
        records = event.payload.records.len(),
        failed,
        read_units = used.read,
        write_units = used.write,
        duration_ms = sealing.clock.millis_since(began),
        "records looked at"
    );
    Ok(response)
}

/// False if the entries are to be told again.
async fn tell(sealing: &Sealing, account: AccountId, told: &[LogEntry], is_down: &mut bool) -> bool {
    match &sealing.bus {
        Some(bus) => bus.tell(account, told, sealing.clock.now(), is_down).await,
        None => true,
    }
}

/// Whether a record of the stream is a new entry of a log. The event source mapping's filter asks for an INSERT with an
/// `outcome`, which entries alone have.
#[must_use]
pub fn concerns(record: &EventRecord) -> bool {
    let key = record.change.new_image.get("pk");
    let is_entry = matches!(key, Some(serde_dynamo::AttributeValue::S(pk)) if keys::log_of(pk).is_some());
    record.event_name == "INSERT" && is_entry
}

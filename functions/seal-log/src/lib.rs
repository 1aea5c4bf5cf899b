//! Fed by the table's stream: seals the new entries of every account's activity log, a batch at a time, so that an entry
//! which is changed or removed later is found out. No request waits for it.

mod append;

use std::collections::BTreeMap;

use aws_lambda_events::event::dynamodb::{Event, EventRecord};
use aws_lambda_events::event::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use environment::Clock;
use lambda_runtime::{Error, LambdaEvent};
use policy::AccountId;
use seals::SealedEntry;
use store::capacity::used;
use store::seal::sealed_entry;
use store::{Store, keys};

/// What the function works with, built once, outside the handler.
#[derive(Debug, Clone)]
pub struct Sealing {
    /// The table.
    pub store: Store,
    /// Where `now` comes from.
    pub clock: Clock,
}

/// The entries of one account in a batch.
#[derive(Debug, Default)]
struct Batch {
    entries: Vec<SealedEntry>,
    /// The stream's number of the first of them.
    first: Option<String>,
}

/// Handles a batch of stream records. If an account's entries cannot be sealed now, the stream gives them again, with what
/// came after them; what of that was sealed already may then be sealed twice, which harms nothing.
pub async fn handle(sealing: &Sealing, event: LambdaEvent<Event>) -> Result<DynamoDbEventResponse, Error> {
    let began = sealing.clock.now();
    let mut batches: BTreeMap<AccountId, Batch> = BTreeMap::new();
    for record in event.payload.records.iter().filter(|record| concerns(record)) {
        let Some((account, entry)) = sealed_entry(&record.change.new_image) else { continue };
        let batch = batches.entry(account).or_default();
        batch.first = batch.first.take().or_else(|| record.change.sequence_number.clone());
        batch.entries.push(entry);
    }
    let mut response = DynamoDbEventResponse::default();
    for (account, batch) in batches {
        if let Err(error) = append::append(sealing, account, &batch.entries).await {
            tracing::error!(%account, %error, "entries could not be sealed");
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

/// Whether a record of the stream is a new entry of a log. The event source mapping's filter asks for an INSERT with an
/// `outcome`, which entries alone have.
#[must_use]
pub fn concerns(record: &EventRecord) -> bool {
    let key = record.change.new_image.get("pk");
    let is_entry = matches!(key, Some(serde_dynamo::AttributeValue::S(pk)) if keys::log_of(pk).is_some());
    record.event_name == "INSERT" && is_entry
}

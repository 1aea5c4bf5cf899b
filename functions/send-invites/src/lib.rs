//! Fed by the table's stream: mails the invitations that are committed and not yet sent. The only function that links SES.

mod compose;
mod send;

use std::num::NonZeroU32;

use aws_lambda_events::event::dynamodb::{Event, EventRecord};
use aws_lambda_events::event::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use environment::Clock;
use environment::metrics;
use lambda_runtime::{Error, LambdaEvent};
use mail::Mailer;
use signing::Signer;
use store::capacity::used;
use store::{Store, StoreError, keys};

/// What the function works with, built once, outside the handler.
#[derive(Debug, Clone)]
pub struct Sending {
    /// The table.
    pub store: Store,
    /// The keys that links are signed with.
    pub signer: Signer,
    /// SES.
    pub mailer: Mailer,
    /// Where `now` comes from.
    pub clock: Clock,
    /// What every link starts with, without a slash at its end.
    pub public_url: String,
    /// How many mails a second all senders together hand to SES; none for as many as there are.
    pub mails_per_second: Option<NonZeroU32>,
}

/// Handles a batch of stream records. Only those that the store could not answer for are given back; what SES does not
/// take is noted on the invitation, where the schedule finds it.
pub async fn handle(sending: &Sending, event: LambdaEvent<Event>) -> Result<DynamoDbEventResponse, Error> {
    let began = sending.clock.now();
    let mut response = DynamoDbEventResponse::default();
    for record in event.payload.records.iter().filter(|record| concerns(record)) {
        let (Some(pk), Some(sk)) = (text(record, "pk"), text(record, "sk")) else { continue };
        let sent = send::send(sending, pk, sk).await;
        // It would come again for a day, and keep everything behind it waiting: the schedule brings it up when it can be read.
        if let Err(send::NotSent::Store(StoreError::Unreadable(_))) = &sent {
            metrics::measure_unreadable(sending.clock.now(), &[format!("{pk} {sk}")]);
            continue;
        }
        if let Err(error) = sent {
            tracing::error!(%error, "an invitation could not be mailed");
            let mut failure = DynamoDbBatchItemFailure::default();
            failure.item_identifier = record.change.sequence_number.clone();
            response.batch_item_failures.push(failure);
        }
    }
    let (failed, used) = (response.batch_item_failures.len(), used());
    tracing::info!(
        function = "send-invites",
        request_id = event.context.request_id,
        outcome = if failed == 0 { "done" } else { "failed" },
        records = event.payload.records.len(),
        failed,
        read_units = used.read,
        write_units = used.write,
        duration_ms = sending.clock.millis_since(began),
        "records looked at"
    );
    Ok(response)
}

/// Whether a record of the stream is about mail that waits to be sent: the event source mapping's filter says the same.
#[must_use]
pub fn concerns(record: &EventRecord) -> bool {
    let waits = matches!(text(record, "delivery"), Some("queued" | "failed"));
    let is_being_sent = record.change.new_image.get::<str>("claimed_until").is_some();
    let is_invitation = text(record, "sk").is_some_and(|sk| sk.starts_with(keys::INVITATION));
    record.event_name != "REMOVE" && is_invitation && waits && !is_being_sent
}

fn text<'a>(record: &'a EventRecord, attribute: &str) -> Option<&'a str> {
    match record.change.new_image.get(attribute) {
        Some(serde_dynamo::AttributeValue::S(text)) => Some(text),
        _ => None,
    }
}

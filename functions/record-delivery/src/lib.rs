//! Told by SES, over EventBridge, what happened to a mail: notes it on the invitation, and on the address if it gets no more mail.
//! Events come more than once, late, and in any order.

mod record;
mod told;

use aws_lambda_events::event::eventbridge::EventBridgeEvent;
use environment::Clock;
use lambda_runtime::{Error, LambdaEvent};
use policy::Timestamp;
use store::Store;
use store::capacity::used;

pub use told::DeliveryEvent;

use crate::record::Recorded;

/// What the function works with, built once, outside the handler.
#[derive(Debug, Clone)]
pub struct Recording {
    /// The table.
    pub store: Store,
    /// Where `now` comes from.
    pub clock: Clock,
}

/// Notes one event. An error means that it could not be noted; it is then told again.
pub async fn handle(
    recording: &Recording,
    event: LambdaEvent<EventBridgeEvent<DeliveryEvent>>,
) -> Result<(), Error> {
    let began = recording.clock.now();
    let told = event.payload.detail;
    let outcome = note(recording, &told, began).await;
    let used = used();
    tracing::info!(
        function = "record-delivery",
        request_id = event.context.request_id,
        account = told.of().map(|of| of.account.to_string()),
        kind = told.event_type,
        outcome = outcome.as_ref().map_or("failed", |noted| noted.map_or("ignored", Recorded::name)),
        read_units = used.read,
        write_units = used.write,
        duration_ms = recording.clock.millis_since(began),
        "delivery event recorded"
    );
    outcome.map(drop)
}

/// None of opens and clicks, if somebody switches them on, and of a mail that is not ours.
async fn note(
    recording: &Recording,
    told: &DeliveryEvent,
    now: Timestamp,
) -> Result<Option<Recorded>, Error> {
    let (Some(event), Some(of)) = (told.event(), told.of()) else { return Ok(None) };
    if let Some(reason) = event.suppresses() {
        for recipient in told.recipients() {
            recording.store.suppress(of.account, &recipient, reason, now).await?;
        }
    }
    Ok(Some(record::record(recording, &of, event, now).await?))
}

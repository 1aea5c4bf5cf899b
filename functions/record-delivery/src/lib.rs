//! Told by SES, over EventBridge, what became of a mail: notes it on the invitation, and on the address if it gets no more mail.
//! Events come more than once, late, and in any order.

mod record;
mod told;

use aws_lambda_events::event::eventbridge::EventBridgeEvent;
use environment::Clock;
use lambda_runtime::{Error, LambdaEvent};
use store::Store;
use store::capacity::used;

pub use told::Told;

/// What the function works with, built once, outside the handler.
#[derive(Debug, Clone)]
pub struct Recording {
    /// The table.
    pub store: Store,
    /// Where `now` comes from.
    pub clock: Clock,
}

/// Notes one event. An error means that it could not be noted; it is then told again.
pub async fn handle(recording: &Recording, event: LambdaEvent<EventBridgeEvent<Told>>) -> Result<(), Error> {
    let request_id = event.context.request_id;
    let told = event.payload.detail;
    let (Some(event), Some(of)) = (told.event(), told.of()) else {
        // Opens and clicks, if somebody switches them on; a mail that is not ours.
        tracing::info!(request_id, kind = told.event_type, "an event that nothing is noted of");
        return Ok(());
    };
    let now = recording.clock.now();
    if let Some(reason) = event.suppresses() {
        for recipient in told.recipients() {
            recording.store.suppress(&recipient, reason, now).await?;
        }
    }
    let outcome = record::record(recording, &of, event, now).await?;
    tracing::info!(
        request_id,
        account = %of.account,
        kind = told.event_type,
        outcome = outcome.name(),
        capacity = used(),
        "told of a mail"
    );
    Ok(())
}

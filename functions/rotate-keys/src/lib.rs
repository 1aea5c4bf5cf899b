//! Called by Secrets Manager, a step at a time: makes a new key, publishes it, tries it, makes it the one that signs. Each step
//! may come again. Called without a step it publishes what the secret has, and takes away what is retired.

mod steps;

use environment::Clock;
use lambda_runtime::{Error, LambdaEvent};
use policy::Timestamp;
use serde::Deserialize;
use signing::Secret;
use store::Store;
use store::capacity::used;

/// What the function works with, built once, outside the handler.
#[derive(Debug, Clone)]
pub struct Rotating {
    /// The table.
    pub store: Store,
    /// The secret.
    pub secret: Secret,
    /// Where `now` comes from.
    pub clock: Clock,
}

/// What is asked of it. Which secret is not read from here: there is one.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Request {
    /// Which step.
    pub step: Option<String>,
    /// Names the version that is being made.
    pub client_request_token: String,
}

/// Does one step.
pub async fn handle(rotating: &Rotating, event: LambdaEvent<Request>) -> Result<(), Error> {
    let now = rotating.clock.now();
    let step = event.payload.step.clone();
    let outcome = take(rotating, event.payload, now).await;
    let used = used();
    tracing::info!(
        function = "rotate-keys",
        request_id = event.context.request_id,
        step = step.as_deref().unwrap_or("tidy"),
        outcome = if outcome.is_ok() { "done" } else { "failed" },
        read_units = used.read,
        write_units = used.write,
        duration_ms = rotating.clock.millis_since(now),
        "the keys were checked"
    );
    outcome
}

async fn take(rotating: &Rotating, request: Request, now: Timestamp) -> Result<(), Error> {
    let Request { step, client_request_token: token } = request;
    match step.as_deref() {
        Some("createSecret") => steps::create(rotating, &token, now).await?,
        Some("setSecret") => steps::publish(rotating, &token).await?,
        Some("testSecret") => steps::test(rotating, &token).await?,
        Some("finishSecret") => steps::finish(rotating, &token, now).await?,
        Some(_) => return Err("there is no such step".into()),
        None => steps::tidy(rotating, now).await?,
    }
    Ok(())
}

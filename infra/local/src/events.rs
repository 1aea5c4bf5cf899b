//! An EventBridge endpoint that keeps what it is told, and takes nothing for a while if asked.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use policy::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::identifier;
use crate::surroundings::{ACCOUNT, REGION};

/// The bus.
pub const BUS: &str = "glueconnect";

/// What calls for this endpoint are named after, on a port that answers for several services.
pub(crate) const TARGET: &str = "AWSEvents.";

/// No more events are kept than this; the oldest go first.
const KEPT: usize = 10_000;

/// The most events of one call.
const AT_ONCE: usize = 10;

/// An event as EventBridge passes it on.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Event {
    version: &'static str,
    id: String,
    /// What happened, as in `glueconnect.invitation.accepted`.
    pub detail_type: String,
    /// Who tells.
    pub source: String,
    account: &'static str,
    time: String,
    region: &'static str,
    resources: Vec<String>,
    /// What the sender says of it.
    pub detail: Value,
}

/// The events, in the order in which they were told. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Events {
    told: Arc<Mutex<Vec<Event>>>,
    is_down: Arc<Mutex<bool>>,
    refused: Arc<watch::Sender<usize>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PutEvents {
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    time: Option<serde_json::Number>,
    source: String,
    #[serde(default)]
    resources: Vec<String>,
    detail_type: String,
    detail: String,
    event_bus_name: Option<String>,
}

impl Events {
    /// Every event, oldest first.
    #[must_use]
    pub fn told(&self) -> Vec<Event> {
        lock(&self.told).clone()
    }

    /// The events of one account of the product, oldest first.
    #[must_use]
    pub fn of_account(&self, account: &str) -> Vec<Event> {
        lock(&self.told)
            .iter()
            .filter(|event| event.detail.get("account-id").is_some_and(|id| *id == account))
            .cloned()
            .collect()
    }

    /// From now on no event is taken, or every one is.
    pub fn be_down(&self, is_down: bool) {
        *lock(&self.is_down) = is_down;
    }

    /// Waits until some call was refused since this was asked.
    pub async fn next_refusal(&self) {
        let mut refused = self.refused.subscribe();
        // The sender is kept here.
        drop(refused.changed().await);
    }

    /// `PutEvents`, and no other.
    pub(crate) fn answer(&self, headers: &HeaderMap, body: &Bytes) -> Response {
        let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
        let request = match target.strip_prefix(TARGET) {
            Some("PutEvents") => serde_json::from_slice(body).map_err(|error| error.to_string()),
            _ => Err(format!("{target} is not known here")),
        };
        let (status, answer) = match request.and_then(|request| self.put(request)) {
            Ok(answer) => (StatusCode::OK, answer),
            Err(message) => {
                (StatusCode::BAD_REQUEST, json!({"__type": "ValidationException", "message": message}))
            }
        };
        (status, [(header::CONTENT_TYPE, "application/x-amz-json-1.1")], answer.to_string()).into_response()
    }

    fn put(&self, request: PutEvents) -> Result<Value, String> {
        let PutEvents { entries } = request;
        if entries.is_empty() || entries.len() > AT_ONCE {
            return Err(format!("A call has 1 to {AT_ONCE} events."));
        }
        if *lock(&self.is_down) {
            self.refused.send_modify(|refused| *refused += 1);
            let each = json!({"ErrorCode": "InternalFailure", "ErrorMessage": "It is down."});
            return Ok(json!({"FailedEntryCount": entries.len(), "Entries": vec![each; entries.len()]}));
        }
        let events: Vec<Event> = entries.into_iter().map(event).collect::<Result<_, _>>()?;
        let ids: Vec<Value> = events.iter().map(|event| json!({"EventId": event.id})).collect();
        let mut told = lock(&self.told);
        told.extend(events);
        let too_many = told.len().saturating_sub(KEPT);
        told.drain(..too_many);
        Ok(json!({"FailedEntryCount": 0, "Entries": ids}))
    }
}

fn event(entry: Entry) -> Result<Event, String> {
    if entry.event_bus_name.as_deref() != Some(BUS) {
        return Err(format!("There is one bus, {BUS}."));
    }
    // Seconds since 1970; EventBridge keeps no part of one.
    let seconds = entry.time.map(|time| time.to_string()).unwrap_or_default();
    let seconds: i64 = seconds.split('.').next().and_then(|whole| whole.parse().ok()).unwrap_or_default();
    Ok(Event {
        version: "0",
        id: identifier::fresh(),
        detail_type: entry.detail_type,
        source: entry.source,
        account: ACCOUNT,
        time: Timestamp::from_millis(seconds.saturating_mul(1000)).to_string(),
        region: REGION,
        resources: entry.resources,
        detail: serde_json::from_str(&entry.detail).map_err(|_| "Detail is no JSON.".to_owned())?,
    })
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

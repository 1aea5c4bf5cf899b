//! What the outside world is to the product, on one port: the mailbox, the clock, the schedules, and SES with its
//! switch.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::events::{self, Events};
use crate::loopback;
use crate::mail_events::{MailEvent, MailEvents, NotTold};
use crate::mailbox::Mail;
use crate::page;
use crate::rotation::Rotation;
use crate::routing::decoded;
use crate::schedule::{ScheduleError, Schedules};
use crate::secrets::Secrets;
use crate::ses::{Mode, Ses};

/// What the port knows, for those who ask for something else.
const KNOWN: [&str; 13] = [
    "GET /                              the mailbox as a page; ?to=<address> for one recipient",
    "GET /store                         the mailbox as JSON; ?to=<address>",
    "POST /clear-store                  empties the mailbox",
    "POST /mails/<messageId>/<event>    SES tells: delivery, delay, bounce, transient-bounce, complaint, reject, …",
    "POST /rotate-keys                  Secrets Manager has the keys rotated now",
    "GET /events                        what was told on EventBridge, as JSON; ?account=<id> for one account",
    "GET /clock                         the product's time",
    "POST /clock                        {\"advance-seconds\": 3600}",
    "POST /schedule/expire-invitations  runs the schedule now",
    "POST /schedule/close-accounts      closes the accounts whose time has come now",
    "GET /ses                           how SES behaves",
    "POST /ses                          {\"mode\": \"ok\" | \"throttle\" | \"reject\" | \"down\"}",
    "POST /v2/email/outbound-emails     SES itself",
];

/// What the port reaches.
pub(crate) struct Control {
    pub(crate) ses: Ses,
    pub(crate) schedules: Arc<Schedules>,
    pub(crate) mail_events: MailEvents,
    pub(crate) secrets: Secrets,
    pub(crate) events: Events,
    pub(crate) rotation: Rotation,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    #[serde(rename = "advance-seconds")]
    seconds: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Switch {
    mode: Mode,
}

type Shared = State<Arc<Control>>;

impl Control {
    /// Serves on `listener` until `stopped` is done.
    pub(crate) async fn serve(
        self,
        listener: TcpListener,
        stopped: impl Future<Output = ()> + Send + 'static,
    ) {
        let router = Router::new()
            .route("/", get(mailbox).post(of_a_service))
            .route("/rotate-keys", post(rotate))
            .route("/store", get(store).delete(clear))
            .route("/clear-store", post(clear))
            .route("/mails/{id}/{event}", post(tell))
            .route("/events", get(events_told))
            .route("/clock", get(clock).post(advance))
            .route("/schedule/{name}", post(schedule))
            .route("/ses", get(mode).post(switch))
            .route("/v2/email/outbound-emails", post(send))
            .fallback(unknown)
            .method_not_allowed_fallback(unknown)
            .layer(from_fn(loopback::only))
            .with_state(Arc::new(self));
        if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stopped).await {
            tracing::error!(%error, "the control port stopped");
        }
    }

    /// The mails for `?to=`, or all.
    fn mails(&self, query: Option<&str>) -> (Vec<Mail>, Option<String>) {
        let to =
            query.and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("to="))).map(decoded);
        let mailbox = &self.ses.mailbox;
        (to.as_ref().map_or_else(|| mailbox.mails(), |address| mailbox.mails_for(address)), to)
    }
}

async fn mailbox(State(control): Shared, RawQuery(query): RawQuery) -> Response {
    let (mails, to) = control.mails(query.as_deref());
    page::mailbox(&mails, to.as_deref())
}

async fn store(State(control): Shared, RawQuery(query): RawQuery) -> Response {
    let (mails, _) = control.mails(query.as_deref());
    answer(StatusCode::OK, &json!({ "emails": mails }))
}

async fn clear(State(control): Shared) -> Response {
    match control.ses.mailbox.clear() {
        Ok(()) => Redirect::to("/").into_response(),
        Err(error) => refuse(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}

async fn tell(State(control): Shared, Path((id, event)): Path<(String, String)>) -> Response {
    let Some(event) = MailEvent::named(&event) else {
        let names = MailEvent::ALL.map(MailEvent::name).join(", ");
        return refuse(StatusCode::NOT_FOUND, &format!("there is no event {event}; there is: {names}"));
    };
    match control.mail_events.tell(&id, event).await {
        Ok(()) => Redirect::to("/").into_response(),
        Err(error @ NotTold::Unknown(_)) => refuse(StatusCode::NOT_FOUND, &error.to_string()),
        Err(error @ NotTold::NoConfigurationSet) => refuse(StatusCode::CONFLICT, &error.to_string()),
        Err(error @ NotTold::Failed(_)) => refuse(StatusCode::BAD_GATEWAY, &error.to_string()),
    }
}

/// Secrets Manager and EventBridge are both asked at the root, and say in a header which is meant.
async fn of_a_service(State(control): Shared, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    match target.starts_with(events::TARGET) {
        true => control.events.answer(&headers, &body),
        false => control.secrets.answer(&headers, &body),
    }
}

async fn events_told(State(control): Shared, RawQuery(query): RawQuery) -> Response {
    let account =
        query.as_deref().and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("account=")));
    let told = account.map_or_else(|| control.events.told(), |account| control.events.of_account(account));
    answer(StatusCode::OK, &json!({ "events": told }))
}

async fn rotate(State(control): Shared) -> Response {
    match control.rotation.rotate().await {
        Ok(()) => answer(StatusCode::OK, &json!({ "rotated": true })),
        Err(failure) => refuse(StatusCode::BAD_GATEWAY, &failure.to_string()),
    }
}

async fn clock(State(control): Shared) -> Response {
    answer(StatusCode::OK, &json!({ "now": control.ses.clock.now().to_string() }))
}

async fn advance(state: Shared, body: Bytes) -> Response {
    match serde_json::from_slice(&body) {
        Ok(Advance { seconds }) => {
            state.ses.clock.advance(seconds.saturating_mul(1000));
            clock(state).await
        }
        Err(error) => {
            refuse(StatusCode::BAD_REQUEST, &format!("wanted {{\"advance-seconds\": 3600}}: {error}"))
        }
    }
}

async fn schedule(State(control): Shared, Path(name): Path<String>) -> Response {
    match control.schedules.run(&name).await {
        Ok(value) => answer(StatusCode::OK, &value),
        Err(error @ ScheduleError::Unknown(_)) => {
            let names: Vec<&str> = control.schedules.names().collect();
            refuse(StatusCode::NOT_FOUND, &format!("{error}; there is: {}", names.join(", ")))
        }
        Err(error @ ScheduleError::Failed(_)) => refuse(StatusCode::BAD_GATEWAY, &error.to_string()),
    }
}

async fn mode(State(control): Shared) -> Response {
    answer(StatusCode::OK, &json!({ "mode": control.ses.mode.get() }))
}

async fn switch(state: Shared, body: Bytes) -> Response {
    match serde_json::from_slice(&body) {
        Ok(Switch { mode: wanted }) => {
            state.ses.mode.set(wanted);
            mode(state).await
        }
        Err(error) => refuse(StatusCode::BAD_REQUEST, &format!("wanted {{\"mode\": \"throttle\"}}: {error}")),
    }
}

async fn send(State(control): Shared, body: Bytes) -> Response {
    control.ses.send(&body)
}

async fn unknown() -> Response {
    answer(StatusCode::NOT_FOUND, &json!({ "message": "not known here", "known": KNOWN }))
}

fn refuse(status: StatusCode, message: &str) -> Response {
    answer(status, &json!({ "message": message }))
}

fn answer(status: StatusCode, value: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}

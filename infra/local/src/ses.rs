//! An SES v2 endpoint that puts what it is sent into the mailbox, and fails on demand as SES does.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use environment::Clock;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::identifier;
use crate::mailbox::{Content, Destination, Mail, Mailbox};

/// The most addresses that SES takes for one mail.
const MOST_RECIPIENTS: usize = 50;

/// In which mails are counted.
const SECOND: Duration = Duration::from_secs(1);

/// How SES behaves just now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// It takes every mail.
    #[default]
    Ok,
    /// It has had too many: `TooManyRequestsException`, 429.
    Throttle,
    /// It does not like what it is sent: `MessageRejected`, 400.
    Reject,
    /// It is out of order: 503.
    Down,
}

/// The switch between the modes, and the rate. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct SesMode(Arc<Mutex<Behaviour>>);

#[derive(Debug, Default)]
struct Behaviour {
    mode: Mode,
    most_per_second: Option<usize>,
    /// When it took the mails of the last second.
    taken: Vec<Instant>,
    refused_for_rate: usize,
}

impl SesMode {
    /// The mode.
    #[must_use]
    pub fn get(&self) -> Mode {
        self.behaviour().mode
    }

    /// Another mode, from the next mail on.
    pub fn set(&self, mode: Mode) {
        self.behaviour().mode = mode;
    }

    /// From the next mail on it refuses what comes within a second after so many others, as it does in a mode of having too many.
    pub fn take_at_most_each_second(&self, many: usize) {
        let mut behaviour = self.behaviour();
        behaviour.most_per_second = Some(many);
        behaviour.taken.clear();
    }

    /// How many mails it refused because they came too fast.
    #[must_use]
    pub fn refused_for_rate(&self) -> usize {
        self.behaviour().refused_for_rate
    }

    fn behaviour(&self) -> MutexGuard<'_, Behaviour> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How it behaves to the mail that has just come.
    fn to_one_more(&self) -> Mode {
        let mut behaviour = self.behaviour();
        let (mode, Some(most)) = (behaviour.mode, behaviour.most_per_second) else { return behaviour.mode };
        if mode != Mode::Ok {
            return mode;
        }
        let now = Instant::now();
        behaviour.taken.retain(|taken| now.duration_since(*taken) < SECOND);
        if behaviour.taken.len() >= most {
            behaviour.refused_for_rate += 1;
            return Mode::Throttle;
        }
        behaviour.taken.push(now);
        Mode::Ok
    }
}

/// The endpoint's state.
#[derive(Debug, Clone)]
pub(crate) struct Ses {
    pub(crate) mode: SesMode,
    pub(crate) mailbox: Mailbox,
    pub(crate) clock: Clock,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SendEmail {
    from_email_address: Option<String>,
    #[serde(default)]
    reply_to_addresses: Vec<String>,
    #[serde(default)]
    destination: Addresses,
    content: Kinds,
    #[serde(default)]
    email_tags: Vec<Tag>,
    configuration_set_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    name: String,
    value: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Addresses {
    to_addresses: Vec<String>,
    cc_addresses: Vec<String>,
    bcc_addresses: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Kinds {
    simple: Option<Simple>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Simple {
    subject: Text,
    body: Parts,
    #[serde(default)]
    headers: Vec<Tag>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Parts {
    html: Option<Text>,
    text: Option<Text>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Text {
    data: String,
}

impl Ses {
    /// `SendEmail`.
    pub(crate) fn send(&self, body: &Bytes) -> Response {
        match self.mode.to_one_more() {
            Mode::Ok => {}
            Mode::Throttle => {
                return refuse(
                    StatusCode::TOO_MANY_REQUESTS,
                    "TooManyRequestsException",
                    "Too many requests.",
                );
            }
            Mode::Reject => {
                return refuse(StatusCode::BAD_REQUEST, "MessageRejected", "The message was rejected.");
            }
            Mode::Down => {
                return refuse(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "ServiceUnavailable",
                    "Service is unavailable.",
                );
            }
        }
        let mail = match self.read(body) {
            Ok(mail) => mail,
            Err(fault) => return refuse(StatusCode::BAD_REQUEST, "BadRequestException", &fault),
        };
        let answer = json!({ "MessageId": mail.message_id });
        match self.mailbox.receive(mail) {
            Ok(()) => ([(header::CONTENT_TYPE, "application/json")], answer.to_string()).into_response(),
            Err(error) => {
                tracing::error!(%error, "the mailbox cannot be written");
                refuse(StatusCode::INTERNAL_SERVER_ERROR, "InternalFailure", "The mailbox cannot be written.")
            }
        }
    }

    fn read(&self, body: &Bytes) -> Result<Mail, String> {
        let request: SendEmail = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        let Some(simple) = request.content.simple else {
            return Err("Only simple content is known here, neither raw nor templates.".to_owned());
        };
        let Addresses { to_addresses: to, cc_addresses: cc, bcc_addresses: bcc } = request.destination;
        let recipients = to.len() + cc.len() + bcc.len();
        if recipients == 0 || recipients > MOST_RECIPIENTS {
            return Err(format!("A mail goes to 1 to {MOST_RECIPIENTS} addresses."));
        }
        let content = Content {
            html: simple.body.html.map(|part| part.data),
            text: simple.body.text.map(|part| part.data),
        };
        if content.html.is_none() && content.text.is_none() {
            return Err("A mail has a text or HTML.".to_owned());
        }
        Ok(Mail {
            message_id: format!("0107{}-000000", identifier::fresh()),
            from: request.from_email_address.ok_or("FromEmailAddress is missing.")?,
            reply_to: request.reply_to_addresses,
            destination: Destination { to, cc, bcc },
            subject: simple.subject.data,
            headers: simple.headers.into_iter().map(|header| (header.name, header.value)).collect(),
            body: content,
            tags: request.email_tags.into_iter().map(|tag| (tag.name, tag.value)).collect(),
            configuration_set: request.configuration_set_name,
            at: self.clock.now().as_seconds(),
        })
    }
}

/// The header is where the SDKs look for an error's type.
fn refuse(status: StatusCode, kind: &'static str, message: &str) -> Response {
    let headers = [("x-amzn-errortype", kind), ("content-type", "application/json")];
    (status, headers, json!({ "message": message }).to_string()).into_response()
}

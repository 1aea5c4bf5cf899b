//! Requests that were sent and answers that came, and what is told of them: without ids, times, addresses and secrets of any one
//! run.

use std::collections::BTreeMap;

use journeys::{Answer, Contract};
use serde_json::{Map, Value, json};
use web::Operation;

/// A request with its answer.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// Of which operation.
    pub operation: &'static str,
    /// What it is an example of, as part of a name.
    pub name: &'static str,
    /// The same, for people.
    pub summary: &'static str,
    /// What was sent.
    pub request: Option<Message>,
    /// How it was answered.
    pub status: u16,
    /// With which headers.
    pub headers: Vec<(String, String)>,
    /// And with what.
    pub answer: Message,
}

/// The body of a request or an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    Json(Value),
    Form(Map<String, Value>),
    Text(String),
}

impl Recorded {
    /// Fails unless the contract has this request, if it was carried out, and this answer.
    pub fn check(&self, operations: &[&Operation], contract: &Contract) {
        let operation = operations.iter().find(|operation| operation.id == self.operation);
        let operation = operation.unwrap_or_else(|| panic!("there is no {}", self.operation));
        let route = (operation.route.method, operation.route.path);
        let answer = match &self.answer {
            Message::Json(value) => value.to_string(),
            Message::Form(_) => panic!("an answer is no form"),
            Message::Text(text) => text.clone(),
        };
        let request = match &self.request {
            _ if self.status >= 300 => Ok(()),
            Some(Message::Form(fields)) => {
                contract.request(route, "application/x-www-form-urlencoded", Some(&json!(fields)))
            }
            Some(Message::Json(value)) => contract.request(route, "application/vnd.api+json", Some(value)),
            Some(Message::Text(text)) => panic!("a request is {text}"),
            None => contract.request(route, "application/vnd.api+json", None),
        };
        let held = request.and_then(|()| contract.answer(route, self.status, &self.headers, &answer));
        held.unwrap_or_else(|breach| panic!("{}, {}: {breach}", self.operation, self.name));
    }
}

/// The body of an answer, as it came.
pub fn message(answer: &Answer) -> Message {
    let is_json = answer.header("content-type").is_some_and(|kind| kind.contains("json"));
    let is_there = is_json && !answer.text.is_empty();
    if is_there { Message::Json(answer.json()) } else { Message::Text(answer.text.clone()) }
}

/// Gives ids, times and secrets the looks of no one in particular.
#[derive(Clone)]
pub struct Neutral {
    keeps_moments: bool,
    /// Where the product is, and where it is said to be.
    host: String,
    ids: BTreeMap<String, String>,
    secrets: Vec<(String, &'static str)>,
}

const PUBLIC_HOST: &str = "api.glueconnect.example";

impl Neutral {
    /// For what was recorded of a product at this address.
    pub fn new(url: &str) -> Self {
        let (_, host) = url.split_once("://").unwrap();
        Self { keeps_moments: false, host: host.to_owned(), ids: BTreeMap::new(), secrets: Vec::new() }
    }

    /// All of it, with everything that belongs to one run replaced.
    pub fn all(mut self, recorded: &[Recorded]) -> Vec<Recorded> {
        recorded.iter().for_each(|one| self.learn(one));
        let neutral = |one: &Recorded| {
            let mut one = one.clone();
            one.request = one.request.take().map(|message| self.request(message));
            one.answer = self.message(one.answer);
            one
        };
        recorded.iter().map(neutral).collect()
    }

    /// Notes what has to be replaced wherever it stands, in the order in which it turns up.
    fn learn(&mut self, recorded: &Recorded) {
        for message in recorded.request.iter().chain([&recorded.answer]) {
            let Message::Json(value) = message else { continue };
            walk(value, "", &mut |name, text| {
                let placeholder = match name {
                    "access-token" => "<access-token>",
                    "key" => "<api-key>",
                    "secret" => "SECRET",
                    "recovery-codes" => "<recovery-code>",
                    "password" => "<a password of your own>",
                    "otp" => "123456",
                    "qr-path" => "M0 0h7v1h-7z",
                    _ => "",
                };
                if !placeholder.is_empty() {
                    self.secrets.push((text.to_owned(), placeholder));
                }
                for id in ids(text) {
                    let number = 1001 + self.ids.len();
                    self.ids.entry(id.to_owned()).or_insert_with(|| number.to_string());
                }
            });
        }
    }

    /// What is sent: a moment in it belongs to no run, and lies ahead.
    fn request(&self, message: Message) -> Message {
        Self { keeps_moments: true, ..self.clone() }.message(message)
    }

    fn message(&self, message: Message) -> Message {
        match message {
            Message::Json(value) => Message::Json(self.value("", value)),
            Message::Form(fields) => {
                let fields = fields.into_iter().map(|(name, value)| (name.clone(), self.value(&name, value)));
                Message::Form(fields.collect())
            }
            Message::Text(text) => Message::Text(text.lines().map(|line| self.line(line) + "\r\n").collect()),
        }
    }

    fn value(&self, name: &str, value: Value) -> Value {
        match value {
            Value::String(text) => json!(self.text(name, &text)),
            Value::Array(values) => values.into_iter().map(|value| self.value(name, value)).collect(),
            Value::Object(members) => members
                .into_iter()
                .map(|(name, value)| (name.clone(), self.value(&name, value)))
                .collect::<Map<_, _>>()
                .into(),
            other => other,
        }
    }

    /// A line of a table.
    fn line(&self, line: &str) -> String {
        line.split(',').map(|cell| self.text("", cell)).collect::<Vec<_>>().join(",")
    }

    fn text(&self, name: &str, text: &str) -> String {
        if is_time(text) && self.keeps_moments {
            return text.to_owned();
        }
        if is_day(text) {
            return "2026-01-01".to_owned();
        }
        if is_time(text) {
            let is_end = name.ends_with("expires-at");
            return if is_end { "2026-01-04T08:00:00.000Z" } else { "2026-01-01T08:00:00.000Z" }.to_owned();
        }
        let mut text = text.replace(&self.host, PUBLIC_HOST).replace("127.0.0.1", "203.0.113.7");
        text = text.replace(&format!("http://{PUBLIC_HOST}"), &format!("https://{PUBLIC_HOST}"));
        for (secret, placeholder) in &self.secrets {
            text = text.replace(secret.as_str(), placeholder);
        }
        for (id, number) in &self.ids {
            text = text.replace(id.as_str(), number);
        }
        if let Some((before, cursor)) = text.split_once("page%5Bafter%5D=")
            && !cursor.is_empty()
        {
            return format!("{before}page%5Bafter%5D=CURSOR");
        }
        // How long to wait depends on how long it took to get there.
        match text.split_once("; wait ") {
            Some((before, _)) if text.ends_with(" seconds.") => format!("{before}; wait 300 seconds."),
            _ => text,
        }
    }
}

/// Every text in a value, with the name of the member that it stands in.
fn walk(value: &Value, name: &str, look: &mut impl FnMut(&str, &str)) {
    match value {
        Value::String(text) => look(name, text),
        Value::Array(values) => values.iter().for_each(|value| walk(value, name, look)),
        Value::Object(members) => members.iter().for_each(|(name, value)| walk(value, name, look)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// What stands in a text and is an id of this run: they rise with time, and are long by now.
fn ids(text: &str) -> impl Iterator<Item = &str> {
    let runs = text.split(|character: char| !character.is_ascii_digit());
    runs.filter(|run| (13..=16).contains(&run.len()))
}

fn is_time(text: &str) -> bool {
    text.len() == 24 && text.ends_with('Z') && text.as_bytes()[10] == b'T'
}

/// `2026-11-26`.
fn is_day(text: &str) -> bool {
    let is_plain = |(place, byte): (usize, u8)| {
        if [4, 7].contains(&place) { byte == b'-' } else { byte.is_ascii_digit() }
    };
    text.len() == 10 && text.bytes().enumerate().all(is_plain)
}

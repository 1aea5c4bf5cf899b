//! What each event under `events/` is answered with, when it is filled in: as its name promises, and alike whether the function
//! runs in this process or behind `cargo lambda invoke`. `tests/tables/events-answered.txt` lists it; `UPDATE_TABLES=1` writes
//! that anew.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use journeys::{Client, House, Mail, expect, resource};
use local::Mode;
use serde_json::{Value, json};

use crate::events::{ROTATING, SCHEDULE, SEALING, STREAM, TOLD, function_of};
use crate::examples::{Caller, EXAMPLES, Example};
use crate::filling::{Place, Values, connect, fill, filled, forget_password, value};
use crate::house_map::{names_in, root, text};

const TABLE: &str = "tests/tables/events-answered.txt";

/// Where functions can be given events.
trait Functions: Place {
    /// What the function answers to the event of this file.
    async fn invoke(&self, file: &str, event: Value) -> Value;
    /// Has the schedule run, so that nothing is left for it.
    async fn run_schedule(&self);
}

impl Functions for House {
    async fn invoke(&self, file: &str, event: Value) -> Value {
        let answer = self.product.invoke(function_of(file), event).await;
        answer.unwrap_or_else(|failure| panic!("events/{file}.json: {failure}"))
    }

    async fn run_schedule(&self) {
        Self::run_schedule(self).await;
    }
}

/// A product whose functions are run by `cargo lambda watch`, beside `cargo local --services`: where both are, and a folder
/// for events.
struct Watched {
    nobody: Client,
    mailbox: String,
    port: String,
    folder: PathBuf,
}

impl Watched {
    fn told() -> Self {
        let told = |name| std::env::var(name).unwrap_or_else(|_| panic!("{name}? tests/lambda/run says it"));
        let port = told("WATCH_PORT");
        let folder = root().join("target/cargo-lambda/events");
        std::fs::create_dir_all(&folder).unwrap();
        let nobody = Client::new(&format!("http://127.0.0.1:{port}"));
        Self { nobody, mailbox: told("MAILBOX_URL"), port, folder }
    }
}

impl Place for Watched {
    fn nobody(&self) -> &Client {
        &self.nobody
    }

    async fn newest_mail(&self, email: &str) -> Option<Mail> {
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(30) {
            let store = self.nobody.get(&format!("{}/store?to={email}", self.mailbox)).await.unwrap();
            let mut mails: Vec<Mail> = serde_json::from_value(store.at("/emails")).unwrap();
            if let Some(mail) = mails.pop() {
                return Some(mail);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("no mail reached {email}");
    }
}

impl Functions for Watched {
    async fn invoke(&self, file: &str, event: Value) -> Value {
        let data = self.folder.join(format!("{file}.json"));
        std::fs::write(&data, event.to_string()).unwrap();
        let mut command = Command::new("cargo");
        command.args(["lambda", "invoke", function_of(file), "--invoke-address", "127.0.0.1"]);
        command.args(["--invoke-port", &self.port, "--data-file"]).arg(&data);
        let output = command.output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {told}", data.display());
        serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{}: {error}: {output:?}", data.display()))
    }

    async fn run_schedule(&self) {
        let address = format!("{}/schedule/{SCHEDULE}", self.mailbox);
        assert_eq!(self.nobody.post(&address, &Value::Null).await.unwrap().status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_event_is_answered_as_its_name_promises() {
    let answers = answers(&House::start().await).await;
    if std::env::var_os("UPDATE_TABLES").is_some() {
        std::fs::write(root().join(TABLE), &answers).unwrap();
    }
    assert_as_written(&answers);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs cargo-lambda: tests/lambda/run"]
async fn every_event_is_answered_alike_by_cargo_lambda_invoke() {
    assert_as_written(&answers(&Watched::told()).await);
}

fn assert_as_written(answers: &str) {
    let written = text(TABLE);
    let differing: Vec<_> =
        answers.lines().filter(|line| !written.lines().any(|known| known == *line)).collect();
    let hint = "if it is meant to differ: UPDATE_TABLES=1 cargo test --test house_rules answers";
    assert!(answers == written, "{TABLE} says otherwise; {hint}; {differing:#?}");
}

/// Has every event answered, and says what came of it: a line for each file.
async fn answers(place: &impl Functions) -> String {
    let mut lines = Vec::new();
    let mut to_look_at = fill(place, "msp").await;
    to_look_at.extend(connect(place, "msp", &to_look_at).await);
    to_look_at.extend(forget_password(place, "msp").await);
    for (number, example) in EXAMPLES.iter().enumerate() {
        let event = request(place, example, number, &to_look_at).await;
        let answer = place.invoke(example.file, event).await;
        assert_eq!(answer["statusCode"], json!(example.status), "events/{}.json: {answer:#}", example.file);
        lines.push(line(example.file, &answer));
    }
    let files = names_in("events");
    let files = files.iter().map(|name| name.strip_suffix(".json").unwrap());
    let no_requests = files.filter(|file| EXAMPLES.iter().all(|example| example.file != *file));
    let mut values = fill(place, "told").await;
    let mail = place.newest_mail("pending@told.example").await.unwrap();
    values.extend([
        ("<key-id>", "any".to_owned()),
        ("<entry-id>", "123".to_owned()),
        ("<message-id>", mail.message_id),
    ]);
    place.run_schedule().await;
    for file in no_requests {
        lines.push(line(file, &place.invoke(file, filled(file, &values)).await));
    }
    // Of all that was told of the mail, the worst is kept.
    let administrator = place.nobody().with_token(value(&values, "<token>"));
    let user = administrator.get(&format!("/users/{}", value(&values, "<user-id>"))).await.unwrap();
    assert_eq!(user.text_at("/data/attributes/invitation-delivery"), "complained", "{}", user.text);
    lines.sort();
    lines.concat()
}

/// The event of a request, filled in. What changes something has an account of its own: some of them take things away.
async fn request(place: &impl Place, example: &Example, number: usize, to_look_at: &Values) -> Value {
    let function = function_of(example.file);
    let values = if ["GET", "HEAD"].contains(&example.method) {
        to_look_at.clone()
    } else {
        let subdomain = format!("msp-{number}");
        let mut values = fill(place, &subdomain).await;
        if ["accept-connection", "invite-account", "manage-connections"].contains(&function) {
            values.extend(connect(place, &subdomain, &values).await);
        }
        if function == "manage-passwords" {
            values.extend(forget_password(place, &subdomain).await);
        }
        if example.file == "manage-connections.person" {
            accept(place, &values).await;
        }
        values
    };
    let mut event = filled(example.file, &values);
    if function == "accept-connection" && example.caller == Caller::Person {
        let delegate = value(&values, "<delegate-token>");
        event["headers"]["authorization"] = json!(format!("Bearer {delegate}"));
    }
    event
}

/// Lets the delegate accept, as whose people alone can be limited.
async fn accept(place: &impl Place, values: &Values) {
    let delegate = place.nobody().with_token(value(values, "<delegate-token>"));
    let path = format!("/connection-invitations/{}", value(values, "<connection-link-token>"));
    let yes = resource("connection-invitations", json!({"decision": "accept"}));
    expect(delegate.post(&path, &yes).await.unwrap(), 200);
}

/// The file, and what came of its event.
fn line(file: &str, answer: &Value) -> String {
    let line = format!("{:<45} {}\n", format!("{file}.json"), gist(answer));
    print!("{line}");
    line
}

/// What an answer is, without what differs each time: status, and kind of content.
fn gist(answer: &Value) -> String {
    let Some(status) = answer["statusCode"].as_u64() else { return answer.to_string() };
    let body = answer["body"].as_str().unwrap_or_default();
    let body = match answer["isBase64Encoded"].as_bool() {
        Some(true) => String::from_utf8(STANDARD.decode(body).unwrap()).unwrap(),
        _ => body.to_owned(),
    };
    let said = match serde_json::from_str::<Value>(&body) {
        Ok(document) => gist_of(&document),
        Err(_) if body.is_empty() => "nothing".to_owned(),
        Err(_) => {
            let title = body.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next());
            format!("page: {}", title.unwrap_or(&body))
        }
    };
    format!("{status} {said}")
}

fn gist_of(document: &Value) -> String {
    let named = |one: &Value, member: &str| one[member].as_str().unwrap_or("?").to_owned();
    match (&document["data"], &document["errors"], document) {
        (_, Value::Array(errors), _) => {
            let codes: Vec<_> = errors.iter().map(|error| named(error, "code")).collect();
            format!("refused: {}", codes.join(", "))
        }
        (Value::Array(many), ..) => {
            many.first().map_or("an empty list".to_owned(), |one| format!("list of {}", named(one, "type")))
        }
        (one @ Value::Object(_), ..) => named(one, "type"),
        (_, _, Value::Object(other)) => {
            let members: Vec<_> = other.keys().map(String::as_str).collect();
            format!("document: {}", members.join(", "))
        }
        _ => document.to_string(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_event_of_the_stream_mails_an_invitation_that_waits() {
    let house = House::start().await;
    house.product.ses.set(Mode::Down);
    let mut values = fill(&house, "stream").await;
    values.push(("<key-id>", "any".to_owned()));
    assert!(house.mails("pending@stream.example").await.is_empty());
    house.product.ses.set(Mode::Ok);
    // Past the pause after a failure. The schedule may bring the mail up as well: it goes out once.
    house.product.clock.advance(61_000);
    let event = filled(STREAM, &values);
    let answer = house.product.invoke(STREAM, event.clone()).await.unwrap();
    assert_eq!(answer, json!({"batchItemFailures": []}));
    house.product.invoke(STREAM, event).await.unwrap();
    assert_eq!(house.mails("pending@stream.example").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_event_of_a_log_entry_is_sealed_once() {
    let house = House::start().await;
    let mut values = fill(&house, "log").await;
    values.push(("<entry-id>", "123".to_owned()));
    let event = filled(SEALING, &values);
    house.product.drain().await.unwrap();
    for _ in 0..2 {
        let answer = house.product.invoke(SEALING, event.clone()).await.unwrap();
        assert_eq!(answer, json!({"batchItemFailures": []}));
    }
    let seals = house.partition(&format!("A#{}#SEALS", value(&values, "<account-id>"))).await;
    let sealed = seals.iter().filter(|seal| seal["entries"].to_string().contains("0000000000000123"));
    assert_eq!(sealed.count(), 1, "{seals:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_events_of_a_rotation_are_answered_with_nothing() {
    let house = House::start().await;
    for file in ["rotate-keys.tidy", ROTATING, ROTATING] {
        assert_eq!(house.product.invoke(ROTATING, filled(file, &Values::new())).await.unwrap(), Value::Null);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_events_of_mail_are_noted_on_the_invitation() {
    let house = House::start().await;
    let mut values = fill(&house, "told").await;
    let mail = house.mails("pending@told.example").await.pop().unwrap();
    values.push(("<message-id>", mail.message_id));
    let administrator = house.nobody.with_token(value(&values, "<token>"));
    for (file, shown) in [
        ("record-delivery.transient", "bounced"),
        ("record-delivery.delivery", "delivered"),
        (TOLD, "bounced"),
        ("record-delivery.complaint", "complained"),
        (TOLD, "complained"),
    ] {
        house.product.invoke(TOLD, filled(file, &values)).await.unwrap();
        let user = administrator.get(&format!("/users/{}", value(&values, "<user-id>"))).await.unwrap();
        assert_eq!(user.text_at("/data/attributes/invitation-delivery"), shown, "events/{file}.json");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_event_of_the_schedule_notes_what_is_past_its_end() {
    let house = House::start().await;
    house.product.schedules_wait_to_be_told();
    let values = fill(&house, "schedule").await;
    let answer = house.product.invoke(SCHEDULE, filled(SCHEDULE, &values)).await.unwrap();
    let report = |expired| json!({"expired": expired, "nudged": 0, "outlived": 0, "unreadable": 0, "left": 0, "waiting": 0, "refused": 0});
    assert_eq!(answer, report(0));
    house.advance_hours(73);
    let administrator = house.sign_in("schedule", "admin@schedule.example").await;
    let answer = house.product.invoke(SCHEDULE, filled(SCHEDULE, &values)).await.unwrap();
    assert_eq!(answer, report(1));
    let listed = administrator.get("/users?filter[status]=expired").await.unwrap();
    assert_eq!(listed.at("/meta/total-count"), json!(1), "{}", listed.text);
}

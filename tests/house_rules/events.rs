//! The events under `events/`: made by the local product's own front, stream and schedule. `UPDATE_EVENTS=1` writes the files
//! anew; `answers` has them answered.
//!
//! What varies stands in angle brackets, as in `Bearer <token>`; a test, or a person with an editor, fills it in.

use std::sync::{Arc, Mutex};

use environment::Clock;
use journeys::House;
use local::{Function, MailEvent, Options, Ports, Product, Storage, functions};
use reqwest::Method;
use serde_json::{Value, json};

use crate::examples::{Body, Caller, EXAMPLES, JSON, POWERSHELL};
use crate::filling::fill;
use crate::house_map::{names_in, root, text};

/// The events that no request makes.
pub const STREAM: &str = "send-invites";
pub const SEALING: &str = "seal-log";
pub const TOLD: &str = "record-delivery";
pub const ROTATING: &str = "rotate-keys";
pub const SCHEDULE: &str = "expire-invitations";
pub const CLOSING: &str = "close-accounts";

/// What SES tells, and the file with it.
const TELLS: [(&str, MailEvent); 4] = [
    (TOLD, MailEvent::Bounce),
    ("record-delivery.complaint", MailEvent::Complaint),
    ("record-delivery.delivery", MailEvent::Delivery),
    ("record-delivery.transient", MailEvent::TransientBounce),
];

/// The function that an event's file is for.
pub fn function_of(file: &str) -> &str {
    file.split_once('.').map_or(file, |(function, _)| function)
}

/// A house whose functions keep every event that they are given.
async fn recording() -> (House, Arc<Mutex<Vec<(&'static str, Value)>>>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&seen);
    let pieces = functions::pieces(local::demo::seed);
    let product = Product::start(Options {
        ports: Ports::FREE,
        storage: Storage::Memory,
        clock: Clock::system(),
        table: (pieces.table)(),
        functions: Box::new(move |surroundings| {
            let recorded = |mut function: Function| {
                let (keep, next, name) = (Arc::clone(&keep), Arc::clone(&function.invoke), function.name);
                function.invoke = Arc::new(move |event, context| {
                    keep.lock().unwrap().push((name, event.clone()));
                    next(event, context)
                });
                function
            };
            Ok((pieces.functions)(surroundings)?.into_iter().map(recorded).collect())
        }),
        generate_keys: pieces.generate_keys,
        front: true,
        sign_up: local::SignUp::Open,
        origins: local::Origins::default(),
    })
    .await
    .unwrap();
    (House::around(product), seen)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_files_are_what_the_front_the_stream_and_the_schedule_make() {
    let (house, seen) = recording().await;
    let newest = |name: &str| {
        let seen = seen.lock().unwrap();
        seen.iter().rev().find(|(known, _)| *known == name).map(|(_, event)| event.clone()).unwrap()
    };
    let mut files = Vec::new();
    for example in EXAMPLES {
        let client = match example.caller {
            Caller::Nobody => house.nobody.clone(),
            Caller::Person => house.nobody.with_token("<token>"),
            Caller::Program | Caller::Module => house.nobody.with_api_key("<api-key>"),
        };
        let user_agent = if example.caller == Caller::Module { POWERSHELL } else { "events/1" };
        let (kind, body) = match example.body {
            Body::None => (None, None),
            Body::Json(body) => (Some("application/json"), Some(body)),
            Body::JsonApi(body) => (Some(JSON), Some(body)),
            Body::JsonApiUtf8(body) => (Some("application/vnd.api+json; charset=utf-8"), Some(body)),
            Body::Form(body) => (Some("application/x-www-form-urlencoded"), Some(body)),
        };
        let mut headers = vec![("user-agent", user_agent), ("accept", example.accept)];
        headers.extend(kind.map(|kind| ("content-type", kind)));
        let method: Method = example.method.parse().unwrap();
        client.send(method, example.path, &headers, body.map(str::to_owned)).await.unwrap();
        let mut event = newest(function_of(example.file));
        neutralise(&mut event);
        files.push((example.file, event));
    }
    files.push((STREAM, stream_event(&house, &seen).await));
    files.push((SEALING, sealing_event(&house, &seen).await));
    let values = fill(&house, "told").await;
    let mail = house.mails("pending@told.example").await.pop().unwrap();
    for (file, what) in TELLS {
        house.product.tell_of_mail(&mail.message_id, what).await.unwrap();
        files.push((file, mail_event(newest(TOLD), &mail.message_id, &values)));
    }
    house.product.rotate_keys().await.unwrap();
    let steps = seen.lock().unwrap().clone().into_iter().filter(|(name, _)| *name == ROTATING);
    for ((_, mut event), file) in steps.zip(["rotate-keys.tidy", ROTATING]) {
        if event["ClientRequestToken"].is_string() {
            event["ClientRequestToken"] = json!("5f1c2f0e-0000-4000-8000-000000000000");
        }
        files.push((file, event));
    }
    for schedule in [SCHEDULE, CLOSING] {
        house.product.run_schedule(schedule).await.unwrap();
        let mut event = newest(schedule);
        event["id"] = json!("5f1c2f0e-0000-4000-8000-000000000000");
        event["time"] = json!("2026-01-01T00:00:00Z");
        files.push((schedule, event));
    }

    let mut names = Vec::new();
    for (file, event) in files {
        let name = format!("{file}.json");
        let event = format!("{event:#}\n");
        if std::env::var_os("UPDATE_EVENTS").is_some() {
            std::fs::write(root().join("events").join(&name), &event).unwrap();
        }
        let hint = "if it is meant to differ: UPDATE_EVENTS=1 cargo test --test house_rules";
        assert_eq!(event, text(&format!("events/{name}")), "events/{name}; {hint}");
        names.push(name);
    }
    names.sort();
    assert_eq!(names_in("events"), names);
}

/// Gives an event the host, the addresses and the times of no one in particular.
fn neutralise(event: &mut Value) {
    let headers = [
        ("host", "api.glueconnect.example"),
        ("x-amzn-trace-id", "Root=1-6955b900-000000000000000000000000"),
        ("x-forwarded-for", "203.0.113.7"),
        ("x-forwarded-port", "443"),
        ("x-forwarded-proto", "https"),
    ];
    for (name, value) in headers {
        event["headers"][name] = json!(value);
    }
    let context = &mut event["requestContext"];
    context["domainName"] = json!("api.glueconnect.example");
    context["domainPrefix"] = json!("api");
    context["http"]["sourceIp"] = json!("203.0.113.7");
    context["requestId"] = json!("5f1c2f0e-0000-4000-8000-000000000000");
    context["time"] = json!("01/Jan/2026:00:00:00 +0000");
    context["timeEpoch"] = json!(1_767_225_600_000_u64);
}

/// What SES tells, of a mail of no one in particular.
fn mail_event(mut event: Value, message_id: &str, values: &[(&'static str, String)]) -> Value {
    event["id"] = json!("5f1c2f0e-0000-4000-8000-000000000000");
    event["time"] = json!("2026-01-01T00:00:00Z");
    for part in ["mail", "bounce", "complaint", "delivery"] {
        let Some(part) = event["detail"].get_mut(part).and_then(Value::as_object_mut) else { continue };
        for (name, value) in part.iter_mut() {
            match name.as_str() {
                "timestamp" | "arrivalDate" => *value = json!("2026-01-01T00:00:00.000Z"),
                "feedbackId" => *value = json!("5f1c2f0e-0000-4000-8000-000000000000"),
                _ => {}
            }
        }
    }
    let mut text = event.to_string().replace(message_id, "<message-id>");
    for (name, value) in values.iter().filter(|(name, _)| name.ends_with("-id>")) {
        text = text.replace(value.as_str(), name);
    }
    serde_json::from_str(&text.replace("@told.example", "@bakery.example")).unwrap()
}

/// The record of an invitation that was just made.
async fn stream_event(house: &House, seen: &Mutex<Vec<(&'static str, Value)>>) -> Value {
    let values = fill(house, "stream").await;
    house.product.drain().await.unwrap();
    let records = seen.lock().unwrap().clone().into_iter().filter(|(name, _)| *name == STREAM);
    let mut records: Vec<Value> =
        records.flat_map(|(_, event)| event["Records"].as_array().unwrap().clone()).collect();
    records.retain(|record| {
        record["eventName"] == "INSERT" && record["dynamodb"]["Keys"]["sk"]["S"] == "INVITATION"
    });
    let mut record = records.pop().unwrap();
    let change = neutral_record(&mut record, 751);
    let image = change["NewImage"].as_object_mut().unwrap();
    for (name, value) in image.iter_mut() {
        match name.as_str() {
            "invited_at" | "next_attempt_at" => *value = json!({"N": "1767225600000"}),
            "due_at" => *value = json!({"N": "1767225900000"}),
            "expires_at" => *value = json!({"N": "1767484800000"}),
            "due_shard" => *value = json!({"S": "DUE#0"}),
            "key_id" => *value = json!({"S": "<key-id>"}),
            _ => {}
        }
    }
    named(json!({ "Records": [record] }), &values)
}

/// The record of the log entry of an invitation that was just made.
async fn sealing_event(house: &House, seen: &Mutex<Vec<(&'static str, Value)>>) -> Value {
    let values = fill(house, "log").await;
    house.product.drain().await.unwrap();
    let records = seen.lock().unwrap().clone().into_iter().filter(|(name, _)| *name == SEALING);
    let mut records: Vec<Value> =
        records.flat_map(|(_, event)| event["Records"].as_array().unwrap().clone()).collect();
    records.retain(|record| record["dynamodb"]["NewImage"]["resource_type"]["S"] == "users");
    let mut record = records.pop().unwrap();
    let change = neutral_record(&mut record, 402);
    let month = "A#<account-id>#LOG#202601";
    let id = "0000000000000<entry-id>";
    for item in ["Keys", "NewImage"] {
        change[item]["pk"] = json!({ "S": month });
        change[item]["sk"] = json!({ "S": id });
    }
    change["NewImage"]["id"] = json!({"N": "<entry-id>"});
    change["NewImage"]["created_at"] = json!({"N": "1767225600000"});
    change["NewImage"]["ip_address"] = json!({"S": "203.0.113.7"});
    change["NewImage"]["salt"] = json!({"B": "AAAAAAAAAAAAAAAAAAAAAA=="});
    named(json!({ "Records": [record] }), &values)
}

/// Gives a record of the stream the numbers of no one in particular; answers the change that it tells of.
fn neutral_record(record: &mut Value, size: u32) -> &mut Value {
    record["eventID"] = json!("5f1c2f0e000040008000000000000000");
    let source = record["eventSourceARN"].as_str().unwrap();
    let (table, _) = source.split_once("/stream/").unwrap();
    record["eventSourceARN"] = json!(format!("{table}/stream/2026-01-01T00:00:00.000"));
    let change = &mut record["dynamodb"];
    change["ApproximateCreationDateTime"] = json!(1_767_225_600);
    change["SequenceNumber"] = json!("100000000000000000001");
    change["SizeBytes"] = json!(size);
    change
}

/// The event with names in angle brackets for the ids in it.
fn named(mut event: Value, values: &[(&'static str, String)]) -> Value {
    for record in event["Records"].as_array_mut().unwrap() {
        // The order of an item's attributes is nobody's promise.
        record["dynamodb"]["Keys"].sort_all_objects();
        record["dynamodb"]["NewImage"].sort_all_objects();
    }
    let mut text = event.to_string();
    for (name, value) in values {
        if name.ends_with("-id>") {
            text = text.replace(value.as_str(), name);
        }
    }
    serde_json::from_str(&text).unwrap()
}

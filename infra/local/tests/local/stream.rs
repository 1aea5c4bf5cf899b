//! The table's stream, delivered to the function that it feeds.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lambda_events::event::dynamodb::Event;
use aws_lambda_events::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use lambda_runtime::LambdaEvent;
use local::{Function, Product, Storage, event_function};
use serde_json::{Value, json};

use crate::stub::{Folder, dynamodb, options, product, put};

/// What a listener was told, and how often each key was tried.
#[derive(Default)]
struct Heard {
    keys: Vec<String>,
    tries: HashMap<String, u32>,
}

/// Fails each key in `failures` as often as it says, and reports it by name.
fn listener(heard: Arc<Mutex<Heard>>, failures: &'static [(&'static str, u32)]) -> Function {
    event_function("listener", move |event: LambdaEvent<Event>| {
        let mut response = DynamoDbEventResponse::default();
        let mut heard = heard.lock().unwrap();
        for record in event.payload.records {
            let key: String = text(&record.change.keys.clone().into_inner()["sk"]);
            let tries = heard.tries.entry(key.clone()).or_default();
            *tries += 1;
            let allowed = failures.iter().find(|(failing, _)| *failing == key).map_or(0, |(_, times)| *times);
            if *tries <= allowed {
                let mut failure = DynamoDbBatchItemFailure::default();
                failure.item_identifier = record.change.sequence_number;
                response.batch_item_failures.push(failure);
            } else if !heard.keys.contains(&key) {
                heard.keys.push(key);
            }
        }
        async { Ok::<_, Infallible>(response) }
    })
    .fed_by_stream(3, |record| record["dynamodb"]["Keys"]["sk"]["S"] != "unwanted")
}

fn text(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).unwrap()["S"].as_str().unwrap().to_owned()
}

async fn write(product: &Product, keys: &[&str]) {
    for key in keys {
        put(product, key).await;
    }
    tokio::time::timeout(Duration::from_secs(20), product.drain()).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_write_arrives_as_the_event_that_lambda_makes() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&seen);
    let function = event_function("keep", move |event: LambdaEvent<Value>| {
        keep.lock().unwrap().push(event.payload);
        async { Ok::<_, Infallible>(json!({})) }
    });
    let product = product(vec![function.fed_by_stream(1, |_| true)]).await;
    write(&product, &["a", "a"]).await;
    let remove = json!({"TableName": "glueconnect", "Key": {"pk": {"S": "A#1"}, "sk": {"S": "a"}}});
    dynamodb(&product, "DeleteItem", remove).await;
    product.drain().await.unwrap();

    let mut records: Vec<Value> = Vec::new();
    for mut event in seen.lock().unwrap().clone() {
        serde_json::from_value::<Event>(event.clone()).unwrap();
        records.append(event["Records"].as_array_mut().unwrap());
    }
    let mut last = String::new();
    for record in &mut records {
        let sequence = record["dynamodb"]["SequenceNumber"].as_str().unwrap().to_owned();
        assert!(sequence > last, "in order");
        last = sequence;
        assert_eq!(record["eventID"].as_str().unwrap().len(), 32);
        assert!(record["dynamodb"]["ApproximateCreationDateTime"].as_f64().unwrap() > 1.7e9);
        assert!(record["dynamodb"]["SizeBytes"].as_i64().unwrap() > 0);
        let source = record["eventSourceARN"].as_str().unwrap();
        assert!(source.starts_with("arn:aws:dynamodb:eu-central-1:000000000000:table/glueconnect/stream/"));
        // What differs from one run to the next.
        record["eventID"] = json!("ID");
        record["eventSourceARN"] = json!("SOURCE");
        record["dynamodb"]["SequenceNumber"] = json!("SEQUENCE");
        record["dynamodb"]["ApproximateCreationDateTime"] = json!(0);
        record["dynamodb"]["SizeBytes"] = json!(0);
    }
    let expected: Value = serde_json::from_str(include_str!("events/stream.json")).unwrap();
    assert_eq!(json!({ "Records": records }), expected, "{records:#?}");
}

#[tokio::test]
async fn what_failed_is_tried_again_and_what_never_succeeds_is_given_up() {
    let heard = Arc::new(Mutex::new(Heard::default()));
    let product = product(vec![listener(Arc::clone(&heard), &[("once", 1), ("never", 9)])]).await;
    write(&product, &["a", "once", "unwanted", "never", "b"]).await;
    let heard = heard.lock().unwrap();
    assert_eq!(heard.tries["once"], 2);
    // Three times by itself; before that perhaps once in a batch in which an earlier record failed too.
    assert!(matches!(heard.tries["never"], 3 | 4), "{}", heard.tries["never"]);
    for key in ["a", "once", "b"] {
        assert!(heard.keys.iter().any(|known| known == key), "{key}");
    }
    assert!(!heard.tries.contains_key("unwanted"));
}

#[tokio::test]
async fn a_function_that_crashes_on_one_record_gets_all_others() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&heard);
    let function = event_function("crash", move |event: LambdaEvent<Value>| {
        let keys: Vec<Value> = event.payload["Records"]
            .as_array()
            .unwrap()
            .iter()
            .map(|record| record["dynamodb"]["Keys"]["sk"]["S"].clone())
            .collect();
        let poisoned = keys.iter().any(|key| key == "poison");
        if !poisoned {
            keep.lock().unwrap().extend(keys);
        }
        async move { if poisoned { Err("it crashed") } else { Ok(json!({})) } }
    });
    let product = product(vec![function.fed_by_stream(2, |_| true)]).await;
    let items: Vec<Value> = ["a", "b", "poison", "c", "d"]
        .iter()
        .map(|key| json!({"Put": {"TableName": "glueconnect", "Item": {"pk": {"S": "A#1"}, "sk": {"S": key}}}}))
        .collect();
    let answer = dynamodb(&product, "TransactWriteItems", json!({ "TransactItems": items })).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    product.drain().await.unwrap();
    assert_eq!(*heard.lock().unwrap(), ["a", "b", "c", "d"]);
}

#[tokio::test]
async fn the_place_in_the_stream_outlives_the_process() {
    let folder = Folder::new("place");
    let start = async |heard: &Arc<Mutex<Heard>>, fed: bool| {
        let function = listener(Arc::clone(heard), &[]);
        let functions = if fed { vec![function] } else { Vec::new() };
        let storage = Storage::Dir(folder.0.clone());
        Product::start(local::Options { storage, ..options(|_| functions) }).await.unwrap()
    };
    let heard = Arc::new(Mutex::new(Heard::default()));
    let product = start(&heard, true).await;
    write(&product, &["a", "b"]).await;
    product.stop().await;
    // Written while nobody listened, as by a process that is killed before it delivers.
    let product = start(&heard, false).await;
    put(&product, "c").await;
    product.stop().await;
    let heard = Arc::new(Mutex::new(Heard::default()));
    let product = start(&heard, true).await;
    write(&product, &["d"]).await;
    assert_eq!(heard.lock().unwrap().keys, ["c", "d"], "and nothing twice");
}

#[tokio::test]
async fn delivered_records_are_removed() {
    let folder = Folder::new("trim");
    let heard = Arc::new(Mutex::new(Heard::default()));
    let keep = Arc::clone(&heard);
    let storage = Storage::Dir(folder.0.clone());
    let options = local::Options { storage, ..options(move |_| vec![listener(keep, &[])]) };
    let product = Product::start(options).await.unwrap();
    for round in 0..6 {
        let items: Vec<Value> = (0..50)
            .map(|n| json!({"Put": {"TableName": "glueconnect", "Item": {"pk": {"S": "A#1"}, "sk": {"S": format!("{round}-{n}")}}}}))
            .collect();
        dynamodb(&product, "TransactWriteItems", json!({ "TransactItems": items })).await;
        product.drain().await.unwrap();
    }
    assert_eq!(heard.lock().unwrap().keys.len(), 300);
    let file = rusqlite::Connection::open(folder.0.join("table.db")).unwrap();
    let kept: i64 = file.query_row("SELECT COUNT(*) FROM _stream_records", [], |row| row.get(0)).unwrap();
    assert!(kept <= 200, "{kept} are kept");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_writers_at_once_lose_nothing() {
    let heard = Arc::new(Mutex::new(Heard::default()));
    let product = Arc::new(product(vec![listener(Arc::clone(&heard), &[])]).await);
    let writers = (0..8).map(|writer| {
        let product = Arc::clone(&product);
        tokio::spawn(async move {
            for n in 0..50 {
                put(&product, &format!("{writer}-{n}")).await;
            }
        })
    });
    futures::future::try_join_all(writers).await.unwrap();
    product.drain().await.unwrap();
    assert_eq!(heard.lock().unwrap().keys.len(), 400);
}

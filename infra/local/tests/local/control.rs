//! The clock and the schedule.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use lambda_runtime::LambdaEvent;
use local::{Function, event_function};
use serde_json::{Value, json};

use crate::http::{get, post, send};
use crate::stub::{dynamodb_as, product, put};

/// Keeps its events, and fails if asked.
fn sweeper(seen: &Arc<Mutex<Vec<Value>>>, fail: bool) -> Function {
    let keep = Arc::clone(seen);
    event_function("expire-invitations", move |event: LambdaEvent<Value>| {
        keep.lock().unwrap().push(event.payload);
        async move { if fail { Err("no") } else { Ok(json!({ "expired": 2 })) } }
    })
    .on_schedule("expire-invitations", Duration::from_secs(60))
}

#[tokio::test]
async fn the_schedule_runs_on_the_products_clock() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let product = product(vec![sweeper(&seen, false)]).await;
    let before = product.clock.now().as_millis();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(seen.lock().unwrap().is_empty(), "no minute has passed");

    let answer = post(&product.control_url, "/clock", r#"{"advance-seconds": 86400}"#).await;
    assert_eq!(answer.status, 200);
    assert_eq!(get(&product.control_url, "/clock").await.status, 200);
    assert!(product.clock.now().as_millis() >= before + 86_400_000);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(seen.lock().unwrap().len(), 1, "once, however many minutes were skipped");

    let answer = post(&product.control_url, "/schedule/expire-invitations", "").await;
    assert_eq!((answer.status, answer.json()), (200, json!({ "expired": 2 })));
    assert_eq!(product.run_schedule("expire-invitations").await, Ok(json!({ "expired": 2 })));
    let event = seen.lock().unwrap().pop().unwrap();
    assert_eq!(event["source"], "aws.scheduler");
    assert_eq!(event["detail-type"], "Scheduled Event");
    assert_eq!(event["time"].as_str().unwrap().len(), "2026-11-21T08:00:00Z".len());
    let schedule = "arn:aws:scheduler:eu-central-1:000000000000:schedule/default/expire-invitations";
    assert_eq!(event["resources"], json!([schedule]));
}

#[tokio::test]
async fn a_function_starts_once_before_its_first_event() {
    let said = Arc::new(Mutex::new(Vec::new()));
    let (starting, running) = (Arc::clone(&said), Arc::clone(&said));
    let function = event_function("expire-invitations", move |_: LambdaEvent<Value>| {
        running.lock().unwrap().push("event");
        async { Ok::<_, String>(Value::Null) }
    })
    .warmed_up_by(move || {
        let starting = Arc::clone(&starting);
        async move {
            tokio::task::yield_now().await;
            starting.lock().unwrap().push("start");
        }
    });
    let product = product(vec![function]).await;
    assert!(said.lock().unwrap().is_empty(), "nobody has called it");
    let call = || product.invoke("expire-invitations", json!({}));
    let (one, other) = tokio::join!(call(), call());
    assert_eq!((one, other), (Ok(Value::Null), Ok(Value::Null)));
    assert_eq!(call().await, Ok(Value::Null));
    assert_eq!(*said.lock().unwrap(), ["start", "event", "event", "event"]);
}

#[tokio::test]
async fn what_is_asked_wrongly_is_answered_clearly() {
    let product = product(vec![sweeper(&Arc::default(), true)]).await;
    for (path, body, status, word) in [
        ("/clock", "{}", 400, "advance-seconds"),
        ("/clock", r#"{"advance-seconds": "1"}"#, 400, "invalid type"),
        ("/ses", r#"{"mode": "broken"}"#, 400, "unknown variant"),
        ("/schedule/none", "", 404, "expire-invitations"),
        ("/schedule/expire-invitations", "", 502, "the function failed: no"),
        ("/unknown", "", 404, "POST /clock"),
        ("/store", "", 404, "POST /clock"),
    ] {
        let answer = post(&product.control_url, path, body).await;
        assert_eq!(answer.status, status, "{path} {body}");
        assert!(answer.text().contains(word), "{path} {body}: {}", answer.text());
    }
}

#[tokio::test]
async fn a_function_is_invoked_by_name() {
    let product = product(vec![sweeper(&Arc::default(), false)]).await;
    assert_eq!(product.invoke("expire-invitations", json!({})).await, Ok(json!({ "expired": 2 })));
    assert!(product.invoke("none", json!({})).await.is_err());
}

/// A page of somebody else's, open in the developer's browser, may send what it likes: it names its own host, if a name in the
/// DNS leads here, or its origin.
#[tokio::test]
async fn the_three_ports_answer_to_this_machine_alone() {
    let product = product(Vec::new()).await;
    put(&product, "USER").await;
    let scan = json!({"TableName": "glueconnect"});
    for (name, value, status) in
        [("host", "evil.example", 421), ("origin", "https://evil.example", 403), ("origin", "null", 200)]
    {
        let header = [(name, value)];
        let read = dynamodb_as(&product, "Scan", scan.clone(), &header).await;
        assert_eq!(read.status, status, "{name}: {value}: {}", read.text());
        assert_eq!(read.text().contains("USER"), status == 200, "{}", read.text());
        assert_eq!(send(&product.control_url, "GET /clock", &header, b"").await.status, status);
        let refused = send(&product.api_url, "GET /", &header, b"").await.status;
        assert_eq!(refused == status, status != 200, "{refused}");
    }
    // Nor may it ask whether it might.
    let preflight = [("origin", "https://evil.example"), ("access-control-request-method", "POST")];
    for url in [&product.dynamodb_url, &product.control_url, &product.api_url] {
        let answer = send(url, "OPTIONS /", &preflight, b"").await;
        assert_eq!(answer.status, 403, "{url}");
        assert!(answer.header("access-control-allow-origin").is_empty(), "{url}");
    }
    let own = product.dynamodb_url.replace("127.0.0.1", "localhost");
    let own = own.strip_prefix("http://").unwrap();
    let read = dynamodb_as(&product, "Scan", scan, &[("host", own)]).await;
    assert_eq!(read.status, 200, "{}", read.text());
}

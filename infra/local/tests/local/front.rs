//! HTTP in, an API Gateway event to the function, its answer out.

use std::sync::{Arc, Mutex};

use lambda_http::{Body, Request, RequestExt, Response};
use local::{Function, Route, http_function};
use serde_json::{Value, json};

use crate::http::{get, post, send};
use crate::stub::product;

const fn route(method: &'static str, path: &'static str) -> Route {
    Route { method, path }
}

/// Answers with what it was sent.
fn echo(routes: Vec<Route>) -> Function {
    http_function("echo", routes, |request: Request| async move {
        let mut response = Response::builder().status(201).header("x-method", request.method().as_str());
        for name in ["content-type", "x-repeated"] {
            if let Some(value) = request.headers().get(name) {
                response = response.header(name, value);
            }
        }
        if let Some(id) = request.path_parameters().first("id") {
            response = response.header("x-id", id.to_owned());
        }
        response = response.header("set-cookie", "a=1").header("set-cookie", "b=2");
        response.body(request.into_body()).unwrap()
    })
}

/// Keeps the event as it came.
fn recorder(routes: Vec<Route>) -> (Function, Arc<Mutex<Value>>) {
    let seen = Arc::new(Mutex::new(Value::Null));
    let mut function = echo(routes);
    let (keep, next) = (Arc::clone(&seen), Arc::clone(&function.invoke));
    function.invoke = Arc::new(move |event, context| {
        *keep.lock().unwrap() = event.clone();
        next(event, context)
    });
    (function, seen)
}

#[tokio::test]
async fn a_request_becomes_the_event_that_api_gateway_makes() {
    let (function, seen) = recorder(vec![route("POST", "/users/{id}/invitation")]);
    let product = product(vec![function]).await;
    let headers = [
        ("user-agent", "test"),
        ("content-type", "application/json; charset=utf-8"),
        ("x-repeated", "one"),
        ("X-Repeated", "two"),
        ("cookie", "session=1; theme=dark"),
        ("x-forwarded-for", "203.0.113.7"),
    ];
    let line = "POST /users/a%2Fb%20c/invitation/?filter%5Bid%5D=1&filter%5Bid%5D=2&q=x+y";
    let answer = send(&product.api_url, line, &headers, br#"{"data":"\u00fc"}"#).await;
    assert_eq!(answer.status, 201);

    let mut event = seen.lock().unwrap().clone();
    let host = product.api_url.strip_prefix("http://").unwrap();
    assert_eq!(event["headers"]["host"], host);
    assert!(event["headers"]["x-amzn-trace-id"].as_str().unwrap().starts_with("Root=1-"));
    assert_eq!(answer.header("apigw-requestid"), [event["requestContext"]["requestId"].as_str().unwrap()]);
    // What differs from one run to the next.
    event["headers"]["host"] = json!("HOST");
    event["headers"]["x-amzn-trace-id"] = json!("TRACE");
    event["headers"]["x-forwarded-port"] = json!("PORT");
    event["requestContext"]["requestId"] = json!("REQUEST");
    event["requestContext"]["time"] = json!("TIME");
    event["requestContext"]["timeEpoch"] = json!(0);
    let expected: Value = serde_json::from_str(include_str!("events/post.json")).unwrap();
    assert_eq!(event, expected, "{event:#}");
}

#[tokio::test]
async fn the_answer_is_what_the_function_said() {
    let product = product(vec![echo(vec![route("PUT", "/files/{id}")])]).await;
    let bytes: Vec<u8> = (0..=255).collect();
    let headers = [("content-type", "application/octet-stream"), ("x-repeated", "1"), ("x-repeated", "2")];
    let answer = send(&product.api_url, "PUT /files/7", &headers, &bytes).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.body, bytes);
    assert_eq!(answer.header("content-type"), ["application/octet-stream"]);
    assert_eq!(answer.header("x-repeated"), ["1,2"]);
    assert_eq!(answer.header("x-id"), ["7"]);
    assert_eq!(answer.header("set-cookie"), ["a=1", "b=2"]);
}

#[tokio::test]
async fn only_plain_kinds_of_text_come_as_text() {
    let (function, seen) = recorder(vec![route("POST", "/x")]);
    let product = product(vec![function]).await;
    for (kind, base64) in [
        ("application/json", false),
        ("text/plain; charset=utf-8", false),
        ("application/vnd.api+json", true),
        ("application/x-www-form-urlencoded", true),
    ] {
        let answer = send(&product.api_url, "POST /x", &[("content-type", kind)], b"hello").await;
        assert_eq!(answer.text(), "hello", "{kind}");
        assert_eq!(seen.lock().unwrap()["isBase64Encoded"], base64, "{kind}");
    }
}

#[tokio::test]
async fn head_needs_a_route_and_has_no_body() {
    let text = |_| async { Response::new(Body::from("hello")) };
    let product = product(vec![
        http_function("a", vec![route("GET", "/get")], text),
        http_function("b", vec![route("HEAD", "/both"), route("GET", "/both")], text),
    ])
    .await;
    let head = send(&product.api_url, "HEAD /both", &[], b"").await;
    assert_eq!((head.status, head.text().as_str()), (200, ""));
    assert_eq!(get(&product.api_url, "/both/").await.text(), "hello");
    assert_eq!(send(&product.api_url, "HEAD /get", &[], b"").await.status, 404);
}

#[tokio::test]
async fn the_gateway_refuses_by_itself() {
    let mut broken = echo(vec![route("GET", "/broken")]);
    broken.invoke = Arc::new(|_, _| Box::pin(async { Err("no".to_owned()) }));
    let crash = http_function("crash", vec![route("GET", "/crash")], |_| async { panic!("on purpose") });
    let mut none = echo(vec![route("GET", "/none")]);
    none.invoke = Arc::new(|_, _| Box::pin(async { Ok(json!({"statusCode": "three"})) }));
    let product = product(vec![broken, crash, none, echo(vec![route("POST", "/echo")])]).await;

    let unknown = get(&product.api_url, "/unknown").await;
    assert_eq!((unknown.status, unknown.json()), (404, json!({"message": "Not Found"})));
    for path in ["/broken", "/crash", "/none"] {
        let answer = get(&product.api_url, path).await;
        assert_eq!(
            (answer.status, answer.json()),
            (500, json!({"message": "Internal Server Error"})),
            "{path}"
        );
    }
    let long = "x".repeat(7 * 1024 * 1024);
    let answer = post(&product.api_url, "/echo", &long).await;
    assert_eq!((answer.status, answer.json()), (413, json!({"message": "Request Entity Too Large"})));
}

//! What it costs to read a body: the product's strict reader beside `serde_json`, which keeps the last of two equal names, on
//! bodies that people send and on bodies that are meant to cost much. Bytes a second; the time of one is that of its length.

// A benchmark stops at whatever is wrong.
#![allow(clippy::unwrap_used)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use lambda_http::http::Request;
use lambda_http::{Body as Sent, RequestExt as _};
use policy::Timestamp;
use serde_json::{Value, json};
use web::Call;

/// Bodies by name. Each of the hostile ones is as large as an API Gateway lets through, or as large as it takes.
fn bodies() -> Vec<(&'static str, Vec<u8>)> {
    let row = |number: usize| {
        json!({"type": "users", "attributes": {"email": format!("person{number}@bluebird.example"), "role-name": "Lite"},
            "relationships": {"groups": {"data": [{"type": "groups", "id": "491490063332466"}]}}})
    };
    let invitations = json!({"data": (0..500).map(row).collect::<Vec<_>>()});
    let list = |item: &str, count: usize| vec![item; count].join(",");
    let names = |count: usize| {
        (0..count).map(|number| format!("\"colour-{number}\":0")).collect::<Vec<_>>().join(",")
    };
    vec![
        ("500 invitations", invitations.to_string().into()),
        ("one text of 4 MB", format!("{{\"data\":\"{}\"}}", "x".repeat(4_000_000)).into()),
        ("290,000 values", format!("{{\"data\":[{}]}}", list("0", 290_000)).into()),
        (
            "290,000 values below a name of 256 bytes",
            format!("{{\"{}\":[{}]}}", "k".repeat(256), list("0", 290_000)).into(),
        ),
        ("one name 290,000 times", format!("{{{}}}", list("\"k\":0", 290_000)).into()),
        ("200,000 names", format!("{{{}}}", names(200_000)).into()),
        ("a name of 4 MB", format!("{{\"{}\":0}}", "k".repeat(4_000_000)).into()),
        ("2,000,000 values", format!("{{\"data\":[{}]}}", list("0", 2_000_000)).into()),
        ("2,000,000 levels", "[".repeat(2_000_000).into()),
    ]
}

fn call(body: &[u8]) -> Call {
    let request = Request::builder()
        .method("POST")
        .uri("/users")
        .header("content-type", "application/json")
        .body(Sent::Binary(body.to_vec()))
        .unwrap();
    Call::new(request.with_raw_http_path("/users"), Timestamp::from_millis(0))
}

fn read(criterion: &mut Criterion) {
    for (name, body) in bodies() {
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Bytes(u64::try_from(body.len()).unwrap()));
        group.sample_size(10);
        let call = call(&body);
        group.bench_function("strict", |bencher| bencher.iter(|| black_box(call.document().is_ok())));
        group.bench_function("serde_json", |bencher| {
            bencher.iter(|| black_box(serde_json::from_slice::<Value>(&body).is_ok()));
        });
        group.finish();
    }
}

criterion_group!(reader, read);
criterion_main!(reader);

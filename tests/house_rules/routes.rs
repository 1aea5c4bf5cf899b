//! Every route that a function names is answered by it, and all but a few ask first who calls.

use std::collections::BTreeSet;

use journeys::House;
use serde_json::Value;

/// Those that anyone may call, with what they answer to a call that says nothing.
const OPEN: &[(&str, &str, u16)] = &[
    ("GET", "/health", 200),
    ("GET", "/openapi.json", 200),
    ("GET", "/connection-invitations/{token}", 404),
    ("GET", "/invitations/{token}", 404),
    ("HEAD", "/connection-invitations/{token}", 404),
    ("HEAD", "/invitations/{token}", 404),
    ("POST", "/accounts", 415),
    ("POST", "/invitations/{token}", 404),
    ("POST", "/sessions", 415),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_route_is_answered_and_all_but_these_ask_who_calls() {
    let house = House::start().await;
    let mut seen = BTreeSet::new();
    for function in local::functions::all(&house.product.surroundings).unwrap() {
        for route in &function.routes {
            let name = format!("{} {}", route.method, route.path);
            assert!(seen.insert(name.clone()), "{name} is there twice");
            let path = route.path.replace("{id}", "1").replace("{user-id}", "1").replace("{token}", "none");
            let answer = house.nobody.send(route.method.parse().unwrap(), &path, &[], None).await.unwrap();
            let open = OPEN.iter().find(|(method, path, _)| (*method, *path) == (route.method, route.path));
            let expected = open.map_or(401, |(_, _, status)| *status);
            assert_eq!(answer.status, expected, "{name}: {}", answer.text);
            // The function's own answer, not the front's.
            assert!(answer.header("x-request-id").is_some(), "{name}: {:?}", answer.headers);
            let is_answer =
                answer.at("/errors/0/code") != Value::Null || expected == 200 || route.method == "HEAD";
            assert!(is_answer, "{name}: {}", answer.text);
        }
    }
    let open = OPEN.iter().all(|(method, path, _)| seen.contains(&format!("{method} {path}")));
    assert!(open, "a route of the list is gone: {seen:?}");
}

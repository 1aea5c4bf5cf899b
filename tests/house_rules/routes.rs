//! Every route that a function names is answered by it, and all but a few ask first who calls.

use std::collections::BTreeSet;

use journeys::House;
use serde_json::Value;

/// Those that anyone may call, with what they answer to a call that says nothing.
const OPEN: &[(&str, &str, u16)] = &[
    ("GET", "/", 303),
    ("GET", "/console", 200),
    ("GET", "/console/", 200),
    ("GET", "/console/{page+}", 200),
    ("GET", "/favicon.ico", 200),
    ("GET", "/robots.txt", 200),
    ("GET", "/health", 200),
    ("GET", "/openapi.json", 200),
    ("GET", "/connection-invitations/{token}", 404),
    ("GET", "/invitations/{token}", 404),
    ("GET", "/password-resets/{token}", 404),
    ("POST", "/password-resets", 415),
    ("POST", "/password-resets/{token}", 404),
    ("POST", "/subdomain-reminders", 415),
    ("POST", "/accounts", 415),
    ("POST", "/invitations/{token}", 404),
    ("POST", "/sessions", 415),
    // It looks first at where it comes from, then at the cookie.
    ("POST", "/session/renewals", 403),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_route_is_answered_and_all_but_these_ask_who_calls() {
    let house = House::start().await;
    let mut seen = BTreeSet::new();
    for function in local::functions::all(&house.product.surroundings).unwrap() {
        for route in &function.routes {
            let name = format!("{} {}", route.method, route.path);
            assert!(seen.insert(name.clone()), "{name} is there twice");
            let path = route.path.replace("{id}", "1").replace("{user}", "1").replace("{token}", "none");
            let path = path.replace("{page+}", "acme/users");
            let path = path.replace("{type}", "documents").replace("{asset}", "1");
            let answer = house.nobody.send(route.method.parse().unwrap(), &path, &[], None).await.unwrap();
            let method = if route.method == "HEAD" { "GET" } else { route.method };
            let open = OPEN.iter().find(|(known, path, _)| (*known, *path) == (method, route.path));
            let expected = open.map_or(401, |(_, _, status)| *status);
            assert_eq!(answer.status, expected, "{name}: {}", answer.text);
            // The function's own answer, not the front's.
            assert!(answer.header("x-request-id").is_some(), "{name}: {:?}", answer.headers);
            let is_head = route.method == "HEAD";
            let is_answer = answer.at("/errors/0/code") != Value::Null || expected < 400 || is_head;
            assert!(is_answer && (!is_head || answer.text.is_empty()), "{name}: {}", answer.text);
        }
    }
    let open = OPEN.iter().all(|(method, path, _)| seen.contains(&format!("{method} {path}")));
    assert!(open, "a route of the list is gone: {seen:?}");
}

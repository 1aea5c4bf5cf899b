//! Every route that a function names is answered by it, and all but a few ask first who calls.

use std::collections::BTreeSet;

use journeys::House;
use serde_json::Value;

use crate::examples::EXAMPLES;
use crate::house_map::{HouseMap, text};
use crate::template::{Template, as_in_the_template, listed, resource_name};

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

/// Whether a path that was sent is one of this route.
fn is_of(route: &str, path: &str) -> bool {
    let path = path.split('?').next().unwrap();
    let (known, given): (Vec<&str>, Vec<&str>) = (route.split('/').collect(), path.split('/').collect());
    known.len() == given.len()
        && known.iter().zip(&given).all(|(known, given)| known.starts_with('{') || known == given)
}

/// A route is stated once, in the function's `operations.rs`, and told in these places too. Whoever adds one reads here all that
/// is still to do, instead of meeting one failing test after the other.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_route_is_told_everywhere() {
    let house = House::start().await;
    let (template, map) = (Template::read(), HouseMap::draw());
    let router = &map.workspace_metadata()["lambda"]["watch"]["router"];
    let document: Value = serde_json::from_str(&text("docs/openapi.json")).unwrap();
    let (relations, faults) = (text("docs/relations.md"), text("tests/tables/route-by-fault.txt"));
    let mut missing = Vec::new();
    for function in local::functions::all(&house.product.surroundings).unwrap() {
        let events = template.events(&resource_name(function.name), "HttpApi");
        for route in &function.routes {
            let (method, path) = (route.method, route.path);
            let is_api = !function.operations.is_empty();
            let is_event = |event: &&Value| event["Method"] == method && event["Path"] == path;
            let is_routed = |(pattern, entries): (&String, &Value)| {
                as_in_the_template(pattern) == path
                    && listed(entries)
                        .iter()
                        .any(|entry| entry["function"] == function.name && entry["method"] == method)
            };
            let operation = function.operations.iter().find(|operation| operation.route == *route);
            let body = operation.and_then(|operation| operation.body);
            let has_attributes = body.is_some_and(|body| !body.attributes.is_empty());
            let mut lacks = |is_there: bool, place: &str| {
                if !is_there {
                    missing.push(format!("{method} {path}: {place}"));
                }
            };
            lacks(events.iter().any(is_event), "an event of its function in infra/template.yaml");
            lacks(
                router.as_object().unwrap().iter().any(is_routed),
                "a line in Cargo.toml, [workspace.metadata.lambda.watch.router]",
            );
            lacks(
                !is_api || document["paths"][path][method.to_lowercase()].is_object(),
                "a call in tests/house_rules/openapi/story.rs or acts.rs; then UPDATE_OPENAPI=1 writes docs/openapi.json",
            );
            lacks(
                !is_api || method == "HEAD" || relations.contains(&format!("`{method} {path}`")),
                "a row in docs/relations.md",
            );
            lacks(
                !has_attributes
                    || EXAMPLES.iter().any(|example| example.method == method && is_of(path, example.path)),
                "an example with its body in tests/house_rules/examples.rs; then UPDATE_EVENTS=1 writes events/",
            );
            // The one route that is called by a page's cookie, and answers nobody else.
            let is_in_table = faults.contains(&format!("\n{method:<6} {path} "));
            lacks(
                !is_api || is_in_table || path == "/session/renewals",
                "a body in tests/journeys/route_by_fault.rs, if it takes one; then UPDATE_TABLES=1 writes \
                 tests/tables/route-by-fault.txt",
            );
        }
    }
    assert!(missing.is_empty(), "these are missing (CONTRIBUTING.md, \"Adding a route\"): {missing:#?}");
}

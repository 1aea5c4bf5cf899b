//! Bodies that are meant to cost much, at every address that takes one. Who asks is known before what they ask is read, and
//! no answer is as long as its sender likes.

use std::collections::BTreeMap;

use journeys::{Answer, Client, House};
use serde_json::{Value, json};
use web::request::Route;

use crate::route_by_fault::{Scene, body, filled, scene};

/// Bytes of an answer at most: fifty faults, each with a name of 256 bytes and a sentence, and one more that counts the rest.
const LONGEST_ANSWER: usize = 64 * 1024;

/// A good body, spoilt: what is wrong with it, and whether the reader says so before it looks at a single attribute.
fn spoilt(good: &Value) -> Vec<(&'static str, String)> {
    let text = good.to_string();
    let within = |members: &str| text.replacen("\"type\":", &format!("{members},\"type\":"), 1);
    let many = |name: fn(usize) -> String| (0..20_000).map(name).collect::<Vec<_>>().join(",");
    let unknown = many(|number| format!("\"colour-{number}\":0"));
    vec![
        ("one name twenty thousand times", within(&many(|_| "\"colour\":0".to_owned()))),
        ("twenty thousand members that nobody knows", within(&unknown)),
        (
            "the same among the attributes",
            text.replacen("\"attributes\":{", &format!("\"attributes\":{{{unknown},"), 1)
                .replacen(",}", "}", 1),
        ),
        ("a name of half a megabyte", within(&format!("\"{}\":0", "k".repeat(500_000)))),
        ("thousands of levels", within(&format!("\"meta\":{}{}", "[".repeat(20_000), "]".repeat(20_000)))),
        ("hundreds of thousands of values", within(&format!("\"meta\":[{}]", vec!["0"; 310_000].join(",")))),
        ("twenty thousand rows", json!({"data": vec![json!({"type": "pets"}); 20_000]}).to_string()),
        ("nothing but brackets", "[".repeat(200_000)),
    ]
}

/// The good body with a text of a hundred thousand letters in place of each of its texts, one after the other.
fn with_long_texts(good: &Value) -> Vec<String> {
    let long = Value::String("x".repeat(100_000));
    let row = if good["data"].is_array() { "/data/0" } else { "/data" };
    let mut bodies = Vec::new();
    for name in
        good.pointer(row).and_then(|row| row["attributes"].as_object()).into_iter().flat_map(|all| all.keys())
    {
        let mut body = good.clone();
        *body.pointer_mut(&format!("{row}/attributes/{name}")).unwrap() = long.clone();
        bodies.push(body.to_string());
    }
    bodies
}

/// A good body of a route that takes one. A renewal has a cookie in place of a token: `browsers.rs`.
fn good_body(route: &Route, ids: &BTreeMap<&'static str, String>) -> Option<Value> {
    if route.path == "/session/renewals" {
        return None;
    }
    body(route.method, route.path, ids)
}

async fn sent(client: &Client, method: &str, path: &str, body: &str) -> Answer {
    client.send(method.parse().unwrap(), path, &[], Some(body.to_owned())).await.unwrap()
}

fn is_short(answer: &Answer, what: &str) {
    assert!(answer.text.len() <= LONGEST_ANSWER, "{what}: an answer of {} bytes", answer.text.len());
    let errors = answer.at("/errors").as_array().map_or(0, Vec::len);
    assert!((1..=51).contains(&errors), "{what}: {errors} errors: {:.300}", answer.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_body_costs_more_than_its_length_wherever_it_is_sent() {
    let house = House::start().await;
    let Scene { account, ids } = scene(&house, "acme").await;
    let mut seen = 0;
    for function in house.functions_of_the_api() {
        for operation in function.routes.iter().filter(|route| !["GET", "HEAD"].contains(&route.method)) {
            let Some(good) = good_body(operation, &ids) else { continue };
            let (method, path) = (operation.method, filled(operation.path, &ids));
            let path = path.replace("{token}", "no-such-link");
            // Nothing of a link is read but whether it is one; what is behind good ones: `route_by_fault.rs`.
            if operation.path.contains("{token}") {
                continue;
            }
            let plain = good.to_string();
            for (what, body) in spoilt(&good).into_iter().filter(|(_, body)| *body != plain) {
                let what = format!("{method} {path}: {what}");
                let answer = sent(&account.administrator, method, &path, &body).await;
                assert!(
                    [400, 422].contains(&answer.status),
                    "{what}: {} {:.300}",
                    answer.status,
                    answer.text
                );
                is_short(&answer, &what);
                // What is not told is counted, on every road.
                if what.ends_with("the same among the attributes") && answer.status == 422 {
                    let last = answer.at("/errors").as_array().and_then(|all| all.last().cloned());
                    assert_eq!(last.unwrap()["code"], "more-errors", "{what}: {:.300}", answer.text);
                }
                seen += 1;
            }
            for body in with_long_texts(&good) {
                let answer = sent(&account.administrator, method, &path, &body).await;
                assert!(answer.status < 500, "{method} {path}: {} {:.300}", answer.status, answer.text);
                assert!(answer.text.len() <= LONGEST_ANSWER, "{method} {path}: {} bytes", answer.text.len());
            }
        }
    }
    assert!(seen > 200, "{seen} bodies were sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_is_known_before_what_they_ask_is_read() {
    let house = House::start().await;
    let Scene { ids, .. } = scene(&house, "acme").await;
    let spoilt = "[".repeat(200_000);
    let mut open = Vec::new();
    for function in house.functions_of_the_api() {
        for operation in function.routes.iter().filter(|route| !["GET", "HEAD"].contains(&route.method)) {
            let path = filled(operation.path, &ids).replace("{token}", "no-such-link");
            if good_body(operation, &ids).is_none() {
                continue;
            }
            let answers = [
                sent(&house.nobody, operation.method, &path, &spoilt).await.status,
                sent(&house.nobody.with_token("not.a.token"), operation.method, &path, &spoilt).await.status,
                sent(&house.nobody.with_api_key("glue_1_2_made-up"), operation.method, &path, &spoilt)
                    .await
                    .status,
            ];
            if answers != [401; 3] {
                open.push(format!("{} {} {answers:?}", operation.method, operation.path));
            }
        }
    }
    // Those that ask nobody who they are: what they know of the sender is in the link, or in the body itself.
    open.sort();
    assert_eq!(
        open,
        [
            "POST /accounts [400, 400, 400]",
            "POST /invitations/{token} [404, 404, 404]",
            "POST /password-resets [400, 400, 400]",
            "POST /password-resets/{token} [404, 404, 404]",
            "POST /sessions [400, 400, 400]",
            "POST /subdomain-reminders [400, 400, 400]",
        ]
    );
}

/// Five hundred rows, each with an address of thousands of letters, are told in fifty.
#[tokio::test(flavor = "multi_thread")]
async fn long_rows_are_not_told_as_they_were_sent() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let row = |number: usize| {
        let email = format!("{}{number}@x.example", "x".repeat(7_000));
        json!({"type": "users", "attributes": {"email": email, "role-name": "y".repeat(500)}})
    };
    let body = json!({"data": (0..500).map(row).collect::<Vec<_>>()}).to_string();
    for path in ["/users", "/users?preview=true"] {
        let answer = sent(&account.administrator, "POST", path, &body).await;
        assert_eq!(answer.status, 422, "{:.300}", answer.text);
        is_short(&answer, path);
    }
    let long = format!("/organizations?filter[name]={}", "x".repeat(7_000));
    let answer = account.administrator.get(&long).await.unwrap();
    assert!(answer.text.len() <= LONGEST_ANSWER, "{}", answer.text.len());
}

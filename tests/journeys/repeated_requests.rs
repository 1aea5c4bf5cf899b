//! A POST that is sent again with its idempotency key: carried out once, answered each time.

use std::collections::BTreeSet;

use journeys::{
    Account, Answer, Cable, Client, Grants, House, Limits, PASSWORD, created, expect, identifiers, ids,
    invitation, invitations, refused, related, resource,
};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::authenticator::otp;
use crate::filled::{item, padded, with, write};
use crate::glueconnect::{connect, enter, offer_all};

const KEY: &str = "2c1f3a52-93a5-4d3f-a3c4-9d7d2e6b1f00";

/// What a second request with the same key and the same body gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Again {
    /// The same answer.
    TheSame,
    /// The same but for the API key, which is shown once.
    WithoutTheKey,
    /// What it would get without a key: nothing is kept.
    Anew,
}

/// Every POST route of the product. One that is not here is not tried below, and makes the test fail.
const ROUTES: &[(&str, Again)] = &[
    ("/access/check", Again::TheSame),
    ("/password-resets", Again::Anew),
    ("/session/proof", Again::Anew),
    ("/users/{id}/mfa/recovery-codes", Again::Anew),
    ("/password-resets/{token}", Again::Anew),
    ("/subdomain-reminders", Again::Anew),
    ("/users/{id}/password", Again::Anew),
    ("/account/closing", Again::TheSame),
    ("/erasures", Again::TheSame),
    ("/accounts", Again::TheSame),
    ("/api-keys", Again::WithoutTheKey),
    ("/connection-invitations/{token}", Again::TheSame),
    ("/connections", Again::TheSame),
    ("/connections/{id}/answer", Again::TheSame),
    ("/connections/{id}/invitation", Again::TheSame),
    ("/groups", Again::TheSame),
    ("/groups/{id}/relationships/organizations", Again::TheSame),
    ("/groups/{id}/relationships/users", Again::TheSame),
    ("/invitations/{token}", Again::TheSame),
    ("/organization_statuses", Again::TheSame),
    ("/organization_types", Again::TheSame),
    ("/organizations", Again::TheSame),
    ("/organizations/{id}/restrictions", Again::TheSame),
    ("/session/renewals", Again::Anew),
    ("/sessions", Again::Anew),
    ("/users", Again::TheSame),
    ("/users/{id}/invitation", Again::TheSame),
    ("/users/{id}/mfa", Again::Anew),
    ("/users/{id}/mfa/verification", Again::Anew),
    ("/users/{id}/resend_invitation", Again::TheSame),
];

/// Sends a POST with this idempotency key.
pub async fn send(caller: &Client, key: &str, path: &str, body: &Value) -> Answer {
    let headers = [("idempotency-key", key)];
    caller.send("POST".parse().unwrap(), path, &headers, Some(body.to_string())).await.unwrap()
}

fn organization(name: &str) -> Value {
    resource("organizations", json!({ "name": name }))
}

fn opening(subdomain: &str) -> Value {
    resource(
        "accounts",
        json!({"name": "Acme", "subdomain": subdomain, "email": "ada@acme.example", "first-name": "Ada",
            "last-name": "Admin", "password": PASSWORD}),
    )
}

/// How many organizations of this name there are.
async fn named(account: &Account, name: &str) -> usize {
    let shown = expect(account.administrator.get("/organizations?page[size]=1000").await.unwrap(), 200);
    journeys::texts(&shown, "/attributes/name").iter().filter(|known| *known == name).count()
}

/// Everything in the table, as text.
async fn everything(house: &House) -> String {
    house.dynamodb("Scan", json!({"ConsistentRead": true})).await.to_string()
}

/// Items that note a request.
async fn notes(house: &House) -> usize {
    let scanned = house.dynamodb("Scan", json!({"ConsistentRead": true})).await;
    let items = scanned["Items"].as_array().unwrap();
    items.iter().filter(|item| item["pk"]["S"].as_str().unwrap().contains("IDEMPOTENCY")).count()
}

/// One route's request, sent twice: without a word more in the table the second time.
async fn twice(house: &House, caller: &Client, route: &str, path: &str, body: &Value) -> Answer {
    let again = ROUTES.iter().find(|(known, _)| *known == route).unwrap().1;
    let key = format!("{KEY} {route}");
    let before = notes(house).await;
    let first = send(caller, &key, path, body).await;
    house.product.drain().await.unwrap();
    let noted = notes(house).await;
    let mails = house.product.mailbox.mails().len();
    if again == Again::Anew {
        send(caller, &key, path, body).await;
        assert_eq!(notes(house).await, before, "{path} is kept");
        return first;
    }
    assert!((200..300).contains(&first.status), "{path}: {} {}", first.status, first.text);
    assert!(noted > before, "{path} is not kept");
    // A trailing slash changes nothing.
    let second = send(caller, &key, &format!("{path}/"), body).await;
    assert_eq!(
        (second.status, second.header("location")),
        (first.status, first.header("location")),
        "{path}"
    );
    assert_eq!(second.header("content-type"), first.header("content-type"), "{path}");
    match again {
        Again::WithoutTheKey => {
            let mut without = first.json();
            assert!(without["data"]["attributes"]["key"].as_str().unwrap().starts_with("glue_"));
            without["data"]["attributes"]["key"] = Value::Null;
            assert_eq!(second.json(), without, "{path}");
        }
        _ => assert_eq!(second.text, first.text, "{path}"),
    }
    // Another body, and another address, are another request.
    let mut other = body.clone();
    other["other"] = json!(true);
    let wrong = refused(send(caller, &key, path, &other).await, 422, "idempotency-key-reused");
    assert_eq!(wrong.text_at("/errors/0/source/header"), "Idempotency-Key");
    let query = format!("{path}?preview=true");
    let elsewhere = send(caller, &key, &query, body).await;
    // A preview changes nothing, so no key of it is looked at.
    let is_preview = elsewhere.status == 200 && elsewhere.at("/meta/preview") == json!(true);
    assert!(is_preview || matches!(elsewhere.status, 400 | 409 | 422), "{query}: {}", elsewhere.text);
    house.product.drain().await.unwrap();
    assert_eq!(house.product.mailbox.mails().len(), mails, "{path} sends mail again");
    first
}

#[tokio::test(flavor = "multi_thread")]
async fn every_post_is_carried_out_once() {
    let house = House::start_with_much_mail().await;
    let account = house.account("acme").await;
    let other = house.account("night-noc").await;
    let ada = &account.administrator;
    let bakery = account.organization("Bakery").await;
    let desk = account.group("Desk", &[&bakery]).await;
    let (_, cy) = account.invite("cy", "Editor", Grants::ALL).await;
    let (ed, ed_id) = account.user(&house, "ed", "Editor", Grants::ALL).await;
    let mut tried = BTreeSet::new();
    macro_rules! twice {
        ($route:literal, $caller:expr, $path:expr, $body:expr) => {{
            tried.insert($route);
            twice(&house, $caller, $route, $path, $body).await
        }};
    }
    let check = json!({"action": "read", "organization-id": bakery, "record": true});
    twice!("/access/check", ada, "/access/check", &resource("access-checks", check));
    twice!("/accounts", &house.nobody, "/accounts", &opening("third"));
    let key = json!({"name": "Import", "role-name": "Manager", "all-organizations": true});
    twice!("/api-keys", ada, "/api-keys", &resource("api-keys", key));
    let connection = twice!("/connections", ada, "/connections", &offer_all("night-noc", "Editor")).id();
    let resend = format!("/connections/{connection}/invitation");
    twice!("/connections/{id}/invitation", ada, &resend, &json!({}));
    let link = house.link("admin@night-noc.example").await;
    let accept = resource("connection-invitations", json!({"decision": "accept"}));
    twice!("/connection-invitations/{token}", &other.administrator, &link, &accept);
    let more = house.account("more").await;
    let pending = created(ada.post("/connections", &offer_all("more", "Editor")).await.unwrap()).id();
    let decline = resource("connections", json!({"decision": "decline"}));
    let path = format!("/connections/{pending}/answer");
    twice!("/connections/{id}/answer", &more.administrator, &path, &decline);
    twice!("/groups", ada, "/groups", &resource("groups", json!({"name": "Second"})));
    let path = format!("/groups/{desk}/relationships/organizations");
    twice!("/groups/{id}/relationships/organizations", ada, &path, &identifiers("organizations", &[&bakery]));
    let path = format!("/groups/{desk}/relationships/users");
    twice!("/groups/{id}/relationships/users", ada, &path, &identifiers("users", &[&ed_id]));
    twice!("/organizations", ada, "/organizations", &organization("Dental"));
    let mut restriction = resource("restrictions", json!({"resource-type": "documents", "resource-id": "1"}));
    restriction["data"]["relationships"] = json!({"groups": identifiers("groups", &[&desk])});
    let path = format!("/organizations/{bakery}/restrictions");
    twice!("/organizations/{id}/restrictions", ada, &path, &restriction);
    let word = |kind: &str| resource(kind, json!({"name": "Customer"}));
    twice!("/organization_types", ada, "/organization_types", &word("organization-types"));
    twice!("/organization_statuses", ada, "/organization_statuses", &word("organization-statuses"));
    let sign_in = json!({"subdomain": "acme", "email": "admin@acme.example", "password": PASSWORD});
    expect(twice!("/sessions", &house.nobody, "/sessions", &resource("sessions", sign_in)), 201);
    let dee = invitation("dee@acme.example", "Editor", Grants::ALL);
    twice!("/users", ada, "/users", &dee);
    twice!("/users/{id}/invitation", ada, &format!("/users/{cy}/invitation"), &json!({}));
    twice!("/users/{id}/resend_invitation", ada, &format!("/users/{cy}/resend_invitation"), &json!({}));
    let link = house.link("dee@acme.example").await;
    let password = resource("invitations", json!({ "password": PASSWORD }));
    twice!("/invitations/{token}", &house.nobody, &link, &password);
    let mfa = format!("/users/{ed_id}/mfa");
    expect(twice!("/users/{id}/mfa", &ed, &mfa, &json!({})), 201);
    twice!("/users/{id}/mfa/verification", &ed, &format!("{mfa}/verification"), &otp("000000"));
    twice!("/users/{id}/mfa/recovery-codes", &ed, &format!("{mfa}/recovery-codes"), &otp("000000"));
    let proof = resource("sessions", json!({ "password": PASSWORD }));
    expect(twice!("/session/proof", &ed, "/session/proof", &proof), 200);
    // Without a cookie it is refused, each time anew.
    expect(twice!("/session/renewals", &ed, "/session/renewals", &json!({})), 403);
    let change = json!({"old-password": PASSWORD, "password": "a wooden oven window"});
    let path = format!("/users/{ed_id}/password");
    twice!("/users/{id}/password", &ed, &path, &resource("passwords", change));
    let forgotten = resource("password-resets", json!({"subdomain": "acme", "email": "ed@acme.example"}));
    expect(twice!("/password-resets", &house.nobody, "/password-resets", &forgotten), 202);
    let link = house.link("ed@acme.example").await;
    let new = resource("password-resets", json!({"password": "a wooden oven door"}));
    twice!("/password-resets/{token}", &house.nobody, &link, &new);
    let reminder = resource("subdomain-reminders", json!({"email": "ed@acme.example"}));
    expect(twice!("/subdomain-reminders", &house.nobody, "/subdomain-reminders", &reminder), 202);
    let erased = resource("erasures", json!({"email": "left@acme.example", "confirm": "left@acme.example"}));
    expect(twice!("/erasures", ada, "/erasures", &erased), 200);
    let closing = resource("account-closings", json!({"confirm": "acme"}));
    expect(twice!("/account/closing", ada, "/account/closing", &closing), 200);

    let there: BTreeSet<&str> = local::functions::all(&house.product.surroundings)
        .unwrap()
        .iter()
        .flat_map(|function| &function.routes)
        .filter(|route| route.method == "POST")
        .map(|route| route.path)
        .collect();
    assert_eq!(there, ROUTES.iter().map(|(route, _)| *route).collect(), "a POST route is not in the table");
    assert_eq!(there, tried, "a POST route is not tried");
    // Each change is in the log once, and so is the check that asked for it.
    let mut log = house.log(&account.id).await;
    log.retain(|entry| entry["outcome"] != "idempotency-key-reused");
    let entries = |kind: &str, action: &str| {
        let same = |entry: &&Value| entry["resource_type"] == kind && entry["action"] == action;
        log.iter().filter(same).count()
    };
    assert_eq!(entries("access-checks", "read"), 1);
    assert_eq!(entries("api-keys", "create"), 1);
    assert_eq!(log.iter().filter(|entry| entry["resource_name"] == "Dental").count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_people_are_answered_whole() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let names: Vec<String> = (0..12).map(|number| format!("Client {number}")).collect();
    let mut organizations = Vec::new();
    for name in &names {
        organizations.push(account.organization(name).await);
    }
    let organizations: Vec<&str> = organizations.iter().map(String::as_str).collect();
    let emails: Vec<String> = (0..500).map(|number| format!("u{number}@acme.example")).collect();
    let body =
        invitations(emails.iter().map(String::as_str), "Editor", Grants::organizations(&organizations));
    let first = created(send(&account.administrator, KEY, "/users", &body).await);
    assert!(first.text.len() > 300_000, "one item would do: {}", first.text.len());
    let changes = house.changes(&account.id).await.len();
    let second = created(send(&account.administrator, KEY, "/users", &body).await);
    assert!(second.text == first.text, "{} and {} bytes", first.text.len(), second.text.len());
    assert_eq!(ids(&second).len(), 500);
    assert_eq!(house.changes(&account.id).await.len(), changes);
    assert_eq!(house.mails("u499@acme.example").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_of_someone_else_is_another_key() {
    let house = House::start().await;
    let host = house.account("acme").await;
    let noc = house.account("night-noc").await;
    let (ben, _) = host.user(&house, "ben", "Administrator", Grants::ALL).await;
    let wanted = json!({"name": "Import", "role-name": "Manager", "all-organizations": true});
    let key = created(host.administrator.post("/api-keys", &resource("api-keys", wanted)).await.unwrap());
    let program = house.nobody.with_api_key(&key.text_at("/data/attributes/key"));
    connect(&house, &host, &noc, &offer_all("night-noc", "Manager")).await;
    let visitor = enter(&noc.administrator, &host.id).await;
    let mut answers = BTreeSet::new();
    for caller in [&host.administrator, &ben, &program, &noc.administrator, &visitor] {
        let first = created(send(caller, KEY, "/organizations", &organization("Same")).await);
        assert_eq!(
            created(send(caller, KEY, "/organizations", &organization("Same")).await).text,
            first.text
        );
        answers.insert(first.id());
    }
    assert_eq!(answers.len(), 5);
    assert_eq!((named(&host, "Same").await, named(&noc, "Same").await), (4, 1));
    // And of nobody.
    created(send(&house.nobody, KEY, "/accounts", &opening("fourth")).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_later_the_key_is_new() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let first =
        created(send(&account.administrator, KEY, "/organizations", &organization("Bakery")).await).id();
    house.advance_hours(23);
    let ada = account.administrator_again(&house).await;
    assert_eq!(created(send(&ada, KEY, "/organizations", &organization("Bakery")).await).id(), first);
    house.advance_hours(1);
    let later = created(send(&ada, KEY, "/organizations", &organization("Bakery")).await).id();
    assert_ne!(later, first);
    assert_eq!(created(send(&ada, KEY, "/organizations", &organization("Bakery")).await).id(), later);
    house.advance_hours(24);
    let ada = account.administrator_again(&house).await;
    created(send(&ada, KEY, "/organizations", &organization("Dental")).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_is_let_in_hears_what_came_of_it() {
    let house = House::start_within(Limits { requests: 6, ..Limits::default() }).await;
    let account = house.account("acme").await;
    let (ed, id) = account.user(&house, "ed", "Administrator", Grants::ALL).await;
    for _ in 0..6 {
        created(send(&ed, KEY, "/organizations", &organization("Bakery")).await);
    }
    // A repeated request counts like any other.
    refused(send(&ed, KEY, "/organizations", &organization("Bakery")).await, 429, "too-many-requests");
    house.advance_hours(1);
    created(send(&ed, KEY, "/organizations", &organization("Bakery")).await);
    refused(send(&house.nobody, KEY, "/organizations", &organization("Bakery")).await, 401, "no-credentials");
    let suspended = json!({"data": {"type": "users", "id": id, "attributes": {"status": "suspended"}}});
    expect(account.administrator.patch(&format!("/users/{id}"), &suspended).await.unwrap(), 200);
    refused(send(&ed, KEY, "/organizations", &organization("Bakery")).await, 401, "invalid-token");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_refused_may_be_asked_again_in_other_words() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let ada = &account.administrator;
    expect(send(ada, KEY, "/organizations", &organization("")).await, 422);
    let first = created(send(ada, KEY, "/organizations", &organization("Bakery")).await);
    assert_eq!(created(send(ada, KEY, "/organizations", &organization("Bakery")).await).text, first.text);
    refused(
        send(ada, KEY, "/groups", &resource("groups", json!({"name": "Desk"}))).await,
        422,
        "idempotency-key-reused",
    );
    expect(send(&house.nobody, KEY, "/accounts", &opening("acme")).await, 409);
    created(send(&house.nobody, KEY, "/accounts", &opening("second")).await);
    // It says nothing to other methods.
    for name in ["One", "Two"] {
        let body = json!({"data": {"type": "accounts", "attributes": {"name": name}}}).to_string();
        let headers = [("idempotency-key", KEY)];
        expect(ada.send("PATCH".parse().unwrap(), "/account", &headers, Some(body)).await.unwrap(), 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_none_is_refused_before_anything_is_done() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let long = "k".repeat(256);
    for bad in ["", long.as_str(), "a\tb", "schlüssel"] {
        for (caller, path, body) in [
            (&account.administrator, "/organizations", organization("Bakery")),
            (&house.nobody, "/accounts", opening("second")),
            (&house.nobody, "/sessions", resource("sessions", json!({}))),
        ] {
            let answer = refused(send(caller, bad, path, &body).await, 400, "bad-idempotency-key");
            assert_eq!(answer.text_at("/errors/0/source/header"), "Idempotency-Key");
        }
    }
    let ada = &account.administrator;
    assert_eq!(named(&account, "Bakery").await, 0);
    created(send(ada, &long[..255], "/organizations", &organization("Bakery")).await);
}

/// Sends the same request twenty times at once, and once more when all are answered. That answer is what each of them got, or was
/// told to come back for.
async fn twenty_times(caller: &Client, key: &'static str, path: &'static str, body: &Value) -> Answer {
    let mut running = JoinSet::new();
    for _ in 0..20 {
        let (caller, body) = (caller.clone(), body.clone());
        running.spawn(async move { send(&caller, key, path, &body).await });
    }
    let answers = running.join_all().await;
    let last = created(send(caller, key, path, body).await);
    assert!(answers.iter().any(|answer| answer.status == 201), "{path}");
    for answer in answers {
        if answer.status == 201 {
            assert_eq!(answer.text, last.text, "{path}");
        } else {
            let answer = refused(answer, 409, "idempotency-key-in-use");
            assert_eq!(answer.header("retry-after"), Some("1"));
        }
    }
    last
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_at_once_are_one() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let ada = &account.administrator;
    twenty_times(ada, "one", "/organizations", &organization("Bakery")).await;
    assert_eq!(named(&account, "Bakery").await, 1);
    let ann = invitation("ann@acme.example", "Editor", Grants::ALL);
    let answer = twenty_times(ada, "two", "/users", &ann).await;
    assert_eq!(answer.text_at("/meta/results/0/outcome"), "invited");
    assert_eq!(house.mails("ann@acme.example").await.len(), 1);
    twenty_times(&house.nobody, "three", "/accounts", &opening("second")).await;
}

/// A house on a cable, with someone in it.
async fn on_a_cable() -> (House, Cable, Account) {
    let (house, cable) = House::start_on_a_cable_to_dynamodb().await;
    let account = house.account("acme").await;
    expect(account.administrator.get("/session").await.unwrap(), 200);
    (house, cable, account)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_whose_answer_was_lost_is_not_made_again() {
    let (_house, cable, account) = on_a_cable().await;
    let ada = &account.administrator;
    // The table has the change, and nobody hears of it.
    cable.lose_answers_to("DynamoDB_20120810.TransactWriteItems");
    refused(send(ada, KEY, "/organizations", &organization("Bakery")).await, 503, "unavailable");
    cable.mend();
    assert_eq!(named(&account, "Bakery").await, 1);
    for _ in 0..2 {
        refused(send(ada, KEY, "/organizations", &organization("Bakery")).await, 409, "already-done");
    }
    refused(send(ada, KEY, "/organizations", &organization("Dental")).await, 422, "idempotency-key-reused");
    assert_eq!(named(&account, "Bakery").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_dies_after_the_change_leaves_it_made_once() {
    let (house, cable, account) = on_a_cable().await;
    let ada = &account.administrator;
    // The change is made, and its answer is not kept.
    cable.refuse("is_page");
    send(ada, KEY, "/organizations", &organization("Bakery")).await;
    cable.mend();
    // Whoever asks at once cannot know whether the process is dead.
    refused(send(ada, KEY, "/organizations", &organization("Bakery")).await, 409, "idempotency-key-in-use");
    house.advance_hours(1);
    refused(send(ada, KEY, "/organizations", &organization("Bakery")).await, 409, "already-done");
    assert_eq!(named(&account, "Bakery").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_dies_before_the_change_is_followed_by_the_next() {
    let (house, cable, account) = on_a_cable().await;
    let ada = &account.administrator;
    // Neither the change nor the note that it came to nothing gets through: both ask whose turn it is.
    cable.refuse("\"#token = :v0");
    refused(send(ada, KEY, "/organizations", &organization("Bakery")).await, 503, "unavailable");
    cable.mend();
    refused(send(ada, KEY, "/organizations", &organization("Bakery")).await, 409, "idempotency-key-in-use");
    house.advance_hours(1);
    let first = created(send(ada, KEY, "/organizations", &organization("Bakery")).await);
    assert_eq!(created(send(ada, KEY, "/organizations", &organization("Bakery")).await).text, first.text);
    assert_eq!(named(&account, "Bakery").await, 1);
    // One that lives to say that it came to nothing may be followed at once.
    cable.refuse("DynamoDB_20120810.TransactWriteItems");
    refused(send(ada, "second", "/organizations", &organization("Dental")).await, 503, "unavailable");
    cable.mend();
    created(send(ada, "second", "/organizations", &organization("Dental")).await);
    assert_eq!(named(&account, "Dental").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_overtaken_changes_nothing_any_more() {
    let (house, cable, account) = on_a_cable().await;
    let ada = account.administrator.clone();
    let slow = {
        let ada = ada.clone();
        cable.hold_answer_to("#IDEMPOTENCY");
        tokio::spawn(async move { send(&ada, KEY, "/organizations", &organization("Bakery")).await })
    };
    // Its right is noted, and its change is still to come.
    while notes(&house).await == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    house.advance_hours(1);
    let next = created(send(&ada, KEY, "/organizations", &organization("Bakery")).await);
    cable.let_go();
    refused(slow.await.unwrap(), 409, "idempotency-key-in-use");
    assert_eq!(created(send(&ada, KEY, "/organizations", &organization("Bakery")).await).text, next.text);
    assert_eq!(named(&account, "Bakery").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_was_half_done_says_so() {
    let (house, cable, account) = on_a_cable().await;
    let ada = &account.administrator;
    let emails: Vec<String> = (10..40).map(|number| format!("u{number}@acme.example")).collect();
    let body = invitations(emails.iter().map(String::as_str), "Editor", Grants::ALL);
    // Those of the second transaction do not get in.
    cable.refuse("\"email\":{\"S\":\"u35@acme.example\"}");
    refused(send(ada, KEY, "/users", &body).await, 503, "unavailable");
    cable.mend();
    refused(send(ada, KEY, "/users", &body).await, 409, "already-done");
    let rest = created(send(ada, "another", "/users", &body).await);
    let outcomes: Vec<String> =
        rest.at("/meta/results").as_array().unwrap().iter().map(|row| row["outcome"].to_string()).collect();
    let invited = outcomes.iter().filter(|outcome| *outcome == "\"invited\"").count();
    assert!((1..30).contains(&invited), "{outcomes:?}");
    for email in &emails {
        assert_eq!(house.mails(email).await.len(), 1, "{email}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_secret_is_kept() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let ada = &account.administrator;
    let secret = "an own-secret passphrase";
    account.invite("ann", "Editor", Grants::ALL).await;
    let link = house.link("ann@acme.example").await;
    let body = resource("invitations", json!({ "password": secret }));
    let first = created(send(&house.nobody, KEY, &link, &body).await);
    let token = first.text_at("/data/attributes/access-token");
    let wanted = json!({"name": "Import", "role-name": "Manager", "all-organizations": true});
    let wanted = resource("api-keys", wanted);
    let key = created(send(ada, KEY, "/api-keys", &wanted).await).text_at("/data/attributes/key");
    assert_eq!(created(send(ada, KEY, "/api-keys", &wanted).await).at("/data/attributes/key"), Value::Null);
    assert_eq!(ids(&expect(ada.get("/api-keys").await.unwrap(), 200)).len(), 1);
    let stored = everything(&house).await;
    let link_token = link.rsplit('/').next().unwrap();
    for word in [
        KEY,
        secret,
        &token,
        token.rsplit('.').next().unwrap(),
        link_token,
        &key,
        // The secret itself may have an underscore in it.
        key.splitn(4, '_').last().unwrap(),
    ] {
        assert!(!stored.contains(word), "{word} is in the table");
    }
    // The same token comes out, while its user is in.
    assert_eq!(created(send(&house.nobody, KEY, &link, &body).await).text, first.text);
    let ann = house.nobody.with_token(&token);
    expect(ann.delete("/session", None).await.unwrap(), 204);
    refused(send(&house.nobody, KEY, &link, &body).await, 401, "invalid-token");
    refused(send(&house.nobody, "another", &link, &body).await, 410, "invitation-used");
    let other = resource("invitations", json!({"password": "another passphrase"}));
    refused(send(&house.nobody, KEY, &link, &other).await, 422, "idempotency-key-reused");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_is_answered_once_by_its_form_too() {
    let house = House::start().await;
    let host = house.account("acme").await;
    let noc = house.account("night-noc").await;
    created(host.administrator.post("/connections", &offer_all("night-noc", "Editor")).await.unwrap());
    let link = house.link("admin@night-noc.example").await;
    let headers = [
        ("idempotency-key", KEY),
        ("accept", "text/html"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let fill = async |password: &str| {
        let form = format!(
            "decision=accept&email=admin%40night-noc.example&password={}",
            password.replace(' ', "+")
        );
        house.nobody.send("POST".parse().unwrap(), &link, &headers, Some(form)).await.unwrap()
    };
    // A wrong password is no answer that would be kept.
    assert_eq!(fill("not the password").await.status, 422);
    let first = expect(fill(PASSWORD).await, 303);
    assert_eq!(expect(fill(PASSWORD).await, 303).header("location"), first.header("location"));
    assert_eq!(fill("not the password").await.status, 422);
    let entries = house.changes(&noc.id).await;
    let answers =
        entries.iter().filter(|entry| entry["resource_type"] == "connections" && entry["action"] == "update");
    assert_eq!(answers.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_costs_two_writes_and_its_absence_none() {
    let (house, cable, account) = on_a_cable().await;
    let ada = &account.administrator;
    let mut costs = Vec::new();
    for key in [None, Some(KEY), Some(KEY)] {
        // After a minute the count of requests is written with the next one.
        house.product.clock.advance(60_000);
        cable.forget();
        match key {
            None => created(ada.post("/organizations", &organization("Bakery")).await.unwrap()),
            Some(key) => created(send(ada, key, "/organizations", &organization("Dental")).await),
        };
        let operations = cable.operations_of("manage-organizations");
        costs.push(operations.iter().filter(|operation| *operation == "UpdateItem").count());
    }
    // The count of requests is one of them each time.
    let expected = [1, 3, 2];
    assert_eq!(costs, expected);
}

/// Someone who reaches thousands of organizations by one group: the answer shows each of them.
#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_is_sent_anew_is_answered_whole() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let bakery = account.organization("Bakery").await;
    let desk = account.group("Desk", &[&bakery]).await;
    let (_, ann) = account.invite("ann", "Editor", Grants::groups(&[&desk])).await;
    let group = item(&house, &format!("A#{}#GROUPS", account.id), &padded(desk.parse().unwrap())).await;
    let first: u64 = bakery.parse().unwrap();
    let reached: Vec<Value> = (0..4_000).map(|number| json!((first + number).to_string())).collect();
    let [kind] = group["organization_ids"].as_object().unwrap().keys().collect::<Vec<_>>()[..] else {
        panic!("{group}");
    };
    write(&house, &[with(&group, json!({"organization_ids": {kind: reached}}))]).await;
    // The first link leaves before the second makes it void.
    house.only_link("ann@acme.example").await;
    let path = format!("/users/{ann}/invitation");
    let first = expect(send(&account.administrator, KEY, &path, &json!({})).await, 202);
    assert!(first.text.len() > 300_000, "one item would do: {}", first.text.len());
    let second = expect(send(&account.administrator, KEY, &path, &json!({})).await, 202);
    assert!(second.text == first.text, "{} and {} bytes", first.text.len(), second.text.len());
    assert_eq!(house.mails("ann@acme.example").await.len(), 2, "the first link, and one new one");
}

/// A question that nobody records is a read: its key is not looked at, so that no old yes is given again.
#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_answered_anew_whatever_its_key() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let bakery = account.organization("Bakery").await;
    let (ed, id) = account.user(&house, "ed", "Editor", Grants::organizations(&[&bakery])).await;
    let question = resource("access-checks", json!({"action": "update", "organization-id": bakery}));
    let first = expect(send(&ed, KEY, "/access/check", &question).await, 200);
    assert_eq!(first.at("/data/attributes/allowed"), json!(true));
    let lowered = resource("users", json!({"role-name": "Read-only"}));
    expect(account.administrator.patch(&format!("/users/{id}"), &lowered).await.unwrap(), 200);
    let second = expect(send(&ed, KEY, "/access/check", &question).await, 200);
    assert_eq!(second.at("/data/attributes/allowed"), json!(false), "{}", second.text);

    // A program's question, too, short and so long that it is read after the key is known.
    for (subject, resource_id) in [("short", "1".to_owned()), ("long", "\u{1F3E2}".repeat(100))] {
        let key = json!({"name": subject, "role-name": "Editor", "all-organizations": false});
        let key =
            related("api-keys", key, json!({"organizations": identifiers("organizations", &[&bakery])}));
        let made = created(account.administrator.post("/api-keys", &key).await.unwrap());
        let program = house.nobody.with_api_key(&made.text_at("/data/attributes/key"));
        let one = json!({"type": "access-checks", "attributes": {"action": "update", "organization-id": bakery,
            "resource-type": "documents", "resource-id": resource_id}});
        let questions = json!({"data": vec![one; 90]});
        let first = expect(send(&program, subject, "/access/check", &questions).await, 200);
        assert_eq!(first.at("/data/0/attributes/allowed"), json!(true), "{subject}");
        let removed = account.administrator.delete(&format!("/api-keys/{}", made.id()), None).await.unwrap();
        expect(removed, 204);
        refused(send(&program, subject, "/access/check", &questions).await, 401, "invalid-api-key");
        let items = everything(&house).await;
        assert!(!items.contains("IDEMPOTENCY"), "{subject}: nothing is kept of a question");
    }
}

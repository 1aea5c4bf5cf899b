//! A second factor: set up, signed in with, guessed at, lost, reset, demanded.

use std::collections::BTreeSet;

use journeys::{Account, Client, Grants, House, PASSWORD, created, expect, faults, refused, resource};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::authenticator::{Authenticator, enrol, otp, sign_in, to_next_step};

const ADMIN: &str = "admin@acme.example";

async fn house_with_acme() -> (House, Account) {
    let house = House::start().await;
    let acme = house.account("acme").await;
    (house, acme)
}

async fn enforce(caller: &Client, enforce: bool) {
    let settings = resource("accounts", json!({"enforce-mfa": enforce}));
    expect(caller.patch("/account", &settings).await.unwrap(), 200);
}

async fn mfa_of(caller: &Client, user: &str) -> Value {
    expect(caller.get(&format!("/users/{user}")).await.unwrap(), 200).at("/data/attributes/mfa")
}

/// Proves again that it is them, which setting a factor aside asks for once a sign-in is a quarter of an hour old.
async fn prove(caller: &Client, code: &str) {
    let proof = resource("sessions", json!({ "password": PASSWORD, "otp": code }));
    expect(caller.post("/session/proof", &proof).await.unwrap(), 200);
}

/// Whether this signs the Administrator in.
async fn opens(house: &House, code: &str) -> bool {
    let answer = sign_in(house, "acme", ADMIN, Some(code)).await;
    if answer.status == 201 {
        assert_eq!(answer.at("/data/attributes/mfa"), json!(true));
        return true;
    }
    let wrong_password =
        json!({"subdomain": "acme", "email": ADMIN, "password": "another long password", "otp": code});
    let wrong_password = house.nobody.post("/sessions", &resource("sessions", wrong_password)).await.unwrap();
    let answer = refused(answer, 401, "invalid-credentials");
    assert_eq!(answer.text, wrong_password.text, "not to be told from a wrong password");
    false
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_factor_is_set_up_confirmed_and_signed_in_with() {
    let (house, acme) = house_with_acme().await;
    let (path, verification) = (
        format!("/users/{}/mfa", acme.administrator_id),
        format!("/users/{}/mfa/verification", acme.administrator_id),
    );
    let ada = &acme.administrator;

    refused(ada.post(&verification, &otp("123456")).await.unwrap(), 409, "mfa-not-started");
    let started = created(ada.send("POST".parse().unwrap(), &path, &[], None).await.unwrap());
    let abandoned = Authenticator { secret: started.text_at("/data/attributes/secret") };
    let uri = started.text_at("/data/attributes/otpauth-uri");
    assert!(uri.starts_with("otpauth://totp/The%20acme%20account:admin%40acme%2Eexample?secret="), "{uri}");
    assert!(uri.contains(&abandoned.secret) && uri.contains("&issuer=The%20acme%20account&"), "{uri}");
    // A QR code begins with the seven dark squares of its first corner, and ends with the last row of its third.
    let (size, drawn) =
        (started.at("/data/attributes/qr-size").as_u64(), started.text_at("/data/attributes/qr-path"));
    assert!(drawn.starts_with("M0 0h7v1h-7z"), "{drawn}");
    assert!(drawn.contains(&format!("M0 {}h7v1h-7z", size.unwrap() - 1)), "{size:?}: {drawn}");
    assert_eq!(mfa_of(ada, &acme.administrator_id).await, json!(false));
    expect(sign_in(&house, "acme", ADMIN, None).await, 201);
    expect(sign_in(&house, "acme", ADMIN, Some("whatever")).await, 201);

    let app = Authenticator::start(ada, &acme.administrator_id).await;
    assert_ne!(app.secret, abandoned.secret, "starting again replaces what was never confirmed");
    let code = abandoned.next_code(&house);
    let answer = refused(ada.post(&verification, &otp(&code)).await.unwrap(), 422, "wrong-code");
    assert_eq!(faults(&answer), [("wrong-code".to_owned(), "/data/attributes/otp".to_owned())]);
    refused(ada.post(&verification, &resource("mfa", json!({}))).await.unwrap(), 422, "missing");

    let code = app.code(&house);
    let confirmed = expect(ada.post(&verification, &otp(&code)).await.unwrap(), 200);
    assert_eq!(confirmed.at("/data/attributes/mfa"), json!(true));
    let codes = confirmed.at("/data/attributes/recovery-codes");
    let codes: BTreeSet<&str> = codes.as_array().unwrap().iter().map(|code| code.as_str().unwrap()).collect();
    assert_eq!(codes.len(), 10);
    refused(ada.get("/session").await.unwrap(), 401, "invalid-token");
    let with_mfa = house.nobody.with_token(&confirmed.text_at("/data/attributes/access-token"));
    assert_eq!(expect(with_mfa.get("/session").await.unwrap(), 200).at("/data/attributes/mfa"), json!(true));
    let shown = expect(with_mfa.get(&format!("/users/{}", acme.administrator_id)).await.unwrap(), 200);
    assert_eq!(shown.at("/data/attributes/mfa"), json!(true));
    assert!(!shown.text.contains(&app.secret));
    refused(with_mfa.post(&path, &json!({})).await.unwrap(), 409, "mfa-already-on");
    refused(with_mfa.post(&verification, &otp(&code)).await.unwrap(), 409, "mfa-already-on");

    for nothing in [None, Some(""), Some("  ")] {
        refused(sign_in(&house, "acme", ADMIN, nothing).await, 401, "mfa-required");
    }
    assert!(!opens(&house, &code).await, "the code that confirmed is used");
    let code = app.next_code(&house);
    assert!(opens(&house, &code).await);
    assert!(!opens(&house, &code).await, "a code opens once");

    let log = house.log(&acme.id).await;
    let acts: Vec<String> = log
        .iter()
        .filter(|entry| entry["resource_type"] == "mfa" || entry["outcome"] == "wrong-code")
        .map(|entry| format!("{} {}", entry["action"], entry["outcome"]).replace('"', ""))
        .collect();
    assert_eq!(
        acts,
        [
            "update mfa-not-started",
            "create allowed",
            "create allowed",
            "update wrong-code",
            "update missing",
            "update allowed",
            "create mfa-already-on",
            "update mfa-already-on",
            // Codes that were used before, at the sign-in.
            "create wrong-code",
            "create wrong-code",
        ]
    );
    assert!(!json!(log).to_string().contains(&app.secret));
    assert!(codes.iter().all(|code| !json!(log).to_string().contains(code)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_good_one_step_before_and_after_its_own() {
    let (house, acme) = house_with_acme().await;
    let app = enrol(&house, &acme.administrator, &acme.administrator_id).await.app;
    for (steps, good) in [(2, false), (-2, false), (1, true), (1, false), (0, false)] {
        // The clock stands still enough: a step is half a minute.
        let code = app.code_in(&house, steps);
        assert_eq!(opens(&house, &code).await, good, "{steps}");
    }
    let later = app.code_in(&house, 3);
    to_next_step(&house);
    assert!(!opens(&house, &later).await);
    to_next_step(&house);
    assert!(opens(&house, &later).await, "one step early");
    let past = app.code_in(&house, 2);
    (0..3).for_each(|_| to_next_step(&house));
    assert!(opens(&house, &past).await, "one step late");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_codes_run_out_where_they_come_from_and_not_for_the_owner() {
    let (house, acme) = house_with_acme().await;
    let app = enrol(&house, &acme.administrator, &acme.administrator_id).await.app;
    let wrong = app.wrong_code(&house);
    house.begin_a_window();
    let thief = house.nobody.from_address([127, 0, 0, 2].into()).unwrap();
    let credentials =
        |code: &str| json!({"subdomain": "acme", "email": ADMIN, "password": PASSWORD, "otp": code});
    let mut looked_at = 0;
    for _ in 0..25 {
        let answer = thief.post("/sessions", &resource("sessions", credentials(&wrong))).await.unwrap();
        looked_at += usize::from(answer.status == 401);
        if answer.status != 401 {
            let answer = refused(answer, 429, "too-many-attempts");
            let seconds: u32 = answer.header("retry-after").unwrap().parse().unwrap();
            assert!((1..=901).contains(&seconds), "{seconds}");
        }
    }
    assert_eq!(looked_at, 10);
    assert!(opens(&house, &app.next_code(&house)).await, "the owner, from where they always sign in");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_taken_as_apps_show_it_and_a_slip_counts_for_nothing() {
    let (house, acme) = house_with_acme().await;
    let app = enrol(&house, &acme.administrator, &acme.administrator_id).await.app;
    let code = app.next_code(&house);
    let (first, second) = code.split_at(3);
    for slip in ["12345", "1234567", "hello", "12 34 5"] {
        let answer = sign_in(&house, "acme", ADMIN, Some(slip)).await;
        refused(answer, 422, "not-a-code");
    }
    for _ in 0..40 {
        refused(sign_in(&house, "acme", ADMIN, Some("12345")).await, 422, "not-a-code");
    }
    expect(sign_in(&house, "acme", ADMIN, Some(&format!("{first}\u{a0}{second}"))).await, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_code_sent_ten_times_at_once_opens_once() {
    let (house, acme) = house_with_acme().await;
    let app = enrol(&house, &acme.administrator, &acme.administrator_id).await.app;
    let mut running = JoinSet::new();
    let code = app.next_code(&house);
    for _ in 0..10 {
        let credentials = json!({"subdomain": "acme", "email": ADMIN, "password": PASSWORD, "otp": code});
        let (nobody, body) = (house.nobody.clone(), resource("sessions", credentials));
        running.spawn(async move { nobody.post("/sessions", &body).await.unwrap().status });
    }
    let mut statuses = running.join_all().await;
    statuses.sort_unstable();
    assert_eq!(statuses, [[201].as_slice(), &[401; 9]].concat());
    assert!(opens(&house, &app.next_code(&house)).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_code_opens_once_instead_of_the_app() {
    let (house, acme) = house_with_acme().await;
    let enrolled = enrol(&house, &acme.administrator, &acme.administrator_id).await;
    let [first, second, third, ..] = enrolled.recovery_codes.as_slice() else { panic!() };
    assert!(opens(&house, first).await);
    assert!(!opens(&house, first).await);
    assert!(opens(&house, &second.replace('-', "").to_uppercase()).await);
    assert!(!opens(&house, second).await);
    assert!(opens(&house, &enrolled.app.next_code(&house)).await);

    // The phone is lost: in with one code, away with the second factor by another.
    let path = format!("/users/{}/mfa", acme.administrator_id);
    let answer = enrolled.client.delete(&path, Some(&otp(first))).await.unwrap();
    refused(answer, 422, "wrong-code");
    expect(enrolled.client.delete(&path, Some(&otp(third))).await.unwrap(), 204);
    expect(sign_in(&house, "acme", ADMIN, None).await, 201);
    let again = enrol(&house, &enrolled.client, &acme.administrator_id).await;
    for old in &enrolled.recovery_codes[3..6] {
        assert!(!opens(&house, old).await, "the old codes went with the old second factor");
    }
    assert!(opens(&house, &again.recovery_codes[3]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_takes_away_the_own_second_factor_only_with_a_code() {
    let (house, acme) = house_with_acme().await;
    let path = format!("/users/{}/mfa", acme.administrator_id);
    refused(acme.administrator.delete(&path, Some(&otp("123456"))).await.unwrap(), 404, "not-found");
    let enrolled = enrol(&house, &acme.administrator, &acme.administrator_id).await;
    let ada = &enrolled.client;
    expect(ada.delete(&path, None).await.unwrap(), 415);
    refused(ada.delete(&path, Some(&resource("mfa", json!({})))).await.unwrap(), 422, "missing");
    let wrong = enrolled.app.wrong_code(&house);
    house.begin_a_window();
    prove(ada, &enrolled.app.next_code(&house)).await;
    let mut looked_at = 0;
    for _ in 0..25 {
        let answer = ada.delete(&path, Some(&otp(&wrong))).await.unwrap();
        match answer.status {
            422 => looked_at += usize::from(answer.text_at("/errors/0/code") == "wrong-code"),
            _ => drop(refused(answer, 429, "too-many-attempts")),
        }
    }
    assert_eq!(looked_at, 20);
    let code = enrolled.app.next_code(&house);
    let there = sign_in(&house, "acme", ADMIN, Some(&code)).await;
    refused(there, 429, "too-many-attempts");
    house.product.clock.advance(15 * 60_000 + 1_000);
    prove(ada, &enrolled.app.next_code(&house)).await;
    expect(ada.delete(&path, Some(&otp(&enrolled.app.next_code(&house)))).await.unwrap(), 204);
    assert_eq!(mfa_of(ada, &acme.administrator_id).await, json!(false));
    refused(ada.delete(&path, Some(&otp(&code))).await.unwrap(), 404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_resets_what_someone_has_lost_and_nobody_else_does() {
    let (house, acme) = house_with_acme().await;
    let other = house.account("other").await;
    let (manager, manager_id) = acme.user(&house, "mara", "Manager", Grants::ALL).await;
    let (editor, editor_id) = acme.user(&house, "emil", "Editor", Grants::ALL).await;
    let emil = enrol(&house, &editor, &editor_id).await;
    let path = format!("/users/{editor_id}/mfa");

    let unknown = |number: u64| format!("/users/{number}/mfa");
    for caller in [&manager, &emil.client] {
        let someone_elses = if caller.token() == manager.token() { &path } else { &unknown(7) };
        refused(caller.delete(someone_elses, None).await.unwrap(), 403, "role-too-low");
    }
    refused(manager.post(&path, &json!({})).await.unwrap(), 403, "mfa-not-yours");
    let verification = format!("{path}/verification");
    refused(acme.administrator.post(&verification, &otp("123456")).await.unwrap(), 403, "mfa-not-yours");
    refused(
        emil.client.post(&format!("/users/{manager_id}/mfa"), &json!({})).await.unwrap(),
        404,
        "not-found",
    );
    for stranger in [&acme.administrator, &other.administrator] {
        let path = if stranger.token() == other.administrator.token() { &path } else { &unknown(7) };
        refused(stranger.delete(path, None).await.unwrap(), 404, "not-found");
        refused(stranger.post(path, &json!({})).await.unwrap(), 404, "not-found");
    }
    refused(acme.administrator.delete("/users/x/mfa", None).await.unwrap(), 404, "not-found");
    expect(emil.client.get("/session").await.unwrap(), 200);

    expect(acme.administrator.delete(&path, None).await.unwrap(), 204);
    refused(emil.client.get("/session").await.unwrap(), 401, "invalid-token");
    assert_eq!(mfa_of(&acme.administrator, &editor_id).await, json!(false));
    refused(acme.administrator.delete(&path, None).await.unwrap(), 404, "not-found");
    let again = created(sign_in(&house, "acme", "emil@acme.example", None).await);
    assert_eq!(again.at("/data/attributes/mfa"), json!(false));

    let emil = house.nobody.with_token(&again.text_at("/data/attributes/access-token"));
    enrol(&house, &emil, &editor_id).await;
    let credentials = format!("A#{}#CREDENTIALS", acme.id);
    let is_kept = async || {
        let items = house.partition(&credentials).await;
        items.iter().any(|item| item["sk"].as_str().unwrap().ends_with("#MFA"))
    };
    assert!(is_kept().await);
    expect(acme.administrator.delete(&format!("/users/{editor_id}"), None).await.unwrap(), 204);
    assert!(!is_kept().await, "removed with the user");
}

/// Every route that is not open to anyone, but setting up the own second factor, refuses this caller.
async fn may_only_enrol(house: &House, caller: &Client, id: &str) {
    let mut refusals = 0;
    // The one route that reads its body before it asks who calls.
    let question = json!({"action": "read", "organization-id": "7"});
    let body = resource("access-checks", question).to_string();
    for function in house.functions_of_the_api() {
        for route in &function.routes {
            // Anyone's, or one that looks at the link before it looks at the caller.
            let is_anyones = ["/health", "/openapi.json", "/accounts", "/password-resets", "/subdomain-reminders"]
                    .contains(&route.path)
                    // That takes a cookie, and gives back no more than it has.
                    || ["/sessions", "/session/renewals"].contains(&route.path) && route.method == "POST";
            // What a HEAD answers has no words; its GET is asked.
            if is_anyones || route.path.ends_with("{token}") || route.method == "HEAD" {
                continue;
            }
            for given in [id, "7"] {
                let enrols =
                    route.method != "DELETE" && route.path.starts_with("/users/{id}/mfa") && given == id;
                // Who they are, they are told.
                if enrols || (route.method, route.path) == ("GET", "/session") {
                    continue;
                }
                let path = route
                    .path
                    .replace("{id}", given)
                    .replace("{user}", given)
                    .replace("{type}", "documents")
                    .replace("{asset}", "1");
                let sent = caller.send(route.method.parse().unwrap(), &path, &[], Some(body.clone()));
                let answer = refused(sent.await.unwrap(), 403, "mfa-enrolment-required");
                assert_eq!(answer.at("/errors/0/meta"), Value::Null, "{} {path}", route.method);
                refusals += 1;
            }
        }
    }
    assert!(refusals > 40, "{refusals}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_enforces_mfa_lets_those_without_it_enrol_and_nothing_else() {
    let (house, acme) = house_with_acme().await;
    let (editor, editor_id) = acme.user(&house, "emil", "Editor", Grants::ALL).await;
    let (reader, reader_id) = acme.user(&house, "rita", "Read-only", Grants::ALL).await;
    let rita = enrol(&house, &reader, &reader_id).await;
    expect(editor.get("/session").await.unwrap(), 200);

    enforce(&acme.administrator, true).await;
    may_only_enrol(&house, &acme.administrator, &acme.administrator_id).await;
    may_only_enrol(&house, &editor, &editor_id).await;
    expect(rita.client.get("/session").await.unwrap(), 200);

    // A live session enrols, and the one it becomes may do everything.
    let enrolled = enrol(&house, &acme.administrator, &acme.administrator_id).await;
    let ada = enrolled.client;
    expect(ada.get("/users").await.unwrap(), 200);

    // Someone who is not signed in gets a token that is good for enrolling alone, and for a while.
    let prompted =
        refused(sign_in(&house, "acme", "emil@acme.example", None).await, 403, "mfa-enrolment-required");
    let token = prompted.text_at("/errors/0/meta/access-token");
    assert_eq!(prompted.text_at("/errors/0/meta/user-id"), editor_id);
    assert!(!prompted.text_at("/errors/0/meta/expires-at").is_empty());
    let enrolling = house.nobody.with_token(&token);
    may_only_enrol(&house, &enrolling, &editor_id).await;
    house.product.clock.advance(15 * 60_000);
    let path = format!("/users/{editor_id}/mfa");
    refused(enrolling.post(&path, &json!({})).await.unwrap(), 401, "invalid-token");
    let prompted = sign_in(&house, "acme", "emil@acme.example", Some("123456")).await;
    let prompted = refused(prompted, 403, "mfa-enrolment-required");
    let enrolling = house.nobody.with_token(&prompted.text_at("/errors/0/meta/access-token"));
    let emil = enrol(&house, &enrolling, &editor_id).await;
    expect(emil.client.get("/session").await.unwrap(), 200);
    refused(enrolling.post(&path, &json!({})).await.unwrap(), 401, "invalid-token");
    refused(editor.get("/session").await.unwrap(), 401, "invalid-token");

    // An invited user accepts, and enrols before anything else.
    let (email, id) = {
        let body = journeys::invitation(
            "newt@acme.example",
            "Lite",
            Grants::organizations(&[&organization(&ada).await]),
        );
        ("newt@acme.example", created(ada.post("/users", &body).await.unwrap()).id())
    };
    let accepted = created(house.accept(email).await);
    let newt = house.nobody.with_token(&accepted.text_at("/data/attributes/access-token"));
    refused(newt.get("/organizations").await.unwrap(), 403, "mfa-enrolment-required");
    let told = expect(newt.get("/session").await.unwrap(), 200);
    assert_eq!(told.text_at("/data/attributes/scope"), "enrolment");
    expect(enrol(&house, &newt, &id).await.client.get("/session").await.unwrap(), 200);

    // Whoever gives it up is where they were.
    let code = emil.app.next_code(&house);
    expect(emil.client.delete(&path, Some(&otp(&code))).await.unwrap(), 204);
    may_only_enrol(&house, &emil.client, &editor_id).await;
    prove(&ada, &enrolled.app.next_code(&house)).await;
    enforce(&ada, false).await;
    expect(emil.client.get("/session").await.unwrap(), 200);
    expect(sign_in(&house, "acme", "emil@acme.example", None).await, 201);
}

async fn organization(caller: &Client) -> String {
    let body = resource("organizations", json!({"name": "Bakery"}));
    created(caller.post("/organizations", &body).await.unwrap()).id()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_for_enrolling_stays_one_when_the_account_demands_nothing_any_more() {
    let (house, acme) = house_with_acme().await;
    let (_, editor_id) = acme.user(&house, "emil", "Editor", Grants::ALL).await;
    enforce(&acme.administrator, true).await;
    let prompted =
        refused(sign_in(&house, "acme", "emil@acme.example", None).await, 403, "mfa-enrolment-required");
    let enrolling = house.nobody.with_token(&prompted.text_at("/errors/0/meta/access-token"));
    let ada = enrol(&house, &acme.administrator, &acme.administrator_id).await.client;
    enforce(&ada, false).await;
    may_only_enrol(&house, &enrolling, &editor_id).await;
    expect(
        ada.patch(&format!("/users/{editor_id}"), &resource("users", json!({"status": "suspended"})))
            .await
            .unwrap(),
        200,
    );
    let path = format!("/users/{editor_id}/mfa");
    refused(enrolling.post(&path, &json!({})).await.unwrap(), 401, "invalid-token");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_code_confirms_once() {
    let (house, acme) = house_with_acme().await;
    for round in 0..5 {
        let (client, id) = acme.user(&house, &format!("user{round}"), "Editor", Grants::ALL).await;
        let app = Authenticator::start(&client, &id).await;
        let (path, body) = (format!("/users/{id}/mfa/verification"), otp(&app.next_code(&house)));
        let mut running = JoinSet::new();
        for _ in 0..4 {
            let (client, path, body) = (client.clone(), path.clone(), body.clone());
            running.spawn(async move { client.post(&path, &body).await.unwrap() });
        }
        let answers = running.join_all().await;
        let confirmed: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
        assert_eq!(confirmed.len(), 1, "{answers:#?}");
        assert!(answers.iter().all(|answer| [200, 401, 409].contains(&answer.status)), "{answers:#?}");
        let client = house.nobody.with_token(&confirmed[0].text_at("/data/attributes/access-token"));
        expect(client.get("/session").await.unwrap(), 200);
    }
}

/// Somebody who has the password and lacks the code is another matter than one who guesses at passwords: the log tells them apart, and
/// no answer does.
#[tokio::test(flavor = "multi_thread")]
async fn the_log_tells_a_missing_code_a_wrong_code_and_a_wrong_password_apart() {
    let (house, acme) = house_with_acme().await;
    let enrolled = enrol(&house, &acme.administrator, &acme.administrator_id).await;
    house.begin_a_window();
    let thief = house.nobody.from_address([127, 0, 0, 2].into()).unwrap();
    let attempt = async |password: &str, otp: Option<&str>| {
        let credentials = json!({"subdomain": "acme", "email": ADMIN, "password": password, "otp": otp});
        thief.post("/sessions", &resource("sessions", credentials)).await.unwrap()
    };
    let wrong = enrolled.app.wrong_code(&house);
    let by_password = refused(attempt("not the password", None).await, 401, "invalid-credentials");
    let with_code = refused(attempt("not the password", Some(&wrong)).await, 401, "invalid-credentials");
    refused(attempt(PASSWORD, None).await, 401, "mfa-required");
    let by_code = refused(attempt(PASSWORD, Some(&wrong)).await, 401, "invalid-credentials");
    let by_recovery =
        refused(attempt(PASSWORD, Some("AAAA-BBBB-CCCC-DDDD-EEEE-FFFF")).await, 401, "invalid-credentials");
    for answer in [&with_code, &by_code, &by_recovery] {
        assert_eq!((answer.status, &answer.text), (by_password.status, &by_password.text));
    }
    let path = "/logs?filter[resource-type]=sessions&sort=created_at&page[size]=1000";
    let told = async || {
        let log = expect(enrolled.client.get(path).await.unwrap(), 200);
        let rows = log.at("/data").as_array().cloned().unwrap();
        let of_thief = rows.iter().filter(|row| row["attributes"]["ip-address"] == "127.0.0.2");
        of_thief.map(|row| row["attributes"]["outcome"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(told().await, ["invalid-credentials", "mfa-required", "wrong-code"]);
    // Each once in a series; what came of it in the end as well.
    refused(attempt(PASSWORD, Some(&wrong)).await, 401, "invalid-credentials");
    created(attempt(PASSWORD, Some(&enrolled.app.next_code(&house))).await);
    let whole = told().await;
    assert_eq!(whole[..3], ["invalid-credentials", "mfa-required", "wrong-code"]);
    assert!(whole[3..].contains(&"allowed-after-failures".to_owned()), "{whole:?}");
    let filtered = "/logs?filter[resource-type]=sessions&filter[outcome]=wrong-code";
    let found = expect(enrolled.client.get(filtered).await.unwrap(), 200);
    assert_eq!(found.at("/meta/total-count"), json!(1), "{}", found.text);
}

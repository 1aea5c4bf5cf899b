//! Where one is signed in, and what a session may do that was not proven lately.

use journeys::{Account, Client, Grants, House, PASSWORD, created, expect, ids, refused, resource, texts};
use local::client::Answer;
use reqwest::Method;
use serde_json::{Value, json};

use crate::authenticator::enrol;

const ADMIN: &str = "admin@acme.example";

async fn opened() -> (House, Account) {
    let house = House::start().await;
    let account = house.account("acme").await;
    (house, account)
}

async fn sign_in(house: &House, otp: Option<&str>) -> Answer {
    let mut credentials = json!({"subdomain": "acme", "email": ADMIN, "password": PASSWORD});
    if let Some(otp) = otp {
        credentials["otp"] = json!(otp);
    }
    house.nobody.post("/sessions", &resource("sessions", credentials)).await.unwrap()
}

async fn prove(caller: &Client, body: Value) -> Answer {
    caller.post("/session/proof", &resource("sessions", body)).await.unwrap()
}

fn key() -> Value {
    resource("api-keys", json!({"name": "Sync", "role-name": "Editor", "all-organizations": true}))
}

#[tokio::test(flavor = "multi_thread")]
async fn one_sees_where_one_is_signed_in_and_ends_one_of_them() {
    let (house, account) = opened().await;
    let here = &account.administrator;
    let there = house.sign_in("acme", ADMIN).await;
    let shown = expect(here.get("/sessions").await.unwrap(), 200);
    assert_eq!(ids(&shown).len(), 2);
    let rows = shown.at("/data").as_array().cloned().unwrap();
    let current: Vec<bool> = rows.iter().map(|row| row["attributes"]["current"] == json!(true)).collect();
    assert_eq!(current, [false, true], "the latest first");
    assert!(texts(&shown, "/attributes/ip-address").iter().all(|ip| ip == "127.0.0.1"));
    let other = rows[0]["id"].as_str().unwrap();
    expect(here.delete(&format!("/sessions/{other}"), None).await.unwrap(), 204);
    refused(there.get("/session").await.unwrap(), 401, "invalid-token");
    expect(here.get("/session").await.unwrap(), 200);
    for gone in [other, "12345"] {
        refused(here.delete(&format!("/sessions/{gone}"), None).await.unwrap(), 404, "not-found");
    }
    // Signing out ends all of them.
    let third = house.sign_in("acme", ADMIN).await;
    expect(here.delete("/session?everywhere=true", None).await.unwrap(), 204);
    refused(third.get("/session").await.unwrap(), 401, "invalid-token");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_ends_somebodys_session_and_nobody_else_does() {
    let (house, account) = opened().await;
    let bakery = account.organization("Bakery").await;
    let (ann, ann_id) = account.user(&house, "ann", "Manager", Grants::organizations(&[&bakery])).await;
    let (ben, _) = account.user(&house, "ben", "Manager", Grants::organizations(&[&bakery])).await;
    let admin = &account.administrator;
    let path = format!("/sessions?filter[user-id]={ann_id}");
    refused(ben.get(&path).await.unwrap(), 403, "role-too-low");
    let shown = expect(admin.get(&path).await.unwrap(), 200);
    let session = ids(&shown)[0].clone();
    refused(ben.delete(&format!("/sessions/{session}"), None).await.unwrap(), 404, "not-found");
    let noc = house.account("noc").await;
    refused(noc.administrator.delete(&format!("/sessions/{session}"), None).await.unwrap(), 404, "not-found");
    expect(admin.delete(&format!("/sessions/{session}"), None).await.unwrap(), 204);
    refused(ann.get("/session").await.unwrap(), 401, "invalid-token");
    assert_eq!(ids(&expect(admin.get(&path).await.unwrap(), 200)).len(), 0);
    let key = created(admin.post("/api-keys", &key()).await.unwrap()).text_at("/data/attributes/key");
    let key = house.nobody.with_api_key(&key);
    refused(key.get("/sessions").await.unwrap(), 403, "person-needed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_was_not_proven_lately_changes_no_credentials() {
    let (house, account) = opened().await;
    let (admin, id) = (&account.administrator, account.administrator_id.as_str());
    house.product.clock.advance(10 * 60_000);
    let enforce = resource("accounts", json!({"enforce-mfa": true}));
    let delegates = resource("accounts", json!({"require-delegate-mfa": true}));
    let roads = [
        (Method::POST, format!("/users/{id}/mfa"), None),
        (Method::POST, "/api-keys".to_owned(), Some(key())),
        (Method::PATCH, "/account".to_owned(), Some(enforce)),
        (Method::PATCH, "/account".to_owned(), Some(delegates)),
    ];
    for (method, path, body) in &roads {
        let body = body.as_ref().map(Value::to_string);
        let answer = admin.send(method.clone(), path, &[], body).await.unwrap();
        refused(answer, 403, "proof-needed");
    }
    // What is no credential goes on.
    expect(admin.patch("/account", &resource("accounts", json!({"name": "Acme"}))).await.unwrap(), 200);
    refused(prove(admin, json!({"password": "not the password"})).await, 403, "wrong-password");
    expect(prove(admin, json!({})).await, 422);
    let proven = expect(prove(admin, json!({ "password": PASSWORD })).await, 200);
    // The session itself is fresh, and so is the token that came with the proof.
    created(admin.post("/api-keys", &key()).await.unwrap());
    let again = house.nobody.with_token(&proven.text_at("/data/attributes/access-token"));
    created(again.post("/api-keys", &key()).await.unwrap());
    house.product.clock.advance(10 * 60_000);
    refused(admin.post("/api-keys", &key()).await.unwrap(), 403, "proof-needed");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_a_second_factor_proves_themselves_with_it_and_hears_of_every_change() {
    let (house, account) = opened().await;
    let id = account.administrator_id.as_str();
    let enrolled = enrol(&house, &account.administrator, id).await;
    let admin = &enrolled.client;
    house.product.clock.advance(11 * 60_000);
    let codes = format!("/users/{id}/mfa/recovery-codes");
    let otp = |code: &str| resource("mfa", json!({ "otp": code }));
    let code = enrolled.app.next_code(&house);
    refused(admin.post(&codes, &otp(&code)).await.unwrap(), 403, "proof-needed");
    refused(prove(admin, json!({ "password": PASSWORD })).await, 403, "mfa-required");
    refused(prove(admin, json!({"password": PASSWORD, "otp": "1"})).await, 422, "not-a-code");
    let wrong = enrolled.app.wrong_code(&house);
    refused(prove(admin, json!({"password": PASSWORD, "otp": wrong})).await, 422, "wrong-code");
    let code = enrolled.app.next_code(&house);
    expect(prove(admin, json!({"password": PASSWORD, "otp": code})).await, 200);
    let shown = expect(admin.get(&format!("/users/{id}/mfa")).await.unwrap(), 200);
    assert_eq!(shown.at("/data/attributes/recovery-codes-left"), json!(10));
    let code = enrolled.app.next_code(&house);
    let renewed = expect(admin.post(&codes, &otp(&code)).await.unwrap(), 200);
    let new = renewed.at("/data/attributes/recovery-codes");
    let new: Vec<&str> = new.as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(new.len(), 10);
    refused(sign_in(&house, Some(&enrolled.recovery_codes[0])).await, 401, "invalid-credentials");
    created(sign_in(&house, Some(new[0])).await);
    let shown = expect(admin.get(&format!("/users/{id}/mfa")).await.unwrap(), 200);
    assert_eq!(shown.at("/data/attributes/recovery-codes-left"), json!(9));
    let subjects: Vec<String> = house.mails(ADMIN).await.iter().map(|mail| mail.subject.clone()).collect();
    let about = |what: &str| format!("{what}: The acme account");
    assert_eq!(
        subjects,
        ["A second factor was added", "New recovery codes were made", "A recovery code was used"].map(about)
    );
    // From somewhere else, the owner is told.
    let far = house.nobody.from_address([127, 0, 0, 7].into()).unwrap();
    let credentials = json!({"subdomain": "acme", "email": ADMIN, "password": PASSWORD, "otp": new[1]});
    created(far.post("/sessions", &resource("sessions", credentials)).await.unwrap());
    let mails = house.mails(ADMIN).await;
    let told =
        mails.iter().rev().find(|mail| mail.subject.starts_with("A sign-in from a new place")).unwrap();
    assert!(told.body.text.as_deref().unwrap_or_default().contains("127.0.0.7"));
}

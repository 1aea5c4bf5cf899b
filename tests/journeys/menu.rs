//! `GET /session`: who one is and where, and which hosts let one in, or why not.

use std::time::Duration;

use journeys::{Account, Client, House, created, expect, refused, resource};
use serde_json::{Value, json};

use crate::authenticator::enrol;
use crate::glueconnect::{connect, enter, offer_all};

async fn session(client: &Client) -> journeys::Answer {
    expect(client.get("/session").await.unwrap(), 200)
}

/// The hosts in the menu: subdomain, state, and why.
async fn menu(client: &Client) -> Vec<(String, String, Value)> {
    let rows = session(client).await.at("/meta/accounts");
    let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    let rows = rows.as_array().unwrap();
    rows.iter().map(|row| (text(row, "subdomain"), text(row, "state"), row["reason"].clone())).collect()
}

fn one(subdomain: &str, state: &str, reason: Value) -> Vec<(String, String, Value)> {
    vec![(subdomain.to_owned(), state.to_owned(), reason)]
}

async fn set(host: &Account, path: &str, kind: &str, attributes: Value) {
    expect(host.administrator.patch(path, &resource(kind, attributes)).await.unwrap(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_says_who_one_is_and_where() {
    let house = House::start().await;
    let host = house.account("acme").await;
    let noc = house.account("night-noc").await;
    connect(&house, &host, &noc, &offer_all("night-noc", "Editor")).await;
    let at_home = session(&noc.administrator).await.at("/data/attributes");
    let inside = session(&enter(&noc.administrator, &host.id).await).await.at("/data/attributes");
    for shown in [&at_home, &inside] {
        assert_eq!(shown["name"], json!("Ada Admin"));
        assert_eq!(shown["email"], json!("admin@night-noc.example"));
        assert_eq!(shown["home-account-id"], json!(noc.id));
        assert_eq!(shown["home-account-name"], json!("The night-noc account"));
        assert_eq!(shown["home-subdomain"], json!("night-noc"));
        assert_eq!(shown["scope"], json!("full"));
    }
    assert_eq!(
        (&at_home["account-name"], &at_home["subdomain"]),
        (&json!("The night-noc account"), &json!("night-noc"))
    );
    assert_eq!((&inside["account-name"], &inside["subdomain"]), (&json!("The acme account"), &json!("acme")));
    assert_eq!((&inside["connected"], &inside["effective-role-name"]), (&json!(true), &json!("Editor")));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_menu_has_every_host_as_it_is_today_and_says_why_one_cannot_enter() {
    let house = House::start().await;
    let host = house.account("acme").await;
    let noc = house.account("night-noc").await;
    let person = &noc.administrator;
    assert_eq!(menu(person).await, []);
    created(host.administrator.post("/connections", &offer_all("night-noc", "Editor")).await.unwrap());
    assert_eq!(menu(person).await, [], "nothing that was not accepted");
    let answer = crate::glueconnect::accept(&house, person, "admin@night-noc.example").await;
    let id = expect(answer, 200).id();
    assert!(!id.is_empty());
    let listed = expect(host.administrator.get("/connections").await.unwrap(), 200);
    let id = journeys::ids(&listed)[0].clone();
    assert_eq!(menu(person).await, one("acme", "open", json!(null)));
    let row = session(person).await.at("/meta/accounts/0");
    assert_eq!(
        (&row["maximum-role-name"], &row["effective-role-name"]),
        (&json!("Editor"), &json!("Editor"))
    );

    // Whoever is inside sees the same menu.
    assert_eq!(menu(&enter(person, &host.id).await).await, one("acme", "open", json!(null)));

    // The host and the connection as they are now.
    set(&host, "/account", "accounts", json!({"name": "Acme IT", "subdomain": "acme-it"})).await;
    assert_eq!(session(person).await.text_at("/meta/accounts/0/account-name"), "Acme IT");
    let path = format!("/connections/{id}");
    set(&host, &path, "connections", json!({"maximum-role-name": "Creator"})).await;
    assert_eq!(session(person).await.text_at("/meta/accounts/0/maximum-role-name"), "Creator");
    set(&host, &path, "connections", json!({"status": "suspended"})).await;
    assert_eq!(menu(person).await, one("acme-it", "suspended", json!("connection-suspended")));
    set(&host, &path, "connections", json!({"status": "active"})).await;
    assert_eq!(menu(person).await, one("acme-it", "open", json!(null)));

    // What holds for this person alone.
    let limit = format!("{path}/users/{}", noc.administrator_id);
    let shut_out = resource("users", json!({"access": false}));
    let put = host.administrator.send(reqwest::Method::PUT, &limit, &[], Some(shut_out.to_string()));
    expect(put.await.unwrap(), 200);
    assert_eq!(menu(person).await, one("acme-it", "closed", json!("person-excluded")));
    expect(host.administrator.delete(&limit, None).await.unwrap(), 204);
    set(&host, "/account", "accounts", json!({"require-delegate-mfa": true})).await;
    assert_eq!(menu(person).await, one("acme-it", "closed", json!("delegate-mfa-required")));
    set(&host, "/account", "accounts", json!({"require-delegate-mfa": false})).await;

    // Past its end it is still there, so that nobody wonders; ended it is not.
    let end = house.product.clock.now().after(Duration::from_secs(3_600)).to_string();
    set(&host, &path, "connections", json!({"expires-at": end})).await;
    assert_eq!(menu(person).await, one("acme-it", "open", json!(null)));
    house.advance_hours(2);
    assert_eq!(menu(person).await, one("acme-it", "expired", json!("connection-expired")));
    expect(host.administrator.delete(&path, None).await.unwrap(), 204);
    assert_eq!(menu(person).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_can_only_enrol_hears_who_they_are() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let noc = house.account("night-noc").await;
    connect(&house, &noc, &account, &offer_all("acme", "Editor")).await;
    let admin = &account.administrator;
    set(&account, "/account", "accounts", json!({"enforce-mfa": true})).await;
    refused(admin.get("/organizations").await.unwrap(), 403, "mfa-enrolment-required");
    let told = session(admin).await;
    assert_eq!(told.text_at("/data/attributes/scope"), "enrolment");
    assert_eq!(told.text_at("/data/attributes/name"), "Ada Admin");
    assert_eq!(told.at("/meta/accounts"), json!([]), "nowhere to go from here");
    let attributes =
        json!({"subdomain": "acme", "email": "admin@acme.example", "password": journeys::PASSWORD});
    let refusal = house.nobody.post("/sessions", &resource("sessions", attributes)).await.unwrap();
    let token = refused(refusal, 403, "mfa-enrolment-required").text_at("/errors/0/meta/access-token");
    let enrolling = house.nobody.with_token(&token);
    assert_eq!(session(&enrolling).await.text_at("/data/attributes/scope"), "enrolment");
    let enrolled = enrol(&house, &enrolling, &account.administrator_id).await;
    assert_eq!(session(&enrolled.client).await.text_at("/data/attributes/scope"), "full");
    assert_eq!(menu(&enrolled.client).await, one("night-noc", "open", json!(null)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_menu_costs_two_round_trips_and_a_unit_for_each_host() {
    let (house, cable) = House::start_on_a_cable_to_dynamodb().await;
    let noc = house.account("night-noc").await;
    const HOSTS: u32 = 9;
    for number in 0..HOSTS {
        let host = house.account(&format!("host-{number}")).await;
        connect(&house, &host, &noc, &offer_all("night-noc", "Editor")).await;
    }
    let person = &noc.administrator;
    assert_eq!(menu(person).await.len(), HOSTS as usize);
    cable.forget();
    session(person).await;
    let cost = cable.costs()["sign-in"];
    let mut asked = cable.operations_of("sign-in");
    // Requests are counted now and then, some ten together.
    asked.retain(|operation| operation != "UpdateItem");
    asked.sort();
    // Who calls, and where the hosts are; then the hosts, and what they say of this person.
    assert_eq!(asked, ["BatchGetItem", "BatchGetItem", "BatchGetItem", "Query"]);
    assert!(cost.read <= f64::from(HOSTS) + 5.0, "{cost:?}");
    // The first two are under way together.
    cable.wait_for(2);
    let told = tokio::time::timeout(Duration::from_secs(60), session(person)).await;
    told.unwrap_or_else(|_| panic!("one waits for the other's answer"));
}

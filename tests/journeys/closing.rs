//! An account is to be closed: asked for twice, and for thirty days each of its Administrators can stop it.

use journeys::{
    Account, Answer, Client, Grants, House, Mail, PASSWORD, created, expect, invitation, refused, resource,
};
use serde_json::{Value, json};

use crate::glueconnect::{connect, enter, offer, offer_all};
use crate::races::{Racer, race};

/// The days of grace, in hours.
pub const GRACE: i64 = 30 * 24;

fn confirmed(subdomain: &str) -> Value {
    resource("account-closings", json!({ "confirm": subdomain }))
}

pub async fn close(caller: &Client, subdomain: &str) -> Answer {
    caller.post("/account/closing", &confirmed(subdomain)).await.unwrap()
}

async fn keep(caller: &Client) -> Answer {
    caller.delete("/account/closing", None).await.unwrap()
}

async fn closing_at(caller: &Client) -> Value {
    expect(caller.get("/account").await.unwrap(), 200).at("/data/attributes/closing-at")
}

/// Runs the schedule that closes accounts, and waits for what it set off.
pub async fn run(house: &House) -> Value {
    let report = house.product.run_schedule("close-accounts").await.unwrap();
    house.product.drain().await.unwrap();
    report
}

pub async fn subjects(house: &House, email: &str) -> Vec<String> {
    house.mails(email).await.iter().map(|mail| mail.subject.clone()).collect()
}

/// What a mail says, whatever the width of its lines.
fn words(mail: &Mail) -> String {
    let text = mail.body.text.clone().unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test(flavor = "multi_thread")]
async fn it_takes_an_administrator_in_person_a_proof_and_the_name_and_each_can_stop_it() {
    let house = House::start().await;
    house.product.schedules_wait_to_be_told();
    let (acme, noc) = (house.account("acme").await, house.account("night-noc").await);
    let (second, _) = acme.user(&house, "second", "Administrator", Grants::ALL).await;
    let (manager, _) = acme.user(&house, "mara", "Manager", Grants::ALL).await;
    connect(&house, &acme, &noc, &offer_all("night-noc", "Administrator")).await;
    let visitor = enter(&noc.administrator, &acme.id).await;
    let key = json!({"name": "Sync", "role-name": "Administrator", "all-organizations": true});
    let key = created(acme.administrator.post("/api-keys", &resource("api-keys", key)).await.unwrap());
    let program = house.nobody.with_api_key(&key.text_at("/data/attributes/key"));
    for (caller, code) in
        [(&manager, "role-too-low"), (&visitor, "security-permission"), (&program, "person-needed")]
    {
        refused(close(caller, "acme").await, 403, code);
        refused(keep(caller).await, 403, code);
    }
    refused(close(&acme.administrator, "night-noc").await, 409, "confirm-needed");
    refused(close(&acme.administrator, "no name").await, 422, "invalid");
    let nothing = resource("account-closings", json!({}));
    refused(acme.administrator.post("/account/closing", &nothing).await.unwrap(), 422, "missing");
    expect(keep(&acme.administrator).await, 204);
    house.product.clock.advance(10 * 60_000);
    refused(close(&acme.administrator, "acme").await, 403, "proof-needed");
    let proof = resource("sessions", json!({ "password": PASSWORD }));
    expect(acme.administrator.post("/session/proof", &proof).await.unwrap(), 200);
    assert_eq!(closing_at(&acme.administrator).await, Value::Null);
    assert_eq!(
        house.changes(&acme.id).await.iter().filter(|one| one["resource_type"] == "accounts").count(),
        1
    );

    let asked = expect(close(&acme.administrator, "acme").await, 200);
    let date = asked.at("/data/attributes/closing-at");
    house.product.drain().await.unwrap();
    for email in ["admin@acme.example", "second@acme.example"] {
        let mail = house.mails(email).await.pop().unwrap();
        assert_eq!(mail.subject, "This account will be closed: The acme account");
        let text = words(&mail);
        assert!(text.contains("Ada Admin asked") && text.contains("open Account settings"), "{text}");
    }
    assert!(!subjects(&house, "mara@acme.example").await.iter().any(|subject| subject.contains("closed")));
    // Asking again, a day later and without a proof, moves no date and mails nobody.
    house.advance_hours(11);
    let mails = house.product.mailbox.mails().len();
    assert_eq!(expect(close(&second, "acme").await, 200).at("/data/attributes/closing-at"), date);
    house.product.drain().await.unwrap();
    assert_eq!(house.product.mailbox.mails().len(), mails);
    for caller in [&second, &manager] {
        assert_eq!(closing_at(caller).await, date, "everybody at home sees the date");
    }
    // Another Administrator stops it, with no more than a click, and once more.
    expect(keep(&second).await, 204);
    expect(keep(&second).await, 204);
    house.product.drain().await.unwrap();
    assert_eq!(house.product.mailbox.mails().len(), mails + 2);
    assert_eq!(
        subjects(&house, "admin@acme.example").await.last().unwrap(),
        "This account will not be closed: The acme account"
    );
    let log = house.changes(&acme.id).await;
    let changes: Vec<&Value> =
        log.iter().filter(|one| one["resource_type"] == "accounts").map(|one| &one["changes"]).collect();
    assert_eq!(changes.len(), 3, "{changes:?}");
    assert!(changes[1].to_string().contains("closing-at") && changes[2].to_string().contains("closing-at"));
    house.advance_hours(GRACE + 1);
    assert_eq!(run(&house).await["closed"], 0);
    acme.administrator_again(&house).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closing_account_invites_nobody_new_and_otherwise_goes_on() {
    let house = House::start_with_much_mail().await;
    house.product.schedules_wait_to_be_told();
    let (acme, noc) = (house.account("acme").await, house.account("night-noc").await);
    let bakery = acme.organization("Bakery").await;
    let (early, early_id) = acme.invite("early", "Lite", Grants::organizations(&[&bakery])).await;
    let offered =
        created(noc.administrator.post("/connections", &offer_all("acme", "Editor")).await.unwrap()).id();
    let admin = &acme.administrator;
    expect(close(admin, "acme").await, 200);
    let ann = invitation("ann@acme.example", "Lite", Grants::organizations(&[&bakery]));
    let before = house.changes(&acme.id).await.len();
    refused(admin.post("/users", &ann).await.unwrap(), 409, "account-closing");
    refused(
        admin.post(&format!("/users/{early_id}/invitation"), &json!({})).await.unwrap(),
        409,
        "account-closing",
    );
    refused(
        admin.post("/connections", &offer("night-noc", "Editor", &[&bakery])).await.unwrap(),
        409,
        "account-closing",
    );
    let accepted = resource("connections", json!({"decision": "accept"}));
    let answer = format!("/connections/{offered}/answer");
    refused(admin.post(&answer, &accepted).await.unwrap(), 409, "account-closing");
    assert_eq!(house.changes(&acme.id).await.len(), before, "nothing was changed");
    // Whoever was invited before still comes in, and people go on working.
    created(house.accept(&early).await);
    acme.organization("Dental").await;
    // What was refused is possible again once it is stopped.
    expect(keep(admin).await, 204);
    created(admin.post("/users", &ann).await.unwrap());
    expect(admin.post(&answer, &accepted).await.unwrap(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_at_once_one_is_first_and_nothing_is_half_closed() {
    let (house, _, _) = House::start_where_transactions_conflict().await;
    house.product.schedules_wait_to_be_told();
    let acme = house.account("acme").await;
    let (second, _) = acme.user(&house, "second", "Administrator", Grants::ALL).await;
    for _ in 0..4 {
        let racers = vec![
            Racer::new(&acme.administrator, "POST", "/account/closing", confirmed("acme")),
            Racer::new(&second, "DELETE", "/account/closing", Value::Null),
            Racer::new(&second, "POST", "/account/closing", confirmed("acme")),
        ];
        let statuses: Vec<u16> = race(racers).await.iter().map(|answer| answer.status).collect();
        assert_eq!(statuses, [200, 204, 200]);
        let stored = house.partition(&format!("A#{}", acme.id)).await;
        let account = stored.iter().find(|item| item["sk"] == "ACCOUNT").unwrap();
        assert_eq!(account.get("closing").is_some(), account.get("due_at").is_some(), "{account}");
    }
    expect(close(&acme.administrator, "acme").await, 200);
    house.advance_hours(GRACE);
    let acme = Account { administrator: acme.administrator_again(&house).await, ..acme };
    // Two runs, and an Administrator who stops it: it is closed or kept, and never both.
    let once = || house.product.invoke("close-accounts", json!({}));
    let (one, other, kept) = tokio::join!(once(), once(), keep(&acme.administrator));
    let closed: u64 =
        [one.unwrap(), other.unwrap()].iter().map(|report| report["closed"].as_u64().unwrap()).sum();
    assert_eq!((closed, kept.status), if kept.status == 204 { (0, 204) } else { (1, 401) }, "{}", kept.text);
    let items = house.partition(&format!("A#{}", acme.id)).await;
    let keys: Vec<&str> = items.iter().map(|item| item["sk"].as_str().unwrap()).collect();
    if kept.status == 204 {
        assert_eq!(keys, ["ACCOUNT", "SECURITY"]);
        expect(close(&acme.administrator, "acme").await, 200);
        house.advance_hours(GRACE);
    } else {
        assert_eq!(keys, ["CLOSED"]);
    }
    let (one, other) = tokio::join!(once(), once());
    assert!(one.is_ok() && other.is_ok());
    run(&house).await;
    assert_eq!(house.partition(&format!("A#{}#USERS", acme.id)).await, Vec::<Value>::new());
    let entries = house.changes(&acme.id).await;
    let closings =
        entries.iter().filter(|one| one["resource_type"] == "accounts" && one["action"] == "delete");
    assert_eq!(closings.count(), 1, "it is closed once");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_closes_the_account_of_a_customer_who_is_gone() {
    let house = House::start().await;
    house.product.schedules_wait_to_be_told();
    let acme = house.account("acme").await;
    let id: u64 = acme.id.parse().unwrap();
    let ask = |word: &str, confirm: &str| json!({word: {"account-id": id, "confirm": confirm}});
    let invoke = |event: Value| house.product.invoke("close-accounts", event);
    for wrong in [ask("close", "acme-it"), json!({"close": {"account-id": 7, "confirm": "acme"}})] {
        assert!(invoke(wrong).await.is_err());
    }
    assert_eq!(closing_at(&acme.administrator).await, Value::Null);
    invoke(ask("close", "acme")).await.unwrap();
    invoke(ask("close", "acme")).await.unwrap();
    assert_ne!(closing_at(&acme.administrator).await, Value::Null);
    house.product.drain().await.unwrap();
    let mail = house.mails("admin@acme.example").await.pop().unwrap();
    assert!(words(&mail).contains("The operator asked"), "{mail:?}");
    invoke(ask("keep", "acme")).await.unwrap();
    assert_eq!(closing_at(&acme.administrator).await, Value::Null);
    invoke(ask("close", "acme")).await.unwrap();
    house.advance_hours(GRACE);
    assert_eq!(run(&house).await["closed"], 1);
    assert!(invoke(ask("keep", "acme")).await.is_err(), "it is gone");
    let entries = house.changes(&acme.id).await;
    let told =
        entries.iter().filter(|one| one["resource_type"] == "accounts" && one.get("user_id").is_none());
    assert_eq!(told.count(), 4, "three askings and the closing");
}

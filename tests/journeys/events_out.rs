//! What others are told on EventBridge: each change once it is in the log, by ids and words.

use std::collections::BTreeSet;

use journeys::{Grants, House, created, expect, resource};
use local::events::Event;
use reqwest::Method;
use serde_json::{Value, json};

use crate::glueconnect::{connect, offer};

fn schema() -> jsonschema::Validator {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/events.schema.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
}

/// The events of an account, each once: a follower knows by the entry's id what comes again.
fn of_account(house: &House, account: &str) -> Vec<Event> {
    let mut seen = BTreeSet::new();
    let mut events = house.product.events.of_account(account);
    events.retain(|event| seen.insert(event.detail["entry-id"].to_string()));
    events
}

fn types(events: &[Event]) -> Vec<&str> {
    events.iter().map(|event| event.detail_type.as_str()).collect()
}

fn entry_ids(events: &[Event]) -> Vec<String> {
    events.iter().map(|event| event.detail["entry-id"].as_str().unwrap().to_owned()).collect()
}

/// The ids of the entries of an account's log in these months that change something, in their order.
async fn entries(house: &House, account: &str, months: &[String]) -> Vec<String> {
    let mut ids = Vec::new();
    for month in months {
        let log = house.log_of(account, month).await;
        let changes = log.iter().filter(|entry| {
            let action = entry["action"].as_str().unwrap();
            ["create", "update", "delete"].contains(&action) && entry["outcome"] == "allowed"
        });
        ids.extend(changes.map(|entry| entry["id"].to_string().trim_matches('"').to_owned()));
    }
    ids
}

fn this_month(house: &House) -> Vec<String> {
    vec![house.product.clock.now().month()]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_is_told_by_ids_and_words_and_in_the_order_of_the_log() {
    let house = House::start().await;
    let mut months = this_month(&house);
    let (host, delegate) = (house.account("acme").await, house.account("northwind").await);
    let bakery = host.organization("Bakery").await;
    let (ann, _) = host.user(&house, "ann", "Editor", Grants::organizations(&[&bakery])).await;
    expect(ann.get("/organizations").await.unwrap(), 200);
    let body = resource("users", json!({"role-name": "Administrator"}));
    let refused = ann.patch(&format!("/users/{}", host.administrator_id), &body).await.unwrap();
    assert!(refused.status >= 400, "{}", refused.text);
    let (_, late) = host.invite("late", "Lite", Grants::organizations(&[&bakery])).await;
    let body = resource("users", json!({"role-name": "Editor"}));
    expect(host.administrator.patch(&format!("/users/{late}"), &body).await.unwrap(), 200);
    house.product.drain().await.unwrap();
    let body = offer("northwind", "Editor", &[&bakery]);
    let connection = connect(&house, &host, &delegate, &body).await;
    // Somebody of whom the host knows an address and no id.
    let limit = resource("users", json!({"maximum-role-name": "Read-only"})).to_string();
    let path = format!("/connections/{connection}/users/tom@northwind.example");
    expect(host.administrator.send(Method::PUT, &path, &[], Some(limit)).await.unwrap(), 200);
    expect(host.administrator.delete(&format!("/connections/{connection}"), None).await.unwrap(), 204);
    house.advance_hours(100);
    house.run_schedule().await;

    months.extend(this_month(&house));
    months.dedup();
    let told = house.product.events.told();
    let schema = schema();
    for event in &told {
        let json = serde_json::to_value(event).unwrap();
        let faults: Vec<String> = schema.iter_errors(&json).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{faults:?}: {json}");
        let text = json.to_string();
        for private in ["@", "Ada", "ann", "Bakery", "late", "eyJ", "127.0.0.1"] {
            assert!(!text.contains(private), "{private}: {text}");
        }
    }
    for account in [&host.id, &delegate.id] {
        let of_account = of_account(&house, account);
        assert_eq!(entry_ids(&of_account), entries(&house, account, &months).await, "account {account}");
    }
    // Beside the mailbox whoever develops looks at them.
    let page = format!("{}/events?account={}", house.product.control_url, host.id);
    let shown = expect(house.nobody.get(&page).await.unwrap(), 200);
    assert_eq!(shown.at("/events"), serde_json::to_value(house.product.events.of_account(&host.id)).unwrap());
    let of_host = of_account(&house, &host.id);
    let of_late: Vec<&str> = of_host
        .iter()
        .filter(|event| event.detail["resource-id"] == late.as_str())
        .map(|event| event.detail_type.as_str())
        .collect();
    assert_eq!(
        of_late,
        ["glueconnect.user.invited", "glueconnect.access.changed", "glueconnect.invitation.expired"]
    );
    let changed = of_host.iter().find(|event| event.detail_type == "glueconnect.access.changed").unwrap();
    assert_eq!(changed.detail["user-id"], host.administrator_id.as_str());
    let role = json!({"name": "role-name", "from": "Lite", "to": "Editor"});
    assert!(changed.detail["changes"].as_array().unwrap().contains(&role), "{}", changed.detail);
    let known: BTreeSet<&str> = types(&told).into_iter().collect();
    for kind in ["account.opened", "organization.created", "invitation.accepted", "session.began"] {
        assert!(known.contains(format!("glueconnect.{kind}").as_str()), "{kind}: {known:?}");
    }
    for account in [&host.id, &delegate.id] {
        let of_account = of_account(&house, account);
        let of_connection = types(&of_account).into_iter().filter(|kind| kind.contains(".connection."));
        assert_eq!(
            of_connection.collect::<Vec<_>>(),
            ["offered", "accepted", "ended"].map(|what| format!("glueconnect.connection.{what}")),
            "account {account}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_eventbridge_does_not_take_is_sealed_all_the_same_and_told_later() {
    let house = House::start().await;
    let account = house.account("acme").await;
    house.product.drain().await.unwrap();
    house.product.events.be_down(true);
    let refusal = house.product.events.next_refusal();
    let (_, ()) = tokio::join!(account.organization("Bakery"), refusal);
    let newest = entries(&house, &account.id, &this_month(&house)).await.pop().unwrap();
    let seals = house.partition(&format!("A#{}#SEALS", account.id)).await;
    assert!(seals.iter().any(|seal| seal.to_string().contains(&newest)), "{newest} is not sealed");
    assert!(!entry_ids(&house.product.events.told()).contains(&newest));

    house.product.events.be_down(false);
    house.product.drain().await.unwrap();
    assert_eq!(entry_ids(&of_account(&house, &account.id)).last(), Some(&newest));
}

/// The log has it, whoever follows can read it there, and everything after it is told.
#[tokio::test(flavor = "multi_thread")]
async fn what_eventbridge_does_not_take_for_an_hour_is_given_up() {
    let house = House::start().await;
    let account = house.account("acme").await;
    house.product.drain().await.unwrap();
    house.product.events.be_down(true);
    let lost = created(
        account
            .administrator
            .post("/organizations", &resource("organizations", json!({"name": "Lost"})))
            .await
            .unwrap(),
    );
    house.advance_hours(2);
    house.product.drain().await.unwrap();
    house.product.events.be_down(false);
    let administrator = account.administrator_again(&house).await;
    let kept = created(
        administrator
            .post("/organizations", &resource("organizations", json!({"name": "Kept"})))
            .await
            .unwrap(),
    );
    house.product.drain().await.unwrap();
    let told = of_account(&house, &account.id);
    let about = |id: &str| told.iter().filter(|event| event.detail["resource-id"] == id).count();
    assert_eq!((about(&lost.id()), about(&kept.id())), (0, 1));
    let log = house.changes(&account.id).await;
    assert!(log.iter().any(|entry| entry["resource_id"] == lost.id().as_str()));
}

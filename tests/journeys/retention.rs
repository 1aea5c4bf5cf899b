//! An account says for how many months its activity log is kept. What is older goes, and the seals say of nothing else that it may be gone.

use journeys::{Account, Client, Grants, House, created, expect, ids, refused, resource};
use serde_json::{Value, json};

use crate::filled::{entry_key, padded, with, write};
use crate::log_tampering::{log, verified};

async fn keep(admin: &Client, months: Value) -> journeys::Answer {
    admin.patch("/account", &resource("accounts", json!({"log-retention-months": months}))).await.unwrap()
}

/// Half a year after an account was opened, and so many more things were done in it at once; answers the month in which that was.
async fn half_a_year_old(house: &House, more: u64) -> (Account, Client, String) {
    let account = house.account("acme").await;
    account.organization("Bakery").await;
    let month = house.product.clock.now().month();
    let made = log(house, account.id.parse().unwrap()).await.pop().unwrap();
    let first: u64 = made["sk"]["S"].as_str().unwrap().parse().unwrap();
    let copy = |number: u64| {
        let id = first + number;
        let pk = entry_key(&account.id, &month, id).pk;
        with(&made, json!({"pk": {"S": pk}, "sk": {"S": padded(id)}, "id": {"N": id.to_string()}}))
    };
    write(house, &(1..=more).map(copy).collect::<Vec<_>>()).await;
    house.product.drain().await.unwrap();
    house.advance_hours(24 * 190);
    let admin = account.administrator_again(house).await;
    (account, admin, month)
}

/// As DynamoDB does it after some days.
async fn remove_what_is_marked(house: &House, account: &str, month: &str) -> usize {
    let mut gone = 0;
    for entry in house.log_of(account, month).await.iter().filter(|entry| entry.get("ttl").is_some()) {
        let key = json!({"pk": {"S": entry["pk"]}, "sk": {"S": entry["sk"]}});
        house.dynamodb("DeleteItem", json!({ "Key": key })).await;
        gone += 1;
    }
    gone
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_older_than_the_account_keeps_goes_and_the_seals_hold() {
    let house = House::start().await;
    let (account, admin, month) = half_a_year_old(&house, 2_500).await;
    let number = account.id.parse().unwrap();
    let old = house.log_of(&account.id, &month).await.len();
    assert!(old > 2_500);
    let kept = expect(keep(&admin, json!(3)).await, 200);
    assert_eq!(kept.at("/data/attributes/log-retention-months"), 3);

    // At once nobody reads it any more, whatever is still stored.
    let shown = expect(admin.get("/logs?sort=created_at&page[size]=1000").await.unwrap(), 200);
    let all = house.log_of(&account.id, &month).await;
    assert!(ids(&shown).iter().all(|id| !all.iter().any(|entry| entry["id"] == id.as_str())));

    // Each run looks at a part of it.
    house.run_schedule().await;
    let marked = |log: &[Value]| log.iter().filter(|entry| entry.get("ttl").is_some()).count();
    let after_one = marked(&house.log_of(&account.id, &month).await);
    assert!(after_one > 0 && after_one < old, "{after_one} of {old}");
    house.run_schedule().await;
    assert_eq!(marked(&house.log_of(&account.id, &month).await), old);
    let now = house.log_of(&account.id, &house.product.clock.now().month()).await;
    assert_eq!(marked(&now), 0, "what is younger stays");
    let told: Vec<&Value> =
        now.iter().filter(|entry| entry["action"] == "delete" && entry["resource_type"] == "logs").collect();
    assert_eq!(told.len(), 1, "the log says once that it goes");
    house.product.drain().await.unwrap();
    let report = verified(&house, number, &[]).await;
    assert!(report.is_clean() && report.by_retention == 0, "{report}");

    assert_eq!(remove_what_is_marked(&house, &account.id, &month).await, old);
    let report = verified(&house, number, &[]).await;
    assert!(report.is_clean() && report.by_retention == old, "{report}");
    let admin = account.administrator_again(&house).await;
    house.run_schedule().await;
    let after = house.log_of(&account.id, &house.product.clock.now().month()).await;
    assert_eq!(marked(&after), 0, "there is nothing more to do this month");

    // Kept for ever from now on: what is gone may be gone all the same, and what is younger may not.
    expect(keep(&admin, json!(null)).await, 200);
    house.run_schedule().await;
    house.product.drain().await.unwrap();
    let report = verified(&house, number, &[]).await;
    assert!(report.is_clean() && report.by_retention == old, "{report}");
    let young = log(&house, number).await.remove(0);
    house.dynamodb("DeleteItem", json!({"Key": {"pk": young["pk"], "sk": young["sk"]}})).await;
    let report = verified(&house, number, &[]).await;
    assert_eq!((report.findings.len(), report.by_retention), (1, old), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_who_proved_it_says_how_long_the_log_is_kept() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let (manager, _) = account.user(&house, "mara", "Manager", Grants::ALL).await;
    refused(keep(&manager, json!(12)).await, 403, "role-too-low");
    for months in [json!(0), json!(2), json!(121), json!(-1)] {
        refused(keep(&account.administrator, months).await, 422, "invalid");
    }
    refused(keep(&account.administrator, json!("12")).await, 422, "wrong-type");
    house.advance_hours(1);
    refused(keep(&account.administrator, json!(12)).await, 403, "proof-needed");
    let other = resource("accounts", json!({"name": "Acme and Sons"}));
    expect(account.administrator.patch("/account", &other).await.unwrap(), 200);
    let admin = account.administrator_again(&house).await;
    for months in [json!(12), json!(120), json!(null)] {
        let kept = expect(keep(&admin, months.clone()).await, 200);
        assert_eq!(kept.at("/data/attributes/log-retention-months"), months);
    }
    let changes = house.changes(&account.id).await;
    let told = |entry: &&Value| entry["changes"].to_string().contains("log-retention-months");
    assert_eq!(changes.iter().filter(told).count(), 3, "each change is in the log");
    created(
        admin.post("/organizations", &resource("organizations", json!({"name": "Bakery"}))).await.unwrap(),
    );
}

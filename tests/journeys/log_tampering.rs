//! Someone with access to the table alters the activity log past the product, and the verifier names what they did.

use std::time::Instant;

use clap::Parser;
use environment::aws::local_aws_config;
use journeys::{Grants, House, created, resource};
use policy::AccountId;
use seals::{EntryKey, Head};
use serde_json::{Value, json};
use store::{Store, keys};
use verify_log::arguments::Arguments;
use verify_log::{Finding, Report, verify};

use crate::filled::entry_key;

pub(crate) async fn verified(house: &House, account: AccountId, known: &[Head]) -> Report {
    let store = Store::new(&local_aws_config(&house.product.dynamodb_url), local::functions::TABLE);
    verify(&store, account, known, house.product.clock.now(), &mut |_| {}).await.unwrap()
}

/// The partition of an entry of this month's log.
fn partition(house: &House, account: AccountId, id: &str) -> String {
    entry_key(&account.to_string(), &house.product.clock.now().month(), id.parse().unwrap()).pk
}

/// This month's log as it is stored, oldest first.
pub(crate) async fn log(house: &House, account: AccountId) -> Vec<Value> {
    let mut entries = Vec::new();
    for pk in keys::log_lanes(account, &house.product.clock.now().month()) {
        entries.extend(items(house, &pk).await);
    }
    entries.sort_by_key(|entry| entry["sk"]["S"].as_str().unwrap().to_owned());
    entries
}

async fn items(house: &House, pk: &str) -> Vec<Value> {
    let request = json!({"KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": {"S": pk}}, "ConsistentRead": true});
    house.dynamodb("Query", request).await["Items"].as_array().unwrap().clone()
}

/// Writes copies of the account's first entry, as if so much had been done, and answers their keys.
async fn fill(house: &House, account: AccountId, count: usize) -> Vec<EntryKey> {
    let first = log(house, account).await.remove(0);
    let number: u64 = first["sk"]["S"].as_str().unwrap().parse().unwrap();
    let copies: Vec<Value> = (1..=count)
        .map(|place| {
            let number = number + u64::try_from(place).unwrap();
            let mut copy = first.clone();
            copy["pk"] = json!({"S": partition(house, account, &number.to_string())});
            copy["sk"] = json!({"S": format!("{number:016}")});
            copy["id"] = json!({"N": number.to_string()});
            copy["resource_name"] = json!({"S": format!("Thing {place}")});
            copy
        })
        .collect();
    for some in copies.chunks(25) {
        let puts: Vec<Value> = some.iter().map(|item| json!({"PutRequest": {"Item": item}})).collect();
        house.dynamodb("BatchWriteItem", json!({"RequestItems": {local::functions::TABLE: puts}})).await;
    }
    house.product.drain().await.unwrap();
    let month = house.product.clock.now().month();
    let key =
        |copy: &Value| EntryKey { month: month.clone(), id: copy["sk"]["S"].as_str().unwrap().to_owned() };
    copies.iter().map(key).collect()
}

async fn set(house: &House, pk: &str, sk: &str, attribute: &str, value: Value) {
    let request = json!({"Key": {"pk": {"S": pk}, "sk": {"S": sk}},
        "UpdateExpression": "SET #a = :v", "ExpressionAttributeNames": {"#a": attribute},
        "ExpressionAttributeValues": {":v": value}});
    house.dynamodb("UpdateItem", request).await;
}

async fn remove(house: &House, pk: &str, sk: &str) {
    let key = json!({"pk": {"S": pk}, "sk": {"S": sk}});
    house.dynamodb("DeleteItem", json!({ "Key": key })).await;
}

async fn put(house: &House, item: &Value) {
    house.dynamodb("PutItem", json!({ "Item": item })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_byte_changed_among_ten_thousand_entries_is_found() {
    let house = House::start().await;
    let account: AccountId = house.account("acme").await.id.parse().unwrap();
    let written = Instant::now();
    let entries = fill(&house, account, 10_000).await;
    eprintln!("10,000 entries written and sealed in {:?}", written.elapsed());

    let verifying = Instant::now();
    let report = verified(&house, account, &[]).await;
    eprintln!("verified in {:?}: {report}", verifying.elapsed());
    assert!(report.is_clean(), "{report}");
    assert_eq!((report.entries, report.unsealed, report.doubtful), (10_002, 0, 0));
    assert!(report.seals >= 100, "{report}");
    let known = [report.head.unwrap()];

    let victim = &entries[6_543];
    let pk = partition(&house, account, &victim.id);
    set(&house, &pk, &victim.id, "resource_name", json!({"S": "Thing 6545"})).await;
    let report = verified(&house, account, &known).await;
    assert!(
        matches!(&report.findings[..], [Finding::EntryAltered { entry, .. }] if entry == victim),
        "{report}"
    );
    set(&house, &pk, &victim.id, "resource_name", json!({"S": "Thing 6544"})).await;
    set(&house, &pk, &victim.id, "note", json!({"BOOL": true})).await;
    let report = verified(&house, account, &known).await;
    assert!(matches!(&report.findings[..], [Finding::EntryAltered { .. }]), "an attribute more: {report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_done_to_entries_and_seals_is_named() {
    let house = House::start().await;
    let account: AccountId = house.account("acme").await.id.parse().unwrap();
    let entries = fill(&house, account, 500).await;
    let seals = keys::seals(account);
    let report = verified(&house, account, &[]).await;
    assert!(report.is_clean() && report.unsealed == 0, "{report}");
    let known = [report.head.unwrap()];

    // Removed, and put back as it was: that it was sealed again is no fault.
    let victim = log(&house, account).await.remove(100);
    let key =
        EntryKey { month: entries[0].month.clone(), id: victim["sk"]["S"].as_str().unwrap().to_owned() };
    let at = partition(&house, account, &key.id);
    remove(&house, &at, &key.id).await;
    let report = verified(&house, account, &known).await;
    assert!(
        matches!(&report.findings[..], [Finding::EntryRemoved { entry, .. }] if *entry == key),
        "{report}"
    );
    put(&house, &victim).await;
    house.product.drain().await.unwrap();
    let report = verified(&house, account, &known).await;
    assert!(report.is_clean(), "{report}");

    // Removed, and put back as something else: the newer seal does not make it true.
    let mut forged = victim.clone();
    forged["user_name"] = json!({"S": "Somebody Else"});
    remove(&house, &at, &key.id).await;
    put(&house, &forged).await;
    house.product.drain().await.unwrap();
    let report = verified(&house, account, &known).await;
    assert!(
        matches!(&report.findings[..], [Finding::EntryAltered { entry, .. }, Finding::EntryReplaced { .. }] if *entry == key),
        "{report}"
    );
    put(&house, &victim).await;

    // A day that is long past is written into.
    house.advance_hours(48);
    let mut late = victim.clone();
    late["sk"] = json!({"S": format!("{:016}", 77)});
    late["id"] = json!({"N": "77"});
    put(&house, &late).await;
    house.product.drain().await.unwrap();
    let report = verified(&house, account, &known).await;
    let named = |finding: &Finding| matches!(finding, Finding::EntryAddedLater { entry, .. } if entry.id.ends_with("77"));
    assert!(report.findings.iter().any(named), "{report}");

    // The chain itself.
    let second = items(&house, &seals).await.remove(1);
    set(&house, &seals, "0000000000000002", "created_at", json!({"N": "1"})).await;
    let report = verified(&house, account, &known).await;
    assert_eq!(report.findings[0], Finding::SealAltered { sequence: 2 }, "{report}");
    assert!(report.doubtful > 0, "{report}");
    remove(&house, &seals, "0000000000000002").await;
    let report = verified(&house, account, &known).await;
    assert_eq!(report.findings[0], Finding::SealsMissing { first: 2, last: 2 }, "{report}");
    put(&house, &second).await;
    remove(&house, &seals, "HEAD").await;
    let report = verified(&house, account, &known).await;
    assert!(report.findings.contains(&Finding::HeadMissing), "{report}");

    // Sealing goes on all the same, and what was done still shows.
    house.sign_in("acme", "admin@acme.example").await;
    house.product.drain().await.unwrap();
    let report = verified(&house, account, &known).await;
    let named = |finding: &Finding| matches!(finding, Finding::SealDoesNotFollow { .. });
    assert!(report.unsealed == 0 && report.findings.iter().any(named), "{report}");

    // Moved into another partition of the month: where it is belongs to what is sealed.
    let mut moved = victim.clone();
    let elsewhere = keys::log_lanes(account, &key.month).find(|pk| *pk != at).unwrap();
    moved["pk"] = json!({"S": elsewhere});
    remove(&house, &at, &key.id).await;
    put(&house, &moved).await;
    let report = verified(&house, account, &known).await;
    let named = |finding: &Finding| matches!(finding, Finding::EntryAltered { entry, .. } if *entry == key);
    assert!(report.findings.iter().any(named), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_account_has_its_own_chain_and_what_is_done_is_sealed_soon() {
    let house = House::start().await;
    let mut accounts: Vec<AccountId> = Vec::new();
    for subdomain in ["acme", "north", "south"] {
        let account = house.account(subdomain).await;
        let bakery = account.organization("Bakery").await;
        account.user(&house, "emil", "Editor", Grants::organizations(&[&bakery])).await;
        accounts.push(account.id.parse().unwrap());
    }
    house.product.drain().await.unwrap();
    for account in accounts {
        let report = verified(&house, account, &[]).await;
        assert!(report.is_clean() && report.unsealed == 0 && report.entries >= 5, "{report}");
    }
    let command = |rest: &[&str]| {
        let line = ["verify-log", "--endpoint", house.product.dynamodb_url.as_str()];
        let arguments = line.iter().chain(rest).copied();
        Arguments::try_parse_from(arguments).unwrap()
    };
    for (rest, lines) in [(&[][..], 6), (&["--subdomain", "north"][..], 2)] {
        let mut out = Vec::new();
        assert!(verify_log::run::run(&command(rest), &mut out).await.unwrap());
        let out = String::from_utf8(out).unwrap();
        assert_eq!(out.lines().count(), lines, "{out}");
        assert!(out.contains("nothing altered; 0 entries not sealed yet"), "{out}");
    }
    let unknown = verify_log::run::run(&command(&["--subdomain", "east"]), &mut Vec::new()).await;
    assert!(unknown.is_err_and(|error| error.to_string() == "there is no account east"));
}

/// Which key acted is sealed like everything else of an entry.
#[tokio::test(flavor = "multi_thread")]
async fn an_entry_of_a_program_given_to_another_key_is_found() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let body = json!({"name": "Nightly sync", "role-name": "Administrator"});
    let made = account.administrator.post("/api-keys", &resource("api-keys", body)).await.unwrap();
    let program = house.nobody.with_api_key(&created(made).text_at("/data/attributes/key"));
    created(
        program.post("/organizations", &resource("organizations", json!({"name": "New"}))).await.unwrap(),
    );
    house.product.drain().await.unwrap();
    let account: AccountId = account.id.parse().unwrap();
    let report = verified(&house, account, &[]).await;
    assert!(report.findings.is_empty() && report.unsealed == 0 && report.seals > 0, "{report}");
    let entries = log(&house, account).await;
    let by_key = entries.iter().find(|entry| entry.get("api_key_id").is_some()).unwrap();
    let sk = by_key["sk"]["S"].as_str().unwrap();
    set(&house, &partition(&house, account, sk), sk, "api_key_id", json!({"N": "7"})).await;
    let report = verified(&house, account, &[]).await;
    assert!(
        matches!(&report.findings[..], [Finding::EntryAltered { entry, .. }] if entry.id == sk),
        "{report}"
    );
}

//! The entries of one month are spread over several partitions, so that an account may do thousands of things in a second; and
//! they are read as if they were in one.

use std::collections::BTreeSet;

use journeys::{Account, Client, House, expect, ids};
use policy::Timestamp;
use serde_json::{Value, json};
use store::keys;

use crate::filled::{Dice, entry_key, padded, with, write};

/// Adds so many entries to this month's log as the product would have, each with an id of its own moment, behind `from`; and answers
/// their ids. Those for which `is_old` says so are where all entries were before they were spread.
async fn add_entries(
    house: &House,
    account: &Account,
    count: usize,
    from: Timestamp,
    is_old: impl Fn(usize) -> bool,
) -> Vec<String> {
    let month = from.month();
    let made = keys::log_lanes(account.id.parse().unwrap(), &month);
    let mut first = Vec::new();
    for pk in made {
        let request = json!({"KeyConditionExpression": "pk = :pk", "ConsistentRead": true,
            "ExpressionAttributeValues": {":pk": {"S": pk}}});
        first.extend(house.dynamodb("Query", request).await["Items"].as_array().unwrap().clone());
    }
    let made: &Value = first.iter().find(|entry| entry["action"]["S"] == "create").unwrap();
    let mut dice = Dice::new(7);
    let (mut items, mut added) = (Vec::new(), Vec::new());
    for place in 0..count {
        let at = Timestamp::from_millis(from.as_millis() + i64::try_from(place).unwrap());
        let id = policy::id::compose(at, u16::try_from(dice.roll(8_192)).unwrap()).get();
        let mut key = entry_key(&account.id, &month, id);
        if is_old(place) {
            key.pk = format!("A#{}#LOG#{month}", account.id);
        }
        added.push(id.to_string());
        items.push(with(
            made,
            json!({"pk": {"S": key.pk}, "sk": {"S": padded(id)}, "id": {"N": id.to_string()},
            "created_at": {"N": at.as_millis().to_string()}}),
        ));
    }
    write(house, &items).await;
    added
}

/// The ids of a list from its first page to its last.
async fn walked(client: &Client, start: &str) -> Vec<String> {
    let (mut met, mut next) = (Vec::new(), start.to_owned());
    while !next.is_empty() {
        let page = expect(client.get(&next).await.unwrap(), 200);
        met.extend(ids(&page));
        next = page.text_at("/links/next");
    }
    met
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_falls_into_all_partitions_and_is_listed_in_order() {
    let house = House::start().await;
    let account = house.account("acme").await;
    for number in 0..40 {
        account.organization(&format!("Client {number}")).await;
    }
    let month = house.product.clock.now().month();
    let mut used = BTreeSet::new();
    for pk in keys::log_lanes(account.id.parse().unwrap(), &month) {
        let here = house.partition(&pk).await;
        used.extend((!here.is_empty()).then_some(pk));
    }
    assert!(used.len() > 8, "40 acts are in {used:?}");
    let mut listed = walked(&account.administrator, "/logs?page[size]=7&sort=created_at").await;
    let stored: Vec<String> =
        house.log(&account.id).await.iter().map(|entry| entry["id"].as_str().unwrap().to_owned()).collect();
    listed.retain(|id| stored.contains(id));
    let expected: Vec<String> = stored.into_iter().filter(|id| listed.contains(id)).collect();
    assert!(listed.len() > 40);
    assert_eq!(listed, expected);
}

/// Half of the month was written before entries were spread.
#[tokio::test(flavor = "multi_thread")]
async fn entries_from_before_are_in_their_place_in_lists_tables_and_counts() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let admin = &account.administrator;
    account.organization("Bakery").await;
    let from = house.product.clock.now();
    let added = add_entries(&house, &account, 400, from, |place| place < 200 || place % 3 == 0).await;
    house.product.clock.advance(10_000);
    let range = format!("filter[created_at]={from},*&filter[action]=create");
    for (size, back) in [(7, false), (7, true), (50, false), (1_000, true)] {
        let sort = if back { "-created_at" } else { "created_at" };
        let mut met =
            walked(admin, &format!("/logs?{range}&sort={sort}&page[size]={size}&page[after]=")).await;
        if back {
            met.reverse();
        }
        met.retain(|id| added.contains(id));
        assert_eq!(met, added, "{size} {back}");
    }
    let page = expect(
        admin.get(&format!("/logs?{range}&sort=created_at&page[size]=50&page[number]=5")).await.unwrap(),
        200,
    );
    let before = page.at("/meta/total-count").as_u64().unwrap() - 400;
    assert!(before <= 1, "only the bakery itself may be among them");
    assert!(ids(&page).iter().all(|id| added[195..255].contains(id)), "page 5 of pages of 50");
    let sent = [("accept", "text/csv")];
    let table = admin
        .send(reqwest::Method::GET, &format!("/logs?{range}&sort=created_at"), &sent, None)
        .await
        .unwrap();
    assert_eq!(table.status, 200);
    assert!(table.text.lines().count() > 400, "{} lines", table.text.lines().count());
}

/// A page costs what is on it, the least that sixteen questions cost, and no more at any depth or size of the log.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_the_log_costs_little_more_than_what_is_on_it() {
    let (house, cable) = House::start_on_a_cable_to_dynamodb().await;
    let account = house.account("acme").await;
    let admin = &account.administrator;
    account.organization("Bakery").await;
    expect(admin.get("/logs?page[size]=1").await.unwrap(), 200);
    let mut from = house.product.clock.now();
    for entries in [0, 1_000, 4_000] {
        add_entries(&house, &account, entries, from, |_| false).await;
        house.product.clock.advance(10_000);
        from = house.product.clock.now();
        for (size, most) in [(50, 48.0), (1_000, 260.0)] {
            let mut next = format!("/logs?page[size]={size}&page[after]=");
            for depth in 0..3 {
                cable.forget();
                let page = expect(admin.get(&next).await.unwrap(), 200);
                let cost = cable.costs()["list-logs"];
                println!("{entries} more, {size} a page, page {depth}: {cost:?}");
                assert!(cost.read <= most, "{entries} more, page {depth} of {size}: {cost:?}");
                assert!(cost.requests <= 60, "{entries} more, page {depth} of {size}: {cost:?}");
                next = page.text_at("/links/next");
                if next.is_empty() {
                    break;
                }
            }
        }
    }
}

//! What is left of a closed account: nothing but what the log keeps, and of all others everything.

use std::collections::{BTreeMap, BTreeSet};

use environment::aws::local_aws_config;
use journeys::calls::kind;
use journeys::fates::{Fate, fate_name, fates};
use journeys::{
    Account, Client, Grants, House, PASSWORD, created, expect, identifiers, invitation, refused, resource,
    texts,
};
use reqwest::Method;
use serde_json::{Value, json};
use store::Store;

use crate::closing::{GRACE, close, run, subjects};
use crate::glueconnect::{connect, enter, offer_all};
use crate::repeated_requests::send;

/// Every item of the table, by its key.
async fn table(house: &House) -> BTreeMap<(String, String), Value> {
    let mut items = BTreeMap::new();
    let mut start = Value::Null;
    loop {
        let mut request = json!({"ConsistentRead": true});
        if !start.is_null() {
            request["ExclusiveStartKey"] = start;
        }
        let answer = house.dynamodb("Scan", request).await;
        for item in answer["Items"].as_array().unwrap() {
            let part = |name: &str| item[name]["S"].as_str().unwrap().to_owned();
            items.insert((part("pk"), part("sk")), item.clone());
        }
        start = answer["LastEvaluatedKey"].clone();
        if start.is_null() {
            return items;
        }
    }
}

/// Whether an item is this account's, by its key alone or by what it says.
fn is_of((pk, sk): &(String, String), account: &Account) -> bool {
    let own = format!("A#{}", account.id);
    pk == &own
        || pk.starts_with(&format!("{own}#"))
        || pk == &format!("SUBDOMAIN#{}", account.subdomain)
        || (pk.starts_with("PERSON#") && sk.trim_start_matches('0') == account.id)
}

fn names<'a>(keys: impl IntoIterator<Item = &'a (String, String)>) -> BTreeSet<String> {
    keys.into_iter().map(|(pk, sk)| fate_name(&kind(pk), sk)).collect()
}

/// Gives an account something of every kind, and answers the clients that could use it: its Administrator's, a user's, a key's, one
/// of the delegate inside it.
async fn furnish(house: &House, acme: &Account, noc: &Account) -> (Vec<Client>, String) {
    let admin = &acme.administrator;
    let bakery = acme.organization("Bakery").await;
    let group = acme.group("Desk", &[&bakery]).await;
    let (ann, _) = acme.user(house, "ann", "Editor", Grants::groups(&[&group])).await;
    acme.invite("pending", "Lite", Grants::organizations(&[&bakery])).await;
    let word = resource("organization-types", json!({"name": "Shop"}));
    created(admin.post("/organization_types", &word).await.unwrap());
    let mut restriction = resource("restrictions", json!({}));
    restriction["data"]["relationships"] = json!({"groups": identifiers("groups", &[&group])});
    let path = format!("/organizations/{bakery}/restrictions/documents/7");
    let set = admin.send(Method::PUT, &path, &[], Some(restriction.to_string())).await.unwrap();
    assert!(set.status < 300, "{}", set.text);
    let kept = resource("accounts", json!({"log-retention-months": 12}));
    expect(admin.patch("/account", &kept).await.unwrap(), 200);
    let key = json!({"name": "Backup", "role-name": "Editor", "all-organizations": true});
    let key = created(admin.post("/api-keys", &resource("api-keys", key)).await.unwrap());
    let program = house.nobody.with_api_key(&key.text_at("/data/attributes/key"));
    expect(program.get("/organizations").await.unwrap(), 200);
    created(
        send(admin, "once", "/organizations", &resource("organizations", json!({"name": "Dental"}))).await,
    );
    let connection = connect(house, acme, noc, &offer_all("night-noc", "Editor")).await;
    let limit = resource("users", json!({"maximum-role-name": "Read-only"}));
    let path = format!("/connections/{connection}/users/tom@night-noc.example");
    expect(admin.send(Method::PUT, &path, &[], Some(limit.to_string())).await.unwrap(), 200);
    let inside = enter(&noc.administrator, &acme.id).await;
    expect(inside.get("/organizations").await.unwrap(), 200);
    let wrong = json!({"subdomain": "acme", "email": "ann@acme.example", "password": "no password of hers"});
    refused(
        house.nobody.post("/sessions", &resource("sessions", wrong)).await.unwrap(),
        401,
        "invalid-credentials",
    );
    (vec![admin.clone(), ann, inside], key.text_at("/data/attributes/key"))
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_closed_account_nothing_is_left_but_what_stays_and_nobody_else_loses_anything() {
    let house = House::start_with_much_mail().await;
    house.product.schedules_wait_to_be_told();
    let acme = house.account("acme").await;
    let (noc, harbour) = (house.account("night-noc").await, house.account("harbour").await);
    let quiet = house.account("quiet").await;
    // The same person is a user beside it.
    let ann = invitation("ann@acme.example", "Editor", Grants::ALL);
    created(quiet.administrator.post("/users", &ann).await.unwrap());
    created(house.accept("ann@acme.example").await);
    let (_, key) = furnish(&house, &acme, &noc).await;
    let host_of_acme = connect(&house, &harbour, &acme, &offer_all("acme", "Editor")).await;
    let open =
        created(acme.administrator.post("/connections", &offer_all("harbour", "Editor")).await.unwrap());
    expect(acme.administrator.delete(&format!("/connections/{}", open.id()), None).await.unwrap(), 204);
    enter(&acme.administrator, &harbour.id).await;

    let asked = expect(close(&acme.administrator, "acme").await, 200);
    let date = asked.text_at("/data/attributes/closing-at");
    // What was done is sealed in its own time.
    house.product.drain().await.unwrap();
    house.advance_hours(GRACE - 1);
    assert_eq!(run(&house).await["closed"], 0, "an hour before");
    house.advance_hours(2);

    // Until the schedule comes, all of them are in.
    let acme = Account { administrator: acme.administrator_again(&house).await, ..acme };
    let noc = Account { administrator: noc.administrator_again(&house).await, ..noc };
    let ann = house.sign_in("acme", "ann@acme.example").await;
    let inside = enter(&noc.administrator, &acme.id).await;
    let outside = enter(&acme.administrator, &harbour.id).await;
    let program = house.nobody.with_api_key(&key);
    let reset = resource("password-resets", json!({"subdomain": "acme", "email": "ann@acme.example"}));
    expect(house.nobody.post("/password-resets", &reset).await.unwrap(), 202);
    let link = house.link("ann@acme.example").await;
    expect(house.nobody.get(&link).await.unwrap(), 200);
    let clients = [
        (&acme.administrator, "/account"),
        (&ann, "/organizations"),
        (&inside, "/organizations"),
        (&outside, "/organizations"),
        (&program, "/organizations"),
    ];
    for (client, path) in clients {
        expect(client.get(path).await.unwrap(), 200);
    }
    house.product.drain().await.unwrap();
    let before = table(&house).await;
    let fates = fates();
    let had = names(before.keys().filter(|key| is_of(key, &acme)));
    let known: BTreeSet<String> = fates.keys().cloned().collect();
    assert_eq!(had.difference(&known).collect::<Vec<_>>(), Vec::<&String>::new(), "docs/design/table.md");
    let missing = fates.iter().filter(|(name, fate)| **fate == Fate::Goes && !had.contains(*name));
    assert_eq!(missing.collect::<Vec<_>>(), [], "the story gives the account something of every kind");

    let report = run(&house).await;
    assert_eq!((&report["closed"], &report["emptied"]), (&json!(1), &json!(1)), "{report}");
    assert_eq!((&report["unreadable"], &report["left"]), (&json!(0), &json!(0)), "{report}");

    let after = table(&house).await;
    for (client, path) in clients {
        let code = if std::ptr::eq(client, &program) { "invalid-api-key" } else { "invalid-token" };
        refused(client.get(path).await.unwrap(), 401, code);
    }
    let unknown = house.nobody.get(&link.replace(link.rsplit('/').next().unwrap(), "nothing")).await.unwrap();
    assert_eq!(house.opens(&link).await, (unknown.status, unknown.text_at("/errors/0/code")));
    for subdomain in ["acme", "never-was"] {
        let attributes = json!({"subdomain": subdomain, "email": "ann@acme.example", "password": PASSWORD});
        let answer = house.nobody.post("/sessions", &resource("sessions", attributes)).await.unwrap();
        refused(answer, 401, "invalid-credentials");
    }
    // Nobody takes the name.
    let again = json!({"name": "Another", "subdomain": "acme", "email": "x@acme.example", "first-name": "X",
        "last-name": "Y", "password": PASSWORD});
    refused(
        house.nobody.post("/accounts", &resource("accounts", again)).await.unwrap(),
        409,
        "subdomain-taken",
    );

    // What stays is what the table says.
    let left = names(after.keys().filter(|key| is_of(key, &acme)));
    let stays: BTreeSet<String> =
        fates.iter().filter(|(_, fate)| **fate == Fate::Stays).map(|(name, _)| name.clone()).collect();
    assert_eq!(left, stays);
    let stub = &after[&(format!("A#{}", acme.id), "CLOSED".to_owned())];
    assert_eq!(stub["subdomain"]["S"], "acme");

    // Of the others, the log and its seals grew, a connection ended, and its Administrators heard of it.
    let theirs = |key: &&(String, String)| !is_of(key, &acme);
    let changed: BTreeSet<&(String, String)> = before
        .keys()
        .chain(after.keys())
        .filter(theirs)
        .filter(|key| before.get(*key) != after.get(*key))
        .collect();
    let of_others = names(changed.iter().copied());
    let expected = [
        "A#<account>#CONNECTIONS",
        "A#<account>#LOG#<month>",
        "A#<account>#RECEIVED",
        "A#<account>#SEALS",
        "A#<account>#USER#<user>",
    ];
    assert_eq!(of_others.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    assert!(!changed.iter().any(|key| is_of(key, &quiet)), "{changed:?}");
    for (pk, sk) in &changed {
        assert!(!pk.contains("#USER#") || sk.starts_with("INVITATION#NOTICE#"), "{pk} {sk}");
    }
    let harbour_now = harbour.administrator_again(&house).await;
    let ended = expect(harbour_now.get(&format!("/connections/{host_of_acme}")).await.unwrap(), 200);
    assert_eq!(ended.text_at("/data/attributes/status"), "ended");
    assert_eq!(
        texts(&expect(noc.administrator.get("/connections").await.unwrap(), 200), "/id"),
        Vec::<String>::new()
    );
    for other in [&noc, &harbour] {
        let last = house.changes(&other.id).await;
        let entry = last.iter().rev().find(|entry| entry["resource_type"] == "connections").unwrap();
        assert_eq!(
            (&entry["action"], &entry["account_name"]),
            (&json!("delete"), &json!("The acme account"))
        );
        let mails = subjects(&house, &format!("admin@{}.example", other.subdomain)).await;
        assert_eq!(
            mails.last().unwrap(),
            &format!("A connection has ended: The {} account", other.subdomain)
        );
    }
    assert_eq!(
        subjects(&house, "admin@quiet.example").await.iter().filter(|one| one.contains("ended")).count(),
        0
    );

    // A day later it looks once more, and then never again.
    assert_eq!(run(&house).await["emptied"], 0);
    house.product.drain().await.unwrap();
    house.advance_hours(25);
    assert_eq!(run(&house).await["emptied"], 1);
    assert_eq!(
        run(&house).await,
        json!({"closed": 0, "removed": 0, "emptied": 0, "unreadable": 0, "left": 0})
    );
    let last = table(&house).await;
    assert_eq!(names(last.keys().filter(|key| is_of(key, &acme))), stays, "what came late is gone too");
    let stub = house.partition(&format!("A#{}", acme.id)).await;
    let said: BTreeSet<&str> = stub[0].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(said, ["closed_at", "created_at", "emptied_at", "id", "pk", "sk", "subdomain"].into());

    // Its log is whole.
    let account = acme.id.parse().unwrap();
    let store = Store::new(&local_aws_config(&house.product.dynamodb_url), local::functions::TABLE);
    let verified =
        verify_log::verify(&store, account, &[], house.product.clock.now(), &mut |_| {}).await.unwrap();
    assert!(verified.is_clean(), "{verified:?}");
    assert!(store.every_account().await.unwrap().contains(&account));
    let log = house.changes(&acme.id).await;
    assert_eq!(
        log.last().map(|entry| (&entry["resource_type"], &entry["action"])),
        Some((&json!("accounts"), &json!("delete")))
    );
    let told = house.product.events.of_account(&acme.id);
    let told: Vec<&str> = told.iter().map(|event| event.detail_type.as_str()).collect();
    assert_eq!(
        told.iter()
            .filter(|kind| kind.starts_with("glueconnect.account.closing")
                || kind.starts_with("glueconnect.account.closed"))
            .collect::<Vec<_>>(),
        [&"glueconnect.account.closing", &"glueconnect.account.closed"]
    );
    assert!(!date.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_dies_in_the_middle_is_finished_by_the_next() {
    let (house, cable) = House::start_on_a_cable_to_dynamodb().await;
    house.product.schedules_wait_to_be_told();
    let (acme, beside) = (house.account("acme").await, house.account("beside").await);
    let noc = house.account("night-noc").await;
    let bakery = acme.organization("Bakery").await;
    acme.user(&house, "ann", "Editor", Grants::organizations(&[&bakery])).await;
    acme.group("Desk", &[&bakery]).await;
    connect(&house, &acme, &noc, &offer_all("night-noc", "Editor")).await;
    expect(close(&acme.administrator, "acme").await, 200);
    expect(close(&beside.administrator, "beside").await, 200);
    house.advance_hours(GRACE);
    let word = format!("A#{}#GROUPS", acme.id);
    cable.refuse(Box::leak(word.into_boxed_str()));
    assert!(house.product.invoke("close-accounts", json!({})).await.is_err());
    cable.mend();
    assert_eq!(house.partition(&format!("A#{}#USERS", acme.id)).await, Vec::<Value>::new(), "it came so far");
    assert_eq!(house.partition(&format!("A#{}#GROUPS", acme.id)).await.len(), 1, "and no further");
    let report = run(&house).await;
    assert_eq!((&report["closed"], &report["emptied"]), (&json!(0), &json!(2)), "{report}");
    for account in [&acme, &beside] {
        let left = table(&house).await;
        let left = names(left.keys().filter(|key| is_of(key, account)));
        let known = fates();
        assert!(left.iter().all(|name| known[name] == Fate::Stays), "{left:?}");
    }
    let told = subjects(&house, "admin@night-noc.example").await;
    assert_eq!(told.iter().filter(|subject| subject.starts_with("A connection has ended")).count(), 1);
}

/// Writes these items as they are, past the product.
async fn write(house: &House, items: &[Value]) {
    for some in items.chunks(25) {
        let puts: Vec<Value> = some.iter().map(|item| json!({"PutRequest": {"Item": item}})).collect();
        house.dynamodb("BatchWriteItem", json!({"RequestItems": {local::functions::TABLE: puts}})).await;
    }
}

fn bare(pk: &str, count: usize) -> Vec<Value> {
    (0..count).map(|number| json!({"pk": {"S": pk}, "sk": {"S": format!("X{number:04}")}})).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn much_goes_in_many_steps_and_what_cannot_be_read_keeps_nobody_else_waiting() {
    let house = House::start().await;
    house.product.schedules_wait_to_be_told();
    let (acme, beside) = (house.account("acme").await, house.account("beside").await);
    let noc = house.account("night-noc").await;
    let bakery = acme.organization("Bakery").await;
    let desk = acme.group("Desk", &[&bakery]).await;
    let connection = connect(&house, &acme, &noc, &offer_all("night-noc", "Editor")).await;
    for account in [&acme, &beside] {
        expect(close(&account.administrator, &account.subdomain).await, 200);
    }
    house.product.drain().await.unwrap();
    let of_acme = |part: &str| format!("A#{}#{part}", acme.id);
    let many = [
        (of_acme("SENT"), 250),
        (of_acme(&format!("USER#{}", acme.administrator_id)), 120),
        (of_acme(&format!("GROUP#{desk}")), 210),
        (of_acme(&format!("CONNECTION#{connection}")), 100),
        (of_acme(&format!("DELEGATE#{}#USERS", noc.id)), 110),
    ];
    for (pk, count) in &many {
        write(&house, &bare(pk, *count)).await;
    }
    // A newer version may have written it.
    let keys = house
        .dynamodb(
            "Query",
            json!({"KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": {"S": of_acme("CONNECTIONS")}}}),
        )
        .await;
    let stored = keys["Items"][0].clone();
    let mut strange = stored.clone();
    strange["state"] = json!({"S": "dreaming"});
    write(&house, &[strange]).await;
    house.advance_hours(GRACE);
    let report = run(&house).await;
    let told = (&report["closed"], &report["emptied"], &report["unreadable"]);
    assert_eq!(told, (&json!(2), &json!(1), &json!(1)), "{report}");
    let left = table(&house).await;
    assert_eq!(left.keys().filter(|(pk, _)| pk.starts_with(&format!("A#{}#USERS", beside.id))).count(), 0);
    write(&house, &[stored]).await;
    let report = run(&house).await;
    assert_eq!((&report["emptied"], &report["unreadable"]), (&json!(1), &json!(0)), "{report}");
    assert!(report["removed"].as_u64().unwrap() > 700, "{report}");
    let fates = fates();
    let left = table(&house).await;
    let left = names(left.keys().filter(|key| is_of(key, &acme)));
    assert!(left.iter().all(|name| fates[name] == Fate::Stays), "{left:?}");
}

//! A person who left is erased from the activity log: what was done stays, the name goes, and the seals still hold.

use journeys::{Account, Answer, Client, Grants, House, created, expect, identifiers, refused, resource};
use policy::Timestamp;
use serde_json::{Value, json};

use crate::filled::{entry_key, padded, write};
use crate::glueconnect::{connect, enter, offer};
use crate::log_tampering::{log, verified};

const ANN: &str = "ann@acme.example";

async fn step(admin: &Client, attributes: Value) -> Answer {
    admin.post("/erasures", &resource("erasures", attributes)).await.unwrap()
}

/// All steps, to the end of the log; answers how many entries lost something.
async fn erase(admin: &Client, wanted: &Value) -> u64 {
    let (mut erased, mut next) = (0, Value::Null);
    loop {
        let mut attributes = wanted.clone();
        if !next.is_null() {
            attributes["after"] = next;
        }
        let done = expect(step(admin, attributes).await, 200);
        erased += done.at("/data/attributes/entries-erased").as_u64().unwrap();
        next = done.at("/data/attributes/after");
        if next.is_null() {
            return erased;
        }
    }
}

/// Ann, with a name, who is invited, does something, is given more, and is removed.
async fn ann_comes_and_goes(house: &House, account: &Account) -> String {
    let admin = &account.administrator;
    let (ann, id) = account.user(house, "ann", "Editor", Grants::ALL).await;
    let named = resource("users", json!({"first-name": "Annabel", "last-name": "Zimmerwald"}));
    expect(admin.patch(&format!("/users/{id}"), &named).await.unwrap(), 200);
    let group = account.group(&format!("Desk {id}"), &[]).await;
    let members = identifiers("users", &[&id]);
    expect(admin.post(&format!("/groups/{group}/relationships/users"), &members).await.unwrap(), 204);
    let made = resource("organizations", json!({"name": format!("Made by {id}")}));
    created(ann.post("/organizations", &made).await.unwrap());
    expect(ann.get("/organizations").await.unwrap(), 200);
    let raised = resource("users", json!({"role-name": "Manager"}));
    expect(admin.patch(&format!("/users/{id}"), &raised).await.unwrap(), 200);
    let gone = admin.delete(&format!("/users/{id}"), None).await.unwrap();
    assert!(gone.status < 300, "{}", gone.text);
    id
}

fn names(log: &[Value], word: &str) -> usize {
    log.iter().filter(|entry| entry.to_string().to_lowercase().contains(word)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_keeps_what_was_done_and_loses_the_name_and_the_seals_hold() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let admin = &account.administrator;
    account.user(&house, "joann", "Editor", Grants::ALL).await;
    let (first, second) =
        (ann_comes_and_goes(&house, &account).await, ann_comes_and_goes(&house, &account).await);
    assert_ne!(first, second, "whoever is invited again is a user of another id");
    house.product.drain().await.unwrap();
    let number = account.id.parse().unwrap();
    let before = verified(&house, number, &[]).await;
    assert!(before.is_clean() && before.unsealed == 0, "{before}");
    let stored = house.log(&account.id).await;
    assert!(names(&stored, "zimmerwald") > 8 && names(&stored, "\"ann@acme") > 2);

    assert!(erase(admin, &json!({"email": ANN, "confirm": ANN})).await > 8);
    house.product.drain().await.unwrap();
    let after = verified(&house, number, &[before.head.unwrap()]).await;
    assert!(after.is_clean() && after.unsealed == 0, "{after}");
    assert!(after.erased > 8 && after.unverifiable == 0, "{after}");
    let kept = house.log(&account.id).await;
    for word in ["annabel", "zimmerwald", "\"ann@acme", " ann@acme", "(ann@acme"] {
        assert_eq!(names(&kept, word), 0, "{word}");
    }
    assert!(names(&kept, "joann@acme.example") > 0, "another one's address is not touched");
    // The same acts of the same ids, at the same times, on the same things.
    for entry in &stored {
        let now = kept.iter().find(|one| one["id"] == entry["id"]).unwrap();
        for part in
            ["action", "outcome", "resource_type", "user_id", "created_at", "role", "organization_name"]
        {
            assert_eq!(now[part], entry[part], "{part} of {entry}");
        }
        let is_anns = [&first, &second].into_iter().any(|id| entry["user_id"] == id.as_str());
        if is_anns {
            assert!(now["user_name"].is_null() && now["ip_address"].is_null() && now["user_agent"].is_null());
        } else {
            assert_eq!((&now["user_name"], &now["ip_address"]), (&entry["user_name"], &entry["ip_address"]));
        }
    }
    let path = format!("/logs?filter[resource-id]={second}&filter[action]=update");
    let shown = expect(account.administrator_again(&house).await.get(&path).await.unwrap(), 200);
    let rows = shown.at("/data");
    let raised = rows.as_array().unwrap().iter().find(|row| row.to_string().contains("Manager")).unwrap();
    assert_eq!(raised["attributes"]["resource-name"], "");
    assert_eq!(raised["attributes"]["erased"], json!(["resource-name"]));
    assert!(rows.to_string().contains("first-name"), "that a name was given is kept, the name is not");

    // Its own entries name nobody, and doing it again finds nothing.
    let own: Vec<&Value> = kept.iter().filter(|entry| entry["resource_type"] == "erasures").collect();
    assert!(
        !own.is_empty() && own.iter().all(|entry| entry["resource_name"] == "" && entry["resource_id"] == "")
    );
    assert_eq!(
        erase(&account.administrator_again(&house).await, &json!({"email": ANN, "confirm": ANN})).await,
        0
    );

    // What is altered or put back afterwards shows.
    let erased = log(&house, number).await.into_iter().find(|entry| entry.get("erased").is_some()).unwrap();
    let mut forged = erased.clone();
    forged["resource_name"] = json!({"S": "Somebody Else"});
    forged["user_name"] = json!({"S": "Somebody Else"});
    house.dynamodb("PutItem", json!({ "Item": forged })).await;
    let report = verified(&house, number, &[]).await;
    assert_eq!(report.findings.len(), 1, "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_who_proved_it_erases_whoever_is_gone_and_nobody_else_does() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let admin = &account.administrator;
    let (manager, id) = account.user(&house, "ann", "Manager", Grants::ALL).await;
    let wanted = json!({"email": ANN, "confirm": ANN});
    refused(step(&manager, wanted.clone()).await, 403, "role-too-low");
    refused(step(admin, wanted.clone()).await, 409, "still-a-user");
    refused(step(admin, json!({"user-id": id, "confirm": id})).await, 409, "still-a-user");
    let gone = admin.delete(&format!("/users/{id}"), None).await.unwrap();
    assert!(gone.status < 300, "{}", gone.text);
    refused(step(admin, json!({"email": ANN, "confirm": "ben@acme.example"})).await, 422, "not-confirmed");
    refused(step(admin, json!({"email": ANN})).await, 422, "missing");
    refused(step(admin, json!({"confirm": ANN})).await, 422, "email-or-user-id");
    let both = json!({"email": ANN, "user-id": id, "confirm": ANN});
    refused(step(admin, both).await, 422, "email-or-user-id");
    for after in ["nonsense", "202611", "202611-x", "202611-7-x", "2026-7"] {
        let wanted = json!({"email": ANN, "confirm": ANN, "after": after});
        refused(step(admin, wanted).await, 422, "invalid");
    }
    let key = json!({"name": "Sync", "role-name": "Administrator", "all-organizations": true});
    let key = created(admin.post("/api-keys", &resource("api-keys", key)).await.unwrap());
    let program = house.nobody.with_api_key(&key.text_at("/data/attributes/key"));
    refused(step(&program, wanted.clone()).await, 403, "person-needed");
    house.advance_hours(1);
    refused(step(admin, wanted.clone()).await, 403, "proof-needed");
    let admin = account.administrator_again(&house).await;
    // By id what is under it goes, and an address that stands elsewhere stays.
    assert!(erase(&admin, &json!({"user-id": id, "confirm": id})).await > 0);
    assert_eq!(erase(&admin, &json!({"user-id": "77", "confirm": "77"})).await, 0, "nobody is no fault");
    let own = house.log(&account.id).await;
    assert!(
        own.iter().any(|entry| entry["resource_type"] == "erasures" && entry["resource_id"] == id.as_str())
    );
}

/// What holds for users holds for the people of a delegate: in the host's log, by the host, and without touching the delegate's.
#[tokio::test(flavor = "multi_thread")]
async fn a_person_of_a_delegate_is_erased_from_the_hosts_log() {
    let house = House::start().await;
    let (host, delegate) = (house.account("acme").await, house.account("northwind").await);
    let bakery = host.organization("Bakery").await;
    let (otto, _) = delegate.user(&house, "otto", "Editor", Grants::ALL).await;
    let connection = connect(&house, &host, &delegate, &offer("northwind", "Editor", &[&bakery])).await;
    // Named by the address before anybody there knows an id.
    let limit = resource("users", json!({"maximum-role-name": "Editor"})).to_string();
    let path = format!("/connections/{connection}/users/otto@northwind.example");
    let named = host.administrator.send(reqwest::Method::PUT, &path, &[], Some(limit)).await.unwrap();
    expect(named, 200);
    let inside = enter(&otto, &host.id).await;
    expect(inside.get("/organizations").await.unwrap(), 200);
    // Who is inside erases nobody there, neither at first nor when asking again.
    let wanted = json!({"email": "ann@acme.example", "confirm": "ann@acme.example"});
    for _ in 0..2 {
        assert_eq!(step(&inside, wanted.clone()).await.status, 403);
    }
    expect(host.administrator.delete(&path, None).await.unwrap(), 204);
    house.product.drain().await.unwrap();
    assert!(names(&house.log(&host.id).await, "otto") > 2);
    let at_home = names(&house.log(&delegate.id).await, "otto");
    let email = "otto@northwind.example";
    let admin = host.administrator_again(&house).await;
    assert!(erase(&admin, &json!({"email": email, "confirm": email})).await > 2);
    assert_eq!(names(&house.log(&host.id).await, "otto"), 0);
    assert_eq!(names(&house.log(&delegate.id).await, "otto"), at_home);
    for account in [&host, &delegate] {
        let report = verified(&house, account.id.parse().unwrap(), &[]).await;
        assert!(report.is_clean() && report.unverifiable == 0, "{report}");
    }
}

/// Entries of an older version were sealed whole. They lose the name too, and the verifier says what it can no longer say.
#[tokio::test(flavor = "multi_thread")]
async fn of_an_entry_that_was_sealed_whole_the_verifier_says_so_plainly() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let id = ann_comes_and_goes(&house, &account).await;
    house.product.drain().await.unwrap();
    let number = account.id.parse().unwrap();
    let by_ann = |entry: &Value| entry["user_id"]["N"] == id.as_str() && entry["action"]["S"] == "create";
    let mut old = log(&house, number).await.into_iter().find(by_ann).unwrap();
    let now: Timestamp = house.product.clock.now();
    let older = policy::id::compose(now, 99).get();
    old.as_object_mut().unwrap().remove("salt");
    old["pk"] = json!({"S": entry_key(&account.id, &now.month(), older).pk});
    old["sk"] = json!({"S": padded(older)});
    old["id"] = json!({"N": older.to_string()});
    old["created_at"] = json!({"N": now.as_millis().to_string()});
    write(&house, &[old]).await;
    house.product.drain().await.unwrap();
    let report = verified(&house, number, &[]).await;
    assert!(report.is_clean() && report.unsealed == 0 && report.unverifiable == 0, "{report}");
    let admin = account.administrator_again(&house).await;
    assert!(erase(&admin, &json!({"email": ANN, "confirm": ANN})).await > 3);
    assert_eq!(names(&house.log(&account.id).await, "zimmerwald"), 0);
    house.product.drain().await.unwrap();
    let report = verified(&house, number, &[]).await;
    assert!(report.is_clean() && report.unverifiable == 1 && report.erased > 3, "{report}");
    let said = "1 entry lost a name by erasure and was sealed whole: nothing covers what is left";
    assert!(report.to_string().contains(said), "{report}");
}

//! What a change would do, asked before it is made: the same names in the preview, in what comes of it, and in the log.

use journeys::{
    Account, Answer, Client, Grants, House, created, expect, identifiers, refused, related, relations,
    resource,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::glueconnect::{connect, enter, offer, offer_all};

/// The e-mail addresses of those who gain or lose, and by connections too, sorted.
fn people(effects: &Value) -> Vec<String> {
    let own = effects["users"].as_array().unwrap().iter();
    let theirs = effects["connections"].as_array().unwrap().iter();
    let theirs = theirs.flat_map(|connection| connection["users"].as_array().unwrap());
    let mut all: Vec<String> =
        own.chain(theirs).filter_map(|one| one["email"].as_str()).map(str::to_owned).collect();
    all.sort();
    all
}

fn effects(answer: &Answer) -> Value {
    assert_eq!(answer.at("/meta/preview"), json!(true), "{}", answer.text);
    answer.at("/meta/effects")
}

async fn send(who: &Client, method: Method, path: &str, body: &Value) -> Answer {
    let body = (!body.is_null()).then(|| body.to_string());
    who.send(method, path, &[], body).await.unwrap()
}

/// Everything that an account has, but for its log, which notes each question, the counts of requests, and seals.
async fn stored(house: &House) -> Vec<String> {
    let found = house.dynamodb("Scan", json!({"ConsistentRead": true})).await;
    let mut items: Vec<String> = found["Items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| {
            let pk = item["pk"]["S"].as_str().unwrap();
            !["#LOG#", "#USES", "#SEALS", "#IDEMPOTENCY"].iter().any(|part| pk.contains(part))
        })
        .map(|item| {
            let mut item = item.clone();
            item.sort_all_objects();
            item.to_string()
        })
        .collect();
    items.sort();
    items
}

/// The newest entry of the log that is about this thing and no read.
async fn entry(account: &Account, id: &str) -> Value {
    let path = "/logs?filter[action]=create,update,delete&page[size]=1000";
    let all = expect(account.administrator.get(path).await.unwrap(), 200);
    let rows = all.at("/data");
    let found = rows.as_array().unwrap().iter().find(|row| row["attributes"]["resource-id"] == id);
    found.unwrap_or_else(|| panic!("{id} is not in {}", all.text))["attributes"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn removing_a_group_says_the_same_before_and_after() {
    let house = House::start_with_much_mail().await;
    let (host, noc) = (house.account("acme").await, house.account("noc").await);
    let (bakery, cellar) = (host.organization("Bakery").await, host.organization("Cellar").await);
    let desk = host.group("Desk", &[&bakery, &cellar]).await;
    let grants = Grants { all: false, organizations: &[&cellar], groups: &[&desk] };
    host.user(&house, "ann", "Lite", grants).await;
    host.user(&house, "ed", "Editor", grants).await;
    host.user(&house, "all", "Editor", Grants { all: true, organizations: &[], groups: &[&desk] }).await;
    let mut body = offer("noc", "Editor", &[&cellar]);
    body["data"]["relationships"]["groups"] = identifiers("groups", &[&desk]);
    let connection = connect(&house, &host, &noc, &body).await;
    let (nora, _) = noc.user(&house, "nora", "Editor", Grants::ALL).await;
    enter(&nora, &host.id).await;

    let path = format!("/groups/{desk}");
    let before = stored(&house).await;
    let asked = expect(host.administrator.delete(&format!("{path}?preview=true"), None).await.unwrap(), 200);
    assert_eq!(stored(&house).await, before, "a preview writes nothing");
    let effects = effects(&asked);
    // The one who has all organizations loses nothing, nor does anybody lose what they have by another way.
    assert_eq!(people(&effects), ["ann@acme.example", "ed@acme.example", "nora@noc.example"], "{effects}");
    assert_eq!(effects["users-count"], 2);
    for one in effects["users"].as_array().unwrap().iter().chain([&effects["connections"][0]]) {
        assert_eq!(one["loses"]["organizations"], json!([{"id": bakery, "name": "Bakery"}]), "{one}");
        assert_eq!(one["gains"]["organizations-count"], 0);
    }
    assert_eq!(effects["connections"][0]["id"], json!(connection));
    assert_eq!(effects["connections"][0]["account-name"], "The noc account");

    expect(host.administrator.delete(&path, None).await.unwrap(), 204);
    let entry = entry(&host, &desk).await;
    let lost: Vec<&str> = entry["changes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|change| change["name"] == "loses")
        .filter_map(|change| change["from"].as_str())
        .collect();
    for who in ["ann@acme.example", "ed@acme.example", "nora@noc.example", "The noc account"] {
        assert!(lost.contains(&format!("{who}: Bakery ({bakery})").as_str()), "{who} is not in {lost:?}");
    }
    assert_eq!(lost.len(), 4);
    // The question itself is a read, and no removal.
    let reads = expect(host.administrator.get("/logs?filter[action]=delete").await.unwrap(), 200);
    assert_eq!(reads.at("/data").as_array().map(Vec::len), Some(1), "{}", reads.text);
}

/// Each change that touches anybody's rights, with its preview: it writes nothing, names who gains and who loses, and is refused
/// as the change would be.
#[tokio::test(flavor = "multi_thread")]
async fn every_change_of_rights_can_be_looked_at_first() {
    let house = House::start_with_much_mail().await;
    let (host, noc) = (house.account("acme").await, house.account("noc").await);
    house.account("other").await;
    let (bakery, cellar) = (host.organization("Bakery").await, host.organization("Cellar").await);
    let attic = host.organization("Attic").await;
    let desk = host.group("Desk", &[&bakery]).await;
    let (_, ann) = host.user(&house, "ann", "Lite", Grants::groups(&[&desk])).await;
    host.user(&house, "tim", "Editor", Grants::organizations(&[&attic, &cellar])).await;
    let (editor, _) = host.user(&house, "ed", "Editor", Grants::organizations(&[&cellar])).await;
    let connection = connect(&house, &host, &noc, &offer_all("noc", "Editor")).await;
    let (nora, nora_id) = noc.user(&house, "nora", "Editor", Grants::ALL).await;
    enter(&nora, &host.id).await;
    let key = json!({"name": "Backup", "role-name": "Manager", "all-organizations": true});
    let key = created(host.administrator.post("/api-keys", &resource("api-keys", key)).await.unwrap()).id();
    let user = format!("/users/{ann}");
    let group = format!("/groups/{desk}");
    let of_connection = format!("/connections/{connection}");
    let more = relations("users", &[("organizations", &[&cellar])]);
    let to_bakery = identifiers("organizations", &[&bakery]);
    let nobody: &[&str] = &[];
    let changes: Vec<(Method, String, Value, &[&str])> = vec![
        (
            Method::PATCH,
            user.clone(),
            resource("users", json!({"role-name": "Editor"})),
            &["ann@acme.example"],
        ),
        (Method::PATCH, user.clone(), more, &["ann@acme.example"]),
        (
            Method::PATCH,
            user.clone(),
            resource("users", json!({"status": "suspended"})),
            &["ann@acme.example"],
        ),
        (Method::PATCH, user.clone(), resource("users", json!({"first-name": "Anna"})), nobody),
        (Method::DELETE, user.clone(), Value::Null, &["ann@acme.example"]),
        (
            Method::POST,
            "/groups".to_owned(),
            related(
                "groups",
                json!({"name": "New"}),
                json!({
            "users": identifiers("users", &[&ann]), "organizations": identifiers("organizations", &[&cellar])}),
            ),
            &["ann@acme.example"],
        ),
        (
            Method::PATCH,
            group.clone(),
            relations("groups", &[("organizations", &[&bakery, &cellar])]),
            &["ann@acme.example"],
        ),
        (
            Method::POST,
            format!("{group}/relationships/organizations"),
            identifiers("organizations", &[&cellar]),
            &["ann@acme.example"],
        ),
        (
            Method::POST,
            format!("{group}/relationships/users"),
            identifiers("users", &[&host.administrator_id]),
            nobody,
        ),
        (
            Method::POST,
            "/organizations".to_owned(),
            resource("organizations", json!({"name": "New"})),
            nobody,
        ),
        (
            Method::PATCH,
            format!("/organizations/{cellar}"),
            resource("organizations", json!({"parent-id": bakery})),
            nobody,
        ),
        (
            Method::PATCH,
            "/users".to_owned(),
            json!({"data": [{"type": "users", "id": ann, "attributes": {"role-name": "Editor"}}]}),
            &["ann@acme.example"],
        ),
        (
            Method::PATCH,
            "/groups".to_owned(),
            json!({"data": [{"type": "groups", "id": desk, "attributes": {},
                "relationships": {"organizations": identifiers("organizations", &[&bakery, &cellar])}}]}),
            &["ann@acme.example"],
        ),
        (
            Method::PATCH,
            "/organizations".to_owned(),
            json!({"data": [{"type": "organizations", "id": bakery, "attributes": {"name": "Bread"}}]}),
            nobody,
        ),
        (
            Method::DELETE,
            "/organizations".to_owned(),
            identifiers("organizations", &[&attic]),
            &["tim@acme.example"],
        ),
        (Method::POST, "/connections".to_owned(), offer("other", "Editor", &[&bakery]), nobody),
        (
            Method::PATCH,
            of_connection.clone(),
            resource("connections", json!({"status": "suspended"})),
            &["nora@noc.example"],
        ),
        (
            Method::PATCH,
            of_connection.clone(),
            json!({"data": {"type": "connections",
            "relationships": {"organizations": to_bakery}}}),
            &["nora@noc.example"],
        ),
        (Method::DELETE, of_connection.clone(), Value::Null, &["nora@noc.example"]),
        (
            Method::PUT,
            format!("{of_connection}/users/{nora_id}"),
            resource("users", json!({"access": false})),
            &["nora@noc.example"],
        ),
        (
            Method::PUT,
            format!("{of_connection}/users/tom@noc.example"),
            resource("users", json!({"access": false})),
            &["tom@noc.example"],
        ),
        (
            Method::POST,
            "/api-keys".to_owned(),
            resource("api-keys", json!({"name": "New", "role-name": "Editor", "all-organizations": true})),
            nobody,
        ),
        (Method::DELETE, format!("/api-keys/{key}"), Value::Null, nobody),
    ];
    house.product.drain().await.unwrap();
    let before = stored(&house).await;
    for (method, path, body, named) in &changes {
        let asked = send(&host.administrator, method.clone(), &format!("{path}?preview=true"), body).await;
        let effects = effects(&expect(asked, 200));
        assert_eq!(people(&effects), *named, "{method} {path}: {effects}");
        // Whoever may not make the change does not hear what it would do, and nonsense is no yes.
        let refused_too = send(&editor, method.clone(), &format!("{path}?preview=true"), body).await;
        assert!(matches!(refused_too.status, 403 | 404), "{method} {path}: {}", refused_too.text);
        let nonsense =
            send(&host.administrator, method.clone(), &format!("{path}?preview=perhaps"), body).await;
        refused(nonsense, 400, "bad-parameter");
    }
    let settings = resource("accounts", json!({"enforce-mfa": true, "require-delegate-mfa": true}));
    let asked = send(&host.administrator, Method::PATCH, "/account?preview=true", &settings).await;
    let asked = expect(asked, 200);
    assert_eq!(asked.at("/data/attributes/enforce-mfa"), json!(true));
    let shut_out = asked.at("/meta/shut-out");
    let mut emails: Vec<&str> =
        shut_out.as_array().unwrap().iter().filter_map(|one| one["email"].as_str()).collect();
    emails.sort_unstable();
    let own =
        ["admin@acme.example", "ann@acme.example", "ed@acme.example", "nora@noc.example", "tim@acme.example"];
    assert_eq!(emails, own);
    house.product.drain().await.unwrap();
    let after = stored(&house).await;
    assert_eq!(after, before, "a preview writes nothing");
    // What cannot be done is refused in the preview as it would be.
    let last = format!("/users/{}?preview=true", host.administrator_id);
    refused(host.administrator.delete(&last, None).await.unwrap(), 409, "last-administrator");
    let stale =
        send(&host.administrator, Method::DELETE, &format!("{group}?preview=true"), &Value::Null).await;
    refused(stale, 422, "no-organization");
    let entries =
        expect(host.administrator.get("/logs?filter[action]=read&page[size]=1000").await.unwrap(), 200);
    assert!(entries.text.contains(&connection), "what was asked about stands in the log as a read");
}

/// Groups that change in one request are looked at together: what one takes another may give, and what each may give alone may be
/// too much of both.
#[tokio::test(flavor = "multi_thread")]
async fn groups_that_change_together_are_looked_at_together() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let admin = &account.administrator;
    let shops = account.organizations("Shop", 7).await;
    let shops: Vec<&str> = shops.iter().map(String::as_str).collect();
    let (day, night) = (account.group("Day", &shops[..1]).await, account.group("Night", &[]).await);
    let grants = Grants { all: false, organizations: &shops[6..], groups: &[&day, &night] };
    account.user(&house, "ann", "Lite", grants).await;
    let both = |first: &[&str], second: &[&str]| {
        let row = |id: &str, organizations: &[&str]| {
            json!({"type": "groups", "id": id, "attributes": {},
                "relationships": {"organizations": identifiers("organizations", organizations)}})
        };
        json!({"data": [row(&day, first), row(&night, second)]})
    };
    let before = stored(&house).await;
    let swapped = both(&[], &shops[..1]);
    let asked = expect(send(admin, Method::PATCH, "/groups?preview=true", &swapped).await, 200);
    assert!(people(&effects(&asked)).is_empty(), "{}", asked.text);
    assert_eq!(
        asked.at("/data/1/relationships/organizations/data"),
        swapped["data"][1]["relationships"]["organizations"]["data"]
    );
    let more = both(&shops[..2], &shops[2..4]);
    let asked = expect(send(admin, Method::PATCH, "/groups?preview=true", &more).await, 200);
    assert_eq!(people(&effects(&asked)), ["ann@acme.example"]);
    assert_eq!(effects(&asked)["users"][0]["gains"]["organizations-count"], 3);
    // Four by the one and two by the other, beside the one of her own: each would be allowed, and together they are none.
    let too_much = both(&shops[..4], &shops[4..6]);
    for path in ["/groups?preview=true", "/groups"] {
        expect(send(admin, Method::PATCH, path, &too_much).await, 422);
    }
    assert_eq!(stored(&house).await, before, "nothing was written");
    let changed = expect(send(admin, Method::PATCH, "/groups", &more).await, 200);
    assert_eq!(changed.at("/meta"), Value::Null, "{}", changed.text);
}

/// Whoever asks first hears of those whom they may see, and how many others there are.
#[tokio::test(flavor = "multi_thread")]
async fn a_preview_names_nobody_and_nothing_that_its_reader_may_not_see() {
    let house = House::start_with_much_mail().await;
    let (host, noc) = (house.account("acme").await, house.account("noc").await);
    let (bakery, cellar) = (host.organization("Bakery").await, host.organization("Cellar").await);
    let desk = host.group("Desk", &[&bakery, &cellar]).await;
    let grants = Grants { all: false, organizations: &[&bakery], groups: &[&desk] };
    host.user(&house, "ed", "Editor", grants).await;
    let mut body = offer("noc", "Editor", &[&bakery]);
    body["data"]["relationships"]["groups"] = identifiers("groups", &[&desk]);
    connect(&house, &host, &noc, &body).await;
    let (nora, _) = noc.user(&house, "nora", "Editor", Grants::ALL).await;
    enter(&nora, &host.id).await;
    let key = json!({"name": "Nightly", "role-name": "Editor"});
    let key =
        related("api-keys", key, json!({"organizations": identifiers("organizations", &[&bakery, &cellar])}));
    created(host.administrator.post("/api-keys", &key).await.unwrap());
    let (manager, manager_id) = host.user(&house, "mo", "Manager", Grants::organizations(&[&bakery])).await;
    let (editor, _) = host.user(&house, "eva", "Editor", Grants::organizations(&[&bakery, &cellar])).await;
    let mut join = resource("users", json!({}));
    join["data"]["relationships"] = json!({"groups": {"data": [{"type": "groups", "id": desk}]}});
    expect(host.administrator.patch(&format!("/users/{manager_id}"), &join).await.unwrap(), 200);

    // A Manager manages a group that a delegate has: who of the users, and how many connections.
    let path = format!("/groups/{desk}?preview=true");
    let seen = effects(&expect(manager.delete(&path, None).await.unwrap(), 200));
    assert_eq!((&seen["connections"], &seen["api-keys"]), (&json!([]), &json!([])), "{seen}");
    assert_eq!(seen["connections-count"], 1);
    assert!(
        seen["users"].as_array().unwrap().iter().any(|user| user["email"] == "ed@acme.example"),
        "{seen}"
    );
    let whole = effects(&expect(host.administrator.delete(&path, None).await.unwrap(), 200));
    assert_eq!(whole["connections"][0]["account-name"], "The noc account", "{whole}");
    assert_eq!(whole["connections-count"], 1);

    // An Editor removes an organization: how many, and nobody by name.
    let path = format!("/organizations/{cellar}?preview=true");
    let answer = expect(editor.delete(&path, None).await.unwrap(), 200);
    let seen = effects(&answer);
    assert_eq!((&seen["connections"], &seen["api-keys"]), (&json!([]), &json!([])), "{seen}");
    assert_eq!((&seen["connections-count"], &seen["api-keys-count"]), (&json!(1), &json!(1)), "{seen}");
    assert!(seen["users-count"].as_u64().unwrap() >= 2, "{seen}");
    for name in ["ed@acme", "mo@acme", "nora@noc", "The noc account"] {
        assert!(!answer.text.contains(name), "{name} in {}", answer.text);
    }
    let whole = effects(&expect(host.administrator.delete(&path, None).await.unwrap(), 200));
    assert_eq!(whole["api-keys"].as_array().map(Vec::len), Some(1), "{whole}");

    // A Manager takes a colleague out of a group: of the organizations those that the Manager has.
    let elsewhere = host.organization("Elsewhere").await;
    let (_, zoe) = host.user(&house, "zoe", "Editor", Grants::organizations(&[&bakery, &elsewhere])).await;
    let path = format!("/users/{zoe}?preview=true");
    let answer = expect(manager.delete(&path, None).await.unwrap(), 200);
    let seen = answer.at("/meta/effects/users/0/loses");
    assert_eq!(seen["organizations-count"], 2, "{}", answer.text);
    assert_eq!(seen["organizations"], json!([{"id": bakery, "name": "Bakery"}]), "{}", answer.text);
}

//! Single assets that only some may reach, and types of assets that are kept from groups: set, met by every check, and never falling
//! open.

use journeys::{
    Account, Answer, Client, Grants, House, created, expect, faults, identifiers, refused, relations,
    resource, texts,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::glueconnect::{connect, enter, offer_all};
use crate::races::{Racer, race};

fn path(organization: &str, kind: &str, asset: &str) -> String {
    format!("/organizations/{organization}/restrictions/{kind}/{asset}")
}

fn restriction(groups: &[&str], users: &[&str], attributes: Value) -> Value {
    let mut body = resource("restrictions", attributes);
    body["data"]["relationships"] = who(&[("groups", groups), ("users", users)]);
    body
}

fn who(named: &[(&str, &[&str])]) -> Value {
    relations("", named)["data"]["relationships"].clone()
}

async fn set(caller: &Client, path: &str, groups: &[&str], users: &[&str]) -> Answer {
    put(caller, path, restriction(groups, users, json!({}))).await
}

async fn put(caller: &Client, path: &str, body: Value) -> Answer {
    caller.send(Method::PUT, path, &[], Some(body.to_string())).await.unwrap()
}

/// What a check of an asset comes to.
async fn asked(caller: &Client, action: &str, organization: &str, (kind, asset): (&str, &str)) -> Answer {
    let question = json!({"action": action, "organization-id": organization, "resource-type": kind, "resource-id": asset});
    expect(caller.post("/access/check", &resource("access-checks", question)).await.unwrap(), 200)
}

async fn reason(caller: &Client, action: &str, organization: &str, asset: (&str, &str)) -> String {
    asked(caller, action, organization, asset).await.text_at("/data/attributes/reason")
}

async fn deny(caller: &Client, group: &str, types: &[&str]) -> Answer {
    let body = resource("groups", json!({"denied-resource-types": types}));
    caller.patch(&format!("/groups/{group}"), &body).await.unwrap()
}

async fn leave(account: &Account, group: &str, user: &str) -> Answer {
    let path = format!("/groups/{group}/relationships/users");
    account.administrator.delete(&path, Some(&identifiers("users", &[user]))).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_only_area() {
    let house = House::start_with_much_mail().await;
    let (host, noc) = (house.account("acme").await, house.account("noc").await);
    let bakery = host.organization("Bakery").await;
    let clients = host.group("Clients", &[&bakery]).await;
    let field = host.group("Field", &[&bakery]).await;
    let (ann, _) = host.user(&house, "ann", "Lite", Grants::groups(&[&clients])).await;
    let (tom, tom_id) = host.user(&house, "tom", "Editor", Grants::groups(&[&field])).await;
    noc.organization("Home").await;
    connect(&house, &host, &noc, &offer_all("noc", "Administrator")).await;
    let (vic, _) = noc.user(&house, "vic", "Administrator", Grants::ALL).await;
    let inside = enter(&vic, &host.id).await;

    // Everyone reads the folder who reaches the bakery; then it is the clients' alone.
    let folder = ("documents", "folder-1");
    let at = path(&bakery, "documents", "folder-1");
    for caller in [&ann, &tom, &inside, &host.administrator] {
        assert_eq!(reason(caller, "read", &bakery, folder).await, "allowed");
    }
    let answer = expect(set(&host.administrator, &at, &[&clients], &[]).await, 200);
    assert_eq!(answer.text_at("/data/attributes/set-by-name"), "Ada Admin");
    assert_eq!(reason(&ann, "read", &bakery, folder).await, "allowed");
    let why = asked(&ann, "read", &bakery, ("Documents", "folder-1")).await;
    assert_eq!(why.at("/data/attributes/via"), json!([format!("groups/{clients}")]));
    for caller in [&tom, &inside] {
        let why = asked(caller, "read", &bakery, folder).await;
        assert_eq!(why.at("/data/attributes/obstacles"), json!(["resource-restricted"]), "{}", why.text);
        // Of the organization itself, and of another asset, nothing has changed.
        assert_eq!(reason(caller, "read", &bakery, ("documents", "folder-2")).await, "allowed");
    }
    assert_eq!(reason(&host.administrator, "delete", &bakery, folder).await, "allowed");

    // A delegate neither sees nor sets, whatever the role; nor do those who only read.
    for (caller, code) in [(&inside, "security-permission"), (&ann, "role-too-low")] {
        refused(caller.get(&format!("/organizations/{bakery}/restrictions")).await.unwrap(), 403, code);
        refused(caller.get(&at).await.unwrap(), 403, code);
        refused(set(caller, &at, &[&field], &[]).await, 403, code);
        refused(caller.delete(&at, None).await.unwrap(), 403, code);
        let many = json!({"data": [restriction(&[&field], &[], json!({"resource-type": "a", "resource-id": "b"}))["data"]]});
        refused(
            caller.post(&format!("/organizations/{bakery}/restrictions"), &many).await.unwrap(),
            403,
            code,
        );
    }
    // Whom it is closed to can neither see whom it names nor open it.
    refused(tom.get(&at).await.unwrap(), 403, "resource-restricted");
    refused(set(&tom, &at, &[&field], &[]).await, 403, "resource-restricted");
    refused(tom.delete(&at, None).await.unwrap(), 403, "resource-restricted");
    let listed = expect(tom.get(&format!("/organizations/{bakery}/restrictions")).await.unwrap(), 200);
    assert_eq!(texts(&listed, "/attributes/resource-id"), Vec::<String>::new());

    // A user by name.
    expect(set(&host.administrator, &at, &[&clients], &[&tom_id]).await, 200);
    let why = asked(&tom, "update", &bakery, folder).await;
    assert_eq!(why.at("/data/attributes/via"), json!([format!("groups/{field}"), "user"]));
    let shown = expect(tom.get(&at).await.unwrap(), 200);
    assert_eq!(shown.at("/data/relationships/users/data/0/id"), json!(tom_id));
    let who = format!(
        "/access/users?filter[organization_id]={bakery}&filter[resource_type]=documents&filter[resource_id]=folder-1&sort=email"
    );
    let who = expect(host.administrator.get(&who).await.unwrap(), 200);
    assert_eq!(
        texts(&who, "/attributes/email"),
        ["admin@acme.example", "ann@acme.example", "tom@acme.example"]
    );
    assert_eq!(who.at("/meta/connections"), json!([]), "the delegate does not reach it: {}", who.text);

    // Opened again, once.
    expect(host.administrator.delete(&at, None).await.unwrap(), 204);
    refused(host.administrator.delete(&at, None).await.unwrap(), 404, "not-found");
    refused(host.administrator.get(&at).await.unwrap(), 404, "not-found");
    assert_eq!(reason(&inside, "read", &bakery, folder).await, "allowed");

    // The log has it, from whom to whom, under the names of the asset.
    let log = "/logs?filter[resource_type]=restrictions&filter[resource-id]=folder-1&filter[outcome]=allowed&sort=created_at";
    let log = expect(host.administrator.get(log).await.unwrap(), 200);
    let written: Vec<(String, Value)> = log
        .at("/data")
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["attributes"]["action"] != "read")
        .map(|entry| {
            (
                entry["attributes"]["action"].as_str().unwrap().to_owned(),
                entry["attributes"]["changes"].clone(),
            )
        })
        .collect();
    assert_eq!(
        written.iter().map(|(action, _)| action.as_str()).collect::<Vec<_>>(),
        ["create", "update", "delete"],
        "{written:#?}"
    );
    assert!(written[0].1.to_string().contains(&format!("Clients ({clients})")), "{written:#?}");
    assert!(written[1].1.to_string().contains(&format!("({tom_id})")), "{written:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_asset_whose_last_group_and_user_go_stays_closed() {
    let house = House::start_with_much_mail().await;
    let account = house.account("acme").await;
    let bakery = account.organization("Bakery").await;
    let clients = account.group("Clients", &[]).await;
    let grants = Grants { all: false, organizations: &[&bakery], groups: &[&clients] };
    let (ann, _) = account.user(&house, "ann", "Editor", grants).await;
    let (_, bob_id) = account.user(&house, "bob", "Editor", Grants::organizations(&[&bakery])).await;
    let one = path(&bakery, "documents", "one");
    expect(set(&account.administrator, &one, &[&clients], &[&bob_id]).await, 200);
    let other = path(&bakery, "documents", "other");
    expect(set(&account.administrator, &other, &[], &[&bob_id]).await, 200);

    expect(account.administrator.delete(&format!("/users/{bob_id}"), None).await.unwrap(), 204);
    assert_eq!(reason(&ann, "read", &bakery, ("documents", "one")).await, "allowed");
    assert_eq!(reason(&ann, "read", &bakery, ("documents", "other")).await, "resource-restricted");
    expect(account.administrator.delete(&format!("/groups/{clients}"), None).await.unwrap(), 204);
    for asset in ["one", "other"] {
        assert_eq!(reason(&ann, "read", &bakery, ("documents", asset)).await, "resource-restricted");
        assert_eq!(reason(&account.administrator, "read", &bakery, ("documents", asset)).await, "allowed");
    }
    let all = format!("/organizations/{bakery}/restrictions");
    let orphaned =
        expect(account.administrator.get(&format!("{all}?filter[orphaned]=true")).await.unwrap(), 200);
    assert_eq!(texts(&orphaned, "/attributes/resource-id"), ["one", "other"]);
    assert_eq!(orphaned.at("/data/0/relationships/groups/data"), json!([]));
    assert_eq!(orphaned.at("/data/0/attributes/version"), json!(3));
    let log = expect(
        account
            .administrator
            .get("/logs?filter[resource_type]=restrictions&filter[action]=update")
            .await
            .unwrap(),
        200,
    );
    assert_eq!(
        texts(&log, "/attributes/resource-id").len(),
        3,
        "one entry for each that lost somebody: {}",
        log.text
    );

    // Given to somebody again; and with the organization all of it is gone.
    expect(set(&account.administrator, &one, &[], &[&account.administrator_id]).await, 200);
    let orphaned =
        expect(account.administrator.get(&format!("{all}?filter[orphaned]=true")).await.unwrap(), 200);
    assert_eq!(texts(&orphaned, "/attributes/resource-id"), ["other"]);
    let (_, spare) = (ann, account.organization("Spare").await);
    let body = resource("users", json!({"all-organizations": true}));
    let users =
        expect(account.administrator.get("/users?filter[email]=ann@acme.example").await.unwrap(), 200);
    expect(
        account.administrator.patch(&format!("/users/{}", users.text_at("/data/0/id")), &body).await.unwrap(),
        200,
    );
    expect(account.administrator.delete(&format!("/organizations/{bakery}"), None).await.unwrap(), 204);
    refused(account.administrator.get(&all).await.unwrap(), 404, "not-found");
    assert!(house.partition(&format!("A#{}#RESTRICTIONS", account.id)).await.is_empty());
    refused(account.administrator.get(&path(&spare, "documents", "one")).await.unwrap(), 404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_shuts_themselves_out_is_asked_first() {
    let house = House::start_with_much_mail().await;
    let account = house.account("acme").await;
    let bakery = account.organization("Bakery").await;
    let clients = account.group("Clients", &[&bakery]).await;
    let (cleo, cleo_id) = account.user(&house, "cleo", "Creator", Grants::organizations(&[&bakery])).await;
    let at = path(&bakery, "passwords", "7");
    refused(set(&cleo, &at, &[&clients], &[]).await, 409, "confirm-needed");
    assert_eq!(reason(&cleo, "read", &bakery, ("passwords", "7")).await, "allowed", "nothing was written");
    // Named beside the clients, nobody is asked.
    let first = expect(set(&cleo, &at, &[&clients], &[&cleo_id]).await, 200);
    // Sent again it changes nothing; another version is not changed.
    let again = expect(set(&cleo, &at, &[&clients], &[&cleo_id]).await, 200);
    assert_eq!(again.text, first.text);
    let stale = [("if-match", "\"7\"")];
    let body = restriction(&[&clients], &[], json!({})).to_string();
    refused(cleo.send(Method::PUT, &at, &stale, Some(body)).await.unwrap(), 412, "stale-version");
    // Sent back as it was read.
    let mut read = expect(cleo.get(&at).await.unwrap(), 200).json();
    read["data"]["relationships"]["users"]["data"] = json!([]);
    refused(put(&cleo, &at, read.clone()).await, 409, "confirm-needed");
    read["data"]["attributes"]["confirm"] = json!(true);
    expect(put(&cleo, &at, read).await, 200);
    refused(cleo.get(&at).await.unwrap(), 403, "resource-restricted");
    assert_eq!(reason(&cleo, "read", &bakery, ("passwords", "7")).await, "resource-restricted");
    // An Administrator is not asked: they always can.
    let other = path(&bakery, "passwords", "8");
    expect(set(&account.administrator, &other, &[&clients], &[]).await, 200);
    expect(account.administrator.delete(&at, None).await.unwrap(), 204);
    assert_eq!(reason(&cleo, "read", &bakery, ("passwords", "7")).await, "allowed");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_restriction_is_said_and_nothing_is_written() {
    let house = House::start_with_much_mail().await;
    let (account, other) = (house.account("acme").await, house.account("other").await);
    let bakery = account.organization("Bakery").await;
    let foreign = other.group("Foreign", &[]).await;
    let clients = account.group("Clients", &[]).await;
    let at = path(&bakery, "documents", "1");
    let unknown = refused(set(&account.administrator, &at, &["9"], &[]).await, 422, "unknown-group");
    let theirs = refused(set(&account.administrator, &at, &[&foreign], &[]).await, 422, "unknown-group");
    assert_eq!(unknown.text.replace("Group 9", ""), theirs.text.replace(&format!("Group {foreign}"), ""));
    refused(set(&account.administrator, &at, &[&clients], &["9"]).await, 422, "unknown-user");
    refused(
        set(&account.administrator, &at, &[&clients], &[&other.administrator_id]).await,
        422,
        "unknown-user",
    );
    refused(set(&account.administrator, &at, &[], &[]).await, 422, "nobody-named");
    refused(put(&account.administrator, &at, resource("restrictions", json!({}))).await, 422, "nobody-named");
    let many: Vec<String> = (1..=51).map(|number| number.to_string()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    refused(set(&account.administrator, &at, &many, &[]).await, 422, "too-many-in-restriction");
    refused(
        put(&account.administrator, &at, restriction(&[&clients], &[], json!({"confirm": null}))).await,
        422,
        "not-nullable",
    );
    refused(
        put(&account.administrator, &at, restriction(&[&clients], &[], json!({"orphaned": false}))).await,
        422,
        "unknown-attribute",
    );
    let long = "x".repeat(101);
    refused(
        set(&account.administrator, &path(&bakery, "documents", &long), &[&clients], &[]).await,
        404,
        "not-found",
    );
    let elsewhere = other.organization("Elsewhere").await;
    refused(
        set(&account.administrator, &path(&elsewhere, "documents", "1"), &[&clients], &[]).await,
        404,
        "not-found",
    );
    refused(account.administrator.get(&at).await.unwrap(), 404, "not-found");

    let rows = json!({"data": [
        restriction(&[&clients], &[], json!({"resource-type": "documents", "resource-id": "1"}))["data"],
        restriction(&["9"], &[], json!({"resource-type": " ", "resource-id": "2"}))["data"],
        restriction(&[], &[], json!({"resource-type": "documents", "resource-id": "3"}))["data"],
    ]});
    let all = format!("/organizations/{bakery}/restrictions");
    let answer = expect(account.administrator.post(&all, &rows).await.unwrap(), 422);
    assert_eq!(
        faults(&answer),
        [
            ("invalid".to_owned(), "/data/1/attributes/resource-type".to_owned()),
            ("nobody-named".to_owned(), "/data/2/relationships".to_owned())
        ]
    );
    let none = expect(account.administrator.get(&all).await.unwrap(), 200);
    assert_eq!(none.at("/meta/total-count"), json!(0));
    // Names with signs that mean something elsewhere are names.
    for name in ["a%23b", "a%25", "%C3%BCber%20uns", "a%2Fb"] {
        let at = path(&bakery, "documents", name);
        let answer = expect(set(&account.administrator, &at, &[&clients], &[]).await, 200);
        let shown = expect(account.administrator.get(&at).await.unwrap(), 200);
        assert_eq!(shown.text_at("/data/id"), answer.text_at("/data/id"));
        expect(account.administrator.delete(&at, None).await.unwrap(), 204);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_type_that_one_of_two_groups_denies_is_denied() {
    let house = House::start_with_much_mail().await;
    let (host, noc) = (house.account("acme").await, house.account("noc").await);
    let bakery = host.organization("Bakery").await;
    let (desk, field) = (host.group("Desk", &[&bakery]).await, host.group("Field", &[&bakery]).await);
    let (ed, ed_id) = host.user(&house, "ed", "Editor", Grants::groups(&[&desk, &field])).await;
    let (max, max_id) = host.user(&house, "max", "Manager", Grants::groups(&[&desk])).await;
    noc.organization("Home").await;
    let mut offer = crate::glueconnect::offer("noc", "Administrator", &[]);
    offer["data"]["relationships"] = who(&[("groups", &[&desk])]);
    connect(&house, &host, &noc, &offer).await;
    let (vic, _) = noc.user(&house, "vic", "Administrator", Grants::ALL).await;
    let inside = enter(&vic, &host.id).await;

    refused(deny(&max, &desk, &["passwords"]).await, 403, "role-too-low");
    refused(deny(&inside, &desk, &["passwords"]).await, 403, "security-permission");
    let answer = expect(deny(&host.administrator, &desk, &["Passwords", "passwords "]).await, 200);
    assert_eq!(answer.at("/data/attributes/denied-resource-types"), json!(["passwords"]));
    for caller in [&ed, &max, &inside] {
        let why = asked(caller, "read", &bakery, ("passwords", "1")).await;
        assert_eq!(why.at("/data/attributes/obstacles"), json!(["resource-type-denied"]), "{}", why.text);
        assert_eq!(why.at("/data/attributes/denied-by-group-ids"), json!([desk]));
        assert_eq!(reason(caller, "read", &bakery, ("documents", "1")).await, "allowed");
    }
    assert_eq!(reason(&host.administrator, "read", &bakery, ("passwords", "1")).await, "allowed");
    // Of a type alone, too; and a check without a type says nothing of assets.
    let alone = json!({"action": "read", "organization-id": bakery, "resource-type": "PASSWORDS"});
    let alone = expect(ed.post("/access/check", &resource("access-checks", alone)).await.unwrap(), 200);
    assert_eq!(alone.text_at("/data/attributes/reason"), "resource-type-denied");
    assert_eq!(journeys::check(&ed, "read", &bakery).await.text_at("/data/attributes/reason"), "allowed");
    // A denied type beats a restriction that names one; and nobody sets what is kept from them.
    let at = path(&bakery, "passwords", "1");
    expect(set(&host.administrator, &at, &[&field], &[&ed_id]).await, 200);
    assert_eq!(reason(&ed, "read", &bakery, ("passwords", "1")).await, "resource-type-denied");
    refused(set(&ed, &at, &[&field], &[&ed_id]).await, 403, "resource-type-denied");
    let resources = format!("/access/resources?filter[organization_id]={bakery}&filter[user_id]={ed_id}");
    let resources = expect(host.administrator.get(&resources).await.unwrap(), 200);
    assert_eq!(resources.at("/meta/denied-resource-types"), json!(["passwords"]));
    assert_eq!(resources.at("/data/0/attributes/allowed"), json!(false));
    let review = expect(host.administrator.get("/access/review").await.unwrap(), 200);
    for row in review.at("/data").as_array().unwrap() {
        let bound =
            row["id"] == ed_id.as_str() || row["id"] == max_id.as_str() || row["type"] == "connections";
        let expected = if bound { json!(["passwords"]) } else { json!([]) };
        assert_eq!(row["attributes"]["denied-resource-types"], expected, "{row}");
    }

    // Out of the group, and no longer denied; the group gone, and nobody is.
    expect(leave(&host, &desk, &ed_id).await, 204);
    assert_eq!(reason(&ed, "read", &bakery, ("passwords", "1")).await, "allowed");
    let body = resource("users", json!({"all-organizations": true}));
    expect(host.administrator.patch(&format!("/users/{max_id}"), &body).await.unwrap(), 200);
    refused(deny(&host.administrator, &desk, &["a"; 21]).await, 422, "too-many");
    refused(deny(&host.administrator, &desk, &["\n"]).await, 422, "invalid");
    let null = resource("groups", json!({"denied-resource-types": null}));
    refused(host.administrator.patch(&format!("/groups/{desk}"), &null).await.unwrap(), 422, "not-nullable");
    let log = expect(
        host.administrator
            .get("/logs?filter[resource_type]=groups&filter[action]=update&filter[outcome]=allowed")
            .await
            .unwrap(),
        200,
    );
    let told = json!({"name": "denied-resource-types", "from": null, "to": "passwords"});
    assert!(log.text.contains("denied-resource-types"), "{told} is in {}", log.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_is_restricted_with_all_that_is_in_it() {
    let house = House::start_with_much_mail().await;
    let account = house.account("acme").await;
    let bakery = account.organization("Bakery").await;
    let (clients, desk) = (account.group("Clients", &[]).await, account.group("Desk", &[]).await);
    let grants = Grants { all: false, organizations: &[&bakery], groups: &[&desk] };
    let (ed, ed_id) = account.user(&house, "ed", "Editor", grants).await;
    let rows = |count: usize, groups: &[&str], confirm: bool| {
        let row = |number: usize| {
            let attributes = json!({"resource-type": "documents", "resource-id": format!("{number:03}"), "confirm": confirm});
            restriction(groups, &[], attributes)["data"].clone()
        };
        json!({"data": (0..count).map(row).collect::<Vec<Value>>()})
    };
    let all = format!("/organizations/{bakery}/restrictions");
    let outcomes = |answer: &Answer| -> Vec<String> {
        let rows = answer.at("/meta/results").as_array().unwrap().clone();
        rows.iter().map(|row| row["outcome"].as_str().unwrap().to_owned()).collect()
    };
    let sent = expect(ed.post(&all, &rows(500, &[&desk], false)).await.unwrap(), 201);
    assert_eq!(outcomes(&sent), vec!["set"; 500]);
    assert_eq!(sent.at("/data").as_array().unwrap().len(), 500);
    let again = expect(ed.post(&all, &rows(500, &[&desk], false)).await.unwrap(), 200);
    assert_eq!(outcomes(&again), vec!["unchanged"; 500]);
    refused(ed.post(&all, &rows(501, &[&desk], false)).await.unwrap(), 422, "too-many");
    // One inside is changed by itself; the folder is set again, and each row says what came of it.
    expect(set(&account.administrator, &path(&bakery, "documents", "000"), &[&clients], &[]).await, 200);
    let mut mixed = rows(3, &[&desk, &clients], false);
    let twice = mixed["data"][1].clone();
    mixed["data"].as_array_mut().unwrap().push(twice);
    let mixed = expect(ed.post(&all, &mixed).await.unwrap(), 201);
    assert_eq!(outcomes(&mixed), ["resource-restricted", "changed", "changed", "duplicate"]);
    let out = expect(ed.post(&all, &rows(2, &[&clients], false)).await.unwrap(), 200);
    assert_eq!(outcomes(&out), ["resource-restricted", "confirm-needed"]);
    let out = expect(ed.post(&all, &rows(2, &[&clients], true)).await.unwrap(), 201);
    assert_eq!(outcomes(&out), ["resource-restricted", "changed"]);

    // By cursor and by filters, in the order of the names; a page costs what is on it.
    let mut next = format!("{all}?page[size]=100&page[after]=");
    let mut seen = Vec::new();
    while !next.is_empty() {
        let page = expect(account.administrator.get(&next).await.unwrap(), 200);
        seen.extend(texts(&page, "/attributes/resource-id"));
        next = page.at("/links/next").as_str().unwrap_or_default().to_owned();
        next = next
            .split_once("/organizations")
            .map_or(String::new(), |(_, rest)| format!("/organizations{rest}"));
    }
    let expected: Vec<String> = (0..500).map(|number| format!("{number:03}")).collect();
    assert_eq!(seen, expected);
    let by_group =
        expect(account.administrator.get(&format!("{all}?filter[group-id]={clients}")).await.unwrap(), 200);
    assert_eq!(texts(&by_group, "/attributes/resource-id"), ["000", "001", "002"]);
    let down = expect(
        account.administrator.get(&format!("{all}?sort=-resource-type&page[size]=2")).await.unwrap(),
        200,
    );
    assert_eq!(texts(&down, "/attributes/resource-id"), ["499", "498"]);
    let none = expect(
        account.administrator.get(&format!("{all}?filter[resource-type]=document")).await.unwrap(),
        200,
    );
    assert_eq!(none.at("/meta/total-count"), json!(0), "a type is a whole name");
    let csv = [("accept", "text/csv")];
    let csv = account
        .administrator
        .send(Method::GET, &format!("{all}?filter[group-id]={clients}"), &csv, None)
        .await
        .unwrap();
    assert!(csv.text.contains("documents,000,false,Clients"), "{}", csv.text);
    // Whoever belongs to the group loses it with the group: five hundred at once, and none falls open.
    expect(leave(&account, &desk, &ed_id).await, 204);
    expect(account.administrator.delete(&format!("/groups/{desk}"), None).await.unwrap(), 204);
    for number in ["003", "250", "499"] {
        assert_eq!(reason(&ed, "read", &bakery, ("documents", number)).await, "resource-restricted");
    }
    let orphaned = expect(
        account.administrator.get(&format!("{all}?filter[orphaned]=true&page[size]=1000")).await.unwrap(),
        200,
    );
    assert_eq!(orphaned.at("/meta/total-count"), json!(497));
}

/// Splitmix64: the same worlds on every day.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        usize::try_from((mixed ^ (mixed >> 27)) % u64::try_from(sides).unwrap()).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_and_checks_agree_for_everyone() {
    let house = House::start_with_much_mail().await;
    let account = house.account("acme").await;
    let bakery = account.organization("Bakery").await;
    let spare = account.organization("Spare").await;
    let mut groups = Vec::new();
    for name in ["a", "b", "c"] {
        groups.push(account.group(name, &[]).await);
    }
    let mut dice = Dice(7);
    let mut users = Vec::new();
    for (number, role) in ["Creator", "Editor", "Manager", "Lite", "Read-only"].into_iter().enumerate() {
        let members: Vec<&str> = groups.iter().filter(|_| dice.roll(2) == 0).map(String::as_str).collect();
        let organization = if number == 4 { &spare } else { &bakery };
        let grants = Grants { all: false, organizations: &[organization], groups: &members };
        users.push(account.user(&house, &format!("user{number}"), role, grants).await);
    }
    let kinds = ["passwords", "documents"];
    for round in 0..6 {
        for group in &groups {
            let denied: Vec<&str> = kinds.into_iter().filter(|_| dice.roll(4) == 0).collect();
            expect(deny(&account.administrator, group, &denied).await, 200);
        }
        for kind in kinds {
            for asset in 0..3 {
                let at = path(&bakery, kind, &asset.to_string());
                let named: Vec<&str> =
                    groups.iter().filter(|_| dice.roll(3) == 0).map(String::as_str).collect();
                let by_name: Vec<&str> =
                    users.iter().filter(|_| dice.roll(4) == 0).map(|(_, id)| id.as_str()).collect();
                if named.is_empty() && by_name.is_empty() {
                    let gone = account.administrator.delete(&at, None).await.unwrap();
                    assert!([204, 404].contains(&gone.status), "{}", gone.text);
                } else {
                    expect(set(&account.administrator, &at, &named, &by_name).await, 200);
                }
            }
        }
        for (user, id) in &users {
            let reaches =
                journeys::check(user, "read", &bakery).await.at("/data/attributes/allowed") == json!(true);
            let listed =
                user.get(&format!("/access/resources?filter[organization_id]={bakery}")).await.unwrap();
            let by_boss = format!("/access/resources?filter[organization_id]={bakery}&filter[user_id]={id}");
            let by_boss = expect(account.administrator.get(&by_boss).await.unwrap(), 200);
            if reaches {
                assert_eq!(expect(listed.clone(), 200).at("/data"), by_boss.at("/data"), "round {round}");
            } else {
                refused(listed, 404, "not-found");
            }
            for row in by_boss.at("/data").as_array().unwrap() {
                let of = |name: &str| row["attributes"][name].as_str().unwrap().to_owned();
                let (kind, asset) = (of("resource-type"), of("resource-id"));
                let check = asked(user, "read", &bakery, (&kind, &asset)).await;
                let attributes = check.at("/data/attributes");
                assert_eq!(row["attributes"]["allowed"], attributes["allowed"], "round {round}: {row}");
                assert_eq!(row["attributes"]["obstacles"], attributes["obstacles"], "round {round}: {row}");
                let who = format!(
                    "/access/users?filter[organization_id]={bakery}&filter[resource_type]={kind}&filter[resource_id]={asset}"
                );
                let who = expect(account.administrator.get(&who).await.unwrap(), 200);
                assert_eq!(
                    json!(journeys::ids(&who).contains(id)),
                    attributes["allowed"],
                    "round {round}: {row}"
                );
                let may_set = asked(user, "set-restrictions", &bakery, (&kind, &asset)).await;
                let shown = user.get(&path(&bakery, &kind, &asset)).await.unwrap();
                assert_eq!(
                    json!(shown.status == 200),
                    may_set.at("/data/attributes/allowed").clone(),
                    "{}",
                    shown.text
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_very_next_check_obeys_a_hundred_times() {
    let house = House::start_with_much_mail().await;
    let (host, noc) = (house.account("acme").await, house.account("noc").await);
    let bakery = host.organization("Bakery").await;
    let desk = host.group("Desk", &[&bakery]).await;
    noc.organization("Home").await;
    let mut offer = crate::glueconnect::offer("noc", "Editor", &[]);
    offer["data"]["relationships"] = who(&[("groups", &[&desk])]);
    connect(&house, &host, &noc, &offer).await;
    let (vic, _) = noc.user(&house, "vic", "Editor", Grants::ALL).await;
    let inside = enter(&vic, &host.id).await;
    let at = path(&bakery, "documents", "1");
    for round in 0..50 {
        expect(deny(&host.administrator, &desk, &["passwords"]).await, 200);
        assert_eq!(
            reason(&inside, "read", &bakery, ("passwords", "1")).await,
            "resource-type-denied",
            "round {round}"
        );
        expect(deny(&host.administrator, &desk, &[]).await, 200);
        assert_eq!(reason(&inside, "read", &bakery, ("passwords", "1")).await, "allowed", "round {round}");
        expect(set(&host.administrator, &at, &[], &[&host.administrator_id]).await, 200);
        assert_eq!(
            reason(&inside, "read", &bakery, ("documents", "1")).await,
            "resource-restricted",
            "round {round}"
        );
        expect(set(&host.administrator, &at, &[&desk], &[]).await, 200);
        assert_eq!(reason(&inside, "read", &bakery, ("documents", "1")).await, "allowed", "round {round}");
    }
}

/// Somebody leaves a group while an asset is restricted to it and opened to nobody else. Whatever comes first, whoever is out of the
/// group does not reach the asset once both are done; and no check in between is anything but one of the states that were.
#[tokio::test(flavor = "multi_thread")]
async fn leaving_a_group_races_a_restriction_on_it() {
    let house = House::start_with_much_mail().await;
    let account = house.account("acme").await;
    let bakery = account.organization("Bakery").await;
    let desk = account.group("Desk", &[]).await;
    let grants = Grants { all: false, organizations: &[&bakery], groups: &[&desk] };
    let (ed, ed_id) = account.user(&house, "ed", "Editor", grants).await;
    let at = path(&bakery, "documents", "1");
    let question = json!({"action": "read", "organization-id": bakery, "resource-type": "documents", "resource-id": "1"});
    for round in 0..20 {
        let racers = vec![
            Racer::new(
                &account.administrator,
                "DELETE",
                format!("/groups/{desk}/relationships/users"),
                identifiers("users", &[&ed_id]),
            ),
            Racer::new(&account.administrator, "PUT", at.clone(), restriction(&[&desk], &[], json!({}))),
            Racer::new(&ed, "POST", "/access/check", resource("access-checks", question.clone())),
        ];
        let answers = race(racers).await;
        assert_eq!([answers[0].status, answers[1].status], [204, 200], "round {round}");
        assert_eq!(
            reason(&ed, "read", &bakery, ("documents", "1")).await,
            "resource-restricted",
            "round {round}"
        );
        expect(account.administrator.delete(&at, None).await.unwrap(), 204);
        let path = format!("/groups/{desk}/relationships/users");
        expect(account.administrator.post(&path, &identifiers("users", &[&ed_id])).await.unwrap(), 204);
    }
}

/// Both sets of roles against a restricted asset and a denied type, in one account and across a connection: 36 pairs.
#[tokio::test(flavor = "multi_thread")]
async fn roles_across_accounts_with_a_restricted_asset_and_a_denied_type() {
    let house = House::start_with_much_mail().await;
    let host = house.account("acme").await;
    let bakery = host.organization("Bakery").await;
    let desk = host.group("Desk", &[&bakery]).await;
    let clients = host.group("Clients", &[]).await;
    expect(deny(&host.administrator, &desk, &["passwords"]).await, 200);
    expect(set(&host.administrator, &path(&bakery, "documents", "theirs"), &[&clients], &[]).await, 200);
    expect(set(&host.administrator, &path(&bakery, "documents", "ours"), &[&desk], &[]).await, 200);
    let roles = ["Read-only", "Creator", "Editor", "Manager", "Administrator"];
    let noc = house.account("noc").await;
    noc.organization("Home").await;
    let mut offer = crate::glueconnect::offer("noc", "Administrator", &[]);
    offer["data"]["relationships"] = who(&[("groups", &[&desk])]);
    let connection = connect(&house, &host, &noc, &offer).await;
    let mut people = Vec::new();
    for role in roles {
        let (client, _) = noc.user(&house, &role.to_lowercase(), role, Grants::ALL).await;
        people.push((role, enter(&client, &host.id).await));
    }
    for maximum in roles {
        let body = resource("connections", json!({"maximum-role-name": maximum}));
        expect(host.administrator.patch(&format!("/connections/{connection}"), &body).await.unwrap(), 200);
        for (role, person) in &people {
            let pair = format!("{role} under {maximum}");
            assert_eq!(
                reason(person, "read", &bakery, ("documents", "theirs")).await,
                "resource-restricted",
                "{pair}"
            );
            assert_eq!(reason(person, "read", &bakery, ("documents", "ours")).await, "allowed", "{pair}");
            assert_eq!(
                reason(person, "read", &bakery, ("passwords", "1")).await,
                "resource-type-denied",
                "{pair}"
            );
            assert_eq!(
                reason(person, "set-restrictions", &bakery, ("documents", "ours")).await,
                "security-permission",
                "{pair}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_a_member_of_no_group() {
    let house = House::start_with_much_mail().await;
    let account = house.account("acme").await;
    let bakery = account.organization("Bakery").await;
    let clients = account.group("Clients", &[]).await;
    let key = resource("api-keys", json!({"name": "Sync", "role-name": "Editor", "all-organizations": true}));
    let key = created(account.administrator.post("/api-keys", &key).await.unwrap());
    let key = account.administrator.with_api_key(&key.text_at("/data/attributes/key"));
    let at = path(&bakery, "documents", "1");
    refused(set(&key, &at, &[&clients], &[]).await, 409, "confirm-needed");
    expect(put(&key, &at, restriction(&[&clients], &[], json!({"confirm": true}))).await, 200);
    assert_eq!(reason(&key, "read", &bakery, ("documents", "1")).await, "resource-restricted");
    let shown = expect(account.administrator.get(&at).await.unwrap(), 200);
    assert_eq!(shown.at("/data/attributes/set-by-id"), Value::Null);
}

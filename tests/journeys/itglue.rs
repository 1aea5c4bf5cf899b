//! What IT Glue documents of users, groups and organizations: many changed or removed at once, members by their ids, types and
//! statuses of organizations.

use journeys::{Account, Grants, House, created, expect, identifiers, ids, refused, resource};
use reqwest::Method;
use serde_json::{Value, json};

async fn opened() -> (House, Account) {
    let house = House::start().await;
    let account = house.account("acme").await;
    (house, account)
}

fn row(kind: &str, id: &str, attributes: Value) -> Value {
    json!({"type": kind, "id": id, "attributes": attributes})
}

#[tokio::test(flavor = "multi_thread")]
async fn many_organizations_change_together_or_not_at_all() {
    let (house, account) = opened().await;
    let admin = &account.administrator;
    let [north, south, east] = [
        account.organization("North").await,
        account.organization("South").await,
        account.organization("East").await,
    ];
    let change = async |rows: Value| admin.patch("/organizations", &json!({"data": rows})).await.unwrap();
    let answer = expect(
        change(json!([
            row("organizations", &north, json!({"name": "Far North", "version": 1})),
            // Ids among the attributes, as numbers, as the PowerShell modules send them.
            {"type": "organizations", "attributes": {"id": south.parse::<u64>().unwrap(), "parent_id": north}},
            row("organizations", &east, json!({"name": "East"})),
        ]))
        .await,
        200,
    );
    assert_eq!(ids(&answer), [north.clone(), south.clone(), east.clone()]);
    assert_eq!(answer.at("/data/1/attributes/ancestor-ids"), json!([north]));
    let versions: Vec<Value> =
        (0..3).map(|at| answer.at(&format!("/data/{at}/attributes/version"))).collect();
    assert_eq!(versions, [json!(2), json!(2), json!(1)], "what changes nothing is not written");
    let log = house.changes(&account.id).await;
    let updates =
        log.iter().filter(|entry| entry["action"] == "update" && entry["resource_type"] == "organizations");
    assert_eq!(updates.count(), 2, "{log:#?}");

    // One fault, and nothing is written; each fault with its place.
    let rows = |second: Value| json!([row("organizations", &east, json!({"name": "Far East"})), second]);
    for (second, status, code, place) in [
        (row("organizations", "1", json!({"name": "x"})), 404, "not-found", "/data/1/id"),
        (row("organizations", "x", json!({"name": "x"})), 404, "not-found", "/data/1/id"),
        (row("organizations", &east, json!({"name": "x"})), 422, "duplicate", "/data/1/id"),
        (json!({"type": "organizations", "attributes": {"name": "x"}}), 422, "missing", "/data/1/id"),
        (row("organizations", &north, json!({"name": ""})), 422, "invalid", "/data/1/attributes/name"),
        (
            row("organizations", &north, json!({"colour": 1})),
            422,
            "unknown-attribute",
            "/data/1/attributes/colour",
        ),
        (row("organizations", &north, json!({"version": 1})), 412, "stale-version", "/data/1"),
        (
            row("organizations", &north, json!({"parent-id": "4711"})),
            422,
            "unknown-organization",
            "/data/1/attributes/parent-id",
        ),
        (
            row("organizations", &north, json!({"organization-type-id": "4711"})),
            422,
            "unknown-organization-type",
            "/data/1/attributes/organization-type-id",
        ),
    ] {
        let answer = refused(change(rows(second)).await, status, code);
        assert_eq!(answer.at("/errors/0/source/pointer"), json!(place), "{}", answer.text);
    }
    // Each is placed over those before it: together they would go round.
    let round = json!([
        row("organizations", &north, json!({"parent-id": east})),
        row("organizations", &east, json!({"parent-id": south})),
    ]);
    refused(change(round).await, 422, "parent-cycle");
    let swapped = json!([
        row("organizations", &south, json!({"parent-id": null})),
        row("organizations", &north, json!({"parent-id": south})),
    ]);
    let answer = expect(change(swapped).await, 200);
    assert_eq!(answer.at("/data/1/attributes/ancestor-ids"), json!([south]));
    refused(change(json!([])).await, 422, "empty");
    let many: Vec<Value> = (0..31).map(|_| row("organizations", &east, json!({}))).collect();
    refused(change(json!(many)).await, 422, "too-many");
    let tagged = [("if-match", "\"1\"")];
    let body = json!({"data": [row("organizations", &east, json!({}))]}).to_string();
    let answer = admin.send(Method::PATCH, "/organizations", &tagged, Some(body)).await.unwrap();
    refused(answer, 400, "if-match-on-many");
    assert_eq!(
        expect(admin.get(&format!("/organizations/{east}")).await.unwrap(), 200)
            .text_at("/data/attributes/name"),
        "East"
    );
    // One alone is answered alone.
    let alone = json!({"data": row("organizations", &east, json!({"name": "Far East"}))});
    let answer = expect(admin.patch("/organizations", &alone).await.unwrap(), 200);
    assert_eq!(answer.id(), east);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_change_one_organization_changes_none_of_many() {
    let (house, account) = opened().await;
    let [seen, unseen] = [account.organization("Seen").await, account.organization("Unseen").await];
    let (editor, _) = account.user(&house, "ed", "Editor", Grants::organizations(&[&seen])).await;
    let (reader, _) = account.user(&house, "rea", "Read-only", Grants::organizations(&[&seen])).await;
    let both = json!({"data": [
        row("organizations", &seen, json!({"name": "Mine"})),
        row("organizations", &unseen, json!({"name": "Mine"})),
    ]});
    refused(editor.patch("/organizations", &both).await.unwrap(), 404, "not-found");
    refused(reader.patch("/organizations", &both).await.unwrap(), 403, "role-too-low");
    let one = json!({"data": [row("organizations", &seen, json!({"name": "Mine"}))]});
    expect(editor.patch("/organizations", &one).await.unwrap(), 200);
    let gone = identifiers("organizations", &[&seen, &unseen]);
    refused(editor.delete("/organizations", Some(&gone)).await.unwrap(), 404, "not-found");
    refused(reader.delete("/organizations", Some(&gone)).await.unwrap(), 403, "role-too-low");
    expect(house.nobody.delete("/organizations", Some(&gone)).await.unwrap(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_organizations_are_removed_together_or_not_at_all() {
    let (house, account) = opened().await;
    let admin = &account.administrator;
    let [kept, north] = [account.organization("Kept").await, account.organization("North").await];
    let south = account.sub_organization("South", &north).await;
    let group = account.group("Sales", &[&north, &kept]).await;
    let (ann, _) = account.user(&house, "ann", "Editor", Grants::organizations(&[&south, &kept])).await;
    let remove = async |body: Value| admin.delete("/organizations", Some(&body)).await.unwrap();
    refused(remove(identifiers("organizations", &[&north])).await, 409, "has-sub-organizations");
    refused(remove(identifiers("organizations", &[&south, &kept])).await, 422, "no-organization");
    refused(remove(identifiers("organizations", &[&south, "1"])).await, 404, "not-found");
    refused(remove(json!({"data": []})).await, 422, "empty");
    let many: Vec<String> = (1..22).map(|id: u64| id.to_string()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    refused(remove(identifiers("organizations", &many)).await, 422, "too-many");
    // A part goes along with what it is part of; ids as the PowerShell modules send them.
    let body = json!({"data": [
        {"type": "organizations", "attributes": {"id": north.parse::<u64>().unwrap()}},
        {"type": "organizations", "attributes": {"id": south}},
    ]});
    let answer = expect(remove(body).await, 200);
    assert_eq!(ids(&answer), [north.clone(), south.clone()]);
    for id in [&north, &south] {
        refused(admin.get(&format!("/organizations/{id}")).await.unwrap(), 404, "not-found");
    }
    let shown = expect(admin.get(&format!("/groups/{group}")).await.unwrap(), 200);
    assert_eq!(shown.at("/data/relationships/organizations/data/0/id"), json!(kept), "{}", shown.text);
    assert_eq!(journeys::reached(&ann).await, [kept]);
    assert_eq!(expect(admin.get("/organizations").await.unwrap(), 200).at("/meta/total-count"), json!(1));
    let log = house.changes(&account.id).await;
    let deleted =
        log.iter().filter(|entry| entry["action"] == "delete" && entry["resource_type"] == "organizations");
    assert_eq!(deleted.count(), 2, "{log:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_users_change_together_or_not_at_all() {
    let (house, account) = opened().await;
    let admin = &account.administrator;
    let (_, ann) = account.user(&house, "ann", "Editor", Grants::ALL).await;
    let (ben, bens) = account.user(&house, "ben", "Administrator", Grants::ALL).await;
    let change = async |rows: Value| admin.patch("/users", &json!({"data": rows})).await.unwrap();
    let answer = expect(
        change(json!([
            row("users", &ann, json!({"first_name": "Anna"})),
            {"type": "users", "attributes": {"id": bens.parse::<u64>().unwrap(), "last_name": "Bird"}},
        ]))
        .await,
        200,
    );
    assert_eq!(ids(&answer), [ann.clone(), bens.clone()]);
    assert_eq!(answer.text_at("/data/0/attributes/first-name"), "Anna");
    // Each alone may go; both together would leave nobody.
    let both = json!([
        row("users", &account.administrator_id, json!({"role-name": "Editor"})),
        row("users", &bens, json!({"role-name": "Editor"})),
    ]);
    refused(change(both).await, 409, "last-administrator");
    let wrong = json!([row("users", &ann, json!({"first-name": "Nobody"})), row("users", "1", json!({}))]);
    refused(change(wrong).await, 404, "not-found");
    let shown = expect(admin.get(&format!("/users/{ann}")).await.unwrap(), 200);
    assert_eq!(shown.text_at("/data/attributes/first-name"), "Anna");
    let (manager, managers) = account.user(&house, "mia", "Manager", Grants::ALL).await;
    let above = json!({"data": [row("users", &managers, json!({"first-name": "Mia"})), row("users", &bens, json!({"first-name": "Ben"}))]});
    refused(manager.patch("/users", &above).await.unwrap(), 403, "role-above-own");
    expect(ben.get("/session").await.unwrap(), 200);
    let suspended = json!([
        row("users", &bens, json!({"status": "suspended"})),
        row("users", &ann, json!({"status": "suspended"}))
    ]);
    expect(change(suspended).await, 200);
    expect(ben.get("/session").await.unwrap(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn members_are_named_by_their_ids_as_well() {
    let (house, account) = opened().await;
    let admin = &account.administrator;
    let shop = account.organization("Shop").await;
    let (_, ann) = account.user(&house, "ann", "Editor", Grants::ALL).await;
    let (_, ben) = account.user(&house, "ben", "Editor", Grants::ALL).await;
    let number = |id: &str| id.parse::<u64>().unwrap();
    let body = resource("groups", json!({"name": "Sales", "accounts_user_ids": [number(&ann), ben]}));
    let made = created(admin.post("/groups", &body).await.unwrap());
    let path = format!("/groups/{}", made.id());
    let data =
        |answer: &journeys::Answer| answer.at("/data/relationships/users/data").as_array().unwrap().len();
    assert_eq!(data(&made), 2);
    let one = resource("groups", json!({"accounts-user-ids": [ben]}));
    assert_eq!(data(&expect(admin.patch(&path, &one).await.unwrap(), 200)), 1);
    let none = resource("groups", json!({"accounts-user-ids": []}));
    assert_eq!(data(&expect(admin.patch(&path, &none).await.unwrap(), 200)), 0);
    for (ids, code) in
        [(json!(["x"]), "malformed-id"), (json!("7"), "wrong-type"), (json!([true]), "malformed-id")]
    {
        let body = resource("groups", json!({"accounts-user-ids": ids}));
        let answer = refused(admin.patch(&path, &body).await.unwrap(), 422, code);
        assert_eq!(answer.at("/errors/0/source/pointer"), json!("/data/attributes/accounts-user-ids"));
    }
    refused(
        admin.patch(&path, &resource("groups", json!({"accounts-user-ids": ["1"]}))).await.unwrap(),
        422,
        "unknown-user",
    );
    let twice = json!({"data": {"type": "groups", "attributes": {"accounts-user-ids": [ann]},
        "relationships": {"users": {"data": [{"type": "users", "id": ben}]}}}});
    refused(admin.patch(&path, &twice).await.unwrap(), 422, "said-twice");
    // Relationships name what they are to by the attribute `id`, or by the member.
    let related = json!({"data": {"type": "groups", "relationships": {
        "users": {"data": [{"type": "users", "attributes": {"id": number(&ann)}}]},
        "organizations": {"data": [{"type": "organizations", "id": number(&shop)}]}}}});
    let shown = expect(admin.patch(&path, &related).await.unwrap(), 200);
    assert_eq!(shown.at("/data/relationships/users/data/0/id"), json!(ann));
    assert_eq!(shown.at("/data/relationships/organizations/data/0/id"), json!(shop));
    let differing = json!({"data": {"type": "groups", "relationships": {
        "users": {"data": [{"type": "users", "id": ben, "attributes": {"id": ann}}]}}}});
    refused(admin.patch(&path, &differing).await.unwrap(), 422, "malformed-id");
}

#[tokio::test(flavor = "multi_thread")]
async fn organizations_have_a_type_and_a_status_out_of_lists_of_their_own() {
    let (house, account) = opened().await;
    let admin = &account.administrator;
    for (path, kind, name) in [
        ("/organization_types", "organization-types", "organization-type"),
        ("/organization_statuses", "organization-statuses", "organization-status"),
    ] {
        let list = expect(admin.get(path).await.unwrap(), 200);
        assert_eq!((list.at("/data"), list.at("/meta/total-count")), (json!([]), json!(0)));
        let add = async |name: &str| admin.post(path, &resource(kind, json!({"name": name}))).await.unwrap();
        let customer = created(add("Customer").await);
        let vendor = created(add("Vendor").await).id();
        let answer = refused(add("CUSTOMER").await, 409, "name-taken");
        assert_eq!(answer.at("/errors/0/source/pointer"), json!("/data/attributes/name"));
        refused(add(" ").await, 422, "invalid");
        let list = expect(admin.get(&format!("{path}?sort=-name&page[size]=1")).await.unwrap(), 200);
        assert_eq!(ids(&list), std::slice::from_ref(&vendor));
        let list = expect(admin.get(&format!("{path}?filter[name]=customer")).await.unwrap(), 200);
        assert_eq!(ids(&list), [customer.id()]);
        let one = format!("{path}/{}", customer.id());
        assert_eq!(expect(admin.get(&one).await.unwrap(), 200).at("/data"), customer.at("/data"));
        refused(admin.get(&format!("{path}/1")).await.unwrap(), 404, "not-found");

        let (id, shown) = (format!("{name}-id"), format!("/data/attributes/{name}-name"));
        let body = resource(
            "organizations",
            json!({"name": format!("Shop of {name}"), (id.clone()): customer.id()}),
        );
        let made = created(admin.post("/organizations", &body).await.unwrap());
        assert_eq!(made.text_at(&shown), "Customer");
        let shop = format!("/organizations/{}", made.id());
        // A word that is called otherwise is so wherever it is shown.
        let renamed = resource(kind, json!({"name": "Client"}));
        let stale = [("if-match", "\"7\"")];
        let answer = admin.send(Method::PATCH, &one, &stale, Some(renamed.to_string())).await.unwrap();
        refused(answer, 412, "stale-version");
        expect(admin.patch(&one, &renamed).await.unwrap(), 200);
        refused(
            admin.patch(&one, &resource(kind, json!({"name": "vendor"}))).await.unwrap(),
            409,
            "name-taken",
        );
        let again = expect(admin.patch(&one, &renamed).await.unwrap(), 200);
        assert_eq!(again.at("/data/attributes/version"), json!(2), "nothing changed");
        let read = expect(admin.get(&shop).await.unwrap(), 200);
        assert_eq!(read.text_at(&shown), "Client");
        let list = expect(admin.get("/organizations").await.unwrap(), 200);
        assert!(list.text.contains("Client"));
        // Sent back as it is read it changes nothing; what is on no list is refused; null takes it away.
        let back = json!({"data": {"type": "organizations", "attributes": read.at("/data/attributes")}});
        assert_eq!(expect(admin.patch(&shop, &back).await.unwrap(), 200).at("/data"), read.at("/data"));
        let unknown = resource("organizations", json!({(id.clone()): "4711"}));
        refused(admin.patch(&shop, &unknown).await.unwrap(), 422, &format!("unknown-{name}"));
        let number: u64 = vendor.parse().unwrap();
        let changed =
            admin.patch(&shop, &resource("organizations", json!({(id.clone()): number}))).await.unwrap();
        assert_eq!(expect(changed, 200).text_at(&shown), "Vendor");
        let entry = house.changes(&account.id).await.pop().unwrap();
        assert!(entry["changes"].to_string().contains("Vendor"), "{entry:#}");
        let none = resource("organizations", json!({(id.clone()): null}));
        assert_eq!(expect(admin.patch(&shop, &none).await.unwrap(), 200).at(&shown), Value::Null);
    }
    // Who sees organizations sees the lists; who manages users changes them.
    let (editor, _) = account.user(&house, "ed", "Editor", Grants::ALL).await;
    expect(editor.get("/organization_types").await.unwrap(), 200);
    let word = resource("organization-types", json!({"name": "Mine"}));
    refused(editor.post("/organization_types", &word).await.unwrap(), 403, "role-too-low");
    // Another account's words are nobody's here.
    let other = house.account("other").await;
    let theirs = created(other.administrator.post("/organization_types", &word).await.unwrap()).id();
    refused(admin.get(&format!("/organization_types/{theirs}")).await.unwrap(), 404, "not-found");
    let body = resource("organizations", json!({"name": "X", "organization-type-id": theirs}));
    refused(admin.post("/organizations", &body).await.unwrap(), 422, "unknown-organization-type");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_is_added_once_however_many_add_it() {
    let (_house, account) = opened().await;
    let word = resource("organization-types", json!({"name": "Customer"}));
    let (one, other, third) = tokio::join!(
        account.administrator.post("/organization_types", &word),
        account.administrator.post("/organization_types", &word),
        account.administrator.post("/organization_types", &word),
    );
    let mut statuses = [one.unwrap().status, other.unwrap().status, third.unwrap().status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_did_is_counted_from_the_log() {
    let house = House::start().await;
    // To noon, so that all of it happens on one day.
    const DAY: i64 = 24 * 60 * 60 * 1_000;
    house.product.clock.advance(DAY + DAY / 2 - house.product.clock.now().as_millis().rem_euclid(DAY));
    let account = house.account("acme").await;
    let admin = &account.administrator;
    let shop = account.organization("Shop").await;
    let (ann, id) = account.user(&house, "ann", "Editor", Grants::organizations(&[&shop])).await;
    let path = format!("/organizations/{shop}");
    for _ in 0..3 {
        expect(ann.get(&path).await.unwrap(), 200);
    }
    expect(ann.patch(&path, &resource("organizations", json!({"short-name": "S"}))).await.unwrap(), 200);
    let stale = resource("organizations", json!({"short-name": "T", "version": 7}));
    refused(ann.patch(&path, &stale).await.unwrap(), 412, "stale-version");
    let anns = format!("/user_metrics?filter[user_id]={id}&filter[organization_id]={shop}");
    let list = expect(admin.get(&anns).await.unwrap(), 200);
    assert_eq!(list.at("/data").as_array().unwrap().len(), 1, "{}", list.text);
    let counts = list.at("/data/0/attributes");
    let expected = json!({"user-id": id, "organization-id": shop, "resource-type": "organizations",
        "date": house.product.clock.now().day(), "created": 0, "viewed": 3, "edited": 1, "deleted": 0});
    assert_eq!(counts, expected, "what was refused does not count");
    let again = expect(admin.get(&anns).await.unwrap(), 200);
    assert_eq!(again.at("/data/0/id"), list.at("/data/0/id"), "the same row is the same row");
    let most = expect(admin.get("/user_metrics?sort=-viewed&page[size]=1").await.unwrap(), 200);
    assert_eq!(most.at("/data").as_array().unwrap().len(), 1);
    let none = expect(admin.get("/user_metrics?filter[date]=2020-01-01,2020-01-07").await.unwrap(), 200);
    assert_eq!(none.at("/data"), json!([]));
    for bad in ["2020-01-01,2020-01-09", "2020-01-07,2020-01-01", "never"] {
        let answer = admin.get(&format!("/user_metrics?filter[date]={bad}")).await.unwrap();
        refused(answer, 400, "bad-parameter");
    }
    refused(ann.get("/user_metrics").await.unwrap(), 403, "role-too-low");
}

#[tokio::test(flavor = "multi_thread")]
async fn organizations_are_filtered_as_it_glue_documents_it() {
    let (house, account) = opened().await;
    let admin = &account.administrator;
    let kind = resource("organization-types", json!({"name": "Customer"}));
    let customer = created(admin.post("/organization_types", &kind).await.unwrap()).id();
    let active = resource("organization-statuses", json!({"name": "Active"}));
    let active = created(admin.post("/organization_statuses", &active).await.unwrap()).id();
    let body = resource("organizations", json!({"name": "North", "organization-type-id": customer}));
    let north = created(admin.post("/organizations", &body).await.unwrap()).id();
    house.advance_hours(24);
    let admin = &account.administrator_again(&house).await;
    let later = house.product.clock.now();
    house.advance_hours(1);
    let body = resource("organizations", json!({"name": "South, East", "organization-status-id": active}));
    let south = created(admin.post("/organizations", &body).await.unwrap()).id();
    let group = account.administrator_again(&house).await;
    let reach = json!({"data": {"type": "groups", "attributes": {"name": "Northerners"},
        "relationships": {"organizations": identifiers("organizations", &[&north])}}});
    let group = created(group.post("/groups", &reach).await.unwrap()).id();
    let list =
        async |query: String| expect(admin.get(&format!("/organizations?{query}")).await.unwrap(), 200);
    for (query, found) in [
        (format!("filter[organization_type_id]={customer}"), vec![&north]),
        (format!("filter[organization_status_id]={active}"), vec![&south]),
        (format!("filter[group_id]={group}"), vec![&north]),
        (format!("filter[created_at]={later}"), vec![&south]),
        (format!("filter[created_at]=*,{later}"), vec![&north]),
        (format!("filter[updated-at]={later},*"), vec![&south]),
        (format!("filter[exclude][id]={north}"), vec![&south]),
        ("filter[exclude][name]=north".to_owned(), vec![&south]),
        ("filter[exclude][name]=South,%20East".to_owned(), vec![&north]),
        (format!("filter[exclude][organization_type_id]={customer}"), vec![&south]),
        (format!("filter[exclude][organization_status_id]={active}"), vec![&north]),
        (format!("filter[exclude][id]={north},{south}"), vec![]),
        ("filter[group_id]=1".to_owned(), vec![]),
    ] {
        let answer = list(query.clone()).await;
        assert_eq!(ids(&answer).iter().collect::<Vec<_>>(), found, "{query}");
        assert_eq!(answer.at("/meta/total-count"), json!(found.len()), "{query}");
    }
    for bad in [
        "filter[created_at]=yesterday",
        "filter[group_id]=x",
        "filter[exclude][id]=",
        "filter[exclude][colour]=red",
    ] {
        expect(admin.get(&format!("/organizations?{bad}")).await.unwrap(), 400);
    }
    // Whoever may not see a group does not learn what it reaches.
    let (reader, _) = account_user(&house, admin, "rea", &north).await;
    let answer = expect(reader.get(&format!("/organizations?filter[group_id]={group}")).await.unwrap(), 200);
    assert_eq!(answer.at("/data"), json!([]));
}

/// Somebody who reads one organization, invited by an Administrator who signed in anew.
async fn account_user(
    house: &House,
    admin: &journeys::Client,
    name: &str,
    organization: &str,
) -> (journeys::Client, String) {
    let email = format!("{name}@acme.example");
    let only = [organization];
    let grants = Grants::organizations(&only);
    let invited =
        created(admin.post("/users", &journeys::invitation(&email, "Read-only", grants)).await.unwrap());
    expect(house.accept(&email).await, 201);
    (house.sign_in("acme", &email).await, invited.id())
}

/// Clients send back what they read with one thing changed: many at once as well as one.
#[tokio::test(flavor = "multi_thread")]
async fn groups_are_sent_back_as_they_were_read_many_at_once() {
    let (house, account) = opened().await;
    let admin = &account.administrator;
    let shop = account.organization("Shop").await;
    let (desk, night) = (account.group("Desk", &[&shop]).await, account.group("Night", &[]).await);
    account.user(&house, "ann", "Editor", Grants::groups(&[&desk])).await;
    let entries = house.changes(&account.id).await.len();
    let rows = async || {
        let mut rows = Vec::new();
        for id in [&desk, &night] {
            rows.push(expect(admin.get(&format!("/groups/{id}")).await.unwrap(), 200).at("/data"));
        }
        rows
    };
    let before = rows().await;
    let unchanged = expect(admin.patch("/groups", &json!({"data": before})).await.unwrap(), 200);
    assert_eq!(unchanged.at("/data"), json!(before));
    let listed = expect(admin.get("/groups").await.unwrap(), 200).at("/data");
    expect(admin.patch("/groups", &json!({"data": listed})).await.unwrap(), 200);
    assert_eq!(house.changes(&account.id).await.len(), entries, "nothing is written");
    let mut changed = before.clone();
    changed[1]["attributes"]["description"] = json!("For the nights");
    expect(admin.patch("/groups", &json!({"data": changed})).await.unwrap(), 200);
    let after = rows().await;
    assert_eq!(after[0], before[0]);
    assert_eq!(after[1]["attributes"]["description"], json!("For the nights"));
    changed[0]["attributes"]["created-at"] = json!("2020-01-01T00:00:00.000Z");
    refused(admin.patch("/groups", &json!({"data": [changed[0]]})).await.unwrap(), 422, "unknown-attribute");
}

//! Users found by what hangs on them: their groups, organizations, invitations, and where they stand.

use journeys::{Client, Grants, House, created, expect, ids, invitations, refused, resource, texts};
use serde_json::{Value, json};

use crate::filled::{add_users, item, padded, with, write};
use crate::glueconnect::{connect, offer_all};

/// The first names, or addresses, on the first page of users that is asked this, sorted.
async fn found(client: &Client, query: &str) -> Vec<String> {
    let page = expect(client.get(&format!("/users?page[size]=1000&{query}")).await.unwrap(), 200);
    assert_eq!(page.at("/meta/total-count"), json!(ids(&page).len()), "{query}");
    let mut found = texts(&page, "/attributes/email");
    found.iter_mut().for_each(|email| *email = email.split('@').next().unwrap().to_owned());
    found.sort();
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn by_group_and_by_organization() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let admin = &account.administrator;
    let (bakery, mill) = (account.organization("Bakery").await, account.organization("Mill").await);
    let desk = account.group("Desk", &[&bakery]).await;
    let night = account.group("Night", &[&mill]).await;
    account.invite("ann", "Editor", Grants::groups(&[&desk])).await;
    account.invite("bob", "Editor", Grants::organizations(&[&bakery])).await;
    account.invite("cy", "Lite", Grants::groups(&[&night])).await;
    account.invite("dee", "Editor", Grants { groups: &[&desk, &night], ..Grants::default() }).await;
    for (query, expected) in [
        (format!("filter[group_id]={desk}"), vec!["ann", "dee"]),
        (format!("filter[group_id]={desk},{night}"), vec!["ann", "cy", "dee"]),
        (format!("filter[group_id]={desk}&filter[group-id]={night}&sort=email"), vec!["ann", "cy", "dee"]),
        (format!("filter[group_id]={desk}&filter[search]=dee"), vec!["dee"]),
        (format!("filter[group_id]={desk}&filter[role_name]=Lite"), vec![]),
        (format!("filter[group_id]={desk}&sort=-status"), vec!["ann", "dee"]),
        ("filter[group_id]=17".to_owned(), vec![]),
        // The Administrator has everything.
        (format!("filter[organization_id]={bakery}"), vec!["admin", "ann", "bob", "dee"]),
        (format!("filter[organization_id]={mill}"), vec!["admin", "cy", "dee"]),
        (format!("filter[organization_id]={mill}&filter[group_id]={desk}"), vec!["dee"]),
        ("filter[organization_id]=17".to_owned(), vec![]),
    ] {
        assert_eq!(found(admin, &query).await, expected, "{query}");
    }
    // What one does not see looks like what there is not.
    let (mara, _) = account.user(&house, "mara", "Manager", Grants::organizations(&[&bakery])).await;
    assert_eq!(found(&mara, &format!("filter[organization_id]={mill}")).await, [""; 0]);
    // A group of many, page by page.
    let page = expect(admin.get(&format!("/users?filter[group_id]={desk}&page[size]=1")).await.unwrap(), 200);
    assert_eq!((page.at("/meta/total-count"), page.at("/meta/next-page")), (json!(2), json!(2)));
    let next = expect(admin.get(&page.text_at("/links/next")).await.unwrap(), 200);
    assert_eq!((ids(&next).len(), next.at("/meta/next-page")), (1, json!(null)));
}

#[tokio::test(flavor = "multi_thread")]
async fn by_what_became_of_the_invitation() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let admin = &account.administrator;
    let (mara, mara_id) = account.user(&house, "mara", "Manager", Grants::ALL).await;
    let key = json!({"name": "PSA", "role-name": "Manager", "all-organizations": true});
    let key = created(admin.post("/api-keys", &resource("api-keys", key)).await.unwrap());
    let program = house.nobody.with_api_key(&key.text_at("/data/attributes/key"));
    let invite = async |client: &Client, name: &str| {
        let body = journeys::invitation(
            &format!("{name}@acme.example"),
            "Lite",
            Grants::organizations(&[&account.organization(name).await]),
        );
        created(client.post("/users", &body).await.unwrap()).id()
    };
    invite(admin, "ann").await;
    invite(&mara, "bob").await;
    invite(&program, "cy").await;
    assert_eq!(found(admin, "filter[invited_by]=17").await, [""; 0]);
    assert_eq!(found(admin, &format!("filter[invited_by]={}", account.administrator_id)).await, ["ann"]);
    assert_eq!(found(admin, &format!("filter[invited_by]={mara_id}")).await, ["bob"]);
    assert_eq!(found(admin, &format!("filter[invited-by]={mara_id},{}", key.id())).await, ["bob", "cy"]);

    house.mails("ann@acme.example").await;
    assert_eq!(found(admin, "filter[invitation_delivery]=sent").await, ["ann", "bob", "cy"]);
    assert_eq!(found(admin, "filter[invitation-delivery]=bounced,failed").await, [""; 0]);

    assert_eq!(found(admin, "filter[invitation_state]=open").await, ["ann", "bob", "cy"]);
    let suspended = resource("users", json!({"status": "suspended"}));
    expect(admin.patch(&format!("/users/{mara_id}"), &suspended).await.unwrap(), 200);
    assert_eq!(found(admin, "filter[invitation_state]=open").await, ["ann", "cy"]);
    let stranded = "filter[invitation_state]=inviter-no-longer-allowed";
    assert_eq!(found(admin, stranded).await, ["bob"]);
    assert_eq!(
        found(admin, &format!("{stranded}&filter[invited_by]={mara_id}&sort=status,-name")).await,
        ["bob"]
    );
    house.advance_hours(24 * 40);
    let admin = &account.administrator_again(&house).await;
    assert_eq!(
        found(admin, "filter[invitation_state]=expired&filter[status]=expired").await,
        ["ann", "bob", "cy"]
    );
    assert_eq!(found(admin, "filter[invitation_state]=open,inviter_no_longer_allowed").await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn pending_ones_stand_first_and_each_status_is_counted() {
    let house = House::start().await;
    let account = house.account("acme").await;
    account.invite("old", "Editor", Grants::ALL).await;
    house.advance_hours(24 * 31);
    let admin = &account.administrator_again(&house).await;
    let bakery = account.administrator_again(&house).await;
    drop(bakery);
    let (_, sus) = {
        let body = journeys::invitation("sus@acme.example", "Editor", Grants::ALL);
        let id = created(admin.post("/users", &body).await.unwrap()).id();
        created(house.accept("sus@acme.example").await);
        ((), id)
    };
    for name in ["zoe", "bea"] {
        let body = journeys::invitation(&format!("{name}@acme.example"), "Editor", Grants::ALL);
        created(admin.post("/users", &body).await.unwrap());
    }
    expect(
        admin
            .patch(&format!("/users/{sus}"), &resource("users", json!({"status": "suspended"})))
            .await
            .unwrap(),
        200,
    );
    let page = async |query: &str| expect(admin.get(&format!("/users?{query}")).await.unwrap(), 200);
    let by_status = page("sort=status,name").await;
    let names: Vec<String> = texts(&by_status, "/attributes/email")
        .iter()
        .map(|email| email.split('@').next().unwrap().to_owned())
        .collect();
    assert_eq!(names, ["bea", "zoe", "old", "admin", "sus"]);
    assert_eq!(
        texts(&by_status, "/attributes/status"),
        ["invited", "invited", "expired", "active", "suspended"]
    );
    let mut upside_down = texts(&page("sort=-status,-name").await, "/id");
    upside_down.reverse();
    assert_eq!(upside_down, ids(&by_status));
    let counts = json!({"invited": 2, "expired": 1, "active": 1, "suspended": 1});
    for query in [
        "",
        "page[size]=1",
        "page[number]=2&page[size]=1",
        "sort=status",
        "filter[status]=active",
        "sort=email",
        "filter[role_name]=Lite",
    ] {
        assert_eq!(page(query).await.at("/meta/status-counts"), counts, "{query}");
    }
    for query in ["page[after]=", "filter[email]=zoe@acme.example"] {
        assert_eq!(page(query).await.at("/meta/status-counts"), Value::Null, "{query}");
    }
    // By cursor it is the same order.
    let (mut met, mut next) = (Vec::new(), "/users?page[size]=2&sort=status,name".to_owned());
    while !next.is_empty() {
        let page = expect(admin.get(&next).await.unwrap(), 200);
        met.extend(ids(&page));
        next = page.text_at("/links/next");
    }
    assert_eq!(met, ids(&by_status));
    // In a large account everyone is counted where everyone is read anyway.
    add_users(&house, &account, 300).await;
    assert_eq!(page("").await.at("/meta/status-counts"), Value::Null);
    assert_eq!(page("sort=status").await.at("/meta/status-counts/active"), json!(301));
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_counted_by_status() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let (noc, day) = (house.account("noc").await, house.account("day").await);
    let admin = &account.administrator;
    let counts = async |query: &str| {
        expect(admin.get(&format!("/connections?{query}")).await.unwrap(), 200).at("/meta/status-counts")
    };
    let none = json!({"pending": 0, "active": 0, "suspended": 0, "declined": 0, "expired": 0, "ended": 0});
    assert_eq!(counts("").await, none);
    connect(&house, &account, &noc, &offer_all("noc", "Editor")).await;
    created(admin.post("/connections", &offer_all("day", "Editor")).await.unwrap());
    created(day.administrator.post("/connections", &offer_all("acme", "Editor")).await.unwrap());
    for query in ["", "filter[status]=active", "filter[direction]=received", "filter[search]=nobody"] {
        let counts = counts(query).await;
        assert_eq!(
            (&counts["pending"], &counts["active"], &counts["ended"]),
            (&json!(2), &json!(1), &json!(0)),
            "{query}"
        );
    }
}

/// A row of many counts; what it counts is named where that is asked, and on one group.
#[tokio::test(flavor = "multi_thread")]
async fn rows_of_groups_count_their_members_and_organizations() {
    let (house, cable) = House::start_on_a_cable_to_dynamodb().await;
    let account = house.account("acme").await;
    let admin = &account.administrator;
    let (bakery, mill) = (
        account.organization("Bakery").await,
        account.sub_organization("Mill", &account.organization("Top").await).await,
    );
    let desk = account.group("Desk", &[&bakery, &mill]).await;
    account.group("Night", &[]).await;
    let (_, ann) = account.invite("ann", "Editor", Grants::groups(&[&desk])).await;
    let list =
        async |query: &str| expect(admin.get(&format!("/groups?sort=name{query}")).await.unwrap(), 200);
    let rows = list("").await;
    let users = |row: usize| format!("/data/{row}/relationships/users");
    assert_eq!(rows.at(&users(0)), json!({"meta": {"count": 1}}));
    assert_eq!(rows.at(&users(1)), json!({"meta": {"count": 0}}));
    assert_eq!(rows.at("/data/0/relationships/organizations"), json!({"meta": {"count": 2}}));
    let named = json!({"data": [{"type": "users", "id": ann}], "meta": {"count": 1}});
    let included = list("&include=users,organizations").await;
    assert_eq!(included.at(&users(0)), named);
    assert_eq!(included.at("/data/0/relationships/organizations/data").as_array().map(Vec::len), Some(2));
    assert_eq!(included.at("/included").as_array().map(Vec::len), Some(3));
    let one = expect(admin.get(&format!("/groups/{desk}")).await.unwrap(), 200);
    assert_eq!(one.at("/data/relationships/users"), named);

    // Sent back as it was read, a row takes nobody away.
    let mut row = rows.at("/data/0");
    row["attributes"]["description"] = json!("Days");
    let path = format!("/groups/{desk}");
    let changed = expect(admin.patch(&path, &json!({ "data": row })).await.unwrap(), 200);
    assert_eq!(changed.at("/data/relationships/users"), named);
    let nothing = json!({"data": {"type": "groups", "id": desk, "relationships": {"users": {}}}});
    refused(admin.patch(&path, &nothing).await.unwrap(), 422, "wrong-type");

    // However many there are, they are read side by side.
    let first: u64 = desk.parse().unwrap();
    let made = item(&house, &format!("A#{}#GROUPS", account.id), &padded(first)).await;
    let copies: Vec<_> = (1_000..1_040)
        .map(|more| {
            with(&made, json!({"sk": {"S": padded(first + more)}, "id": {"N": (first + more).to_string()}}))
        })
        .collect();
    write(&house, &copies).await;
    list("").await;
    cable.forget();
    let page = list("&include=organizations").await;
    assert_eq!(ids(&page).len(), 42);
    let asked = cable.operations_of("manage-groups");
    let others = asked.iter().filter(|operation| *operation != "Query").count();
    assert!(others <= 7, "besides counting: {asked:?}");
}

/// A group can have thousands of organizations, and each of its members has them: what an answer has no room to name it counts.
#[tokio::test(flavor = "multi_thread")]
async fn users_with_thousands_of_organizations_fit_into_one_answer() {
    const SIX_MEGABYTES: usize = 6 * 1024 * 1024;
    let house = House::start_with_much_mail().await;
    let account = house.account("acme").await;
    let admin = &account.administrator;
    let bakery = account.organization("Bakery").await;
    let desk = account.group("Desk", &[&bakery]).await;
    let emails: Vec<String> = (0..60).map(|number| format!("user{number}@x.example")).collect();
    let people = invitations(emails.iter().map(String::as_str), "Editor", Grants::groups(&[&desk]));
    created(admin.post("/users", &people).await.unwrap());
    let ids: Vec<String> = (1..=3_000).map(|number| (900_000_000_000_000_u64 + number).to_string()).collect();
    let pk = format!("A#{}#GROUPS", account.id);
    let rows = house.partition(&pk).await;
    let sk = rows.iter().find(|row| row["name"] == "Desk").unwrap()["sk"].clone();
    let grown = json!({"Key": {"pk": {"S": pk}, "sk": {"S": sk}}, "UpdateExpression": "SET organization_ids = :ids",
        "ExpressionAttributeValues": {":ids": {"NS": ids}}});
    house.dynamodb("UpdateItem", grown).await;

    let more: Vec<String> = (60..100).map(|number| format!("user{number}@x.example")).collect();
    let people = invitations(more.iter().map(String::as_str), "Editor", Grants::groups(&[&desk]));
    let invited = created(admin.post("/users", &people).await.unwrap());
    let listed = expect(admin.get("/users?filter[role-name]=Editor&page[size]=1000").await.unwrap(), 200);
    for answer in [&invited, &listed] {
        // Lambda's answer holds it as a text in JSON.
        assert!(json!(answer.text).to_string().len() < SIX_MEGABYTES, "{}", answer.text.len());
        let of = |row: &Value| row["relationships"]["organizations"].clone();
        let rows = answer.at("/data").as_array().cloned().unwrap();
        let named = rows.iter().filter(|row| of(row)["data"].as_array().map(Vec::len) == Some(3_000)).count();
        let counted = rows.iter().filter(|row| of(row) == json!({"meta": {"count": 3_000}})).count();
        assert_eq!((named, named + counted), (6, rows.len()), "{}", of(&rows[0]));
    }
    // One alone is named in full; what is counted is sent back as it was read.
    let last = listed.at("/data/99");
    let path = format!("/users/{}", last["id"].as_str().unwrap());
    let one = expect(admin.get(&path).await.unwrap(), 200);
    assert_eq!(one.at("/data/relationships/organizations/data").as_array().map(Vec::len), Some(3_000));
    let same = expect(admin.patch(&path, &json!({"data": last})).await.unwrap(), 200);
    assert_eq!(same.at("/data/attributes/version"), one.at("/data/attributes/version"));
}

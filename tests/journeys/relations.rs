//! One relation, many roads: what may not be brought about on one road may not be on any other. Each story sends the same wish
//! down every road that leads to it.

use journeys::{
    Account, Client, Grants, House, created, expect, identifiers, ids, invitation, refused, related,
    relations, resource,
};
use local::client::Answer;
use serde_json::{Value, json};

async fn opened() -> (House, Account) {
    let house = House::start().await;
    let account = house.account("acme").await;
    (house, account)
}

fn members(people: &[&str]) -> Value {
    identifiers("users", people)
}

/// The body that suspends somebody, or lets them in again.
fn status(status: &str) -> Value {
    resource("users", json!({ "status": status }))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_puts_nobody_into_a_group_of_others_by_any_road() {
    let (house, account) = opened().await;
    let bakery = account.organization("Bakery").await;
    let (own, others) = (account.group("Own", &[&bakery]).await, account.group("Others", &[&bakery]).await);
    let (manager, mara) = account.user(&house, "mara", "Manager", Grants::groups(&[&own])).await;
    let (_, ann) = account.user(&house, "ann", "Lite", Grants::groups(&[&own])).await;

    // Each road, with whom it would put into the group.
    let path = format!("/groups/{others}/relationships/users");
    let change = |user: &str| (format!("/users/{user}"), relations("users", &[("groups", &[&own, &others])]));
    let mut answers: Vec<Answer> = Vec::new();
    for user in [mara.as_str(), ann.as_str()] {
        let (address, body) = change(user);
        answers.push(manager.patch(&address, &body).await.unwrap());
        answers.push(manager.post(&path, &members(&[user])).await.unwrap());
        answers.push(manager.patch(&path, &members(&[user])).await.unwrap());
        let whole = related("groups", json!({}), json!({"users": members(&[user])}));
        answers.push(manager.patch(&format!("/groups/{others}"), &whole).await.unwrap());
        let listed = resource("groups", json!({"accounts-user-ids": [user]}));
        answers.push(manager.patch(&format!("/groups/{others}"), &listed).await.unwrap());
        let mut many = body;
        many["data"]["id"] = json!(user);
        answers.push(manager.patch("/users", &json!({"data": [many["data"]]})).await.unwrap());
    }
    let friend = invitation("friend@acme.example", "Lite", Grants::groups(&[&others]));
    answers.push(manager.post("/users", &friend).await.unwrap());
    answers.push(manager.post("/users?preview=true", &friend).await.unwrap());
    for answer in answers {
        refused(answer, 403, "group-not-yours");
    }
    let inside = expect(account.administrator.get(&format!("/groups/{others}")).await.unwrap(), 200);
    assert_eq!(inside.at("/data/relationships/users/data"), json!([]));

    // What the Manager does belong to, they hand on by each of them.
    let (address, _) = change(&ann);
    expect(manager.patch(&address, &relations("users", &[("groups", &[&own])])).await.unwrap(), 200);
    created(
        manager
            .post("/users", &invitation("new@acme.example", "Lite", Grants::groups(&[&own])))
            .await
            .unwrap(),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_takes_nobody_out_of_a_group_of_others_or_an_administrator_out_of_any() {
    let (house, account) = opened().await;
    let bakery = account.organization("Bakery").await;
    let (own, others) = (account.group("Own", &[&bakery]).await, account.group("Others", &[&bakery]).await);
    let (manager, _) = account.user(&house, "mara", "Manager", Grants::groups(&[&own])).await;
    let (_, ann) = account.user(&house, "ann", "Lite", Grants::groups(&[&own, &others])).await;
    let ada = account.administrator_id.as_str();
    let body = relations("users", &[("groups", &[&own, &others])]);
    expect(account.administrator.patch(&format!("/users/{ada}"), &body).await.unwrap(), 200);

    let left = relations("users", &[("groups", &[&own])]);
    refused(manager.patch(&format!("/users/{ann}"), &left).await.unwrap(), 403, "group-not-yours");
    let path = format!("/groups/{own}/relationships/users");
    let without = manager.delete(&path, Some(&members(&[ada]))).await.unwrap();
    refused(without, 403, "role-above-own");
    refused(manager.patch(&path, &members(&[&ann])).await.unwrap(), 403, "role-above-own");
    let whole = related("groups", json!({}), json!({"users": members(&[&ann])}));
    refused(manager.patch(&format!("/groups/{own}"), &whole).await.unwrap(), 403, "role-above-own");
    refused(manager.delete(&format!("/groups/{own}"), None).await.unwrap(), 403, "role-above-own");
    let both = json!({"data": [{"type": "groups", "id": own, "attributes": {},
        "relationships": {"users": members(&[&ann])}}]});
    refused(manager.patch("/groups", &both).await.unwrap(), 403, "role-above-own");
    let shown = expect(account.administrator.get(&format!("/groups/{own}")).await.unwrap(), 200);
    assert_eq!(shown.at("/data/relationships/users/data").as_array().map(Vec::len), Some(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn letting_somebody_in_again_is_granting_what_they_have() {
    let (house, account) = opened().await;
    let (bakery, cellar) = (account.organization("Bakery").await, account.organization("Cellar").await);
    let (manager, _) = account.user(&house, "mara", "Manager", Grants::organizations(&[&bakery])).await;
    let (_, big) = account.user(&house, "big", "Manager", Grants::ALL).await;
    let (_, small) = account.user(&house, "small", "Editor", Grants::organizations(&[&bakery])).await;
    let (_, other) = account.user(&house, "other", "Editor", Grants::organizations(&[&cellar])).await;
    for user in [&big, &small, &other] {
        // Taking away is not granting.
        expect(manager.patch(&format!("/users/{user}"), &status("suspended")).await.unwrap(), 200);
    }
    let again = async |user: &str| manager.patch(&format!("/users/{user}"), &status("active")).await.unwrap();
    refused(again(&big).await, 403, "all-organizations-not-yours");
    refused(again(&other).await, 403, "organizations-not-yours");
    expect(again(&small).await, 200);
    // Nor in two steps: first more than the Manager has to somebody who is out, then in again.
    expect(manager.patch(&format!("/users/{small}"), &status("suspended")).await.unwrap(), 200);
    let more = relations("users", &[("organizations", &[&bakery, &cellar])]);
    refused(manager.patch(&format!("/users/{small}"), &more).await.unwrap(), 403, "organizations-not-yours");
    expect(account.administrator.patch(&format!("/users/{small}"), &more).await.unwrap(), 200);
    refused(again(&small).await, 403, "organizations-not-yours");
    expect(account.administrator.patch(&format!("/users/{big}"), &status("active")).await.unwrap(), 200);
    // An invitation that is sent again is the inviter's own.
    let (_, pending) = account.invite("late", "Editor", Grants::organizations(&[&cellar])).await;
    let resent = manager
        .send(reqwest::Method::POST, &format!("/users/{pending}/invitation"), &[], None)
        .await
        .unwrap();
    refused(resent, 403, "organizations-not-yours");
}

/// Whoever may not list users sees none but themselves, wherever users are shown.
#[tokio::test(flavor = "multi_thread")]
async fn clients_of_one_group_do_not_see_each_other() {
    let (house, account) = opened().await;
    let bakery = account.organization("Bakery").await;
    let clients = account.group("Clients", &[&bakery]).await;
    let mut people = Vec::new();
    for (name, role) in [("ann", "Lite"), ("ed", "Editor"), ("cy", "Creator"), ("ron", "Read-only")] {
        people.push(account.user(&house, name, role, Grants::groups(&[&clients])).await);
    }
    let (manager, mara) = account.user(&house, "mara", "Manager", Grants::groups(&[&clients])).await;
    for (person, own) in &people {
        let shown = expect(person.get(&format!("/groups/{clients}?include=users")).await.unwrap(), 200);
        let rows = shown.at("/data/relationships/users/data");
        assert_eq!(rows, json!([{"type": "users", "id": own}]), "{}", shown.text);
        assert_eq!(shown.at("/included").as_array().map(Vec::len), Some(1));
        assert!(!shown.text.contains(&mara) && !shown.text.contains("mara@"), "{}", shown.text);
        for road in ["/users", "/groups", "/access/review"] {
            assert_eq!(person.get(road).await.unwrap().status, 403, "{road}");
        }
        let road = format!("/access/users?filter[organization_id]={bakery}");
        assert_eq!(person.get(&road).await.unwrap().status, 403);
        let stranger = people.iter().find(|(_, id)| id != own).map(|(_, id)| id.clone()).unwrap();
        let question = json!({"action": "read", "organization-id": bakery, "user-id": stranger});
        for road in
            [format!("/users/{stranger}"), format!("/access/organizations?filter[user_id]={stranger}")]
        {
            let answer = person.get(&road).await.unwrap();
            assert!([403, 404].contains(&answer.status) && !answer.text.contains("@acme"), "{}", answer.text);
        }
        let asked = person.post("/access/check", &resource("access-checks", question)).await.unwrap();
        assert_eq!(asked.status, 403, "{}", asked.text);
    }
    let all = expect(manager.get(&format!("/groups/{clients}?include=users")).await.unwrap(), 200);
    assert_eq!(all.at("/included").as_array().map(Vec::len), Some(5));
}

/// An account and one that it let in, with an Editor of the other one inside.
async fn with_a_visitor(house: &House, account: &Account, maximum: &str) -> (Account, Client, String) {
    let noc = house.account("noc").await;
    let noc_home = noc.organization("Home").await;
    let (nora, nora_id) = noc.user(house, "nora", "Manager", Grants::organizations(&[&noc_home])).await;
    let connection = connect(house, account, &noc, maximum).await;
    let body = resource("sessions", json!({"account-id": account.id}));
    let inside = expect(nora.patch("/session", &body).await.unwrap(), 200);
    let nora = house.nobody.with_token(&inside.text_at("/data/attributes/access-token"));
    let _ = nora_id;
    (noc, nora, connection)
}

async fn offer(account: &Account, subdomain: &str, maximum: &str) -> Answer {
    let body = resource(
        "connections",
        json!({"subdomain": subdomain, "maximum-role-name": maximum, "all-organizations": true}),
    );
    account.administrator.post("/connections", &body).await.unwrap()
}

async fn accept(house: &House, delegate: &Account) -> Answer {
    let link = house.link(&format!("admin@{}.example", delegate.subdomain)).await;
    let body = resource("connection-invitations", json!({"decision": "accept"}));
    delegate.administrator.post(&link, &body).await.unwrap()
}

async fn connect(house: &House, account: &Account, delegate: &Account, maximum: &str) -> String {
    let connection = created(offer(account, &delegate.subdomain, maximum).await).id();
    expect(accept(house, delegate).await, 200);
    connection
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_takes_no_grant_away_by_any_road() {
    let (house, account) = opened().await;
    let (bakery, cellar) = (account.organization("Bakery").await, account.organization("Cellar").await);
    let (gallery, desk_only) = (account.organization("Gallery").await, account.organization("Desk").await);
    account.user(&house, "ann", "Lite", Grants::organizations(&[&bakery, &cellar])).await;
    account.group("Desk", &[&desk_only]).await;
    let key = json!({"name": "Backup", "role-name": "Editor"});
    let key = related("api-keys", key, json!({"organizations": identifiers("organizations", &[&gallery])}));
    created(account.administrator.post("/api-keys", &key).await.unwrap());
    let (_, nora, _) = with_a_visitor(&house, &account, "Editor").await;

    // Whoever has it directly, by a group, or as a key: all of these are grants of the host's.
    for granted in [&bakery, &desk_only, &gallery] {
        let answer = nora.delete(&format!("/organizations/{granted}"), None).await.unwrap();
        assert!(!answer.text.contains('@'), "nobody is named to a visitor: {}", answer.text);
        refused(answer, 403, "security-permission");
    }
    let all = identifiers("organizations", &[&bakery, &desk_only, &gallery]);
    for path in ["/organizations", "/organizations?preview=true"] {
        let answer = nora.delete(path, Some(&all)).await.unwrap();
        assert!(!answer.text.contains('@'), "nobody is named to a visitor: {}", answer.text);
        refused(answer, 403, "security-permission");
    }
    // One that nobody was granted by name is no security permission: names and places are the visitor's to change.
    let body = resource("organizations", json!({"name": "Attic"}));
    let attic = created(nora.post("/organizations", &body).await.unwrap()).id();
    let moved = resource("organizations", json!({"parent-id": bakery, "name": "Attic of the bakery"}));
    expect(nora.patch(&format!("/organizations/{attic}"), &moved).await.unwrap(), 200);
    expect(nora.delete(&format!("/organizations/{attic}"), None).await.unwrap(), 204);
    // The host's own Editor may, and hears how many would be left with nothing, but not who.
    let (editor, _) = account.user(&house, "ed", "Editor", Grants::ALL).await;
    let (_, bob) = account.user(&house, "bob", "Lite", Grants::organizations(&[&gallery])).await;
    let answer = editor.delete(&format!("/organizations/{gallery}"), None).await.unwrap();
    let answer = refused(answer, 422, "no-organization");
    assert_eq!(answer.at("/errors/0/meta"), json!({"users": [], "other-users": 1}), "{}", answer.text);
    assert!(!answer.text.contains("bob@") && !answer.text.contains(&bob), "{}", answer.text);
    let answer = account.administrator.delete(&format!("/organizations/{gallery}"), None).await.unwrap();
    assert!(refused(answer, 422, "no-organization").text.contains("bob@acme.example"));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_accounts_have_one_connection_whichever_way_a_second_would_begin() {
    let (house, account) = opened().await;
    account.organization("Bakery").await;
    let noc = house.account("noc").await;
    let old = connect(&house, &account, &noc, "Editor").await;
    let admin = &account.administrator;
    let (path, end) = (format!("/connections/{old}"), house.product.clock.now());
    let soon = end.after(std::time::Duration::from_secs(3_600)).to_string();
    let body = resource("connections", json!({ "expires-at": soon }));
    expect(admin.patch(&path, &body).await.unwrap(), 200);
    refused(offer(&account, "noc", "Editor").await, 409, "already-connected");
    house.advance_hours(2);

    // Past its end, it makes room for another; from then on nothing brings it back beside that one.
    let new = created(offer(&account, "noc", "Read-only").await).id();
    let later = resource("connections", json!({ "expires-at": null }));
    refused(admin.patch(&path, &later).await.unwrap(), 409, "already-invited");
    expect(accept(&house, &noc).await, 200);
    refused(admin.patch(&path, &later).await.unwrap(), 409, "already-connected");
    let far = house.product.clock.now().after(std::time::Duration::from_secs(999_999)).to_string();
    let resumed = resource("connections", json!({"status": "active", "expires-at": far}));
    refused(admin.patch(&path, &resumed).await.unwrap(), 409, "already-connected");

    // An offer that nobody took, sent again while another is open.
    expect(admin.delete(&format!("/connections/{new}"), None).await.unwrap(), 204);
    let late = created(offer(&account, "noc", "Editor").await).id();
    house.advance_hours(100);
    let account = Account { administrator: account.administrator_again(&house).await, ..account };
    let admin = &account.administrator;
    created(offer(&account, "noc", "Editor").await);
    let resent = admin
        .send(reqwest::Method::POST, &format!("/connections/{late}/invitation"), &[], None)
        .await
        .unwrap();
    refused(resent, 409, "already-invited");
    let active = expect(admin.get("/connections?filter[status]=active").await.unwrap(), 200);
    assert_eq!(ids(&active).len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_takes_away_never_fails_for_what_it_does_not_change() {
    let (house, account) = opened().await;
    let bakery = account.organization("Bakery").await;
    let desk = account.group("Desk", &[&bakery]).await;
    let noc = house.account("noc").await;
    let body = related(
        "connections",
        json!({"subdomain": "noc", "maximum-role-name": "Manager"}),
        json!({"groups": identifiers("groups", &[&desk])}),
    );
    let connection = created(account.administrator.post("/connections", &body).await.unwrap()).id();
    expect(accept(&house, &noc).await, 200);
    let nothing = relations("groups", &[("organizations", &[])]);
    expect(account.administrator.patch(&format!("/groups/{desk}"), &nothing).await.unwrap(), 200);

    let change = async |attributes: Value| {
        let body = resource("connections", attributes);
        account.administrator.patch(&format!("/connections/{connection}"), &body).await.unwrap()
    };
    let soon = house.product.clock.now().after(std::time::Duration::from_secs(3_600)).to_string();
    expect(change(json!({"maximum-role-name": "Editor"})).await, 200);
    expect(change(json!({ "expires-at": soon })).await, 200);
    expect(change(json!({"status": "suspended"})).await, 200);
    refused(change(json!({"status": "active"})).await, 422, "no-organization-chosen");
    expect(account.administrator.delete(&format!("/connections/{connection}"), None).await.unwrap(), 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_told_of_the_other_accounts_people_before_it_agrees_or_after_it_declines() {
    let (house, account) = opened().await;
    account.organization("Bakery").await;
    let noc = house.account("noc").await;
    let connection = created(offer(&account, "noc", "Editor").await).id();
    let somebody = noc.administrator_id.clone();
    let limit = resource("users", json!({"access": false}));
    let set = async |user: &str| {
        let path = format!("/connections/{connection}/users/{user}");
        let body = Some(limit.to_string());
        account.administrator.send(reqwest::Method::PUT, &path, &[], body).await.unwrap()
    };
    let (known, unknown) = (set(&somebody).await, set("12345").await);
    assert_eq!(
        refused(known, 409, "still-pending").text_at("/errors/0/detail"),
        refused(unknown, 409, "still-pending").text_at("/errors/0/detail")
    );
    let link = house.link("admin@noc.example").await;
    let body = resource("connection-invitations", json!({"decision": "decline"}));
    expect(noc.administrator.post(&link, &body).await.unwrap(), 200);
    for user in [somebody.as_str(), "12345"] {
        let answer = refused(set(user).await, 409, "connection-over");
        assert!(!answer.text.contains("Ada"), "{}", answer.text);
    }
}

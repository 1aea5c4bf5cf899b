//! Whoever is inside a host obeys, with the very next request, whatever was changed: at the host, on the connection, at home.
//! A hundred times each, with no wait in between.

use std::time::Duration;

use journeys::{Account, Client, Grants, House, created, expect, identifiers, refused, resource, times};
use serde_json::{Value, json};

use crate::glueconnect::{ask, connect, enter, offer, offer_all};

/// How often each change is made and undone.
const TIMES: [usize; 2] = [100, 20];

/// A host, a delegate, and an Editor of the delegate inside on a live token.
struct Visit {
    house: House,
    host: Account,
    noc: Account,
    bakery: String,
    connection: String,
    editor_id: String,
    inside: Client,
}

impl Visit {
    async fn start() -> Self {
        let house = House::start_with_much_mail().await;
        let host = house.account("acme").await;
        let noc = house.account("night-noc").await;
        let bakery = host.organization("Bakery").await;
        let (editor, editor_id) = noc.user(&house, "emil", "Editor", Grants::ALL).await;
        let connection = connect(&house, &host, &noc, &offer("night-noc", "Editor", &[&bakery])).await;
        let inside = enter(&editor, &host.id).await;
        Self { house, host, noc, bakery, connection, editor_id, inside }
    }

    /// Changes the connection as the host's Administrator.
    async fn change(&self, attributes: Value) {
        let body = resource("connections", attributes);
        let path = format!("/connections/{}", self.connection);
        expect(self.host.administrator.patch(&path, &body).await.unwrap(), 200);
    }

    /// Changes the Editor at home.
    async fn change_at_home(&self, attributes: Value) {
        let body = resource("users", attributes);
        let path = format!("/users/{}", self.editor_id);
        expect(self.noc.administrator.patch(&path, &body).await.unwrap(), 200);
    }

    /// What the very next request of the one inside comes to: its status, and the reason if it is a decision.
    async fn next(&self) -> String {
        let answer = ask(&self.inside, "delete", &self.bakery).await;
        let reason = answer.text_at("/data/attributes/reason");
        if reason.is_empty() {
            format!("{} {}", answer.status, answer.text_at("/errors/0/code"))
        } else {
            reason
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lowering_the_maximum_role_binds_at_once() {
    let visit = Visit::start().await;
    for _ in 0..times(TIMES) {
        visit.change(json!({"maximum-role-name": "Creator"})).await;
        assert_eq!(visit.next().await, "role-too-low");
        visit.change(json!({"maximum-role-name": "Manager"})).await;
        assert_eq!(visit.next().await, "allowed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn removing_the_organization_binds_at_once() {
    let visit = Visit::start().await;
    let other = visit.host.organization("Other").await;
    for _ in 0..times(TIMES) {
        for (granted, expected) in [(&other, "organization-not-granted"), (&visit.bakery, "allowed")] {
            let body = json!({"data": {"type": "connections", "relationships": {
                "organizations": identifiers("organizations", &[granted])}}});
            let path = format!("/connections/{}", visit.connection);
            expect(visit.host.administrator.patch(&path, &body).await.unwrap(), 200);
            assert_eq!(visit.next().await, expected);
        }
    }
    // Whoever asks who can reach an organization is told of the connection too, as it stands now.
    for (organization, reached_by) in [(&visit.bakery, vec![visit.connection.clone()]), (&other, vec![])] {
        let path = format!("/access/users?filter[organization-id]={organization}");
        let answer = expect(visit.host.administrator.get(&path).await.unwrap(), 200);
        let connections = answer.at("/meta/connections");
        let ids: Vec<&str> =
            connections.as_array().unwrap().iter().filter_map(|row| row["id"].as_str()).collect();
        assert_eq!(ids, reached_by, "{}", answer.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn suspending_and_resuming_bind_at_once() {
    let visit = Visit::start().await;
    for _ in 0..times(TIMES) {
        visit.change(json!({"status": "suspended"})).await;
        assert_eq!(visit.next().await, "403 connection-suspended");
        visit.change(json!({"status": "active"})).await;
        assert_eq!(visit.next().await, "allowed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ending_binds_at_once_and_for_good() {
    let visit = Visit::start().await;
    let editor = enter(&visit.inside, &visit.noc.id).await;
    let mut inside = visit.inside.clone();
    let mut connection = visit.connection.clone();
    for round in 0..times(TIMES) {
        // Either side ends it.
        let ending = if round % 2 == 0 { &visit.host } else { &visit.noc };
        expect(ending.administrator.delete(&format!("/connections/{connection}"), None).await.unwrap(), 204);
        let answer = ask(&inside, "delete", &visit.bakery).await;
        assert_eq!((answer.status, answer.text_at("/errors/0/code")), (403, "connection-ended".to_owned()));
        let body = offer("night-noc", "Editor", &[&visit.bakery]);
        connection = connect(&visit.house, &visit.host, &visit.noc, &body).await;
        // The old token names the old connection and stays shut out; a new one enters by the new.
        let answer = ask(&inside, "delete", &visit.bakery).await;
        assert_eq!(answer.status, 403, "{}", answer.text);
        inside = enter(&editor, &visit.host.id).await;
        expect(ask(&inside, "delete", &visit.bakery).await, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn demoting_at_home_binds_at_once() {
    let visit = Visit::start().await;
    for _ in 0..times(TIMES) {
        visit.change_at_home(json!({"role-name": "Creator"})).await;
        assert_eq!(visit.next().await, "role-too-low");
        visit.change_at_home(json!({"role-name": "Editor"})).await;
        assert_eq!(visit.next().await, "allowed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn removing_at_home_binds_at_once() {
    let visit = Visit::start().await;
    for round in 0..times(TIMES) {
        let name = format!("guest-{round}");
        let (guest, id) = visit.noc.user(&visit.house, &name, "Editor", Grants::ALL).await;
        let inside = enter(&guest, &visit.host.id).await;
        expect(ask(&inside, "delete", &visit.bakery).await, 200);
        expect(visit.noc.administrator.delete(&format!("/users/{id}"), None).await.unwrap(), 204);
        let answer = ask(&inside, "delete", &visit.bakery).await;
        assert_eq!((answer.status, answer.text_at("/errors/0/code")), (401, "invalid-token".to_owned()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_date_binds_by_the_clock() {
    let visit = Visit::start().await;
    let end = visit.house.product.clock.now().after(Duration::from_secs(3_600));
    visit.change(json!({"expires-at": end.to_string()})).await;
    assert_eq!(visit.next().await, "allowed");
    visit.house.advance_hours(1);
    assert_eq!(visit.next().await, "403 connection-expired");
    let listed = visit.host.administrator.get("/connections?filter[status]=expired").await.unwrap();
    assert_eq!(listed.at("/meta/total-count"), json!(1), "{}", listed.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_can_have_less_than_the_others() {
    let visit = Visit::start().await;
    let other = visit.host.organization("Other").await;
    visit.change(json!({"maximum-role-name": "Editor", "all-organizations": true})).await;
    let (colleague, _) = visit.noc.user(&visit.house, "cora", "Editor", Grants::ALL).await;
    let colleague = enter(&colleague, &visit.host.id).await;
    let path = format!("/connections/{}/users/{}", visit.connection, visit.editor_id);
    let put = async |body: &Value| {
        visit
            .host
            .administrator
            .send("PUT".parse().unwrap(), &path, &[], Some(body.to_string()))
            .await
            .unwrap()
    };
    expect(put(&resource("users", json!({"maximum-role-name": "Read-only"}))).await, 200);
    assert_eq!(visit.next().await, "role-too-low");
    let narrower = json!({"data": {"type": "users", "attributes": {}, "relationships": {
        "organizations": identifiers("organizations", &[&other])}}});
    expect(put(&narrower).await, 200);
    assert_eq!(visit.next().await, "organization-not-granted");
    expect(ask(&visit.inside, "delete", &other).await, 200);
    expect(put(&resource("users", json!({"access": false}))).await, 200);
    assert_eq!(visit.next().await, "403 person-excluded");
    // Those not named have what the connection gives, and so has this one again without the limit.
    let answer = ask(&colleague, "delete", &visit.bakery).await;
    assert_eq!(answer.at("/data/attributes/allowed"), json!(true), "{}", answer.text);
    let listed =
        visit.host.administrator.get(&format!("/connections/{}/users", visit.connection)).await.unwrap();
    assert_eq!(listed.at("/meta/total-count"), json!(1), "{}", listed.text);
    expect(visit.host.administrator.delete(&path, None).await.unwrap(), 204);
    assert_eq!(visit.next().await, "allowed");
    expect(visit.host.administrator.delete(&path, None).await.unwrap(), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_brings_what_it_has_now_and_all_means_those_to_come() {
    let house = House::start().await;
    let host = house.account("acme").await;
    let noc = house.account("night-noc").await;
    let bakery = host.organization("Bakery").await;
    let group = host.group("Night", &[&bakery]).await;
    let (editor, _) = noc.user(&house, "emil", "Editor", Grants::ALL).await;
    let mut body = offer("night-noc", "Editor", &[]);
    body["data"]["relationships"]["groups"] = identifiers("groups", &[&group]);
    let connection = connect(&house, &host, &noc, &body).await;
    let inside = enter(&editor, &host.id).await;
    let check = ask(&inside, "read", &bakery).await;
    assert_eq!(check.at("/data/attributes/via/0"), json!(format!("groups/{group}")), "{}", check.text);

    let dental = host.organization("Dental").await;
    let reaches = async |organization: &str| {
        ask(&inside, "read", organization).await.at("/data/attributes/allowed") == json!(true)
    };
    assert!(!reaches(&dental).await, "all organizations are not granted");
    let gained = identifiers("organizations", &[&dental]);
    let path = format!("/groups/{group}/relationships/organizations");
    expect(host.administrator.post(&path, &gained).await.unwrap(), 204);
    assert!(reaches(&dental).await, "the group has it now");
    expect(host.administrator.delete(&path, Some(&gained)).await.unwrap(), 204);
    assert!(!reaches(&dental).await, "the group has it no longer");

    let all = resource("connections", json!({"all-organizations": true}));
    expect(host.administrator.patch(&format!("/connections/{connection}"), &all).await.unwrap(), 200);
    let later = host.organization("Later").await;
    assert!(reaches(&later).await, "all organizations, those to come as well");
    let created = inside
        .post("/organizations", &resource("organizations", json!({"name": "Made by night"})))
        .await
        .unwrap();
    expect(created, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_does_not_chain_and_two_contexts_never_combine() {
    let house = House::start().await;
    let (a, b, c) = (house.account("aaa").await, house.account("bbb").await, house.account("ccc").await);
    let in_a = a.organization("In A").await;
    connect(&house, &a, &b, &offer_all("bbb", "Administrator")).await;
    connect(&house, &b, &c, &offer_all("ccc", "Administrator")).await;
    let inside_b = enter(&c.administrator, &b.id).await;
    let to_a = resource("sessions", json!({"account-id": a.id}));
    for client in [&c.administrator, &inside_b] {
        journeys::refused(client.patch("/session", &to_a).await.unwrap(), 404, "not-found");
        let session = client.get("/session").await.unwrap();
        assert!(!session.text.contains(&a.id), "C hears nothing of A: {}", session.text);
    }
    assert_ne!(ask(&inside_b, "read", &in_a).await.at("/data/attributes/allowed"), json!(true));

    // A direct user of the host who is also a delegate: each token has its own account's rights and no other's.
    let email = "admin@bbb.example";
    let direct = journeys::invitation(email, "Read-only", Grants::organizations(&[&in_a]));
    journeys::created(a.administrator.post("/users", &direct).await.unwrap());
    journeys::created(house.accept(email).await);
    let at_home_in_a = house.sign_in("aaa", email).await;
    let as_delegate = enter(&b.administrator, &a.id).await;
    assert_eq!(ask(&at_home_in_a, "delete", &in_a).await.text_at("/data/attributes/reason"), "role-too-low");
    assert_eq!(ask(&as_delegate, "delete", &in_a).await.text_at("/data/attributes/reason"), "allowed");
    assert_eq!(
        ask(&as_delegate, "delete", &in_a).await.text_at("/data/attributes/via/0"),
        "all-organizations"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subdomain_that_changes_hands_takes_nothing_along() {
    let house = House::start().await;
    let host = house.account("acme").await;
    let noc = house.account("night-noc").await;
    let bakery = host.organization("Bakery").await;
    let later = house.account("later").await;
    let connection = connect(&house, &host, &noc, &offer("night-noc", "Editor", &[&bakery])).await;
    journeys::created(
        host.administrator.post("/connections", &offer("later", "Editor", &[&bakery])).await.unwrap(),
    );
    let pending = house.link("admin@later.example").await;

    for (account, renamed) in [(&noc, "day-noc"), (&later, "much-later")] {
        let body = resource("accounts", json!({ "subdomain": renamed }));
        expect(account.administrator.patch("/account", &body).await.unwrap(), 200);
    }
    let taker = house.account("night-noc").await;
    let other_taker = house.account("later").await;
    let to_host = resource("sessions", json!({"account-id": host.id}));
    for stranger in [&taker, &other_taker] {
        journeys::refused(
            stranger.administrator.patch("/session", &to_host).await.unwrap(),
            404,
            "not-found",
        );
        let decision = resource("connection-invitations", json!({"decision": "accept"}));
        journeys::refused(stranger.administrator.post(&pending, &decision).await.unwrap(), 404, "not-found");
        let listed = expect(stranger.administrator.get("/connections").await.unwrap(), 200);
        assert_eq!(listed.at("/meta/total-count"), json!(0), "{}", listed.text);
    }
    // The old friend is still let in, whatever it is called.
    let inside = enter(&noc.administrator, &host.id).await;
    expect(ask(&inside, "read", &bakery).await, 200);
    let shown = expect(host.administrator.get(&format!("/connections/{connection}")).await.unwrap(), 200);
    assert_eq!(shown.at("/data/attributes/delegate-account-id"), json!(noc.id));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_neither_reviews_nor_resends_nor_answers_another_offer() {
    let visit = Visit::start().await;
    let Visit { house, host, noc, inside, .. } = &visit;
    let (_, pending) = host.invite("pia", "Editor", Grants::ALL).await;
    let third = house.account("third").await;
    created(third.administrator.post("/connections", &offer_all("night-noc", "Editor")).await.unwrap());
    let offered = house.link("admin@night-noc.example").await;
    let decision = resource("connection-invitations", json!({"decision": "accept"}));
    let administrator = enter(&noc.administrator, &host.id).await;
    for visitor in [inside, &administrator] {
        refused(visitor.get("/access/review").await.unwrap(), 403, "security-permission");
        let resend = format!("/users/{pending}/invitation");
        refused(visitor.post(&resend, &json!({})).await.unwrap(), 403, "security-permission");
        // It is offered to the account that they are from, and they are not there.
        refused(visitor.post(&offered, &decision).await.unwrap(), 404, "not-found");
    }
    expect(noc.administrator.post(&offered, &decision).await.unwrap(), 200);
}

//! The second factor of someone inside another account: what counts is the account that they signed in to.

use journeys::{Account, Client, Grants, House, created, expect, refused, resource};
use serde_json::json;

use crate::authenticator::{enrol, sign_in};

struct Visit {
    house: House,
    host: Account,
    noc: Account,
    /// An Editor of the delegate, inside the host.
    inside: Client,
    editor_id: String,
}

async fn enter(client: &Client, account: &str) -> journeys::Answer {
    client.patch("/session", &resource("sessions", json!({"account-id": account}))).await.unwrap()
}

async fn set(caller: &Client, setting: &str, value: bool) {
    let settings = resource("accounts", json!({ setting: value }));
    expect(caller.patch("/account", &settings).await.unwrap(), 200);
}

async fn visit() -> Visit {
    let house = House::start().await;
    let (host, noc) = (house.account("acme").await, house.account("night-noc").await);
    let offer = json!({"subdomain": "night-noc", "maximum-role-name": "Editor", "all-organizations": true});
    created(host.administrator.post("/connections", &resource("connections", offer)).await.unwrap());
    let link = house.link("admin@night-noc.example").await;
    let acceptance = resource("connection-invitations", json!({"decision": "accept"}));
    expect(noc.administrator.post(&link, &acceptance).await.unwrap(), 200);
    let (editor, editor_id) = noc.user(&house, "otto", "Editor", Grants::ALL).await;
    let entered = expect(enter(&editor, &host.id).await, 200);
    let inside = house.nobody.with_token(&entered.text_at("/data/attributes/access-token"));
    expect(inside.get("/organizations").await.unwrap(), 200);
    Visit { house, host, noc, inside, editor_id }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_enforces_mfa_prompts_its_own_users_and_not_its_visitors() {
    let Visit { house: _running, host, inside, .. } = visit().await;
    set(&host.administrator, "enforce-mfa", true).await;
    expect(inside.get("/organizations").await.unwrap(), 200);
    refused(host.administrator.get("/organizations").await.unwrap(), 403, "mfa-enrolment-required");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_home_account_that_enforces_mfa_is_obeyed_inside_a_host_too() {
    let Visit { house, host, noc, inside, editor_id } = visit().await;
    set(&noc.administrator, "enforce-mfa", true).await;
    refused(inside.get("/organizations").await.unwrap(), 403, "mfa-enrolment-required");
    let told = expect(inside.get("/session").await.unwrap(), 200);
    assert_eq!(told.text_at("/data/attributes/scope"), "enrolment");
    assert_eq!(told.text_at("/data/attributes/account-id"), noc.id, "as at home");
    refused(enter(&inside, &noc.id).await, 403, "mfa-enrolment-required");
    // They need not find the way home first: the second factor is theirs, not the host's.
    let enrolled = enrol(&house, &inside, &editor_id).await;
    refused(inside.get("/organizations").await.unwrap(), 401, "invalid-token");
    let entered = expect(enter(&enrolled.client, &host.id).await, 200);
    assert_eq!(entered.at("/data/attributes/mfa"), json!(true));
    let inside = house.nobody.with_token(&entered.text_at("/data/attributes/access-token"));
    expect(inside.get("/organizations").await.unwrap(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_requires_mfa_of_delegates_admits_only_sessions_made_with_it() {
    let Visit { house, host, inside, editor_id, .. } = visit().await;
    set(&host.administrator, "require-delegate-mfa", true).await;
    refused(inside.get("/organizations").await.unwrap(), 403, "delegate-mfa-required");
    refused(enter(&inside, &host.id).await, 403, "delegate-mfa-required");
    let enrolled = enrol(&house, &inside, &editor_id).await;
    // Whoever holds a stolen password could have set it up a moment ago.
    refused(enter(&enrolled.client, &host.id).await, 403, "delegate-mfa-required");
    house.product.clock.advance(24 * 60 * 60_000);
    let code = enrolled.app.next_code(&house);
    let again = created(sign_in(&house, "night-noc", "otto@night-noc.example", Some(&code)).await);
    let again = house.nobody.with_token(&again.text_at("/data/attributes/access-token"));
    let entered = expect(enter(&again, &host.id).await, 200);
    let inside = house.nobody.with_token(&entered.text_at("/data/attributes/access-token"));
    expect(inside.get("/organizations").await.unwrap(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_touches_no_second_factor_of_the_host() {
    let Visit { house, host, noc, inside, .. } = visit().await;
    enrol(&house, &host.administrator, &host.administrator_id).await;
    let path = format!("/users/{}/mfa", host.administrator_id);
    let entered = expect(enter(&noc.administrator, &host.id).await, 200);
    let administrator = house.nobody.with_token(&entered.text_at("/data/attributes/access-token"));
    for visitor in [&inside, &administrator] {
        refused(visitor.delete(&path, None).await.unwrap(), 403, "security-permission");
        refused(visitor.post(&path, &json!({})).await.unwrap(), 404, "not-found");
    }
}

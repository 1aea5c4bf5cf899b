//! Signing in and out; whose token is good; and requests that are not what they should be.

use journeys::{
    Answer, Client, Grants, House, PASSWORD, created, expect, faults, identifiers, refused, related, resource,
};
use serde_json::{Value, json};

async fn sign_in(caller: &Client, subdomain: &str, email: &str, password: &str) -> Answer {
    let credentials = json!({"subdomain": subdomain, "email": email, "password": password});
    caller.post("/sessions", &resource("sessions", credentials)).await.unwrap()
}

/// An answer without what says which request it answered.
fn told(answer: &Answer) -> (u16, String, Vec<(String, String)>) {
    let telling =
        |(name, _): &&(String, String)| !["x-request-id", "apigw-requestid", "date"].contains(&name.as_str());
    (answer.status, answer.text.clone(), answer.headers.iter().filter(telling).cloned().collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_wrong_with_credentials_the_answer_is_the_same() {
    let house = House::start().await;
    let account = house.account("acme").await;
    house.account("night-noc").await;
    let bakery = account.organization("Bakery").await;
    let grants = Grants { organizations: &[&bakery], ..Grants::default() };
    let (_, sue) = account.user(&house, "sue", "Editor", grants).await;
    let suspended = resource("users", json!({"status": "suspended"}));
    expect(account.administrator.patch(&format!("/users/{sue}"), &suspended).await.unwrap(), 200);
    let (_, removed) = account.user(&house, "rob", "Editor", grants).await;
    expect(account.administrator.delete(&format!("/users/{removed}"), None).await.unwrap(), 204);
    account.invite("pia", "Editor", grants).await;

    let wrong = [
        ("acme", "admin@acme.example", "not the password"),
        ("acme", "admin@acme.example", ""),
        ("acme", "admin@acme.example", "Correct horse battery"),
        ("acme", "nobody@acme.example", PASSWORD),
        ("acme", "no address", PASSWORD),
        ("night-noc", "admin@acme.example", PASSWORD),
        ("unknown", "admin@acme.example", PASSWORD),
        ("No Subdomain!", "admin@acme.example", PASSWORD),
        ("acme", "sue@acme.example", PASSWORD),
        ("acme", "rob@acme.example", PASSWORD),
        ("acme", "pia@acme.example", PASSWORD),
    ];
    let mut answers = Vec::new();
    for (subdomain, email, password) in wrong {
        let answer = sign_in(&house.nobody, subdomain, email, password).await;
        answers.push(refused(answer, 401, "invalid-credentials"));
    }
    for (answer, wrong) in answers.iter().zip(wrong) {
        assert_eq!(told(answer), told(&answers[0]), "{wrong:?}");
    }
    let request_ids: Vec<_> = answers.iter().map(|answer| answer.header("x-request-id")).collect();
    assert!(request_ids.iter().all(Option::is_some) && request_ids[0] != request_ids[1], "{request_ids:?}");

    created(sign_in(&house.nobody, "ACME", " Admin@Acme.Example ", PASSWORD).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_kills_every_token_of_the_user_and_of_nobody_else() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let one = house.sign_in("acme", "admin@acme.example").await;
    let other = house.sign_in("acme", "admin@acme.example").await;
    let (eve, _) = account.user(&house, "eve", "Administrator", Grants::ALL).await;
    let shown = expect(one.get("/session").await.unwrap(), 200);
    assert_eq!(shown.text_at("/data/attributes/user-id"), account.administrator_id);
    assert_eq!(shown.text_at("/data/attributes/account-name"), "The acme account");
    assert_eq!(shown.text_at("/data/attributes/effective-role-name"), "Administrator");

    expect(one.delete("/session", None).await.unwrap(), 204);
    for dead in [&one, &other, &account.administrator] {
        refused(dead.get("/session").await.unwrap(), 401, "invalid-token");
        refused(dead.get("/users").await.unwrap(), 401, "invalid-token");
    }
    expect(eve.get("/session").await.unwrap(), 200);
    let again = house.sign_in("acme", "admin@acme.example").await;
    expect(again.get("/users").await.unwrap(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_of_one_who_is_suspended_or_removed_is_dead_at_the_next_request() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let bakery = account.organization("Bakery").await;
    let grants = Grants { organizations: &[&bakery], ..Grants::default() };
    let (sue, sue_id) = account.user(&house, "sue", "Editor", grants).await;
    let (rob, rob_id) = account.user(&house, "rob", "Editor", grants).await;
    let dead = async |token: &Client| {
        for path in ["/session", "/organizations", "/access/organizations"] {
            refused(token.get(path).await.unwrap(), 401, "invalid-token");
        }
        let question = json!({"action": "read", "organization-id": bakery});
        let check = token.post("/access/check", &resource("access-checks", question)).await.unwrap();
        refused(check, 401, "invalid-token");
    };
    for both in [&sue, &rob] {
        expect(both.get("/organizations").await.unwrap(), 200);
    }
    let status = |status: &str| resource("users", json!({ "status": status }));
    let path = format!("/users/{sue_id}");
    expect(account.administrator.patch(&path, &status("suspended")).await.unwrap(), 200);
    dead(&sue).await;
    expect(account.administrator.delete(&format!("/users/{rob_id}"), None).await.unwrap(), 204);
    dead(&rob).await;
    // Being let in again does not revive what was handed out before.
    expect(account.administrator.patch(&path, &status("active")).await.unwrap(), 200);
    dead(&sue).await;
    expect(house.sign_in("acme", "sue@acme.example").await.get("/organizations").await.unwrap(), 200);
    let log = house.log(&account.id).await;
    let entry = log.iter().rfind(|entry| entry["action"] == "delete" && entry["resource_type"] == "users");
    assert_eq!(entry.unwrap()["resource_name"], "rob@acme.example", "the log keeps the name");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_role_binds_the_next_request() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let (manager, id) = account.user(&house, "mara", "Manager", Grants::ALL).await;
    expect(manager.get("/users").await.unwrap(), 200);
    let editor = resource("users", json!({"role-name": "Editor"}));
    expect(account.administrator.patch(&format!("/users/{id}"), &editor).await.unwrap(), 200);
    refused(manager.get("/users").await.unwrap(), 403, "role-too-low");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_old_altered_or_none_is_refused() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let token = account.administrator.token().unwrap();
    let mut altered = token.to_owned();
    let middle = token.find('.').unwrap() + 20;
    altered.replace_range(middle..=middle, if &token[middle..=middle] == "A" { "B" } else { "A" });
    let parts: Vec<&str> = token.split('.').collect();
    let unsigned = format!("{}.{}.", parts[0], parts[1]);
    let other = House::start().await;
    let stranger = other.account("acme").await;
    for bad in [altered.as_str(), &unsigned, "x", "a.b.c", stranger.administrator.token().unwrap()] {
        refused(house.nobody.with_token(bad).get("/session").await.unwrap(), 401, "invalid-token");
    }
    refused(house.nobody.get("/session").await.unwrap(), 401, "no-credentials");
    let basic = [("authorization", "Basic YTpi")];
    let answer = house.nobody.send("GET".parse().unwrap(), "/session", &basic, None).await.unwrap();
    refused(answer, 401, "no-credentials");

    house.product.clock.advance(12 * 3_600_000 - 60_000);
    expect(account.administrator.get("/session").await.unwrap(), 200);
    house.product.clock.advance(60_000);
    refused(account.administrator.get("/session").await.unwrap(), 401, "invalid-token");
    let again = account.administrator_again(&house).await;
    let switched = related("sessions", json!({"account-id": account.id}), json!({}));
    let fresh = expect(again.patch("/session", &switched).await.unwrap(), 200);
    let fresh = house.nobody.with_token(&fresh.text_at("/data/attributes/access-token"));
    expect(fresh.get("/session").await.unwrap(), 200);
    let elsewhere = related("sessions", json!({"account-id": "4711"}), json!({}));
    refused(again.patch("/session", &elsewhere).await.unwrap(), 404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_is_read_strictly() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let admin = &account.administrator;
    let post = async |body: &str, content_type: &str| {
        let headers = [("content-type", content_type)];
        admin.send("POST".parse().unwrap(), "/organizations", &headers, Some(body.to_owned())).await.unwrap()
    };
    let good = resource("organizations", json!({"name": "Bakery"})).to_string();
    for content_type in
        ["text/plain", "application/x-www-form-urlencoded", "application/xml", "multipart/form-data"]
    {
        refused(post(&good, content_type).await, 415, "unsupported-media-type");
    }
    for malformed in ["", "{", "nonsense", "{\"data\":}", &format!("{good}{good}")] {
        refused(post(malformed, "application/json").await, 400, "malformed-json");
    }
    for not_a_document in ["[]", "7", "null", "{}"] {
        refused(post(not_a_document, "application/json").await, 400, "malformed-document");
    }
    let twice = r#"{"data":{"type":"organizations","attributes":{"name":"a","name":"b"}}}"#;
    let answer = refused(post(twice, "application/json").await, 422, "duplicate-key");
    assert_eq!(faults(&answer)[0].1, "/data/attributes/name");
    let wrong: [(Value, &[(&str, &str)]); 6] = [
        (
            json!({"data": {"type": "groups", "attributes": {"name": "a"}}}),
            &[("wrong-resource-type", "/data/type")],
        ),
        (json!({"data": {"attributes": {"name": "a"}}}), &[("missing", "/data/type")]),
        (json!({"data": [{"type": "organizations"}]}), &[("wrong-type", "/data")]),
        (
            json!({"data": {"type": "organizations", "attributes": {"name": 7}}}),
            &[("wrong-type", "/data/attributes/name")],
        ),
        (
            json!({"data": {"type": "organizations", "attributes": {"name": "a", "colour": "red", "id": 7}}}),
            &[("id-not-yours", "/data/id"), ("unknown-attribute", "/data/attributes/colour")],
        ),
        (
            json!({"data": {"type": "organizations", "attributes": {"name": "a"}}, "extra": 1}),
            &[("unknown-member", "/extra")],
        ),
    ];
    for (body, found) in wrong {
        let answer = expect(post(&body.to_string(), "application/json").await, 422);
        let found: Vec<_> =
            found.iter().map(|(code, place)| ((*code).to_owned(), (*place).to_owned())).collect();
        let mut told = faults(&answer);
        told.sort();
        assert_eq!(told, found, "{body}");
    }
    let listed = expect(admin.get("/organizations").await.unwrap(), 200);
    assert_eq!(listed.at("/meta/total-count"), json!(0), "nothing was written");

    // Hyphens or underscores, a trailing slash, either media type: all the same.
    let body =
        json!({"data": {"type": "organizations", "attributes": {"name": "Bakery", "short_name": "B"}}});
    let headers = [("content-type", "application/json; charset=utf-8")];
    let sent = admin.send("POST".parse().unwrap(), "/organizations/", &headers, Some(body.to_string()));
    let answer = created(sent.await.unwrap());
    assert_eq!(answer.text_at("/data/attributes/short-name"), "B");
    let listed = expect(admin.get("/organizations/?page[size]=1&sort=created_at").await.unwrap(), 200);
    assert_eq!(listed.at("/meta/total-count"), json!(1));
    refused(admin.get("/organizations?colour=red").await.unwrap(), 400, "unknown-parameter");
    refused(admin.get("/organizations?page[size]=0").await.unwrap(), 400, "bad-parameter");
    refused(admin.get("/organizations?page[size]=1001").await.unwrap(), 400, "bad-parameter");
    refused(admin.get("/organizations?page[number]=0").await.unwrap(), 400, "bad-parameter");
    refused(admin.get("/organizations?sort=colour").await.unwrap(), 400, "bad-parameter");
    let group = json!({"data": {"type": "groups", "attributes": {"name": "g"}, "relationships": {
        "organizations": {"data": [{"type": "users", "id": "1"}]}, "owners": identifiers("users", &["1"])}}});
    let answer = expect(admin.post("/groups", &group).await.unwrap(), 422);
    let places: Vec<String> = faults(&answer).into_iter().map(|(code, _)| code).collect();
    assert_eq!(places, ["wrong-resource-type", "unknown-relationship"], "{}", answer.text);
}

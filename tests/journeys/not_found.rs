//! What is not there, what is another account's and what is no id: one answer, byte for byte.

use std::collections::BTreeSet;

use journeys::{Answer, Client, Grants, House, created, expect, identifiers, relations, resource};
use serde_json::{Value, json};

/// An answer without what says which request it answered.
fn told(answer: &Answer) -> (u16, String, Vec<(String, String)>) {
    let telling =
        |(name, _): &&(String, String)| !["x-request-id", "apigw-requestid", "date"].contains(&name.as_str());
    (answer.status, answer.text.clone(), answer.headers.iter().filter(telling).cloned().collect())
}

/// Every route that has an id in it, with a body that would do if the id did.
fn routes() -> Vec<(&'static str, &'static str, &'static str, Value)> {
    let named = |resource_type| resource(resource_type, json!({"name": "Other"}));
    let mut routes = vec![
        ("users", "GET", "/users/{id}", Value::Null),
        ("users", "GET", "/users/{id}?include=groups,organizations", Value::Null),
        ("users", "PATCH", "/users/{id}", resource("users", json!({"first-name": "Other"}))),
        ("users", "PATCH", "/users/{id}", resource("users", json!({"status": "suspended"}))),
        ("users", "PATCH", "/users/{id}", relations("users", &[("groups", &[])])),
        ("users", "DELETE", "/users/{id}", Value::Null),
        ("users", "POST", "/users/{id}/invitation", Value::Null),
        ("users", "POST", "/users/{id}/resend_invitation", Value::Null),
        ("organizations", "GET", "/organizations/{id}", Value::Null),
        ("organizations", "PATCH", "/organizations/{id}", named("organizations")),
        ("organizations", "DELETE", "/organizations/{id}", Value::Null),
        ("groups", "GET", "/groups/{id}", Value::Null),
        ("groups", "GET", "/groups/{id}?include=users,organizations", Value::Null),
        ("groups", "PATCH", "/groups/{id}", named("groups")),
        ("groups", "PATCH", "/groups/{id}", relations("groups", &[("users", &[]), ("organizations", &[])])),
        ("groups", "DELETE", "/groups/{id}", Value::Null),
        ("api-keys", "GET", "/api-keys/{id}", Value::Null),
        ("api-keys", "DELETE", "/api-keys/{id}", Value::Null),
    ];
    for method in ["POST", "PATCH", "DELETE"] {
        let none = |what| identifiers(what, &[]);
        routes.push(("groups", method, "/groups/{id}/relationships/users", none("users")));
        routes.push(("groups", method, "/groups/{id}/relationships/organizations", none("organizations")));
    }
    routes
}

async fn ask(caller: &Client, method: &str, path: &str, body: &Value) -> Answer {
    let body = Some(body).filter(|body| !body.is_null()).map(ToString::to_string);
    caller.send(method.parse().unwrap(), path, &[], body).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_id_and_another_accounts_are_the_same_404() {
    let house = House::start().await;
    let ours = house.account("acme").await;
    let theirs = house.account("night-noc").await;
    let organization = theirs.organization("Theirs").await;
    let group = theirs.group("Theirs", &[&organization]).await;
    let (_, user) = theirs.invite("otto", "Lite", Grants { groups: &[&group], ..Grants::default() }).await;
    let wanted = resource("api-keys", json!({"name": "Theirs", "role-name": "Administrator"}));
    let key = created(theirs.administrator.post("/api-keys", &wanted).await.unwrap()).id();

    let mut request_ids = BTreeSet::new();
    let mut first: Option<Answer> = None;
    let mut asked = 0;
    for (what, method, path, body) in routes() {
        let foreign = match what {
            "users" => &user,
            "organizations" => &organization,
            "api-keys" => &key,
            _ => &group,
        };
        let malformed = ["0", "-1", "07", "1e3", "x", "9007199254740993", "1%23"];
        for id in [foreign.as_str(), "4711", "9007199254740991"].into_iter().chain(malformed) {
            let answer = ask(&ours.administrator, method, &path.replace("{id}", id), &body).await;
            assert_eq!(answer.status, 404, "{method} {path} of {id}: {}", answer.text);
            let first = first.get_or_insert_with(|| answer.clone());
            assert_eq!(told(&answer), told(first), "{method} {path} of {id}");
            request_ids.insert(answer.header("x-request-id").unwrap_or_default().to_owned());
            asked += 1;
        }
    }
    assert_eq!(request_ids.len(), asked, "each has a request id of its own");

    // Nothing of theirs was touched, and in their own account every id is known.
    for path in [
        format!("/users/{user}"),
        format!("/organizations/{organization}"),
        format!("/groups/{group}"),
        format!("/api-keys/{key}"),
    ] {
        let shown = expect(theirs.administrator.get(&path).await.unwrap(), 200);
        assert!(!shown.text.contains("Other"), "{}", shown.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_may_not_see_is_as_unknown() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let (granted, hidden) = (account.organization("Granted").await, account.organization("Hidden").await);
    let other = house.account("night-noc").await;
    let foreign = other.organization("Foreign").await;
    let foreigner = other.administrator_id.clone();
    let grants = Grants { organizations: &[&granted], ..Grants::default() };
    for role in ["Manager", "Editor", "Lite"] {
        let (caller, _) = account.user(&house, &role.to_lowercase(), role, grants).await;
        let mut answers = Vec::new();
        for id in [hidden.as_str(), &foreign, "4711"] {
            for (method, body) in [
                ("GET", Value::Null),
                ("PATCH", resource("organizations", json!({"name": "Mine"}))),
                ("DELETE", Value::Null),
            ] {
                answers.push(ask(&caller, method, &format!("/organizations/{id}"), &body).await);
            }
            if role == "Manager" {
                let path = format!("/access/users?filter[organization_id]={id}");
                answers.push(ask(&caller, "GET", &path, &Value::Null).await);
            }
        }
        for answer in &answers {
            assert_eq!((answer.status, &answer.text), (404, &answers[0].text), "{role}");
        }
    }
    for id in [foreigner.as_str(), "4711"] {
        let path = format!("/access/organizations?filter[user_id]={id}");
        expect(account.administrator.get(&path).await.unwrap(), 404);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_accounts_ids_are_unknown_wherever_they_are_named() {
    let house = House::start().await;
    let ours = house.account("acme").await;
    let theirs = house.account("night-noc").await;
    let own = ours.organization("Own").await;
    let own_group = ours.group("Own", &[&own]).await;
    let organization = theirs.organization("Theirs").await;
    let group = theirs.group("Theirs", &[&organization]).await;
    let admin = &ours.administrator;
    let (_, user) = ours.invite("ann", "Lite", Grants { organizations: &[&own], ..Grants::default() }).await;

    let mut texts: Vec<BTreeSet<String>> = vec![BTreeSet::new(); 6];
    for (organization, group, user_id) in
        [(organization.as_str(), group.as_str(), theirs.administrator_id.as_str()), ("4711", "4711", "4711")]
    {
        let named =
            |text: String| text.replace(organization, "ID").replace(group, "ID").replace(user_id, "ID");
        let users = format!("/groups/{own_group}/relationships/users");
        let organizations = format!("/groups/{own_group}/relationships/organizations");
        let answers = [
            admin
                .patch(&format!("/users/{user}"), &relations("users", &[("organizations", &[organization])]))
                .await,
            admin.patch(&format!("/users/{user}"), &relations("users", &[("groups", &[group])])).await,
            admin.post(&users, &identifiers("users", &[user_id])).await,
            admin.post(&organizations, &identifiers("organizations", &[organization])).await,
            admin
                .patch(
                    &format!("/organizations/{own}"),
                    &resource("organizations", json!({"parent-id": organization})),
                )
                .await,
            admin
                .post(
                    "/organizations",
                    &resource("organizations", json!({"name": "x", "parent-id": organization})),
                )
                .await,
        ];
        for (texts, answer) in texts.iter_mut().zip(answers) {
            texts.insert(named(expect(answer.unwrap(), 422).text));
        }
    }
    assert!(texts.iter().all(|texts| texts.len() == 1), "{texts:#?}");
    let question = |id: &str| resource("access-checks", json!({"action": "read", "organization-id": id}));
    for id in [organization.as_str(), "4711"] {
        let answer = expect(admin.post("/access/check", &question(id)).await.unwrap(), 200);
        assert_eq!(answer.text_at("/data/attributes/reason"), "organization-unknown");
    }
}

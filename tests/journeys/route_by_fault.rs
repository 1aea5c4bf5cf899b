//! What every route answers to everything that can be wrong with a request, written down in `tests/tables/route-by-fault.txt`.
//! A new route is in the table by itself; one that takes a body says here what a good one is.

use std::collections::BTreeMap;

use journeys::{Account, Client, Grants, House, PASSWORD, created, expect, identifiers, related, resource};
use reqwest::Method;
use serde_json::{Value, json};

use crate::glueconnect::{connect, offer, offer_all};

/// An account with one of everything, by the names that stand in paths and bodies below.
pub(crate) struct Scene {
    pub(crate) account: Account,
    pub(crate) ids: BTreeMap<&'static str, String>,
}

pub(crate) async fn scene(house: &House, subdomain: &str) -> Scene {
    let account = house.account(subdomain).await;
    let delegate = house.account(&format!("{subdomain}-noc")).await;
    let organization = account.organization("Bakery").await;
    let group = account.group("Desk", &[&organization]).await;
    let (_, user) = account.invite("ann", "Editor", Grants::ALL).await;
    let connection =
        connect(house, &account, &delegate, &offer(&format!("{subdomain}-noc"), "Editor", &[&organization]))
            .await;
    let person = delegate.administrator_id.clone();
    let named = resource("users", json!({"maximum-role-name": "Read-only"}));
    let path = format!("/connections/{connection}/users/{person}");
    let set = account.administrator.send(Method::PUT, &path, &[], Some(named.to_string())).await.unwrap();
    assert_eq!(set.status, 200, "{}", set.text);
    let mut restricted = resource("restrictions", json!({}));
    restricted["data"]["relationships"] = json!({"groups": identifiers("groups", &[&group])});
    let path = format!("/organizations/{organization}/restrictions/documents/7");
    let set =
        account.administrator.send(Method::PUT, &path, &[], Some(restricted.to_string())).await.unwrap();
    assert_eq!(set.status, 200, "{}", set.text);
    let attributes = json!({"name": "Sync", "role-name": "Editor", "all-organizations": true});
    let key =
        created(account.administrator.post("/api-keys", &resource("api-keys", attributes)).await.unwrap());
    // Signed in a second time, so that the first one can end it.
    let shown = expect(account.administrator_again(house).await.get("/sessions").await.unwrap(), 200).json();
    let rows = shown["data"].as_array().unwrap();
    let this = rows.iter().find(|row| row["attributes"]["current"] == true).unwrap();
    let session = this["id"].as_str().unwrap().to_owned();
    let mut words = Vec::new();
    for (path, kind) in
        [("/organization_types", "organization-types"), ("/organization_statuses", "organization-statuses")]
    {
        let word = resource(kind, json!({"name": "Partner"}));
        words.push(created(account.administrator.post(path, &word).await.unwrap()).id());
    }
    let ids = BTreeMap::from([
        ("type", words.remove(0)),
        ("status", words.remove(0)),
        ("organization", organization),
        ("asset-type", "documents".to_owned()),
        ("asset", "7".to_owned()),
        ("group", group),
        ("user", user),
        ("connection", connection),
        ("person", person),
        ("api-key", key.id()),
        ("account", account.id.clone()),
        ("session", session),
        // A second factor and a password are one's own.
        ("administrator", account.administrator_id.clone()),
    ]);
    Scene { account, ids }
}

/// The name of what an id in this path is of.
fn kind(path: &str, parameter: &str) -> &'static str {
    match (path.split('/').nth(1).unwrap_or_default(), parameter) {
        (_, "user") => "person",
        (_, "type") => "asset-type",
        (_, "asset") => "asset",
        ("organizations", _) => "organization",
        ("organization_types", _) => "type",
        ("organization_statuses", _) => "status",
        ("groups", _) => "group",
        ("users", _) if path.contains("/mfa") || path.ends_with("/password") => "administrator",
        ("users", _) => "user",
        ("connections", _) => "connection",
        ("api-keys", _) => "api-key",
        ("sessions", _) => "session",
        (other, _) => panic!("say what an id under /{other} is of"),
    }
}

pub(crate) fn filled(path: &str, ids: &BTreeMap<&'static str, String>) -> String {
    let mut path = path.to_owned();
    for parameter in ["id", "user", "type", "asset"] {
        let open = format!("{{{parameter}}}");
        if path.contains(&open) {
            path = path.replace(&open, &ids[kind(&path, parameter)]);
        }
    }
    path
}

/// A good body; none for a route that takes none.
pub(crate) fn body(method: &str, path: &str, ids: &BTreeMap<&'static str, String>) -> Option<Value> {
    let organizations = json!({"organizations": identifiers("organizations", &[&ids["organization"]])});
    let groups = json!({"groups": identifiers("groups", &[&ids["group"]])});
    Some(match (method, path) {
        ("GET" | "HEAD", _) => return None,
        ("POST", "/accounts") => resource(
            "accounts",
            json!({"name": "New", "subdomain": "brand-new", "email": "a@new.example", "first-name": "A",
                "last-name": "B", "password": PASSWORD}),
        ),
        ("POST", "/sessions") => resource(
            "sessions",
            json!({"subdomain": "acme", "email": "admin@acme.example", "password": PASSWORD}),
        ),
        ("PATCH", "/session") => resource("sessions", json!({"account-id": ids["account"]})),
        ("POST", "/account/closing") => resource("account-closings", json!({"confirm": "acme"})),
        ("PATCH", "/account") => resource("accounts", json!({"name": "Renamed"})),
        ("POST", "/access/check") => {
            resource("access-checks", json!({"action": "read", "organization-id": ids["organization"]}))
        }
        ("POST", "/users") => {
            related("users", json!({"email": "new@x.example", "role-name": "Editor"}), groups)
        }
        ("PATCH", "/users/{id}") => related("users", json!({"first-name": "Ann"}), groups),
        ("POST", "/users/{id}/mfa/verification" | "/users/{id}/mfa/recovery-codes") => {
            resource("mfa", json!({"otp": "000000"}))
        }
        ("POST", "/session/proof") => resource("sessions", json!({"password": PASSWORD})),
        ("POST", "/users/{id}/password") => {
            resource("passwords", json!({"old-password": PASSWORD, "password": "a wooden oven door"}))
        }
        ("POST", "/password-resets") => {
            resource("password-resets", json!({"subdomain": "acme", "email": "admin@acme.example"}))
        }
        ("POST", "/password-resets/{token}") => {
            resource("password-resets", json!({"password": "a wooden oven door"}))
        }
        ("POST", "/subdomain-reminders") => {
            resource("subdomain-reminders", json!({"email": "admin@acme.example"}))
        }
        ("POST", "/organizations") => {
            resource("organizations", json!({"name": "New", "parent-id": ids["organization"]}))
        }
        ("POST", "/organizations/{id}/restrictions") => {
            related("restrictions", json!({"resource-type": "documents", "resource-id": "8"}), groups)
        }
        ("PUT", "/organizations/{id}/restrictions/{type}/{asset}") => {
            related("restrictions", json!({}), groups)
        }
        ("PATCH", "/organizations/{id}") => resource("organizations", json!({"name": "Renamed"})),
        ("PATCH", "/organizations") => json!({"data": [{"type": "organizations", "id": ids["organization"],
            "attributes": {"name": "Renamed"}}]}),
        ("DELETE", "/organizations") => identifiers("organizations", &[&ids["organization"]]),
        ("POST", "/organization_types") => resource("organization-types", json!({"name": "New"})),
        ("POST", "/organization_statuses") => resource("organization-statuses", json!({"name": "New"})),
        ("PATCH", "/organization_types/{id}") => resource("organization-types", json!({"name": "Other"})),
        ("PATCH", "/organization_statuses/{id}") => {
            resource("organization-statuses", json!({"name": "Other"}))
        }
        ("PATCH", "/users") => json!({"data": [{"type": "users", "id": ids["user"],
            "attributes": {"first-name": "Ann"}, "relationships": groups}]}),
        ("POST", "/erasures") => {
            resource("erasures", json!({"email": "gone@x.example", "confirm": "gone@x.example"}))
        }
        ("POST", "/groups") => related("groups", json!({"name": "New"}), organizations),
        ("PATCH", "/groups") => json!({"data": [{"type": "groups", "id": ids["group"],
            "attributes": {"name": "Renamed"}, "relationships": organizations}]}),
        ("PATCH", "/groups/{id}") => related("groups", json!({"name": "Renamed"}), organizations),
        (_, "/groups/{id}/relationships/users") => identifiers("users", &[&ids["user"]]),
        (_, "/groups/{id}/relationships/organizations") => {
            identifiers("organizations", &[&ids["organization"]])
        }
        ("POST", "/connections") => related(
            "connections",
            json!({"subdomain": "other", "maximum-role-name": "Editor"}),
            organizations,
        ),
        ("PATCH", "/connections/{id}") => {
            related("connections", json!({"maximum-role-name": "Creator"}), organizations)
        }
        ("PUT", "/connections/{id}/users/{user}") => {
            resource("users", json!({"maximum-role-name": "Read-only"}))
        }
        ("POST", "/connections/{id}/answer") => resource("connections", json!({"decision": "accept"})),
        ("POST", "/api-keys") => {
            related("api-keys", json!({"name": "New", "role-name": "Editor"}), organizations)
        }
        ("POST", "/invitations/{token}") => resource("invitations", json!({"password": PASSWORD})),
        ("POST", "/connection-invitations/{token}") => {
            resource("connection-invitations", json!({"decision": "accept"}))
        }
        (
            "POST",
            "/connections/{id}/invitation"
            | "/users/{id}/invitation"
            | "/users/{id}/resend_invitation"
            | "/users/{id}/mfa",
        )
        | ("DELETE", _) => return None,
        _ => panic!("say what a good body of {method} {path} is"),
    })
}

/// The first resource in a body.
fn first(body: &mut Value) -> &mut Value {
    match &mut body["data"] {
        Value::Array(rows) => &mut rows[0],
        data => data,
    }
}

fn with_unknown_attribute(body: &Value) -> Value {
    let mut body = body.clone();
    let first = first(&mut body);
    if first.get("attributes").is_some() {
        first["attributes"]["favourite-colour"] = json!("red");
    } else {
        first["favourite-colour"] = json!("red");
    }
    body
}

/// The first attribute is an object, which none of them is; identifiers name another type.
fn with_wrong_type(body: &Value) -> Value {
    let mut body = body.clone();
    let first = first(&mut body);
    match first.get_mut("attributes").and_then(Value::as_object_mut).and_then(|all| all.values_mut().next()) {
        Some(value) => *value = json!({"not": "this"}),
        None => first["type"] = json!("pets"),
    }
    body
}

async fn answered(
    client: &Client,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<String>,
) -> String {
    let answer = client.send(method.parse().unwrap(), path, headers, body).await.unwrap();
    let errors = answer.at("/errors");
    for error in errors.as_array().into_iter().flatten() {
        let whole = ["status", "code", "title", "detail"].iter().all(|member| error[member].is_string());
        assert!(whole, "{method} {path}: {}", answer.text);
    }
    assert!(answer.header("x-request-id").is_some(), "{method} {path} has no x-request-id");
    assert_eq!(answer.status == 401, answer.header("www-authenticate").is_some(), "{method} {path}");
    match answer.text_at("/errors/0/code") {
        code if code.is_empty() => answer.status.to_string(),
        code => format!("{} {code}", answer.status),
    }
}

/// What is wrong, in the order of the columns.
const FAULTS: [&str; 10] = [
    "no credentials",
    "wrong token",
    "wrong key",
    "role too low",
    "foreign id in path",
    "foreign id in body",
    "malformed JSON",
    "unknown attribute",
    "wrong type",
    "oversized body",
];

#[tokio::test(flavor = "multi_thread")]
async fn every_route_answers_every_fault_as_the_contract_says() {
    let house = House::start().await;
    let (own, other) = (scene(&house, "acme").await, scene(&house, "other").await);
    let admin = &own.account.administrator;
    let (_, reader_id) = own.account.user(&house, "rita", "Read-only", Grants::ALL).await;
    assert!(!reader_id.is_empty());
    let mut reader = house.sign_in("acme", "rita@acme.example").await;
    let oversized = format!(r#"{{"data":"{}"}}"#, "x".repeat(4 * 1024 * 1024));
    let key = ("x-api-key", format!("glue_{}_{}_{}", own.account.id, own.ids["api-key"], "A".repeat(43)));
    // Links that are open: what is wrong with a body shows only behind one.
    own.account.invite("lena", "Editor", Grants::ALL).await;
    created(other.account.administrator.post("/connections", &offer_all("acme", "Editor")).await.unwrap());
    let forgotten = resource("password-resets", json!({"subdomain": "acme", "email": "rita@acme.example"}));
    expect(house.nobody.post("/password-resets", &forgotten).await.unwrap(), 202);
    let links = ["lena@acme.example", "admin@acme.example", "rita@acme.example"];
    let links = [house.link(links[0]).await, house.link(links[1]).await, house.link(links[2]).await];
    let mut rows: BTreeMap<(String, String), [String; 10]> = BTreeMap::new();
    for function in house.functions_of_the_api() {
        // What is wrong with a request that has a cookie in place of a token: `browsers.rs`.
        for route in function.routes.iter().filter(|route| route.path != "/session/renewals") {
            let (method, path) = (route.method, filled(route.path, &own.ids));
            let before_token = path.split("{token}").next().unwrap_or_default();
            let open =
                links.iter().filter_map(|link| link.find(before_token).map(|at| link[at..].to_owned()));
            let open =
                open.take(usize::from(path.contains("{token}"))).last().unwrap_or_else(|| path.clone());
            let path = path.replace("{token}", "no-such-link");
            let good = body(method, route.path, &own.ids);
            let text = good.as_ref().map(Value::to_string);
            let foreign_path = filled(route.path, &other.ids).replace("{token}", "no-such-link");
            let foreign_body =
                body(method, route.path, &other.ids).filter(|foreign| Some(foreign) != good.as_ref());
            let changed = |change: fn(&Value) -> Value| good.as_ref().map(|good| change(good).to_string());
            let nobody = &house.nobody;
            // So that no network has tried too many keys.
            let elsewhere =
                nobody.from_address([127, 0, 1, u8::try_from(rows.len()).unwrap()].into()).unwrap();
            let by_admin = async |path: &str, body: Option<String>| match body {
                None => "-".to_owned(),
                body => answered(admin, method, path, &[], body).await,
            };
            let cells = [
                answered(nobody, method, &path, &[], text.clone()).await,
                answered(&nobody.with_token("not.a.token"), method, &path, &[], text.clone()).await,
                answered(&elsewhere, method, &path, &[(key.0, &key.1)], text.clone()).await,
                answered(&reader, method, &path, &[], text.clone()).await,
                match foreign_path == path {
                    true => "-".to_owned(),
                    false => answered(admin, method, &foreign_path, &[], text.clone()).await,
                },
                by_admin(&open, foreign_body.map(|body| body.to_string())).await,
                by_admin(&open, text.as_ref().map(|_| "{".to_owned())).await,
                by_admin(&open, changed(with_unknown_attribute)).await,
                by_admin(&open, changed(with_wrong_type)).await,
                by_admin(&open, text.as_ref().map(|_| oversized.clone())).await,
            ];
            if (method, route.path) == ("DELETE", "/session") {
                reader = house.sign_in("acme", "rita@acme.example").await;
            }
            rows.insert((route.path.to_owned(), method.to_owned()), cells);
        }
    }

    let mut table = String::from(
        "What each route answers to what can be wrong: status, and the code of the first error. A dash: the route takes no id,\n\
         or no body. Who calls is an Administrator, but for the first three columns, and the fourth: a user with the role\n\
         Read-only and all organizations. A number below 300 says that this is no fault there. Where the path has a link, the\n\
         first columns come with one that is none, those about the body with one that is open.\n\n",
    );
    let width = |column: usize| {
        let longest = rows.values().map(|cells| cells[column].len()).max().unwrap_or_default();
        longest.max(FAULTS[column].len()) + 2
    };
    let widths: Vec<usize> = (0..FAULTS.len()).map(width).collect();
    let line = |start: &str, cells: &[&str]| {
        let cells = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        format!("{start:<55}{}", cells.collect::<String>()).trim_end().to_owned() + "\n"
    };
    table += &line("", &FAULTS);
    let is_open = |path: &str, method: &str| {
        let open = ["/health", "/openapi.json", "/accounts", "/subdomain-reminders"];
        open.contains(&path)
            || (path, method) == ("/sessions", "POST")
            || path.starts_with("/password-resets")
            || path.starts_with("/invitations")
            || path.starts_with("/connection-invitations") && method != "POST"
    };
    for ((path, method), cells) in &rows {
        table += &line(&format!("{method:<7}{path}"), &cells.each_ref().map(String::as_str));
        for (fault, cell) in FAULTS.iter().zip(cells) {
            // What holds for all of them, whatever the table says.
            let status = cell.split(' ').next().unwrap_or_default();
            let expected: &[&str] = match *fault {
                "no credentials" | "wrong token" | "wrong key" if !is_open(path, method) => &["401"],
                "foreign id in path" => &["404", "-"],
                "malformed JSON" => &["400", "-"],
                "unknown attribute" | "wrong type" => &["422", "-"],
                "oversized body" => &["413", "-"],
                _ => continue,
            };
            assert!(expected.contains(&status), "{method} {path}, {fault}: {cell}");
        }
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tables/route-by-fault.txt");
    if std::env::var_os("UPDATE_TABLES").is_some() {
        std::fs::write(path, &table).unwrap();
    }
    let known = std::fs::read_to_string(path).unwrap_or_default();
    let changed = table.lines().zip(known.lines()).find(|(now, then)| now != then);
    assert!(table == known, "the answers have changed, first {changed:?}; UPDATE_TABLES=1 writes them anew");
}

//! The life of an API key: made by an Administrator in person, shown once, bound by its role and reach, acting under its own
//! name, and dead at once when it is removed or past its end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use journeys::{
    Account, Answer, Client, Grants, House, PASSWORD, check, created, expect, faults, identifiers, ids,
    invitation, reached, refused, related, relations, resource, texts,
};
use local::Storage;
use policy::Timestamp;
use serde_json::{Value, json};

use crate::glueconnect::{connect, enter, offer, offer_all};
use crate::races::{Racer, race, statuses};
use crate::secrets::{Folder, holding};

/// The body that asks for a key.
fn wanted(name: &str, role: &str, grants: Grants<'_>) -> Value {
    let attributes = json!({"name": name, "role-name": role, "all-organizations": grants.all});
    related(
        "api-keys",
        attributes,
        json!({"organizations": identifiers("organizations", grants.organizations)}),
    )
}

/// What of a key's text nobody can guess.
fn secret_of(text: &str) -> &str {
    text.splitn(4, '_').last().unwrap()
}

/// Makes a key as the Administrator, and answers its id, its text, and the program that calls with it.
async fn key(
    house: &House,
    account: &Account,
    name: &str,
    role: &str,
    grants: Grants<'_>,
) -> (String, String, Client) {
    let answer = created(account.administrator.post("/api-keys", &wanted(name, role, grants)).await.unwrap());
    let text = answer.text_at("/data/attributes/key");
    (answer.id(), text.clone(), house.nobody.with_api_key(&text))
}

/// An answer without what says which request it answered.
fn told(answer: &Answer) -> (u16, String) {
    (answer.status, answer.text.clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_made_shown_once_used_and_removed() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let bakery = account.organization("Bakery").await;
    account.organization("Cellar").await;
    let admin = &account.administrator;
    let only = [bakery.as_str()];
    let grants = Grants::organizations(&only);
    let answer = created(admin.post("/api-keys", &wanted("Backup", "Editor", grants)).await.unwrap());
    let (id, text) = (answer.id(), answer.text_at("/data/attributes/key"));
    assert_eq!(answer.header("location"), Some(format!("/api-keys/{id}").as_str()));
    assert!(text.starts_with(&format!("glue_{}_{id}_", account.id)), "{text}");
    let told = answer.at("/data/attributes");
    assert_eq!((&told["name"], &told["role-name"]), (&json!("Backup"), &json!("Editor")));
    assert_eq!(
        (&told["created-by-id"], &told["created-by-name"]),
        (&json!(account.administrator_id), &json!("Ada Admin"))
    );
    assert_eq!((&told["last-used-at"], &told["version"]), (&Value::Null, &json!(1)));
    assert_eq!(answer.text_at("/data/relationships/organizations/data/0/id"), bakery);

    // Never again.
    let shown = expect(admin.get(&format!("/api-keys/{id}")).await.unwrap(), 200);
    let listed = expect(admin.get("/api-keys?sort=-name&filter[name]=backup").await.unwrap(), 200);
    assert_eq!(ids(&listed), [id.as_str()]);
    assert_eq!(listed.at("/data/0"), shown.at("/data"));
    for answer in [&shown, &listed] {
        assert!(!answer.text.contains(secret_of(&text)), "{}", answer.text);
        assert!(!answer.text.contains("hash") && !answer.text.contains("\"key\""), "{}", answer.text);
    }

    let program = house.nobody.with_api_key(&text);
    assert_eq!(ids(&expect(program.get("/organizations").await.unwrap(), 200)), [bakery.as_str()]);
    let shown = expect(admin.get(&format!("/api-keys/{id}")).await.unwrap(), 200);
    assert!(shown.text_at("/data/attributes/last-used-at").ends_with('Z'), "{}", shown.text);

    let path = format!("/api-keys/{id}");
    let stale = admin.send("DELETE".parse().unwrap(), &path, &[("if-match", "\"2\"")], None).await.unwrap();
    refused(stale, 412, "stale-version");
    expect(admin.delete(&path, None).await.unwrap(), 204);
    refused(program.get("/organizations").await.unwrap(), 401, "invalid-api-key");
    expect(admin.get(&path).await.unwrap(), 404);
    expect(admin.delete(&path, None).await.unwrap(), 404);
    assert_eq!(ids(&expect(admin.get("/api-keys").await.unwrap(), 200)), Vec::<String>::new());
    assert!(house.partition(&format!("A#{}#API-KEYS", account.id)).await.is_empty());
    let uses = house.partition(&format!("A#{}#USES", account.id)).await;
    assert!(uses.iter().all(|item| !item["sk"].to_string().contains("KEY#")), "{uses:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_of_a_key_is_stored() {
    let folder = Folder::new("api-keys");
    let house = House::start_in(Storage::Dir(folder.data())).await;
    let account = house.account("acme").await;
    let (id, text, program) =
        key(&house, &account, "Backup of everything", "Administrator", Grants::ALL).await;
    expect(program.get("/users").await.unwrap(), 200);
    refused(
        house.nobody.with_api_key(&format!("{text}x")).get("/users").await.unwrap(),
        401,
        "invalid-api-key",
    );
    expect(account.administrator.delete(&format!("/api-keys/{id}"), None).await.unwrap(), 204);
    refused(program.get("/users").await.unwrap(), 401, "invalid-api-key");
    let secret = secret_of(&text).to_owned();
    assert_eq!(secret.len(), 43);
    let searched = |house: &str| {
        for part in [text.as_str(), &secret, &secret[..21], &secret[22..]] {
            let found = holding(&folder.data(), part.as_bytes());
            assert!(found.is_empty(), "{house}: a part of the key stands in {found:?}");
        }
        let found = holding(&folder.data(), b"Backup of everything");
        assert!(found.iter().any(|file| file.starts_with("table.db")), "the search finds what is there");
    };
    searched("running");
    house.product.stop().await;
    searched("stopped");
}

/// Every way in which a key can be wrong, answered alike.
#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_an_unknown_a_removed_and_an_expired_key_are_one_answer() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let other = house.account("night-noc").await;
    let (id, text, program) = key(&house, &account, "Backup", "Editor", Grants::ALL).await;
    let mut ends = wanted("Short", "Editor", Grants::ALL);
    let now = house.product.clock.now();
    ends["data"]["attributes"]["expires-at"] = json!(now.after(Duration::from_secs(7_200)).to_string());
    let short = created(account.administrator.post("/api-keys", &ends).await.unwrap());
    let short = house.nobody.with_api_key(&short.text_at("/data/attributes/key"));
    let (removed_id, _, removed) = key(&house, &account, "Removed", "Editor", Grants::ALL).await;

    expect(short.get("/organizations").await.unwrap(), 200);
    expect(removed.get("/organizations").await.unwrap(), 200);
    expect(account.administrator.delete(&format!("/api-keys/{removed_id}"), None).await.unwrap(), 204);
    // The clock alone ends it, in the very millisecond.
    house.product.clock.advance(7_200_000);
    let secret = secret_of(&text);
    let with = |text: &str| house.nobody.with_api_key(text);
    let mut wrong = text.clone();
    wrong.replace_range(text.len() - 2.., if text.ends_with("AA") { "BA" } else { "AA" });
    let strangers = [
        with(&wrong),
        with(&format!("glue_{}_1_{secret}", account.id)),
        with(&format!("glue_1_{id}_{secret}")),
        with(&format!("glue_{}_{id}_{secret}", other.id)),
        with("glue"),
        with("no key at all"),
        removed,
        short,
    ];
    let first = told(&strangers[0].get("/organizations").await.unwrap());
    assert!(first.1.contains("invalid-api-key") && first.0 == 401, "{first:?}");
    for stranger in &strangers {
        for path in ["/organizations", "/users/1", "/api-keys", "/session", "/logs"] {
            assert_eq!(told(&stranger.get(path).await.unwrap()), first, "{path}");
        }
        let question = resource("access-checks", json!({"action": "read", "organization-id": "1"}));
        for body in [question, json!({"data": 7})] {
            assert_eq!(told(&stranger.post("/access/check", &body).await.unwrap()), first);
        }
    }
    expect(program.get("/organizations").await.unwrap(), 200);
    // Strangers wrote nothing: no entry in the log, no use of the key.
    let uses = house.partition(&format!("A#{}#USES", account.id)).await;
    let of_key = uses.iter().find(|item| item["sk"].as_str().unwrap().ends_with(&id)).unwrap();
    assert_eq!(of_key["count"], "1", "{of_key}");
    assert!(house.log(&other.id).await.iter().all(|entry| entry["api_key_id"].is_null()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_and_a_key_together_are_no_credentials() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let (_, text, _) = key(&house, &account, "Backup", "Editor", Grants::ALL).await;
    for key in [text.as_str(), "nonsense"] {
        let both = [("x-api-key", key)];
        let answer = account.administrator.send("GET".parse().unwrap(), "/users", &both, None).await.unwrap();
        refused(answer, 400, "two-credentials");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_key_may_be_given() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let other = house.account("night-noc").await;
    let organizations = account.organizations("Client", 6).await;
    let names: Vec<&str> = organizations.iter().map(String::as_str).collect();
    let theirs = other.organization("Theirs").await;
    let admin = &account.administrator;
    let ask =
        async |role: &str, grants| admin.post("/api-keys", &wanted("Backup", role, grants)).await.unwrap();
    refused(ask("Editor", Grants::default()).await, 422, "no-organization-chosen");
    refused(ask("Lite", Grants::ALL).await, 422, "lite-all-organizations");
    refused(ask("Lite", Grants::organizations(&names)).await, 422, "lite-limit");
    created(ask("Lite", Grants::organizations(&names[..5])).await);
    created(ask("Administrator", Grants::default()).await);
    let unknown = refused(ask("Editor", Grants::organizations(&["1"])).await, 422, "unknown-organization");
    let foreign =
        refused(ask("Editor", Grants::organizations(&[&theirs])).await, 422, "unknown-organization");
    assert_eq!(unknown.text.replace('1', ""), foreign.text.replace(&theirs, "").replace('1', ""));
    let mut body = wanted("Backup", "Boss", Grants::ALL);
    body["data"]["attributes"]["expires-at"] = json!("2020-01-01T00:00:00Z");
    body["data"]["attributes"]["colour"] = json!("red");
    body["data"]["relationships"]["groups"] = identifiers("groups", &[]);
    let answer = refused(admin.post("/api-keys", &body).await.unwrap(), 422, "unknown-attribute");
    let places: Vec<String> = faults(&answer).into_iter().map(|(_, place)| place).collect();
    for place in ["role-name", "expires-at", "colour", "groups"] {
        assert!(places.iter().any(|known| known.ends_with(place)), "{place}: {places:?}");
    }
    assert_eq!(expect(admin.get("/api-keys").await.unwrap(), 200).at("/meta/total-count"), json!(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn administrators_in_person_alone_manage_keys() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let noc = house.account("night-noc").await;
    let bakery = account.organization("Bakery").await;
    let (id, _, boss) = key(&house, &account, "Boss", "Administrator", Grants::ALL).await;
    let (manager, _) = account.user(&house, "mara", "Manager", Grants::ALL).await;
    connect(&house, &account, &noc, &offer("night-noc", "Administrator", &[&bakery])).await;
    let visitor = enter(&noc.administrator, &account.id).await;
    let path = format!("/api-keys/{id}");
    for (caller, code) in
        [(&boss, "person-needed"), (&manager, "role-too-low"), (&visitor, "security-permission")]
    {
        let body = wanted("More", "Lite", Grants::organizations(&[&bakery]));
        refused(caller.get("/api-keys").await.unwrap(), 403, code);
        refused(caller.get(&path).await.unwrap(), 403, code);
        refused(caller.post("/api-keys", &body).await.unwrap(), 403, code);
        refused(caller.delete(&path, None).await.unwrap(), 403, code);
        // No less for an id that there is not.
        refused(caller.delete("/api-keys/1", None).await.unwrap(), 403, code);
    }
    let administrators = noc.administrator.get(&path).await.unwrap();
    expect(administrators, 404);
    assert_eq!(
        expect(account.administrator.get("/api-keys").await.unwrap(), 200).at("/meta/total-count"),
        json!(1)
    );
}

/// What is a person's own, no key has, whatever its role.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_has_no_session_no_second_factor_and_no_settings() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let noc = house.account("night-noc").await;
    let bakery = account.organization("Bakery").await;
    let (_, _, boss) = key(&house, &account, "Boss", "Administrator", Grants::ALL).await;
    let (_, ann) = account.invite("ann", "Lite", Grants::organizations(&[&bakery])).await;
    created(
        noc.administrator
            .post("/connections", &offer("acme", "Editor", &[&noc.organization("Own").await]))
            .await
            .unwrap(),
    );
    let link = house.link("admin@acme.example").await;
    let path = link.find("/connection-invitations").map(|start| link[start..].to_owned()).unwrap();
    let nothing = Value::Null;
    for (method, path, body) in [
        ("GET", "/session".to_owned(), nothing.clone()),
        ("PATCH", "/session".to_owned(), resource("sessions", json!({"account-id": account.id}))),
        ("DELETE", "/session".to_owned(), nothing.clone()),
        ("POST", format!("/users/{ann}/mfa"), nothing.clone()),
        ("POST", format!("/users/{}/mfa", account.administrator_id), nothing.clone()),
        ("POST", format!("/users/{ann}/mfa/verification"), resource("mfa", json!({"otp": "123456"}))),
        ("DELETE", format!("/users/{}/mfa", account.administrator_id), nothing.clone()),
        ("PATCH", "/account".to_owned(), resource("accounts", json!({"enforce-mfa": true}))),
        ("POST", path, resource("connection-invitations", json!({"decision": "accept"}))),
    ] {
        let body = Some(body).filter(|body| !body.is_null()).map(|body| body.to_string());
        let answer = boss.send(method.parse().unwrap(), &path, &[], body).await.unwrap();
        refused(answer, 403, "person-needed");
    }
    let read = expect(boss.get("/account").await.unwrap(), 200);
    assert_eq!(read.at("/data/attributes/enforce-mfa"), json!(false));
}

#[tokio::test(flavor = "multi_thread")]
async fn role_and_reach_bound_a_key_on_every_route() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let (bakery, cellar) = (account.organization("Bakery").await, account.organization("Cellar").await);
    let both = account.group("Both", &[&bakery, &cellar]).await;
    let only = [bakery.as_str()];
    let one = Grants::organizations(&only);
    let (_, _, reader) = key(&house, &account, "Reader", "Read-only", one).await;
    let (_, _, editor) = key(&house, &account, "Editor", "Editor", one).await;
    let (_, _, manager) = key(&house, &account, "Manager", "Manager", one).await;
    let (_, _, boss) = key(&house, &account, "Boss", "Administrator", Grants::default()).await;

    for program in [&reader, &editor, &manager] {
        assert_eq!(reached(program).await, [bakery.as_str()]);
        expect(program.get(&format!("/organizations/{cellar}")).await.unwrap(), 404);
        let checked = check(program, "read", &cellar).await;
        assert_eq!(checked.at("/data/attributes/allowed"), json!(false), "{}", checked.text);
        assert_eq!(checked.at("/data/attributes/user-id"), Value::Null);
    }
    let checked = check(&editor, "delete", &bakery).await;
    assert_eq!(checked.at("/data/attributes/via"), json!(["direct"]), "{}", checked.text);
    assert_eq!(checked.at("/data/attributes/role-name"), json!("Editor"));
    assert_eq!(check(&reader, "update", &bakery).await.text_at("/data/attributes/reason"), "role-too-low");
    let rename = |name: &str| resource("organizations", json!({ "name": name }));
    refused(
        reader.patch(&format!("/organizations/{bakery}"), &rename("No")).await.unwrap(),
        403,
        "role-too-low",
    );
    expect(editor.patch(&format!("/organizations/{bakery}"), &rename("Bakery North")).await.unwrap(), 200);
    refused(editor.post("/organizations", &rename("New")).await.unwrap(), 403, "all-organizations-needed");

    refused(
        editor.post("/users", &invitation("a@x.example", "Lite", one)).await.unwrap(),
        403,
        "role-too-low",
    );
    refused(editor.get("/logs").await.unwrap(), 403, "role-too-low");
    refused(editor.get("/connections").await.unwrap(), 403, "role-too-low");
    created(manager.post("/users", &invitation("a@x.example", "Manager", one)).await.unwrap());
    let more = manager.post("/users", &invitation("b@x.example", "Administrator", one)).await.unwrap();
    refused(more, 403, "role-above-own");
    let wider = manager
        .post("/users", &invitation("b@x.example", "Lite", Grants::organizations(&[&cellar])))
        .await
        .unwrap();
    refused(wider, 403, "organizations-not-yours");
    let wider =
        manager.post("/users", &invitation("b@x.example", "Lite", Grants::groups(&[&both]))).await.unwrap();
    refused(wider, 403, "organizations-not-yours");
    refused(manager.get("/connections").await.unwrap(), 403, "role-too-low");
    let users = expect(manager.get("/users").await.unwrap(), 200);
    let target = ids(&users).pop().unwrap();
    let up = resource("users", json!({"role-name": "Administrator"}));
    refused(manager.patch(&format!("/users/{target}"), &up).await.unwrap(), 403, "role-above-own");
    // A key belongs to no group: a Manager's makes one and cannot change it.
    refused(
        manager
            .patch(&format!("/groups/{both}"), &resource("groups", json!({"name": "Mine"})))
            .await
            .unwrap(),
        403,
        "group-not-yours",
    );
    let made = created(manager.post("/groups", &resource("groups", json!({"name": "Desk"}))).await.unwrap());
    assert_eq!(made.at("/data/relationships/users/data"), json!([]));
    refused(manager.delete(&format!("/groups/{}", made.id()), None).await.unwrap(), 403, "group-not-yours");

    expect(boss.delete(&format!("/groups/{}", made.id()), None).await.unwrap(), 204);
    created(boss.post("/users", &invitation("c@x.example", "Administrator", Grants::ALL)).await.unwrap());
    created(boss.post("/organizations", &rename("New")).await.unwrap());
    let widened = relations("users", &[("organizations", &[&bakery, &cellar])]);
    expect(boss.patch(&format!("/users/{target}"), &widened).await.unwrap(), 200);
    house.account("night-noc").await;
    let connection =
        created(boss.post("/connections", &offer("night-noc", "Editor", &[&bakery])).await.unwrap());
    // A program invites in the name of its account.
    assert_eq!(connection.text_at("/data/attributes/inviter-name"), "The acme account");
    let path = format!("/connections/{}", connection.id());
    expect(boss.post(&format!("{path}/invitation"), &json!({})).await.unwrap(), 202);
    expect(boss.delete(&path, None).await.unwrap(), 204);
    expect(boss.get("/logs").await.unwrap(), 200);
    let path = format!("/access/organizations?filter[user-id]={}", account.administrator_id);
    assert_eq!(ids(&expect(boss.get(&path).await.unwrap(), 200)).len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_acts_in_the_log_under_its_own_name() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let (id, _, program) = key(&house, &account, "Nightly sync", "Administrator", Grants::ALL).await;
    let made = resource("organizations", json!({"name": "By a program"}));
    created(program.post("/organizations", &made).await.unwrap());
    expect(program.get("/users").await.unwrap(), 200);
    refused(program.get("/api-keys").await.unwrap(), 403, "person-needed");
    let listed = expect(account.administrator.get("/logs?sort=created_at").await.unwrap(), 200);
    let entries = listed.at("/data");
    let by_key: Vec<&Value> = entries
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| &entry["attributes"])
        .filter(|entry| entry["api-key-id"] == json!(id))
        .collect();
    let told: Vec<String> = by_key
        .iter()
        .map(|entry| {
            let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
            assert_eq!(
                (&entry["user-id"], &entry["user-name"]),
                (&Value::Null, &json!("API key Nightly sync"))
            );
            assert_eq!(
                (&entry["account-id"], &entry["role-name"]),
                (&json!(account.id), &json!("Administrator"))
            );
            format!("{} {} {}", text("action"), text("resource-type"), text("outcome"))
        })
        .collect();
    assert_eq!(told, ["create organizations allowed", "read users allowed", "read api-keys person-needed"]);
    // A person's entries name no key; making and removing one says which.
    let made: Vec<&Value> = entries
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| {
            entry["attributes"]["resource-type"] == "api-keys" && entry["attributes"]["action"] == "create"
        })
        .collect();
    assert_eq!(made.len(), 1);
    assert_eq!(made[0]["attributes"]["resource-name"], "Nightly sync");
    assert_eq!(made[0]["attributes"]["api-key-id"], Value::Null);
    expect(account.administrator.delete(&format!("/api-keys/{id}"), None).await.unwrap(), 204);
    let after = expect(account.administrator.get("/logs").await.unwrap(), 200);
    let names = texts(&after, "/attributes/user-name");
    assert!(names.iter().any(|name| name == "API key Nightly sync"), "the log keeps the name: {names:?}");
}

/// The security revision moves with a key that comes or goes.
#[tokio::test(flavor = "multi_thread")]
async fn making_and_removing_a_key_are_ordered_with_every_other_security_permission() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let revision = async || {
        let items = house.partition(&format!("A#{}", account.id)).await;
        let security = items.into_iter().find(|item| item["sk"] == "SECURITY").unwrap();
        security["revision"].as_str().unwrap().parse::<u64>().unwrap()
    };
    let before = revision().await;
    let (id, _, program) = key(&house, &account, "Backup", "Editor", Grants::ALL).await;
    assert_eq!(revision().await, before + 1);
    expect(program.get("/organizations").await.unwrap(), 200);
    assert_eq!(revision().await, before + 1, "a use is no change of rights");
    let racers =
        (0..5).map(|_| Racer::new(&account.administrator, "DELETE", format!("/api-keys/{id}"), Value::Null));
    let answers = race(racers.collect()).await;
    assert_eq!(statuses(&answers), [204, 404, 404, 404, 404]);
    assert_eq!(revision().await, before + 2);
    let removals = house.changes(&account.id).await;
    let removals =
        removals.iter().filter(|entry| entry["resource_type"] == "api-keys" && entry["action"] == "delete");
    assert_eq!(removals.count(), 1);
}

/// A program that never pauses: once the removal is answered, nothing of it gets through.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_in_use_is_dead_once_its_removal_is_answered() {
    let house = House::start().await;
    let account = house.account("acme").await;
    for round in 0..5 {
        let (id, _, program) = key(&house, &account, &format!("Busy {round}"), "Editor", Grants::ALL).await;
        let is_removed = Arc::new(AtomicBool::new(false));
        let allowed = Arc::new(AtomicUsize::new(0));
        let workers: Vec<_> = (0..4)
            .map(|_| {
                let (program, is_removed, allowed) =
                    (program.clone(), Arc::clone(&is_removed), Arc::clone(&allowed));
                tokio::spawn(async move {
                    loop {
                        let was_removed = is_removed.load(Ordering::SeqCst);
                        let status = program.get("/organizations").await.unwrap().status;
                        // Who goes on with a dead key is told at last to stop.
                        assert!(
                            status == 401 || status == 200 && !was_removed || status == 429 && was_removed,
                            "{status}, removed: {was_removed}"
                        );
                        match status {
                            200 => drop(allowed.fetch_add(1, Ordering::SeqCst)),
                            _ if was_removed => return,
                            _ => {}
                        }
                    }
                })
            })
            .collect();
        while allowed.load(Ordering::SeqCst) < 4 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        expect(account.administrator.delete(&format!("/api-keys/{id}"), None).await.unwrap(), 204);
        is_removed.store(true, Ordering::SeqCst);
        for worker in workers {
            worker.await.unwrap();
        }
    }
}

/// The sponsor of what a key invited is the key: while it is there and covers the grants, and no longer.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_key_invited_is_good_while_the_key_is() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let (bakery, cellar) = (account.organization("Bakery").await, account.organization("Cellar").await);
    let mut ends = wanted("Onboarding", "Manager", Grants::organizations(&[&bakery]));
    let end = house.product.clock.now().after(Duration::from_secs(3_600));
    ends["data"]["attributes"]["expires-at"] = json!(end.to_string());
    let answer = created(account.administrator.post("/api-keys", &ends).await.unwrap());
    let short = house.nobody.with_api_key(&answer.text_at("/data/attributes/key"));
    let (long_id, _, long) =
        key(&house, &account, "Robot", "Manager", Grants::organizations(&[&bakery])).await;
    let only = [bakery.as_str()];
    let grants = Grants::organizations(&only);
    let invite = async |program: &Client, name: &str| {
        let email = format!("{name}@x.example");
        let id = created(program.post("/users", &invitation(&email, "Lite", grants)).await.unwrap()).id();
        (email.clone(), id, house.link(&email).await)
    };
    // While the key is there, its invitation is as good as anyone's, and says who invites.
    let (email, id, link) = invite(&long, "ann").await;
    let mails = house.mails(&email).await;
    assert_eq!(mails[0].subject, "The acme account invites you to IT Glue");
    let stored = house.stored_invitation(&account.id, &id).await;
    assert_eq!((&stored["sponsor_key_id"], &stored["sponsor_id"]), (&json!(long_id), &Value::Null));
    expect(house.nobody.get(&link).await.unwrap(), 200);
    created(house.accept(&email).await);

    // One past its end vouches for nothing, from that millisecond on.
    let (_, _, of_short) = invite(&short, "ben").await;
    expect(house.nobody.get(&of_short).await.unwrap(), 200);
    house.product.clock.advance(3_600_000);
    assert_eq!(house.opens(&of_short).await, (410, "inviter-no-longer-allowed".to_owned()));

    // Nor does one that is removed, for resends of its own and for what it edited.
    let (_, _, of_long) = invite(&long, "cy").await;
    let (dee, dee_id) = account.invite("dee", "Lite", grants).await;
    expect(long.post(&format!("/users/{dee_id}/invitation"), &json!({})).await.unwrap(), 202);
    let of_resend = house.link(&dee).await;
    let (eve, eve_id) = account.invite("eve", "Lite", grants).await;
    let edited = resource("users", json!({"role-name": "Read-only"}));
    expect(long.patch(&format!("/users/{eve_id}"), &edited).await.unwrap(), 200);
    let of_edit = house.link(&eve).await;
    for link in [&of_long, &of_resend, &of_edit] {
        expect(house.nobody.get(link).await.unwrap(), 200);
    }
    let admin = &account.administrator;
    let left = expect(admin.delete(&format!("/api-keys/{long_id}"), None).await.unwrap(), 200);
    assert_eq!(left.at("/meta/invitations-count"), json!(3), "{}", left.text);
    let accept = resource("invitations", json!({"password": PASSWORD}));
    for link in [&of_long, &of_resend, &of_edit] {
        assert_eq!(house.opens(link).await, (410, "inviter-no-longer-allowed".to_owned()));
        refused(house.nobody.post(link, &accept).await.unwrap(), 410, "inviter-no-longer-allowed");
    }
    // A person who resends it vouches for it from then on; one who edits it, as well.
    expect(admin.post(&format!("/users/{dee_id}/invitation"), &json!({})).await.unwrap(), 202);
    created(house.accept(&dee).await);
    let edited = relations("users", &[("organizations", &[&bakery, &cellar])]);
    expect(admin.patch(&format!("/users/{eve_id}"), &edited).await.unwrap(), 200);
    let stored = house.stored_invitation(&account.id, &eve_id).await;
    assert_eq!(
        (&stored["sponsor_key_id"], &stored["sponsor_id"]),
        (&Value::Null, &json!(account.administrator_id))
    );
    created(house.accept(&eve).await);
}

/// Removing the key and accepting what it invited, at once: whichever is first, nobody comes in by a key that is gone.
#[tokio::test(flavor = "multi_thread")]
async fn of_accepting_and_removing_the_key_one_is_first() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let bakery = account.organization("Bakery").await;
    for round in 0..10 {
        let only = [bakery.as_str()];
        let grants = Grants::organizations(&only);
        let (id, _, program) = key(&house, &account, &format!("Robot {round}"), "Manager", grants).await;
        let email = format!("person{round}@x.example");
        created(program.post("/users", &invitation(&email, "Lite", grants)).await.unwrap());
        let link = house.link(&email).await;
        let answers = race(vec![
            Racer::new(&house.nobody, "POST", link, resource("invitations", json!({"password": PASSWORD}))),
            Racer::new(&account.administrator, "DELETE", format!("/api-keys/{id}"), Value::Null),
        ])
        .await;
        // Whoever was not let in before stood on it.
        let expected = if answers[0].status == 201 { 204 } else { 200 };
        assert_eq!(answers[1].status, expected, "{}", answers[1].text);
        let entries = house.changes(&account.id).await;
        let place = |of: &dyn Fn(&Value) -> bool| entries.iter().position(of);
        let removed = place(&|entry| {
            entry["resource_type"] == "api-keys"
                && entry["resource_id"] == json!(id)
                && entry["action"] == "delete"
        });
        let accepted =
            place(&|entry| entry["resource_type"] == "invitations" && entry["resource_name"] == json!(email));
        match answers[0].status {
            201 => assert!(accepted.is_some() && removed.is_some()),
            410 => assert!(accepted.is_none(), "round {round}"),
            other => panic!("round {round}: {other} {}", answers[0].text),
        }
    }
}

/// Whoever goes leaves keys behind that go on, and invitations that nobody vouches for: the answer names them all.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_goes_is_told_of_by_what_they_leave_behind() {
    let house = House::start().await;
    let (acme, other) = (house.account("acme").await, house.account("other").await);
    let bakery = acme.organization("Bakery").await;
    let (mara, mara_id) = acme.user(&house, "mara", "Administrator", Grants::ALL).await;
    let body = wanted("backup", "Administrator", Grants::ALL);
    let made = created(mara.post("/api-keys", &body).await.unwrap());
    let program = house.nobody.with_api_key(&made.text_at("/data/attributes/key"));
    let body = invitation("ann@x.example", "Lite", Grants::organizations(&[&bakery]));
    let ann = created(mara.post("/users", &body).await.unwrap()).id();
    let by_key = invitation("bob@x.example", "Lite", Grants::organizations(&[&bakery]));
    let bob = created(program.post("/users", &by_key).await.unwrap()).id();
    let offered = created(mara.post("/connections", &offer_all("other", "Editor")).await.unwrap());
    let (admin, path) = (&acme.administrator, format!("/users/{mara_id}"));

    let left = expect(admin.delete(&path, None).await.unwrap(), 200);
    assert_eq!(left.at("/meta/api-keys/0/id"), json!(made.id()), "{}", left.text);
    assert_eq!(left.at("/meta/api-keys/0/removed"), json!(false));
    let stranded = json!([{"user-id": ann, "email": "ann@x.example"}]);
    assert_eq!((left.at("/meta/invitations"), left.at("/meta/invitations-count")), (stranded, json!(1)));
    assert_eq!(left.at("/meta/connections/0/id"), json!(offered.id()));
    expect(program.get("/users").await.unwrap(), 200);

    let left = expect(admin.delete(&format!("/api-keys/{}", made.id()), None).await.unwrap(), 200);
    assert_eq!(left.at("/meta/invitations/0/user-id"), json!(bob), "{}", left.text);
    drop(other);
}

/// The keys go along where that is asked for, in the same change.
#[tokio::test(flavor = "multi_thread")]
async fn keys_go_with_their_maker_where_that_is_asked_for() {
    let house = House::start().await;
    let acme = house.account("acme").await;
    let (mara, mara_id) = acme.user(&house, "mara", "Administrator", Grants::ALL).await;
    let body = wanted("backup", "Administrator", Grants::ALL);
    let made = created(mara.post("/api-keys", &body).await.unwrap());
    let program = house.nobody.with_api_key(&made.text_at("/data/attributes/key"));
    let admin = &acme.administrator;
    let asked = format!("/users/{mara_id}?with-keys=perhaps");
    refused(admin.delete(&asked, None).await.unwrap(), 400, "bad-parameter");
    let left = expect(admin.delete(&format!("/users/{mara_id}?with_keys=true"), None).await.unwrap(), 200);
    assert_eq!(left.at("/meta/api-keys/0/removed"), json!(true), "{}", left.text);
    refused(program.get("/users").await.unwrap(), 401, "invalid-api-key");
}

/// What an Administrator reaches is said as it is, whatever was granted; and a key of which nobody says when it ends, ends.
#[tokio::test(flavor = "multi_thread")]
async fn an_administrators_reach_is_shown_as_all_and_a_key_ends_in_a_year() {
    let house = House::start().await;
    let acme = house.account("acme").await;
    let bakery = acme.organization("Bakery").await;
    let admin = &acme.administrator;
    let body = wanted("backup", "Administrator", Grants::organizations(&[&bakery]));
    let made = created(admin.post("/api-keys", &body).await.unwrap());
    assert_eq!(made.at("/data/attributes/all-organizations"), json!(true));
    let made_at: Timestamp = made.text_at("/data/attributes/created-at").parse().unwrap();
    let year = made_at.after(Duration::from_secs(365 * 24 * 60 * 60));
    assert_eq!(made.text_at("/data/attributes/expires-at"), year.to_string());
    let body = invitation("mara@acme.example", "Administrator", Grants::organizations(&[&bakery]));
    let invited = created(admin.post("/users", &body).await.unwrap());
    let shown = expect(admin.get(&format!("/users/{}", invited.id())).await.unwrap(), 200);
    assert_eq!(shown.at("/data/attributes/all-organizations"), json!(true), "{}", shown.text);
}

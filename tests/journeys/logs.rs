//! The activity log: everything done and refused stands in it once, and everyone reads what they may.

use std::collections::BTreeSet;

use journeys::{Client, Grants, House, created, expect, ids, invitation, refused, relations, resource};
use serde_json::{Value, json};

use crate::glueconnect::{connect, enter, offer, offer_all};

/// Every entry that the caller may read, newest first.
async fn entries(client: &Client, filters: &str) -> Vec<Value> {
    let answer = expect(client.get(&format!("/logs?page[size]=1000{filters}")).await.unwrap(), 200);
    let data = answer.at("/data");
    assert_eq!(answer.at("/meta/total-count"), json!(data.as_array().unwrap().len()), "all on one page");
    data.as_array().unwrap().clone()
}

/// `action resource-type resource-name outcome user-name role-name`.
fn line(entry: &Value) -> String {
    let text = |name: &str| entry["attributes"][name].as_str().unwrap_or("-").to_owned();
    let told = ["action", "resource-type", "resource-name", "outcome", "user-name", "role-name"];
    told.map(text).map(|text| if text.is_empty() { "-".to_owned() } else { text }).join(" | ")
}

/// Oldest first, without those lines that the test itself makes by reading the log.
async fn story(client: &Client) -> Vec<String> {
    let mut lines: Vec<String> = entries(client, "").await.iter().map(line).collect();
    lines.reverse();
    lines.retain(|line| !line.starts_with("read | logs"));
    lines
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_done_read_and_refused_is_in_the_log_once() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let ada = &account.administrator;
    let bakery = account.organization("Bakery").await;
    let before = story(ada).await;
    assert_eq!(
        before,
        [
            "create | accounts | The acme account | allowed | Ada Admin | Administrator",
            "create | sessions | Ada Admin | allowed | Ada Admin | Administrator",
            "create | organizations | Bakery | allowed | Ada Admin | Administrator",
        ]
    );
    let (emil, emil_id) = account.user(&house, "emil", "Editor", Grants::organizations(&[&bakery])).await;
    let invited = story(ada).await.len();

    expect(emil.get("/organizations").await.unwrap(), 200);
    expect(emil.get(&format!("/organizations/{bakery}")).await.unwrap(), 200);
    expect(emil.get("/session").await.unwrap(), 200);
    expect(emil.get("/account").await.unwrap(), 200);
    refused(emil.get("/users").await.unwrap(), 403, "role-too-low");
    refused(emil.get("/logs").await.unwrap(), 403, "role-too-low");
    let body = invitation("ben@acme.example", "Editor", Grants::organizations(&[&bakery]));
    refused(emil.post("/users", &body).await.unwrap(), 403, "role-too-low");
    refused(
        emil.post("/organizations", &resource("organizations", json!({}))).await.unwrap(),
        403,
        "all-organizations-needed",
    );
    let rename = resource("organizations", json!({"name": "Bakery & Co"}));
    expect(emil.patch(&format!("/organizations/{bakery}"), &rename).await.unwrap(), 200);
    refused(emil.get("/organizations/12345").await.unwrap(), 404, "not-found");
    refused(emil.delete(&format!("/organizations/{bakery}"), None).await.unwrap(), 422, "no-organization");
    refused(emil.get("/organizations?filter[nonsense]=1").await.unwrap(), 400, "unknown-parameter");
    let check = |record: bool| {
        resource(
            "access-checks",
            json!({"action": "delete", "organization-id": bakery, "resource-id": "77", "record": record}),
        )
    };
    expect(emil.post("/access/check", &check(false)).await.unwrap(), 200);
    expect(emil.post("/access/check", &check(true)).await.unwrap(), 200);
    expect(ada.get(&format!("/users/{emil_id}")).await.unwrap(), 200);
    expect(ada.delete(&format!("/users/{emil_id}"), None).await.unwrap(), 204);
    refused(emil.get("/organizations").await.unwrap(), 401, "invalid-token");

    let story = story(ada).await;
    assert_eq!(
        story[invited..],
        [
            "read | organizations | - | allowed | emil@acme.example | Editor",
            "read | organizations | Bakery | allowed | emil@acme.example | Editor",
            "read | accounts | - | allowed | emil@acme.example | Editor",
            "read | users | - | role-too-low | emil@acme.example | Editor",
            "create | users | - | role-too-low | emil@acme.example | Editor",
            "create | organizations | - | all-organizations-needed | emil@acme.example | Editor",
            "update | organizations | Bakery & Co | allowed | emil@acme.example | Editor",
            "read | organizations | - | not-found | emil@acme.example | Editor",
            "delete | organizations | Bakery & Co | no-organization | emil@acme.example | Editor",
            "delete | access-checks | - | allowed | emil@acme.example | Editor",
            "read | users | emil@acme.example | allowed | Ada Admin | Administrator",
            "delete | users | emil@acme.example | allowed | Ada Admin | Administrator",
        ],
        "{story:#?}"
    );
    let removed = entries(ada, &format!("&filter[user_id]={emil_id}")).await;
    assert!(
        removed.iter().all(|entry| entry["attributes"]["user-name"] == "emil@acme.example"),
        "the name stays"
    );
    let newest = &removed[0]["attributes"];
    assert_eq!(newest["ip-address"], "127.0.0.1");
    assert_eq!(newest["account-id"], json!(account.id));
    assert_eq!(newest["account-name"], "The acme account");
    assert_eq!(newest["organization-name"], "Bakery & Co");
    assert_eq!(newest["resource-id"], "77");
    let denied = entries(ada, "&filter[resource_type]=logs&filter[action]=read").await;
    let denied: Vec<String> = denied.iter().map(line).filter(|line| line.contains("role-too-low")).collect();
    assert_eq!(denied, ["read | logs | - | role-too-low | emil@acme.example | Editor"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_reads_the_entries_of_the_organizations_that_they_can_see() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let [bakery, mill] = [account.organization("Bakery").await, account.organization("Mill").await];
    let (mara, _) = account.user(&house, "mara", "Manager", Grants::organizations(&[&bakery])).await;
    for organization in [&bakery, &mill] {
        expect(account.administrator.get(&format!("/organizations/{organization}")).await.unwrap(), 200);
    }
    refused(mara.get(&format!("/organizations/{mill}")).await.unwrap(), 404, "not-found");
    expect(mara.get(&format!("/organizations/{bakery}")).await.unwrap(), 200);

    let seen = entries(&mara, "").await;
    assert!(seen.iter().all(|entry| entry["attributes"]["organization-id"] == json!(bakery)), "{seen:#?}");
    let lines: Vec<String> = seen.iter().rev().map(line).collect();
    assert_eq!(
        lines,
        [
            "create | organizations | Bakery | allowed | Ada Admin | Administrator",
            "read | organizations | Bakery | allowed | Ada Admin | Administrator",
            "read | organizations | Bakery | allowed | mara@acme.example | Manager",
        ]
    );
    assert!(entries(&mara, &format!("&filter[organization_id]={mill}")).await.is_empty());
    let all = entries(&account.administrator, &format!("&filter[organization_id]={mill}")).await;
    let lines: Vec<String> = all.iter().map(line).collect();
    assert_eq!(
        lines[0], "read | organizations | Mill | not-found | mara@acme.example | Manager",
        "what she was refused is the Administrators' to see"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_sorts_and_pages_agree_with_the_whole_log() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let ada = &account.administrator;
    let organizations = account.organizations("Client", 4).await;
    let (emil, _) = account.user(&house, "emil", "Editor", Grants::ALL).await;
    // Two months later, and two more: the log is kept by month.
    for _ in 0..2 {
        house.advance_hours(24 * 61);
        let ada = house.sign_in("acme", "admin@acme.example").await;
        let emil = house.sign_in("acme", "emil@acme.example").await;
        for organization in &organizations {
            expect(emil.get(&format!("/organizations/{organization}")).await.unwrap(), 200);
            refused(emil.get("/groups").await.unwrap(), 403, "role-too-low");
            expect(ada.get("/groups").await.unwrap(), 200);
        }
    }
    refused(emil.get("/groups").await.unwrap(), 401, "invalid-token");
    refused(ada.get("/logs").await.unwrap(), 401, "invalid-token");
    let ada = house.sign_in("acme", "admin@acme.example").await;

    // Everything up to here; reading the log adds to it.
    let newest = entries(&ada, "").await[0]["attributes"]["created-at"].as_str().unwrap().to_owned();
    house.advance_hours(1);
    let whole = entries(&ada, &format!("&filter[created_at]=*,{newest}")).await;
    let text = |entry: &Value, name: &str| entry["attributes"][name].as_str().unwrap_or_default().to_owned();
    let months: BTreeSet<String> =
        whole.iter().map(|entry| text(entry, "created-at")[..7].to_owned()).collect();
    assert_eq!(months.len(), 3, "{months:?}");
    assert!(whole.is_sorted_by(|left, right| text(left, "created-at") >= text(right, "created-at")));

    for (filter, name) in [
        ("action", "action"),
        ("user_id", "user-id"),
        ("account_id", "account-id"),
        ("organization_id", "organization-id"),
        ("resource_type", "resource-type"),
    ] {
        let values: BTreeSet<String> =
            whole.iter().map(|entry| text(entry, name)).filter(|value| !value.is_empty()).collect();
        for value in &values {
            let by_hand: Vec<&Value> = whole.iter().filter(|entry| text(entry, name) == *value).collect();
            let filtered =
                entries(&ada, &format!("&filter[{filter}]={value}&filter[created_at]=*,{newest}")).await;
            assert_eq!(filtered.iter().collect::<Vec<_>>(), by_hand, "{filter}={value}");
        }
        let any = values.into_iter().collect::<Vec<_>>().join(",");
        let filtered = entries(&ada, &format!("&filter[{filter}]={any}&filter[created_at]=*,{newest}")).await;
        let by_hand: Vec<&Value> = whole.iter().filter(|entry| !text(entry, name).is_empty()).collect();
        assert_eq!(filtered.iter().collect::<Vec<_>>(), by_hand, "{filter}={any}");
    }
    for (from, to) in [(0, 1), (3, 9), (5, whole.len() - 1), (whole.len() / 2, whole.len() / 2)] {
        let (end, start) = (text(&whole[from], "created-at"), text(&whole[to], "created-at"));
        let filtered = entries(&ada, &format!("&filter[created-at]={start},{end}")).await;
        let by_hand: Vec<&Value> = whole
            .iter()
            .filter(|entry| text(entry, "created-at") >= start && text(entry, "created-at") <= end)
            .collect();
        assert_eq!(filtered.iter().collect::<Vec<_>>(), by_hand, "{start} to {end}");
    }
    let day = &text(&whole[0], "created-at")[..10];
    let of_the_day = entries(&ada, &format!("&filter[created_at]={day},%20{day}")).await;
    let is_of_the_day = |entry: &&Value| &text(entry, "created-at")[..10] == day;
    assert!(of_the_day.iter().all(|entry| is_of_the_day(&entry)), "{of_the_day:#?}");
    let missing = whole.iter().filter(is_of_the_day).find(|entry| !of_the_day.contains(entry));
    assert_eq!(missing, None, "a day is meant whole");
    assert!(entries(&ada, "&filter[created_at]=2001-01-01,2001-12-31").await.is_empty());
    let mut upwards = entries(&ada, &format!("&sort=created_at&filter[created_at]=*,{newest}")).await;
    upwards.reverse();
    assert_eq!(upwards, whole);

    let mut paged = Vec::new();
    let mut next = format!("/logs?page[size]=7&page[number]=1&filter[created_at]=*,{newest}");
    while !next.is_empty() {
        let page = expect(ada.get(&next).await.unwrap(), 200);
        assert_eq!(page.at("/meta/total-count"), json!(whole.len()));
        paged.extend(page.at("/data").as_array().unwrap().clone());
        next = page.text_at("/links/next");
    }
    assert_eq!(paged, whole);

    for wrong in [
        "filter[created_at]=2026-13-01,*",
        "filter[created_at]=yesterday",
        "filter[created_at]=*",
        "filter[action]=x",
        "filter[user_id]=x",
    ] {
        refused(ada.get(&format!("/logs?{wrong}")).await.unwrap(), 400, "bad-parameter");
    }
    refused(ada.get("/logs?sort=action").await.unwrap(), 400, "bad-parameter");
    assert_eq!(expect(ada.get("/logs").await.unwrap(), 200).at("/meta/account-column"), json!(false));
}

#[tokio::test(flavor = "multi_thread")]
async fn host_and_delegate_both_read_what_a_visitor_does_and_is_refused() {
    let house = House::start().await;
    let host = house.account("acme").await;
    let noc = house.account("night-noc").await;
    let bakery = host.organization("Bakery").await;
    let (emil, emil_id) = noc.user(&house, "emil", "Editor", Grants::ALL).await;
    let column = |answer: journeys::Answer| expect(answer, 200).at("/meta/account-column");
    assert_eq!(column(host.administrator.get("/logs").await.unwrap()), json!(false));
    let connection = connect(&house, &host, &noc, &offer("night-noc", "Creator", &[&bakery])).await;
    assert_eq!(column(host.administrator.get("/logs").await.unwrap()), json!(true));
    assert_eq!(column(noc.administrator.get("/logs").await.unwrap()), json!(false));

    let inside = enter(&emil, &host.id).await;
    expect(inside.get(&format!("/organizations/{bakery}")).await.unwrap(), 200);
    refused(inside.delete(&format!("/organizations/{bakery}"), None).await.unwrap(), 403, "role-too-low");
    refused(inside.get("/logs").await.unwrap(), 403, "security-permission");
    let suspended = resource("connections", json!({"status": "suspended"}));
    let path = format!("/connections/{connection}");
    expect(host.administrator.patch(&path, &suspended).await.unwrap(), 200);
    refused(inside.get("/organizations").await.unwrap(), 403, "connection-suspended");

    let mut at_host = entries(&host.administrator, &format!("&filter[account_id]={}", noc.id)).await;
    at_host.retain(|entry| entry["attributes"]["user-id"] == json!(emil_id));
    let lines: Vec<String> = at_host.iter().rev().map(line).collect();
    assert_eq!(
        lines,
        [
            "create | sessions | emil@night-noc.example | allowed | emil@night-noc.example | Creator",
            "read | organizations | Bakery | allowed | emil@night-noc.example | Creator",
            "delete | organizations | Bakery | role-too-low | emil@night-noc.example | Creator",
            "read | logs | - | security-permission | emil@night-noc.example | Creator",
            "read | organizations | - | connection-suspended | emil@night-noc.example | Creator",
        ]
    );
    assert!(at_host.iter().all(|entry| entry["attributes"]["account-name"] == "The night-noc account"));

    let mut at_home = entries(&noc.administrator, &format!("&filter[user_id]={emil_id}")).await;
    at_home.retain(|entry| entry["attributes"]["host-id"] == json!(host.id));
    let shadows: Vec<String> = at_home.iter().rev().map(line).collect();
    let nameless = |line: &String| {
        line.replace("Bakery", "-").replace("sessions | emil@night-noc.example", "sessions | -")
    };
    assert_eq!(shadows, lines.iter().map(nameless).collect::<Vec<_>>());
    let told = serde_json::to_string(&at_home).unwrap();
    assert!(
        !told.contains("Bakery") && !told.contains(&bakery),
        "the host's names and ids stay there: {told}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_reads_the_entries_of_the_organizations_that_their_groups_reach() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let [bakery, mill] = [account.organization("Bakery").await, account.organization("Mill").await];
    let desk = account.group("Desk", &[&bakery]).await;
    let (mara, _) = account.user(&house, "mara", "Manager", Grants::groups(&[&desk])).await;
    for organization in [&bakery, &mill] {
        expect(account.administrator.get(&format!("/organizations/{organization}")).await.unwrap(), 200);
    }
    let seen = entries(&mara, "").await;
    assert!(!seen.is_empty());
    assert!(seen.iter().all(|entry| entry["attributes"]["organization-id"] == json!(bakery)), "{seen:#?}");
}

/// Coming into a host is an act: its log says who came, and the log at home where they went.
#[tokio::test(flavor = "multi_thread")]
async fn entering_a_host_stands_in_both_logs() {
    let house = House::start().await;
    let (host, noc) = (house.account("acme").await, house.account("noc").await);
    connect(&house, &host, &noc, &offer_all("noc", "Editor")).await;
    let (tech, tech_id) = noc.user(&house, "tess", "Manager", Grants::ALL).await;
    enter(&tech, &host.id).await;
    let entered = |entries: Vec<Value>| {
        let is_entry = |entry: &&Value| {
            entry["resource_type"] == "sessions" && entry["user_id"] == tech_id && entry["role"] == "Editor"
        };
        entries.iter().find(is_entry).cloned().unwrap()
    };
    let there = entered(house.log(&host.id).await);
    assert_eq!((&there["action"], &there["account_name"]), (&json!("create"), &json!("The noc account")));
    assert_eq!(there["resource_name"], "tess@noc.example");
    let home = entered(house.log(&noc.id).await);
    assert_eq!((&home["host_id"], &home["outcome"]), (&json!(host.id), &json!("allowed")));
}

/// The other side of an offer hears who made it and what it is, and not from where.
#[tokio::test(flavor = "multi_thread")]
async fn the_other_sides_log_says_who_and_what_and_not_from_where() {
    let house = House::start().await;
    let (host, noc) = (house.account("acme").await, house.account("noc").await);
    connect(&house, &host, &noc, &offer_all("noc", "Editor")).await;
    for (account, own) in [(&host, &host.id), (&noc, &noc.id)] {
        let entries = house.log(&account.id).await;
        let of_connection = entries.iter().filter(|entry| entry["resource_type"] == "connections");
        for entry in of_connection {
            assert!(entry["user_name"].is_string(), "{entry}");
            let is_theirs = entry["account_id"] != own.as_str();
            assert_eq!(entry.get("ip_address").is_none_or(Value::is_null), is_theirs, "{entry}");
            assert!(!is_theirs || entry.get("user_agent").is_none_or(Value::is_null), "{entry}");
        }
    }
}

/// Each read of the log writes an entry in front of all others; a walk by page numbers meets each entry once all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_walk_by_page_numbers_meets_each_entry_once_and_ends() {
    let house = House::start().await;
    let account = house.account("acme").await;
    account.organizations("Customer", 13).await;
    let mut met = Vec::new();
    for number in 1..=20 {
        let path = format!("/logs?page[size]=5&page[number]={number}");
        let page = expect(account.administrator.get(&path).await.unwrap(), 200);
        met.extend(ids(&page));
        if page.at("/meta/next-page").is_null() {
            break;
        }
    }
    let different: std::collections::BTreeSet<_> = met.iter().collect();
    assert_eq!(different.len(), met.len());
    assert!(met.len() >= 14 && met.len() < 30, "{}", met.len());

    // Nor does one over the reads of the log meet itself, whichever way it goes and however short its pages are.
    let (other, _) = account.user(&house, "mara", "Administrator", Grants::ALL).await;
    for _ in 0..3 {
        expect(other.get("/logs").await.unwrap(), 200);
    }
    for query in ["filter[resource_type]=logs", "filter[resource_type]=logs&sort=created_at"] {
        let mut met = Vec::new();
        for number in 1..=10 {
            let path = format!("/logs?{query}&page[size]=1&page[number]={number}");
            let page = expect(account.administrator.get(&path).await.unwrap(), 200);
            met.extend(ids(&page));
            if page.at("/meta/next-page").is_null() {
                break;
            }
        }
        assert_eq!(met.len(), 3, "{query}");
        assert_eq!(met.iter().collect::<std::collections::BTreeSet<_>>().len(), 3, "{query}");
    }
    // By cursor the own reads are there too.
    let all = expect(
        account.administrator.get("/logs?filter[resource_type]=logs&page[size]=1000").await.unwrap(),
        200,
    );
    assert!(ids(&all).len() > 3, "{}", all.text);
}

/// What was done is recorded as done by whoever did it: by themselves, or by a program that tells of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_deed_that_a_program_tells_of_is_the_one_of_who_did_it() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let bakery = account.organization("Bakery").await;
    let (_, ann) = account.user(&house, "ann", "Editor", Grants::ALL).await;
    let admin = &account.administrator;
    let told = json!({"action": "update", "organization-id": bakery, "user-id": ann, "record": true});
    let told = resource("access-checks", told);
    refused(admin.post("/access/check", &told).await.unwrap(), 422, "record-for-another");
    let key = json!({"name": "PSA", "role-name": "Manager", "all-organizations": true});
    let key = created(admin.post("/api-keys", &resource("api-keys", key)).await.unwrap());
    let program = house.nobody.with_api_key(&key.text_at("/data/attributes/key"));
    expect(program.post("/access/check", &told).await.unwrap(), 200);
    let entries = house.log(&account.id).await;
    let entry = entries.iter().rfind(|entry| entry["resource_type"] == "access-checks").unwrap();
    assert_eq!((&entry["user_id"], &entry["role"]), (&json!(ann), &json!("Editor")), "{entry}");
    assert_eq!((&entry["user_name"], &entry["api_key_id"]), (&json!("ann@acme.example"), &json!(key.id())));
}

/// What an account is called today it is called everywhere; the log keeps what was true.
#[tokio::test(flavor = "multi_thread")]
async fn a_renamed_account_has_its_new_name_everywhere() {
    let house = House::start().await;
    let (host, noc) = (house.account("acme").await, house.account("noc").await);
    let id = connect(&house, &host, &noc, &offer_all("noc", "Editor")).await;
    let renamed = |name: &str| resource("accounts", json!({ "name": name }));
    expect(host.administrator.patch("/account", &renamed("Acme Group")).await.unwrap(), 200);
    expect(noc.administrator.patch("/account", &renamed("Night Watch")).await.unwrap(), 200);
    let session = expect(noc.administrator.get("/session").await.unwrap(), 200);
    assert!(session.text.contains("Acme Group") && !session.text.contains("The acme account"));
    for side in [&host.administrator, &noc.administrator] {
        for path in ["/connections".to_owned(), format!("/connections/{id}")] {
            let shown = expect(side.get(&path).await.unwrap(), 200);
            assert!(
                shown.text.contains("Acme Group") && shown.text.contains("Night Watch"),
                "{}",
                shown.text
            );
            assert!(!shown.text.contains("The acme account") && !shown.text.contains("The noc account"));
        }
    }
    let review = expect(host.administrator.get("/access/review").await.unwrap(), 200);
    assert!(
        review.text.contains("Night Watch") && !review.text.contains("The noc account"),
        "{}",
        review.text
    );
    let entries = house.log(&host.id).await;
    assert!(entries.iter().any(|entry| entry["resource_name"] == "The acme account → The noc account"));
}

/// The log of a day tells, with nothing else at hand, who changed what from what to what.
#[tokio::test(flavor = "multi_thread")]
async fn an_entry_of_a_change_says_what_changed_from_what_to_what() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let admin = &account.administrator;
    let (bakery, mill) = (account.organization("Bakery").await, account.organization("Mill").await);
    let desk = account.group("Desk", &[&bakery]).await;
    let (_, ann) = account.user(&house, "ann", "Editor", Grants::organizations(&[&bakery])).await;
    let (path, group) = (format!("/users/{ann}"), format!("/groups/{desk}"));
    let promoted = resource("users", json!({"role-name": "Manager", "last-name": "Lind"}));
    expect(admin.patch(&path, &promoted).await.unwrap(), 200);
    let body = json!({"data": [{"type": "users", "id": ann}]});
    expect(admin.post(&format!("{group}/relationships/users"), &body).await.unwrap(), 204);
    let moved = relations("groups", &[("organizations", &[&mill])]);
    expect(admin.patch(&group, &moved).await.unwrap(), 200);
    let renamed = resource("organizations", json!({"name": "Mill & Sons", "description": "Flour"}));
    expect(admin.patch(&format!("/organizations/{mill}"), &renamed).await.unwrap(), 200);
    let settings = resource("accounts", json!({"invitation-lifetime-hours": 48}));
    expect(admin.patch("/account", &settings).await.unwrap(), 200);
    expect(admin.delete(&path, None).await.unwrap(), 204);

    let entries = entries(admin, "").await;
    let told = |action: &str, what: &str| -> Vec<Vec<String>> {
        let is_meant = |entry: &&Value| {
            entry["attributes"]["action"] == action && entry["attributes"]["resource-type"] == what
        };
        let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        let line = |change: &Value| {
            format!("{}: {} → {}", text(&change["name"]), text(&change["from"]), text(&change["to"]))
        };
        let changes = |entry: &Value| {
            entry["attributes"]["changes"].as_array().unwrap().iter().map(line).collect::<Vec<_>>()
        };
        entries.iter().rev().filter(is_meant).map(changes).collect()
    };
    assert_eq!(told("update", "users"), [["last-name: - → Lind", "role-name: Editor → Manager"]]);
    let invited = told("create", "users").pop().unwrap();
    assert!(invited.contains(&"role-name: - → Editor".to_owned()), "{invited:?}");
    assert!(invited.contains(&format!("organizations: - → Bakery ({bakery})")), "{invited:?}");
    assert_eq!(
        told("update", "groups"),
        [
            vec![format!("users: - → Lind ({ann})")],
            vec![
                format!("organizations: Bakery ({bakery}) → Mill ({mill})"),
                format!("gains: - → ann@acme.example: Mill ({mill})"),
            ],
        ]
    );
    let renamed = told("update", "organizations").pop().unwrap();
    assert_eq!(renamed, ["description: - → Flour", "name: Mill → Mill & Sons"]);
    assert_eq!(told("update", "accounts"), [["invitation-lifetime-hours: 72 → 48"]]);
    let removed = told("delete", "users").pop().unwrap();
    assert!(removed.contains(&"role-name: Manager → -".to_owned()), "{removed:?}");
    assert!(removed.contains(&format!("groups: Desk ({desk}) → -")), "{removed:?}");
}

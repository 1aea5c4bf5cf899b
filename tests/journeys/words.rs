//! What people type: taken once, found again, sorted as they expect; and `null`, nothing and no change, told apart.

use journeys::{Account, Grants, House, created, expect, invitation, refused, relations, resource, texts};
use serde_json::{Value, json};

use crate::glueconnect::{connect, offer_all};

async fn named(account: &Account, names: &[&str]) {
    for name in names {
        account.organization(name).await;
        account.group(name, &[]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_found_whatever_their_case_accents_and_normal_form() {
    let house = House::start().await;
    let account = house.account("acme").await;
    named(&account, &["Café Zoë", "Büro", "Łódź", "Straße", "Αθήνα"]).await;
    let admin = &account.administrator;
    for (typed, expected) in [
        ("cafe%CC%81%20zoe%CC%88", "Café Zoë"),
        ("CAFE%20ZOE", "Café Zoë"),
        ("buro", "Büro"),
        ("lodz", "Łódź"),
        ("STRASSE", "Straße"),
        ("%CE%B1%CE%B8%CE%B7%CE%BD%CE%B1", "Αθήνα"),
        ("%20caf%C3%A9%20%20zo%C3%AB%E2%80%8B", "Café Zoë"),
    ] {
        for list in ["organizations", "groups"] {
            let found = expect(admin.get(&format!("/{list}?filter[name]={typed}")).await.unwrap(), 200);
            assert_eq!(texts(&found, "/attributes/name"), [expected], "{list} {typed}");
        }
    }
    // Exact is exact: a part is not enough.
    let part = expect(admin.get("/organizations?filter[name]=caf").await.unwrap(), 200);
    assert!(texts(&part, "/attributes/name").is_empty(), "{}", part.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_stand_as_people_expect() {
    let house = House::start().await;
    let account = house.account("acme").await;
    named(&account, &["Zebra", "Österreich", "apple", "Émile", "Łódź", "Eve"]).await;
    let expected = ["apple", "Émile", "Eve", "Łódź", "Österreich", "Zebra"];
    let admin = &account.administrator;
    for list in ["organizations", "groups"] {
        let sorted = expect(admin.get(&format!("/{list}?sort=name")).await.unwrap(), 200);
        assert_eq!(texts(&sorted, "/attributes/name"), expected, "{list}");
        // A walk by cursor goes the same way.
        let mut walked = Vec::new();
        let mut next = format!("/{list}?sort=name&page[size]=2");
        while let Some(path) = {
            let page = expect(admin.get(&next).await.unwrap(), 200);
            walked.extend(texts(&page, "/attributes/name"));
            page.at("/links/next").as_str().map(str::to_owned)
        } {
            next = path;
        }
        assert_eq!(walked, expected, "{list}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_has_something_that_is_seen_and_is_no_link_wherever_one_is_typed() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let admin = &account.administrator;
    let id = account.organization("Bakery").await;
    let group = account.group("Desk", &[]).await;
    for name in [
        "\u{200B}",
        "\u{3164}",
        "\u{AD}",
        "https://evil.example/claim",
        "see www.evil.example",
        "Free,www.evil.example/x",
        "claim:evil.example",
        "//evil.example",
        "evil\u{3002}example",
    ] {
        let body = json!({"name": name});
        let paths = [
            ("POST", "/organizations".to_owned(), "organizations"),
            ("PATCH", format!("/organizations/{id}"), "organizations"),
            ("POST", "/groups".to_owned(), "groups"),
            ("PATCH", format!("/groups/{group}"), "groups"),
            ("PATCH", "/account".to_owned(), "accounts"),
        ];
        for (method, path, what) in paths {
            let sent = resource(what, body.clone()).to_string();
            let answer = admin.send(method.parse().unwrap(), &path, &[], Some(sent)).await.unwrap();
            refused(answer, 422, "invalid");
        }
        let mut person = invitation("ann@x.example", "Editor", Grants::ALL);
        person["data"]["attributes"]["first-name"] = json!(name);
        refused(admin.post("/users", &person).await.unwrap(), 422, "invalid");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn null_takes_away_what_can_be_empty_and_is_refused_everywhere_else() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let admin = &account.administrator;
    let made = json!({"name": "Bakery", "description": "Bread", "short-name": "BKY"});
    let id = created(admin.post("/organizations", &resource("organizations", made)).await.unwrap()).id();
    let path = format!("/organizations/{id}");
    let cleared = resource("organizations", json!({"description": null, "short-name": null}));
    let cleared = expect(admin.patch(&path, &cleared).await.unwrap(), 200);
    assert_eq!(cleared.at("/data/attributes/description"), json!(""));
    assert_eq!(cleared.at("/data/attributes/short-name"), json!(""));
    let group = account.group("Desk", &[]).await;
    let user = account.user(&house, "ann", "Editor", Grants::ALL).await.1;
    for (path, what, attributes) in [
        (path.clone(), "organizations", json!({"name": null})),
        (format!("/groups/{group}"), "groups", json!({"name": null})),
        (format!("/users/{user}"), "users", json!({"role-name": null})),
        (format!("/users/{user}"), "users", json!({"status": null})),
        (format!("/users/{user}"), "users", json!({"my-glue": null})),
        ("/account".to_owned(), "accounts", json!({"name": null})),
        ("/account".to_owned(), "accounts", json!({"enforce-mfa": null})),
        ("/account".to_owned(), "accounts", json!({"invitation-lifetime-hours": null})),
    ] {
        refused(admin.patch(&path, &resource(what, attributes)).await.unwrap(), 422, "not-nullable");
    }
}

/// Each change sent once more: nothing is written, so versions, times and logs stay, and so do other people's `If-Match`.
#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_changes_nothing_writes_nothing() {
    let house = House::start().await;
    let (account, other) = (house.account("acme").await, house.account("noc").await);
    let admin = &account.administrator;
    let bakery = account.organization("Bakery").await;
    let group = account.group("Desk", &[&bakery]).await;
    let user = account.user(&house, "ann", "Editor", Grants::groups(&[&group])).await.1;
    let connection = connect(&house, &account, &other, &offer_all("noc", "Editor")).await;
    let same = [
        (format!("/organizations/{bakery}"), resource("organizations", json!({"name": "Bakery"}))),
        (format!("/organizations/{bakery}"), resource("organizations", json!({}))),
        (format!("/groups/{group}"), resource("groups", json!({"name": "Desk"}))),
        (format!("/groups/{group}"), relations("groups", &[("organizations", &[&bakery])])),
        (format!("/users/{user}"), resource("users", json!({"role-name": "Editor", "status": "active"}))),
        (format!("/users/{user}"), relations("users", &[("groups", &[&group])])),
        ("/account".to_owned(), resource("accounts", json!({"enforce-mfa": false}))),
        (
            format!("/connections/{connection}"),
            resource("connections", json!({"maximum-role-name": "Editor"})),
        ),
    ];
    for (path, body) in same {
        let before = expect(admin.get(&path).await.unwrap(), 200);
        let entries = house.changes(&account.id).await.len();
        let answer = expect(admin.patch(&path, &body).await.unwrap(), 200);
        for attribute in ["version", "updated-at"] {
            let place = format!("/data/attributes/{attribute}");
            assert_eq!(answer.at(&place), before.at(&place), "{path} {body}");
        }
        assert_eq!(house.changes(&account.id).await.len(), entries, "{path} {body}");
    }
    let again = json!({"data": [{"type": "users", "id": user}]});
    let path = format!("/groups/{group}/relationships/users");
    let entries = house.changes(&account.id).await.len();
    expect(admin.post(&path, &again).await.unwrap(), 204);
    assert_eq!(house.changes(&account.id).await.len(), entries);
}

/// Words stay whose they are, links never get shorter by being sent again, and who resends may say both anew.
#[tokio::test(flavor = "multi_thread")]
async fn resending_keeps_the_words_of_who_wrote_them_and_never_shortens() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let bakery = account.organization("Bakery").await;
    let (mara, mara_id) = account.user(&house, "mara", "Manager", Grants::ALL).await;
    let named = resource("users", json!({"first-name": "Mara", "last-name": "Lind"}));
    expect(mara.patch(&format!("/users/{mara_id}"), &named).await.unwrap(), 200);
    let in_weeks = house.product.clock.now().after(std::time::Duration::from_secs(21 * 24 * 3_600));
    let mut body = invitation("ann@x.example", "Lite", Grants::organizations(&[&bakery]));
    body["data"]["attributes"]["message"] = json!("See you on Monday");
    body["data"]["attributes"]["expires-at"] = json!(in_weeks.to_string());
    let id = created(mara.post("/users", &body).await.unwrap()).id();
    let default = invitation("bob@x.example", "Lite", Grants::organizations(&[&bakery]));
    let bob = created(mara.post("/users", &default).await.unwrap()).id();
    expect(account.administrator.delete(&format!("/users/{mara_id}"), None).await.unwrap(), 200);

    let admin = &account.administrator;
    let resent = expect(admin.post(&format!("/users/{id}/invitation"), &json!({})).await.unwrap(), 202);
    assert_eq!(resent.text_at("/data/attributes/invitation-expires-at"), in_weeks.to_string());
    let mail = house.mails("ann@x.example").await.pop().unwrap();
    let text = mail.body.text.clone().unwrap();
    assert!(text.contains("Mara Lind writes:") && text.contains("> See you on Monday"), "{text}");
    assert_eq!(mail.reply_to, ["admin@acme.example"]);
    assert_eq!(mail.headers.get("Auto-Submitted").map(String::as_str), Some("auto-generated"));
    expect(admin.post(&format!("/users/{bob}/invitation"), &Value::Null).await.unwrap(), 202);
    let text = house.mails("bob@x.example").await.pop().unwrap().body.text.unwrap();
    assert!(text.contains("> Ada Admin") && !text.contains("Mara"), "{text}");

    let sooner = house.product.clock.now().after(std::time::Duration::from_secs(2 * 3_600)).to_string();
    let anew = json!({"message": "From me now", "expires-at": sooner});
    let path = format!("/users/{id}/invitation");
    let resent = expect(admin.post(&path, &resource("invitations", anew)).await.unwrap(), 202);
    assert_eq!(resent.text_at("/data/attributes/invitation-expires-at"), sooner);
    let text = house.mails("ann@x.example").await.pop().unwrap().body.text.unwrap();
    assert!(text.contains("Ada Admin writes:") && text.contains("> From me now"), "{text}");
    let past = resource("invitations", json!({"expires-at": "2020-01-01T00:00:00Z", "colour": "red"}));
    refused(admin.post(&path, &past).await.unwrap(), 422, "invalid");
}

/// A name that is a host name, as companies are called, is shown in a mail so that no program makes a link of it.
#[tokio::test(flavor = "multi_thread")]
async fn what_people_are_called_is_no_link_in_any_mail() {
    let house = House::start_with_much_mail().await;
    let (account, noc) = (house.account("acme").await, house.account("noc").await);
    let admin = &account.administrator;
    let renamed = resource("accounts", json!({"name": "Win (evil.com)"}));
    expect(admin.patch("/account", &renamed).await.unwrap(), 200);
    let own = resource("users", json!({"first-name": "evil.com", "last-name": "Free,evil.com"}));
    expect(admin.patch(&format!("/users/{}", account.administrator_id), &own).await.unwrap(), 200);
    let organization = account.organization("evil.com").await;
    account.invite("ann", "Lite", Grants::organizations(&[&organization])).await;
    let offer = crate::glueconnect::offer("noc", "Editor", &[&organization]);
    created(admin.post("/connections", &offer).await.unwrap());
    let reminder = resource("subdomain-reminders", json!({"email": "admin@acme.example"}));
    expect(house.nobody.post("/subdomain-reminders", &reminder).await.unwrap(), 202);
    house.product.drain().await.unwrap();
    let mut told = 0;
    for email in ["ann@acme.example", "admin@noc.example", "admin@acme.example"] {
        for mail in house.mails(email).await {
            let (text, html) = (mail.body.text.unwrap_or_default(), mail.body.html.unwrap_or_default());
            for shown in [&mail.subject, &text, &html] {
                assert!(!shown.contains("evil.com"), "{email}: {shown}");
                told += usize::from(shown.contains("evil.\u{2060}com"));
            }
        }
    }
    assert!(told >= 6, "{told}");
    assert_eq!(noc.subdomain, "noc");
}

/// One attribute in two spellings, in every body that takes it: nobody could tell which of them was meant.
#[tokio::test(flavor = "multi_thread")]
async fn an_attribute_that_stands_twice_in_two_spellings_is_refused() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let admin = &account.administrator;
    let (_, user) =
        account.invite("ann", "Lite", Grants::organizations(&[&account.organization("A").await])).await;
    let mut invited = invitation("eve@x.example", "Lite", Grants::ALL);
    invited["data"]["attributes"]["role_name"] = json!("Administrator");
    let key =
        json!({"name": "Sync", "role-name": "Lite", "role_name": "Administrator", "all-organizations": true});
    let bodies = [
        ("POST", "/users".to_owned(), invited),
        (
            "PATCH",
            format!("/users/{user}"),
            resource("users", json!({"role-name": "Lite", "role_name": "Administrator"})),
        ),
        ("POST", "/api-keys".to_owned(), resource("api-keys", key)),
        (
            "PATCH",
            "/account".to_owned(),
            resource("accounts", json!({"enforce-mfa": false, "enforce_mfa": true})),
        ),
    ];
    for (method, path, body) in bodies {
        let answer = admin.send(method.parse().unwrap(), &path, &[], Some(body.to_string())).await.unwrap();
        let answer = refused(answer, 422, "duplicate-key");
        assert!(
            answer.text_at("/errors/0/source/pointer").starts_with("/data/attributes/"),
            "{}",
            answer.text
        );
    }
    let mut related = resource("groups", json!({"name": "G"}));
    related["data"]["relationships"] = json!({"users": {"data": []}, "organizations": {"data": []}});
    created(admin.post("/groups", &related).await.unwrap());
    let listed = expect(admin.get("/users?filter[email]=eve@x.example").await.unwrap(), 200);
    assert_eq!(listed.at("/meta/total-count"), json!(0));
}

/// Names that differ in what nobody sees are found as one.
#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_sees_makes_no_other_name() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let admin = &account.administrator;
    let id = account.organization("Ba\u{200D}kery\u{FE0F}").await;
    for asked in ["bakery", "Bakery", "Ba\u{200C}kery", "Bakery\u{E0101}"] {
        let encoded: String = asked.bytes().map(|byte| format!("%{byte:02X}")).collect();
        for filter in ["name", "search"] {
            let found = admin.get(&format!("/organizations?filter[{filter}]={encoded}")).await.unwrap();
            assert_eq!(journeys::ids(&expect(found, 200)), std::slice::from_ref(&id), "{filter} {asked:?}");
        }
    }
}

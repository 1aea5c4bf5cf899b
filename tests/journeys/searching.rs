//! Looking for something by a part of what one knows of it, and by names that have commas in them.

use journeys::{Client, Grants, House, created, expect, faults, ids, refused, resource, texts};
use serde_json::json;

use crate::filled::{add_users, count, item, padded, with, write};
use crate::glueconnect::{connect, offer_all};

/// The names on the first page of a list that is asked this.
async fn names(client: &Client, path: &str) -> Vec<String> {
    let mut names = texts(&expect(client.get(path).await.unwrap(), 200), "/attributes/name");
    names.sort();
    names
}

/// As it stands in an address.
fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_of_a_name_an_address_a_short_name_or_an_id_finds_it() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let admin = &account.administrator;
    let body = json!({"name": "Bluebird Bakery", "short-name": "BBK"});
    let bakery = created(admin.post("/organizations", &resource("organizations", body)).await.unwrap()).id();
    for name in ["Café Zoë", "Büro Łódź", "Granite Works"] {
        account.organization(name).await;
    }
    for (sought, found) in [
        ("blue", vec!["Bluebird Bakery"]),
        ("BAKERY", vec!["Bluebird Bakery"]),
        ("bbk", vec!["Bluebird Bakery"]),
        (bakery.as_str(), vec!["Bluebird Bakery"]),
        ("cafe", vec!["Café Zoë"]),
        ("cafe\u{301} zo", vec!["Café Zoë"]),
        ("LODZ", vec!["Büro Łódź"]),
        ("r", vec!["Bluebird Bakery", "Büro Łódź", "Granite Works"]),
        ("nothing of the kind", vec![]),
        (&bakery[..5], vec![]),
    ] {
        let path = format!("/organizations?filter[search]={}", encoded(sought));
        assert_eq!(names(admin, &path).await, found, "{sought}");
        let page = expect(admin.get(&path).await.unwrap(), 200);
        assert_eq!(page.at("/meta/total-count"), json!(found.len()), "{sought}");
        assert_eq!(page.at("/meta/filters/search"), json!(sought));
    }

    account.group("Service desk", &[&bakery]).await;
    account.group("Night shift", &[&bakery]).await;
    assert_eq!(names(admin, "/groups?filter[search]=DESK").await, ["Service desk"]);

    let (_, ann) = account.user(&house, "ann.miller", "Editor", Grants::ALL).await;
    let renamed = resource("users", json!({"first-name": "Änn", "last-name": "Müller"}));
    expect(admin.patch(&format!("/users/{ann}"), &renamed).await.unwrap(), 200);
    for sought in ["ann muller", "miller@", "ÄNN", ann.as_str()] {
        let path = format!("/users?filter[search]={}", encoded(sought));
        assert_eq!(names(admin, &path).await, ["Änn Müller"], "{sought}");
    }
    assert_eq!(names(admin, "/users?filter[search]=acme.example&sort=name").await.len(), 2);
    assert_eq!(names(admin, "/users?filter[search]=ann&filter[role_name]=Lite").await, [""; 0]);

    let noc = house.account("night-noc").await;
    let connection = connect(&house, &account, &noc, &offer_all("night-noc", "Editor")).await;
    for sought in ["night-noc", "NIGHT", connection.as_str(), noc.id.as_str()] {
        let found = expect(admin.get(&format!("/connections?filter[search]={sought}")).await.unwrap(), 200);
        assert_eq!(ids(&found), std::slice::from_ref(&connection), "{sought}");
    }
    let found = expect(admin.get("/connections?filter[search]=bakery").await.unwrap(), 200);
    assert!(ids(&found).is_empty());

    let log = async |query: &str| {
        let found = expect(admin.get(&format!("/logs?{query}&page[size]=1000")).await.unwrap(), 200);
        texts(&found, "/attributes/resource-name")
    };
    assert_eq!(log("filter[search]=bluebird&filter[action]=create").await, ["Bluebird Bakery"]);
    assert!(log(&format!("filter[search]={ann}")).await.len() > 1);
    assert_eq!(log("filter[search]=granite%20w").await, ["Granite Works"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_says_something_and_not_too_much() {
    let house = House::start().await;
    let admin = house.account("acme").await.administrator;
    for list in ["users", "organizations", "groups", "connections", "logs"] {
        for (text, code) in [("", "bad-parameter"), ("%20", "bad-parameter"), ("%E2%80%8B", "bad-parameter")]
        {
            let answer = admin.get(&format!("/{list}?filter[search]={text}")).await.unwrap();
            assert_eq!(faults(&answer), [(code.to_owned(), "filter[search]".to_owned())], "{list} {text}");
        }
        let long = "x".repeat(255);
        refused(admin.get(&format!("/{list}?filter[search]={long}")).await.unwrap(), 400, "bad-parameter");
        let twice = format!("/{list}?filter[search]=a&filter[search]=b");
        refused(admin.get(&twice).await.unwrap(), 400, "bad-parameter");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_finds_what_they_can_see_and_no_more() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let (seen, _hidden) =
        (account.organization("Bakery seen").await, account.organization("Bakery hidden").await);
    let (mara, _) = account.user(&house, "mara", "Manager", Grants::organizations(&[&seen])).await;
    assert_eq!(names(&mara, "/organizations?filter[search]=bakery").await, ["Bakery seen"]);
    assert_eq!(
        names(&mara, "/organizations?filter[name]=Bakery%20hidden,Bakery%20seen").await,
        ["Bakery seen"]
    );
}

/// Each page of a search by cursor looks through a part of the account, and the walk finds all.
#[tokio::test(flavor = "multi_thread")]
async fn a_search_by_cursor_looks_through_a_part_at_a_time() {
    let (house, cable) = House::start_on_a_cable_to_dynamodb().await;
    let account = house.account("acme").await;
    let admin = &account.administrator;
    add_users(&house, &account, 5_000).await;
    expect(admin.get("/users?page[size]=1").await.unwrap(), 200);
    for (sought, found) in [("nobody is called so", 0), ("user 4999", 1), ("User 27", 111)] {
        let (mut met, mut pages) = (Vec::new(), 0);
        let mut next = format!("/users?page[after]=&filter[search]={}", encoded(sought));
        while !next.is_empty() {
            cable.forget();
            let page = expect(admin.get(&next).await.unwrap(), 200);
            let cost = cable.costs()["manage-users"];
            assert!(cost.read <= 260.0 && cost.requests <= 8, "{sought}: {cost:?}");
            assert_eq!(page.at("/meta/next-page").is_null(), page.at("/links/next").is_null());
            met.extend(ids(&page));
            next = page.text_at("/links/next");
            pages += 1;
        }
        assert_eq!(met.len(), found, "{sought}");
        assert!(pages >= 3, "{sought}: {pages}");
        let whole = expect(
            admin.get(&format!("/users?page[size]=1000&filter[search]={}", encoded(sought))).await.unwrap(),
            200,
        );
        assert_eq!(ids(&whole), met, "{sought}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_text_is_a_name_first_and_then_several() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let admin = &account.administrator;
    for name in ["A", "B", "Smith", "Smith, Jones & Co", "Bakery"] {
        account.organization(name).await;
        account.group(name, &[]).await;
        let key = json!({"name": name, "role-name": "Editor", "all-organizations": true});
        created(admin.post("/api-keys", &resource("api-keys", key)).await.unwrap());
    }
    for list in ["organizations", "groups", "api-keys"] {
        for (asked, found) in [
            ("A,B", vec!["A", "B"]),
            ("a , b", vec!["A", "B"]),
            ("Smith, Jones & Co", vec!["Smith, Jones & Co"]),
            (r"Smith\, Jones & Co", vec!["Smith, Jones & Co"]),
            (r"Smith\, Jones & Co,Bakery", vec!["Bakery", "Smith, Jones & Co"]),
            ("Smith,Jones & Co", vec!["Smith"]),
            ("Smith,", vec!["Smith"]),
            ("bakery,nothing", vec!["Bakery"]),
            ("nothing,at all", vec![]),
        ] {
            let path = format!("/{list}?filter[name]={}", encoded(asked));
            assert_eq!(names(admin, &path).await, found, "{list} {asked}");
        }
        let path = format!("/{list}?filter[name]=A&filter[name][]=Bakery");
        assert_eq!(names(admin, &path).await, ["A", "Bakery"], "{list}");
    }
    for (path, kind) in
        [("/organization_types", "organization-types"), ("/organization_statuses", "organization-statuses")]
    {
        for name in ["A", "B", "Smith, Jones & Co"] {
            created(admin.post(path, &resource(kind, json!({"name": name}))).await.unwrap());
        }
        for (asked, found) in [
            ("A,B", vec!["A", "B"]),
            ("Smith, Jones & Co", vec!["Smith, Jones & Co"]),
            (r"Smith\, Jones & Co,a", vec!["A", "Smith, Jones & Co"]),
            ("nothing", vec![]),
        ] {
            let path = format!("{path}?filter[name]={}", encoded(asked));
            assert_eq!(names(admin, &path).await, found, "{kind} {asked}");
        }
    }
    // Of users a part of the name is enough.
    for (first, last) in [("Ann", "Smith"), ("Bea", "Smith, Jones"), ("Cy", "Baker")] {
        let (_, id) = account.invite(first, "Editor", Grants::ALL).await;
        let name = resource("users", json!({"first-name": first, "last-name": last}));
        expect(admin.patch(&format!("/users/{id}"), &name).await.unwrap(), 200);
    }
    assert_eq!(names(admin, "/users?filter[name]=smith,%20jones").await, ["Bea Smith, Jones"]);
    assert_eq!(
        names(admin, "/users?filter[name]=smith,baker").await,
        ["Ann Smith", "Bea Smith, Jones", "Cy Baker"]
    );
}

/// Where a page by number would be shorter than it should, it is none.
#[tokio::test(flavor = "multi_thread")]
async fn a_search_that_would_look_through_too_much_says_so_and_how_to_go_on() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let admin = &account.administrator;
    let first: u64 = account.group("Desk", &[]).await.parse().unwrap();
    let made = item(&house, &format!("A#{}#GROUPS", account.id), &padded(first)).await;
    let copies: Vec<_> = (1..=20_100)
        .map(|more| {
            with(&made, json!({"sk": {"S": padded(first + more)}, "id": {"N": (first + more).to_string()}}))
        })
        .collect();
    write(&house, &copies).await;
    count(&house, &account.id, "group_count", copies.len()).await;
    refused(admin.get("/groups?filter[search]=nothing").await.unwrap(), 400, "search-too-wide");
    refused(admin.get("/groups?filter[search]=nothing&sort=name").await.unwrap(), 400, "search-too-wide");
    expect(admin.get("/groups?filter[search]=desk").await.unwrap(), 200);
    let mut next = "/groups?filter[search]=nothing&page[after]=".to_owned();
    let mut pages = 0;
    while !next.is_empty() {
        let page = expect(admin.get(&next).await.unwrap(), 200);
        assert!(ids(&page).is_empty());
        next = page.text_at("/links/next");
        pages += 1;
    }
    assert_eq!(pages, 11);
}

/// An address is found by its domain as people write it and as the mail carries it.
#[tokio::test(flavor = "multi_thread")]
async fn a_domain_is_found_in_its_own_letters_and_in_punycode() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let admin = &account.administrator;
    let person = journeys::invitation("ann@müller.de", "Editor", Grants::ALL);
    let id = created(admin.post("/users", &person).await.unwrap()).at("/data/id");
    for asked in ["müller.de", "MÜLLER.DE", "muller.de", "xn--mller-kva.de", "XN--MLLER", "ann@müller.de"]
    {
        let path = format!("/users?filter[search]={}", encoded(asked));
        let found = expect(admin.get(&path).await.unwrap(), 200);
        assert_eq!(found.at("/data/0/id"), id, "{asked}: {}", found.text);
        assert_eq!(found.at("/data").as_array().map(Vec::len), Some(1), "{asked}");
    }
    for asked in ["ann@müller.de", "ann@xn--mller-kva.de"] {
        let path = format!("/users?filter[email]={}", encoded(asked));
        let found = expect(admin.get(&path).await.unwrap(), 200);
        assert_eq!(found.at("/data/0/id"), id, "{asked}: {}", found.text);
    }
}

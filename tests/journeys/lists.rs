//! Lists by cursor: walks that miss nobody, and cursors that are good for one list alone.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use journeys::{Client, Grants, House, created, expect, ids, invitation, invitations, refused, resource};
use serde_json::json;

use crate::filled::add_users;
use crate::glueconnect::{connect, enter, offer_all};

/// Every id of a walk by cursor, in its order.
async fn walked(client: &Client, first: &str) -> Vec<String> {
    let (mut found, mut next) = (Vec::new(), first.to_owned());
    while !next.is_empty() {
        let page = expect(client.get(&next).await.unwrap(), 200);
        found.extend(ids(&page));
        next = page.text_at("/links/next");
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn while_users_are_created_a_walk_meets_everyone_who_was_there_exactly_once() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let mut there = add_users(&house, &account, 300).await;
    there.push(account.administrator_id.clone());
    let admin = &account.administrator;
    for order in ["", "&sort=-id", "&sort=email", "&sort=-email", "&sort=name", "&filter[status]=active"] {
        let is_over = AtomicBool::new(false);
        let invite = async {
            let mut number = 0;
            while !is_over.load(Ordering::SeqCst) || number == 0 {
                let email = format!("new{number}{}@acme.example", order.replace(['&', '=', '[', ']'], "-"));
                created(admin.post("/users", &invitation(&email, "Editor", Grants::ALL)).await.unwrap());
                number += 1;
            }
            number
        };
        let walk = async {
            let found = walked(admin, &format!("/users?page[size]=7{order}")).await;
            is_over.store(true, Ordering::SeqCst);
            found
        };
        let (invited, found) = tokio::join!(invite, walk);
        let mut times = BTreeMap::new();
        for id in found {
            *times.entry(id).or_insert(0) += 1;
        }
        assert!(times.values().all(|times| *times == 1), "{order}: someone was met twice");
        let missed: Vec<_> = there.iter().filter(|id| !times.contains_key(*id)).collect();
        assert!(missed.is_empty(), "{order}: {invited} were invited meanwhile, and {missed:?} missed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_is_good_for_its_own_list_alone() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let other = house.account("other").await;
    let admin = &account.administrator;
    add_users(&house, &account, 10).await;
    add_users(&house, &other, 10).await;
    account.organizations("Client", 3).await;
    let first = expect(admin.get("/users?page[size]=3&filter[role_name]=Editor").await.unwrap(), 200);
    let next = first.text_at("/links/next");
    let cursor = next.rsplit("page%5Bafter%5D=").next().unwrap().to_owned();
    assert_eq!(ids(&expect(admin.get(&next).await.unwrap(), 200)).len(), 3);
    // The size of the page and what is included are free to change, and `-` is `_`.
    for free in ["page[size]=2", "include=groups", "page[size]=1000"] {
        let path = format!("/users/?{free}&filter[role-name]=Editor&page[after]={cursor}");
        expect(admin.get(&path).await.unwrap(), 200);
    }
    for at in 0..cursor.len() {
        let mut altered: Vec<char> = cursor.chars().collect();
        altered[at] = if altered[at] == 'A' { 'B' } else { 'A' };
        let altered: String = altered.into_iter().collect();
        let path = format!("/users?filter[role_name]=Editor&page[after]={altered}");
        refused(admin.get(&path).await.unwrap(), 400, "invalid-cursor");
    }
    let others = [
        format!("/users?page[after]={cursor}"),
        format!("/users?filter[role_name]=Manager&page[after]={cursor}"),
        format!("/users?filter[role_name]=Editor&filter[my_glue]=false&page[after]={cursor}"),
        format!("/users?filter[role_name]=Editor&sort=-id&page[after]={cursor}"),
        format!("/organizations?page[after]={cursor}"),
        format!("/logs?page[after]={cursor}"),
        "/users?filter[role_name]=Editor&page[after]=nonsense!".to_owned(),
    ];
    for path in others {
        let answer = refused(admin.get(&path).await.unwrap(), 400, "invalid-cursor");
        assert_eq!(answer.text_at("/errors/0/source/parameter"), "page[after]", "{path}");
    }
    let path = format!("/users?filter[role_name]=Editor&page[after]={cursor}");
    refused(other.administrator.get(&path).await.unwrap(), 400, "invalid-cursor");
    refused(admin.get(&format!("{path}&page[number]=2")).await.unwrap(), 400, "bad-parameter");
    refused(admin.get("/users?page[size]=3&page[size]=4").await.unwrap(), 400, "bad-parameter");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_of_home_is_none_in_a_host() {
    let house = House::start().await;
    let host = house.account("acme").await;
    let noc = house.account("noc").await;
    connect(&house, &host, &noc, &offer_all("noc", "Editor")).await;
    host.organizations("Client", 3).await;
    noc.organizations("Own", 3).await;
    let page = expect(noc.administrator.get("/organizations?page[size]=2").await.unwrap(), 200);
    let cursor = page.text_at("/links/next").rsplit('=').next().unwrap().to_owned();
    let visitor = enter(&noc.administrator, &host.id).await;
    let path = format!("/organizations?page[after]={cursor}");
    refused(visitor.get(&path).await.unwrap(), 400, "invalid-cursor");
    assert_eq!(ids(&expect(noc.administrator.get(&path).await.unwrap(), 200)).len(), 1);
    assert_eq!(walked(&visitor, "/organizations?page[size]=1").await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_walk_by_cursor_says_where_it_is_and_an_empty_list_that_it_is_empty() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let admin = &account.administrator;
    let page = expect(admin.get("/organizations").await.unwrap(), 200);
    assert_eq!(page.at("/data"), json!([]));
    assert_eq!(
        page.at("/meta"),
        json!({"current-page": 1, "next-page": null, "prev-page": null, "total-pages": 0, "total-count": 0,
            "has-next-page": false, "filters": {}})
    );
    assert_eq!(page.at("/links/next"), json!(null));
    let made = account.organizations("Client", 5).await;
    let first = expect(admin.get("/organizations?page_size=2").await.unwrap(), 400);
    assert_eq!(first.text_at("/errors/0/code"), "unknown-parameter");
    let first = expect(admin.get("/organizations/?page[size]=2").await.unwrap(), 200);
    assert_eq!(first.at("/meta/total-count"), json!(5));
    assert_eq!(first.at("/meta/next-page"), json!(2));
    let second = expect(admin.get(&first.text_at("/links/next")).await.unwrap(), 200);
    assert_eq!(ids(&second), made[2..4]);
    assert_eq!(second.at("/meta/current-page"), json!(2));
    assert_eq!((second.at("/meta/next-page"), second.at("/meta/prev-page")), (json!(3), json!(1)));
    assert_eq!(ids(&expect(admin.get(&second.text_at("/links/prev")).await.unwrap(), 200)), made[..2]);
    assert_eq!(second.at("/meta/has-next-page"), json!(true));
    let third = expect(admin.get(&second.text_at("/links/next")).await.unwrap(), 200);
    assert_eq!(ids(&third), made[4..]);
    assert_eq!((third.at("/links/next"), third.at("/meta/has-next-page")), (json!(null), json!(false)));
    let again = expect(admin.get(&third.text_at("/links/first")).await.unwrap(), 200);
    assert_eq!(ids(&again), made[..2]);
    // What a cursor points behind may be gone.
    let cursor_to_third = second.text_at("/links/next");
    expect(admin.delete(&format!("/organizations/{}", made[3]), None).await.unwrap(), 204);
    assert_eq!(ids(&expect(admin.get(&cursor_to_third).await.unwrap(), 200)), made[4..]);
    assert_eq!(expect(admin.get("/organizations").await.unwrap(), 200).at("/meta/total-count"), json!(4));
}

#[tokio::test(flavor = "multi_thread")]
async fn totals_follow_what_is_made_and_removed() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let admin = &account.administrator;
    let total = async |list: &str| {
        let free = expect(admin.get(&format!("/{list}?page[size]=1")).await.unwrap(), 200);
        // A filter that admits everything counts one by one.
        let name = if list == "users" { "filter[my_glue]=false" } else { "sort=name" };
        let counted = expect(admin.get(&format!("/{list}?page[size]=1&{name}")).await.unwrap(), 200);
        assert_eq!(free.at("/meta/total-count"), counted.at("/meta/total-count"), "{list}");
        free.at("/meta/total-count").as_u64().unwrap()
    };
    let made = account.organizations("Client", 3).await;
    let group = account.group("Desk", &[&made[0]]).await;
    let emails: Vec<String> = (0..60).map(|number| format!("u{number}@acme.example")).collect();
    let many = invitations(emails.iter().map(String::as_str), "Editor", Grants::groups(&[&group]));
    let invited = ids(&created(admin.post("/users", &many).await.unwrap()));
    assert_eq!((total("users").await, total("organizations").await, total("groups").await), (61, 3, 1));
    expect(admin.delete(&format!("/users/{}", invited[7]), None).await.unwrap(), 204);
    refused(admin.delete(&format!("/users/{}", invited[7]), None).await.unwrap(), 404, "not-found");
    expect(admin.delete(&format!("/organizations/{}", made[2]), None).await.unwrap(), 204);
    let empty =
        created(admin.post("/groups", &resource("groups", json!({"name": "Empty"}))).await.unwrap()).id();
    assert_eq!((total("users").await, total("organizations").await, total("groups").await), (60, 2, 2));
    expect(admin.delete(&format!("/groups/{empty}"), None).await.unwrap(), 204);
    assert_eq!(total("groups").await, 1);
}

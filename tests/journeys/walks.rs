//! Whatever a client follows, it goes through the whole list: links, numbers, cursors; and each page says the same in `meta` and
//! in `links`.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

use journeys::{Account, Answer, Client, House, created, expect, ids, is_thorough, resource};
use policy::Limits;
use serde_json::{Value, json};
use store::keys;

use crate::filled::{add_users, count, entry_key, item, padded, with, write};
use crate::glueconnect::offer_all;

/// A house whose clients may ask for as many pages as they like.
async fn house() -> House {
    House::start_within(Limits { requests: u32::MAX, ..Limits::default() }).await
}

/// Whether a list that is like another one is walked with so many rows.
fn once(rows: usize) -> bool {
    [1, 51, 101].contains(&rows)
}

/// How many rows the lists have: fewer of these where nobody asks for all.
fn sizes_of_lists() -> &'static [usize] {
    if is_thorough() { &[0, 1, 50, 51, 100, 101, 227] } else { &[0, 1, 51, 101] }
}

/// So many rows are on a page.
const SIZES: [usize; 3] = [1, 50, 1_000];

/// What holds for every page.
fn agrees(page: &Answer, asked: &str) -> usize {
    let meta = |name: &str| page.at(&format!("/meta/{name}"));
    let link = |name: &str| page.at(&format!("/links/{name}"));
    let current =
        meta("current-page").as_u64().unwrap_or_else(|| panic!("{asked}: no number: {}", page.text));
    let has_next = link("next").is_string();
    assert_eq!(meta("next-page"), if has_next { json!(current + 1) } else { json!(null) }, "{asked}");
    assert_eq!(meta("has-next-page"), json!(has_next), "{asked}");
    assert_eq!(meta("prev-page").is_null(), link("prev").is_null(), "{asked}");
    assert_eq!(meta("total-pages").is_null(), link("last").is_null(), "{asked}");
    assert_eq!(meta("total-pages").is_null(), meta("total-count").is_null(), "{asked}");
    assert!(link("self").is_string() && link("first").is_string(), "{asked}");
    if let Some(pages) = meta("total-pages").as_u64() {
        assert_eq!(has_next, current < pages, "{asked}: page {current} of {pages}");
        let before = (current - 1).min(if current > pages { pages } else { u64::MAX });
        let before = if before == 0 { json!(null) } else { json!(before) };
        assert_eq!(meta("prev-page"), before, "{asked}: page {current} of {pages}");
    } else {
        assert_eq!(meta("prev-page"), if current == 1 { json!(null) } else { json!(current - 1) }, "{asked}");
    }
    usize::try_from(current).unwrap()
}

async fn page(client: &Client, path: &str) -> Answer {
    let page = expect(client.get(path).await.unwrap(), 200);
    agrees(&page, path);
    page
}

/// As the Python and Ruby packages do: they follow `links.next` as long as `meta.next-page` says something.
async fn by_links(client: &Client, start: &str) -> Vec<String> {
    let (mut met, mut next, mut number) = (Vec::new(), start.to_owned(), 1);
    loop {
        let page = page(client, &next).await;
        // A page of a search by cursor may be a short one.
        assert!(next.contains("search") || page.at("/meta/current-page") == json!(number), "{next}");
        met.extend(ids(&page));
        if page.at("/meta/next-page").is_null() {
            return met;
        }
        next = page.text_at("/links/next");
        number += 1;
    }
}

/// As scripts do: they count until a page is empty.
async fn until_empty(client: &Client, list: &str, size: usize) -> Vec<String> {
    let mut met = Vec::new();
    for number in 1.. {
        let page = page(client, &format!("{list}page[size]={size}&page[number]={number}")).await;
        if ids(&page).is_empty() {
            let before = page.text_at("/links/prev");
            assert_eq!(before.is_empty(), met.is_empty());
            if !before.is_empty() {
                let last = expect(client.get(&before).await.unwrap(), 200);
                assert_eq!(ids(&last).last(), met.last(), "{before} is the last page that has something");
            }
            break;
        }
        met.extend(ids(&page));
    }
    met
}

/// As the PowerShell modules do: the first page as it comes, then the number that `meta` names.
async fn by_numbers(client: &Client, list: &str, size: usize) -> Vec<String> {
    let (mut met, mut path) = (Vec::new(), format!("{list}page[size]={size}"));
    loop {
        let page = page(client, &path).await;
        met.extend(ids(&page));
        let Some(next) = page.at("/meta/next-page").as_u64() else { return met };
        path = format!("{list}page[size]={size}&page[number]={next}");
    }
}

/// Goes through a list in every way, and answers what it met.
async fn walked(client: &Client, list: &str, rows: usize) -> Vec<String> {
    let list = format!("{list}{}", if list.contains('?') { "&" } else { "?" });
    let mut all: Option<Vec<String>> = None;
    for size in SIZES {
        // One at a time is the same walk, and a long one.
        if size == 1
            && rows > 1
            && !(rows == 51 && ["/organizations?", "/users?", "/logs?"].contains(&list.as_str()))
        {
            continue;
        }
        let ways = [
            ("links", by_links(client, &format!("{list}page[size]={size}")).await),
            ("cursors", by_links(client, &format!("{list}page[size]={size}&page[after]=")).await),
            (
                "links from a number on",
                by_links(client, &format!("{list}page[size]={size}&page[number]=1")).await,
            ),
            ("numbers until one is empty", until_empty(client, &list, size).await),
            ("numbers that meta names", by_numbers(client, &list, size).await),
        ];
        for (way, met) in ways {
            let different: BTreeSet<_> = met.iter().collect();
            assert_eq!(different.len(), met.len(), "{list} by {way}, {size} on a page: something twice");
            let all = all.get_or_insert_with(|| met.clone());
            assert_eq!(&met, all, "{list} by {way}, {size} on a page");
        }
    }
    let behind = page(client, &format!("{list}page[size]=50&page[number]=1000")).await;
    assert_eq!(behind.at("/data"), json!([]));
    all.unwrap()
}

/// A thing of which there are to be many: copies of its item, each with the next id.
struct Copies {
    made: Value,
    first: u64,
    so_far: usize,
}

impl Copies {
    async fn of(house: &House, pk: &str, id: &str) -> Self {
        let first = id.parse().unwrap();
        Self { made: item(house, pk, &padded(first)).await, first, so_far: 0 }
    }

    /// Until there are so many, the first one counted.
    async fn up_to(&mut self, house: &House, rows: usize) -> usize {
        let more = rows.saturating_sub(self.so_far + 1);
        let copy = |number: usize| {
            let id = self.first + number as u64;
            let pk = self.made["pk"]["S"].as_str().unwrap();
            // Those of a log are spread.
            let spread =
                keys::log_of(pk).map(|(account, month)| entry_key(&account.to_string(), month, id).pk);
            let pk = spread.unwrap_or_else(|| pk.to_owned());
            with(&self.made, json!({"pk": {"S": pk}, "sk": {"S": padded(id)}, "id": {"N": id.to_string()}}))
        };
        let copies: Vec<_> = (1..=more).map(|number| copy(self.so_far + number)).collect();
        write(house, &copies).await;
        self.so_far += more;
        more
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn organizations_and_all_that_is_made_of_them() {
    let house = house().await;
    let account = house.account("acme").await;
    let admin = &account.administrator;
    assert!(walked(admin, "/organizations", 0).await.is_empty());
    assert!(walked(admin, "/access/organizations", 0).await.is_empty());
    let id = account.organization("Client").await;
    let mut copies = Copies::of(&house, &format!("A#{}#ORGANIZATIONS", account.id), &id).await;
    for rows in &sizes_of_lists()[1..] {
        let more = copies.up_to(&house, *rows).await;
        count(&house, &account.id, "organization_count", more).await;
        let others =
            ["/organizations?sort=-name", "/organizations?filter[search]=cli", "/access/organizations"];
        let others = others.into_iter().filter(|_| once(*rows));
        for list in std::iter::once("/organizations").chain(others) {
            assert_eq!(walked(admin, list, *rows).await.len(), *rows, "{list}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_keys_and_connections() {
    let house = house().await;
    let account = house.account("acme").await;
    house.account("noc").await;
    let admin = &account.administrator;
    for list in ["/groups", "/api-keys", "/connections"] {
        assert!(walked(admin, list, 0).await.is_empty(), "{list}");
    }
    assert_eq!(walked(admin, "/providers", 2).await.len(), 2);
    assert_eq!(walked(admin, "/sessions", 1).await.len(), 1);
    let of = |kind: &str| format!("A#{}#{kind}", account.id);
    let group = account.group("Desk", &[]).await;
    let key = json!({"name": "Sync", "role-name": "Editor", "all-organizations": true});
    let key = created(admin.post("/api-keys", &resource("api-keys", key)).await.unwrap()).id();
    let offered = created(admin.post("/connections", &offer_all("noc", "Editor")).await.unwrap()).id();
    assert!(walked(admin, &format!("/connections/{offered}/users"), 0).await.is_empty());
    let mut groups = Copies::of(&house, &of("GROUPS"), &group).await;
    let mut keys = Copies::of(&house, &of("API-KEYS"), &key).await;
    let mut connections = Copies::of(&house, &of("CONNECTIONS"), &offered).await;
    for rows in &sizes_of_lists()[1..] {
        let more = groups.up_to(&house, *rows).await;
        count(&house, &account.id, "group_count", more).await;
        keys.up_to(&house, *rows).await;
        connections.up_to(&house, *rows).await;
        let others = ["/groups?sort=name", "/api-keys", "/connections?filter[status]=pending"];
        let others = others.into_iter().filter(|_| once(*rows));
        for list in ["/groups", "/connections"].into_iter().chain(others) {
            assert_eq!(walked(admin, list, *rows).await.len(), *rows, "{list}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn users_and_who_reaches_what() {
    let house = house().await;
    let account = house.account("acme").await;
    let admin = &account.administrator;
    let bakery = account.organization("Bakery").await;
    let mut there = 1;
    for rows in &sizes_of_lists()[1..] {
        more_users(&house, &account, there, *rows).await;
        there = *rows;
        let reaching = format!("/access/users?filter[organization-id]={bakery}");
        let others = [
            "/users?sort=-email",
            "/users?sort=name",
            "/users?filter[status]=active",
            &reaching,
            "/access/review",
        ];
        let others = others.into_iter().filter(|_| once(*rows));
        for list in std::iter::once("/users").chain(others) {
            assert_eq!(walked(admin, list, *rows).await.len(), *rows, "{list}");
        }
    }
    for size in [1, 50] {
        let path = format!("/users?page[size]={size}");
        assert_eq!(by_links(admin, &path).await.len(), there);
    }
}

/// From so many users to so many.
async fn more_users(house: &House, account: &Account, there: usize, rows: usize) {
    let before = expect(account.administrator.get("/users?page[size]=1000").await.unwrap(), 200);
    assert_eq!(ids(&before).len(), there);
    if rows > there {
        // Those that are there already are written over by themselves.
        add_users(house, account, rows - 1).await;
        let counted_twice = i64::try_from(there - 1).unwrap();
        let request = json!({"Key": {"pk": {"S": format!("A#{}", account.id)}, "sk": {"S": "SECURITY"}},
            "UpdateExpression": "ADD user_count :less",
            "ExpressionAttributeValues": {":less": {"N": (-counted_twice).to_string()}}});
        house.dynamodb("UpdateItem", request).await;
    }
}

/// The log grows with each page that is read of it.
#[tokio::test(flavor = "multi_thread")]
async fn the_log() {
    let house = house().await;
    let account = house.account("acme").await;
    let admin = &account.administrator;
    let month = house.product.clock.now().month();
    let entries = house.log_of(&account.id, &month).await;
    let newest = entries.last().unwrap()["id"].as_str().unwrap().to_owned();
    let pk = entry_key(&account.id, &month, newest.parse().unwrap()).pk;
    let mut copies = Copies::of(&house, &pk, &newest).await;
    let others = entries.len() - 1;
    for rows in sizes_of_lists().iter().copied().filter(|rows| *rows > others) {
        copies.up_to(&house, rows - others).await;
        for list in
            ["/logs", "/logs?sort=created_at", "/logs?filter[account_id]=ACCOUNT", "/logs?filter[search]=ada"]
        {
            let list = list.replace("ACCOUNT", &account.id);
            let met = walked(admin, &list, rows).await;
            assert!(met.len() >= rows - others && met.len() <= rows, "{list}: {} of {rows}", met.len());
        }
    }
}

/// What two packages gave up after a hundred of, without an error.
#[tokio::test(flavor = "multi_thread")]
async fn thousands_are_met_to_the_last() {
    let house = house().await;
    let account = house.account("acme").await;
    add_users(&house, &account, 4_837).await;
    let admin = &account.administrator;
    for start in
        ["/users", "/users?page[after]=", "/users?sort=email", "/users?filter[my_glue]=false&page[size]=500"]
    {
        let met: BTreeSet<_> = by_links(admin, start).await.into_iter().collect();
        assert_eq!(met.len(), 4_838, "{start}");
    }
    assert_eq!(by_numbers(admin, "/users?", 500).await.len(), 4_838);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_things_come_and_go_a_walk_meets_all_that_stay_once() {
    let house = house().await;
    let account = house.account("acme").await;
    let admin = &account.administrator;
    let stay = account.organizations("Stays", 60).await;
    let mut leaving = account.organizations("Leaves", 40).await;
    for order in ["", "&sort=-id", "&sort=name", "&sort=-name,id", "&filter[search]=s"] {
        let is_over = AtomicBool::new(false);
        let come_and_go = async {
            let mut number = 0;
            while !is_over.load(Ordering::SeqCst) || number == 0 {
                leaving.push(account.organization(&format!("New {number}{order}")).await);
                let gone = leaving.remove(0);
                expect(admin.delete(&format!("/organizations/{gone}"), None).await.unwrap(), 204);
                number += 1;
            }
        };
        let walk = async {
            let met = by_links_while_changing(admin, &format!("/organizations?page[size]=7{order}")).await;
            is_over.store(true, Ordering::SeqCst);
            met
        };
        let ((), met) = tokio::join!(come_and_go, walk);
        let different: BTreeSet<_> = met.iter().collect();
        assert_eq!(different.len(), met.len(), "{order}: something was met twice");
        let missed: Vec<_> = stay.iter().filter(|id| !different.contains(id)).collect();
        assert!(missed.is_empty(), "{order}: {missed:?} were missed");
    }
}

async fn by_links_while_changing(client: &Client, start: &str) -> Vec<String> {
    let (mut met, mut next) = (Vec::new(), start.to_owned());
    loop {
        let page = expect(client.get(&next).await.unwrap(), 200);
        assert_eq!(page.at("/meta/next-page").is_null(), page.at("/links/next").is_null());
        met.extend(ids(&page));
        next = page.text_at("/links/next");
        if next.is_empty() {
            return met;
        }
    }
}

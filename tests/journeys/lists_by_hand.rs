//! Every filter and every sort of every collection, over two hundred random data sets, against the same list read whole and
//! filtered and sorted by hand.

use std::cmp::Ordering;
use std::time::Duration;

use journeys::{Account, Client, Grants, House, PASSWORD, created, expect, ids, invitation, resource, times};
use policy::Timestamp;
use serde_json::{Value, json};
use tokens::{Scope, SessionClaims, SigningKeys};

use crate::filled::{Dice, count, entry_key, item, padded, with, write};
use crate::glueconnect::offer_all;

/// Data sets in all, by [`times`], and how many of them are read at the same time.
const DATA_SETS: [usize; 2] = [200, 20];
const AT_ONCE: u64 = 4;

const ROLES: [&str; 6] = ["Lite", "Read-only", "Creator", "Editor", "Manager", "Administrator"];
const NAMES: [&str; 8] = ["Ann", "ann", "Zoë Ångström", "Bakery, Inc", "O'Neil", "Éa", "bob", "Bakery"];

/// An account whose Administrator does not have to sign in, which would take most of the time.
async fn account(house: &House, subdomain: &str) -> Account {
    let email = format!("admin@{subdomain}.example");
    let attributes = json!({"name": subdomain, "subdomain": subdomain, "email": email, "first-name": "Ada",
        "last-name": "Admin", "password": PASSWORD});
    let opened = created(house.nobody.post("/accounts", &resource("accounts", attributes)).await.unwrap());
    let (id, administrator_id) = (opened.id(), opened.text_at("/meta/user-id"));
    let now = house.product.clock.now();
    let session = SessionClaims {
        id: policy::SessionId::NOBODY,
        user: administrator_id.parse().unwrap(),
        person: policy::PersonKey::NOBODY,
        home_account: id.parse().unwrap(),
        account: id.parse().unwrap(),
        connection: None,
        mfa: false,
        scope: Scope::Full,
        epoch: 1,
        issued_at: now,
        expires_at: now.after(Duration::from_secs(3_600)),
    };
    let keys = SigningKeys::from_jwks(&house.product.surroundings.keys).unwrap();
    let administrator = house.nobody.with_token(&keys.sign_session(&session).unwrap());
    Account { subdomain: subdomain.to_owned(), id, administrator, administrator_id }
}

fn number(value: i64) -> Value {
    json!({"N": value.to_string()})
}

fn text(value: &str) -> Value {
    json!({"S": value})
}

/// Fills an account with copies, changed at random, of one thing of each kind, and answers until when its log is filled.
async fn fill(house: &House, account: &Account, delegate: &Account, dice: &mut Dice) -> Timestamp {
    let now = house.product.clock.now().as_millis();
    let of = |kind: &str| format!("A#{}#{kind}", account.id);
    let mut items = Vec::new();

    let organization: u64 = account.organization("Bakery").await.parse().unwrap();
    let made = item(house, &of("ORGANIZATIONS"), &padded(organization)).await;
    let organizations: Vec<u64> = (1..=6 + dice.roll(8) as u64).map(|more| organization + more * 3).collect();
    for id in &organizations {
        let parent = if dice.flip() { json!(null) } else { number(organization as i64) };
        items.push(with(
            &made,
            json!({"sk": text(&padded(*id)), "id": number(*id as i64), "parent_id": parent,
            "name": text(dice.pick(&NAMES)), "short_name": text(dice.pick(&["", "ba", "BA", "x"])),
            "updated_at": number(now + dice.roll(5) as i64)}),
        ));
    }
    count(house, &account.id, "organization_count", organizations.len()).await;

    let group: u64 = account.group("Desk", &[]).await.parse().unwrap();
    let made = item(house, &of("GROUPS"), &padded(group)).await;
    let groups: Vec<u64> = (1..=4 + dice.roll(6) as u64).map(|more| group + more * 5).collect();
    for id in &groups {
        items.push(with(
            &made,
            json!({"sk": text(&padded(*id)), "id": number(*id as i64),
            "name": text(dice.pick(&NAMES)), "updated_at": number(now + dice.roll(5) as i64)}),
        ));
    }
    count(house, &account.id, "group_count", groups.len()).await;

    let email = format!("first@{}.example", account.subdomain);
    let invited =
        account.administrator.post("/users", &invitation(&email, "Editor", Grants::ALL)).await.unwrap();
    let user: u64 = created(invited).id().parse().unwrap();
    let made = item(house, &of("USERS"), &padded(user)).await;
    let address = item(house, &of("EMAILS"), &email).await;
    let link = item(house, &of(&format!("USER#{user}")), "INVITATION").await;
    let users: Vec<u64> = (1..=10 + dice.roll(10) as u64).map(|more| user + more * 7).collect();
    for id in &users {
        let email =
            format!("{}{id}@{}.example", dice.pick(&["ann", "bob", "zed", "a-b", "a_b"]), account.subdomain);
        let my_glue = dice.flip();
        items.push(with(&made, json!({"sk": text(&padded(*id)), "id": number(*id as i64), "email": text(&email),
            "first_name": text(dice.pick(&NAMES)), "last_name": text(dice.pick(&["", "Miller", "miller"])),
            "role": text(dice.pick(&ROLES)), "status": text(dice.pick(&["invited", "invited", "active", "suspended"])),
            "my_glue": {"BOOL": my_glue}, "updated_at": number(now + dice.roll(5) as i64)})));
        items.push(with(&address, json!({"sk": text(&email), "user_id": number(*id as i64)})));
        let ends = if dice.flip() { now + 3_600_000 } else { now - 1 };
        items.push(with(
            &link,
            json!({"pk": text(&of(&format!("USER#{id}"))), "user_id": number(*id as i64),
            "delivery": text("sent"), "expires_at": number(ends), "due_shard": null, "due_at": null}),
        ));
    }
    count(house, &account.id, "user_count", users.len()).await;

    for (from, to) in [(account, delegate), (delegate, account)] {
        let offered =
            from.administrator.post("/connections", &offer_all(&to.subdomain, "Editor")).await.unwrap();
        let connection: u64 = created(offered).id().parse().unwrap();
        let made = item(house, &format!("A#{}#CONNECTIONS", from.id), &padded(connection)).await;
        let pointer = item(house, &format!("A#{}#RECEIVED", to.id), &padded(connection)).await;
        for more in 1..=2 + dice.roll(4) as u64 {
            let id = connection + more * 11;
            let state = dice.pick(&["pending", "active", "suspended", "declined", "ended"]);
            let ends = if dice.flip() { json!(null) } else { number(now - 1) };
            items.push(with(
                &made,
                json!({"sk": text(&padded(id)), "id": number(id as i64), "state": text(state),
                "ends_at": ends, "updated_at": number(now + dice.roll(5) as i64)}),
            ));
            items.push(with(&pointer, json!({"sk": text(&padded(id)), "connection_id": number(id as i64)})));
        }
    }

    let month = house.product.clock.now().month();
    let log = house.log_of(&account.id, &month).await;
    let newest: u64 = log.last().unwrap()["id"].as_str().unwrap().parse().unwrap();
    let now = house.product.clock.now();
    let made = item(house, &entry_key(&account.id, &month, newest).pk, &padded(newest)).await;
    for more in 1..=15 + dice.roll(15) as u64 {
        // As the product makes them: never behind the time.
        let at = now.after(Duration::from_millis(more / 3));
        let id = policy::id::compose(at, u16::try_from(more).unwrap()).get();
        let organization = if dice.flip() { json!(null) } else { number(dice.pick(&organizations) as i64) };
        // Some where all were before they were spread.
        let pk =
            if dice.flip() { entry_key(&account.id, &month, id).pk } else { of(&format!("LOG#{month}")) };
        items.push(with(&made, json!({"pk": text(&pk), "sk": text(&padded(id)), "id": number(id as i64),
            "created_at": number(at.as_millis()), "action": text(dice.pick(&["create", "read", "update", "delete"])),
            "resource_type": text(dice.pick(&["users", "organizations", "connection-invitations"])),
            "user_id": number(dice.pick(&users) as i64), "organization_id": organization,
            "account_id": number(dice.pick(&[&account.id, &delegate.id]).parse().unwrap())})));
    }
    write(house, &items).await;
    // What is done from here on, reading the log among it, is later than all of that.
    house.product.clock.advance(1_000);
    now.after(Duration::from_millis(100))
}

fn attribute<'a>(row: &'a Value, name: &str) -> &'a Value {
    if name == "id" { &row["id"] } else { &row["attributes"][name] }
}

fn id(row: &Value) -> u64 {
    row["id"].as_str().unwrap().parse().unwrap()
}

/// In the order of this sort, by hand.
fn sorted(mut rows: Vec<Value>, sort: &str) -> Vec<Value> {
    let (name, down) = sort.strip_prefix('-').map_or((sort, false), |name| (name, true));
    let by_hand = |left: &Value, right: &Value| -> Ordering {
        let words = |row: &Value| lists::sorted(attribute(row, name).as_str().unwrap_or_default());
        let place = |row: &Value| {
            let status = row["attributes"]["status"].as_str();
            ["invited", "expired", "active", "suspended"].iter().position(|known| Some(*known) == status)
        };
        let letters = |row: &Value| attribute(row, name).as_str().unwrap_or_default().to_owned();
        let order = match name {
            "" | "id" | "created_at" | "reputation" => Ordering::Equal,
            "name" => words(left).cmp(&words(right)),
            "email" => letters(left).cmp(&letters(right)),
            "status" => place(left).cmp(&place(right)),
            "short_name" => {
                let words = |row: &Value| lists::sorted(row["attributes"]["short-name"].as_str().unwrap());
                words(left).cmp(&words(right))
            }
            "updated_at" => {
                left["attributes"]["updated-at"].as_str().cmp(&right["attributes"]["updated-at"].as_str())
            }
            other => panic!("no sort {other} by hand"),
        };
        order.then(id(left).cmp(&id(right)))
    };
    rows.sort_by(by_hand);
    if down {
        rows.reverse();
    }
    rows
}

/// A filter with a value out of the data, and whether a row passes it, by hand.
type ByHand = (String, Box<dyn Fn(&Value) -> bool + Send>);

/// What one of the rows says of this; `null` if there is none.
fn sample_of(rows: &[Value], name: &str, dice: &mut Dice) -> Value {
    if rows.is_empty() { Value::Null } else { attribute(&rows[dice.roll(rows.len())], name).clone() }
}

fn filter(collection: &str, name: &str, rows: &[Value], dice: &mut Dice) -> ByHand {
    let hyphenated = name.replace('_', "-");
    let sample = |dice: &mut Dice| sample_of(rows, &hyphenated, dice);
    match (collection, name) {
        ("users", "name") => {
            let whole = sample(dice).as_str().unwrap_or("nobody").to_uppercase();
            let part: String = whole.chars().take(1 + dice.roll(4)).collect();
            let wanted = policy::text::folded(&part);
            let is = move |row: &Value| {
                policy::text::folded(row["attributes"]["name"].as_str().unwrap()).contains(&wanted)
            };
            (part, Box::new(is))
        }
        (_, "search") => {
            let whole = sample_of(rows, "name", dice).as_str().unwrap_or("nobody").to_uppercase();
            let part: String = whole.chars().take(1 + dice.roll(4)).collect();
            let wanted = policy::text::folded(&part);
            let is = move |row: &Value| {
                let texts = ["name", "email", "short-name"]
                    .map(|name| attribute(row, name).as_str().unwrap_or_default());
                texts.iter().any(|text| policy::text::folded(text).contains(&wanted))
            };
            (part, Box::new(is))
        }
        (_, "name" | "short_name") => {
            let wanted = sample(dice).as_str().unwrap_or_default().to_uppercase();
            // An empty filter is none.
            let wanted = if wanted.is_empty() { "nothing".to_owned() } else { wanted };
            let folded = policy::text::folded(&wanted);
            let is = move |row: &Value| {
                policy::text::folded(attribute(row, &hyphenated).as_str().unwrap()) == folded
            };
            (wanted, Box::new(is))
        }
        ("users", "my_glue") => {
            let wanted = dice.flip();
            (wanted.to_string(), Box::new(move |row| row["attributes"]["my-glue"] == json!(wanted)))
        }
        ("logs", "created_at") => {
            let mut ends = [sample(dice), sample(dice)].map(|end| end.as_str().unwrap_or("*").to_owned());
            ends.sort();
            if dice.flip() {
                ends[dice.roll(2)] = "*".to_owned();
            }
            let [start, end] = ends;
            let wanted = format!("{start},{end}");
            let is = move |row: &Value| {
                let at = row["attributes"]["created-at"].as_str().unwrap();
                (start == "*" || at >= start.as_str()) && (end == "*" || at <= end.as_str())
            };
            (wanted, Box::new(is))
        }
        _ => {
            // One or two values of the data, or, rarely, a value that nobody has.
            let mut wanted: Vec<String> =
                (0..=dice.roll(2)).filter_map(|_| sample(dice).as_str().map(str::to_owned)).collect();
            if wanted.is_empty() {
                wanted.push("1".to_owned());
            }
            let asked = wanted.join(",");
            let is = move |row: &Value| {
                attribute(row, &hyphenated)
                    .as_str()
                    .is_some_and(|value| wanted.iter().any(|any| any == value))
            };
            (asked, Box::new(is))
        }
    }
}

/// The collections, their filters and their sorts, as the contract names them.
const COLLECTIONS: [(&str, &[&str], &[&str]); 5] = [
    (
        "users",
        &["id", "name", "email", "role_name", "status", "my_glue", "search"],
        &["name", "email", "id", "status", "created_at", "updated_at", "reputation"],
    ),
    (
        "organizations",
        &["id", "name", "parent_id", "short_name", "search"],
        &["name", "id", "created_at", "updated_at", "short_name"],
    ),
    ("groups", &["id", "name", "search"], &["name", "id", "created_at", "updated_at"]),
    ("connections", &["direction", "status"], &["id", "created_at", "updated_at"]),
    (
        "logs",
        &["created_at", "action", "account_id", "user_id", "organization_id", "resource_type"],
        &["created_at"],
    ),
];

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Asks for one list in a random way, page by page, by number or by cursor, and compares.
async fn compare(
    admin: &Client,
    collection: usize,
    whole: &[Value],
    until: Timestamp,
    seed: u64,
    dice: &mut Dice,
) {
    let (collection, filters, sorts) = COLLECTIONS[collection];
    let (mut query, mut expected) = (String::new(), whole.to_vec());
    for name in filters {
        // Alone, in twos and threes, or none of them.
        if dice.roll(filters.len()) < 2 {
            let (mut wanted, is) = filter(collection, name, whole, dice);
            if wanted.ends_with(",*") {
                wanted = wanted.replace(",*", &format!(",{until}"));
            }
            let spelled = if dice.flip() { (*name).to_owned() } else { name.replace('_', "-") };
            query += &format!("&filter[{spelled}]={}", encoded(&wanted));
            expected.retain(|row| is(row));
        }
    }
    if collection == "logs" && !query.contains("created") {
        query += &format!("&filter[created_at]=*,{until}");
    }
    let mut sort = String::new();
    if dice.roll(4) > 0 {
        sort = format!("{}{}", if dice.flip() { "-" } else { "" }, dice.pick(sorts));
        query += &format!("&sort={}", if dice.flip() { sort.clone() } else { sort.replace('_', "-") });
    }
    let in_order = if sort.is_empty() && collection == "logs" { "-created_at".to_owned() } else { sort };
    let expected: Vec<String> =
        sorted(expected, &in_order).iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
    let start = dice.pick(&["", "&page[number]=1", "&page[after]="]);
    let size = dice.pick(&[1, 5, 10, 25]).max(expected.len() / 6);
    let (mut found, mut next) = (Vec::new(), format!("/{collection}/?page[size]={size}{start}{query}"));
    let asked = next.clone();
    while !next.is_empty() {
        let page = admin.get(&next).await.unwrap();
        assert_eq!(page.status, 200, "data set {seed}: {next} answered {}", page.text);
        found.extend(ids(&page));
        if let Some(total) = page.at("/meta/total-count").as_u64() {
            assert_eq!(total, expected.len() as u64, "data set {seed}: the total of {asked}");
        }
        next = page.text_at("/links/next");
    }
    assert_eq!(found, expected, "data set {seed}: {asked}");
}

async fn data_set(house: &House, noc: &Account, seed: u64) {
    let mut dice = Dice::new(seed + 1);
    let acme = account(house, &format!("acme{seed}")).await;
    let until = fill(house, &acme, noc, &mut dice).await;
    for (place, (collection, ..)) in COLLECTIONS.iter().enumerate() {
        // Reading the log is written down in the log: what is compared is what was there before.
        let bound =
            if *collection == "logs" { format!("&filter[created_at]=*,{until}") } else { String::new() };
        let whole = expect(
            acme.administrator.get(&format!("/{collection}?page[size]=1000{bound}")).await.unwrap(),
            200,
        );
        let whole = whole.at("/data").as_array().unwrap().clone();
        assert!(whole.len() > 3, "data set {seed}: hardly any {collection}");
        for _ in 0..2 {
            compare(&acme.administrator, place, &whole, until, seed, &mut dice).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_filter_and_sort_agrees_with_reading_by_hand() {
    let house = House::start_with_much_mail().await;
    let noc = account(&house, "noc").await;
    let data_sets = u64::try_from(times(DATA_SETS)).unwrap();
    let one_in = async |lane: u64| {
        for seed in (lane..data_sets).step_by(usize::try_from(AT_ONCE).unwrap()) {
            data_set(&house, &noc, seed).await;
        }
    };
    tokio::join!(one_in(0), one_in(1), one_in(2), one_in(3));
}

//! What pages of lists cost is counted on the wire, in accounts of three hundred and of ten thousand users, and written down in
//! `tests/tables/cost-of-lists.txt`.

use std::fmt::Write as _;

use journeys::{Cable, Client, Cost, Grants, House, expect, ids};

use crate::filled::add_users;

/// What one request cost the function that answers it: the requests to DynamoDB, and the capacity units.
async fn cost(cable: &Cable, caller: &Client, path: &str) -> (u32, f64, String) {
    cable.forget();
    let answer = expect(caller.get(path).await.unwrap(), 200);
    assert!(!ids(&answer).is_empty() || path.contains("nobody"), "nothing on the page {path}");
    let Cost { requests, read, write } = cable.costs()["manage-users"];
    (requests, read + write, answer.text_at("/links/next"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_costs_what_is_on_it_and_not_what_the_account_has() {
    let mut table = String::from(
        "What a page of GET /users costs: requests to DynamoDB and capacity units, everything included: who calls, the page,\n\
         its invitations and groups, the entry in the log.\n\n",
    );
    let questions = [
        ("the first page", "/users?page[size]=50"),
        ("the first page by cursor", "/users?page[size]=50&page[after]="),
        ("the first page by address", "/users?page[size]=50&sort=email"),
        ("one by address", "/users?filter[email]=admin@acme.example"),
        ("page 2 by number", "/users?page[size]=50&page[number]=2"),
        ("the last page by number", "/users?page[size]=50&page[number]=LAST"),
        ("by name", "/users?page[size]=50&sort=name"),
        ("of one role, with a total", "/users?page[size]=50&filter[role_name]=Editor"),
        ("of one role, by cursor", "/users?page[size]=50&filter[role_name]=Editor&page[after]="),
        ("the rarest, by cursor", "/users?page[size]=50&filter[role_name]=Administrator&page[after]="),
        ("a search that many fit", "/users?page[size]=50&filter[search]=user"),
        ("a search that none fits", "/users?page[size]=50&filter[search]=nobody"),
        ("a search, none, by cursor", "/users?page[size]=50&filter[search]=nobody&page[after]="),
        // As the console asks, where somebody types.
        ("a search, none, by name", "/users?page[size]=20&sort=name&filter[search]=nobody"),
        ("pending ones on top", "/users?page[size]=50&sort=status,name"),
        ("of one organization", "/users?page[size]=50&filter[organization_id]=ORGANIZATION"),
        ("of one group", "/users?page[size]=50&filter[group_id]=GROUP"),
        ("by what the mail became", "/users?page[size]=50&filter[invitation_delivery]=sent"),
    ];
    let mut costs = Vec::new();
    for users in [300, 10_000] {
        let (house, cable) = House::start_on_a_cable_to_dynamodb().await;
        let account = house.account("acme").await;
        let organization = account.organization("Bakery").await;
        let group = account.group("Desk", &[&organization]).await;
        account.invite("ann", "Editor", Grants::groups(&[&group])).await;
        house.mails("ann@acme.example").await;
        add_users(&house, &account, users - 2).await;
        let admin = &account.administrator;
        // The first request of all begins its caller's count of requests.
        expect(admin.get("/users?page[size]=1").await.unwrap(), 200);
        let mut of_this = Vec::new();
        for (name, path) in questions {
            let path = path.replace("LAST", &(users / 50).to_string());
            let path = path.replace("ORGANIZATION", &organization).replace("GROUP", &group);
            let (requests, units, _) = cost(&cable, admin, &path).await;
            of_this.push((name, requests, units));
        }
        // A page in the middle of a walk costs what the first one did.
        let mut next = format!("/users?page[size]={}&page[after]=", users / 10);
        for _ in 0..5 {
            (_, _, next) = cost(&cable, admin, &next).await;
        }
        let next = next.replace(&format!("page%5Bsize%5D={}", users / 10), "page[size]=50");
        let (requests, units, _) = cost(&cable, admin, &next).await;
        of_this.push(("in the middle, by cursor", requests, units));
        costs.push(of_this);
    }
    writeln!(table, "{:<28} {:>16} {:>18}", "", "of 300 users", "of 10,000 users").unwrap();
    for (small, large) in costs[0].iter().zip(&costs[1]) {
        let (name, small, large) = (small.0, (small.1, small.2), (large.1, large.2));
        writeln!(table, "{name:<28} {:>5} {:>10.1} {:>7} {:>10.1}", small.0, small.1, large.0, large.1)
            .unwrap();
        // Whatever the account has: 2,000 rows by cursor, and 20,000 otherwise.
        if name.contains("search") {
            let bound = if name.contains("cursor") { 200.0 } else { 1_700.0 };
            assert!(large.1 <= bound, "{name}: {} units", large.1);
        }
        let in_proportion = name.contains("first") || name.contains("by cursor") || name.contains("address");
        if in_proportion && !name.contains("rarest") && !name.contains("search") {
            // A filter may have to look a little further than the page is long.
            assert!(large.0 <= small.0 + 1, "{name}: {} and {} requests", small.0, large.0);
            assert!(large.1 <= small.1 * 1.2, "{name}: {} and {} units", small.1, large.1);
        }
    }
    println!("{table}");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tables/cost-of-lists.txt");
    if std::env::var_os("UPDATE_TABLES").is_some() {
        std::fs::write(path, &table).unwrap();
    }
    let known = std::fs::read_to_string(path).unwrap_or_default();
    let numbers = |table: &str| -> Vec<f64> {
        let lines = table.lines().skip(4);
        lines.flat_map(|line| line[28..].split_whitespace().map(|word| word.parse().unwrap())).collect()
    };
    // Ids and ages make an item some bytes longer or shorter, and what is read to the end of an account has many of them.
    let is_close = |now: f64, then: f64| (now - then).abs() <= 1.0 + then * 0.05;
    let same = numbers(&table).iter().zip(numbers(&known)).all(|(now, then)| is_close(*now, then));
    let same = same && numbers(&table).len() == numbers(&known).len();
    assert!(same, "the costs have changed; UPDATE_TABLES=1 writes them anew:\n{table}");
}

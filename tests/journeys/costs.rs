//! What the acts of a day cost, counted on the wire and written down in `tests/tables/cost-of-acts.txt`, which `docs/cost.md` is
//! worked out from.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use journeys::{
    Answer, Cable, Client, Cost, Grants, House, PASSWORD, created, expect, identifiers, invitations, resource,
};
use serde_json::json;

use crate::glueconnect::{connect, enter, offer_all};

/// What each function asked of the table for one act, once everything that follows from it is done.
struct AuditContext {
    name: &'static str,
    costs: BTreeMap<String, Cost>,
}

async fn act(house: &House, cable: &Cable, name: &'static str, done: impl Future) -> AuditContext {
    // After a minute the count of requests is written with the next one: each act pays for its own.
    house.product.clock.advance(60_000);
    house.product.drain().await.unwrap();
    cable.forget();
    done.await;
    house.product.drain().await.unwrap();
    AuditContext { name, costs: cable.costs() }
}

async fn check(client: &Client, organizations: &[String]) {
    let row = |organization: &String| json!({"type": "access-checks", "attributes": {"action": "read", "organization-id": organization}});
    let rows: Vec<_> = organizations.iter().map(row).collect();
    let document = if let [one] = rows.as_slice() { json!({"data": one}) } else { json!({"data": rows}) };
    expect(client.post("/access/check", &document).await.unwrap(), 200);
}

async fn check_asset(client: &Client, organization: &str) {
    let asked = json!({"action": "read", "organization-id": organization, "resource-type": "Documents", "resource-id": "7"});
    let answer = client.post("/access/check", &resource("access-checks", asked)).await.unwrap();
    assert_eq!(expect(answer, 200).text_at("/data/attributes/reason"), "allowed");
}

/// Lets this group alone reach the asset that [`check_asset`] asks about.
async fn restrict(admin: &Client, organization: &str, group: &str) {
    let body = json!({"data": {"type": "restrictions", "attributes": {"confirm": true},
        "relationships": {"groups": identifiers("groups", &[group])}}});
    let path = format!("/organizations/{organization}/restrictions/documents/7");
    expect(admin.send("PUT".parse().unwrap(), &path, &[], Some(body.to_string())).await.unwrap(), 200);
}

async fn accept(house: &House, email: &str) -> Answer {
    let body = resource("invitations", json!({ "password": PASSWORD }));
    house.nobody.post(&house.link(email).await, &body).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_acts_of_a_day_cost() {
    let (house, cable) = House::start_on_a_cable_to_dynamodb().await;
    house.product.schedules_wait_to_be_told();
    let account = house.account("acme").await;
    let admin = &account.administrator;
    let organizations = account.organizations("Client", 20).await;
    let bakery = organizations[0].as_str();
    let names: Vec<&str> = organizations.iter().map(String::as_str).collect();
    let group = account.group("Desk", &names).await;
    let (editor, _) = account.user(&house, "emil", "Editor", Grants::groups(&[&group])).await;
    let reached = [bakery];
    let lite = Grants::organizations(&reached);
    // The first request of all begins its caller's count of requests; the first invitation begins the account's of that hour.
    account.invite("first", "Lite", lite).await;
    let noc = house.account("noc").await;
    connect(&house, &account, &noc, &offer_all("noc", "Editor")).await;
    let visitor = enter(&noc.administrator, &account.id).await;
    restrict(admin, &organizations[1], &group).await;
    check(&editor, &organizations[..1]).await;
    check(&visitor, &organizations[..1]).await;
    let five_hundred: Vec<String> = (0..500).map(|number| format!("u{number}@acme.example")).collect();
    let bulk = invitations(five_hundred.iter().map(String::as_str), "Lite", lite);

    let acts = [
        act(&house, &cable, "an access check", check(&editor, &organizations[..1])).await,
        act(&house, &cable, "ten access checks, one by one", async {
            for _ in 0..10 {
                check(&editor, &organizations[..1]).await;
            }
        })
        .await,
        act(&house, &cable, "a check of an asset", check_asset(&editor, &organizations[0])).await,
        act(&house, &cable, "a check of a restricted asset", check_asset(&editor, &organizations[1])).await,
        act(&house, &cable, "a check by a visitor", check(&visitor, &organizations[..1])).await,
        act(&house, &cable, "twenty access checks in one request", check(&editor, &organizations)).await,
        act(&house, &cable, "an invitation", async {
            account.invite("ann", "Lite", lite).await;
        })
        .await,
        act(&house, &cable, "an acceptance", async {
            created(accept(&house, "ann@acme.example").await);
        })
        .await,
        act(&house, &cable, "500 invitations in one request", async {
            created(admin.post("/users", &bulk).await.unwrap());
        })
        .await,
        act(&house, &cable, "a mail's delivery", async {
            let mail = house.mails("u7@acme.example").await.pop().unwrap();
            house.product.tell_of_mail(&mail.message_id, local::MailEvent::Delivery).await.unwrap();
        })
        .await,
        act(&house, &cable, "a run of the schedule", house.run_schedule()).await,
    ];

    let mut table = String::from(
        "What the acts of a day cost: for each function that has a part in it the requests to DynamoDB and the capacity units of\n\
         reading and writing, everything included: who calls, limits, the log, its seals. In an account of 500 users; who asks is\n\
         an Editor who reaches twenty organizations by a group.\n\n",
    );
    writeln!(table, "{:<37} {:<20} {:>8} {:>8} {:>8}", "", "", "requests", "read", "write").unwrap();
    for AuditContext { name, costs } in &acts {
        for (function, Cost { requests, read, write }) in costs {
            writeln!(table, "{name:<37} {function:<20} {requests:>8} {read:>8.1} {write:>8.1}").unwrap();
        }
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tables/cost-of-acts.txt");
    if std::env::var_os("UPDATE_TABLES").is_some() {
        std::fs::write(path, &table).unwrap();
    }
    let known = std::fs::read_to_string(path).unwrap_or_default();
    let rows = |table: &str| -> Vec<(String, Vec<f64>)> {
        let row = |line: &str| {
            let (name, numbers) = line.split_at(line.len().min(58));
            let numbers = numbers.split_whitespace().map(|number| number.parse().unwrap()).collect();
            (name.trim_end().to_owned(), numbers)
        };
        table.lines().skip(5).map(row).collect()
    };
    // An entry of the log may be a little longer. How the stream's records fall into batches is not always the same.
    let close = |name: &str, now: &[f64], then: &[f64]| {
        let share = if name.ends_with("seal-log") { 0.5 } else { 0.05 };
        let is_close = |(now, then): (&f64, &f64)| (now - then).abs() <= f64::max(2.0, then * share);
        now.len() == then.len() && now.iter().zip(then).all(is_close)
    };
    let (now, then) = (rows(&table), rows(&known));
    let same = now.len() == then.len()
        && now.iter().zip(&then).all(|(now, then)| now.0 == then.0 && close(&now.0, &now.1, &then.1));
    assert!(same, "the costs have changed; UPDATE_TABLES=1 writes them anew:\n{table}");
}

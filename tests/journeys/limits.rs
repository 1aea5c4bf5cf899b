//! How much may be asked of the product: requests by one caller, invitations by one account, mails to one address. And when
//! each caller last asked for anything.

use std::collections::BTreeSet;

use environment::aws::local_aws_config;
use journeys::{
    Answer, Client, Grants, House, Limits, created, expect, invitation, invitations, refused, resource,
};
use policy::{AccountId, ConnectionId, Timestamp, UserId};
use serde_json::{Value, json};
use store::usage::Requester;
use store::{ApiKey, Store};

use crate::glueconnect::{connect, enter, offer, offer_all};
use crate::races::{Racer, race};
use crate::repeated_requests::send;

fn store(house: &House) -> Store {
    Store::new(&local_aws_config(&house.product.dynamodb_url), local::functions::TABLE)
}

fn requests(limit: u32) -> Limits {
    Limits { requests: limit, ..Limits::default() }
}

/// The seconds after which it is worth coming again.
fn retry_after(answer: &Answer) -> i64 {
    answer
        .header("retry-after")
        .unwrap_or_else(|| panic!("no Retry-After: {:?}", answer.headers))
        .parse()
        .unwrap()
}

async fn program(account: &journeys::Account, house: &House, name: &str) -> (String, Client) {
    let wanted = json!({"name": name, "role-name": "Administrator"});
    let made = created(account.administrator.post("/api-keys", &resource("api-keys", wanted)).await.unwrap());
    (made.id(), house.nobody.with_api_key(&made.text_at("/data/attributes/key")))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_three_thousand_and_first_request_waits_for_the_window_to_end() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let id: AccountId = account.id.parse().unwrap();
    let user: UserId = account.administrator_id.parse().unwrap();
    let store = store(&house);
    let start = house.product.clock.now();
    let limit = Limits::default().requests;
    assert_eq!(limit, 3_000);
    store.count_request(id, Requester::User(user), limit - 1, limit, start).await.unwrap().unwrap();
    expect(account.administrator.get("/users").await.unwrap(), 200);
    let answer = refused(account.administrator.get("/users").await.unwrap(), 429, "too-many-requests");
    // The window began when the first was counted; this machine has taken its time since.
    assert!((200..=300).contains(&retry_after(&answer)), "{:?}", answer.headers);
    // Every route of this caller's; nobody else's.
    let question = resource("access-checks", json!({"action": "read", "organization-id": "1"}));
    refused(account.administrator.post("/access/check", &question).await.unwrap(), 429, "too-many-requests");
    refused(account.administrator.get("/session").await.unwrap(), 429, "too-many-requests");
    expect(house.nobody.get("/health").await.unwrap(), 200);
    let log = house.log(&account.id).await;
    assert!(log.iter().any(|entry| entry["outcome"] == "too-many-requests"), "the log keeps it");
    // Some seconds before its end it is still full. Then it is over.
    house.product.clock.advance(200_000);
    refused(account.administrator.get("/users").await.unwrap(), 429, "too-many-requests");
    house.product.clock.advance(100_000);
    expect(account.administrator.get("/users").await.unwrap(), 200);
    let uses = house.partition(&format!("A#{}#USES", account.id)).await;
    assert_eq!(uses[0]["count"], "1", "{uses:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_two_users_nor_two_keys_share_a_limit_nor_a_host_and_a_home() {
    let house = House::start_within(requests(40)).await;
    let host = house.account("acme").await;
    let noc = house.account("night-noc").await;
    let bakery = host.organization("Bakery").await;
    let (one, first) = program(&host, &house, "One").await;
    let (_, second) = program(&host, &house, "Two").await;
    let (ann, _) = host.user(&house, "ann", "Editor", Grants::ALL).await;
    connect(&house, &host, &noc, &offer("night-noc", "Editor", &[&bakery])).await;
    let inside = enter(&noc.administrator, &host.id).await;
    let exhaust = async |caller: &Client| {
        let mut allowed = 0;
        loop {
            let answer = caller.get("/organizations").await.unwrap();
            if answer.status == 429 {
                assert!((1..=300).contains(&retry_after(&answer)));
                return allowed;
            }
            expect(answer, 200);
            allowed += 1;
        }
    };
    assert_eq!(exhaust(&first).await, 40);
    assert_eq!(exhaust(&second).await, 40);
    assert_eq!(exhaust(&ann).await, 40);
    // Inside the host the same person has another count than at home.
    assert_eq!(exhaust(&inside).await, 40);
    expect(noc.administrator.get("/organizations").await.unwrap(), 200);
    // Who knows no more than the id of a key uses up nobody's limit.
    house.product.clock.advance(300_000);
    for _ in 0..20 {
        let secret = "A".repeat(43);
        let stranger = house.nobody.with_api_key(&format!("glue_{}_{one}_{secret}", host.id));
        refused(stranger.get("/organizations").await.unwrap(), 401, "invalid-api-key");
    }
    assert_eq!(exhaust(&first).await, 40);
    // Signing out while nothing is left is one request too many as well; signing in is none of this caller's.
    refused(first.delete("/session", None).await.unwrap(), 429, "too-many-requests");
    house.sign_in("acme", "admin@acme.example").await;
}

/// A request that is tried again inside counts once.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_counts_once_however_often_it_is_tried() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let bakery = account.organization("Bakery").await;
    let count = async || {
        let uses = house.partition(&format!("A#{}#USES", account.id)).await;
        uses[0]["count"].as_str().unwrap().parse::<usize>().unwrap()
    };
    let before = count().await;
    let racers = (0..10).map(|number| {
        let body = invitation(&format!("a{number}@x.example"), "Lite", Grants::organizations(&[&bakery]));
        Racer::new(&account.administrator, "POST", "/users", body)
    });
    for answer in race(racers.collect()).await {
        created(answer);
    }
    assert_eq!(count().await, before + 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_at_once_with_room_for_fifty_fifty_pass() {
    let house = House::start_within(requests(50)).await;
    let account = house.account("acme").await;
    let (_, busy) = program(&account, &house, "Busy").await;
    for round in 0..3 {
        let racers = (0..100).map(|_| Racer::new(&busy, "GET", "/organizations", Value::Null));
        let answers = race(racers.collect()).await;
        let passed = answers.iter().filter(|answer| answer.status == 200).count();
        let refused = answers.iter().filter(|answer| answer.status == 429).count();
        assert_eq!((passed, refused), (50, 50), "round {round}");
        // The next round is the race for the first request of a new window.
        house.product.clock.advance(300_000);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_count_that_cannot_be_written_is_no_yes() {
    let (house, cable) = House::start_on_a_cable_to_dynamodb().await;
    let account = house.account("acme").await;
    let (_, program) = program(&account, &house, "Backup").await;
    expect(account.administrator.get("/session").await.unwrap(), 200);
    cable.refuse("DynamoDB_20120810.UpdateItem");
    for caller in [&account.administrator, &program] {
        refused(caller.get("/organizations").await.unwrap(), 503, "unavailable");
    }
    cable.mend();
    for caller in [&account.administrator, &program] {
        expect(caller.get("/organizations").await.unwrap(), 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_use_of_each_user_key_and_visitor_is_known() {
    let house = House::start().await;
    let host = house.account("acme").await;
    let noc = house.account("night-noc").await;
    let bakery = host.organization("Bakery").await;
    let connection: ConnectionId =
        connect(&house, &host, &noc, &offer("night-noc", "Editor", &[&bakery])).await.parse().unwrap();
    let (key, program) = program(&host, &house, "Backup").await;
    let (_, pending) = host.invite("pia", "Editor", Grants::ALL).await;
    let administrator = Requester::User(host.administrator_id.parse().unwrap());
    let visitor = Requester::Visitor(connection, noc.administrator_id.parse().unwrap());
    let key = Requester::Key(key.parse().unwrap());
    let pending = Requester::User(pending.parse().unwrap());
    let inside = enter(&noc.administrator, &host.id).await;
    let account: AccountId = host.id.parse().unwrap();
    let store = store(&house);
    let all = [administrator, visitor, key, pending];
    let last = async || store.last_uses(account, &all).await.unwrap();
    let before = last().await;
    assert_eq!(before.keys().copied().collect::<BTreeSet<_>>(), BTreeSet::from([administrator]));
    for (caller, requester) in [(&host.administrator, administrator), (&inside, visitor), (&program, key)] {
        house.product.clock.advance(60_000);
        let (from, others) = (house.product.clock.now(), last().await);
        expect(caller.get("/organizations").await.unwrap(), 200);
        let to = house.product.clock.now();
        let after = last().await;
        let at: Timestamp = after[&requester];
        assert!(from <= at && at <= to, "{requester:?}: {from} {at} {to}");
        for other in all.iter().filter(|other| **other != requester) {
            assert_eq!(after.get(other), others.get(other), "{other:?} did nothing");
        }
    }
    assert!(store.last_uses(account, &[]).await.unwrap().is_empty());
    let keys: Vec<ApiKey> = store.api_keys(account).await.unwrap();
    assert_eq!(keys.len(), 1);
}

/// How many users the account has, and what it sent.
async fn standing(house: &House, account: &str) -> (usize, usize) {
    (house.partition(&format!("A#{account}#USERS")).await.len(), house.changes(account).await.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_over_its_invitations_an_hour_sends_none_of_a_request() {
    let house = House::start_within(Limits { invitations: 500, ..Limits::default() }).await;
    let account = house.account("acme").await;
    let bakery = account.organization("Bakery").await;
    let only = [bakery.as_str()];
    let grants = Grants::organizations(&only);
    let emails: Vec<String> = (0..501).map(|number| format!("person{number}@x.example")).collect();
    let some =
        |range: std::ops::Range<usize>| invitations(emails[range].iter().map(String::as_str), "Lite", grants);
    let admin = &account.administrator;
    created(admin.post("/users", &some(0..20)).await.unwrap());
    let before = standing(&house, &account.id).await;
    for path in ["/users?preview=true", "/users"] {
        let answer = refused(admin.post(path, &some(20..501)).await.unwrap(), 429, "too-many-invitations");
        assert!((1..=3_600).contains(&retry_after(&answer)), "{:?}", answer.headers);
        assert_eq!(standing(&house, &account.id).await, before, "nothing is written");
    }
    // What has room has room to the last one.
    created(admin.post("/users", &some(20..500)).await.unwrap());
    let id = journeys::ids(&expect(admin.get("/users?filter[status]=invited").await.unwrap(), 200)).remove(0);
    refused(admin.post("/users", &some(500..501)).await.unwrap(), 429, "too-many-invitations");
    refused(
        admin.post(&format!("/users/{id}/invitation"), &json!({})).await.unwrap(),
        429,
        "too-many-invitations",
    );
    house.account("night-noc").await;
    let offer = offer_all("night-noc", "Editor");
    let answer = refused(admin.post("/connections", &offer).await.unwrap(), 429, "too-many-invitations");
    assert_eq!(house.mails("admin@night-noc.example").await.len(), 0);
    // Addresses that are users already are no invitations.
    let known = created(admin.post("/users", &some(0..3)).await.unwrap());
    assert_eq!(known.text_at("/meta/results/0/outcome"), "already-invited");
    // Another account has an hour of its own; and this one the next.
    let other = house.account("other").await;
    let own = other.organization("Own").await;
    other.invite("ann", "Lite", Grants::organizations(&[&own])).await;
    house.product.clock.advance(retry_after(&answer) * 1_000);
    created(admin.post("/users", &some(500..501)).await.unwrap());
    expect(admin.post(&format!("/users/{id}/invitation"), &json!({})).await.unwrap(), 202);
    created(admin.post("/connections", &offer).await.unwrap());
}

/// Many requests at once, with room for few: what is sent is what there was room for.
#[tokio::test(flavor = "multi_thread")]
async fn racing_invitations_never_pass_the_limit() {
    let house = House::start_within(Limits { invitations: 25, ..Limits::default() }).await;
    let account = house.account("acme").await;
    let bakery = account.organization("Bakery").await;
    let racers = (0..20).map(|request| {
        let emails: Vec<String> = (0..3).map(|number| format!("p{request}-{number}@x.example")).collect();
        let body = invitations(emails.iter().map(String::as_str), "Lite", Grants::organizations(&[&bakery]));
        Racer::new(&account.administrator, "POST", "/users", body)
    });
    let answers = race(racers.collect()).await;
    let sent = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(sent, 8, "eight times three fit into twenty-five");
    assert!(answers.iter().all(|answer| [201, 429].contains(&answer.status)));
    assert_eq!(house.partition(&format!("A#{}#USERS", account.id)).await.len(), 1 + 24);
}

/// One account's mails fill nobody else's count: a stranger could keep a person from being invited, and would learn who is.
#[tokio::test(flavor = "multi_thread")]
async fn one_address_gets_so_many_mails_a_day_from_an_account() {
    let house = House::start_within(Limits { mails: 3, ..Limits::default() }).await;
    let mut accounts = Vec::new();
    for name in ["one", "two"] {
        let account = house.account(name).await;
        let organization = account.organization("Bakery").await;
        accounts.push((account, organization));
    }
    let email = "Ann@Elsewhere.example";
    let invite = async |place: usize, emails: &[&str]| {
        let (account, organization) = &accounts[place];
        let body = invitations(emails.iter().copied(), "Lite", Grants::organizations(&[organization]));
        account.administrator.post("/users", &body).await.unwrap()
    };
    let first = journeys::ids(&created(invite(0, &[email]).await)).remove(0);
    let resend = format!("/users/{first}/invitation");
    let administrator = &accounts[0].0.administrator;
    expect(administrator.post(&resend, &json!({})).await.unwrap(), 202);
    expect(administrator.post(&resend, &json!({})).await.unwrap(), 202);
    let answer = refused(administrator.post(&resend, &json!({})).await.unwrap(), 429, "too-many-mails");
    assert!((1..=86_400).contains(&retry_after(&answer)));
    // By another road too, and of a whole request nothing is written, and the row is named.
    expect(administrator.delete(&format!("/users/{first}"), None).await.unwrap(), 204);
    let before = standing(&house, &accounts[0].0.id).await;
    let answer = refused(
        invite(0, &["ben@x.example", "ANN@elsewhere.example", "cy@x.example"]).await,
        429,
        "too-many-mails",
    );
    assert_eq!(answer.text_at("/errors/0/source/pointer"), "/data/1");
    assert_eq!(standing(&house, &accounts[0].0.id).await, before);
    // Others are not kept waiting, and another account sends what it may.
    created(invite(0, &["ben@x.example"]).await);
    created(invite(1, &["ann@elsewhere.example"]).await);
    // Of two resends in a row the first may be overtaken before it is mailed.
    assert!(house.mails("ann@elsewhere.example").await.len() <= 4);
    // Nothing says whose address it is that is counted.
    let items = house.partition(&format!("A#{}#SENT", accounts[0].0.id)).await;
    let to: Vec<_> = items.iter().filter(|item| item["sk"].as_str().unwrap().starts_with("TO#")).collect();
    assert!(!to.is_empty() && !json!(to).to_string().contains("elsewhere"), "{to:?}");
    assert!(to.iter().all(|item| item["ttl"].is_string()), "the table sweeps them away: {to:?}");
    house.product.clock.advance(retry_after(&answer) * 1_000);
    let administrator = accounts[0].0.administrator_again(&house).await;
    let body = invitation(email, "Lite", Grants::organizations(&[&accounts[0].1]));
    created(administrator.post("/users", &body).await.unwrap());
}

/// A user's first mail is counted with the user. It counts for whatever else the account sends there, and after the user is gone.
#[tokio::test(flavor = "multi_thread")]
async fn the_first_mail_counts_wherever_the_next_ones_come_from() {
    let house = House::start_within(Limits { mails: 2, ..Limits::default() }).await;
    let host = house.account("acme").await;
    let organization = host.organization("Bakery").await;
    let noc = house.account("night-noc").await;
    let organization = [organization.as_str()];
    let grants = Grants::organizations(&organization);
    let administrator = "admin@night-noc.example";
    let invited =
        created(host.administrator.post("/users", &invitation(administrator, "Lite", grants)).await.unwrap());
    let id = invited.id();
    // The offer to their account is the second mail, and there is no third: neither by the offer nor by the invitation.
    let offer = offer_all("night-noc", "Editor");
    let offered = created(host.administrator.post("/connections", &offer).await.unwrap());
    for path in [format!("/connections/{}/invitation", offered.id()), format!("/users/{id}/invitation")] {
        refused(host.administrator.post(&path, &json!({})).await.unwrap(), 429, "too-many-mails");
    }
    expect(host.administrator.delete(&format!("/users/{id}"), None).await.unwrap(), 204);
    let again = host.administrator.post("/users", &invitation(administrator, "Lite", grants)).await.unwrap();
    refused(again, 429, "too-many-mails");
    // Who opened an account got no mail for it: of two to them, both are left.
    let theirs = noc.organization("Own").await;
    let theirs = [theirs.as_str()];
    let other = Grants::organizations(&theirs);
    let email = "twice@x.example";
    for _ in 0..2 {
        let invited =
            created(noc.administrator.post("/users", &invitation(email, "Lite", other)).await.unwrap());
        let path = format!("/users/{}", invited.id());
        expect(noc.administrator.delete(&path, None).await.unwrap(), 204);
    }
    let third = noc.administrator.post("/users", &invitation(email, "Lite", other)).await.unwrap();
    assert!((1..=86_400).contains(&retry_after(&refused(third, 429, "too-many-mails"))));
    house.advance_hours(24);
    let administrator = noc.administrator_again(&house).await;
    created(administrator.post("/users", &invitation(email, "Lite", other)).await.unwrap());
}

/// Every mail of a connection counts for whoever gets it.
#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_gets_so_many_connection_mails_a_day() {
    let house = House::start_within(Limits { mails: 2, ..Limits::default() }).await;
    let host = house.account("acme").await;
    house.account("night-noc").await;
    let invited =
        created(host.administrator.post("/connections", &offer_all("night-noc", "Editor")).await.unwrap());
    let path = format!("/connections/{}", invited.id());
    // Before it is sent again, or it may be overtaken and never mailed.
    assert_eq!(house.mails("admin@night-noc.example").await.len(), 1);
    let resend = format!("{path}/invitation");
    expect(host.administrator.post(&resend, &json!({})).await.unwrap(), 202);
    let answer = refused(host.administrator.post(&resend, &json!({})).await.unwrap(), 429, "too-many-mails");
    assert!(!answer.text.contains('@'), "whose address it is, only their account knows: {}", answer.text);
    assert!((1..=86_400).contains(&retry_after(&answer)));
    let shown = expect(host.administrator.get(&path).await.unwrap(), 200);
    assert_eq!(shown.at("/data/attributes/version"), json!(2), "{}", shown.text);
    assert_eq!(house.mails("admin@night-noc.example").await.len(), 2);
    // Another account's offer is not theirs to keep away.
    let other = house.account("other").await;
    created(other.administrator.post("/connections", &offer_all("night-noc", "Editor")).await.unwrap());
}

/// A mail and a count for each of them, and the mark of a request with an idempotency key: as many as there can be in one
/// transaction, and no more.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_of_fifty_administrators_can_be_invited_again_and_again() {
    let house = House::start().await;
    let host = house.account("acme").await;
    let noc = house.account("night-noc").await;
    let emails: Vec<String> = (0..49).map(|number| format!("boss{number}@night-noc.example")).collect();
    let all = invitations(emails.iter().map(String::as_str), "Administrator", Grants::ALL);
    created(noc.administrator.post("/users", &all).await.unwrap());
    house.product.drain().await.unwrap();
    for email in &emails {
        created(house.accept(email).await);
    }
    let before = house.product.mailbox.mails().len();
    let invited =
        created(send(&host.administrator, "first", "/connections", &offer_all("night-noc", "Editor")).await);
    house.product.drain().await.unwrap();
    assert_eq!(house.product.mailbox.mails().len() - before, 46);
    let resend = format!("/connections/{}/invitation", invited.id());
    expect(send(&host.administrator, "again", &resend, &json!({})).await, 202);
    house.product.drain().await.unwrap();
    assert_eq!(house.product.mailbox.mails().len() - before, 92);
}

/// A request with a hundred recorded answers writes a hundred entries, and counts as many.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_recorded_counts_by_the_entry() {
    let house = House::start_within(requests(250)).await;
    let account = house.account("acme").await;
    let bakery = account.organization("Bakery").await;
    let questions = |record: bool| {
        let one = json!({"type": "access-checks",
            "attributes": {"action": "read", "organization-id": bakery, "record": record}});
        json!({"data": vec![one; 100]})
    };
    let ask =
        async |record: bool| account.administrator.post("/access/check", &questions(record)).await.unwrap();
    for _ in 0..3 {
        expect(ask(false).await, 200);
    }
    expect(ask(true).await, 200);
    expect(ask(true).await, 200);
    refused(ask(true).await, 429, "too-many-requests");
    house.product.clock.advance(300_000);
    expect(ask(true).await, 200);
    let all = house.log(&account.id).await;
    let recorded = all
        .iter()
        .filter(|entry| entry["resource_type"] == "access-checks" && entry["outcome"] != "too-many-requests");
    assert_eq!(recorded.count(), 300);
}

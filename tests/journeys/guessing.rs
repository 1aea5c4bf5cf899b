//! Guessing: whoever tries out passwords, codes, keys and links runs out of tries; whoever they belong to does not notice.

use journeys::{
    Account, Answer, Client, Grants, House, PASSWORD, created, expect, ids, refused, resource, texts,
};
use local::client::related;
use serde_json::{Value, json};

/// Somebody at the other end of the net: an address of their own.
pub(crate) fn from(house: &House, last: u8) -> Client {
    house.nobody.from_address([127, 0, 0, last].into()).unwrap()
}

pub(crate) async fn try_password(caller: &Client, subdomain: &str, email: &str, password: &str) -> Answer {
    let credentials = json!({"subdomain": subdomain, "email": email, "password": password});
    caller.post("/sessions", &resource("sessions", credentials)).await.unwrap()
}

/// What the account's log says of sign-ins: outcomes with the addresses that they came from, oldest first.
async fn told(account: &Account) -> Vec<(String, String)> {
    let path = "/logs?filter[resource_type]=sessions&sort=created_at&page[size]=1000";
    let log = expect(account.administrator.get(path).await.unwrap(), 200);
    let rows = log.at("/data").as_array().cloned().unwrap_or_default();
    let text = |row: &Value, name: &str| row["attributes"][name].as_str().unwrap_or_default().to_owned();
    rows.iter().map(|row| (text(row, "outcome"), text(row, "ip-address"))).collect()
}

/// What tells one answer from another, but for the time that is left.
fn seen(answer: &Answer) -> (u16, String, bool) {
    let detail: String = answer.text.chars().filter(|character| !character.is_ascii_digit()).collect();
    (answer.status, detail, answer.header("retry-after").is_some())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_guesses_from_two_addresses_do_not_keep_the_owner_out() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let email = "admin@acme.example";
    house.begin_a_window();
    let (first, second) = (from(&house, 2), from(&house, 3));
    let mut looked_at = 0;
    for number in 0..100 {
        for guesser in [&first, &second] {
            let answer = try_password(guesser, "acme", email, &format!("guess number {number}")).await;
            match answer.status {
                401 => looked_at += 1,
                _ => {
                    let answer = refused(answer, 429, "too-many-attempts");
                    let seconds: u32 = answer.header("retry-after").unwrap().parse().unwrap();
                    assert!((1..=901).contains(&seconds), "{seconds}");
                }
            }
        }
        if number % 25 == 0 {
            created(try_password(&house.nobody, "acme", email, PASSWORD).await);
        }
    }
    assert_eq!(looked_at, 10, "guesses that were looked at");
    created(try_password(&house.nobody, "acme", email, PASSWORD).await);
    // The right password from a place where the owner never was waits with the guesses, and no longer.
    refused(try_password(&from(&house, 4), "acme", email, PASSWORD).await, 429, "too-many-attempts");
    house.product.clock.advance(15 * 60_000 + 1_000);
    created(try_password(&from(&house, 4), "acme", email, PASSWORD).await);
    refused(try_password(&from(&house, 2), "acme", email, "one more").await, 401, "invalid-credentials");

    let log = told(&account).await;
    let count = |outcome: &str| log.iter().filter(|(known, _)| known == outcome).count();
    assert_eq!(count("invalid-credentials"), 2, "the first of each series: {log:?}");
    assert_eq!(count("too-many-attempts"), 1, "the limit once: {log:?}");
    assert!(log.iter().any(|(outcome, ip)| outcome == "invalid-credentials" && ip == "127.0.0.2"), "{log:?}");
    assert!(count("allowed") >= 6, "{log:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_accounts_and_addresses_run_out_like_known_ones() {
    let house = House::start().await;
    house.account("acme").await;
    house.begin_a_window();
    let mut answers: Vec<Vec<(u16, String, bool)>> = Vec::new();
    for (place, (subdomain, email)) in [
        ("acme", "admin@acme.example"),
        ("acme", "nobody@acme.example"),
        ("acme", "no address"),
        ("unknown", "admin@acme.example"),
        ("No Subdomain!", "admin@acme.example"),
    ]
    .into_iter()
    .enumerate()
    {
        let guesser = from(&house, 20 + u8::try_from(place).unwrap());
        let mut of_one = Vec::new();
        for _ in 0..21 {
            of_one.push(seen(&try_password(&guesser, subdomain, email, "not the password").await));
        }
        of_one.dedup();
        answers.push(of_one);
    }
    for of_one in &answers {
        assert_eq!(of_one.first(), answers[0].first());
        assert_eq!(of_one.last(), answers[0].last(), "{of_one:?}");
        assert_eq!(of_one.last().unwrap().0, 429);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_is_tried_on_everybody_is_not_tried_for_long() {
    let house = House::start().await;
    house.account("acme").await;
    house.begin_a_window();
    let guesser = from(&house, 2);
    let mut looked_at = 0;
    for number in 0..110 {
        let email = format!("person{number}@acme.example");
        looked_at +=
            usize::from(try_password(&guesser, "acme", &email, "Summer 2026 again").await.status == 401);
    }
    assert_eq!(looked_at, 100);
    created(try_password(&house.nobody, "acme", "admin@acme.example", PASSWORD).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_few_typing_errors_hurt_nobody_and_the_log_says_what_came_after_them() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let guesser = from(&house, 9);
    for _ in 0..5 {
        refused(
            try_password(&guesser, "acme", "admin@acme.example", "a slip").await,
            401,
            "invalid-credentials",
        );
    }
    created(try_password(&guesser, "acme", "admin@acme.example", PASSWORD).await);
    let log = told(&account).await;
    assert!(log.iter().any(|(outcome, _)| outcome == "allowed-after-failures"), "{log:?}");
    // The series is over, and its tries are the owner's again.
    for _ in 0..8 {
        refused(
            try_password(&guesser, "acme", "admin@acme.example", "a slip").await,
            401,
            "invalid-credentials",
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_guesses_at_once_pass_no_limit() {
    let house = House::start().await;
    house.account("acme").await;
    house.begin_a_window();
    let guesser = from(&house, 2);
    let tries = (0..50).map(|number| {
        let guesser = guesser.clone();
        tokio::spawn(async move {
            try_password(&guesser, "acme", "admin@acme.example", &format!("guess {number}")).await.status
        })
    });
    let mut statuses = Vec::new();
    for answer in tries.collect::<Vec<_>>() {
        statuses.push(answer.await.unwrap());
    }
    let looked_at = statuses.iter().filter(|status| **status == 401).count();
    // Two windows at most, if the clock passed from one to the next.
    assert!(
        looked_at <= 20 && statuses.iter().all(|status| [401, 429, 503].contains(status)),
        "{statuses:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_secrets_of_a_key_run_out_and_the_right_one_works_all_the_while() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let key = related(
        "api-keys",
        json!({"name": "Backup", "role-name": "Editor", "all-organizations": true}),
        json!({}),
    );
    let key = created(account.administrator.post("/api-keys", &key).await.unwrap());
    let right = key.text_at("/data/attributes/key");
    let secret = right.splitn(4, '_').last().unwrap();
    let others = secret.chars().map(|letter| if letter == 'A' { 'B' } else { 'A' }).collect::<String>();
    let wrong = house.nobody.with_api_key(&right.replace(secret, &others));
    house.begin_a_window();
    let mut looked_at = 0;
    for _ in 0..35 {
        let answer = wrong.get("/organizations").await.unwrap();
        match answer.status {
            401 => looked_at += 1,
            _ => drop(refused(answer, 429, "too-many-attempts")),
        }
    }
    assert_eq!(looked_at, 30);
    let right = house.nobody.with_api_key(&right);
    assert_eq!(ids(&expect(right.get("/organizations").await.unwrap(), 200)).len(), 0);
    // The account hears of it: which key, that a secret was wrong, and that no more are looked at.
    let path = "/logs?filter[resource_type]=api-keys&filter[action]=read&sort=created_at";
    let log = expect(account.administrator.get(path).await.unwrap(), 200);
    assert_eq!(texts(&log, "/attributes/outcome"), ["invalid-api-key", "too-many-attempts"], "{}", log.text);
    assert_eq!(texts(&log, "/attributes/resource-name"), ["Backup", "Backup"]);
    assert!(!log.text.contains(secret) && !log.text.contains(&others));
    // Of a key that there is not, nobody hears.
    let made_up = house.nobody.with_api_key(&format!("glue_{}_7_{others}", account.id));
    refused(made_up.get("/organizations").await.unwrap(), 429, "too-many-attempts");
    assert_eq!(ids(&expect(account.administrator.get(path).await.unwrap(), 200)).len(), 2);
}

/// Each made-up address is a series of its own. The log of the account does not grow with them.
#[tokio::test(flavor = "multi_thread")]
async fn made_up_addresses_do_not_fill_an_accounts_log() {
    let house = House::start().await;
    let account = house.account("acme").await;
    account.user(&house, "emil", "Editor", Grants::ALL).await;
    house.begin_a_window();
    for number in 0..60_u8 {
        let email = format!("person{number}@acme.example");
        refused(
            try_password(&from(&house, 2 + number % 4), "acme", &email, "a guess").await,
            401,
            "invalid-credentials",
        );
    }
    // What fails for a user is there all the same.
    refused(
        try_password(&from(&house, 9), "acme", "emil@acme.example", "a guess").await,
        401,
        "invalid-credentials",
    );
    let log = told(&account).await;
    let count = |outcome: &str| log.iter().filter(|(known, _)| known == outcome).count();
    assert_eq!(count("invalid-credentials"), 20 + 1, "{log:?}");
    assert_eq!(count("too-many-attempts"), 1, "that there are more, once: {log:?}");
    house.product.clock.advance(15 * 60_000);
    refused(
        try_password(&from(&house, 2), "acme", "another@acme.example", "a guess").await,
        401,
        "invalid-credentials",
    );
    let log = told(&account).await;
    assert_eq!(log.iter().filter(|(known, _)| known == "invalid-credentials").count(), 22, "{log:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_tries_out_links_is_told_to_stop_and_a_good_link_opens_for_everybody_else() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let bakery = account.organization("Bakery").await;
    let (email, _) = account.invite("ann", "Lite", Grants::organizations(&[&bakery])).await;
    let link = house.link(&email).await;
    house.begin_a_window();
    let guesser = from(&house, 2);
    let mut statuses = Vec::new();
    for number in 0..302 {
        let answer = guesser.get(&format!("/invitations/guess{number}")).await.unwrap();
        statuses.push(answer.status);
    }
    assert_eq!((statuses[0], statuses[301]), (404, 429));
    assert_eq!(house.opens(&link).await.0, 200);
    expect(guesser.get(&link).await.unwrap(), 200);
}

/// However a sign-in fails, the table is asked the same, so that neither time nor cost tells what was wrong.
#[tokio::test(flavor = "multi_thread")]
async fn every_way_to_fail_asks_the_table_the_same() {
    let (house, cable) = House::start_on_a_cable_to_dynamodb().await;
    let account = house.account("acme").await;
    let (_, sue) = account.user(&house, "sue", "Editor", Grants::ALL).await;
    let suspended = resource("users", json!({"status": "suspended"}));
    expect(account.administrator.patch(&format!("/users/{sue}"), &suspended).await.unwrap(), 200);
    account.invite("pia", "Editor", Grants::ALL).await;
    house.product.drain().await.unwrap();
    house.begin_a_window();
    let ways = [
        ("acme", "admin@acme.example", "not the password"),
        ("acme", "nobody@acme.example", PASSWORD),
        ("acme", "no address", PASSWORD),
        ("acme", "sue@acme.example", PASSWORD),
        ("acme", "pia@acme.example", PASSWORD),
        ("unknown", "admin@acme.example", PASSWORD),
        ("No Subdomain!", "admin@acme.example", PASSWORD),
    ];
    let mut asked = Vec::new();
    for (place, (subdomain, email, password)) in ways.into_iter().enumerate() {
        let guesser = from(&house, 30 + u8::try_from(place).unwrap());
        // The first of a series is told to the account, if there is one.
        refused(try_password(&guesser, subdomain, email, password).await, 401, "invalid-credentials");
        cable.forget();
        refused(try_password(&guesser, subdomain, email, password).await, 401, "invalid-credentials");
        let mut operations = cable.operations_of("sign-in");
        operations.sort();
        asked.push((operations, (subdomain, email)));
    }
    for (operations, way) in &asked {
        assert_eq!(operations, &asked[0].0, "{way:?}");
    }
    assert!(!asked[0].0.is_empty());
}

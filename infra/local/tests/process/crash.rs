//! Killed at any moment, the program loses nothing that it answered, and every mail still arrives.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use local::client::{Client, related, resource};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::running::{Folder, PASSWORD, Running};

const INVITATIONS: usize = 200;

fn invitation(email: &str, organization: &str) -> Value {
    related(
        "users",
        json!({"email": email, "role-name": "Lite"}),
        json!({"organizations": {"data": [{"type": "organizations", "id": organization}]}}),
    )
}

/// Invites so many, a few at a time, until the program is gone; answers the addresses whose invitation was answered with 201.
async fn invite(admin: &Client, organization: &str, round: usize) -> BTreeSet<String> {
    let mut workers = JoinSet::new();
    for worker in 0..4 {
        let (admin, organization) = (admin.clone(), organization.to_owned());
        workers.spawn(async move {
            let mut answered = BTreeSet::new();
            for number in (worker..INVITATIONS).step_by(4) {
                let email = format!("person.{round}.{number}@crash.example");
                match admin.post("/users", &invitation(&email, &organization)).await {
                    Ok(answer) if answer.status == 201 => drop(answered.insert(email)),
                    Ok(answer) => panic!("{} {}", answer.status, answer.text),
                    Err(_) => break,
                }
            }
            answered
        });
    }
    workers.join_all().await.into_iter().flatten().collect()
}

/// The links that arrived, by address.
async fn links(running: &Running) -> BTreeMap<String, Vec<String>> {
    let mut links: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for mail in running.mails().await {
        let link = mail.link().unwrap_or_else(|| panic!("no link in {mail:?}"));
        links.entry(mail.destination.to.join(",")).or_default().push(link);
    }
    links
}

async fn listed(admin: &Client) -> BTreeSet<String> {
    let answer = admin.get("/users?page[size]=1000&filter[status]=invited").await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text);
    let rows = answer.at("/data");
    rows.as_array()
        .unwrap()
        .iter()
        .map(|row| row["attributes"]["email"].as_str().unwrap().to_owned())
        .collect()
}

/// A moment that differs from run to run: between a twentieth of a second and three quarters.
fn some_moment() -> Duration {
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos();
    Duration::from_millis(50 + u64::from(nanos / 1_000 % 700))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_is_there_after_a_kill_and_its_mail_arrives() {
    let folder = Folder::new("crash");
    let mut running = Running::start(&folder).await;
    let port = running.port();
    let mut admin = running.account("crash").await;
    let organization = resource("organizations", json!({"name": "Bakery"}));
    let organization = admin.post("/organizations", &organization).await.unwrap().id();
    let mut answered = BTreeSet::new();
    let mut cut_short = 0;
    for round in 0..3 {
        let inviting = tokio::spawn({
            let (admin, organization) = (admin.clone(), organization.clone());
            async move { invite(&admin, &organization, round).await }
        });
        tokio::time::sleep(some_moment()).await;
        running.kill();
        let now_answered = inviting.await.unwrap();
        cut_short += usize::from(now_answered.len() < INVITATIONS);
        answered.extend(now_answered);
        running = Running::start_again(&folder, port).await;
        admin = running.administrator("crash").await;
        let listed = listed(&admin).await;
        let lost: Vec<_> = answered.difference(&listed).collect();
        assert!(lost.is_empty(), "round {round}: answered with 201 and not there: {lost:?}");
    }
    assert!(cut_short > 0, "every round was done before it was killed");

    // The stream goes on where it was; what a dead sender had claimed, the schedule brings back when the claim has ended.
    let everyone = listed(&admin).await;
    let mut arrived = links(&running).await;
    for _ in 0..200 {
        if everyone.iter().all(|email| arrived.contains_key(email)) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        running.tell("/clock", json!({"advance-seconds": 60})).await;
        running.tell("/schedule/expire-invitations", Value::Null).await;
        arrived = links(&running).await;
    }
    let missing: Vec<_> = everyone.iter().filter(|email| !arrived.contains_key(*email)).collect();
    assert!(missing.is_empty(), "{} of {} have no mail: {missing:?}", missing.len(), everyone.len());
    for (email, links) in &arrived {
        let distinct: BTreeSet<_> = links.iter().collect();
        assert_eq!(distinct.len(), 1, "{email} got more than one link");
        let opened = running.nobody.get(&links[0]).await.unwrap();
        assert_eq!(opened.status, 200, "the link of {email}: {}", opened.text);
    }
    let (email, links) = arrived.pop_last().unwrap();
    let accept = resource("invitations", json!({"password": PASSWORD}));
    assert_eq!(running.nobody.post(&links[0], &accept).await.unwrap().status, 201);
    assert!(running.nobody.sign_in("crash", &email, PASSWORD).await.unwrap().is_ok());
}

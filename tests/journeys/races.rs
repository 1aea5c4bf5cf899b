//! Two people at once: whatever the order, one of them was first, and what must never be so is never so.

use std::sync::Arc;

use journeys::{
    Account, Answer, Client, Grants, House, PASSWORD, created, expect, identifiers, ids, invitation, reached,
    refused, relations, resource,
};
use serde_json::{Value, json};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

/// One request of a race.
pub struct Racer {
    caller: Client,
    method: &'static str,
    path: String,
    body: Value,
}

impl Racer {
    pub fn new(caller: &Client, method: &'static str, path: impl Into<String>, body: Value) -> Self {
        Self { caller: caller.clone(), method, path: path.into(), body }
    }
}

/// Sends all of them at the same moment. The answers are in the order of the racers; none of them is the product's own fault.
pub async fn race(racers: Vec<Racer>) -> Vec<Answer> {
    let start = Arc::new(Barrier::new(racers.len()));
    let mut running = JoinSet::new();
    for (place, racer) in racers.into_iter().enumerate() {
        let start = Arc::clone(&start);
        running.spawn(async move {
            let Racer { caller, method, path, body } = racer;
            let body = Some(body).filter(|body| !body.is_null()).map(|body| body.to_string());
            start.wait().await;
            (place, caller.send(method.parse().unwrap(), &path, &[], body).await.unwrap())
        });
    }
    let mut answers = running.join_all().await;
    answers.sort_by_key(|(place, _)| *place);
    let answers: Vec<Answer> = answers.into_iter().map(|(_, answer)| answer).collect();
    let failed: Vec<_> =
        answers.iter().filter(|answer| answer.status >= 500).map(|answer| &answer.text).collect();
    assert!(failed.is_empty(), "{} of {} failed: {failed:#?}", failed.len(), answers.len());
    answers
}

pub fn statuses(answers: &[Answer]) -> Vec<u16> {
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    statuses
}

async fn house_with_a_bakery() -> (House, Account, String) {
    let house = House::start().await;
    let account = house.account("acme").await;
    let bakery = account.organization("Bakery").await;
    (house, account, bakery)
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_accept_one_link_one_is_in() {
    let (house, account, bakery) = house_with_a_bakery().await;
    for round in 0..20 {
        let name = format!("person{round}");
        let (email, _) = account.invite(&name, "Lite", Grants::organizations(&[&bakery])).await;
        let link = house.link(&email).await;
        let accepts = |password: &str| {
            let body = resource("invitations", json!({ "password": password }));
            Racer::new(&house.nobody, "POST", link.clone(), body)
        };
        let passwords = [PASSWORD, "another long password"];
        let answers = race(passwords.map(accepts).into()).await;
        assert_eq!(statuses(&answers), [201, 410], "round {round}");
        for (password, answer) in passwords.iter().zip(&answers) {
            let signed_in = house.nobody.sign_in("acme", &email, password).await.unwrap().is_ok();
            assert_eq!(signed_in, answer.status == 201, "round {round}: the password is the winner's");
        }
    }
}

/// Forty requests by every road, for a user who has four of twenty-four organizations: some succeed, and the sixth never comes.
#[tokio::test(flavor = "multi_thread")]
async fn forty_racing_requests_never_leave_a_lite_user_six_organizations() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let own = account.organizations("Own", 4).await;
    let others = account.organizations("Other", 20).await;
    let four: Vec<&str> = own.iter().map(String::as_str).collect();
    let first = account.group("First", &[&own[0]]).await;
    let second = account.group("Second", &[&own[1]]).await;
    let grants = Grants { all: false, organizations: &four, groups: &[&first, &second] };
    let (lia, lia_id) = account.user(&house, "lia", "Lite", grants).await;
    let mut joinable = Vec::new();
    for (number, organization) in others[..10].iter().enumerate() {
        joinable.push(account.group(&format!("Joinable {number}"), &[organization]).await);
    }

    let admin = &account.administrator;
    let user = format!("/users/{lia_id}");
    let mut racers = Vec::new();
    for (number, other) in others[..10].iter().enumerate() {
        let direct = relations("users", &[("organizations", &[four.as_slice(), &[other]].concat())]);
        racers.push(Racer::new(admin, "PATCH", &user, direct));
        let gains = identifiers("organizations", &[&others[10 + number]]);
        let group = if number % 2 == 0 { &first } else { &second };
        racers.push(Racer::new(admin, "POST", format!("/groups/{group}/relationships/organizations"), gains));
        let joins = identifiers("users", &[&lia_id]);
        let group = &joinable[number];
        racers.push(Racer::new(admin, "POST", format!("/groups/{group}/relationships/users"), joins));
        let joins = relations("users", &[("groups", &[&first, &second, &joinable[(number + 1) % 10]])]);
        racers.push(Racer::new(admin, "PATCH", &user, joins));
    }
    assert_eq!(racers.len(), 40);
    let answers = race(racers).await;
    for answer in &answers {
        assert!([200, 204, 422].contains(&answer.status), "{} {}", answer.status, answer.text);
        if answer.status == 422 {
            refused(answer.clone(), 422, "lite-limit");
        }
    }
    assert!(answers.iter().any(|answer| answer.status < 300), "none got through");
    assert!(answers.iter().any(|answer| answer.status == 422), "all got through");
    let has = reached(&lia).await;
    assert!(has.len() <= 5, "{} organizations: {has:?}", has.len());
    let shown = expect(admin.get(&user).await.unwrap(), 200);
    assert_eq!(shown.at("/data/relationships/organizations/data").as_array().unwrap().len(), has.len());
}

/// A second Administrator, signed in.
async fn second_administrator(house: &House, account: &Account, name: &str) -> (Client, String) {
    account.user(house, name, "Administrator", Grants::ALL).await
}

async fn administrators(house: &House, account: &Account) -> usize {
    let items = house.partition(&format!("A#{}#USERS", account.id)).await;
    items.iter().filter(|item| item["role"] == "Administrator" && item["status"] == "active").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_administrators_who_demote_or_remove_each_other_leave_one() {
    for round in 0..5 {
        for (method, body) in [
            ("PATCH", resource("users", json!({"role-name": "Editor"}))),
            ("PATCH", resource("users", json!({"status": "suspended"}))),
            ("DELETE", Value::Null),
        ] {
            let house = House::start().await;
            let account = house.account("acme").await;
            let (eve, eve_id) = second_administrator(&house, &account, "eve").await;
            let answers = race(vec![
                Racer::new(&account.administrator, method, format!("/users/{eve_id}"), body.clone()),
                Racer::new(&eve, method, format!("/users/{}", account.administrator_id), body.clone()),
            ])
            .await;
            let won = answers.iter().filter(|answer| answer.status < 300).count();
            assert_eq!(won, 1, "round {round}, {method}: {:?}", statuses(&answers));
            assert_eq!(administrators(&house, &account).await, 1, "round {round}, {method}");
            let stored = house.partition(&format!("A#{}", account.id)).await;
            let security = stored.iter().find(|item| item["sk"] == "SECURITY").unwrap();
            assert_eq!(security["administrator_ids"].as_array().unwrap().len(), 1, "{security}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_who_steps_down_while_the_other_is_removed_leaves_one() {
    for _ in 0..5 {
        let house = House::start().await;
        let account = house.account("acme").await;
        let (_, eve_id) = second_administrator(&house, &account, "eve").await;
        let admin = &account.administrator;
        let editor = resource("users", json!({"role-name": "Editor"}));
        race(vec![
            Racer::new(admin, "DELETE", format!("/users/{eve_id}"), Value::Null),
            Racer::new(admin, "PATCH", format!("/users/{}", account.administrator_id), editor),
        ])
        .await;
        assert_eq!(administrators(&house, &account).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_invited_twenty_times_at_once_is_one_user_with_one_mail() {
    let (house, account, bakery) = house_with_a_bakery().await;
    let racers = (0..20).map(|number| {
        let email = if number % 2 == 0 { "ann@bakery.example" } else { "Ann@Bakery.example" };
        let body = invitation(email, "Lite", Grants::organizations(&[&bakery]));
        Racer::new(&account.administrator, "POST", "/users", body)
    });
    let answers = race(racers.collect()).await;
    let outcomes: Vec<String> =
        answers.iter().map(|answer| answer.text_at("/meta/results/0/outcome")).collect();
    let invited = outcomes.iter().filter(|outcome| *outcome == "invited").count();
    assert_eq!(invited, 1, "{outcomes:?}");
    assert!(
        outcomes.iter().all(|outcome| outcome == "invited" || outcome == "already-invited"),
        "{outcomes:?}"
    );
    let mut users: Vec<String> =
        answers.iter().map(|answer| answer.text_at("/meta/results/0/user-id")).collect();
    users.sort();
    users.dedup();
    assert_eq!(users.len(), 1, "{users:?}");
    house.only_link("ann@bakery.example").await;
    let listed = account.administrator.get("/users?filter[email]=ann@bakery.example").await.unwrap();
    assert_eq!(ids(&expect(listed, 200)), users);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_subdomain_opened_ten_times_at_once_is_one_account() {
    let house = House::start().await;
    let body = json!({"name": "Acme", "subdomain": "acme", "email": "a@acme.example", "first-name": "A",
        "last-name": "B", "password": PASSWORD});
    let racers =
        (0..10).map(|_| Racer::new(&house.nobody, "POST", "/accounts", resource("accounts", body.clone())));
    let answers = race(racers.collect()).await;
    assert_eq!(statuses(&answers), [vec![201], vec![409; 9]].concat());
    house.sign_in("acme", "a@acme.example").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_first_of_resend_and_accept_the_other_hears_of_it() {
    let (house, account, bakery) = house_with_a_bakery().await;
    for round in 0..10 {
        let name = format!("person{round}");
        let (email, id) = account.invite(&name, "Lite", Grants::organizations(&[&bakery])).await;
        let link = house.link(&email).await;
        let accept = resource("invitations", json!({"password": PASSWORD}));
        let answers = race(vec![
            Racer::new(&house.nobody, "POST", link.clone(), accept),
            Racer::new(&account.administrator, "POST", format!("/users/{id}/invitation"), Value::Null),
        ])
        .await;
        let shown = expect(account.administrator.get(&format!("/users/{id}")).await.unwrap(), 200);
        let status = shown.text_at("/data/attributes/status");
        match (answers[0].status, answers[1].status) {
            (201, 409) => {
                assert_eq!(status, "active");
                assert_eq!(house.mails(&email).await.len(), 1);
                assert_eq!(house.opens(&link).await, (410, "invitation-used".to_owned()));
            }
            (410, 202) => {
                assert_eq!(status, "invited");
                assert_eq!(house.opens(&link).await, (410, "invitation-superseded".to_owned()));
                created(house.accept(&email).await);
            }
            other => panic!("round {round}: {other:?} {} {}", answers[0].text, answers[1].text),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_resends_at_once_leave_one_link_that_works() {
    let house = House::start_with_much_mail().await;
    let account = house.account("acme").await;
    let bakery = account.organization("Bakery").await;
    let (email, id) = account.invite("ann", "Lite", Grants::organizations(&[&bakery])).await;
    let path = format!("/users/{id}/invitation");
    let racers = (0..10).map(|_| Racer::new(&account.administrator, "POST", &path, Value::Null));
    let answers = race(racers.collect()).await;
    assert_eq!(statuses(&answers), [202; 10]);
    assert_eq!(house.stored_invitation(&account.id, &id).await["generation"], "11");
    let mut good = 0;
    let mails = house.mails(&email).await;
    for mail in &mails {
        good += usize::from(house.opens(&mail.link().unwrap()).await.0 == 200);
    }
    assert_eq!(good, 1, "of {} links", mails.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_moves_that_would_close_a_circle_one_is_refused() {
    let house = House::start().await;
    let account = house.account("acme").await;
    for round in 0..10 {
        let one = account.organization(&format!("One {round}")).await;
        let other = account.organization(&format!("Other {round}")).await;
        let under = |child: &str, parent: &str| {
            let body = resource("organizations", json!({ "parent-id": parent }));
            Racer::new(&account.administrator, "PATCH", format!("/organizations/{child}"), body)
        };
        let answers = race(vec![under(&one, &other), under(&other, &one)]).await;
        assert_eq!(statuses(&answers), [200, 422], "round {round}");
        let lost = answers.into_iter().find(|answer| answer.status == 422).unwrap();
        refused(lost, 422, "parent-cycle");
    }
}

/// Taking an organization's last holder's other organization and deleting the organization at once: someone keeps one.
#[tokio::test(flavor = "multi_thread")]
async fn two_organizations_deleted_at_once_leave_nobody_without() {
    let house = House::start().await;
    let account = house.account("acme").await;
    for round in 0..10 {
        let one = account.organization(&format!("One {round}")).await;
        let other = account.organization(&format!("Other {round}")).await;
        let both = Grants { organizations: &[&one, &other], ..Grants::default() };
        let (_, id) = account.invite(&format!("person{round}"), "Lite", both).await;
        let deletes = [&one, &other].map(|organization| {
            Racer::new(
                &account.administrator,
                "DELETE",
                format!("/organizations/{organization}"),
                Value::Null,
            )
        });
        let answers = race(deletes.into()).await;
        assert_eq!(statuses(&answers), [204, 422], "round {round}");
        let shown = expect(account.administrator.get(&format!("/users/{id}")).await.unwrap(), 200);
        assert_eq!(shown.at("/data/relationships/organizations/data").as_array().unwrap().len(), 1);
    }
}

/// Signing in, signing out and being removed meet: each answer is one of those that are known, and nobody is in afterwards.
#[tokio::test(flavor = "multi_thread")]
async fn one_who_is_removed_while_signing_in_or_out_is_out() {
    let (house, account, bakery) = house_with_a_bakery().await;
    for round in 0..20 {
        let name = format!("person{round}");
        let (ann, id) = account.user(&house, &name, "Lite", Grants::organizations(&[&bakery])).await;
        let credentials =
            json!({"subdomain": "acme", "email": format!("{name}@acme.example"), "password": PASSWORD});
        let mut racers = vec![
            Racer::new(&house.nobody, "POST", "/sessions", resource("sessions", credentials)),
            Racer::new(&ann, "DELETE", "/session", Value::Null),
            Racer::new(
                &ann,
                "PATCH",
                format!("/users/{id}"),
                resource("users", json!({"first-name": "Ann"})),
            ),
            Racer::new(&account.administrator, "DELETE", format!("/users/{id}"), Value::Null),
        ];
        racers.rotate_left(round % 4);
        let mut answers = race(racers).await;
        answers.rotate_right(round % 4);
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        let known: [&[u16]; 4] = [&[201, 401], &[204, 401], &[200, 401, 404], &[204]];
        assert!(
            known.iter().zip(&statuses).all(|(known, status)| known.contains(status)),
            "round {round}: {statuses:?}"
        );
        if answers[0].status == 201 {
            let token = answers[0].text_at("/data/attributes/access-token");
            refused(house.nobody.with_token(&token).get("/session").await.unwrap(), 401, "invalid-token");
        }
        let left = house.partition(&format!("A#{}#USERS", account.id)).await;
        assert_eq!(left.len(), 1, "a part of someone who is gone: {left:#?}");
    }
}

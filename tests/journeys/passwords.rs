//! Passwords that change and come back: by the old one, and by a mail.

use journeys::{
    Account, Answer, Client, Grants, House, PASSWORD, created, expect, faults, refused, resource,
};
use serde_json::json;

const NEW: &str = "three shops, one oven";
const ADMIN: &str = "admin@acme.example";

async fn opened() -> (House, Account) {
    let house = House::start().await;
    let account = house.account("acme").await;
    (house, account)
}

async fn ask(caller: &Client, subdomain: &str, email: &str) -> Answer {
    let body = resource("password-resets", json!({"subdomain": subdomain, "email": email}));
    caller.post("/password-resets", &body).await.unwrap()
}

async fn set(house: &House, link: &str, password: &str) -> Answer {
    house.nobody.post(link, &resource("password-resets", json!({ "password": password }))).await.unwrap()
}

async fn sign_in(house: &House, password: &str) -> Answer {
    let credentials = json!({"subdomain": "acme", "email": ADMIN, "password": password});
    house.nobody.post("/sessions", &resource("sessions", credentials)).await.unwrap()
}

/// The link of the newest mail that has one.
async fn link(house: &House, email: &str) -> String {
    house.mails(email).await.iter().rev().find_map(|mail| mail.link()).unwrap()
}

async fn subjects(house: &House, email: &str) -> Vec<String> {
    house.mails(email).await.iter().map(|mail| mail.subject.clone()).collect()
}

async fn change(caller: &Client, id: &str, old: &str, new: &str) -> Answer {
    let body = resource("passwords", json!({"old-password": old, "password": new}));
    caller.post(&format!("/users/{id}/password"), &body).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sole_administrator_who_forgot_the_password_comes_back_by_mail() {
    let (house, account) = opened().await;
    let answer = ask(&house.nobody, "ACME", " Admin@Acme.Example ").await;
    assert_eq!((expect(answer.clone(), 202).text.as_str(), answer.header("content-type")), ("", None));
    let first = link(&house, ADMIN).await;
    assert!(first.contains("/password-resets/"), "{first}");
    // Whoever asks twice has two mails, of which the second counts.
    expect(ask(&house.nobody, "acme", ADMIN).await, 202);
    let second = link(&house, ADMIN).await;
    refused(house.nobody.get(&first).await.unwrap(), 410, "reset-superseded");
    refused(set(&house, &first, NEW).await, 410, "reset-superseded");

    // Mail scanners open links, as often as they like.
    for _ in 0..3 {
        let shown = expect(house.nobody.get(&second).await.unwrap(), 200);
        assert_eq!(shown.text_at("/data/attributes/email"), ADMIN);
        expect(house.nobody.send(reqwest::Method::HEAD, &second, &[], None).await.unwrap(), 200);
        let page = [("accept", "text/html")];
        let page = house.nobody.send(reqwest::Method::GET, &second, &page, None).await.unwrap();
        assert!(expect(page, 200).text.contains("Set a new password"));
    }
    for (password, code) in [("short", "password-too-short"), ("qwerty123456", ""), ("The acme account!", "")]
    {
        let answer = expect(set(&house, &second, password).await, 422);
        assert_eq!(
            faults(&answer),
            [("invalid".to_owned(), "/data/attributes/password".to_owned())],
            "{code}"
        );
    }
    assert_eq!(expect(account.administrator.get("/session").await.unwrap(), 200).status, 200);
    let done = expect(set(&house, &second, NEW).await, 204);
    assert_eq!(done.text, "", "nobody is signed in by it");
    refused(account.administrator.get("/session").await.unwrap(), 401, "invalid-token");
    refused(sign_in(&house, PASSWORD).await, 401, "invalid-credentials");
    created(sign_in(&house, NEW).await);
    refused(set(&house, &second, "another one altogether").await, 410, "reset-used");
    assert_eq!(subjects(&house, ADMIN).await.last().unwrap(), "Your password was changed: The acme account");

    let log = house.changes(&account.id).await;
    let told: Vec<String> = log
        .iter()
        .filter(|entry| entry["resource_type"] == "password-resets")
        .map(|entry| format!("{} {}", entry["action"], entry["user_id"].is_null()).replace('"', ""))
        .collect();
    assert_eq!(told, ["create true", "create true", "update false"]);
    assert!(!json!(log).to_string().contains("oven"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_dies_by_the_clock_by_a_change_by_a_suspension_and_by_removal() {
    let (house, account) = opened().await;
    let bakery = account.organization("Bakery").await;
    let email = "ann@acme.example";
    let (ann, id) = account.user(&house, "ann", "Editor", Grants::organizations(&[&bakery])).await;
    let asked = async || {
        // A stranger cannot ask for more than a few an hour, nor can a story.
        house.product.clock.advance(3_600_000);
        expect(ask(&house.nobody, "acme", email).await, 202);
        link(&house, email).await
    };
    let by_time = asked().await;
    house.product.clock.advance(3_600_000);
    refused(set(&house, &by_time, NEW).await, 410, "reset-expired");

    let by_change = asked().await;
    expect(change(&ann, &id, PASSWORD, NEW).await, 200);
    refused(set(&house, &by_change, "yet another password").await, 410, "reset-withdrawn");

    let by_suspension = asked().await;
    for status in ["suspended", "active"] {
        let admin = account.administrator_again(&house).await;
        let body = resource("users", json!({ "status": status }));
        expect(admin.patch(&format!("/users/{id}"), &body).await.unwrap(), 200);
        refused(set(&house, &by_suspension, "yet another password").await, 410, "reset-withdrawn");
    }
    let by_removal = asked().await;
    let admin = account.administrator_again(&house).await;
    expect(admin.delete(&format!("/users/{id}"), None).await.unwrap(), 204);
    refused(set(&house, &by_removal, "yet another password").await, 410, "reset-withdrawn");
    refused(house.nobody.get("/password-resets/none").await.unwrap(), 404, "not-found");
    // No link of another kind passes for one, nor one of these for another.
    let (pending, _) = account_invites(&house, &admin, &bakery).await;
    let token = pending.rsplit('/').next().unwrap();
    refused(house.nobody.get(&format!("/password-resets/{token}")).await.unwrap(), 404, "not-found");
    let token = by_removal.rsplit('/').next().unwrap();
    refused(house.nobody.get(&format!("/invitations/{token}")).await.unwrap(), 404, "not-found");
}

async fn account_invites(house: &House, admin: &Client, bakery: &str) -> (String, String) {
    let email = "new@acme.example".to_owned();
    let body = journeys::invitation(&email, "Lite", Grants::organizations(&[bakery]));
    created(admin.post("/users", &body).await.unwrap());
    (house.link(&email).await, email)
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_hears_the_same_of_everyone_and_nobody_is_flooded() {
    let (house, account) = opened().await;
    let bakery = account.organization("Bakery").await;
    account.invite("pia", "Lite", Grants::organizations(&[&bakery])).await;
    house.mails("pia@acme.example").await;
    house.begin_a_window();
    let before = house.product.mailbox.mails().len();
    let mut answers = Vec::new();
    for (subdomain, email) in
        [("acme", ADMIN), ("acme", "pia@acme.example"), ("acme", "nobody@acme.example"), ("unknown", ADMIN)]
    {
        let answer = expect(ask(&house.nobody, subdomain, email).await, 202);
        let plain = |(name, _): &&(String, String)| {
            !["x-request-id", "apigw-requestid", "date"].contains(&name.as_str())
        };
        answers.push((answer.text.clone(), answer.headers.iter().filter(plain).cloned().collect::<Vec<_>>()));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    house.product.drain().await.unwrap();
    assert_eq!(house.product.mailbox.mails().len(), before + 1);
    for _ in 0..10 {
        expect(ask(&house.nobody, "acme", ADMIN).await, 202);
        // A mail that is overtaken before it leaves is not sent.
        house.product.drain().await.unwrap();
    }
    assert_eq!(house.mails(ADMIN).await.len(), 3, "three an hour, and the rest is silence");
    for body in [json!({"subdomain": "acme"}), json!({"subdomain": "acme", "email": ADMIN, "x": 1})] {
        expect(house.nobody.post("/password-resets", &resource("password-resets", body)).await.unwrap(), 422);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_changes_with_the_old_one_and_every_other_session_ends() {
    let (house, account) = opened().await;
    let (admin, id) = (&account.administrator, account.administrator_id.as_str());
    let other = house.sign_in("acme", ADMIN).await;
    refused(change(admin, id, "not my password", NEW).await, 403, "wrong-password");
    refused(change(admin, id, PASSWORD, PASSWORD).await, 422, "same-password");
    expect(change(admin, id, PASSWORD, "short").await, 422);
    let changed = expect(change(admin, id, PASSWORD, NEW).await, 200);
    let again = house.nobody.with_token(&changed.text_at("/data/attributes/access-token"));
    expect(again.get("/session").await.unwrap(), 200);
    refused(other.get("/session").await.unwrap(), 401, "invalid-token");
    refused(sign_in(&house, PASSWORD).await, 401, "invalid-credentials");
    created(sign_in(&house, NEW).await);
    assert_eq!(subjects(&house, ADMIN).await, ["Your password was changed: The acme account"]);

    // Nobody else's, whoever one is; and no key has one.
    let bakery = {
        let body = resource("organizations", json!({"name": "Bakery"}));
        created(again.post("/organizations", &body).await.unwrap()).id()
    };
    let (ann, ann_id) = {
        let account = Account { administrator: again.clone(), ..clone(&account) };
        account.user(&house, "ann", "Editor", Grants::organizations(&[&bakery])).await
    };
    refused(change(&again, &ann_id, NEW, "yet another password").await, 403, "password-not-yours");
    refused(change(&again, "12345", NEW, "yet another password").await, 404, "not-found");
    refused(change(&ann, id, PASSWORD, "yet another password").await, 404, "not-found");
    let key = resource(
        "api-keys",
        json!({"name": "Sync", "role-name": "Administrator", "all-organizations": true}),
    );
    let key = created(again.post("/api-keys", &key).await.unwrap()).text_at("/data/attributes/key");
    let key = house.nobody.with_api_key(&key);
    refused(change(&key, id, NEW, "yet another password").await, 403, "person-needed");
}

fn clone(account: &Account) -> Account {
    Account {
        subdomain: account.subdomain.clone(),
        id: account.id.clone(),
        administrator: account.administrator.clone(),
        administrator_id: account.administrator_id.clone(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_forgot_the_subdomain_is_told_by_mail_and_nobody_else() {
    let (house, account) = opened().await;
    let noc = house.account("night-noc").await;
    let home = noc.organization("Home").await;
    let body = journeys::invitation(ADMIN, "Editor", Grants::organizations(&[&home]));
    created(noc.administrator.post("/users", &body).await.unwrap());
    created(house.accept(ADMIN).await);
    let remind = async |email: &str| {
        let body = resource("subdomain-reminders", json!({ "email": email }));
        expect(house.nobody.post("/subdomain-reminders", &body).await.unwrap(), 202)
    };
    remind("Admin@acme.example").await;
    let mails = house.mails(ADMIN).await;
    let mail = mails.last().unwrap();
    assert_eq!(mail.subject, "Your accounts");
    for name in ["The acme account (subdomain: acme)", "The night-noc account (subdomain: night-noc)"] {
        let text = mail.body.text.as_deref().unwrap_or_default();
        assert!(text.contains(name), "{text}");
    }
    let before = house.product.mailbox.mails().len();
    remind("nobody@acme.example").await;
    house.product.drain().await.unwrap();
    assert_eq!(house.product.mailbox.mails().len(), before);
    drop(account);
}

//! What the program prints, even at its most talkative, opens nothing.

use std::collections::BTreeSet;
use std::time::Duration;

use local::client::{related, resource};
use serde_json::{Value, json};

use crate::running::{Folder, PASSWORD, Running};

const ANN: &str = "ann's own-secret words";
const WRONG: &str = "wrong-secret words";

/// The links of so many mails, once they have arrived.
async fn arrived(running: &Running, count: usize) -> Vec<String> {
    for _ in 0..500 {
        let links: Vec<String> = running.mails().await.iter().map(|mail| mail.link().unwrap()).collect();
        if links.len() == count {
            return links;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("not {count} mails: {:#?}", running.mails().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_link_and_no_password_is_printed() {
    let folder = Folder::new("log");
    let mut running = Running::start(&folder).await;
    let admin = running.account("acme").await;
    let bakery =
        admin.post("/organizations", &resource("organizations", json!({"name": "Bakery"}))).await.unwrap();
    let organizations = json!({"organizations": {"data": [{"type": "organizations", "id": bakery.id()}]}});
    let emails = ["ann@x.example", "ben@x.example"];
    let mut users = Vec::new();
    for email in emails {
        let body = related("users", json!({"email": email, "role-name": "Lite"}), organizations.clone());
        users.push(admin.post("/users", &body).await.unwrap().id());
    }
    arrived(&running, 2).await;
    // A failing SES is where senders are most talkative.
    running.tell("/ses", json!({"mode": "reject"})).await;
    let resent = admin.post(&format!("/users/{}/invitation", users[1]), &Value::Null).await.unwrap();
    assert_eq!(resent.status, 202, "{}", resent.text);
    for _ in 0..500 {
        let shown = admin.get(&format!("/users/{}", users[1])).await.unwrap();
        if shown.text_at("/data/attributes/invitation-delivery") == "failed" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    running.tell("/ses", json!({"mode": "ok"})).await;
    running.tell("/clock", json!({"advance-seconds": 600})).await;
    running.tell("/schedule/expire-invitations", Value::Null).await;
    let links = arrived(&running, 3).await;

    let page = [("accept", "text/html"), ("content-type", "application/x-www-form-urlencoded")];
    for link in &links {
        for method in ["GET", "HEAD", "PUT"] {
            running.nobody.send(method.parse().unwrap(), link, &page, None).await.unwrap();
        }
        running.nobody.get(&format!("{link}/")).await.unwrap();
        running.nobody.get(&link.replace("/invitations/", "/nowhere/")).await.unwrap();
        let malformed = format!("{{\"data\": \"{ANN}");
        running.nobody.send("POST".parse().unwrap(), link, &[], Some(malformed)).await.unwrap();
    }
    let accept = |password: &str| resource("invitations", json!({ "password": password }));
    assert_eq!(running.nobody.post(&links[0], &accept(ANN)).await.unwrap().status, 201);
    assert_eq!(running.nobody.post(&links[0], &accept(WRONG)).await.unwrap().status, 410);
    let form = format!("password={}", WRONG.replace(' ', "+"));
    running.nobody.send("POST".parse().unwrap(), &links[1], &page, Some(form)).await.unwrap();
    assert!(running.nobody.sign_in("acme", emails[0], WRONG).await.unwrap().is_err());
    let ann = running.nobody.sign_in("acme", emails[0], ANN).await.unwrap();
    let Ok(ann) = ann else { panic!("Ann cannot sign in") };
    let unknown = json!({"data": {"type": "sessions", "attributes": {"subdomain": "acme", "email": emails[0],
        "password": ANN, "passwort": WRONG}}});
    assert_eq!(running.nobody.post("/sessions", &unknown).await.unwrap().status, 422);
    running.kill();

    let printed = folder.printed();
    for expected in ["/invitations/{token}", "Mailbox", "schedule run"] {
        assert!(printed.contains(expected), "{expected:?} is not in what was printed:\n{printed}");
    }
    let mut secrets: BTreeSet<String> = [PASSWORD, ANN, WRONG].map(str::to_owned).into();
    secrets.insert(WRONG.replace(' ', "+"));
    let tokens = links.iter().map(|link| link.rsplit('/').next().unwrap());
    for token in tokens.chain([admin.token().unwrap(), ann.token().unwrap()]) {
        secrets.extend([token.to_owned(), token.rsplit('.').next().unwrap().to_owned()]);
    }
    for line in printed.lines() {
        let found: Vec<_> = secrets.iter().filter(|secret| line.contains(*secret)).collect();
        assert!(found.is_empty(), "{found:?} is printed in:\n{line}");
    }
    // What the product itself says names nobody either. (The embedded database, at its most talkative, prints its items.)
    let said = |line: &&str| [" INFO ", " WARN ", " ERROR "].iter().any(|level| line.contains(level));
    let named = |line: &&str| line.contains(".example") && line.contains('@');
    let found: Vec<_> = printed.lines().filter(said).filter(named).collect();
    assert!(found.is_empty(), "an address is printed: {found:#?}");
    let answered: Vec<_> = printed.lines().filter(|line| line.contains("answered function=")).collect();
    assert!(answered.len() > 10, "{printed}");
    // What no request calls says so too, with what it used.
    let sealed: Vec<_> = printed.lines().filter(|line| line.contains("function=\"seal-log\"")).collect();
    assert!(sealed.iter().any(|line| !line.contains(" write_units=0.0")), "{sealed:#?}");
    for line in answered.into_iter().chain(sealed) {
        for field in ["request_id=", "outcome=", "read_units=", "write_units=", "duration_ms="] {
            assert!(line.contains(field), "{field} is missing in {line}");
        }
    }
    assert!(
        printed
            .lines()
            .any(|line| line.contains("answered function=\"create-users\"") && line.contains("account="))
    );
}

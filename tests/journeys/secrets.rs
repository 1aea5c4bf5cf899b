//! After a whole journey neither the data folder nor any answer holds a link or a password.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use journeys::{Answer, Client, House, expect, identifiers, refused, relations, resource};
use local::Storage;
use serde_json::{Value, json};

/// A folder of the test's own, removed at its end.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("glueconnect-journeys-{}-{name}", std::process::id())))
    }

    pub fn data(&self) -> PathBuf {
        self.0.join("data")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Everything that was answered, and how it was asked for.
#[derive(Clone, Default)]
struct Answers(Arc<Mutex<Vec<(String, Answer)>>>);

impl Answers {
    async fn ask(&self, caller: &Client, method: &str, path: &str, body: Value) -> Answer {
        let body = Some(body).filter(|body| !body.is_null()).map(|body| body.to_string());
        self.keep(
            format!("{method} {path}"),
            caller.send(method.parse().unwrap(), path, &[], body).await.unwrap(),
        )
    }

    fn keep(&self, asked: String, answer: Answer) -> Answer {
        self.0.lock().unwrap().push((asked, answer.clone()));
        answer
    }

    /// As a browser does.
    async fn browse(&self, caller: &Client, method: &str, path: &str, form: Option<&str>) -> Answer {
        let headers = [("accept", "text/html"), ("content-type", "application/x-www-form-urlencoded")];
        let form = form.map(str::to_owned);
        self.keep(
            format!("{method} {path}"),
            caller.send(method.parse().unwrap(), path, &headers, form).await.unwrap(),
        )
    }
}

const OWN: &str = "administrator's-secret words";
const ANN: &str = "ann's own-secret words";
const BEN: &str = "ben's own-secret words";
const WEAK: &str = "weak-secret";
const WRONG: &str = "wrong-secret words";

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_journey_leaves_no_link_and_no_password_behind() {
    let folder = Folder::new("secrets");
    let house = House::start_in(Storage::Dir(folder.data())).await;
    let answers = Answers::default();
    let nobody = &house.nobody;
    let account = json!({"name": "Acme", "subdomain": "acme", "email": "ada@acme.example", "first-name": "Ada",
        "last-name": "Admin", "password": OWN});
    expect(answers.ask(nobody, "POST", "/accounts", resource("accounts", account)).await, 201);
    let sign_in = |email: &str, password: &str| {
        resource("sessions", json!({"subdomain": "acme", "email": email, "password": password}))
    };
    let mut sessions = BTreeSet::new();
    let mut session = |answer: &Answer| {
        let token = answer.text_at("/data/attributes/access-token");
        sessions.insert(token.clone());
        nobody.with_token(&token)
    };
    expect(answers.ask(nobody, "POST", "/sessions", sign_in("ada@acme.example", WRONG)).await, 401);
    let admin = session(&expect(
        answers.ask(nobody, "POST", "/sessions", sign_in("ada@acme.example", OWN)).await,
        201,
    ));
    let bakery = resource("organizations", json!({"name": "Bakery"}));
    let bakery = expect(answers.ask(&admin, "POST", "/organizations", bakery).await, 201).id();
    let desk = resource("groups", json!({"name": "Desk"}));
    let desk = expect(answers.ask(&admin, "POST", "/groups", desk).await, 201).id();

    let grants = journeys::Grants { organizations: &[&bakery], groups: &[&desk], all: false };
    let emails = ["ann@x.example", "ben@x.example", "cy@x.example", "dee@x.example"];
    let body = journeys::invitations(emails, "Lite", grants);
    expect(answers.ask(&admin, "POST", "/users?preview=true", body.clone()).await, 200);
    let invited = expect(answers.ask(&admin, "POST", "/users", body).await, 201);
    let ids = journeys::ids(&invited);
    let mut links = Vec::new();
    for email in emails {
        links.push(house.only_link(email).await);
    }
    for method in ["GET", "HEAD"] {
        answers.browse(nobody, method, &links[0], None).await;
        answers.ask(nobody, method, &links[0], Value::Null).await;
    }
    let accept =
        |password: &str| resource("invitations", json!({ "password": password, "first-name": "Ann" }));
    expect(answers.ask(nobody, "POST", &links[0], accept(WEAK)).await, 422);
    let ann = session(&expect(answers.ask(nobody, "POST", &links[0], accept(ANN)).await, 201));
    refused(answers.ask(nobody, "POST", &links[0], accept(WRONG)).await, 410, "invitation-used");
    expect(
        answers.browse(nobody, "POST", &links[1], Some(&format!("first-name=Ben&password={WEAK}"))).await,
        422,
    );
    let form = format!("first-name=Ben&last-name=&password={}", BEN.replace(' ', "+"));
    expect(answers.browse(nobody, "POST", &links[1], Some(&form)).await, 303);
    expect(answers.browse(nobody, "POST", &links[1], Some(&form)).await, 410);
    expect(answers.browse(nobody, "GET", &links[1], None).await, 410);
    session(&expect(answers.ask(nobody, "POST", "/sessions", sign_in("ben@x.example", BEN)).await, 201));

    expect(answers.ask(&admin, "POST", &format!("/users/{}/invitation", ids[2]), Value::Null).await, 202);
    links.push(house.link(emails[2]).await);
    expect(answers.browse(nobody, "GET", &links[2], None).await, 410);
    let edit = relations("users", &[("organizations", &[&bakery])]);
    expect(answers.ask(&admin, "PATCH", &format!("/users/{}", ids[2]), edit).await, 200);
    expect(answers.ask(&admin, "DELETE", &format!("/users/{}", ids[3]), Value::Null).await, 204);
    expect(answers.ask(nobody, "GET", &links[3], Value::Null).await, 410);
    expect(answers.ask(nobody, "POST", &links[3], accept(WRONG)).await, 410);
    let question = json!({"action": "read", "organization-id": bakery, "record": true});
    expect(answers.ask(&ann, "POST", "/access/check", resource("access-checks", question)).await, 200);
    let members = identifiers("users", &[&ids[0]]);
    expect(answers.ask(&admin, "DELETE", &format!("/groups/{desk}/relationships/users"), members).await, 204);
    for path in [
        "/users?include=groups,organizations",
        "/groups?include=users",
        "/organizations",
        "/account",
        "/session",
    ] {
        expect(answers.ask(&admin, "GET", path, Value::Null).await, 200);
    }
    expect(answers.ask(&ann, "DELETE", "/session", Value::Null).await, 204);
    house.advance_hours(100);
    house.run_schedule().await;
    expect(answers.browse(nobody, "GET", &links[4], None).await, 410);

    // What would open something: every link with its signature alone, every password. Of a session the folder alone
    // must hold nothing: the answer that opens one is there to hold it.
    let mut secrets: BTreeSet<String> = [OWN, ANN, BEN, WEAK, WRONG].map(str::to_owned).into();
    secrets.insert(BEN.replace(' ', "+"));
    for link in &links {
        secrets.extend(marks(link.rsplit('/').next().unwrap()));
    }
    assert_eq!(links.len(), 5);
    for (asked, answer) in answers.0.lock().unwrap().iter() {
        let headers: Vec<_> = answer.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        let whole = format!("{}\n{}", headers.join("\n"), answer.text);
        let found: Vec<_> = secrets.iter().filter(|secret| whole.contains(*secret)).collect();
        let route = asked.split("/invitations/").next().unwrap_or_default();
        assert!(found.is_empty(), "the answer to {route} holds {found:?}:\n{whole}");
    }
    secrets.extend(sessions.iter().flat_map(|token| marks(token)));
    // While it runs, when the newest writes stand in the log beside the database, and after it has stopped.
    holds_none(&folder.data(), &secrets);
    house.product.stop().await;
    holds_none(&folder.data(), &secrets);
    assert!(
        holding(&folder.0.join("data-mailbox"), links[0].as_bytes()) == ["mails.jsonl"],
        "the search would find a link where there is one: in the recipients' mailbox"
    );
}

/// By what a token is known: whole, its signature, and each half of that, since a database cuts what is long in two.
fn marks(token: &str) -> [String; 4] {
    let signature = token.rsplit('.').next().unwrap();
    let (start, end) = signature.split_at(signature.len() / 2);
    [token, signature, start, end].map(str::to_owned)
}

fn holds_none(data: &Path, secrets: &BTreeSet<String>) {
    assert!(
        holding(data, b"ann@x.example").iter().any(|file| file.starts_with("table.db")),
        "the search finds what is there"
    );
    for secret in secrets {
        let found = holding(data, secret.as_bytes());
        assert!(found.is_empty(), "{secret} stands in {found:?}");
    }
}

/// The files of a folder that hold these bytes. The key set is no link, but what links are signed with, and is not looked at.
pub fn holding(folder: &Path, bytes: &[u8]) -> Vec<String> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files
        .filter(|file| file.file_name().unwrap() != "keys.json")
        // A file that is gone by now was one that replaces another.
        .filter(|file| std::fs::read(file).unwrap_or_default().windows(bytes.len()).any(|some| some == bytes))
        .map(|file| file.file_name().unwrap().to_string_lossy().into_owned())
        .collect()
}

//! An account lets another in: invited, refused to an Editor, accepted by an Administrator, and what its users may do inside.

use journeys::{Account, Client, Grants, House, created, expect, identifiers, invitation, refused, resource};
use serde_json::{Value, json};

use crate::authenticator::enrol;

/// The body that offers these organizations, with this maximum role, to the account with this subdomain.
pub fn offer(subdomain: &str, role: &str, organizations: &[&str]) -> Value {
    let mut body = resource("connections", json!({"subdomain": subdomain, "maximum-role-name": role}));
    body["data"]["relationships"] = json!({"organizations": identifiers("organizations", organizations)});
    body
}

/// The same for all organizations.
pub fn offer_all(subdomain: &str, role: &str) -> Value {
    resource(
        "connections",
        json!({"subdomain": subdomain, "maximum-role-name": role, "all-organizations": true}),
    )
}

/// Accepts the newest GlueConnect mail that this address got.
pub async fn accept(house: &House, administrator: &Client, email: &str) -> journeys::Answer {
    let link = house.link(email).await;
    administrator
        .post(&link, &resource("connection-invitations", json!({"decision": "accept"})))
        .await
        .unwrap()
}

/// Connects two accounts at once, and answers the connection's id.
pub async fn connect(house: &House, host: &Account, delegate: &Account, body: &Value) -> String {
    let id = created(host.administrator.post("/connections", body).await.unwrap()).id();
    expect(
        accept(house, &delegate.administrator, &format!("admin@{}.example", delegate.subdomain)).await,
        200,
    );
    id
}

/// The same person inside that account.
pub async fn enter(person: &Client, account: &str) -> Client {
    let body = resource("sessions", json!({"account-id": account}));
    let answer = expect(person.patch("/session", &body).await.unwrap(), 200);
    person.with_token(&answer.text_at("/data/attributes/access-token"))
}

/// Asks whether the client may do this there.
pub async fn ask(client: &Client, action: &str, organization: &str) -> journeys::Answer {
    let question = resource("access-checks", json!({"action": action, "organization-id": organization}));
    client.post("/access/check", &question).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_desk_is_let_in() {
    let house = House::start().await;
    let host = house.account("acme").await;
    let noc = house.account("night-noc").await;
    let bakery = host.organization("Bakery").await;
    let dental = host.organization("Dental").await;
    let (second, _) = noc.user(&house, "second", "Administrator", Grants::ALL).await;
    let (editor, _) = noc.user(&house, "emil", "Editor", Grants::ALL).await;
    let (lite, _) = {
        let own = noc.organization("Own client").await;
        noc.user(&house, "lia", "Lite", Grants::organizations(&[&own])).await
    };

    let mut body = offer("night-noc", "Manager", &[&bakery]);
    body["data"]["attributes"]["message"] = json!("Please cover our nights.");
    let connection = created(host.administrator.post("/connections", &body).await.unwrap());
    assert_eq!(connection.at("/data/attributes/status"), json!("pending"), "{}", connection.text);
    for administrator in ["admin@night-noc.example", "second@night-noc.example"] {
        let mails = house.mails(administrator).await;
        let mail = mails.last().unwrap();
        let text = mail.body.text.as_deref().unwrap_or_default();
        for words in ["The acme account", "Manager role at most", "Bakery", "Please cover our nights."] {
            assert!(text.contains(words), "{words} in {text}");
        }
    }
    assert!(house.mails("emil@night-noc.example").await.len() == 1, "an Editor got only the own invitation");

    // Opening changes nothing, and an Editor cannot answer.
    let link = house.link("second@night-noc.example").await;
    for _ in 0..3 {
        expect(house.nobody.get(&link).await.unwrap(), 200);
    }
    let decision = resource("connection-invitations", json!({"decision": "accept"}));
    refused(house.nobody.post(&link, &decision).await.unwrap(), 401, "no-credentials");
    refused(editor.post(&link, &decision).await.unwrap(), 403, "role-too-low");
    refused(host.administrator.post(&link, &decision).await.unwrap(), 404, "not-found");
    refused(
        editor.patch("/session", &resource("sessions", json!({"account-id": host.id}))).await.unwrap(),
        404,
        "not-found",
    );
    let accepted = expect(second.post(&link, &decision).await.unwrap(), 200);
    assert_eq!(accepted.at("/data/attributes/status"), json!("active"), "{}", accepted.text);
    refused(second.post(&link, &decision).await.unwrap(), 410, "invitation-used");

    // At once the delegate's Editor enters, reads and updates.
    let session = expect(editor.get("/session").await.unwrap(), 200);
    assert_eq!(session.at("/meta/accounts/0/account-id"), json!(host.id), "{}", session.text);
    let inside = enter(&editor, &host.id).await;
    let session = expect(inside.get("/session").await.unwrap(), 200);
    assert_eq!(session.at("/data/attributes/connected"), json!(true));
    assert_eq!(session.at("/data/attributes/account-name"), json!("The acme account"));
    let seen = expect(inside.get("/organizations").await.unwrap(), 200);
    assert_eq!(seen.at("/meta/total-count"), json!(1), "{}", seen.text);
    expect(inside.get(&format!("/organizations/{bakery}")).await.unwrap(), 200);
    refused(inside.get(&format!("/organizations/{dental}")).await.unwrap(), 404, "not-found");
    let renamed = resource("organizations", json!({"description": "Ovens on call"}));
    expect(inside.patch(&format!("/organizations/{bakery}"), &renamed).await.unwrap(), 200);
    let check = expect(ask(&inside, "update", &bakery).await, 200);
    assert_eq!(check.at("/data/attributes/allowed"), json!(true), "{}", check.text);
    assert_eq!(check.at("/data/attributes/maximum-role-name"), json!("Manager"));
    assert_eq!(check.at("/data/attributes/effective-role-name"), json!("Editor"));

    // No security permission, whatever the effective role.
    let manager = enter(&second, &host.id).await;
    for visitor in [&inside, &manager] {
        let restricted = ask(visitor, "set-restrictions", &bakery).await;
        assert_eq!(
            restricted.at("/data/attributes/reason"),
            json!("security-permission"),
            "{}",
            restricted.text
        );
        let group = resource("groups", json!({"name": "Mine"}));
        refused(visitor.post("/groups", &group).await.unwrap(), 403, "security-permission");
        let user = invitation("eve@night-noc.example", "Lite", Grants::organizations(&[&bakery]));
        refused(visitor.post("/users", &user).await.unwrap(), 403, "security-permission");
        refused(visitor.get("/users").await.unwrap(), 403, "security-permission");
        refused(visitor.get("/account").await.unwrap(), 403, "security-permission");
        refused(visitor.get("/connections").await.unwrap(), 403, "security-permission");
        refused(
            visitor.post("/connections", &offer("acme", "Editor", &[&bakery])).await.unwrap(),
            403,
            "security-permission",
        );
        refused(
            visitor.patch("/account", &resource("accounts", json!({"name": "Mine"}))).await.unwrap(),
            403,
            "security-permission",
        );
    }

    // A Lite user of the delegate has no access.
    let body = resource("sessions", json!({"account-id": host.id}));
    refused(lite.patch("/session", &body).await.unwrap(), 403, "lite-in-host");

    // Delegates count nowhere; and one switches back.
    let settings = expect(host.administrator.get("/account").await.unwrap(), 200);
    assert_eq!(settings.at("/meta/licensed-users"), json!(1), "{}", settings.text);
    let back = enter(&inside, &noc.id).await;
    let session = expect(back.get("/session").await.unwrap(), 200);
    assert_eq!(session.at("/data/attributes/connected"), json!(false));

    // The host's log shows each act with the account of whoever did it; the delegate's shows who did what when, and no names
    // of what is the host's.
    let logged =
        expect(host.administrator.get(&format!("/logs?filter[account_id]={}", noc.id)).await.unwrap(), 200);
    assert_eq!(logged.at("/meta/account-column"), json!(true), "{}", logged.text);
    let entries = logged.at("/data").as_array().unwrap().clone();
    let acts: Vec<String> = entries
        .iter()
        .map(|entry| {
            let text = |name: &str| entry["attributes"][name].as_str().unwrap_or("-").to_owned();
            assert_eq!(text("account-name"), "The night-noc account", "{entry:#}");
            format!("{} {} {}", text("action"), text("resource-type"), text("outcome"))
        })
        .collect();
    for act in [
        "read organizations allowed",
        "update organizations allowed",
        "read organizations not-found",
        "create groups security-permission",
        "create users security-permission",
        "update connections allowed",
    ] {
        assert!(acts.iter().any(|known| known == act), "{act} in {acts:#?}");
    }
    let at_home = expect(
        noc.administrator.get("/logs?filter[resource_type]=organizations&page[size]=1000").await.unwrap(),
        200,
    );
    let visits: Vec<Value> = at_home
        .at("/data")
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["attributes"]["host-id"] == host.id.as_str())
        .cloned()
        .collect();
    assert!(visits.iter().any(|entry| entry["attributes"]["action"] == "update"), "{}", at_home.text);
    for visit in &visits {
        assert!(!visit.to_string().contains("Bakery") && !visit.to_string().contains(&bakery), "{visit:#}");
    }

    // Both sides see it.
    for (side, direction) in [(&host, "granted"), (&noc, "received")] {
        let path = format!("/connections?filter[direction]={direction}&filter[status]=active");
        let listed = expect(side.administrator.get(&path).await.unwrap(), 200);
        assert_eq!(listed.at("/data/0/id"), json!(connection.id()), "{}", listed.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_that_cannot_be_made_says_why() {
    let house = House::start().await;
    let host = house.account("acme").await;
    let noc = house.account("night-noc").await;
    let bakery = host.organization("Bakery").await;
    let (manager, _) = host.user(&house, "mara", "Manager", Grants::ALL).await;
    let empty = host.group("Empty", &[]).await;
    let post = async |body: Value| host.administrator.post("/connections", &body).await.unwrap();
    refused(post(offer("nobody-here", "Editor", &[&bakery])).await, 422, "unknown-subdomain");
    refused(post(offer("acme", "Editor", &[&bakery])).await, 422, "own-account");
    refused(post(offer("night-noc", "Lite", &[&bakery])).await, 422, "lite-maximum-role");
    refused(post(offer("night-noc", "King", &[&bakery])).await, 422, "invalid");
    refused(post(offer("night-noc", "Editor", &[])).await, 422, "no-organization-chosen");
    let mut hollow = offer("night-noc", "Editor", &[]);
    hollow["data"]["relationships"]["groups"] = identifiers("groups", &[&empty]);
    refused(post(hollow).await, 422, "no-organization-chosen");
    refused(post(offer("night-noc", "Editor", &["1"])).await, 422, "unknown-organization");
    let theirs = noc.organization("Theirs").await;
    refused(post(offer("night-noc", "Editor", &[&theirs])).await, 422, "unknown-organization");
    let mut past = offer_all("night-noc", "Editor");
    past["data"]["attributes"]["expires-at"] = json!("2020-01-01T00:00:00Z");
    refused(post(past).await, 422, "invalid");
    refused(post(resource("connections", json!({"maximum-role-name": "Editor"}))).await, 422, "missing");
    let provider = resource(
        "connections",
        json!({"provider": "Inbay", "maximum-role-name": "Editor", "all-organizations": true}),
    );
    // A name is no account: whoever takes the subdomain of a provider is not let in for it.
    let taken = json!({"name": "Inbay", "subdomain": "inbay", "email": "a@inbay.example", "first-name": "A",
        "last-name": "B", "password": "correct horse battery"});
    let taken = house.nobody.post("/accounts", &resource("accounts", taken)).await.unwrap();
    refused(taken, 422, "providers-name");
    let answer = refused(post(provider).await, 422, "invalid");
    assert_eq!(answer.text_at("/errors/0/source/pointer"), "/data/attributes/provider");
    refused(
        manager.post("/connections", &offer_all("night-noc", "Editor")).await.unwrap(),
        403,
        "role-too-low",
    );
    created(post(offer_all("night-noc", "Editor")).await);
    refused(post(offer_all("night-noc", "Editor")).await, 409, "already-invited");
    expect(accept(&house, &noc.administrator, "admin@night-noc.example").await, 200);
    refused(post(offer_all("night-noc", "Editor")).await, 409, "already-connected");
    let providers = expect(host.administrator.get("/providers").await.unwrap(), 200);
    assert_eq!(providers.at("/data/0/attributes/name"), json!("Inbay"), "{}", providers.text);
    assert_eq!(providers.at("/data/0/attributes/available"), json!(false), "{}", providers.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_asks_an_administrator_to_sign_in_and_answer() {
    let house = House::start().await;
    let host = house.account("acme").await;
    let noc = house.account("night-noc").await;
    noc.user(&house, "emil", "Editor", Grants::ALL).await;
    let id =
        created(host.administrator.post("/connections", &offer_all("night-noc", "Editor")).await.unwrap())
            .id();
    let link = house.link("admin@night-noc.example").await;
    let html = [("accept", "text/html"), ("content-type", "application/x-www-form-urlencoded")];
    let post = async |fields: &str| {
        house.nobody.send("POST".parse().unwrap(), &link, &html, Some(fields.to_owned())).await.unwrap()
    };
    let page = house.nobody.send("GET".parse().unwrap(), &link, &html[..1], None).await.unwrap();
    assert!(
        page.status == 200 && page.text.contains("lets <bdi>The night-noc account</bdi> in"),
        "{}",
        page.text
    );
    let token = link.rsplit('/').next().unwrap();
    assert!(!page.text.contains(token), "the page does not hold its own link: {}", page.text);
    let password = "password=correct+horse+battery";
    for (fields, words) in [
        (
            "email=admin%40night-noc.example&password=wrong&decision=accept".to_owned(),
            "The e-mail address, password or code is wrong.",
        ),
        (
            format!("email=admin%40acme.example&{password}&decision=accept"),
            "The e-mail address, password or code is wrong.",
        ),
        (format!("email=emil%40night-noc.example&{password}&decision=accept"), "Administrator or higher"),
        (format!("email=admin%40night-noc.example&{password}"), "Choose whether to accept"),
    ] {
        let page = post(&fields).await;
        assert!(page.status == 422 && page.text.contains(words), "{fields}: {} {}", page.status, page.text);
    }
    let kept = post(&format!("email=emil%40night-noc.example&{password}x&decision=accept")).await;
    assert!(kept.text.contains("value=\"emil@night-noc.example\""), "{}", kept.text);
    let done =
        expect(post(&format!("email=ADMIN%40night-noc.example&{password}&decision=accept")).await, 303);
    let path = format!("{link}{}", done.header("location").unwrap());
    let shown =
        expect(house.nobody.send("GET".parse().unwrap(), &path, &html[..1], None).await.unwrap(), 200);
    assert!(shown.text.contains("is open to you"), "{}", shown.text);
    let again = post(&format!("email=admin%40night-noc.example&{password}&decision=accept")).await;
    assert!(again.status == 410 && again.text.contains("was answered"), "{}", again.text);
    let shown = host.administrator.get(&format!("/connections/{id}")).await.unwrap();
    assert_eq!(shown.at("/data/attributes/status"), json!("active"), "{}", shown.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn mfa_of_the_host_does_not_prompt_and_can_be_required_of_the_home_session() {
    let house = House::start().await;
    let host = house.account("acme").await;
    let noc = house.account("night-noc").await;
    let bakery = host.organization("Bakery").await;
    let (editor, _) = noc.user(&house, "emil", "Editor", Grants::ALL).await;
    connect(&house, &host, &noc, &offer_all("night-noc", "Editor")).await;
    let inside = enter(&editor, &host.id).await;
    let required = resource("accounts", json!({"require-delegate-mfa": true}));
    expect(host.administrator.patch("/account", &required).await.unwrap(), 200);
    refused(ask(&inside, "read", &bakery).await, 403, "delegate-mfa-required");
    let to_host = resource("sessions", json!({"account-id": host.id}));
    refused(editor.patch("/session", &to_host).await.unwrap(), 403, "delegate-mfa-required");
    let not_required = resource("accounts", json!({"require-delegate-mfa": false, "enforce-mfa": true}));
    expect(host.administrator.patch("/account", &not_required).await.unwrap(), 200);
    // The host's own users must enrol now; the delegate's are not asked.
    refused(host.administrator.get("/organizations").await.unwrap(), 403, "mfa-enrolment-required");
    expect(ask(&inside, "read", &bakery).await, 200);
}

/// The page tells which organizations the host's groups reach, and asks whoever has a second factor for it.
#[tokio::test(flavor = "multi_thread")]
async fn the_page_knows_groups_and_second_factors() {
    let house = House::start().await;
    let host = house.account("acme").await;
    let noc = house.account("night-noc").await;
    let bakery = host.organization("Bakery").await;
    let desk = host.group("Desk", &[&bakery]).await;
    let enrolled = enrol(&house, &noc.administrator, &noc.administrator_id).await;
    let mut body = offer("night-noc", "Editor", &[]);
    body["data"]["relationships"] = json!({"groups": identifiers("groups", &[&desk])});
    created(host.administrator.post("/connections", &body).await.unwrap());
    let link = house.link("admin@night-noc.example").await;
    let html = [("accept", "text/html"), ("content-type", "application/x-www-form-urlencoded")];
    let page = house.nobody.send("GET".parse().unwrap(), &link, &html[..1], None).await.unwrap();
    assert!(page.text.contains("Bakery"), "{}", page.text);
    let (wrong, right) = (enrolled.app.wrong_code(&house), enrolled.app.next_code(&house));
    for (code, status) in [("", 422), (wrong.as_str(), 422), (right.as_str(), 303)] {
        let fields = format!(
            "email=admin%40night-noc.example&password=correct+horse+battery&otp={code}&decision=accept"
        );
        let page = house.nobody.send("POST".parse().unwrap(), &link, &html, Some(fields)).await.unwrap();
        assert_eq!(page.status, status, "{code}: {}", page.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pending_offer_is_answered_while_signed_in_without_the_mail() {
    let house = House::start().await;
    let (host, noc) = (house.account("acme").await, house.account("noc").await);
    let (editor, _) = noc.user(&house, "ed", "Editor", Grants::ALL).await;
    let answer = async |who: &Client, id: &str, decision: &str| {
        let body = resource("connections", json!({"decision": decision}));
        who.post(&format!("/connections/{id}/answer"), &body).await.unwrap()
    };
    let offered = async || {
        created(host.administrator.post("/connections", &offer_all("noc", "Editor")).await.unwrap()).id()
    };

    let first = offered().await;
    // It stands in the list of those who are asked.
    let path = "/connections?filter[direction]=received&filter[status]=pending";
    let pending = expect(noc.administrator.get(path).await.unwrap(), 200);
    assert_eq!(journeys::ids(&pending), std::slice::from_ref(&first));
    refused(answer(&editor, &first, "accept").await, 403, "role-too-low");
    refused(answer(&host.administrator, &first, "accept").await, 403, "delegate-only");
    let other = house.account("other").await;
    refused(answer(&other.administrator, &first, "accept").await, 404, "not-found");
    refused(answer(&noc.administrator, &first, "perhaps").await, 422, "invalid");
    let declined = expect(answer(&noc.administrator, &first, "decline").await, 200);
    assert_eq!(declined.text_at("/data/attributes/status"), "declined");
    refused(answer(&noc.administrator, &first, "accept").await, 410, "invitation-used");

    let second = offered().await;
    house.advance_hours(24 * 31);
    let admin = noc.administrator_again(&house).await;
    refused(answer(&admin, &second, "accept").await, 410, "invitation-expired");
    let host_admin = host.administrator_again(&house).await;
    let third = created(host_admin.post("/connections", &offer_all("noc", "Editor")).await.unwrap()).id();
    // A mail that has not left when the offer is answered does not leave any more.
    let link = house.link("admin@noc.example").await;
    let accepted = expect(answer(&admin, &third, "accept").await, 200);
    assert_eq!(accepted.text_at("/data/attributes/status"), "active");
    // The link of the mail is used up with it, and answering twice is said.
    refused(answer(&admin, &third, "accept").await, 410, "invitation-used");
    assert_eq!(house.opens(&link).await, (410, "invitation-used".to_owned()));
    enter(&admin, &host.id).await;
}

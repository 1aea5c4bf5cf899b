//! A Manager invites three clients: their mails, the list, and the links that machines open before people do.

use journeys::{Grants, House, PASSWORD, check, created, expect, invitations, refused, resource, texts};
use serde_json::{Value, json};

const CLIENTS: [&str; 3] = ["ann@bakery.example", "ben@bakery.example", "cy@bakery.example"];

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_invites_three_clients_and_one_accepts() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let bakery = account.organization("Bakery").await;
    let (manager, _) = account.user(&house, "mara", "Manager", Grants::ALL).await;

    let body = invitations(CLIENTS, "Lite", Grants::organizations(&[&bakery]));
    let answer = created(manager.post("/users", &body).await.unwrap());
    assert_eq!(answer.at("/data").as_array().unwrap().len(), 3);
    for client in CLIENTS {
        house.only_link(client).await;
    }
    let listed = expect(manager.get("/users?filter[status]=invited&sort=email").await.unwrap(), 200);
    assert_eq!(texts(&listed, "/attributes/email"), CLIENTS);
    assert_eq!(texts(&listed, "/attributes/invitation-delivery"), ["sent"; 3]);

    let link = house.link(CLIENTS[0]).await;
    let accepted = created(house.accept(CLIENTS[0]).await);
    let ann = house.nobody.with_token(&accepted.text_at("/data/attributes/access-token"));
    let answer = check(&ann, "read", &bakery).await;
    assert_eq!(answer.at("/data/attributes/allowed"), json!(true), "{}", answer.text);
    assert_eq!(answer.at("/data/attributes/via"), json!(["direct"]));

    let again = resource("invitations", json!({"password": "another long password"}));
    refused(house.nobody.post(&link, &again).await.unwrap(), 410, "invitation-used");
    house.sign_in("acme", CLIENTS[0]).await;
    let other = house.nobody.sign_in("acme", CLIENTS[0], "another long password").await.unwrap();
    assert!(other.is_err(), "the second POST changed the password");
    let listed = expect(manager.get("/users?filter[status]=invited&sort=email").await.unwrap(), 200);
    assert_eq!(texts(&listed, "/attributes/email"), CLIENTS[1..]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mail_says_who_invites_to_what_and_until_when() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let (bakery, cellar) = (account.organization("Bakery").await, account.organization("Cellar").await);
    account.organization("Not granted").await;
    let (manager, id) = account.user(&house, "mara", "Manager", Grants::ALL).await;
    let named = resource("users", json!({"first-name": "Mara", "last-name": "Müller"}));
    expect(manager.patch(&format!("/users/{id}"), &named).await.unwrap(), 200);

    let mut body = invitations(CLIENTS, "Lite", Grants::organizations(&[&bakery, &cellar]));
    let message = "Hello Ann,\n\nsee <b>your</b> network at https://other.example/path whenever you like.";
    body["data"][0]["attributes"]["message"] = json!(message);
    let answer = created(manager.post("/users", &body).await.unwrap());
    let end = answer.text_at("/data/0/attributes/invitation-expires-at");

    let mails = house.mails(CLIENTS[0]).await;
    let [mail] = mails.as_slice() else { panic!("not one mail: {mails:#?}") };
    assert_eq!(mail.subject, "Mara Müller invites you to The acme account on IT Glue");
    assert_eq!(mail.destination.to, [CLIENTS[0]]);
    let text = mail.body.text.clone().unwrap();
    for words in [
        "Mara Müller invites you to The acme account\n",
        "with the Lite role",
        "- Bakery\n- Cellar\n",
        "Mara Müller writes:",
        "> Hello Ann,\n>\n> see <b>your</b> network at https://other.example/path whenever you",
        &format!("until {}", for_people(&end)),
    ] {
        assert!(text.contains(words), "{words:?} is not in\n{text}");
    }
    assert!(!text.contains("Not granted"), "{text}");
    let links: Vec<&str> = text.lines().filter(|line| line.contains("/invitations/")).collect();
    let link = mail.link().unwrap();
    assert_eq!(links, [link.as_str()], "one link, on a line of its own");
    assert!(link.starts_with(&format!("{}/invitations/", house.product.api_url)), "{link}");
    let html = mail.body.html.clone().unwrap();
    assert_eq!(html.matches(&link).count(), 2, "{html}");
    assert!(html.contains("see &lt;b&gt;your&lt;/b&gt; network"), "the message is escaped\n{html}");

    let others = house.mails(CLIENTS[1]).await;
    let text = others[0].body.text.clone().unwrap();
    assert!(
        text.contains("keeps the documentation of your systems here"),
        "the message that is filled in beforehand\n{text}"
    );
}

/// `2026-11-21T08:00:00.000Z` as `21 November 2026, 08:00 UTC`.
fn for_people(moment: &str) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let number = |from: usize, to: usize| moment[from..to].parse::<usize>().unwrap();
    format!("{} {} {}, {} UTC", number(8, 10), MONTHS[number(5, 7) - 1], number(0, 4), &moment[11..16])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_may_be_opened_ten_times_by_machines_and_nothing_changes() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let bakery = account.organization("Bakery").await;
    let (email, id) = account.invite("ann", "Lite", Grants::organizations(&[&bakery])).await;
    let link = house.only_link(&email).await;
    let state = async || {
        let user = expect(account.administrator.get(&format!("/users/{id}")).await.unwrap(), 200).json();
        (user, house.stored_invitation(&account.id, &id).await, house.changes(&account.id).await.len())
    };
    let before = state().await;
    assert_eq!(before.0.pointer("/data/attributes/status"), Some(&json!("invited")));
    assert_eq!(before.0.pointer("/data/attributes/invitation-delivery"), Some(&json!("sent")));

    for accept in ["text/html", "application/vnd.api+json", "*/*"] {
        for method in ["GET", "HEAD"] {
            for _ in 0..10 {
                let method = method.parse().unwrap();
                let answer = house.nobody.send(method, &link, &[("accept", accept)], None).await.unwrap();
                expect(answer, 200);
            }
        }
    }
    house.product.drain().await.unwrap();
    assert_eq!(state().await, before);
    assert_eq!(house.mails(&email).await.len(), 1);
    created(house.accept(&email).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_link_shows_before_it_is_accepted() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let bakery = account.organization("Bakery & <Sons>").await;
    let mut body = invitations(CLIENTS, "Lite", Grants::organizations(&[&bakery]));
    body["data"][0]["attributes"]["first-name"] = json!("Ann");
    created(account.administrator.post("/users", &body).await.unwrap());
    let link = house.link(CLIENTS[0]).await;

    let answer = expect(house.nobody.get(&link).await.unwrap(), 200);
    let shown = answer.at("/data/attributes");
    assert_eq!(shown["account-name"], "The acme account");
    assert_eq!(shown["inviter-name"], "Ada Admin");
    assert_eq!(shown["email"], CLIENTS[0]);
    assert_eq!(shown["first-name"], "Ann");
    assert_eq!(shown["role-name"], "Lite");
    assert_eq!(shown["organization-names"], json!(["Bakery & <Sons>"]));

    let html = [("accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")];
    let page = expect(house.nobody.send("GET".parse().unwrap(), &link, &html, None).await.unwrap(), 200);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    for words in ["Ada Admin", "Bakery &amp; &lt;Sons&gt;", "value=\"Ann\"", "name=\"password\""] {
        assert!(page.text.contains(words), "{words:?} is not in\n{}", page.text);
    }
    let head = expect(house.nobody.send("HEAD".parse().unwrap(), &link, &html, None).await.unwrap(), 200);
    assert_eq!(head.text, "");

    let unknown = house.nobody.get("/invitations/not-a-token").await.unwrap();
    refused(unknown, 404, "not-found");
    let mut forged = link.clone();
    forged.replace_range(link.len() - 6..link.len() - 1, "AAAAA");
    refused(house.nobody.get(&forged).await.unwrap(), 404, "not-found");
    refused(
        house.nobody.post(&forged, &resource("invitations", json!({"password": PASSWORD}))).await.unwrap(),
        404,
        "not-found",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_below_manager_invites_nobody_and_a_session_is_no_link() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let bakery = account.organization("Bakery").await;
    for role in ["Editor", "Creator", "Read-only", "Lite"] {
        let name = role.to_lowercase();
        let (caller, _) = account.user(&house, &name, role, Grants::organizations(&[&bakery])).await;
        let body = invitations(CLIENTS, "Lite", Grants::organizations(&[&bakery]));
        refused(caller.post("/users", &body).await.unwrap(), 403, "role-too-low");
        refused(caller.post("/users?preview=true", &body).await.unwrap(), 403, "role-too-low");
        refused(caller.get("/users").await.unwrap(), 403, "role-too-low");
    }
    let token = account.administrator.token().unwrap();
    refused(house.nobody.get(&format!("/invitations/{token}")).await.unwrap(), 404, "not-found");
    let (email, _) = account.invite("ann", "Lite", Grants::organizations(&[&bakery])).await;
    let link = house.link(&email).await;
    let token = link.rsplit('/').next().unwrap();
    refused(house.nobody.with_token(token).get("/session").await.unwrap(), 401, "invalid-token");
    refused(house.nobody.post("/users", &Value::Null).await.unwrap(), 401, "no-credentials");
}

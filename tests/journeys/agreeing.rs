//! Answers to a GlueConnect invitation that meet: two Administrators accepting at once, one accepting while the host ends it.
//! And links that have had their time.

use journeys::{Client, Grants, House, PASSWORD, created, expect, refused, resource, times};
use serde_json::{Value, json};

use crate::glueconnect::{accept, offer, offer_all};

const TIMES: [usize; 2] = [50, 10];

/// What an account's log says of a connection.
async fn entries(house: &House, account: &str, connection: &str) -> Vec<Value> {
    let mut entries = house.log(account).await;
    entries.retain(|entry| entry["resource_type"] == "connections" && entry["resource_id"] == connection);
    entries
}

#[tokio::test(flavor = "multi_thread")]
async fn accepting_and_ending_at_the_same_moment_never_leave_both() {
    let house = House::start_with_much_mail().await;
    let host = house.account("acme").await;
    let noc = house.account("night-noc").await;
    let accept = resource("connection-invitations", json!({"decision": "accept"}));
    let mut both_ways = [0, 0];
    for _ in 0..times(TIMES) {
        let id = created(
            host.administrator.post("/connections", &offer_all("night-noc", "Editor")).await.unwrap(),
        )
        .id();
        let link = house.link("admin@night-noc.example").await;
        let path = format!("/connections/{id}");
        let (accepted, ended) =
            tokio::join!(noc.administrator.post(&link, &accept), host.administrator.delete(&path, None));
        let (accepted, ended) = (accepted.unwrap(), ended.unwrap());
        assert_eq!(ended.status, 204, "{}", ended.text);
        assert!(matches!(accepted.status, 200 | 410), "{}", accepted.text);
        both_ways[usize::from(accepted.status == 200)] += 1;
        let shown = expect(host.administrator.get(&path).await.unwrap(), 200);
        assert_eq!(shown.at("/data/attributes/status"), json!("ended"), "{}", shown.text);
        let to_host = resource("sessions", json!({"account-id": host.id}));
        refused(noc.administrator.patch("/session", &to_host).await.unwrap(), 404, "not-found");
        let entries = entries(&house, &host.id, &id).await;
        let accepting = entries.iter().filter(|entry| entry["action"] == "update").count();
        assert_eq!(accepting, usize::from(accepted.status == 200), "{entries:#?}");
    }
    println!("ended first {}, accepted first {}", both_ways[0], both_ways[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_administrators_accepting_at_once_accept_once() {
    let house = House::start_with_much_mail().await;
    let host = house.account("acme").await;
    let noc = house.account("night-noc").await;
    let (second, _) = noc.user(&house, "second", "Administrator", Grants::ALL).await;
    let accept = resource("connection-invitations", json!({"decision": "accept"}));
    for _ in 0..times(TIMES) {
        let id = created(
            host.administrator.post("/connections", &offer_all("night-noc", "Editor")).await.unwrap(),
        )
        .id();
        let links =
            [house.link("admin@night-noc.example").await, house.link("second@night-noc.example").await];
        let (one, other) =
            tokio::join!(noc.administrator.post(&links[0], &accept), second.post(&links[1], &accept));
        let mut statuses = [one.unwrap().status, other.unwrap().status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 410]);
        for account in [&host, &noc] {
            let entries = entries(&house, &account.id, &id).await;
            let accepting = entries
                .iter()
                .filter(|entry| entry["action"] == "update" && entry["outcome"] == "allowed")
                .count();
            assert_eq!(accepting, 1, "{entries:#?}");
        }
        expect(host.administrator.delete(&format!("/connections/{id}"), None).await.unwrap(), 204);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_renewed_declined_withdrawn_and_runs_out() {
    let house = House::start().await;
    let host = house.account("acme").await;
    let noc = house.account("night-noc").await;
    let bakery = host.organization("Bakery").await;
    let admin = "admin@night-noc.example";
    let accept = resource("connection-invitations", json!({"decision": "accept"}));
    let decline = resource("connection-invitations", json!({"decision": "decline"}));
    let invite = async || {
        let answer =
            host.administrator.post("/connections", &offer("night-noc", "Editor", &[&bakery])).await.unwrap();
        created(answer).id()
    };

    let id = invite().await;
    let old = house.link(admin).await;
    expect(host.administrator.post(&format!("/connections/{id}/invitation"), &json!({})).await.unwrap(), 202);
    let new = house.link(admin).await;
    assert_ne!(old, new);
    refused(noc.administrator.post(&old, &accept).await.unwrap(), 410, "invitation-superseded");
    house.advance_hours(73);
    let noc_again = house.sign_in("night-noc", admin).await;
    let host_again = house.sign_in("acme", "admin@acme.example").await;
    refused(noc_again.post(&new, &accept).await.unwrap(), 410, "invitation-expired");
    let shown = expect(host_again.get(&format!("/connections/{id}")).await.unwrap(), 200);
    assert_eq!(shown.at("/data/attributes/status"), json!("expired"), "{}", shown.text);
    expect(host_again.post(&format!("/connections/{id}/invitation"), &json!({})).await.unwrap(), 202);
    let revived = house.link(admin).await;
    refused(
        noc_again
            .post(&revived, &resource("connection-invitations", json!({"decision": "maybe"})))
            .await
            .unwrap(),
        422,
        "invalid",
    );
    let declined = expect(noc_again.post(&revived, &decline).await.unwrap(), 200);
    assert_eq!(declined.at("/data/attributes/status"), json!("declined"), "{}", declined.text);
    refused(noc_again.post(&revived, &accept).await.unwrap(), 410, "invitation-used");
    refused(
        host_again.post(&format!("/connections/{id}/invitation"), &json!({})).await.unwrap(),
        409,
        "already-answered",
    );
    refused(
        host_again
            .patch(&format!("/connections/{id}"), &resource("connections", json!({"status": "active"})))
            .await
            .unwrap(),
        409,
        "connection-over",
    );

    let answer = host_again.post("/connections", &offer("night-noc", "Editor", &[&bakery])).await.unwrap();
    let id = created(answer).id();
    let link = house.link(admin).await;
    refused(
        noc_again
            .patch(
                &format!("/connections/{id}"),
                &resource("connections", json!({"maximum-role-name": "Administrator"})),
            )
            .await
            .unwrap(),
        403,
        "host-only",
    );
    expect(host_again.delete(&format!("/connections/{id}"), None).await.unwrap(), 204);
    refused(noc_again.post(&link, &accept).await.unwrap(), 410, "invitation-withdrawn");
    let page =
        house.nobody.send("GET".parse().unwrap(), &link, &[("accept", "text/html")], None).await.unwrap();
    assert!(page.status == 410 && page.text.contains("This invitation was withdrawn"), "{}", page.text);
    // The second click changes nothing.
    expect(host_again.delete(&format!("/connections/{id}"), None).await.unwrap(), 204);
}

/// An offer stands on whoever made it: once they may no longer let others in it is dead, and another Administrator mends it.
#[tokio::test(flavor = "multi_thread")]
async fn an_offer_stands_on_the_administrator_or_key_that_made_it() {
    let house = House::start().await;
    let (host, delegate) = (house.account("acme").await, house.account("noc").await);
    host.organization("Bakery").await;
    let (admin, ada) = (&host.administrator, &delegate.administrator);
    let body = offer_all("noc", "Editor");
    for (name, lost) in
        [("demoted", "demoted"), ("suspended", "suspended"), ("removed", "removed"), ("key", "key")]
    {
        let (mara, mara_id) = host.user(&house, name, "Administrator", Grants::ALL).await;
        let key = resource(
            "api-keys",
            json!({"name": name, "role-name": "Administrator", "all-organizations": true}),
        );
        let key = created(mara.post("/api-keys", &key).await.unwrap());
        let program = house.nobody.with_api_key(&key.text_at("/data/attributes/key"));
        let offering = if lost == "key" { &program } else { &mara };
        let id = created(offering.post("/connections", &body).await.unwrap()).id();
        let link = house.link("admin@noc.example").await;
        expect(house.nobody.get(&link).await.unwrap(), 200);
        let path = format!("/users/{mara_id}");
        let changed = |attributes| resource("users", attributes);
        match lost {
            "demoted" => drop(expect(
                admin.patch(&path, &changed(json!({"role-name": "Manager"}))).await.unwrap(),
                200,
            )),
            "suspended" => {
                drop(expect(admin.patch(&path, &changed(json!({"status": "suspended"}))).await.unwrap(), 200))
            }
            "removed" => drop(expect(admin.delete(&path, None).await.unwrap(), 200)),
            _ => drop(expect(admin.delete(&format!("/api-keys/{}", key.id()), None).await.unwrap(), 200)),
        }
        refused(house.nobody.get(&link).await.unwrap(), 410, "inviter-no-longer-allowed");
        refused(accept(&house, ada, "admin@noc.example").await, 410, "inviter-no-longer-allowed");
        let page =
            house.nobody.send("GET".parse().unwrap(), &link, &[("accept", "text/html")], None).await.unwrap();
        assert!(page.text.contains("can no longer give this access"), "{lost}: {}", page.text);
        expect(admin.post(&format!("/connections/{id}/invitation"), &Value::Null).await.unwrap(), 202);
        expect(accept(&house, ada, "admin@noc.example").await, 200);
        expect(admin.delete(&format!("/connections/{id}"), None).await.unwrap(), 204);
    }
}

/// The list, the resource, its counts and the review say of an offer what its link answers, to both sides.
#[tokio::test(flavor = "multi_thread")]
async fn what_an_offers_link_answers_is_said_everywhere() {
    let house = House::start().await;
    let (host, delegate) = (house.account("acme").await, house.account("noc").await);
    let (mara, mara_id) = host.user(&house, "mara", "Administrator", Grants::ALL).await;
    let id = created(mara.post("/connections", &offer_all("noc", "Editor")).await.unwrap()).id();
    let one = format!("/connections/{id}");
    let seen = async |host_admin: &Client, delegate_admin: &Client, expected: Option<&str>| {
        for admin in [host_admin, delegate_admin] {
            for path in [one.clone(), "/connections".to_owned()] {
                let shown = expect(admin.get(&path).await.unwrap(), 200);
                let data = if path == one { shown.at("/data") } else { shown.at("/data/0") };
                assert_eq!(data["attributes"]["invitation-state"], json!(expected), "{path}: {}", shown.text);
            }
            let counted = expect(admin.get("/connections").await.unwrap(), 200);
            for state in ["open", "expired", "inviter-no-longer-allowed"] {
                let count = u64::from(expected == Some(state));
                let pointer = format!("/meta/invitation-state-counts/{state}");
                assert_eq!(counted.at(&pointer), json!(count), "{}", counted.text);
                let found =
                    admin.get(&format!("/connections?filter[invitation-state]={state}")).await.unwrap();
                assert_eq!(expect(found, 200).at("/meta/total-count"), json!(count), "{state}");
            }
        }
        let reviewed = expect(host_admin.get("/access/review?filter[kind]=delegate").await.unwrap(), 200);
        let row = reviewed.at("/data/0/attributes");
        if row != Value::Null {
            assert_eq!(row["invitation-state"], json!(expected), "{}", reviewed.text);
        }
    };
    let (ada, dee) = (&host.administrator, &delegate.administrator);
    seen(ada, dee, Some("open")).await;
    // The inviter's name is today's.
    let renamed = resource("users", json!({"first-name": "Mara", "last-name": "Nilsson"}));
    expect(ada.patch(&format!("/users/{mara_id}"), &renamed).await.unwrap(), 200);
    let shown = expect(dee.get(&one).await.unwrap(), 200);
    assert_eq!(shown.at("/data/attributes/inviter-name"), json!("Mara Nilsson"));
    let demoted = resource("users", json!({"role-name": "Manager"}));
    expect(ada.patch(&format!("/users/{mara_id}"), &demoted).await.unwrap(), 200);
    seen(ada, dee, Some("inviter-no-longer-allowed")).await;
    let csv =
        ada.send("GET".parse().unwrap(), "/access/review", &[("accept", "text/csv")], None).await.unwrap();
    let csv = expect(csv, 200).text;
    assert!(
        csv.lines().any(|line| line.contains("noc") && line.contains("inviter-no-longer-allowed")),
        "{csv}"
    );
    expect(ada.post(&format!("{one}/invitation"), &Value::Null).await.unwrap(), 202);
    seen(ada, dee, Some("open")).await;
    house.advance_hours(73);
    let (ada, dee) =
        (house.sign_in("acme", "admin@acme.example").await, house.sign_in("noc", "admin@noc.example").await);
    seen(&ada, &dee, Some("expired")).await;
    expect(ada.post(&format!("{one}/invitation"), &Value::Null).await.unwrap(), 202);
    expect(accept(&house, &dee, "admin@noc.example").await, 200);
    seen(&ada, &dee, None).await;
}

/// Nobody has to keep an offer open because whoever made it is gone; accepting it is refused as before.
#[tokio::test(flavor = "multi_thread")]
async fn an_offer_whose_inviter_is_gone_is_declined_all_the_same() {
    let house = House::start_with_much_mail().await;
    let (host, noc) = (house.account("acme").await, house.account("noc").await);
    let decision = |decision: &str| resource("connection-invitations", json!({"decision": decision}));
    for road in ["link", "inside", "form"] {
        let (mara, mara_id) = host.user(&house, road, "Administrator", Grants::ALL).await;
        let id = created(mara.post("/connections", &offer_all("noc", "Editor")).await.unwrap()).id();
        let link = house.link("admin@noc.example").await;
        expect(host.administrator.delete(&format!("/users/{mara_id}"), None).await.unwrap(), 200);
        let inside = format!("/connections/{id}/answer");
        let answer = resource("connections", json!({"decision": "accept"}));
        refused(noc.administrator.post(&inside, &answer).await.unwrap(), 410, "inviter-no-longer-allowed");
        refused(
            noc.administrator.post(&link, &decision("accept")).await.unwrap(),
            410,
            "inviter-no-longer-allowed",
        );
        match road {
            "link" => drop(expect(noc.administrator.post(&link, &decision("decline")).await.unwrap(), 200)),
            "inside" => {
                let answer = resource("connections", json!({"decision": "decline"}));
                drop(expect(noc.administrator.post(&inside, &answer).await.unwrap(), 200));
            }
            _ => {
                let form = |verdict: &str| {
                    format!(
                        "decision={verdict}&email=admin%40noc.example&password={}",
                        PASSWORD.replace(' ', "+")
                    )
                };
                let form_type =
                    [("content-type", "application/x-www-form-urlencoded"), ("accept", "text/html")];
                let post = async |verdict: &str| {
                    house
                        .nobody
                        .send("POST".parse().unwrap(), &link, &form_type, Some(form(verdict)))
                        .await
                        .unwrap()
                };
                assert_eq!(post("accept").await.status, 410);
                assert_eq!(post("decline").await.status, 303);
            }
        }
        let shown = expect(host.administrator.get(&format!("/connections/{id}")).await.unwrap(), 200);
        assert_eq!(shown.at("/data/attributes/status"), json!("declined"), "{road}: {}", shown.text);
    }
}

/// What an answer changes stands in both logs, and what a resending does.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_and_a_resending_say_in_both_logs_what_they_changed() {
    let house = House::start_with_much_mail().await;
    let (host, noc) = (house.account("acme").await, house.account("noc").await);
    for (decision, status) in [("decline", "declined"), ("accept", "active")] {
        let offered = host.administrator.post("/connections", &offer_all("noc", "Editor")).await.unwrap();
        let id = created(offered).id();
        let words = resource("invitations", json!({"message": "Once more, please."}));
        let resent = host.administrator.post(&format!("/connections/{id}/invitation"), &words).await.unwrap();
        expect(resent, 202);
        let answer = resource("connections", json!({"decision": decision}));
        let path = format!("/connections/{id}/answer");
        expect(noc.administrator.post(&path, &answer).await.unwrap(), 200);
        for account in [&host, &noc] {
            let path = format!(
                "/logs?filter[resource-type]=connections&filter[resource-id]={id}&filter[action]=update"
            );
            let entries = expect(account.administrator.get(&path).await.unwrap(), 200);
            let changes = |place: &str| entries.at(place).as_array().cloned().unwrap_or_default();
            let answered = json!({"name": "status", "from": "pending", "to": status});
            assert!(changes("/data/0/attributes/changes").contains(&answered), "{}", entries.text);
            let resent = json!({"name": "message", "from": null, "to": "Once more, please."});
            assert!(changes("/data/1/attributes/changes").contains(&resent), "{}", entries.text);
        }
    }
}

/// An offer whose access ends before its link would is open until then, and says so in the mail, on the page and in the list.
#[tokio::test(flavor = "multi_thread")]
async fn an_offer_that_ends_early_says_so() {
    let house = House::start().await;
    let host = house.account("acme").await;
    house.account("noc").await;
    let end = (house.product.clock.now().after(std::time::Duration::from_secs(7_200))).to_string();
    let mut body = offer_all("noc", "Editor");
    body["data"]["attributes"]["expires-at"] = json!(end);
    let made = created(host.administrator.post("/connections", &body).await.unwrap());
    let end = made.at("/data/attributes/expires-at");
    assert_eq!(made.at("/data/attributes/invitation-expires-at"), end, "{}", made.text);
    let link = house.link("admin@noc.example").await;
    let opened = expect(house.nobody.get(&link).await.unwrap(), 200);
    assert_eq!(opened.at("/data/attributes/invitation-expires-at"), end, "{}", opened.text);
    let words = end.as_str().unwrap().parse::<policy::Timestamp>().unwrap().for_people();
    let mails = house.mails("admin@noc.example").await;
    let text = mails.last().unwrap().body.text.clone().unwrap_or_default().replace('\n', " ");
    assert!(text.contains(&format!("until {words}")), "{words} in {text}");
    house.advance_hours(3);
    let again = house.sign_in("noc", "admin@noc.example").await;
    let answer = resource("connection-invitations", json!({"decision": "accept"}));
    refused(again.post(&link, &answer).await.unwrap(), 410, "invitation-expired");
    let shown = expect(again.get(&format!("/connections/{}", made.id())).await.unwrap(), 200);
    assert_eq!(shown.at("/data/attributes/invitation-state"), json!("expired"));
}

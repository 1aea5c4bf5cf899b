//! Answers to a GlueConnect invitation that meet: two Administrators accepting at once, one accepting while the host ends it.
//! And links that have had their time.

use journeys::{Grants, House, created, expect, refused, resource};
use serde_json::{Value, json};

use crate::glueconnect::{accept, offer, offer_all};

const TIMES: usize = 50;

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
    for _ in 0..TIMES {
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
    for _ in 0..TIMES {
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

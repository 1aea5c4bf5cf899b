//! A Manager invites three clients; one accepts; links die and are renewed.

use journeys::{Grants, House, PASSWORD, created, expect, invitations, refused, resource};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_invites_three_clients_and_one_accepts() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let bakery = account.organization("Bakery").await;
    let (manager, _) = account.user(&house, "mara", "Manager", Grants::ALL).await;

    let clients = ["ann@bakery.example", "ben@bakery.example", "cy@bakery.example"];
    let body = invitations(clients, "Lite", Grants::organizations(&[&bakery]));
    let answer = created(manager.post("/users", &body).await.unwrap());
    assert_eq!(answer.at("/data").as_array().unwrap().len(), 3);
    for client in clients {
        assert_eq!(house.mails(client).await.len(), 1, "one mail for {client}");
    }
    let listed = expect(manager.get("/users?filter[status]=invited").await.unwrap(), 200);
    assert_eq!(listed.at("/meta/total-count"), json!(3));

    let link = house.link(clients[0]).await;
    for _ in 0..10 {
        expect(house.nobody.get(&link).await.unwrap(), 200);
    }
    let accepted = created(house.accept(clients[0]).await);
    let ann = house.nobody.with_token(&accepted.text_at("/data/attributes/access-token"));
    let check = resource("access-checks", json!({"action": "read", "organization-id": bakery}));
    let answer = expect(ann.post("/access/check", &check).await.unwrap(), 200);
    assert_eq!(answer.at("/data/attributes/allowed"), json!(true), "{}", answer.text);
    assert_eq!(answer.at("/data/attributes/via"), json!(["direct"]));

    let again = resource("invitations", json!({"password": "another long password"}));
    refused(house.nobody.post(&link, &again).await.unwrap(), 410, "invitation-used");
    let signed_in = house.nobody.sign_in("acme", clients[0], PASSWORD).await.unwrap();
    assert!(signed_in.is_ok(), "the password is the first one");
}

//! What accounts share, and what one of them therefore cannot do to another.

use journeys::{Grants, House, created, expect, invitation, refused, resource};
use serde_json::json;

/// An item that cannot be read is counted and named, and whatever is due besides is done all the same.
#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_that_cannot_be_read_stops_nobody_elses() {
    let house = House::start().await;
    let (ours, theirs) = (house.account("acme").await, house.account("other").await);
    let mut invited = Vec::new();
    for account in [&ours, &theirs] {
        let bakery = account.organization("Bakery").await;
        let body = invitation("ann@x.example", "Lite", Grants::organizations(&[&bakery]));
        invited.push(created(account.administrator.post("/users", &body).await.unwrap()).id());
    }
    house.product.drain().await.unwrap();
    let key = json!({"pk": {"S": format!("A#{}#USER#{}", ours.id, invited[0])}, "sk": {"S": "INVITATION"}});
    let spoilt = json!({"Key": key, "UpdateExpression": "SET expires_at = :text",
        "ExpressionAttributeValues": {":text": {"S": "soon"}}});
    house.dynamodb("UpdateItem", spoilt).await;
    house.product.clock.advance(8 * 24 * 60 * 60_000);
    let report = house.run_schedule().await;
    assert_eq!((&report["unreadable"], &report["expired"]), (&json!(1), &json!(1)), "{report}");
    let ada = theirs.administrator_again(&house).await;
    let shown = expect(ada.get(&format!("/users/{}", invited[1])).await.unwrap(), 200);
    assert_eq!(shown.at("/data/attributes/status"), json!("expired"), "{}", shown.text);
}

/// An operator who opens the accounts opens each of them, and whoever is let into one still comes in.
#[tokio::test(flavor = "multi_thread")]
async fn where_sign_up_is_closed_no_stranger_opens_an_account() {
    let house = House::start_with_closed_sign_up().await;
    let account = json!({"name": "Mallory", "subdomain": "mallory", "email": "m@mallory.example",
        "first-name": "M", "last-name": "M", "password": "correct horse battery"});
    let answer = house.nobody.post("/accounts", &resource("accounts", account)).await.unwrap();
    refused(answer, 403, "sign-up-closed");
    assert!(house.product.mailbox.mails().is_empty());
}

//! What a decision costs is counted on the wire: one question is one read of one moment, whoever asks and however many
//! organizations and groups there are. Now and then there is a write beside it, which counts the requests.

use std::time::Duration;

use journeys::{Cable, Client, Grants, House, check, expect, resource};
use serde_json::{Value, json};

use crate::glueconnect::{connect, enter, offer};

/// The requests to DynamoDB that these questions cost, by name.
async fn cost(cable: &Cable, asker: &Client, organizations: &[String]) -> Vec<String> {
    // The first request of a window takes a write more, beside the read; that of a function reads the public keys.
    check(asker, "read", &organizations[0]).await;
    cable.forget();
    let questions: Vec<Value> = organizations
        .iter()
        .map(|organization| {
            json!({"type": "access-checks", "attributes": {"action": "read", "organization-id": organization}})
        })
        .collect();
    let answer = asker.post("/access/check", &json!({ "data": questions })).await.unwrap();
    assert_eq!(expect(answer, 200).at("/data").as_array().unwrap().len(), organizations.len());
    reads(cable)
}

/// What the function asked of DynamoDB, but for the write that counts requests: some ten of them are counted together.
fn reads(cable: &Cable) -> Vec<String> {
    let mut asked = cable.operations_of("check-access");
    asked.retain(|operation| operation != "UpdateItem");
    asked
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_one_round_trip() {
    let (house, cable) = House::start_on_a_cable_to_dynamodb().await;
    let host = house.account("acme").await;
    let noc = house.account("night-noc").await;
    let organizations = host.organizations("Client", 8).await;
    let names: Vec<&str> = organizations.iter().map(String::as_str).collect();
    let group = host.group("Desk", &names).await;
    let (editor, _) = host.user(&house, "emil", "Editor", Grants::groups(&[&group])).await;
    connect(&house, &host, &noc, &offer("night-noc", "Editor", &names)).await;
    let visitor = enter(&noc.administrator, &host.id).await;
    let one = &organizations[..1];
    let hundred: Vec<String> = organizations.iter().cycle().take(100).cloned().collect();
    for (who, asker) in
        [("Administrator", &host.administrator), ("Editor by a group", &editor), ("visitor", &visitor)]
    {
        // What was changed before is known to the function from its first answer on.
        cost(&cable, asker, one).await;
        assert_eq!(cost(&cable, asker, one).await, ["BatchGetItem"], "{who}, one question");
        // What a hundred questions have in common is read once.
        assert_eq!(cost(&cable, asker, &hundred).await, ["BatchGetItem"], "{who}, a hundred");
        // A hundred assets do not fit one read, and take two side by side.
        let asset = |number: usize| {
            let question = json!({"action": "read", "organization-id": organizations[0], "resource-type": "documents",
                "resource-id": number.to_string()});
            resource("access-checks", question)["data"].clone()
        };
        cable.forget();
        let assets = json!({"data": (0..100).map(asset).collect::<Vec<Value>>()});
        expect(asker.post("/access/check", &assets).await.unwrap(), 200);
        assert_eq!(reads(&cable), ["BatchGetItem", "BatchGetItem"], "{who}, assets");
        // No answer comes before both have been asked for: still one round trip in time.
        cable.wait_for(2);
        let asked = tokio::time::timeout(Duration::from_secs(60), asker.post("/access/check", &assets));
        let asked = asked.await.unwrap_or_else(|_| panic!("{who}: one waits for the other's answer"));
        expect(asked.unwrap(), 200);
    }
}

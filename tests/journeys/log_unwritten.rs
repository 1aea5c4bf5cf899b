//! What cannot be written into the activity log is not answered.

use journeys::{House, expect, refused};

#[tokio::test(flavor = "multi_thread")]
async fn a_read_or_refusal_that_cannot_be_written_down_is_not_answered() {
    let (house, cable) = House::start_on_a_cable_to_dynamodb().await;
    let account = house.account("acme").await;
    let ada = &account.administrator;
    expect(ada.get("/organizations").await.unwrap(), 200);
    cable.refuse("DynamoDB_20120810.PutItem");
    refused(ada.get("/organizations").await.unwrap(), 503, "unavailable");
    refused(ada.get("/users/12345").await.unwrap(), 503, "unavailable");
    // What the log does not keep is answered as ever.
    expect(ada.get("/session").await.unwrap(), 200);
    cable.mend();
    expect(ada.get("/organizations").await.unwrap(), 200);
    refused(ada.get("/users/12345").await.unwrap(), 404, "not-found");
}

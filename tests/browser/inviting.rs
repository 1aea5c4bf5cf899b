//! Inviting clients, click by click: from + New through the mail to what the client sees.

use journeys::{House, PASSWORD, expect, resource};
use serde_json::json;
use thirtyfour::Key;

use crate::driver::Browser;

const ADMIN: &str = "admin@acme.example";

#[tokio::test(flavor = "multi_thread")]
async fn clients_are_invited_and_one_comes_in() {
    let (Some(ada), Some(ann)) = (Browser::start().await, Browser::start().await) else { return };
    let house = House::start().await;
    let acme = house.account("acme").await;
    let ids = acme.organizations("Client", 5).await;
    acme.group("Service desk", &[&ids[0], &ids[1]]).await;

    ada.signs_in(&house, "acme", ADMIN).await;
    ada.turns_to("Users").await;
    ada.presses("+ New").await;
    ada.types("E-mail addresses", "ann@bluebird.example\n").await;
    ada.pastes("E-mail addresses", "\"Young, Cy\" <cy@bluebird.example>, ben@bluebird.example\nno-address")
        .await;
    ada.says("Young, Cy · cy@bluebird.example").await;
    ada.chooses("Service desk").await;
    ada.says("through Service desk").await;
    ada.picks("Organizations", "client 4", "Client 4").await;
    ada.says("3 of 5").await;
    // Written beforehand, and to be changed.
    let message = ada.field("Message").await.prop("value").await.unwrap().unwrap_or_default();
    assert!(message.contains("The acme account keeps the documentation of your systems here"), "{message}");

    ada.presses("Check first").await;
    ada.says("This is not a valid e-mail address.").await;
    ada.presses("Take no-address away").await;
    ada.presses("Check first").await;
    ada.says("gets an invitation").await;
    assert_eq!(house.mails("ann@bluebird.example").await.len(), 0, "checking first sends nothing");
    ada.presses("Save").await;
    ada.says("3 invitations for 3 addresses").await;
    ada.presses("Save").await;
    ada.says("has an invitation already").await;
    ada.presses("To the users").await;
    ada.says("Invited User").await;
    ada.presses("Resend the invitation to ann@bluebird.example").await;
    ada.says("Sent again to ann@bluebird.example").await;
    let mails = house.mails("ann@bluebird.example").await;
    assert_eq!(mails.len(), 2, "{mails:#?}");
    // The mail quotes what stood in the field, over as many lines as it takes.
    let one_line = |text: &str| text.replace('>', " ").split_whitespace().collect::<Vec<_>>().join(" ");
    let text = mails[1].body.text.clone().unwrap_or_default();
    assert!(one_line(&text).contains(&one_line(&message)), "{message} in {text}");

    ann.open(&house.link("ann@bluebird.example").await).await;
    ann.fill_in("first-name", "Ann").await;
    ann.fill_in("password", PASSWORD).await;
    ann.press("Accept the invitation").await;
    ann.press("Open The acme account").await;
    ann.says("Client 4").await;
    assert!(!ann.text().await.contains("Client 5"), "{}", ann.text().await);
    ann.presses("Client 4").await;
    ann.says("Here you may read.").await;

    // Whoever invited her sees that she came, and why she reaches what she does.
    ada.driver.refresh().await.unwrap();
    ada.presses("Ann").await;
    ada.presses("What access, and why").await;
    ada.says("through Service desk").await;
    ada.picks("In which organization", "client 5", "Client 5").await;
    ada.says("may not read Client 5").await;
    ada.quit().await;
    ann.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_sent_by_the_keyboard_alone() {
    let Some(ada) = Browser::start().await else { return };
    let house = House::start().await;
    let acme = house.account("acme").await;
    let bakery = acme.organization("Bluebird Bakery").await;
    acme.group("Clients", &[&bakery]).await;
    ada.goes_to(&house, "/console/sign-in").await;
    ada.tabs_to("Subdomain").await;
    ada.keys("acme").await;
    ada.tabs_to("E-mail").await;
    ada.keys(ADMIN).await;
    ada.tabs_to("Password").await;
    ada.keys(PASSWORD).await;
    ada.keys(Key::Enter).await;
    ada.at("a[href$='/users/new']").await;
    ada.tabs_to("+ New").await;
    ada.keys(Key::Enter).await;
    ada.at("email-addresses input").await;
    ada.tabs_to("E-mail addresses").await;
    ada.keys("ann@bluebird.example").await;
    ada.keys(Key::Enter).await;
    ada.tabs_to("Clients").await;
    ada.keys(" ").await;
    ada.says("1 of 5").await;
    ada.tabs_to("Save").await;
    ada.keys(Key::Enter).await;
    ada.says("1 invitation for 1 address").await;
    assert_eq!(house.mails("ann@bluebird.example").await.len(), 1);
    ada.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_was_typed_is_lost_and_nobody_is_invited_twice() {
    let Some(ada) = Browser::start().await else { return };
    let (house, cable) = House::start_on_a_cable_to_dynamodb().await;
    let acme = house.account("acme").await;
    acme.organization("Bluebird Bakery").await;
    ada.signs_in(&house, "acme", ADMIN).await;
    ada.goes_to(&house, "/console/acme/users/new").await;
    ada.pastes("E-mail addresses", "one@bluebird.example; two@bluebird.example\n").await;
    ada.picks("Organizations", "blue", "Bluebird Bakery").await;
    ada.types("Message", "Mine").await;

    // The table does not answer.
    cable.cut();
    ada.presses("Save").await;
    ada.says("The service did not answer. Nothing that you typed is lost.").await;
    cable.mend();
    // The session is ended elsewhere.
    expect(acme.administrator.delete("/session?everywhere=true", None).await.unwrap(), 204);
    ada.presses("Save").await;
    ada.says("Your session has ended").await;
    ada.types("Password", "not the password").await;
    ada.presses_in_dialog("Sign in").await;
    ada.says("Wrong account, e-mail address, password or code.").await;
    ada.types("Password", PASSWORD).await;
    ada.presses_in_dialog("Sign in").await;
    ada.says("2 invitations for 2 addresses").await;
    assert_eq!(ada.value_of("message").await, "Mine");
    for email in ["one@bluebird.example", "two@bluebird.example"] {
        assert_eq!(house.mails(email).await.len(), 1, "{email}");
    }
    ada.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_change_the_same_user_are_asked_whose_value_stays() {
    let Some(ada) = Browser::start().await else { return };
    let house = House::start().await;
    let acme = house.account("acme").await;
    let bakery = acme.organization("Bluebird Bakery").await;
    let (_, rita) = acme.user(&house, "rita", "Read-only", journeys::Grants::organizations(&[&bakery])).await;
    ada.signs_in(&house, "acme", ADMIN).await;
    ada.goes_to(&house, &format!("/console/acme/users/{rita}")).await;
    ada.types("First name", "Rita").await;
    let theirs = resource("users", json!({"first-name": "Margarita", "last-name": "Reader"}));
    expect(acme.administrator.patch(&format!("/users/{rita}"), &theirs).await.unwrap(), 200);
    ada.presses("Save").await;
    ada.says("Ada Admin changed this").await;
    ada.says("Take theirs: Margarita").await;
    ada.presses_in_dialog("Save").await;
    ada.says("Saved.").await;
    let now = acme.administrator.get(&format!("/users/{rita}")).await.unwrap();
    assert_eq!(now.text_at("/data/attributes/name"), "Rita Reader", "mine, and theirs where I said nothing");
    ada.quit().await;
}

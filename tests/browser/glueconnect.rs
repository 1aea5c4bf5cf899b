//! GlueConnect, click by click: offered in steps, accepted in the console, worked with and come back from; and what a visitor sees
//! when the host closes.

use journeys::{Grants, House, expect, resource};
use serde_json::json;

use crate::driver::Browser;

#[tokio::test(flavor = "multi_thread")]
async fn a_night_desk_is_let_in_works_there_and_comes_back() {
    let (Some(ada), Some(nora), Some(otto)) =
        (Browser::start().await, Browser::start().await, Browser::start().await)
    else {
        return;
    };
    let house = House::start().await;
    let acme = house.account("acme").await;
    let noc = house.account("night-noc").await;
    acme.organization("Bluebird Bakery").await;
    acme.organization("Cedar Dental").await;
    noc.organization("Own client").await;
    noc.user(&house, "otto", "Manager", Grants::ALL).await;

    ada.signs_in(&house, "acme", "admin@acme.example").await;
    ada.turns_to("GlueConnect").await;
    ada.presses("+ New").await;
    ada.types("Subdomain", "night-noc").await;
    ada.presses("Next").await;
    ada.chooses("Editor").await;
    ada.presses("Next").await;
    ada.presses("Next").await;
    ada.types("Message to their Administrators", "Please cover our nights.").await;
    ada.presses("Next").await;
    // Nothing was chosen: back to the step that it is about.
    ada.says("Choose all organizations, or at least one organization").await;
    ada.picks("Organizations", "blue", "Bluebird Bakery").await;
    ada.presses("Next").await;
    assert_eq!(ada.value_of("message").await, "Please cover our nights.");
    ada.presses("Next").await;
    ada.says("when one of you ends it").await;
    ada.presses("Send").await;
    ada.says("Pending").await;

    nora.signs_in(&house, "night-noc", "admin@night-noc.example").await;
    nora.turns_to("GlueConnect").await;
    nora.presses("Lets us in").await;
    nora.presses("The acme account").await;
    nora.says("Please cover our nights.").await;
    nora.presses("Accept").await;
    nora.says("Accepted.").await;

    otto.signs_in(&house, "night-noc", "otto@night-noc.example").await;
    otto.at(".who").await.click().await.unwrap();
    otto.press("The acme account").await;
    otto.says("You are inside The acme account as Editor").await;
    otto.says("Bluebird Bakery").await;
    assert!(
        otto.driver.title().await.unwrap().starts_with("The acme account"),
        "the title says first where one is"
    );
    let text = otto.text().await;
    assert!(!text.contains("Cedar Dental") && !text.contains("Own client"), "{text}");
    otto.driver.refresh().await.unwrap();
    otto.says("You are inside The acme account as Editor").await;
    otto.presses("Bluebird Bakery").await;
    otto.says("Visitors cannot change permissions.").await;
    otto.press("Back to The night-noc account").await;
    otto.at("body:not(.inside) #nav a").await;
    otto.turns_to("Organizations").await;
    otto.says("Own client").await;

    // The host sees who came in, and closes while somebody is inside.
    otto.goes_to(&house, "/console/acme/organizations").await;
    otto.says("Bluebird Bakery").await;
    ada.driver.refresh().await.unwrap();
    ada.presses("Visitors and limits").await;
    ada.says("otto@night-noc.example").await;
    ada.presses("To the connection").await;
    ada.presses("Suspend").await;
    ada.says("Their users have no access.").await;
    otto.presses("Bluebird Bakery").await;
    otto.says("The acme account does not give you access at the moment.").await;
    otto.presses("Back to The night-noc account").await;
    otto.at("body:not(.inside) #nav a").await;
    otto.turns_to("Organizations").await;
    otto.says("Own client").await;
    for browser in [ada, nora, otto] {
        browser.quit().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_text_wherever_they_stand() {
    let Some(ada) = Browser::start().await else { return };
    let house = House::start().await;
    let acme = house.account("acme").await;
    let hostile = "\"><img src=x onerror=alert(1)>";
    let id = acme.organization(hostile).await;
    acme.organization(&"W".repeat(100)).await;
    acme.group(&format!("{hostile} group"), &[&id]).await;
    let renamed = resource("accounts", json!({"name": "<b>Acme</b> & Söhne"}));
    expect(acme.administrator.patch("/account", &renamed).await.unwrap(), 200);
    ada.signs_in(&house, "acme", "admin@acme.example").await;
    ada.says("<b>Acme</b> & Söhne").await;
    for (page, words) in
        [("organizations", hostile), ("groups", hostile), ("users/new", hostile), ("activity-logs", hostile)]
    {
        ada.goes_to(&house, &format!("/console/acme/{page}")).await;
        ada.says(words).await;
        let wide = "return [document.querySelectorAll('img').length, document.documentElement.scrollWidth > innerWidth]";
        let found = ada.driver.execute(wide, Vec::new()).await.unwrap();
        assert_eq!(found.json(), &json!([0, false]), "{page}");
    }
    ada.quit().await;
}

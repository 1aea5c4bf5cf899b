//! What goes wrong on the wire, in another tab and at somebody else's desk: nothing that was typed is lost, nobody is invited twice,
//! and nobody is in doubt whose account it is.

use journeys::{Grants, House, created, expect, resource};
use serde_json::json;

use crate::driver::Browser;
use crate::wire::Wire;

const ADMIN: &str = "admin@acme.example";

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_fails_or_is_lost_is_asked_for_again_and_each_address_gets_one_mail() {
    let Some(ada) = Browser::start().await else { return };
    let mut house = House::start().await;
    let acme = house.account("acme").await;
    acme.organization("Bluebird Bakery").await;
    let wire = Wire::before(&mut house).await;
    ada.signs_in(&house, "acme", ADMIN).await;
    ada.goes_to(&house, "/console/acme/users/new").await;
    ada.pastes("E-mail addresses", "one@bluebird.example\ntwo@bluebird.example\n").await;
    ada.picks("Organizations", "blue", "Bluebird Bakery").await;
    ada.types("Message", "Mine").await;
    wire.heard();

    wire.answers("POST /users", 503);
    ada.presses("Save").await;
    ada.says("The service did not answer. Nothing that you typed is lost.").await;
    // This time it is carried out, and nobody learns of it.
    wire.loses("POST /users");
    ada.presses("Save").await;
    ada.says("The service did not answer. Nothing that you typed is lost.").await;
    // A token that has grown old is renewed, and the person is asked for nothing.
    wire.answers("POST /users", 401);
    ada.presses("Save").await;
    ada.says("2 invitations for 2 addresses").await;
    assert_eq!(ada.value_of("message").await, "Mine");
    assert_eq!(wire.count("POST /session/renewals"), 1, "{:?}", wire.heard());
    for email in ["one@bluebird.example", "two@bluebird.example"] {
        assert_eq!(house.mails(email).await.len(), 1, "{email}");
    }
    ada.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_answer_is_waited_for_once_and_comes_too_late_for_another_page() {
    let Some(ada) = Browser::start_impatient().await else { return };
    let mut house = House::start().await;
    let acme = house.account("acme").await;
    let bakery = acme.organization("Bluebird Bakery").await;
    acme.group("Service desk", &[&bakery]).await;
    let wire = Wire::before(&mut house).await;
    ada.signs_in(&house, "acme", ADMIN).await;
    ada.goes_to(&house, "/console/acme/users/new").await;
    ada.pastes("E-mail addresses", "one@bluebird.example\n").await;
    ada.chooses("Service desk").await;
    wire.heard();
    wire.holds("POST /users");
    ada.presses("Save").await;
    wire.has_one().await;
    ada.at("button[aria-busy=true]").await;
    // Whoever is impatient presses again, and types on.
    ada.presses("Save").await;
    ada.types("Message", "Written meanwhile").await;
    wire.lets_go();
    ada.says("1 invitation for 1 address").await;
    assert_eq!(ada.value_of("message").await, "Written meanwhile");
    assert_eq!(wire.count("POST /users"), 1, "{:?}", wire.heard());
    assert_eq!(house.mails("one@bluebird.example").await.len(), 1);

    // A page that somebody has left shows nothing any more.
    ada.goes_to(&house, "/console/acme/groups").await;
    ada.says("Service desk").await;
    wire.holds("GET /users");
    ada.turns_to("Users").await;
    wire.has_one().await;
    ada.at("main .ghosts").await;
    ada.turns_to("Organizations").await;
    ada.says("Bluebird Bakery").await;
    wire.lets_go();
    ada.turns_to("Groups").await;
    ada.says("Service desk").await;
    assert!(!ada.text().await.contains("Invited User"), "{}", ada.text().await);
    assert!(ada.driver.title().await.unwrap().starts_with("Groups"), "{}", ada.driver.title().await.unwrap());
    ada.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_stay_while_others_do_not_come_and_a_page_that_failed_is_tried_again() {
    let Some(ada) = Browser::start().await else { return };
    let mut house = House::start().await;
    let acme = house.account("acme").await;
    acme.user(&house, "mara", "Manager", Grants::ALL).await;
    let wire = Wire::before(&mut house).await;
    ada.signs_in(&house, "acme", ADMIN).await;
    ada.says("mara@acme.example").await;
    wire.answers("GET /users", 503);
    ada.fill_in("search", "nobody").await;
    ada.says("The service did not answer.").await;
    ada.says("mara@acme.example").await;
    ada.fill_in("search", "nobody at all").await;
    ada.says("Nothing fits this search.").await;
    ada.presses("Clear").await;
    ada.says("mara@acme.example").await;
    wire.answers("GET /groups", 503);
    ada.turns_to("Groups").await;
    ada.says("Something went wrong").await;
    ada.presses("Try again").await;
    ada.says("No groups yet.").await;
    ada.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signs_in_instead_does_not_send_what_another_has_typed() {
    let Some(ada) = Browser::start().await else { return };
    let house = House::start().await;
    let acme = house.account("acme").await;
    let bakery = acme.organization("Bluebird Bakery").await;
    acme.group("Service desk", &[&bakery]).await;
    acme.user(&house, "mara", "Manager", Grants::ALL).await;
    ada.signs_in(&house, "acme", ADMIN).await;
    ada.goes_to(&house, "/console/acme/users/new").await;
    ada.pastes("E-mail addresses", "one@bluebird.example\n").await;
    ada.chooses("Service desk").await;
    // In another tab somebody else signs in to this browser.
    let first = ada.driver.window().await.unwrap();
    let second = ada.driver.new_tab().await.unwrap();
    ada.driver.switch_to_window(second).await.unwrap();
    ada.signs_in(&house, "acme", "mara@acme.example").await;
    ada.driver.switch_to_window(first).await.unwrap();
    // The token of the first one has grown old, and this browser's cookie is another's.
    house.advance_hours(1);
    ada.presses("Save").await;
    ada.at("email-addresses .chips:empty").await;
    ada.says("mara@acme.example").await;
    assert_eq!(house.mails("one@bluebird.example").await.len(), 0, "it was not hers to send");
    ada.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tabs_are_in_two_accounts_and_signing_out_is_for_both() {
    let Some(nora) = Browser::start().await else { return };
    let house = House::start().await;
    let acme = house.account("acme").await;
    let noc = house.account("night-noc").await;
    let bakery = acme.organization("Bluebird Bakery").await;
    noc.organization("Own client").await;
    let offer = json!({"subdomain": "night-noc", "maximum-role-name": "Editor", "all-organizations": true});
    let offer = resource("connections", offer);
    let id = created(acme.administrator.post("/connections", &offer).await.unwrap()).id();
    let yes = resource("connections", json!({"decision": "accept"}));
    expect(noc.administrator.post(&format!("/connections/{id}/answer"), &yes).await.unwrap(), 200);

    nora.signs_in(&house, "night-noc", "admin@night-noc.example").await;
    let home = nora.driver.window().await.unwrap();
    let visit = nora.driver.new_tab().await.unwrap();
    nora.driver.switch_to_window(visit.clone()).await.unwrap();
    nora.goes_to(&house, "/console/acme/organizations").await;
    nora.says("You are inside The acme account").await;
    nora.says("Bluebird Bakery").await;
    for again in [false, true] {
        nora.driver.switch_to_window(home.clone()).await.unwrap();
        if again {
            nora.driver.refresh().await.unwrap();
        }
        nora.turns_to("Organizations").await;
        nora.says("Own client").await;
        let text = nora.text().await;
        assert!(!text.contains("Bluebird") && !text.contains("You are inside"), "{text}");
        nora.driver.switch_to_window(visit.clone()).await.unwrap();
        if again {
            nora.driver.refresh().await.unwrap();
        }
        nora.turns_to("Organizations").await;
        nora.says("Bluebird Bakery").await;
        let text = nora.text().await;
        assert!(!text.contains("Own client") && text.contains("You are inside"), "{text}");
    }
    // What is changed in one is changed there, and in no other account.
    nora.goes_to(&house, &format!("/console/acme/organizations/{bakery}")).await;
    nora.types("Name", "Bluebird Bakeries").await;
    nora.presses("Save").await;
    nora.says("Saved.").await;
    let now = acme.administrator.get(&format!("/organizations/{bakery}")).await.unwrap();
    assert_eq!(now.text_at("/data/attributes/name"), "Bluebird Bakeries");
    // Home in the second tab, too: the first one stays where it is.
    nora.press("Back to The night-noc account").await;
    nora.at("body:not(.inside) #nav a").await;
    nora.press("Ada Admin").await;
    nora.press("Sign out").await;
    nora.at("[name=password]").await;
    nora.driver.switch_to_window(home).await.unwrap();
    nora.at("[name=password]").await;
    nora.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_visitor_has_typed_stays_there_when_the_host_closes() {
    let Some(nora) = Browser::start().await else { return };
    let house = House::start().await;
    let acme = house.account("acme").await;
    let noc = house.account("night-noc").await;
    let bakery = acme.organization("Bluebird Bakery").await;
    let offer = json!({"subdomain": "night-noc", "maximum-role-name": "Editor", "all-organizations": true});
    let offer = resource("connections", offer);
    let id = created(acme.administrator.post("/connections", &offer).await.unwrap()).id();
    let yes = resource("connections", json!({"decision": "accept"}));
    expect(noc.administrator.post(&format!("/connections/{id}/answer"), &yes).await.unwrap(), 200);
    nora.signs_in(&house, "night-noc", "admin@night-noc.example").await;
    nora.goes_to(&house, &format!("/console/acme/organizations/{bakery}")).await;
    nora.types("Description", "Three shops, one oven").await;
    let suspended = resource("connections", json!({"status": "suspended"}));
    expect(acme.administrator.patch(&format!("/connections/{id}"), &suspended).await.unwrap(), 200);
    nora.presses("Save").await;
    nora.says("The acme account does not give you access at the moment.").await;
    let shown = nora.at("#description").await.prop("value").await.unwrap().unwrap_or_default();
    assert_eq!(shown, "Three shops, one oven", "to be read, and copied");
    nora.presses("Back to The night-noc account").await;
    nora.at("body:not(.inside) #nav a").await;
    nora.quit().await;
}

/// What people paste, and the addresses in it, each as its chip says it.
const PASTED: [(&str, &[&str]); 8] = [
    ("a@x.example\nb@x.example\r\nc@x.example", &["a@x.example", "b@x.example", "c@x.example"]),
    ("a@x.example; b@x.example ;c@x.example;", &["a@x.example", "b@x.example", "c@x.example"]),
    ("a@x.example, b@x.example", &["a@x.example", "b@x.example"]),
    (
        "\"Cy Young\" <cy@x.example>, \"Young, Di\" <di@x.example>, Ed <ed@x.example>",
        &["Cy Young · cy@x.example", "Young, Di · di@x.example", "Ed · ed@x.example"],
    ),
    (
        "Young, Cy <cy@x.example>; Old, Di <di@x.example>",
        &["Young, Cy · cy@x.example", "Old, Di · di@x.example"],
    ),
    ("Cy\tYoung\tcy@x.example\tManager\nDi\tOld\tdi@x.example\t", &["cy@x.example", "di@x.example"]),
    (
        "plain@x.example\n\"Cy Young\" <cy@x.example>\n\nmailto:di@x.example\nplain@x.example",
        &["plain@x.example", "Cy Young · cy@x.example", "di@x.example"],
    ),
    ("PLAIN@x.example\nplain@X.example", &["PLAIN@x.example"]),
];

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_pasted_becomes_one_chip_for_each_address() {
    let Some(ada) = Browser::start().await else { return };
    let house = House::start().await;
    let acme = house.account("acme").await;
    let bakery = acme.organization("Bluebird Bakery").await;
    acme.group("Service desk", &[&bakery]).await;
    ada.signs_in(&house, "acme", ADMIN).await;
    let chips = "return [...document.querySelectorAll('email-addresses li')].map((chip) => chip.firstChild.parentElement.innerText.split('\\n')[0].replace(/\\s*×$/, '').trim())";
    for (pasted, wanted) in PASTED {
        ada.goes_to(&house, "/console/acme/users/new").await;
        ada.pastes("E-mail addresses", pasted).await;
        ada.has(&format!("{} in all.", wanted.len())).await;
        let found = ada.driver.execute(chips, Vec::new()).await.unwrap();
        assert_eq!(found.json(), &json!(wanted), "{pasted}");
    }
    // A whole column of a spreadsheet goes out in one request, and each address gets its one mail.
    let many: Vec<String> = (1..=500).map(|number| format!("guest{number}@x.example")).collect();
    ada.goes_to(&house, "/console/acme/users/new").await;
    ada.pastes("E-mail addresses", &many.join("\n")).await;
    ada.chooses("Service desk").await;
    ada.presses("Save").await;
    ada.says("500 invitations for 500 addresses").await;
    house.mails("guest1@x.example").await;
    for email in [&many[0], &many[499]] {
        assert_eq!(house.product.mailbox.mails_for(email).len(), 1, "{email}");
    }
    ada.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_who_asks_for_second_factors_sets_one_up_and_goes_on() {
    let Some(ada) = Browser::start_impatient().await else { return };
    let house = House::start().await;
    house.account("acme").await;
    ada.signs_in(&house, "acme", ADMIN).await;
    ada.turns_to("Account settings").await;
    ada.chooses("Everyone of this account").await;
    ada.presses("Save").await;
    ada.says("Saved.").await;
    ada.turns_to("Groups").await;
    ada.says("Set yours up, and go on where you were.").await;
    let secret = ada.at("dialog code").await.text().await.unwrap();
    let secret = totp_rs::Secret::try_from_base32(&secret).unwrap();
    let app = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    let now = u64::try_from(house.product.clock.now().as_millis() / 1_000).unwrap();
    ada.types("Code", &app.generate(now).to_string()).await;
    ada.presses_in_dialog("Confirm").await;
    ada.says("Keep these recovery codes.").await;
    ada.presses_in_dialog("I have kept them").await;
    ada.says("No groups yet.").await;
    ada.quit().await;
}

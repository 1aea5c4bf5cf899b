//! Every page of the console in every state that it has: empty, loading, failed, refused, with hostile names and many rows, with
//! its dialogs. `PICTURES_IN=target/pictures cargo test -p journeys --test browser pictures` leaves pictures of all.

use journeys::{Grants, House, expect, resource};
use serde_json::json;

use crate::crowd::{Crowd, long};
use crate::driver::Browser;
use crate::gallery::Gallery;
use crate::wire::Wire;

const ADMIN: &str = "admin@acme.example";

/// The crowd, with its Administrator signed in to a gallery.
async fn gathered() -> Option<(Gallery, Crowd)> {
    let gallery = Gallery::open().await?;
    let crowd = Crowd::gather().await;
    gallery.browser.has_the_clock_of(&crowd.house).await;
    gallery.browser.signs_in(&crowd.house, "acme", ADMIN).await;
    Some((gallery, crowd))
}

/// One that does not wait for what never comes.
async fn impatient() -> Option<Gallery> {
    Gallery::around(Browser::start_impatient().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_of_users() {
    let Some((mut gallery, crowd)) = gathered().await else { return };
    let house = &crowd.house;
    gallery.visits(house, "/console/acme/users", "users").await;
    gallery.visits(house, "/console/acme/users?page=2", "users-second-page").await;
    gallery.visits(house, "/console/acme/users?search=nobody-is-called-so", "users-nobody-fits").await;
    gallery.visits(house, "/console/acme/users?type=my-glue", "users-my-glue-empty").await;
    gallery.browser.at(".who").await.click().await.unwrap();
    gallery.shows("menu").await;
    for (word, name) in
        [("rita", "user"), ("ann", "user-invited"), ("olga", "user-expired"), ("sam", "user-suspended")]
    {
        gallery.visits(house, &format!("/console/acme/users/{}", crowd.id(word)), name).await;
    }
    gallery.goes_to(house, &format!("/console/acme/users/{}", crowd.id("sam"))).await;
    gallery.browser.presses("Remove").await;
    gallery.shows("user-remove").await;
    gallery.browser.presses_in_dialog("Remove").await;
    gallery.browser.says("no longer has access").await;
    gallery.shows("user-removed").await;

    let rita = format!("/console/acme/users/{}", crowd.id("rita"));
    gallery.goes_to(house, &rita).await;
    gallery.browser.types("First name", "Rita").await;
    gallery.browser.press("Groups").await;
    gallery.browser.says("Leave without saving?").await;
    gallery.shows("user-leave").await;
    gallery.browser.presses_in_dialog("Stay").await;
    let theirs = resource("users", json!({"first-name": "Margarita", "last-name": "Reader"}));
    let path = format!("/users/{}", crowd.id("rita"));
    expect(crowd.acme.administrator.patch(&path, &theirs).await.unwrap(), 200);
    gallery.browser.presses("Save").await;
    gallery.browser.says("changed this").await;
    gallery.shows("user-changed-meanwhile").await;
    gallery.browser.presses_in_dialog("Save").await;
    gallery.browser.says("Saved.").await;
    gallery.browser.types("First name", &"x".repeat(101)).await;
    gallery.browser.presses("Save").await;
    gallery.browser.at(".summary").await;
    gallery.shows("user-refused").await;

    gallery.goes_to(house, &format!("{rita}/access")).await;
    gallery.shows("access").await;
    gallery.browser.picks("In which organization", "client 1", "Client 1").await;
    gallery.browser.says("may read").await;
    gallery.shows("access-allowed").await;
    gallery.browser.picks("In which organization", "www", &long()).await;
    gallery.browser.says("may not read").await;
    gallery.shows("access-refused").await;
    gallery.closes(&[412, 422]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_of_inviting() {
    let Some((mut gallery, crowd)) = gathered().await else { return };
    let house = &crowd.house;
    gallery.visits(house, "/console/acme/users/new", "invite").await;
    gallery.browser.presses("Save").await;
    gallery.browser.says("Enter at least one e-mail address.").await;
    gallery.shows("invite-nobody").await;
    gallery.browser.pastes("E-mail addresses", "one@bluebird.example\n").await;
    gallery.browser.presses("Check first").await;
    gallery.browser.says("Every user needs at least one organization.").await;
    gallery.shows("invite-without-organization").await;
    gallery.browser.presses("Take one@bluebird.example away").await;
    let pasted = format!(
        "\"Young, Cy\" <cy@bluebird.example>\nann@acme.example\n{ADMIN}\nno-address\n{}@bluebird.example\n",
        "w".repeat(60)
    );
    gallery.browser.pastes("E-mail addresses", &pasted).await;
    gallery.browser.chooses("Service desk").await;
    gallery.browser.picks("Organizations", "client 4", "Client 4").await;
    gallery.browser.types("Organizations", "c").await;
    gallery.browser.says("Client 5").await;
    gallery.shows("invite-choosing").await;
    gallery.browser.picks("Organizations", "img", crate::crowd::HOSTILE).await;
    gallery.browser.picks("Organizations", "www", &long()).await;
    gallery.browser.says("Take 1 away").await;
    gallery.browser.presses("Check first").await;
    gallery.browser.says("This is not a valid e-mail address.").await;
    gallery.shows("invite-refused").await;
    gallery.browser.presses("Take no-address away").await;
    gallery.browser.presses(&format!("Take {} away", long())).await;
    gallery.browser.presses("Check first").await;
    gallery.browser.says("gets an invitation").await;
    gallery.shows("invite-checked").await;
    gallery.browser.presses("Save").await;
    gallery.browser.says("2 invitations for 4 addresses").await;
    gallery.shows("invite-sent").await;
    gallery.closes(&[422]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_of_organizations_and_groups() {
    let Some((mut gallery, crowd)) = gathered().await else { return };
    let house = &crowd.house;
    gallery.visits(house, "/console/acme/organizations", "organizations").await;
    gallery.visits(house, "/console/acme/organizations?search=nothing", "organizations-nothing-fits").await;
    let client = format!("/console/acme/organizations/{}", crowd.id("client"));
    gallery.visits(house, &client, "organization").await;
    let restrictions = format!("{client}/restrictions");
    gallery.visits(house, &restrictions, "restrictions-none").await;
    gallery.browser.types("Type", "documents").await;
    gallery.browser.types("Asset", &format!("folder {}", "w".repeat(60))).await;
    gallery.browser.presses("Restrict").await;
    gallery.browser.says("Name at least one group or user").await;
    gallery.shows("restrictions-refused").await;
    gallery.browser.picks("Groups with access", "serv", "Service desk").await;
    gallery.browser.presses("Restrict").await;
    gallery.browser.says("is restricted. It applies from the next request.").await;
    gallery.shows("restrictions").await;
    let hostile = format!("/console/acme/organizations/{}", crowd.id("hostile"));
    gallery.visits(house, &hostile, "organization-hostile").await;
    gallery.visits(house, "/console/acme/organizations/new", "organization-new").await;
    gallery.browser.types("Name", &"x".repeat(101)).await;
    gallery.browser.presses("Save").await;
    gallery.browser.at(".summary").await;
    gallery.shows("organization-refused").await;

    gallery.visits(house, "/console/acme/groups", "groups").await;
    gallery.visits(house, "/console/acme/groups/new", "group-new").await;
    gallery.visits(house, &format!("/console/acme/groups/{}", crowd.id("desk")), "group").await;
    for organization in ["Client 3", "Client 4", "Client 5"] {
        gallery.browser.picks("Organizations", &organization.to_lowercase(), organization).await;
    }
    gallery.browser.presses("Save").await;
    gallery.browser.at(".summary").await;
    gallery.shows("group-refused").await;
    gallery.browser.presses("Remove").await;
    gallery.shows("group-remove").await;
    gallery.browser.presses_in_dialog("Cancel").await;
    gallery.closes(&[422]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_of_glueconnect() {
    let Some((mut gallery, crowd)) = gathered().await else { return };
    let house = &crowd.house;
    gallery.visits(house, "/console/acme/glueconnect", "glueconnect").await;
    gallery.visits(house, "/console/acme/glueconnect?direction=received", "glueconnect-received").await;
    for (word, name) in [
        ("night", "connection"),
        ("pending", "connection-pending"),
        ("ended", "connection-ended"),
        ("expired", "connection-expired"),
        ("declined", "connection-declined"),
        ("suspended", "connection-suspended"),
        ("received", "connection-for-us"),
    ] {
        gallery.visits(house, &format!("/console/acme/glueconnect/{}", crowd.id(word)), name).await;
    }
    gallery.goes_to(house, &format!("/console/acme/glueconnect/{}", crowd.id("night"))).await;
    gallery.browser.presses("End it").await;
    gallery.shows("connection-end").await;
    gallery.browser.presses_in_dialog("Cancel").await;
    let people = format!("/console/acme/glueconnect/{}/people", crowd.id("night"));
    gallery.visits(house, &people, "people").await;
    gallery.browser.presses("Limit a user").await;
    gallery.browser.chooses("Fewer").await;
    gallery.shows("people-limit").await;
    gallery.browser.presses_in_dialog("Cancel").await;

    gallery.visits(house, "/console/acme/glueconnect/new", "offer-1-whom").await;
    gallery.browser.types("Subdomain", "night-noc").await;
    gallery.browser.presses("Next").await;
    gallery.browser.says("Role at home").await;
    gallery.shows("offer-2-role").await;
    gallery.browser.presses("Next").await;
    gallery.browser.chooses("Allow all organizations").await;
    gallery.shows("offer-3-access").await;
    gallery.browser.presses("Next").await;
    gallery.browser.says("Shown in the mail.").await;
    gallery.shows("offer-4-message").await;
    gallery.browser.presses("Next").await;
    gallery.browser.at(".summary").await;
    gallery.shows("offer-refused").await;
    gallery.closes(&[409, 422]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_of_logs_keys_and_settings() {
    let Some((mut gallery, crowd)) = gathered().await else { return };
    let house = &crowd.house;
    gallery.visits(house, "/console/acme/activity-logs", "activity-logs").await;
    gallery.visits(house, "/console/acme/activity-logs?reads=yes", "activity-logs-reads").await;
    gallery.visits(house, "/console/acme/activity-logs?search=nothing", "activity-logs-nothing-fits").await;
    gallery.visits(house, "/console/acme/api-keys", "api-keys").await;
    gallery.browser.presses("+ New").await;
    gallery.shows("api-key-new").await;
    gallery.browser.types("Name", "Weekly export").await;
    gallery.browser.chooses("Allow all organizations").await;
    gallery.browser.presses_in_dialog("Create the key").await;
    gallery.browser.says("Keep this key").await;
    gallery.shows("api-key-shown").await;
    gallery.browser.chooses("I have kept it").await;
    gallery.browser.presses_in_dialog("Close").await;
    gallery.browser.says("works now").await;

    gallery.visits(house, "/console/acme/settings", "settings").await;
    gallery.browser.chooses("Everyone of this account").await;
    gallery.browser.says("Set it up first").await;
    gallery.shows("settings-second-factor").await;
    gallery.browser.presses("Save").await;
    gallery.browser.says("Saved.").await;
    gallery.closes(&[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_of_the_profile_and_of_pages_that_are_none() {
    let Some((mut gallery, crowd)) = gathered().await else { return };
    let house = &crowd.house;
    gallery.visits(house, "/console/acme/profile", "profile").await;
    // Who signed in a while ago is asked once more.
    house.advance_hours(1);
    gallery.browser.presses("Set it up").await;
    gallery.browser.says("Is it still you?").await;
    gallery.shows("proof").await;
    gallery.browser.types("Password", journeys::PASSWORD).await;
    gallery.browser.presses_in_dialog("Continue").await;
    gallery.browser.says("Scan this").await;
    gallery.shows("profile-second-factor").await;
    gallery.visits(house, "/console/acme/no-such-page", "no-such-page").await;
    gallery.visits(house, "/console/acme/users/7", "no-such-user").await;
    gallery.visits(house, "/console/elsewhere/users", "not-your-account").await;
    crowd.acme.user(house, "lia", "Lite", Grants::groups(&[crowd.id("desk")])).await;
    gallery.browser.signs_in(house, "acme", "lia@acme.example").await;
    gallery.visits(house, "/console/acme/", "lite").await;
    gallery.visits(house, "/console/acme/users", "not-for-this-role").await;
    gallery.closes(&[401, 403, 404]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_of_a_visit() {
    let Some((mut gallery, crowd)) = gathered().await else { return };
    let house = &crowd.house;
    let renamed = resource("accounts", json!({"name": long()}));
    gallery.visits(house, "/console/night-noc/", "inside").await;
    let own = crowd.noc.organization("A client of the night desk").await;
    gallery.visits(house, &format!("/console/night-noc/organizations/{own}"), "inside-organization").await;
    let suspended = resource("connections", json!({"status": "suspended"}));
    let received =
        expect(crowd.noc.administrator.get("/connections?filter[direction]=granted").await.unwrap(), 200);
    let id = received.text_at("/data/0/id");
    expect(crowd.noc.administrator.patch(&format!("/connections/{id}"), &suspended).await.unwrap(), 200);
    gallery.browser.turns_to("Organizations").await;
    gallery.browser.says("does not give you access at the moment").await;
    gallery.shows("inside-closed").await;
    gallery.visits(house, "/console/night-noc/", "inside-closed-from-the-start").await;
    let active = resource("connections", json!({"status": "active"}));
    expect(crowd.noc.administrator.patch(&format!("/connections/{id}"), &active).await.unwrap(), 200);
    for account in [&crowd.noc, &crowd.acme] {
        expect(account.administrator.patch("/account", &renamed).await.unwrap(), 200);
    }
    gallery.visits(house, "/console/night-noc/", "inside-long-names").await;
    gallery.visits(house, "/console/acme/", "long-names").await;
    gallery.closes(&[403]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_of_what_does_not_come() {
    let Some(mut gallery) = impatient().await else { return };
    let mut crowd = Crowd::gather().await;
    let wire = Wire::before(&mut crowd.house).await;
    let house = &crowd.house;
    gallery.browser.has_the_clock_of(house).await;
    gallery.browser.signs_in(house, "acme", ADMIN).await;
    gallery.goes_to(house, "/console/acme/groups").await;
    wire.holds("GET /users");
    gallery.browser.turns_to("Users").await;
    wire.has_one().await;
    gallery.browser.at("main .ghosts").await;
    gallery.shows("loading").await;
    wire.lets_go();
    gallery.browser.says("Invited User").await;
    wire.answers("GET /users", 503);
    gallery.goes_to(house, "/console/acme/users").await;
    gallery.browser.says("Try again").await;
    gallery.shows("failed").await;
    gallery.browser.presses("Try again").await;
    gallery.browser.says("Invited User").await;
    wire.answers("GET /users", 503);
    gallery.browser.presses("Next").await;
    gallery.browser.at(".summary").await;
    gallery.shows("failed-with-rows").await;
    gallery.goes_to(house, "/console/acme/users/new").await;
    gallery.browser.pastes("E-mail addresses", "one@bluebird.example\n").await;
    gallery.browser.chooses("Service desk").await;
    wire.answers("POST /users", 503);
    gallery.browser.presses("Save").await;
    gallery.browser.at(".summary").await;
    gallery.shows("invite-failed").await;
    expect(crowd.acme.administrator.delete("/session?everywhere=true", None).await.unwrap(), 204);
    gallery.browser.presses("Save").await;
    gallery.browser.says("Your session has ended").await;
    gallery.shows("session-ended").await;
    gallery.browser.types("Password", "not the password").await;
    gallery.browser.presses_in_dialog("Sign in").await;
    gallery.browser.at("dialog .summary").await;
    gallery.shows("session-ended-wrong-password").await;
    gallery.closes(&[401, 503]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_of_a_second_factor_that_is_asked_for() {
    let Some(mut gallery) = impatient().await else { return };
    let house = House::start().await;
    let acme = house.account("acme").await;
    gallery.browser.signs_in(&house, "acme", ADMIN).await;
    let enforced = resource("accounts", json!({"enforce-mfa": true}));
    expect(acme.administrator.patch("/account", &enforced).await.unwrap(), 200);
    gallery.browser.turns_to("Groups").await;
    gallery.browser.says("Scan this").await;
    gallery.shows("second-factor-needed").await;
    gallery.browser.types("Code", "000000").await;
    gallery.browser.presses_in_dialog("Confirm").await;
    gallery.browser.at("dialog .summary").await;
    gallery.shows("second-factor-wrong-code").await;
    gallery.closes(&[401, 403, 422]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_of_an_empty_account() {
    let Some(mut gallery) = Gallery::open().await else { return };
    let house = House::start().await;
    house.account("acme").await;
    gallery.browser.signs_in(&house, "acme", ADMIN).await;
    for page in ["users", "groups", "organizations", "glueconnect", "activity-logs", "api-keys"] {
        gallery.visits(&house, &format!("/console/acme/{page}"), &format!("empty-{page}")).await;
    }
    gallery.visits(&house, "/console/acme/users/new", "empty-invite").await;
    gallery
        .visits(&house, "/console/acme/glueconnect?direction=received", "empty-glueconnect-received")
        .await;
    gallery.visits(&house, "/console/acme/settings/close", "close-account").await;
    gallery.browser.types("Subdomain of the account", "acme").await;
    gallery.browser.presses("Close the account").await;
    gallery.browser.says("Nothing has been removed yet").await;
    gallery.shows("account-closing").await;
    // Every page says so.
    gallery.visits(&house, "/console/acme/groups", "account-closing-elsewhere").await;
    gallery.browser.says("This account will be closed on").await;
    gallery.browser.presses("Stop the closing").await;
    gallery.browser.presses("Keep the account").await;
    gallery.browser.says("The account stays open").await;
    gallery.closes(&[]).await;
}

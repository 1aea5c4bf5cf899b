//! What has to work without a script: signing in, accepting, setting a password.

use journeys::{Grants, House, PASSWORD, created, resource};
use serde_json::json;

use crate::driver::Browser;

const ADMIN: &str = "admin@acme.example";

#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_in_by_the_form_and_loses_nothing_by_a_wrong_password() {
    let Some(browser) = Browser::start_without_scripts().await else { return };
    let house = House::start().await;
    house.account("acme").await;
    let start = format!("{}/console/sign-in?to=/console/acme/users", house.product.api_url);
    browser.open(&start).await;
    browser.fill_in("subdomain", "acme").await;
    browser.fill_in("email", ADMIN).await;
    browser.fill_in("password", "not the password").await;
    browser.press("Sign in").await;
    browser.says("The subdomain, e-mail address, password or code is wrong.").await;
    assert!(browser.driver.title().await.unwrap().starts_with("Error: "));
    assert_eq!(browser.value_of("subdomain").await, "acme");
    assert_eq!(browser.value_of("email").await, ADMIN);
    assert_eq!(browser.value_of("password").await, "");
    browser.fill_in("password", PASSWORD).await;
    browser.press("Sign in").await;
    browser.has("needs JavaScript").await;
    assert!(browser.address().await.ends_with("/console/acme/users"), "{}", browser.address().await);
    let cookie = browser.driver.get_named_cookie("session").await.unwrap();
    assert_eq!(cookie.http_only, Some(true));
    browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invited_person_accepts_and_is_signed_in() {
    let Some(browser) = Browser::start_without_scripts().await else { return };
    let house = House::start().await;
    let acme = house.account("acme").await;
    let bakery = acme.organization("Bluebird Bakery").await;
    let (email, _) = acme.invite("ann", "Lite", Grants::organizations(&[&bakery])).await;
    browser.open(&house.link(&email).await).await;
    browser.says("Bluebird Bakery").await;
    browser.fill_in("first-name", "Ann").await;
    browser.fill_in("password", "The acme account!").await;
    browser.press("Accept the invitation").await;
    assert!(browser.driver.title().await.unwrap().starts_with("Error: "));
    assert_eq!(browser.value_of("first-name").await, "Ann");
    browser.fill_in("password", PASSWORD).await;
    browser.press("Accept the invitation").await;
    browser.says("Welcome to The acme account").await;
    // Loading it anew sends nothing again.
    browser.driver.refresh().await.unwrap();
    browser.says("you are signed in").await;
    browser.press("Open The acme account").await;
    browser.has("needs JavaScript").await;

    // Anyone else who has the link reads that it was used, and where to sign in.
    browser.driver.delete_all_cookies().await.unwrap();
    browser.open(&house.link(&email).await).await;
    browser.says("has already been accepted").await;
    browser.press("Sign in").await;
    browser.at("[name=\"subdomain\"]").await;
    browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_lets_their_people_into_a_host_by_the_page() {
    let Some(browser) = Browser::start_without_scripts().await else { return };
    let house = House::start().await;
    let host = house.account("acme").await;
    house.account("night-noc").await;
    let offer = json!({"subdomain": "night-noc", "maximum-role-name": "Editor", "all-organizations": true});
    created(host.administrator.post("/connections", &resource("connections", offer)).await.unwrap());
    browser.open(&house.link("admin@night-noc.example").await).await;
    browser.fill_in("email", "admin@night-noc.example").await;
    browser.fill_in("password", "not the password").await;
    browser.press("Accept").await;
    browser.says("The e-mail address, password or code is wrong.").await;
    assert_eq!(browser.value_of("email").await, "admin@night-noc.example");
    browser.fill_in("password", PASSWORD).await;
    browser.press("Accept").await;
    browser.says("The acme account is open to you").await;
    browser.driver.refresh().await.unwrap();
    browser.says("The acme account is open to you").await;
    browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_password_comes_back_by_mail() {
    let Some(browser) = Browser::start_without_scripts().await else { return };
    let house = House::start().await;
    house.account("acme").await;
    browser.open(&format!("{}/console/sign-in", house.product.api_url)).await;
    browser.press("Forgot your password?").await;
    browser.fill_in("subdomain", "acme").await;
    browser.fill_in("email", ADMIN).await;
    browser.press("Send the mail").await;
    browser.says("Check your inbox").await;
    browser.open(&house.link(ADMIN).await).await;
    browser.fill_in("password", "three shops, one oven").await;
    browser.press("Set the password").await;
    browser.says("Your password is set").await;
    browser.driver.refresh().await.unwrap();
    browser.press("Sign in").await;
    browser.fill_in("subdomain", "acme").await;
    browser.fill_in("email", ADMIN).await;
    browser.fill_in("password", "three shops, one oven").await;
    browser.press("Sign in").await;
    browser.has("needs JavaScript").await;
    browser.quit().await;
}

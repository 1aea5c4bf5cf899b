//! The first load: everything from here, nothing refused by the policy, no more than planned.

use std::io::Write as _;

use journeys::{House, PASSWORD};
use serde_json::Value;

use crate::driver::Browser;

#[tokio::test(flavor = "multi_thread")]
async fn the_console_loads_from_here_alone_and_without_a_complaint() {
    let Some(browser) = Browser::start().await else { return };
    let house = House::start().await;
    house.account("acme").await;
    browser.open(&format!("{}/", house.product.api_url)).await;
    browser.at("h1").await;
    let loaded = "return performance.getEntriesByType('resource').map(entry => entry.name)";
    let loaded = browser.driver.execute(loaded, Vec::new()).await.unwrap();
    for address in loaded.json().as_array().unwrap() {
        let address = address.as_str().unwrap();
        assert!(address.starts_with(&house.product.api_url), "{address}");
    }
    let complaints = browser.complaints().await;
    let unmeant: Vec<_> = complaints.iter().filter(|entry| !entry.contains("401")).collect();
    assert!(unmeant.is_empty(), "{unmeant:#?}");
    browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_gets_a_token_by_its_browsers_cookie_and_an_injected_script_gets_nothing() {
    let Some(browser) = Browser::start().await else { return };
    let house = House::start().await;
    house.account("acme").await;
    browser.open(&format!("{}/console/sign-in", house.product.api_url)).await;
    browser.fill_in("subdomain", "acme").await;
    browser.fill_in("email", "admin@acme.example").await;
    browser.fill_in("password", PASSWORD).await;
    browser.press("Sign in").await;
    browser.at("h1").await;
    let renew = "const done = arguments[0];
        fetch('/session/renewals', {method: 'POST'})
            .then(async answer => done([answer.status, (await answer.json()).data.attributes['access-token']]))";
    let renewed = browser.driver.execute_async(renew, Vec::new()).await.unwrap();
    assert_eq!(renewed.json()[0], Value::from(201), "{:?}", renewed.json());
    let session = house.nobody.with_token(renewed.json()[1].as_str().unwrap()).get("/session").await.unwrap();
    assert_eq!(session.status, 200, "{}", session.text);
    let cookies = browser.driver.execute("return document.cookie", Vec::new()).await.unwrap();
    assert_eq!(cookies.json(), &Value::from(""));
    let inject = "try { document.body.innerHTML = '<img src=x onerror=alert(1)>'; return 'done' } catch (error) { return error.name }";
    let injected = browser.driver.execute(inject, Vec::new()).await.unwrap();
    assert_eq!(injected.json(), &Value::from("TypeError"));
    browser.quit().await;
}

/// What goes over the wire of this text: a release packs it so once, a debug build reads it from the folder as it is.
fn packed(text: &str) -> usize {
    let mut out = brotli::CompressorWriter::new(Vec::new(), 4_096, 11, 22);
    out.write_all(text.as_bytes()).unwrap();
    out.into_inner().len()
}

/// Sixteen modules at most, each of which is a call of its own, and sixty kilobytes of files over the wire.
#[tokio::test(flavor = "multi_thread")]
async fn the_first_load_stays_within_its_budget_and_signing_out_is_on_the_page() {
    let Some(browser) = Browser::start().await else { return };
    let house = House::start().await;
    house.account("acme").await;
    browser.signs_in(&house, "acme", "admin@acme.example").await;
    browser.turns_to("Users").await;
    browser.driver.refresh().await.unwrap();
    browser.says("Ada Admin").await;
    let loaded = "return performance.getEntriesByType('resource')
        .filter(entry => entry.name.includes('/console/assets/'))
        .map(entry => entry.name)";
    let loaded = browser.driver.execute(loaded, Vec::new()).await.unwrap();
    let loaded = loaded.json().as_array().unwrap().clone();
    let (mut modules, mut bytes) = (0, 0);
    for address in loaded.iter().filter_map(Value::as_str) {
        let file = house.nobody.get(address).await.unwrap();
        assert_eq!(file.status, 200, "{address}");
        modules += usize::from(address.ends_with(".js"));
        bytes += packed(&file.text);
    }
    println!("{modules} modules, {bytes} bytes of files");
    assert!(modules > 3 && modules <= 16, "{modules}: {loaded:#?}");
    assert!(bytes > 1_000 && bytes <= 60 * 1_024, "{bytes}: {loaded:#?}");

    browser.press("Ada Admin").await;
    browser.press("Sign out").await;
    browser.at("[name=password]").await;
    // The cookie is no good any more, wherever it was copied to.
    browser.goes_to(&house, "/console/acme/users").await;
    browser.at("[name=password]").await;
    browser.quit().await;
}

//! Every page that a person can see without the console, in light, in dark and on a phone: looked over by axe, and as pictures:
//! `PICTURES_IN=target/pictures cargo test --test browser pictures`.

use std::path::PathBuf;

use journeys::{Grants, House, PASSWORD, created, expect, resource};
use serde_json::json;

use crate::axe;
use crate::driver::Browser;

/// How pages are looked at.
pub const LOOKS: [(&str, &str, u32); 3] =
    [("light", "light", 1280), ("dark", "dark", 1280), ("phone", "light", 375)];

/// Every page by a name.
pub async fn addresses(house: &House) -> Vec<(&'static str, String)> {
    let acme = house.account("acme").await;
    house.account("night-noc").await;
    let names = ["Bluebird Bakery", "Cedar Dental", "Delta Logistics"];
    let mut organizations = Vec::new();
    for name in names {
        organizations.push(acme.organization(name).await);
    }
    let organizations: Vec<&str> = organizations.iter().map(String::as_str).collect();
    let (used, _) = acme.invite("una", "Lite", Grants::organizations(&organizations[..1])).await;
    let used = house.link(&used).await;
    expect(
        house.nobody.post(&used, &resource("invitations", json!({"password": PASSWORD}))).await.unwrap(),
        201,
    );
    let (gone, gone_id) = acme.invite("gus", "Lite", Grants::organizations(&organizations[..1])).await;
    let gone = house.link(&gone).await;
    acme.administrator.delete(&format!("/users/{gone_id}"), None).await.unwrap();
    let (older, older_id) = acme.invite("olaf", "Lite", Grants::organizations(&organizations[..1])).await;
    let older = (house.link(&older).await, older);
    let again =
        acme.administrator.post(&format!("/users/{older_id}/invitation"), &json!(null)).await.unwrap();
    expect(again, 202);
    let (open, _) = acme.invite("ann", "Lite", Grants::organizations(&organizations)).await;
    let offer = json!({"subdomain": "night-noc", "maximum-role-name": "Editor", "all-organizations": true,
        "message": "Please cover the nights."});
    created(acme.administrator.post("/connections", &resource("connections", offer)).await.unwrap());
    let forgotten = resource("password-resets", json!({"subdomain": "acme", "email": "admin@acme.example"}));
    expect(house.nobody.post("/password-resets", &forgotten).await.unwrap(), 202);
    let api = &house.product.api_url;
    vec![
        ("sign-in", format!("{api}/console/sign-in")),
        ("forgotten-password", format!("{api}/console/forgotten-password")),
        ("forgotten-subdomain", format!("{api}/console/forgotten-subdomain")),
        ("mail-asked-for", format!("{api}/console/mail-asked-for")),
        ("invitation", house.link(&open).await),
        ("invitation-used", used),
        ("invitation-taken-back", gone),
        ("invitation-newer", older.0),
        ("invitation-unknown", format!("{api}/invitations/none")),
        ("connection", house.link("admin@night-noc.example").await),
        ("password-reset", house.link("admin@acme.example").await),
        ("password-reset-unknown", format!("{api}/password-resets/none")),
        ("mailbox", house.product.control_url.clone()),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_keeps_anyone_out() {
    let (Some(source), Some(browser)) = (axe::source(), Browser::start().await) else { return };
    let house = House::start().await;
    let mut found = Vec::new();
    for (name, address) in addresses(&house).await {
        for (look, scheme, width) in LOOKS {
            browser.look(scheme, width).await;
            browser.open(&address).await;
            let violations = axe::violations(&browser, &source).await;
            found.extend(violations.into_iter().map(|violation| format!("{name}, {look}: {violation}")));
            let wide = "return document.documentElement.scrollWidth > document.documentElement.clientWidth";
            let is_wide = browser.driver.execute(wide, Vec::new()).await.unwrap();
            if is_wide.json() == &json!(true) {
                found.push(format!("{name}, {look}: scrolls sideways"));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
    browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures() {
    let Some(folder) = std::env::var_os("PICTURES_IN").map(PathBuf::from) else { return };
    let Some(browser) = Browser::start().await else { return };
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
    std::fs::create_dir_all(&folder).unwrap();
    let house = House::start().await;
    for (name, address) in addresses(&house).await {
        for (look, scheme, width) in LOOKS {
            browser.look(scheme, width).await;
            browser.open(&address).await;
            browser.driver.screenshot(&folder.join(format!("{name}.{look}.png"))).await.unwrap();
        }
    }
    browser.quit().await;
}

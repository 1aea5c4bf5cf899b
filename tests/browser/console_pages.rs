//! Every page of the console, in light, in dark and on a phone: looked over by axe, nothing wider than the window, no complaint in
//! the browser's console; and as pictures, where `PICTURES_IN` names a folder.

use std::path::PathBuf;

use journeys::{Account, Grants, House, created, resource};
use serde_json::json;

use crate::axe;
use crate::driver::Browser;
use crate::pages::LOOKS;

/// Every page by a name, in an account that has something of each kind.
async fn pages(house: &House, acme: &Account) -> Vec<(&'static str, String)> {
    house.account("night-noc").await;
    let organizations = acme.organizations("Client", 6).await;
    let below = acme.sub_organization("Client 1, north", &organizations[0]).await;
    let group = acme.group("Service desk", &[&organizations[0], &below]).await;
    let (_, mara) = acme.user(house, "mara", "Manager", Grants::ALL).await;
    acme.invite("ann", "Lite", Grants::groups(&[&group])).await;
    let offer = json!({"subdomain": "night-noc", "maximum-role-name": "Editor", "all-organizations": true});
    let offer =
        created(acme.administrator.post("/connections", &resource("connections", offer)).await.unwrap()).id();
    let key = json!({"name": "Nightly export", "role-name": "Read-only", "all-organizations": true});
    created(acme.administrator.post("/api-keys", &resource("api-keys", key)).await.unwrap());
    let page = |name: &'static str, address: &str| (name, format!("/console/acme/{address}"));
    vec![
        page("users", "users"),
        page("users-none", "users?search=nobody-is-called-so"),
        page("invite", "users/new"),
        page("user", &format!("users/{mara}")),
        page("access", &format!("users/{mara}/access")),
        page("groups", "groups"),
        page("group", &format!("groups/{group}")),
        page("organizations", "organizations"),
        page("organization", &format!("organizations/{}", organizations[0])),
        page("glueconnect", "glueconnect"),
        page("offer", "glueconnect/new"),
        page("connection", &format!("glueconnect/{offer}")),
        page("people", &format!("glueconnect/{offer}/people")),
        page("activity-logs", "activity-logs"),
        page("api-keys", "api-keys"),
        page("settings", "settings"),
        page("profile", "profile"),
        page("nothing", "no-such-page"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_of_the_console_keeps_anyone_out() {
    let (Some(source), Some(browser)) = (axe::source(), Browser::start().await) else { return };
    let folder = std::env::var_os("PICTURES_IN")
        .map(|folder| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(folder));
    let house = House::start().await;
    let acme = house.account("acme").await;
    let pages = pages(&house, &acme).await;
    browser.signs_in(&house, "acme", "admin@acme.example").await;
    let mut found = Vec::new();
    for (name, address) in pages {
        for (look, scheme, width) in LOOKS {
            browser.look(scheme, width).await;
            browser.goes_to(&house, &address).await;
            browser.at("#app:not([aria-busy]) main h1").await;
            let violations = axe::violations(&browser, &source).await;
            found.extend(violations.into_iter().map(|violation| format!("{name}, {look}: {violation}")));
            let wide = "return document.documentElement.scrollWidth > innerWidth";
            if browser.driver.execute(wide, Vec::new()).await.unwrap().json() == &json!(true) {
                found.push(format!("{name}, {look}: scrolls sideways"));
            }
            if let Some(folder) = &folder {
                std::fs::create_dir_all(folder).unwrap();
                browser.driver.screenshot(&folder.join(format!("console-{name}.{look}.png"))).await.unwrap();
            }
        }
    }
    found.extend(browser.complaints().await);
    assert!(found.is_empty(), "{found:#?}");
    browser.quit().await;
}

//! Every page that a person can see without the console.

use journeys::{Grants, House, PASSWORD, created, expect, resource};
use serde_json::json;

use crate::gallery::Gallery;

/// Every page by a name.
async fn addresses(house: &House) -> Vec<(&'static str, String)> {
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
async fn pictures_of_pages_without_scripts() {
    let Some(mut gallery) = Gallery::open().await else { return };
    let house = House::start().await;
    for (name, address) in addresses(&house).await {
        gallery.browser.open(&address).await;
        gallery.shows(name).await;
    }
    gallery.closes(&[404, 410]).await;
}

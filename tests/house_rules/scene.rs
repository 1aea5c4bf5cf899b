//! What the examples speak of, in a running house: each name in angle brackets with what stands for it.

use journeys::{Grants, House, created, invitation, resource};
use local::Mode;
use serde_json::json;

use crate::examples::OFFER;

/// What the examples speak of: an account with two organizations, a group that reaches the first, and a pending user of
/// that group. Each name in angle brackets with what stands for it.
pub async fn fill(house: &House, subdomain: &str) -> Vec<(&'static str, String)> {
    let account = house.account(subdomain).await;
    let organization = account.organization("Bakery").await;
    let spare = account.organization("Spare").await;
    let group = account.group("Bakery clients", &[&organization]).await;
    let email = format!("pending@{subdomain}.example");
    let grants = Grants { groups: &[&group], organizations: &[&organization], all: false };
    let invited = account.administrator.post("/users", &invitation(&email, "Lite", grants)).await.unwrap();
    let user = created(invited).id();
    let link = match house.product.ses.get() {
        Mode::Ok => house.link(&email).await,
        _ => String::new(),
    };
    let wanted = resource("api-keys", json!({"name": "Backup", "role-name": "Administrator"}));
    let key = created(account.administrator.post("/api-keys", &wanted).await.unwrap());
    let token = account.administrator.token().unwrap().to_owned();
    let link = link.rsplit('/').next().unwrap().to_owned();
    vec![
        ("<token>", token),
        ("<api-key>", key.text_at("/data/attributes/key")),
        ("<api-key-id>", key.id()),
        ("<link-token>", link),
        ("<subdomain>", subdomain.to_owned()),
        ("<account-id>", account.id),
        ("<administrator-id>", account.administrator_id),
        ("<organization-id>", organization),
        ("<spare-id>", spare),
        ("<group-id>", group),
        ("<user-id>", user),
    ]
}

/// What the examples of GlueConnect speak of besides: an account that is invited by the one of `values`, and one that is not.
pub async fn connect(
    house: &House,
    subdomain: &str,
    values: &[(&'static str, String)],
) -> Vec<(&'static str, String)> {
    let value =
        |name| values.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str()).unwrap();
    let delegate = house.account(&format!("{subdomain}-noc")).await;
    house.account(&format!("{subdomain}-new")).await;
    let offer = OFFER
        .replace("<subdomain>-new", &delegate.subdomain)
        .replace("<organization-id>", value("<organization-id>"));
    let host = house.nobody.with_token(value("<token>"));
    let connection =
        created(host.post("/connections", &serde_json::from_str(&offer).unwrap()).await.unwrap()).id();
    let link = house.link(&format!("admin@{}.example", delegate.subdomain)).await;
    vec![
        ("<connection-id>", connection),
        ("<connection-link-token>", link.rsplit('/').next().unwrap().to_owned()),
        ("<delegate-user-id>", delegate.administrator_id),
        ("<delegate-token>", delegate.administrator.token().unwrap().to_owned()),
    ]
}

//! What stands in angle brackets in the events, filled in: from accounts, people and connections that are made for it in a
//! running product.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use journeys::{Account, Client, Grants, House, Mail, created, expect, invitation, resource};
use serde_json::{Value, json};

use crate::examples::OFFER;
use crate::house_map::text;

/// Names in angle brackets, each with what stands for it.
pub type Values = Vec<(&'static str, String)>;

/// A running product, in this process or in others.
pub trait Place {
    /// A caller without credentials.
    fn nobody(&self) -> &Client;
    /// The newest mail to this address, once what is under way has arrived.
    async fn newest_mail(&self, email: &str) -> Option<Mail>;
}

impl Place for House {
    fn nobody(&self) -> &Client {
        &self.nobody
    }

    async fn newest_mail(&self, email: &str) -> Option<Mail> {
        self.mails(email).await.pop()
    }
}

/// What stands for this name.
pub fn value<'a>(values: &'a Values, name: &str) -> &'a str {
    let found = values.iter().find(|(known, _)| *known == name);
    found.map(|(_, value)| value.as_str()).unwrap_or_else(|| panic!("nothing stands for {name}"))
}

/// What the examples speak of: an account with two organizations, a group that reaches the first, and a pending user of
/// that group. Each name in angle brackets with what stands for it.
pub async fn fill(place: &impl Place, subdomain: &str) -> Values {
    let account = Account::open(place.nobody(), subdomain).await;
    let organization = account.organization("Bakery").await;
    let spare = account.organization("Spare").await;
    let group = account.group("Bakery clients", &[&organization]).await;
    let email = format!("pending@{subdomain}.example");
    let grants = Grants { groups: &[&group], organizations: &[&organization], all: false };
    let invited = account.administrator.post("/users", &invitation(&email, "Lite", grants)).await.unwrap();
    let user = created(invited).id();
    let link = place.newest_mail(&email).await.and_then(|mail| mail.link()).unwrap_or_default();
    let wanted = resource("api-keys", json!({"name": "Backup", "role-name": "Administrator"}));
    let key = created(account.administrator.post("/api-keys", &wanted).await.unwrap());
    let mut words = Vec::new();
    for (path, kind) in
        [("/organization_types", "organization-types"), ("/organization_statuses", "organization-statuses")]
    {
        let word = resource(kind, json!({"name": "Partner"}));
        words.push(created(account.administrator.post(path, &word).await.unwrap()).id());
    }
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
        ("<type-id>", words.remove(0)),
        ("<status-id>", words.remove(0)),
        ("<group-id>", group),
        ("<user-id>", user),
    ]
}

/// The link with which the account's Administrator sets a new password.
pub async fn forget_password(place: &impl Place, subdomain: &str) -> Values {
    let administrator = format!("admin@{subdomain}.example");
    let forgotten = resource("password-resets", json!({"subdomain": subdomain, "email": administrator}));
    expect(place.nobody().post("/password-resets", &forgotten).await.unwrap(), 202);
    let link = place.newest_mail(&administrator).await.unwrap().link().unwrap();
    vec![("<reset-token>", link.rsplit('/').next().unwrap().to_owned())]
}

/// What the examples of GlueConnect speak of besides: an account that is invited by the one of `values`, and one that is not.
pub async fn connect(place: &impl Place, subdomain: &str, values: &Values) -> Values {
    let delegate = Account::open(place.nobody(), &format!("{subdomain}-noc")).await;
    Account::open(place.nobody(), &format!("{subdomain}-new")).await;
    let offer = OFFER
        .replace("<subdomain>-new", &delegate.subdomain)
        .replace("<organization-id>", value(values, "<organization-id>"));
    let host = place.nobody().with_token(value(values, "<token>"));
    let connection =
        created(host.post("/connections", &serde_json::from_str(&offer).unwrap()).await.unwrap()).id();
    let mail = place.newest_mail(&format!("admin@{}.example", delegate.subdomain)).await.unwrap();
    let link = mail.link().unwrap();
    vec![
        ("<connection-id>", connection),
        ("<connection-link-token>", link.rsplit('/').next().unwrap().to_owned()),
        ("<delegate-user-id>", delegate.administrator_id),
        ("<delegate-token>", delegate.administrator.token().unwrap().to_owned()),
    ]
}

/// The event of this file with everything in angle brackets filled in, also inside of base64.
pub fn filled(file: &str, values: &Values) -> Value {
    let mut event = text(&format!("events/{file}.json"));
    for (name, value) in values {
        let in_query = name.replace('<', "%3C").replace('>', "%3E");
        event = event.replace(name, value).replace(&in_query, value);
    }
    assert_eq!(left_open(&event), None, "events/{file}.json");
    let mut event: Value = serde_json::from_str(&event).unwrap();
    if event["isBase64Encoded"] == json!(true) {
        let mut body = String::from_utf8(STANDARD.decode(event["body"].as_str().unwrap()).unwrap()).unwrap();
        for (name, value) in values {
            body = body.replace(name, value);
        }
        assert_eq!(left_open(&body), None, "the body in events/{file}.json");
        event["body"] = json!(STANDARD.encode(body));
    }
    event
}

/// The first name in angle brackets that nothing stands for. (Addresses of mails stand in angle brackets too.)
fn left_open(text: &str) -> Option<&str> {
    let names = text.split('<').skip(1).filter_map(|rest| rest.split_once('>'));
    let mut names = names.map(|(name, _)| name);
    names.find(|name| name.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-'))
}

//! The demonstration: what `cargo local` puts into an empty table, through the API and the mailbox as people would, and how
//! to sign in to it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};

use futures::future::BoxFuture;
use serde_json::{Value, json};

use crate::client::{Answer, Client, identifiers, related, resource};
use crate::product::Product;

/// What a person needs to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demo {
    /// How to sign in, as a line to be printed.
    pub sign_in: String,
}

/// The password of everyone in the demonstration.
pub const PASSWORD: &str = "glueconnect demo";

static IS_SEEDING: AtomicBool = AtomicBool::new(false);

/// Whether the demonstration is being put in now: what its requests leave in the log is of no use to anybody.
#[must_use]
pub fn is_seeding() -> bool {
    IS_SEEDING.load(Ordering::Relaxed)
}

/// From its beginning to its end, seeding is quiet.
struct Quiet;

impl Quiet {
    fn begin() -> Self {
        IS_SEEDING.store(true, Ordering::Relaxed);
        Self
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        IS_SEEDING.store(false, Ordering::Relaxed);
    }
}

/// Four days: longer than an invitation lives by default.
const LONG_AGO_MS: i64 = 4 * 24 * 3_600_000;

const ORGANIZATIONS: [(&str, &str, Option<&str>); 8] = [
    ("Bluebird Bakery", "Three shops, one oven monitor", None),
    ("Cedar Dental", "Practice in two locations", None),
    ("Cedar Dental North", "The northern practice", Some("Cedar Dental")),
    ("Delta Logistics", "Warehouse and fleet", None),
    ("Delta Logistics Fleet", "The trucks' tablets", Some("Delta Logistics")),
    ("Elm Street Law", "Attorneys, four seats", None),
    ("Fjord Architects", "CAD workstations", None),
    ("Granite Works", "Quarry and office", None),
];

const GROUPS: [(&str, &str, &[&str]); 3] = [
    (
        "Service desk",
        "First line, everyone's first call",
        &["Bluebird Bakery", "Elm Street Law", "Fjord Architects"],
    ),
    ("Cedar clients", "People at Cedar Dental", &["Cedar Dental", "Cedar Dental North"]),
    ("Field engineers", "On the road", &["Delta Logistics", "Delta Logistics Fleet", "Granite Works"]),
];

/// First name, last name, role, groups, organizations; without either of these, all organizations.
type Person = (&'static str, &'static str, &'static str, &'static [&'static str], &'static [&'static str]);

const PEOPLE: [Person; 5] = [
    ("Mara", "Manager", "Manager", &[], &[]),
    ("Emil", "Editor", "Editor", &["Service desk"], &[]),
    ("Clara", "Creator", "Creator", &["Field engineers"], &[]),
    ("Rita", "Reader", "Read-only", &[], &["Granite Works", "Elm Street Law"]),
    ("Liam", "Lite", "Lite", &["Cedar clients"], &[]),
];

/// Seeds the demonstration if the table was empty until now, and says how to sign in.
pub fn seed(product: &Product) -> BoxFuture<'_, Result<Demo, String>> {
    Box::pin(async move {
        if product.is_new {
            let _quiet = Quiet::begin();
            let api = product.lend_api().await.map_err(|error| error.to_string())?;
            let nobody = Client::new(&api.url);
            // What is past must lie in the past: the clock goes back first and comes forward again at the end.
            product.clock.advance(-LONG_AGO_MS);
            let seeded = fill(product, &nobody).await;
            product.clock.advance(LONG_AGO_MS);
            seeded?;
            pending(product, &nobody).await?;
        }
        Ok(Demo { sign_in: format!("subdomain acme, ada@acme.example, password: {PASSWORD}") })
    })
}

/// Both accounts, everything but the pending invitation.
async fn fill(product: &Product, nobody: &Client) -> Result<(), String> {
    for (name, subdomain, first, last) in
        [("Acme IT Services", "acme", "Ada", "Admin"), ("Night NOC", "night-noc", "Nora", "Night")]
    {
        let email = format!("{}@{subdomain}.example", first.to_lowercase());
        let account = json!({"name": name, "subdomain": subdomain, "email": email, "first-name": first,
            "last-name": last, "password": PASSWORD});
        created(nobody.post("/accounts", &resource("accounts", account)).await)?;
    }
    let noc = signed_in(nobody, "night-noc", "nora@night-noc.example").await?;
    invite(product, &noc, &[("Otto", "Operator", "Editor", &[], &[])], "night-noc", &Ids::default()).await?;
    accept(product, nobody, "otto@night-noc.example").await?;

    let ada = signed_in(nobody, "acme", "ada@acme.example").await?;
    let ids = structure(&ada).await?;
    invite(product, &ada, &PEOPLE, "acme", &ids).await?;
    for (first, ..) in PEOPLE {
        accept(product, nobody, &format!("{}@acme.example", first.to_lowercase())).await?;
    }
    invite(product, &ada, &[("Olga", "Overdue", "Lite", &[], &["Bluebird Bakery"])], "bluebird", &ids).await
}

/// The invitation that still waits, made now.
async fn pending(product: &Product, nobody: &Client) -> Result<(), String> {
    let mara = signed_in(nobody, "acme", "mara@acme.example").await?;
    let listed = answered(mara.get("/organizations?filter[name]=Elm%20Street%20Law").await)?;
    let organizations = HashMap::from([("Elm Street Law".to_owned(), listed.text_at("/data/0/id"))]);
    let ids = Ids { organizations, groups: HashMap::new() };
    invite(product, &mara, &[("Paul", "Pending", "Lite", &[], &["Elm Street Law"])], "elmstreet", &ids).await
}

/// Ids by name.
#[derive(Default)]
struct Ids {
    organizations: HashMap<String, String>,
    groups: HashMap<String, String>,
}

async fn structure(ada: &Client) -> Result<Ids, String> {
    let mut ids = Ids::default();
    for (name, description, parent) in ORGANIZATIONS {
        let parent = parent.and_then(|parent| ids.organizations.get(parent));
        let body = json!({"name": name, "description": description, "parent-id": parent});
        let organization = created(ada.post("/organizations", &resource("organizations", body)).await)?;
        ids.organizations.insert(name.to_owned(), organization.id());
    }
    for (name, description, organizations) in GROUPS {
        let relationships =
            json!({"organizations": known("organizations", organizations, &ids.organizations)});
        let body = related("groups", json!({"name": name, "description": description}), relationships);
        ids.groups.insert(name.to_owned(), created(ada.post("/groups", &body).await)?.id());
    }
    Ok(ids)
}

async fn invite(
    product: &Product,
    inviter: &Client,
    people: &[Person],
    domain: &str,
    ids: &Ids,
) -> Result<(), String> {
    let rows: Vec<Value> = people
        .iter()
        .map(|(first, last, role, groups, organizations)| {
            let email = format!("{}@{domain}.example", first.to_lowercase());
            let all = groups.is_empty() && organizations.is_empty();
            let attributes = json!({"email": email, "first-name": first, "last-name": last, "role-name": role,
                "all-organizations": all});
            json!({"type": "users", "attributes": attributes, "relationships": {
                "groups": known("groups", groups, &ids.groups),
                "organizations": known("organizations", organizations, &ids.organizations),
            }})
        })
        .collect();
    created(inviter.post("/users", &json!({ "data": rows })).await)?;
    product.drain().await.map_err(|error| error.to_string())
}

/// Follows the link in the newest mail to this address, and accepts.
async fn accept(product: &Product, nobody: &Client, email: &str) -> Result<(), String> {
    let mail = product.mailbox.mails_for(email).pop().ok_or_else(|| format!("no mail reached {email}"))?;
    let link = mail.link().ok_or_else(|| format!("no link in the mail to {email}"))?;
    // It leads to where the API will be; here it is asked where it is.
    let path = link.strip_prefix(&product.surroundings.public_url).unwrap_or(&link);
    created(nobody.post(path, &resource("invitations", json!({"password": PASSWORD}))).await).map(drop)
}

fn known(resource_type: &str, wanted: &[&str], ids: &HashMap<String, String>) -> Value {
    let ids: Vec<&str> = wanted.iter().filter_map(|name| ids.get(*name)).map(String::as_str).collect();
    identifiers(resource_type, &ids)
}

async fn signed_in(nobody: &Client, subdomain: &str, email: &str) -> Result<Client, String> {
    let answer = nobody.sign_in(subdomain, email, PASSWORD).await.map_err(|error| error.to_string())?;
    answer.map_err(|answer| answer.text)
}

fn answered<E: ToString>(answer: Result<Answer, E>) -> Result<Answer, String> {
    answer.map_err(|error| error.to_string())
}

fn created<E: ToString>(answer: Result<Answer, E>) -> Result<Answer, String> {
    let answer = answered(answer)?;
    if answer.status == 201 { Ok(answer) } else { Err(answer.text) }
}

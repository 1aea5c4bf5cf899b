//! What every journey starts with: the whole product in this process, with its own table, mailbox and clock, and a few
//! words to speak to it.

use std::num::NonZeroU32;

use environment::Clock;
pub use local::client::{Answer, Client, identifiers, related, resource};
pub use local::mailbox::Mail;
use local::surroundings::Surroundings;
use local::{Options, Ports, Product, Storage, functions};
pub use policy::Limits;
use serde_json::{Value, json};

#[path = "house/cable.rs"]
mod cable;
#[path = "house/calls.rs"]
pub mod calls;
#[path = "house/contention.rs"]
mod contention;
#[path = "house/contract.rs"]
mod contract;
#[path = "house/fates.rs"]
pub mod fates;
#[path = "house/record.rs"]
pub mod record;
#[path = "house/table.rs"]
mod table;

pub use cable::{Cable, Cost};
pub use contention::Contention;
pub use contract::{Answers, Contract};
use record::{Calls, Record};

/// Good enough for everyone.
pub const PASSWORD: &str = "correct horse battery";

/// Whether everything is asked for, however long it takes: `THOROUGH=1`, as `.ci/run` has it.
#[must_use]
pub fn is_thorough() -> bool {
    std::env::var_os("THOROUGH").is_some()
}

/// How often a story is told that is told many times, each time a little differently: the first number where everything is asked
/// for, otherwise the second.
#[must_use]
pub fn times([all, usual]: [usize; 2]) -> usize {
    if is_thorough() { all } else { usual }
}

/// Whose pages may call the product.
pub const ORIGIN: &str = "https://app.example";

/// The product, and nobody signed in to it yet.
pub struct House {
    /// The running product.
    pub product: Product,
    /// A caller without credentials.
    pub nobody: Client,
    /// What was answered; where the OpenAPI document promises otherwise, the test fails when its house ends.
    pub answers: Answers,
    _record: Record,
}

/// Between the functions and what they call.
struct Cables {
    calls: Calls,
    dynamodb: Cable,
    ses: Cable,
    secrets: Cable,
    events: Cable,
    /// What refuses as DynamoDB does, if the story is about that.
    contention: Option<Contention>,
}

impl Cables {
    fn new() -> Self {
        let calls = Calls::default();
        let cable = || Cable::new(&calls);
        Self { dynamodb: cable(), ses: cable(), secrets: cable(), events: cable(), contention: None, calls }
    }

    fn lay(&self, around: &mut Surroundings) {
        if let Some(contention) = &self.contention {
            around.dynamodb_url = contention.stand_before(&around.dynamodb_url);
        }
        around.dynamodb_url = self.dynamodb.lay(&around.dynamodb_url);
        around.ses_url = self.ses.lay(&around.ses_url);
        around.secrets_url = self.secrets.lay(&around.secrets_url);
        around.events_url = self.events.lay(&around.events_url);
    }
}

/// An account with its Administrator signed in.
pub struct Account {
    /// How it is addressed.
    pub subdomain: String,
    /// Its id.
    pub id: String,
    /// Its first Administrator.
    pub administrator: Client,
    /// That Administrator's id.
    pub administrator_id: String,
}

impl House {
    /// Starts the product in memory, on free ports.
    pub async fn start() -> Self {
        Self::start_in(Storage::Memory).await
    }

    /// Starts the product with its data there.
    pub async fn start_in(storage: Storage) -> Self {
        Self::start_on(storage, Limits::default(), Cables::new()).await
    }

    /// Starts the product in memory, with other limits than the usual ones.
    pub async fn start_within(limits: Limits) -> Self {
        Self::start_on(Storage::Memory, limits, Cables::new()).await
    }

    /// Starts the product in memory, for a story in which someone gets more mail in a day than anyone should.
    pub async fn start_with_much_mail() -> Self {
        Self::start_within(Limits { mails: 1_000, ..Limits::default() }).await
    }

    /// Starts the product, and answers the cable between its functions and DynamoDB.
    pub async fn start_on_a_cable_to_dynamodb() -> (Self, Cable) {
        let mut cables = Cables::new();
        let cable = Cable::that_keeps(&cables.calls);
        cables.dynamodb = cable.clone();
        (Self::start_on(Storage::Memory, Limits::default(), cables).await, cable)
    }

    /// Starts the product before a database that refuses requests which are in each other's way, as DynamoDB does.
    pub async fn start_where_transactions_conflict() -> (Self, Contention, Cable) {
        let mut cables = Cables::new();
        let (cable, contention) = (Cable::that_keeps(&cables.calls), Contention::default());
        cables.dynamodb = cable.clone();
        cables.contention = Some(contention.clone());
        (Self::start_on(Storage::Memory, Limits::default(), cables).await, contention, cable)
    }

    /// Starts the product, and answers the cable between its functions and SES.
    pub async fn start_on_a_cable_to_ses() -> (Self, Cable) {
        let mut cables = Cables::new();
        let cable = Cable::that_keeps(&cables.calls);
        cables.ses = cable.clone();
        (Self::start_on(Storage::Memory, Limits::default(), cables).await, cable)
    }

    /// Starts the product in memory, with a sign-up that its operator has closed.
    pub async fn start_with_closed_sign_up() -> Self {
        let closed = local::SignUp::Closed;
        Self::start_as(Storage::Memory, Limits::default(), Cables::new(), closed, None).await
    }

    /// Starts the product in memory; it hands so many mails a second to SES, and no more.
    pub async fn start_with_paced_mail(mails_per_second: NonZeroU32) -> Self {
        let (limits, open) = (Limits::default(), local::SignUp::Open);
        Self::start_as(Storage::Memory, limits, Cables::new(), open, Some(mails_per_second)).await
    }

    async fn start_on(storage: Storage, limits: Limits, cables: Cables) -> Self {
        Self::start_as(storage, limits, cables, local::SignUp::Open, None).await
    }

    async fn start_as(
        storage: Storage,
        limits: Limits,
        cables: Cables,
        sign_up: local::SignUp,
        mails_per_second: Option<NonZeroU32>,
    ) -> Self {
        let record = Record::of(&cables.calls);
        let pieces = functions::pieces(local::demo::seed);
        let answers = Answers::default();
        let keep = answers.keep();
        let build = move |surroundings: &Surroundings| {
            let mut surroundings = surroundings.clone();
            surroundings.limits = limits;
            surroundings.mails_per_second = mails_per_second;
            cables.lay(&mut surroundings);
            Ok((pieces.functions)(&surroundings)?.into_iter().map(&keep).collect())
        };
        // What outlives a house has the clock of the machine: it must not go back at the second start.
        let in_memory = matches!(storage, Storage::Memory);
        let product = Product::start(Options {
            ports: Ports::FREE,
            storage,
            clock: Clock::system(),
            table: (pieces.table)(),
            functions: Box::new(build),
            generate_keys: pieces.generate_keys,
            front: true,
            sign_up,
            origins: local::Origins::new(vec![ORIGIN.to_owned()]),
        })
        .await
        .unwrap_or_else(|error| panic!("the product does not start: {error}"));
        let house = Self { answers, _record: record, ..Self::around(product) };
        if in_memory {
            house.begin_a_day();
        }
        house
    }

    /// A house around a product that was started otherwise; nobody listens to what its functions call.
    pub fn around(product: Product) -> Self {
        let nobody = Client::new(&product.api_url);
        Self { product, nobody, answers: Answers::default(), _record: Record::default() }
    }

    /// The functions that programs call. The console's files are no part of what `docs/openapi.json` describes.
    pub fn functions_of_the_api(&self) -> Vec<local::Function> {
        let mut all = functions::all(&self.product.surroundings).unwrap();
        all.retain(|function| !function.operations.is_empty());
        all
    }

    /// Opens an account whose Administrator is `admin@<subdomain>.example`.
    pub async fn account(&self, subdomain: &str) -> Account {
        Account::open(&self.nobody, subdomain).await
    }

    /// Signs in with [`PASSWORD`].
    pub async fn sign_in(&self, subdomain: &str, email: &str) -> Client {
        sign_in(&self.nobody, subdomain, email).await
    }

    /// Every mail to this address, oldest first, once the stream is delivered.
    pub async fn mails(&self, email: &str) -> Vec<Mail> {
        self.product.drain().await.unwrap();
        self.product.mailbox.mails_for(email)
    }

    /// The link in the newest mail to this address.
    pub async fn link(&self, email: &str) -> String {
        let mails = self.mails(email).await;
        let newest = mails.last().unwrap_or_else(|| panic!("no mail reached {email}"));
        newest.link().unwrap_or_else(|| panic!("no link in {newest:?}"))
    }

    /// The link in the one mail to this address.
    pub async fn only_link(&self, email: &str) -> String {
        let mails = self.mails(email).await;
        assert_eq!(mails.len(), 1, "mails to {email}: {mails:#?}");
        self.link(email).await
    }

    /// Accepts the newest invitation of this address with [`PASSWORD`].
    pub async fn accept(&self, email: &str) -> Answer {
        let link = self.link(email).await;
        self.nobody.post(&link, &resource("invitations", json!({"password": PASSWORD}))).await.unwrap()
    }

    /// Opens a link with a GET that asks for JSON, and answers the status and the code of the refusal, if it is one.
    pub async fn opens(&self, link: &str) -> (u16, String) {
        let answer = self.nobody.get(link).await.unwrap();
        (answer.status, answer.text_at("/errors/0/code"))
    }

    /// Moves the product's clock forward.
    pub fn advance_hours(&self, hours: i64) {
        self.product.clock.advance(hours * 3_600_000);
    }

    /// Moves the product's clock to the beginning of the next window in which attempts are counted, so that what a story counts
    /// falls into one of them.
    pub fn begin_a_window(&self) {
        const QUARTER: i64 = 15 * 60_000;
        let now = self.product.clock.now().as_millis();
        self.product.clock.advance(QUARTER - now.rem_euclid(QUARTER) + 1);
    }

    /// Moves the product's clock to the first moments of a day in UTC, so that no window, hour, day or month ends while a story is
    /// told. Every story in memory begins so.
    pub fn begin_a_day(&self) {
        const DAY: i64 = 24 * 3_600_000;
        let now = self.product.clock.now().as_millis();
        self.product.clock.advance(DAY - now.rem_euclid(DAY) + 1);
    }

    /// Runs the schedule once, and waits for what it set off.
    pub async fn run_schedule(&self) -> Value {
        let report = self.product.run_schedule("expire-invitations").await.unwrap();
        self.product.drain().await.unwrap();
        report
    }
}

async fn sign_in(nobody: &Client, subdomain: &str, email: &str) -> Client {
    let answer = nobody.sign_in(subdomain, email, PASSWORD).await.unwrap();
    answer.unwrap_or_else(|answer| {
        panic!("{email} cannot sign in to {subdomain}: {} {}", answer.status, answer.text)
    })
}

impl Account {
    /// Opens an account whose Administrator is `admin@<subdomain>.example`, wherever `nobody` asks.
    pub async fn open(nobody: &Client, subdomain: &str) -> Self {
        let email = format!("admin@{subdomain}.example");
        let attributes = json!({"name": format!("The {subdomain} account"), "subdomain": subdomain, "email": email,
            "first-name": "Ada", "last-name": "Admin", "password": PASSWORD});
        let opened = created(nobody.post("/accounts", &resource("accounts", attributes)).await.unwrap());
        Self {
            subdomain: subdomain.to_owned(),
            id: opened.id(),
            administrator: sign_in(nobody, subdomain, &email).await,
            administrator_id: opened.text_at("/meta/user-id"),
        }
    }

    /// Signs the Administrator in anew, once the old session has ended.
    pub async fn administrator_again(&self, house: &House) -> Client {
        house.sign_in(&self.subdomain, &format!("admin@{}.example", self.subdomain)).await
    }

    /// Makes an organization under another, and answers its id.
    pub async fn sub_organization(&self, name: &str, parent: &str) -> String {
        let body = resource("organizations", json!({ "name": name, "parent-id": parent }));
        created(self.administrator.post("/organizations", &body).await.unwrap()).id()
    }

    /// Invites someone as the Administrator, and answers address and id.
    pub async fn invite(&self, name: &str, role: &str, grants: Grants<'_>) -> (String, String) {
        let email = format!("{name}@{}.example", self.subdomain);
        let body = invitation(&email, role, grants);
        (email, created(self.administrator.post("/users", &body).await.unwrap()).id())
    }

    /// Makes an organization and answers its id.
    pub async fn organization(&self, name: &str) -> String {
        let body = resource("organizations", json!({ "name": name }));
        created(self.administrator.post("/organizations", &body).await.unwrap()).id()
    }

    /// Makes organizations `<prefix> 1` to `<prefix> <count>`.
    pub async fn organizations(&self, prefix: &str, count: usize) -> Vec<String> {
        let mut ids = Vec::with_capacity(count);
        for number in 1..=count {
            ids.push(self.organization(&format!("{prefix} {number}")).await);
        }
        ids
    }

    /// Makes a group that reaches these organizations, and answers its id.
    pub async fn group(&self, name: &str, organizations: &[&str]) -> String {
        let mut body = resource("groups", json!({ "name": name }));
        body["data"]["relationships"]["organizations"] = identifiers("organizations", organizations);
        created(self.administrator.post("/groups", &body).await.unwrap()).id()
    }

    /// Invites someone as the Administrator, accepts for them, and signs them in.
    pub async fn user(&self, house: &House, name: &str, role: &str, grants: Grants<'_>) -> (Client, String) {
        let (email, id) = self.invite(name, role, grants).await;
        let accepted = created(house.accept(&email).await);
        (house.nobody.with_token(&accepted.text_at("/data/attributes/access-token")), id)
    }
}

/// What an invitation grants.
#[derive(Debug, Clone, Copy, Default)]
pub struct Grants<'a> {
    /// All organizations.
    pub all: bool,
    /// Direct ones.
    pub organizations: &'a [&'a str],
    /// Groups.
    pub groups: &'a [&'a str],
}

impl<'a> Grants<'a> {
    /// All organizations.
    pub const ALL: Self = Self { all: true, organizations: &[], groups: &[] };

    /// These organizations.
    pub const fn organizations(organizations: &'a [&'a str]) -> Self {
        Self { all: false, organizations, groups: &[] }
    }

    /// These groups.
    pub const fn groups(groups: &'a [&'a str]) -> Self {
        Self { all: false, organizations: &[], groups }
    }
}

/// The body of an invitation of one address.
pub fn invitation(email: &str, role: &str, grants: Grants<'_>) -> Value {
    let mut body =
        resource("users", json!({"email": email, "role-name": role, "all-organizations": grants.all}));
    body["data"]["relationships"] = json!({
        "groups": identifiers("groups", grants.groups),
        "organizations": identifiers("organizations", grants.organizations),
    });
    body
}

/// The body of an invitation of many addresses, all alike.
pub fn invitations<'a>(emails: impl IntoIterator<Item = &'a str>, role: &str, grants: Grants<'_>) -> Value {
    let rows: Vec<Value> =
        emails.into_iter().map(|email| invitation(email, role, grants)["data"].take()).collect();
    json!({ "data": rows })
}

/// The body that sets a user's or a group's relationships, each to exactly these ids.
pub fn relations(resource_type: &str, wanted: &[(&str, &[&str])]) -> Value {
    let relations = wanted.iter().map(|(name, ids)| ((*name).to_owned(), identifiers(name, ids)));
    related(resource_type, json!({}), Value::Object(relations.collect()))
}

/// Asks whether the caller may do this there.
pub async fn check(caller: &Client, action: &str, organization: &str) -> Answer {
    let question = json!({"action": action, "organization-id": organization});
    expect(caller.post("/access/check", &resource("access-checks", question)).await.unwrap(), 200)
}

/// The ids of the organizations that the caller can reach.
pub async fn reached(caller: &Client) -> Vec<String> {
    let answer = expect(caller.get("/access/organizations?page[size]=1000").await.unwrap(), 200);
    ids(&answer)
}

/// The ids of an answer's resources, in their order.
pub fn ids(answer: &Answer) -> Vec<String> {
    texts(answer, "/id")
}

/// The text at this pointer in each of an answer's resources, in their order.
pub fn texts(answer: &Answer, pointer: &str) -> Vec<String> {
    let data = answer.at("/data");
    let rows = data.as_array().unwrap_or_else(|| panic!("no list: {}", answer.text));
    rows.iter()
        .map(|row| row.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned())
        .collect()
}

/// The code, and the place in the request, of each of an answer's errors.
pub fn faults(answer: &Answer) -> Vec<(String, String)> {
    let errors = answer.at("/errors");
    let text = |error: &Value, pointer: &str| {
        error.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let place = |error: &Value| text(error, "/source/pointer") + &text(error, "/source/parameter");
    errors.as_array().into_iter().flatten().map(|error| (text(error, "/code"), place(error))).collect()
}

/// The addresses of those whom a refusal names, sorted.
pub fn named(refusal: &Answer) -> Vec<String> {
    let users = refusal.at("/errors/0/meta/users");
    let users = users.as_array().unwrap_or_else(|| panic!("nobody is named: {}", refusal.text));
    let mut emails: Vec<String> =
        users.iter().map(|user| user["email"].as_str().unwrap_or_default().to_owned()).collect();
    emails.sort();
    emails
}

/// The answer, which must be 201.
#[track_caller]
pub fn created(answer: Answer) -> Answer {
    expect(answer, 201)
}

/// The answer, which must have this status.
#[track_caller]
pub fn expect(answer: Answer, status: u16) -> Answer {
    assert_eq!(answer.status, status, "answered: {}", answer.text);
    answer
}

/// The answer, which must be an error with this status and code.
#[track_caller]
pub fn refused(answer: Answer, status: u16, code: &str) -> Answer {
    let codes: Vec<String> = answer
        .at("/errors")
        .as_array()
        .into_iter()
        .flatten()
        .map(|error| error["code"].to_string())
        .collect();
    let named = codes.iter().any(|known| known.trim_matches('"') == code);
    assert!(
        answer.status == status && named,
        "wanted {status} {code}, got {} {}",
        answer.status,
        answer.text
    );
    answer
}

//! An authenticator app in someone's pocket, and signing in with it.

use journeys::{Answer, Client, House, PASSWORD, created, expect, resource};
use serde_json::json;
use totp_rs::{Builder, Secret};

const STEP_MS: i64 = 30_000;

/// An app that has taken a secret in.
pub struct Authenticator {
    pub secret: String,
}

/// What someone has who set up a second factor.
pub struct Enrolled {
    /// Signed in with it.
    pub client: Client,
    pub app: Authenticator,
    pub recovery_codes: Vec<String>,
}

impl Authenticator {
    /// Starts setting up the own second factor.
    pub async fn start(client: &Client, id: &str) -> Self {
        let answer = created(client.post(&format!("/users/{id}/mfa"), &json!({})).await.unwrap());
        Self { secret: answer.text_at("/data/attributes/secret") }
    }

    /// The code that the app shows now, on the product's clock.
    pub fn code(&self, house: &House) -> String {
        self.code_in(house, 0)
    }

    /// The code that the app will show, or has shown, so many steps from now.
    pub fn code_in(&self, house: &House, steps: i64) -> String {
        let secret = Secret::try_from_base32(&self.secret).unwrap();
        let totp = Builder::new().with_secret(secret).build().unwrap();
        let at = house.product.clock.now().as_millis() + steps * STEP_MS;
        totp.generate(u64::try_from(at / 1000).unwrap()).to_string()
    }

    /// The code of the next step, once its time has come.
    pub fn next_code(&self, house: &House) -> String {
        to_next_step(house);
        self.code(house)
    }

    /// A code that is none for a while.
    pub fn wrong_code(&self, house: &House) -> String {
        let near: Vec<String> = (-3..=40).map(|steps| self.code_in(house, steps)).collect();
        (0..).map(|number| format!("{number:06}")).find(|code| !near.contains(code)).unwrap()
    }
}

/// Moves the clock to the start of the next step, so that a test does not cross the end of one by chance.
pub fn to_next_step(house: &House) {
    let now = house.product.clock.now().as_millis();
    house.product.clock.advance(STEP_MS - now.rem_euclid(STEP_MS));
}

/// Gives a code.
pub fn otp(code: &str) -> serde_json::Value {
    resource("mfa", json!({ "otp": code }))
}

/// Sets up a second factor, as whoever calls.
pub async fn enrol(house: &House, client: &Client, id: &str) -> Enrolled {
    let app = Authenticator::start(client, id).await;
    let path = format!("/users/{id}/mfa/verification");
    let confirmed = expect(client.post(&path, &otp(&app.next_code(house))).await.unwrap(), 200);
    let codes = confirmed.at("/data/attributes/recovery-codes");
    let recovery_codes =
        codes.as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned()).collect();
    let client = house.nobody.with_token(&confirmed.text_at("/data/attributes/access-token"));
    Enrolled { client, app, recovery_codes }
}

/// Signs in with [`PASSWORD`] and, if there is one, a code.
pub async fn sign_in(house: &House, subdomain: &str, email: &str, code: Option<&str>) -> Answer {
    let mut credentials = json!({"subdomain": subdomain, "email": email, "password": PASSWORD});
    if let Some(code) = code {
        credentials["otp"] = json!(code);
    }
    house.nobody.post("/sessions", &resource("sessions", credentials)).await.unwrap()
}

//! What the functions need to be built: where the services are, the clock and the keys.

use std::num::NonZeroU32;

use environment::Clock;
use invite_account::Providers;
use open_account::SignUp;
use policy::Limits;

/// The region in which the local product says it is.
pub const REGION: &str = "eu-central-1";

/// The AWS account in which the local product says it is.
pub const ACCOUNT: &str = "000000000000";

/// Everything around the functions.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// The endpoint of DynamoDB.
    pub dynamodb_url: String,
    /// The endpoint of SES v2.
    pub ses_url: String,
    /// The endpoint of Secrets Manager.
    pub secrets_url: String,
    /// The endpoint of EventBridge.
    pub events_url: String,
    /// Where people reach the product; links in mails begin with it.
    pub public_url: String,
    /// The product's clock.
    pub clock: Clock,
    /// The secret key set with which it starts, as JSON.
    pub keys: String,
    /// How much may be asked of the product.
    pub limits: Limits,
    /// Who may open an account.
    pub sign_up: SignUp,
    /// How many mails a second are handed to SES; none for as many as there are.
    pub mails_per_second: Option<NonZeroU32>,
    /// The Certified Providers.
    pub providers: Providers,
}

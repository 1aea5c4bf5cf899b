//! Every function of the product, and the variables with which they run elsewhere.

use crate::function::Function;
use crate::surroundings::{REGION, Surroundings};

/// All functions, built against these surroundings.
#[must_use]
pub fn all(_surroundings: &Surroundings) -> Vec<Function> {
    Vec::new()
}

/// The variables with which a function that runs in a process of its own finds these surroundings.
#[must_use]
pub fn variables(surroundings: &Surroundings) -> Vec<(&'static str, String)> {
    vec![
        ("AWS_ENDPOINT_URL_DYNAMODB", surroundings.dynamodb_url.clone()),
        ("AWS_ENDPOINT_URL_SESV2", surroundings.ses_url.clone()),
        ("AWS_REGION", REGION.to_owned()),
        ("AWS_ACCESS_KEY_ID", "local".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "local".to_owned()),
        ("PUBLIC_URL", surroundings.public_url.clone()),
    ]
}

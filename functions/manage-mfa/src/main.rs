//! Wires `manage-mfa`.

use std::convert::Infallible;

use api::Api;
use environment::variables::required;
use lambda_http::{Error, run, service_fn};
use tokens::SigningKeys;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let api = Api::from_environment().await?;
    let signing = SigningKeys::from_jwks(&required("SIGNING_KEYS")?)?;
    run(service_fn(|request| async {
        Ok::<_, Infallible>(manage_mfa::handle(&api, &signing, request).await)
    }))
    .await
}

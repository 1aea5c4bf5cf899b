//! Wires `manage-passwords`.

use std::convert::Infallible;

use api::Api;
use lambda_http::{Error, run, service_fn};
use signing::Signer;
use store::capacity::metered;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let api = Api::from_environment().await?;
    let signer = Signer::from_environment()?;
    run(service_fn(|request| async {
        Ok::<_, Infallible>(metered(manage_passwords::handle(&api, &signer, request)).await)
    }))
    .await
}

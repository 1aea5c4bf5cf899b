//! Wires `sign-in`.

use api::Api;
use lambda_http::Error;
use signing::Signer;
use store::capacity::metered;
use web::edge::run;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let api = Api::from_environment().await?;
    let signer = Signer::from_environment()?;
    run(|request| metered(sign_in::handle(&api, &signer, request))).await
}

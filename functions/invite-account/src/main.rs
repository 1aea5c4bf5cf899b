//! Wires `invite-account`.

use std::convert::Infallible;

use api::Api;
use environment::variables::optional;
use invite_account::Providers;
use lambda_http::{Error, run, service_fn};
use store::capacity::metered;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let api = Api::from_environment().await?;
    let providers = optional("CERTIFIED_PROVIDERS")
        .map_or(Ok(Providers::default()), |list| Providers::from_json(&list))?;
    run(service_fn(|request| async {
        Ok::<_, Infallible>(metered(invite_account::handle(&api, &providers, request)).await)
    }))
    .await
}

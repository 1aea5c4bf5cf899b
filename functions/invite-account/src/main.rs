//! Wires `invite-account`.

use api::Api;
use environment::variables::optional;
use invite_account::Providers;
use lambda_http::Error;
use store::capacity::metered;
use web::edge::run;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let api = Api::from_environment().await?;
    let providers = optional("CERTIFIED_PROVIDERS")
        .map_or(Ok(Providers::default()), |list| Providers::from_json(&list))?;
    run(|request| metered(invite_account::handle(&api, &providers, request))).await
}

//! Wires `manage-restrictions`.

use std::convert::Infallible;

use api::Api;
use lambda_http::{Error, run, service_fn};
use store::capacity::metered;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let api = Api::from_environment().await?;
    run(service_fn(|request| async {
        Ok::<_, Infallible>(metered(manage_restrictions::handle(&api, request)).await)
    }))
    .await
}

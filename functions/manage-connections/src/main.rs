//! Wires `manage-connections`.

use api::Api;
use lambda_http::Error;
use store::capacity::metered;
use web::edge::run;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let api = Api::from_environment().await?;
    run(|request| metered(manage_connections::handle(&api, request))).await
}

//! Wires `erase-person`.

use api::Api;
use lambda_http::Error;
use store::capacity::metered;
use web::edge::run;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let api = Api::from_environment().await?;
    run(|request| metered(erase_person::handle(&api, request))).await
}

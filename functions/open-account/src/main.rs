//! Wires `open-account`.

use api::Api;
use environment::variables::optional;
use lambda_http::Error;
use open_account::SignUp;
use store::capacity::metered;
use web::edge::run;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let api = Api::from_environment().await?;
    let sign_up = SignUp::from_text(optional("SIGN_UP").as_deref());
    run(|request| metered(open_account::handle(&api, sign_up, request))).await
}

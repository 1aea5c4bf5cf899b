//! Wires `open-account`.

use std::convert::Infallible;

use api::Api;
use environment::variables::optional;
use lambda_http::{Error, run, service_fn};
use open_account::SignUp;
use store::capacity::metered;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let api = Api::from_environment().await?;
    let sign_up = SignUp::from_text(optional("SIGN_UP").as_deref());
    run(service_fn(|request| async {
        Ok::<_, Infallible>(metered(open_account::handle(&api, sign_up, request)).await)
    }))
    .await
}

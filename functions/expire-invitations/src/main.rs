//! Wires `expire-invitations`.

use environment::aws::aws_config;
use environment::variables::required;
use environment::{Clock, logging};
use expire_invitations::Expiring;
use lambda_runtime::{Error, run, service_fn};
use store::Store;
use store::capacity::metered;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    logging::start_logging();
    let expiring =
        Expiring { store: Store::new(&aws_config()?, required("TABLE_NAME")?), clock: Clock::system() };
    run(service_fn(|event| metered(expire_invitations::handle(&expiring, event)))).await
}

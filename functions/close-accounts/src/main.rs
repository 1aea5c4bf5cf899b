//! Wires `close-accounts`.

use close_accounts::Closing;
use environment::aws::aws_config;
use environment::variables::required;
use environment::{Clock, logging};
use lambda_runtime::{Error, run, service_fn};
use store::Store;
use store::capacity::metered;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    logging::start_logging();
    let closing =
        Closing { store: Store::new(&aws_config()?, required("TABLE_NAME")?), clock: Clock::system() };
    run(service_fn(|event| metered(close_accounts::handle(&closing, event)))).await
}

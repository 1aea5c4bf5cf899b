//! Wires `seal-log`.

use environment::aws::aws_config;
use environment::variables::required;
use environment::{Clock, logging};
use lambda_runtime::{Error, run, service_fn};
use seal_log::Sealing;
use store::Store;
use store::capacity::metered;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    logging::start_logging();
    let sealing =
        Sealing { store: Store::new(&aws_config()?, required("TABLE_NAME")?), clock: Clock::system() };
    sealing.store.warm_up().await;
    run(service_fn(|event| metered(seal_log::handle(&sealing, event)))).await
}

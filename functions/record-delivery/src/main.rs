//! Wires `record-delivery`.

use environment::aws::aws_config;
use environment::variables::required;
use environment::{Clock, logging};
use lambda_runtime::{Error, run, service_fn};
use record_delivery::Recording;
use store::Store;
use store::capacity::metered;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    logging::start_logging();
    let recording =
        Recording { store: Store::new(&aws_config()?, required("TABLE_NAME")?), clock: Clock::system() };
    recording.store.warm_up().await;
    run(service_fn(|event| metered(record_delivery::handle(&recording, event)))).await
}

//! Wires `seal-log`.

use environment::aws::aws_config;
use environment::variables::{optional, required};
use environment::{Clock, logging};
use lambda_runtime::{Error, run, service_fn};
use seal_log::{Bus, Sealing};
use store::Store;
use store::capacity::metered;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    logging::start_logging();
    let config = aws_config()?;
    let sealing = Sealing {
        store: Store::new(&config, required("TABLE_NAME")?),
        clock: Clock::system(),
        bus: optional("EVENT_BUS").map(|name| Bus::new(&config, name)),
    };
    sealing.store.warm_up().await;
    run(service_fn(|event| metered(seal_log::handle(&sealing, event)))).await
}

//! Wires `rotate-keys`.

use environment::aws::aws_config;
use environment::variables::required;
use environment::{Clock, logging};
use lambda_runtime::{Error, run, service_fn};
use rotate_keys::Rotating;
use signing::Secret;
use store::Store;
use store::capacity::metered;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    logging::start_logging();
    let config = aws_config()?;
    let rotating = Rotating {
        store: Store::new(&config, required("TABLE_NAME")?),
        secret: Secret::new(&config, required("SIGNING_KEYS_SECRET")?),
        clock: Clock::system(),
    };
    run(service_fn(|event| metered(rotate_keys::handle(&rotating, event)))).await
}

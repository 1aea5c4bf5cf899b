//! Wires `describe-api`.

use std::convert::Infallible;

use environment::Clock;
use environment::logging::start_logging;
use lambda_http::{Error, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start_logging();
    let clock = Clock::system();
    run(service_fn(async |request| Ok::<_, Infallible>(describe_api::handle(&clock, request)))).await
}

//! Wires `console`.

use std::convert::Infallible;

use console::Source;
use environment::Clock;
use environment::logging::start_logging;
use lambda_http::{Error, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start_logging();
    let clock = Clock::system();
    let source = Source::Binary;
    run(service_fn(async |request| Ok::<_, Infallible>(console::handle(&source, &clock, request)))).await
}

//! Wires `describe-api`.

use std::future::ready;

use environment::Clock;
use environment::logging::start_logging;
use lambda_http::Error;
use web::edge::run;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start_logging();
    let clock = Clock::system();
    run(|request| ready(describe_api::handle(&clock, request))).await
}

//! Wires `console`.

use std::future::ready;

use console::Source;
use environment::Clock;
use environment::logging::start_logging;
use lambda_http::Error;
use web::edge::run;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start_logging();
    let clock = Clock::system();
    let source = Source::Binary;
    run(|request| ready(console::handle(&source, &clock, request))).await
}

//! `cargo local`: the whole product on this machine.

use std::io;
use std::process::ExitCode;

use clap::Parser;
use local::arguments::Arguments;
use local::run::{exit_code, run};
use local::{demo, functions};
use tracing::Level;
use tracing_subscriber::filter::{LevelFilter, Targets, dynamic_filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let wanted = std::env::var("RUST_LOG").ok().and_then(|text| text.parse::<Targets>().ok());
    // The SDK's own lines could hold what it sends.
    let filter = wanted
        // A condition that does not hold is an answer like any other; the database warns of it.
        .unwrap_or_else(|| {
            Targets::new().with_default(LevelFilter::INFO).with_target("dynoxide", LevelFilter::ERROR)
        })
        .with_targets(["aws_", "hyper", "h2", "lambda_"].map(|target| (target, LevelFilter::WARN)));
    let lines = tracing_subscriber::fmt::layer().with_target(false).with_writer(io::stderr);
    let while_seeding = dynamic_filter_fn(|line, _| *line.level() <= Level::WARN || !demo::is_seeding());
    tracing_subscriber::registry().with(lines).with(filter).with(while_seeding).init();
    exit_code(run(arguments, functions::pieces(demo::seed)).await)
}

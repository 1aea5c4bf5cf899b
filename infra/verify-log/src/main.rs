//! `cargo verify-log`: whether the activity log is what was written.

use std::io;
use std::process::ExitCode;

use clap::Parser;
use verify_log::arguments::Arguments;
use verify_log::run::run;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(&Arguments::parse(), &mut io::stdout()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

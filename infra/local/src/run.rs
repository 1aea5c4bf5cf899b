//! One run of `cargo local`, from the command line to the last word.

use std::io;
use std::process::ExitCode;

use environment::Clock;
use futures::future::BoxFuture;
use open_account::SignUp;
use serde_json::Value;

use crate::announce;
use crate::arguments::Arguments;
use crate::cross_origin::Origins;
use crate::demo::Demo;
use crate::function::Function;
use crate::product::{Options, Product, StartError};
use crate::surroundings::Surroundings;

/// The product's own pieces, which the rest of this crate knows nothing of.
pub struct Pieces {
    /// The table, as a `CreateTable` request.
    pub table: fn() -> Value,
    /// Every function.
    pub functions: fn(&Surroundings) -> Result<Vec<Function>, String>,
    /// The variables for functions that run elsewhere.
    pub variables: fn(&Surroundings) -> Vec<(&'static str, String)>,
    /// Makes a secret key set.
    pub generate_keys: fn() -> Result<String, String>,
    /// Puts the demonstration account into an empty table ([`Product::is_new`]), and tells how to sign in to it.
    pub demo: Option<SeedDemo>,
}

/// Seeds the demonstration account.
pub type SeedDemo = fn(&Product) -> BoxFuture<'_, Result<Demo, String>>;

/// Why a run ended badly.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// It did not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The demonstration account could not be made.
    #[error("the demonstration account cannot be made: {0}. Start without it with --no-demo.")]
    Demo(String),
    /// The terminal or the signals are out of reach.
    #[error(transparent)]
    Terminal(#[from] io::Error),
}

/// Runs until it is told to stop.
pub async fn run(arguments: Arguments, pieces: Pieces) -> Result<(), RunError> {
    let product = Product::start(Options {
        ports: arguments.ports(),
        storage: arguments.storage(),
        clock: Clock::system(),
        table: (pieces.table)(),
        functions: Box::new(pieces.functions),
        generate_keys: pieces.generate_keys,
        front: !arguments.services,
        origins: Origins::new(arguments.allow_origin.clone()),
        sign_up: if arguments.closed_sign_up { SignUp::Closed } else { SignUp::Open },
    })
    .await?;
    let demo = match pieces.demo {
        Some(seed) if !arguments.no_demo => Some(seed(&product).await.map_err(RunError::Demo)?),
        _ => None,
    };
    let variables = (pieces.variables)(&product.surroundings);
    announce::started(&mut io::stdout(), &product, &arguments, demo.as_ref(), &variables)?;

    told_to_stop().await?;
    tokio::spawn(async {
        if told_to_stop().await.is_ok() {
            std::process::exit(130);
        }
    });
    product.stop().await;
    Ok(())
}

/// The exit code of a run, whose error goes to standard error.
#[must_use]
pub fn exit_code(result: Result<(), RunError>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Ctrl-C, or what a process manager sends.
async fn told_to_stop() -> io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}

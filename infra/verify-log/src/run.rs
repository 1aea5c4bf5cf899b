//! One run of `cargo verify-log`, from the command line to the exit code.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use environment::Clock;
use environment::aws::{aws_config, local_aws_config};
use environment::variables::Missing;
use policy::AccountId;
use store::{Store, StoreError};

use crate::arguments::Arguments;
use crate::verify;

/// How often slow work says how far it is.
const EVERY: Duration = Duration::from_secs(2);

/// Why a log could not be verified.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// AWS cannot be reached so.
    #[error("{0}. Or say where DynamoDB is with --endpoint.")]
    Environment(#[from] Missing),
    /// No such account.
    #[error("there is no account {0}")]
    Unknown(String),
    /// Seals are known, of no account.
    #[error("--known needs --subdomain or --account")]
    KnownOfNobody,
    /// No answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Nothing can be printed.
    #[error(transparent)]
    Output(#[from] io::Error),
}

/// Verifies what is asked for, and answers whether nothing was altered.
pub async fn run(arguments: &Arguments, out: &mut (impl Write + Send)) -> Result<bool, RunError> {
    if arguments.knows_seals_of_nobody() {
        return Err(RunError::KnownOfNobody);
    }
    let config = match &arguments.endpoint {
        Some(url) => local_aws_config(url),
        None => aws_config()?,
    };
    let store = Store::new(&config, arguments.table.as_str());
    let accounts = accounts(&store, arguments).await?;
    let now = Clock::system().now();
    let mut is_clean = true;
    for account in &accounts {
        let mut last = Instant::now();
        let mut progress = |read: usize| {
            if last.elapsed() >= EVERY {
                eprintln!("account {account}: {read} entries read");
                last = Instant::now();
            }
        };
        let report = verify(&store, *account, &arguments.known, now, &mut progress).await?;
        if accounts.len() > 1 {
            write!(out, "account {account}: ")?;
        }
        writeln!(out, "{report}")?;
        is_clean &= report.is_clean();
    }
    Ok(is_clean)
}

async fn accounts(store: &Store, arguments: &Arguments) -> Result<Vec<AccountId>, RunError> {
    if let Some(subdomain) = &arguments.subdomain {
        let account = store.account_of_subdomain(subdomain).await?;
        return Ok(vec![account.ok_or_else(|| RunError::Unknown(subdomain.to_string()))?]);
    }
    match arguments.account {
        None => Ok(store.every_account().await?),
        Some(account) => {
            let is_there = store.opened_at(account).await?.is_some();
            // Its log may outlive it.
            let has_chain = is_there || !store.chain(account).await?.seals.is_empty();
            if has_chain { Ok(vec![account]) } else { Err(RunError::Unknown(account.to_string())) }
        }
    }
}

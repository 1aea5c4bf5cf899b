//! The command line of `cargo local`.

use std::path::PathBuf;

use clap::Parser;

use crate::folder::Storage;
use crate::ports::{self, Ports};

/// Runs the whole product on this machine: the API, DynamoDB, SES with a mailbox, the table's stream and the schedule.
#[derive(Debug, Clone, PartialEq, Eq, Parser)]
#[command(
    name = "cargo local",
    bin_name = "cargo local",
    version,
    after_help = "Everything listens on 127.0.0.1 alone. The second port answers what it knows to any path that it \
                  does not: the mailbox, the clock (POST /clock), the schedule, and SES with its failures.\n\
                  Ctrl-C stops; once more stops at once. RUST_LOG sets what is logged, as in RUST_LOG=debug."
)]
pub struct Arguments {
    /// The API's port; the next one is control and mailbox, the one after it DynamoDB
    #[arg(long, value_name = "N", default_value_t = ports::DEFAULT, value_parser = clap::value_parser!(u16).range(1..=65533))]
    pub port: u16,

    /// Where data is kept; mails go to <DIR>-mailbox beside it
    #[arg(long, value_name = "DIR", default_value = ".local")]
    pub data: PathBuf,

    /// Keep nothing: data and mails are gone at the end
    #[arg(long, conflicts_with = "data")]
    pub ephemeral: bool,

    /// Do not put the demonstration account into an empty table
    #[arg(long)]
    pub no_demo: bool,

    /// Everything but the API, for functions run by `cargo lambda watch`; prints the variables that they need
    #[arg(long)]
    pub services: bool,
}

impl Arguments {
    /// The ports asked for.
    #[must_use]
    pub const fn ports(&self) -> Ports {
        Ports::from(self.port)
    }

    /// Where to keep data.
    #[must_use]
    pub fn storage(&self) -> Storage {
        if self.ephemeral { Storage::Memory } else { Storage::Dir(self.data.clone()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ports_are_three_in_a_row() {
        let arguments = Arguments::try_parse_from(["local", "--port", "9100"]).unwrap();
        assert_eq!(arguments.ports(), Ports { api: 9100, control: 9101, dynamodb: 9102 });
        assert!(Arguments::try_parse_from(["local", "--port", "65534"]).is_err());
    }

    #[test]
    fn data_is_kept_unless_told_otherwise() {
        let kept = Arguments::try_parse_from(["local"]).unwrap();
        assert_eq!(kept.storage(), Storage::Dir(".local".into()));
        let ephemeral = Arguments::try_parse_from(["local", "--ephemeral"]).unwrap();
        assert_eq!(ephemeral.storage(), Storage::Memory);
        assert!(Arguments::try_parse_from(["local", "--ephemeral", "--data", "x"]).is_err());
    }
}

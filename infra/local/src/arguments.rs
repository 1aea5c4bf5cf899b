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

    /// Where data is kept; mails go to DIR-mailbox beside it
    #[arg(long, value_name = "DIR", default_value = ".local")]
    pub data: PathBuf,

    /// Keep nothing: data and mails are gone at the end
    #[arg(long, conflicts_with = "data")]
    pub ephemeral: bool,

    /// Do not put the demonstration account into an empty table
    #[arg(long)]
    pub no_demo: bool,

    /// Let nobody open an account through the API, as where an operator opens them
    #[arg(long)]
    pub closed_sign_up: bool,

    /// Let pages of this origin call the API from a browser, scheme and host; may be given more than once
    #[arg(long, value_name = "ORIGIN", value_parser = origin)]
    pub allow_origin: Vec<String>,

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

/// An origin as browsers write it: scheme and host, with the port if it is not the scheme's own, and nothing behind.
fn origin(text: &str) -> Result<String, String> {
    let authority =
        text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
    let is_plain = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".:-[]".contains(&byte))
    };
    if authority.is_empty() || !is_plain(authority) {
        return Err(
            "say scheme and host in small letters, and nothing behind, as in https://app.example".to_owned()
        );
    }
    Ok(text.to_owned())
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

    #[test]
    fn an_origin_is_written_as_browsers_write_it() {
        let arguments = |origin: &str| Arguments::try_parse_from(["local", "--allow-origin", origin]);
        for good in ["https://app.example", "http://localhost:5173", "http://[::1]:3000"] {
            assert_eq!(arguments(good).unwrap().allow_origin, [good]);
        }
        for bad in ["*", "app.example", "https://app.example/", "https://App.example", "https://", "null"] {
            assert!(arguments(bad).is_err(), "{bad}");
        }
    }
}

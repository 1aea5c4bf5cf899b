//! The command line of `cargo verify-log`.

use clap::Parser;
use policy::{AccountId, Subdomain};
use seals::Head;

/// Verifies the activity log against its seals: names every entry and every seal that was altered, removed or added past the
/// product. Exit code 0 if nothing was, 1 if something was, 2 if it could not be verified.
#[derive(Debug, Clone, Parser)]
#[command(
    name = "cargo verify-log",
    bin_name = "cargo verify-log",
    version,
    after_help = "Reads AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, unless --endpoint is given.\n\
                  It reads the whole log; without an account, the whole table. It writes nothing.\n\n\
                  It cannot see what was done to entries that are not sealed yet, some seconds' worth, nor the work of someone \
                  who can write to the table and rewrites every seal from some point on. For that, note the last good seal \
                  elsewhere and give it as --known the next time; the function seal-log also writes each to its own log."
)]
pub struct Arguments {
    /// The account of this subdomain
    #[arg(long, conflicts_with = "account")]
    pub subdomain: Option<Subdomain>,

    /// The account with this id; every account, if neither is given
    #[arg(long, value_name = "ID")]
    pub account: Option<AccountId>,

    /// The table
    #[arg(long, value_name = "NAME", default_value = "glueconnect")]
    pub table: String,

    /// Another DynamoDB than AWS's, as http://127.0.0.1:9002 for the local product
    #[arg(long, value_name = "URL")]
    pub endpoint: Option<String>,

    /// A seal as it was printed before; needs an account
    #[arg(long, value_name = "SEQUENCE:HASH", value_parser = known_seal)]
    pub known: Vec<Head>,
}

impl Arguments {
    /// Whether seals are known and no account is named.
    #[must_use]
    pub const fn knows_seals_of_nobody(&self) -> bool {
        !self.known.is_empty() && self.account.is_none() && self.subdomain.is_none()
    }
}

fn known_seal(text: &str) -> Result<Head, String> {
    let read = text.split_once(':').and_then(|(sequence, hash)| {
        Some(Head { sequence: sequence.parse().ok()?, hash: hash.parse().ok()? })
    });
    read.ok_or_else(|| "a seal is its number, a colon, and 64 hexadecimal digits".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_seal_is_given_as_it_is_printed() {
        let seal = format!("12:{}", seals::Hash::NONE);
        let arguments =
            Arguments::try_parse_from(["verify-log", "--account", "7", "--known", &seal]).unwrap();
        assert_eq!(arguments.known, [Head { sequence: 12, hash: seals::Hash::NONE }]);
        for wrong in ["12", "12:00", "x:00", &format!("12:{}00", seals::Hash::NONE)] {
            assert!(Arguments::try_parse_from(["verify-log", "--known", wrong]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for wrong in [["--subdomain", "acme", "--account", "7"], ["--account", "0", "--table", "t"]] {
            let line = ["verify-log"].into_iter().chain(wrong);
            assert!(Arguments::try_parse_from(line).is_err(), "{wrong:?}");
        }
    }
}

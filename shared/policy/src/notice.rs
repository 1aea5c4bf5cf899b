//! What somebody is told by mail about their own access: that a credential changed, or how to come back in.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// How long the link that sets a new password is good.
pub const RESET_LIFETIME: Duration = Duration::from_secs(3_600);

/// For so long a notice is tried to be sent. Later it would tell of something that is long past.
pub const NOTICE_LIFETIME: Duration = Duration::from_secs(24 * 3_600);

/// What the mail tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Notice {
    /// How to set a new password: the one with a link.
    PasswordReset,
    /// The password was changed, by its owner or by the link of a mail.
    PasswordChanged,
    /// A second factor was set up.
    FactorAdded,
    /// The second factor was taken away.
    FactorRemoved,
    /// New recovery codes were made; the older ones no longer work.
    RecoveryCodesMade,
    /// Somebody signed in with a recovery code.
    RecoveryCodeUsed {
        /// How many are left.
        left: usize,
    },
    /// Somebody signed in from an address that is new.
    NewSignIn {
        /// From where, as far as it is known.
        ip_address: Option<String>,
        /// With which program, as it calls itself.
        user_agent: Option<String>,
    },
    /// In which accounts the address is a user.
    Accounts,
    /// The account will be closed, unless somebody stops it. To each Administrator.
    AccountClosing {
        /// Who asked for it, by name.
        by: String,
        /// When.
        closes_at: Timestamp,
    },
    /// The account will not be closed after all. To each Administrator.
    AccountStaysOpen {
        /// Who stopped it, by name.
        by: String,
    },
    /// A connection has ended, since the other account was closed. To each Administrator of the one that is left.
    OtherAccountClosed {
        /// The other account's name.
        name: String,
    },
}

//! An account.

use policy::log::LogRetention;
use schemars::JsonSchema;
use serde::Serialize;
use web::{Id, Time};

use crate::types::Accounts;

/// An account and its settings.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Account {
    r#type: Accounts,
    id: Id,
    attributes: AccountAttributes,
}

/// The attributes of an account.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct AccountAttributes {
    name: String,
    subdomain: String,
    /// Whether everyone in it must have a second factor.
    enforce_mfa: bool,
    /// Whether users of delegates need a second factor.
    require_delegate_mfa: bool,
    /// How long the link of an invitation works, in hours.
    invitation_lifetime_hours: u32,
    /// For how many months the activity log is kept; `null` means forever.
    log_retention_months: Option<u32>,
    /// When the account will be closed; null if it stays open.
    closing_at: Option<Time>,
    created_at: Time,
    updated_at: Time,
    /// The version, which rises with each change. For `If-Match`.
    version: u64,
}

/// An account and its settings.
#[must_use]
pub fn account(account: &store::Account) -> Account {
    Account {
        r#type: Accounts,
        id: account.id.into(),
        attributes: AccountAttributes {
            name: account.name.clone(),
            subdomain: account.subdomain.to_string(),
            enforce_mfa: account.enforce_mfa,
            require_delegate_mfa: account.require_delegate_mfa,
            invitation_lifetime_hours: account.invitation_lifetime.hours(),
            log_retention_months: account.log_retention.map(LogRetention::months),
            closing_at: account.closes_at().map(Time),
            created_at: Time(account.created_at),
            updated_at: Time(account.updated_at),
            version: account.version,
        },
    }
}

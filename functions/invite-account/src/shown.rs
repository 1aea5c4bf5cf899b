//! A Certified Provider, as it is listed.

use api::types::Providers;
use schemars::JsonSchema;
use serde::Serialize;
use store::Account;

/// An account that can be invited by name.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    r#type: Providers,
    /// The name.
    id: String,
    attributes: ProviderAttributes,
}

/// The attributes of a provider.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ProviderAttributes {
    name: String,
    /// The current subdomain of the account that the operator assigned to it; `null` if there is none yet.
    subdomain: Option<String>,
    /// Whether it can be invited.
    available: bool,
}

impl Provider {
    /// The provider of this name, with the account that was confirmed.
    pub(crate) fn of(name: &str, account: Option<&Account>) -> Self {
        Self {
            r#type: Providers,
            id: name.to_owned(),
            attributes: ProviderAttributes {
                name: name.to_owned(),
                subdomain: account.map(|account| account.subdomain.to_string()),
                available: account.is_some(),
            },
        }
    }
}

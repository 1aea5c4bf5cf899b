//! A Certified Provider, as it is listed.

use api::types::Providers;
use schemars::JsonSchema;
use serde::Serialize;

/// The Certified Providers, as they are configured.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ProvidersDocument")]
pub struct Listed {
    pub(crate) data: Vec<Provider>,
}

/// An account that can be invited by its name.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    r#type: Providers,
    /// The subdomain.
    id: String,
    attributes: ProviderAttributes,
}

/// What is said of a provider.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ProviderAttributes {
    name: String,
    subdomain: String,
}

impl Provider {
    /// The provider of this name, with this subdomain.
    pub(crate) fn of(name: &str, subdomain: &str) -> Self {
        Self {
            r#type: Providers,
            id: subdomain.to_owned(),
            attributes: ProviderAttributes { name: name.to_owned(), subdomain: subdomain.to_owned() },
        }
    }
}

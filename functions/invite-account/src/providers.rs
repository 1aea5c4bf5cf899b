//! The Certified Providers: accounts that are invited by name, from a configured list.

use api::{Api, Failure};
use policy::Subdomain;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use web::{Answer, Call};

use crate::shown;

/// The list, in the order in which it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Providers(Vec<Provider>);

/// One Certified Provider.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Provider {
    name: String,
    #[serde(deserialize_with = "checked")]
    subdomain: Subdomain,
}

/// What is stored was checked before; what somebody configured was not.
fn checked<'de, Source: Deserializer<'de>>(source: Source) -> Result<Subdomain, Source::Error> {
    String::deserialize(source)?.parse().map_err(Source::Error::custom)
}

impl Default for Providers {
    /// Those that IT Glue's help names.
    fn default() -> Self {
        let provider = |name: &str, subdomain: &str| {
            Some(Provider { name: name.to_owned(), subdomain: subdomain.parse().ok()? })
        };
        let known = [provider("Inbay", "inbay"), provider("Global Mentoring Solutions (GMS)", "gms")];
        Self(known.into_iter().flatten().collect())
    }
}

impl Providers {
    /// A list as `[{"name","subdomain"}]`.
    pub fn from_json(list: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(list).map(Self)
    }

    /// The subdomain of the provider that is called so, by name or subdomain.
    #[must_use]
    pub(crate) fn subdomain(&self, called: &str) -> Option<Subdomain> {
        let is_called = |provider: &&Provider| {
            provider.name.eq_ignore_ascii_case(called.trim()) || provider.subdomain.as_str() == called.trim()
        };
        self.0.iter().find(is_called).map(|provider| provider.subdomain.clone())
    }
}

pub async fn list(api: &Api, providers: &Providers, call: &Call) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    api.caller(call).await?;
    let shown = |provider: &Provider| shown::Provider::of(&provider.name, provider.subdomain.as_str());
    Ok(Answer::ok(&shown::Listed { data: providers.0.iter().map(shown).collect() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_found_by_name_and_by_subdomain() {
        let providers = Providers::default();
        assert_eq!(providers.subdomain("INBAY").map(|found| found.to_string()), Some("inbay".to_owned()));
        assert_eq!(providers.subdomain("gms").map(|found| found.to_string()), Some("gms".to_owned()));
        assert_eq!(providers.subdomain("someone"), None);
        assert!(Providers::from_json(r#"[{"name":"X","subdomain":"not a subdomain"}]"#).is_err());
        assert_eq!(Providers::from_json("[]").ok().map(|list| list.0.len()), Some(0));
    }
}

//! The Certified Providers: accounts that can be invited by name. Which account a name stands for an operator has confirmed, by
//! its id: a name or a subdomain could be anybody's.

use api::{Api, Failure};
use lists::{Listed, Pages, sorted};
use policy::{AccountId, text};
use serde::{Deserialize, Deserializer};
use web::list::Shape;
use web::{Answer, Call};

use crate::shown;

pub const SHAPE: Shape = Shape {
    filters: &[],
    // An id is the place in the list that the operator configured.
    sorts: &["id", "name"],
    includes: &[],
    newest_first: false,
    exports: false,
};

/// A provider, and its place in the list.
struct Row<'a> {
    place: u64,
    provider: &'a Provider,
}

impl Listed for Row<'_> {
    fn number(&self) -> u64 {
        self.place
    }

    fn text(&self, sort: &str) -> String {
        if sort == "name" { sorted(&self.provider.name) } else { String::new() }
    }
}

/// The list, in the order in which it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Providers(Vec<Provider>);

/// One Certified Provider.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Provider {
    name: String,
    /// None until an operator has confirmed one.
    #[serde(default, deserialize_with = "checked")]
    account_id: Option<AccountId>,
}

/// What somebody configured was not checked before.
fn checked<'de, Source: Deserializer<'de>>(source: Source) -> Result<Option<AccountId>, Source::Error> {
    let text = Option::<String>::deserialize(source)?;
    text.map(|text| text.parse().map_err(serde::de::Error::custom)).transpose()
}

impl Default for Providers {
    /// Those that IT Glue's help names. None of them is confirmed.
    fn default() -> Self {
        let provider = |name: &str| Provider { name: name.to_owned(), account_id: None };
        Self(policy::account::CERTIFIED_PROVIDERS.into_iter().map(provider).collect())
    }
}

impl Providers {
    /// A list as `[{"name","account-id"}]`.
    pub fn from_json(list: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(list).map(Self)
    }

    /// The account of the provider that is called so, or why there is none.
    pub(crate) fn account(&self, called: &str) -> Result<AccountId, &'static str> {
        let called = text::folded(called);
        let found = self.0.iter().find(|provider| text::folded(&provider.name) == called);
        let found = found.ok_or("no Certified Provider has this name")?;
        found.account_id.ok_or("this Certified Provider does not have an account yet")
    }
}

pub async fn list(api: &Api, providers: &Providers, call: &Call) -> Result<Answer, Failure> {
    let pages = Pages::asked(&api.caller(call).await?, call, &SHAPE)?;
    let rows = (1..).zip(&providers.0).map(|(place, provider)| Row { place, provider });
    let page = pages.page_of(rows.collect());
    let mut data = Vec::with_capacity(page.rows.len());
    for Row { provider: Provider { name, account_id }, .. } in &page.rows {
        let account = match account_id {
            Some(account) => api.store.open_account_of(*account).await?,
            None => None,
        };
        let account = account.map(|found| found.account);
        data.push(shown::Provider::of(name, account.as_ref()));
    }
    pages.answer(data, &page.paging, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_found_by_name_and_is_an_account_that_was_confirmed() {
        let list = r#"[{"name":"Inbay","account-id":"17"},{"name":"Global Mentoring Solutions (GMS)"}]"#;
        let providers = Providers::from_json(list).unwrap();
        assert_eq!(providers.account(" INBAY ").ok(), AccountId::new(17).ok());
        assert!(providers.account("Global Mentoring Solutions (GMS)").is_err());
        assert!(providers.account("someone").is_err());
        assert!(Providers::default().account("Inbay").is_err(), "nobody has confirmed one");
        assert!(Providers::from_json(r#"[{"name":"X","account-id":"not an id"}]"#).is_err());
        assert!(Providers::from_json(r#"[{"name":"X","subdomain":"anybody"}]"#).is_err());
    }
}

//! What is looked for by a part of what people know it by.

use std::borrow::Cow;

use policy::EmailAddress;
use policy::text::is_part;
use store::{Connection, Group, LogEntry, Organization, User};

/// What a search finds.
pub trait Sought {
    /// The texts that people know it by: a part of one is enough.
    fn texts(&self) -> Vec<Cow<'_, str>>;

    /// The ids that it is known by: a whole one is needed.
    fn ids(&self) -> Vec<String>;

    /// Whether this, folded, finds it. An address is found by its domain in Punycode and in its own letters.
    fn is_found_by(&self, sought: &str) -> bool {
        let is_found = |text: &Cow<'_, str>| {
            is_part(sought, text) || in_letters(text).is_some_and(|text| is_part(sought, &text))
        };
        self.texts().iter().any(is_found) || self.ids().iter().any(|id| id == sought)
    }
}

/// The text in other letters, if it is an address with a domain in Punycode.
fn in_letters(text: &str) -> Option<String> {
    let address: EmailAddress = text.contains("xn--").then(|| text.parse().ok()).flatten()?;
    Some(address.in_letters())
}

impl Sought for User {
    fn texts(&self) -> Vec<Cow<'_, str>> {
        vec![self.name().into(), self.email.as_str().into()]
    }

    fn ids(&self) -> Vec<String> {
        vec![self.id.to_string()]
    }
}

impl Sought for Organization {
    fn texts(&self) -> Vec<Cow<'_, str>> {
        vec![self.name.as_str().into(), self.short_name.as_str().into()]
    }

    fn ids(&self) -> Vec<String> {
        vec![self.id.to_string()]
    }
}

impl Sought for Group {
    fn texts(&self) -> Vec<Cow<'_, str>> {
        vec![self.name.as_str().into()]
    }

    fn ids(&self) -> Vec<String> {
        vec![self.id.to_string()]
    }
}

impl Sought for Connection {
    fn texts(&self) -> Vec<Cow<'_, str>> {
        [&self.host_name, &self.delegate_name, &self.delegate_subdomain]
            .map(|text| text.as_str().into())
            .into()
    }

    fn ids(&self) -> Vec<String> {
        vec![self.id.to_string(), self.host_id.to_string(), self.delegate_id.to_string()]
    }
}

impl Sought for LogEntry {
    fn texts(&self) -> Vec<Cow<'_, str>> {
        let named = [&self.organization_name, &self.user_name, &self.account_name, &self.ip_address];
        let named = named.into_iter().filter_map(|name| name.as_deref());
        named.chain([self.resource_name.as_str()]).map(Cow::from).collect()
    }

    fn ids(&self) -> Vec<String> {
        let ids = [
            Some(self.id.to_string()),
            Some(self.resource_id.clone()),
            self.organization_id.map(|id| id.to_string()),
            self.user_id.map(|id| id.to_string()),
            self.api_key_id.map(|id| id.to_string()),
            self.account_id.map(|id| id.to_string()),
            self.host_id.map(|id| id.to_string()),
        ];
        ids.into_iter().flatten().collect()
    }
}

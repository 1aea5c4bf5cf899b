//! Accounts: their subdomains and their settings.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;
use crate::text::folded;

/// The name by which an account is known in addresses: a DNS label (RFC 1035, 2.3.1) of 3 to 63 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Subdomain(String);

/// The Certified Providers that IT Glue's help names: nobody else takes these names.
pub const CERTIFIED_PROVIDERS: [&str; 2] = ["Inbay", "Global Mentoring Solutions (GMS)"];

/// Other words by which they are known.
const KNOWN_AS: [&str; 3] = ["inbay", "gms", "globalmentoringsolutions"];

/// Whether an account may take this name and subdomain for itself: not those by which hosts know a Certified Provider, however
/// they are written. An operator opens such an account.
pub fn may_be_called(name: &str, subdomain: &str) -> Result<(), Refusal> {
    let plain =
        |text: &str| -> String { folded(text).chars().filter(|letter| letter.is_alphanumeric()).collect() };
    let taken: Vec<String> = CERTIFIED_PROVIDERS.into_iter().chain(KNOWN_AS).map(plain).collect();
    if [name, subdomain].into_iter().any(|called| taken.contains(&plain(called))) {
        return Err(Refusal::ProvidersName);
    }
    Ok(())
}

/// Names that would be taken for the product's own addresses.
const RESERVED: [&str; 12] = [
    "admin",
    "api",
    "app",
    "console",
    "dashboard",
    "help",
    "login",
    "mail",
    "mailbox",
    "status",
    "support",
    "www",
];

/// Why a text is not a subdomain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotASubdomain {
    /// Not 3 to 63 of `a-z`, `0-9` and inner hyphens.
    #[error(
        "a subdomain must have 3 to 63 characters: letters a-z, digits and hyphens, with a letter or digit at both ends"
    )]
    Malformed,
    /// One of the product's own names.
    #[error("this subdomain is reserved")]
    Reserved,
}

impl Subdomain {
    /// A name that is nobody's, since none is this short: what is looked up under it is not there.
    #[must_use]
    pub fn nobodys() -> Self {
        Self("-".to_owned())
    }

    /// The name in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Subdomain {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl FromStr for Subdomain {
    type Err = NotASubdomain;

    fn from_str(text: &str) -> Result<Self, NotASubdomain> {
        let text = text.trim().to_ascii_lowercase();
        let well_formed = (3..=63).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-');
        if !well_formed {
            return Err(NotASubdomain::Malformed);
        }
        if RESERVED.contains(&text.as_str()) {
            return Err(NotASubdomain::Reserved);
        }
        Ok(Self(text))
    }
}

/// How long the link of an invitation lives, in whole hours: 1 hour to 30 days, 72 hours unless the account says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InvitationLifetime(u32);

/// Not between 1 hour and 30 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an invitation must be open for 1 to 720 hours (30 days)")]
pub struct NotALifetime;

impl InvitationLifetime {
    /// 30 days.
    pub const LONGEST_HOURS: u32 = 720;

    /// So many hours.
    pub fn from_hours(hours: i64) -> Result<Self, NotALifetime> {
        match u32::try_from(hours) {
            Ok(hours @ 1..=Self::LONGEST_HOURS) => Ok(Self(hours)),
            _ => Err(NotALifetime),
        }
    }

    /// In hours.
    #[must_use]
    pub const fn hours(self) -> u32 {
        self.0
    }

    /// As a length of time.
    #[must_use]
    pub const fn duration(self) -> Duration {
        Duration::from_secs(self.0 as u64 * 3_600)
    }
}

impl Default for InvitationLifetime {
    fn default() -> Self {
        Self(72)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subdomains() {
        assert_eq!(
            "Insight-Tech".parse::<Subdomain>().map(|name| name.to_string()),
            Ok("insight-tech".to_owned())
        );
        for text in ["", "ab", "-abc", "abc-", "a.b.c", "naïve", "a b c", &"x".repeat(64)] {
            assert_eq!(text.parse::<Subdomain>(), Err(NotASubdomain::Malformed), "{text:?}");
        }
        assert_eq!("WWW".parse::<Subdomain>(), Err(NotASubdomain::Reserved));
    }

    #[test]
    fn lifetimes() {
        assert_eq!(InvitationLifetime::default().hours(), 72);
        for hours in [i64::MIN, -1, 0, 721, i64::MAX] {
            assert_eq!(InvitationLifetime::from_hours(hours), Err(NotALifetime));
        }
        assert!(InvitationLifetime::from_hours(1).is_ok() && InvitationLifetime::from_hours(720).is_ok());
    }
}

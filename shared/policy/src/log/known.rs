//! What an entry of the log can say of itself, for those who look for it.

use std::str::FromStr;

/// Every type of thing that entries tell of.
pub const RESOURCE_TYPES: [&str; 22] = [
    "access-checks",
    "access-reviews",
    "accounts",
    "api-keys",
    "connection-invitations",
    "connections",
    "erasures",
    "groups",
    "invitations",
    "logs",
    "mfa",
    "organization-statuses",
    "organization-types",
    "organizations",
    "password-resets",
    "passwords",
    "providers",
    "restrictions",
    "sessions",
    "subdomain-reminders",
    "user-metrics",
    "users",
];

/// A type of thing that entries tell of, by its name here or by the one that IT Glue's log has: `users`, `User`, `ApiKey`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResourceType(pub &'static str);

/// Not one of the types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one of: {}", RESOURCE_TYPES.join(", "))]
pub struct NotAResourceType;

impl FromStr for ResourceType {
    type Err = NotAResourceType;

    fn from_str(text: &str) -> Result<Self, NotAResourceType> {
        let plain = hyphenated(text.trim());
        let found = RESOURCE_TYPES.into_iter().find(|known| {
            let singulars = [known.strip_suffix('s'), known.strip_suffix("es")];
            *known == plain || singulars.contains(&Some(plain.as_str()))
        });
        found.map(Self).ok_or(NotAResourceType)
    }
}

/// In small letters, with hyphens between words however they were told apart.
fn hyphenated(text: &str) -> String {
    let mut plain = String::with_capacity(text.len() + 4);
    let mut after_small = false;
    for letter in text.chars() {
        if letter.is_uppercase() && after_small {
            plain.push('-');
        }
        after_small = letter.is_lowercase();
        match letter {
            '_' | ' ' => plain.push('-'),
            letter => plain.extend(letter.to_lowercase()),
        }
    }
    plain
}

/// Every code with which something can be refused, collected from where they stand.
const CODES: &str = include_str!("../../tables/codes-of-refusals.txt");

/// The outcome of an act, as it is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing stood in the way.
    Allowed,
    /// Refused, whatever the reason.
    Refused,
    /// Refused for this reason.
    Because(String),
}

/// Neither `allowed` nor `refused`, nor a code of a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be `allowed`, `refused` or the code of a refusal")]
pub struct NotAnOutcome;

impl FromStr for Outcome {
    type Err = NotAnOutcome;

    fn from_str(text: &str) -> Result<Self, NotAnOutcome> {
        let plain = text.trim().to_ascii_lowercase().replace('_', "-");
        match plain.as_str() {
            "allowed" => Ok(Self::Allowed),
            "refused" => Ok(Self::Refused),
            code if CODES.lines().any(|known| known == code) => Ok(Self::Because(plain)),
            _ => Err(NotAnOutcome),
        }
    }
}

impl Outcome {
    /// Whether this is what an entry says came of the act.
    #[must_use]
    pub fn is(&self, said: &str) -> bool {
        match self {
            Self::Allowed => said == "allowed",
            Self::Refused => said != "allowed",
            Self::Because(code) => said == code,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_known_by_their_names_here_and_elsewhere() {
        for (said, meant) in [
            ("users", "users"),
            ("User", "users"),
            ("ApiKey", "api-keys"),
            ("api_keys", "api-keys"),
            ("Organization", "organizations"),
            ("MFA", "mfa"),
        ] {
            assert_eq!(said.parse(), Ok(ResourceType(meant)), "{said}");
        }
        assert_eq!("nonsense".parse::<ResourceType>(), Err(NotAResourceType));
        assert_eq!("".parse::<ResourceType>(), Err(NotAResourceType));
    }

    #[test]
    fn an_outcome_is_a_word_or_the_code_of_a_refusal() {
        let outcome = |text: &str| text.parse::<Outcome>();
        assert!(outcome("refused").unwrap().is("role-too-low") && !outcome("refused").unwrap().is("allowed"));
        assert!(outcome("allowed").unwrap().is("allowed") && !outcome("allowed").unwrap().is("refused"));
        assert!(outcome("role_too_low").unwrap().is("role-too-low"));
        for nonsense in ["", "nonsense", "role too low", "users"] {
            assert_eq!(outcome(nonsense), Err(NotAnOutcome), "{nonsense}");
        }
    }
}

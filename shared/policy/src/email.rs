//! E-mail addresses as identities: one spelling for one mailbox.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// RFC 5321, 4.5.3.1.1: at most 64 octets before the `@`.
const LOCAL_PART_LIMIT: usize = 64;

/// RFC 5321, 4.5.3.1.3 less the angle brackets: at most 254 octets in all.
const ADDRESS_LIMIT: usize = 254;

/// One mailbox: lower case throughout, the domain in Punycode. Two spellings of one address are equal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EmailAddress(String);

/// A person, by the e-mail address alone: the same one in every account, and under every id that the address ever had there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PersonKey(u128);

/// The text is not a key of a person: thirty-two hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the id of a person must have 32 hexadecimal digits")]
pub struct NotAPersonKey;

impl PersonKey {
    /// Nobody's: what is looked up under it is not there.
    pub const NOBODY: Self = Self(0);

    /// The key made of half of the address's SHA-256.
    #[must_use]
    pub const fn new(half_of_the_digest: [u8; 16]) -> Self {
        Self(u128::from_be_bytes(half_of_the_digest))
    }

    /// A number below 2^53 that is as good as this person's own: where such keys stand in an order.
    #[must_use]
    pub const fn number(self) -> u64 {
        (self.0 >> 75) as u64
    }
}

impl fmt::Display for PersonKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:032x}", self.0)
    }
}

impl From<PersonKey> for String {
    fn from(key: PersonKey) -> Self {
        key.to_string()
    }
}

impl TryFrom<String> for PersonKey {
    type Error = NotAPersonKey;

    fn try_from(text: String) -> Result<Self, NotAPersonKey> {
        let is_whole = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = u128::from_str_radix(&text, 16).ok().filter(|_| is_whole);
        number.map(Self).ok_or(NotAPersonKey)
    }
}

/// Why a text is not an address that an invitation can go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAnEmail {
    /// No `@`, an empty side, a character that may not stand there.
    #[error("this is not a valid e-mail address")]
    Malformed,
    /// Longer than mail allows.
    #[error("an e-mail address can have at most 254 characters, and at most 64 before the @")]
    TooLong,
    /// Letters outside ASCII before the `@`, which SES cannot deliver to.
    #[error("mail cannot be delivered to an address with letters outside a-z before the @")]
    NonAsciiLocalPart,
    /// The part after the `@` is not a domain with a dot in it.
    #[error("the part after the @ is not a valid domain")]
    BadDomain,
}

impl EmailAddress {
    /// An address that is nobody's: what is looked up under it is not there (RFC 2606, 2).
    #[must_use]
    pub fn nobodys() -> Self {
        Self("nobody@nobody.invalid".to_owned())
    }

    /// The address as people write it: a domain in Punycode in its own letters.
    #[must_use]
    pub fn in_letters(&self) -> String {
        match self.0.rsplit_once('@') {
            Some((local, domain)) if domain.contains("xn--") => {
                format!("{local}@{}", idna::domain_to_unicode(domain).0)
            }
            _ => self.0.clone(),
        }
    }

    /// The normalised address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl FromStr for EmailAddress {
    type Err = NotAnEmail;

    fn from_str(text: &str) -> Result<Self, NotAnEmail> {
        let (local, domain) = text.trim().rsplit_once('@').ok_or(NotAnEmail::Malformed)?;
        if !local.is_ascii() {
            return Err(NotAnEmail::NonAsciiLocalPart);
        }
        if local.len() > LOCAL_PART_LIMIT {
            return Err(NotAnEmail::TooLong);
        }
        let atoms_are_whole = local.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(is_atom_byte));
        if !atoms_are_whole {
            return Err(NotAnEmail::Malformed);
        }
        let domain = idna::domain_to_ascii_strict(domain).map_err(|_| NotAnEmail::BadDomain)?;
        let last_label = domain.rsplit('.').next().unwrap_or_default();
        let is_host_name = domain.contains('.')
            && !domain.starts_with('.')
            && domain.split('.').all(|label| !label.is_empty())
            && !last_label.bytes().all(|byte| byte.is_ascii_digit());
        if !is_host_name {
            return Err(NotAnEmail::BadDomain);
        }
        if local.len() + 1 + domain.len() > ADDRESS_LIMIT {
            return Err(NotAnEmail::TooLong);
        }
        Ok(Self(format!("{}@{domain}", local.to_ascii_lowercase())))
    }
}

/// `atext` of RFC 5322, 3.2.3.
fn is_atom_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_table_of_addresses() {
        let table = include_str!("../tables/email-addresses.txt");
        for (number, line) in
            table.lines().enumerate().filter(|(_, line)| !line.starts_with('#') && !line.is_empty())
        {
            let (written, expected) =
                line.split_once(" => ").unwrap_or_else(|| panic!("line {}: no ' => '", number + 1));
            let got = match written.trim_matches('"').parse::<EmailAddress>() {
                Ok(address) => address.to_string(),
                Err(fault) => format!("{fault:?}"),
            };
            assert_eq!(got, expected.trim(), "line {} of email-addresses.txt: {written}", number + 1);
        }
    }

    #[test]
    fn a_domain_is_read_in_its_own_letters() {
        for (written, letters) in [
            ("ann@müller.de", "ann@müller.de"),
            ("Ann@XN--MLLER-KVA.DE", "ann@müller.de"),
            ("ann@bakery.example", "ann@bakery.example"),
        ] {
            assert_eq!(written.parse::<EmailAddress>().unwrap().in_letters(), letters);
        }
    }

    proptest! {
        #[test]
        fn one_identity_whatever_the_case(local in "[a-zA-Z0-9]{1,20}", domain in "[a-z]{1,10}\\.(com|example)") {
            let lower: EmailAddress = format!("{}@{domain}", local.to_lowercase()).parse().unwrap();
            let upper: EmailAddress = format!("{}@{}", local.to_uppercase(), domain.to_uppercase()).parse().unwrap();
            prop_assert_eq!(lower, upper);
        }

        #[test]
        fn a_normalised_address_is_its_own_normal_form(text in "\\PC{0,40}@\\PC{0,40}") {
            if let Ok(address) = text.parse::<EmailAddress>() {
                prop_assert_eq!(address.as_str().parse::<EmailAddress>(), Ok(address.clone()));
            }
        }
    }
}

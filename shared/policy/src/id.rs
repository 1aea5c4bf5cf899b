//! Ids: numbers below 2^53 (so that every JSON client reads them exactly), rising with time,
//! written as decimal digits.

use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// Ids stay below this: the first integer that a JSON client using doubles can confuse with its neighbour.
pub const ID_LIMIT: u64 = 1 << 53;

/// 2025-01-01T00:00:00Z in milliseconds: ids count time from here, which leaves room until the year 2059.
const EPOCH_MS: i64 = 1_735_689_600_000;

/// How many low bits of an id are not time. 2^13 ids in one millisecond.
const ENTROPY_BITS: u32 = 13;

/// The text is not an id: ids are decimal digits without sign or leading zero, from 1 and below 2^53.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id must be a number from 1 to 9007199254740991")]
pub struct NotAnId;

/// Makes the number of a new id out of the time and thirteen random bits.
///
/// Times before 2025 or after 2059 are clamped, so the result is always a valid id.
#[must_use]
pub fn compose(now: Timestamp, entropy: u16) -> NonZeroU64 {
    let elapsed = u64::try_from(now.as_millis().saturating_sub(EPOCH_MS)).unwrap_or(0);
    let time_part = elapsed.min((ID_LIMIT >> ENTROPY_BITS) - 1) << ENTROPY_BITS;
    let low = u64::from(entropy) & ((1 << ENTROPY_BITS) - 1);
    NonZeroU64::new(time_part | low).unwrap_or(NonZeroU64::MIN)
}

fn parse(text: &str) -> Result<u64, NotAnId> {
    let plain = !text.is_empty()
        && text.len() <= 16
        && !text.starts_with('0')
        && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse::<u64>() {
        Ok(number) if plain && number < ID_LIMIT => Ok(number),
        _ => Err(NotAnId),
    }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "u64", into = "u64")]
        pub struct $name(u64);

        impl $name {
            /// The id with this number; one that is out of range is refused.
            pub fn new(number: u64) -> Result<Self, NotAnId> {
                if number == 0 || number >= ID_LIMIT { Err(NotAnId) } else { Ok(Self(number)) }
            }

            /// An id that nobody has: what is read under it is not there. Ids are made of the time, and none is this old.
            pub const NOBODY: Self = Self(1);

            /// The number itself.
            #[must_use]
            pub const fn number(self) -> u64 {
                self.0
            }
        }

        impl TryFrom<u64> for $name {
            type Error = NotAnId;
            fn try_from(number: u64) -> Result<Self, NotAnId> {
                Self::new(number)
            }
        }

        impl From<$name> for u64 {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl From<NonZeroU64> for $name {
            fn from(number: NonZeroU64) -> Self {
                Self(number.get().min(ID_LIMIT - 1))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, out)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                parse(text).map(Self)
            }
        }
    };
}

id!(
    /// A tenant (an MSP).
    AccountId
);
id!(
    /// One of an account's customers.
    OrganizationId
);
id!(
    /// A person in one account.
    UserId
);
id!(
    /// Somebody signed in, from one browser or program.
    SessionId
);
id!(
    /// A word out of one of the account's own lists for its organizations: a type or a status.
    LabelId
);
id!(
    /// Users plus the organizations that they get through it.
    GroupId
);
id!(
    /// The relation by which one account lets another in.
    ConnectionId
);
id!(
    /// What a program calls with instead of a person's session.
    ApiKeyId
);
id!(
    /// What says who may reach one asset.
    RestrictionId
);
id!(
    /// One entry of an account's activity log.
    LogEntryId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_rise_with_time_and_stay_below_two_to_the_53() {
        let early = compose(Timestamp::from_millis(EPOCH_MS + 1), 8191);
        let late = compose(Timestamp::from_millis(EPOCH_MS + 2), 0);
        assert!(early < late, "{early} was made before {late}");
        let last = compose(Timestamp::from_millis(i64::MAX), u16::MAX);
        assert!(last.get() < ID_LIMIT);
        assert_eq!(compose(Timestamp::from_millis(0), 0).get(), 1, "a clock before 2025 still gives an id");
    }

    #[test]
    fn only_plain_decimal_digits_are_an_id() {
        assert_eq!("42".parse::<UserId>().map(UserId::number), Ok(42));
        for text in [
            "",
            "0",
            "007",
            "-1",
            "+1",
            " 1",
            "1 ",
            "1.0",
            "1e3",
            "٣",
            "9007199254740992",
            "99999999999999999999",
        ] {
            assert_eq!(text.parse::<UserId>(), Err(NotAnId), "{text:?}");
        }
        assert!("9007199254740991".parse::<UserId>().is_ok());
    }
}

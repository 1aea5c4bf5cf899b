//! Guessing: how many wrong passwords, codes, keys and links are looked at in a time.
//!
//! An attempt is counted before anything costly is computed, and given back if it succeeds. There are several budgets, so that
//! whoever guesses runs out, and the true owner does not: who signed in from an address before has a budget of their own
//! there, which a stranger's guesses do not touch. Nobody is locked out for good: each budget is whole again when its window
//! is over.
//!
//! NIST SP 800-63B-4, 3.2.2, wants no more than 100 failed attempts in a row on one account, and names growing pauses and
//! addresses known from earlier sign-ins as ways that spare the owner. OWASP ASVS 5.0 asks for documented limits that do not
//! let a stranger lock somebody out (6.1.1, 6.3.1) and for codes that cannot be tried out (6.6.3).

use std::time::Duration;

use crate::limits::{Window, window};
use crate::refusal::Refusal;
use crate::time::Timestamp;

/// So many attempts in so much time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// How many are looked at.
    pub attempts: u32,
    /// In which time, by the clock.
    pub time: Duration,
}

const QUARTER: Duration = Duration::from_secs(15 * 60);

/// On one user, from all addresses together from which they never signed in. Whoever mistypes from a new place has ten tries.
pub const STRANGERS: Budget = Budget { attempts: 10, time: QUARTER };

/// On one user on a day, from all addresses together from which they never signed in: NIST's hundred. At this pace a code of
/// six digits, of which three are good at a time, is hit by one guesser in more than three thousand on a day, and only by one
/// who has the password.
pub const STRANGERS_PER_DAY: Budget = Budget { attempts: 100, time: Duration::from_secs(24 * 3_600) };

/// On one user, from one address from which they signed in before.
pub const FROM_KNOWN: Budget = Budget { attempts: 20, time: QUARTER };

/// From one address on all users of all accounts together: a password that is tried on many users runs into this. Enough for
/// an office behind one address.
pub const FROM_ONE_ADDRESS: Budget = Budget { attempts: 100, time: QUARTER };

/// Wrong API keys of one account from one address. A program with an old key that asks every second is told to wait.
pub const WRONG_KEYS: Budget = Budget { attempts: 30, time: QUARTER };

/// Dead and unknown links from one address. A mail scanner opens each of an office's links a few times, and most of them live.
pub const DEAD_LINKS: Budget = Budget { attempts: 300, time: QUARTER };

/// Requests for a mail with which somebody comes back, to one address of one account.
pub const MAILS_TO_COME_BACK: Budget = Budget { attempts: 3, time: Duration::from_secs(3_600) };

/// The same, from one address of the net, for whomever.
pub const ASKED_FROM_ONE_ADDRESS: Budget = Budget { attempts: 30, time: Duration::from_secs(3_600) };

/// Entries of an account's log about failures at addresses and keys that are none of its users': each made-up address is a
/// series of its own, and a stranger must not fill the log with them. What fails for a user is written down whatever the count.
pub const STRANGERS_ENTRIES: Budget = Budget { attempts: 20, time: QUARTER };

impl Budget {
    /// The window in which an attempt now counts.
    #[must_use]
    pub fn window(self, now: Timestamp) -> Window {
        window(self.time, now)
    }

    /// That it is used up.
    #[must_use]
    pub fn used_up(self, now: Timestamp) -> Refusal {
        let left = self.window(now).end.as_millis().saturating_sub(now.as_millis());
        let seconds = u32::try_from(left.div_euclid(1_000).saturating_add(1)).unwrap_or(u32::MAX);
        Refusal::TooManyAttempts { seconds }
    }
}

/// Addresses from which a user signed in that are remembered, the latest ones.
pub const KNOWN_ADDRESSES: usize = 20;

/// The addresses that are remembered after a sign-in from this one, the latest first.
#[must_use]
pub fn remembered(known: &[String], address: &str) -> Vec<String> {
    let others = known.iter().filter(|other| *other != address).cloned();
    std::iter::once(address.to_owned()).chain(others).take(KNOWN_ADDRESSES).collect()
}

/// What counts as one address of the net: an IPv4 address, or the first 64 bits of an IPv6 address, which is what one customer
/// of a provider has at least.
#[must_use]
pub fn network(address: &str) -> String {
    match address.parse::<core::net::IpAddr>() {
        Ok(core::net::IpAddr::V6(six)) => match six.to_ipv4_mapped() {
            Some(four) => four.to_string(),
            None => {
                let [first, second, third, fourth, ..] = six.segments();
                format!("{first:x}:{second:x}:{third:x}:{fourth:x}::/64")
            }
        },
        Ok(four) => four.to_string(),
        Err(_) => "unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_customer_of_a_provider_is_one_address() {
        for (address, expected) in [
            ("192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
            ("", "unknown"),
        ] {
            assert_eq!(network(address), expected, "{address}");
        }
    }

    #[test]
    fn the_latest_addresses_are_remembered_each_once() {
        let mut known = Vec::new();
        for number in 0..30 {
            known = remembered(&known, &format!("192.0.2.{number}"));
        }
        assert_eq!(known.len(), KNOWN_ADDRESSES);
        let again = remembered(&known, "192.0.2.20");
        assert_eq!(again.len(), KNOWN_ADDRESSES);
        assert_eq!(again.first().map(String::as_str), Some("192.0.2.20"));
    }

    #[test]
    fn whoever_waits_as_told_is_let_in() {
        for millis in [0, 1, 899_999, 900_000, 1_800_000_000_123] {
            let now = Timestamp::from_millis(millis);
            let Refusal::TooManyAttempts { seconds } = STRANGERS.used_up(now) else {
                panic!("another refusal")
            };
            let later = now.after(Duration::from_secs(seconds.into()));
            assert!(STRANGERS.window(later).number > STRANGERS.window(now).number, "{millis}");
            assert!(seconds <= 901);
        }
    }
}

//! For how long an account keeps its activity log.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// So many months an entry is kept at least. From three on: what somebody did with a stolen session is often found out after weeks. Up to ten
/// years, the longest that business records are usually to be kept; who wants more keeps it for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LogRetention(u32);

/// Not between three months and ten years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the log must be kept for 3 to 120 months, or forever with null")]
pub struct NotARetention;

impl LogRetention {
    /// The fewest months.
    pub const SHORTEST: u32 = 3;
    /// The most months.
    pub const LONGEST: u32 = 120;

    /// So many months.
    pub fn from_months(months: i64) -> Result<Self, NotARetention> {
        match u32::try_from(months) {
            Ok(months @ Self::SHORTEST..=Self::LONGEST) => Ok(Self(months)),
            _ => Err(NotARetention),
        }
    }

    /// How many months.
    #[must_use]
    pub const fn months(self) -> u32 {
        self.0
    }

    /// The first month that is kept at this moment, as [`Timestamp::month`] writes it. Months go whole: an entry is kept for up to a
    /// month longer than the account says, and never shorter.
    #[must_use]
    pub fn first_kept(self, now: Timestamp) -> String {
        now.month_before(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_log_is_kept_for_three_months_to_ten_years() {
        for months in [3, 12, 120] {
            assert_eq!(LogRetention::from_months(months).map(|kept| i64::from(kept.months())), Ok(months));
        }
        for months in [i64::MIN, -1, 0, 1, 2, 121, i64::MAX] {
            assert_eq!(LogRetention::from_months(months), Err(NotARetention), "{months}");
        }
    }

    #[test]
    fn months_go_whole_and_never_early() {
        let kept = |months| LogRetention::from_months(months).unwrap();
        assert_eq!(kept(3).first_kept(at("2026-11-30T23:59:59.999Z")), "202608");
        assert_eq!(kept(3).first_kept(at("2026-12-01T00:00:00Z")), "202609");
        assert_eq!(kept(12).first_kept(at("2026-01-31T00:00:00Z")), "202501");
        assert_eq!(kept(120).first_kept(at("2026-03-15T00:00:00Z")), "201603");
        assert_eq!(at("2026-12-31T23:59:59Z").next_month(), at("2027-01-01T00:00:00Z"));
        assert_eq!(at("2028-02-01T00:00:00Z").next_month(), at("2028-03-01T00:00:00Z"));
    }
}

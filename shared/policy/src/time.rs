//! A moment in UTC, counted in milliseconds. Rules take it as an argument; nothing here reads a clock.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z. Shown as RFC 3339 in UTC with milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

/// The text is not a moment in RFC 3339.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a time is written as in 2026-11-21T08:00:00.000Z (RFC 3339)")]
pub struct NotATime;

impl Timestamp {
    /// The moment so many milliseconds after 1970.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, rounded down.
    #[must_use]
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The moment so much later; the end of time if that is past it.
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// The moment so much earlier.
    #[must_use]
    pub fn before(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// `yyyymm` in UTC: the month by which the activity log is kept.
    #[must_use]
    pub fn month(self) -> String {
        self.calendar().strftime("%Y%m").to_string()
    }

    /// Every month from this moment's to `last`'s, oldest first, as [`Timestamp::month`] writes them; none if `last` is
    /// in an earlier month.
    #[must_use]
    pub fn months_until(self, last: Self) -> Vec<String> {
        let number = |moment: Self| {
            let date = moment.calendar().to_zoned(jiff::tz::TimeZone::UTC).date();
            i32::from(date.year()) * 12 + i32::from(date.month()) - 1
        };
        (number(self)..=number(last))
            .map(|month| format!("{:04}{:02}", month.div_euclid(12), month.rem_euclid(12) + 1))
            .collect()
    }

    /// As a person reads it: `21 November 2026, 08:00 UTC`.
    #[must_use]
    pub fn for_people(self) -> String {
        self.calendar().strftime("%-d %B %Y, %H:%M UTC").to_string()
    }

    fn calendar(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:.3}", self.calendar())
    }
}

impl FromStr for Timestamp {
    type Err = NotATime;
    fn from_str(text: &str) -> Result<Self, NotATime> {
        text.parse::<jiff::Timestamp>().map(|moment| Self(moment.as_millisecond())).map_err(|_| NotATime)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_and_written_in_utc_with_milliseconds() {
        let moment: Timestamp = "2026-11-21T09:00:00+01:00".parse().unwrap();
        assert_eq!(moment.to_string(), "2026-11-21T08:00:00.000Z");
        assert_eq!(moment.month(), "202611");
        assert_eq!(moment.for_people(), "21 November 2026, 08:00 UTC");
        let later: Timestamp = "2027-02-01T00:00:00Z".parse().unwrap();
        assert_eq!(moment.months_until(later), ["202611", "202612", "202701", "202702"]);
        assert_eq!(moment.months_until(moment), ["202611"]);
        assert!(later.months_until(moment).is_empty());
        assert!("2026-11-21".parse::<Timestamp>().is_err(), "a day alone is not a moment");
        assert!("yesterday".parse::<Timestamp>().is_err());
    }
}

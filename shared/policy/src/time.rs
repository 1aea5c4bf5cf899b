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
#[error("a time must look like 2026-11-21T08:00:00.000Z (RFC 3339)")]
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

    /// A moment as people and programs write it in an address: RFC 3339, with a blank for the `T` and before the zone, which may be
    /// called UTC, and is where none is said. A plus that was not encoded has become a blank: an offset stands behind it.
    pub fn in_utc(text: &str) -> Result<Self, NotATime> {
        let text = text.trim();
        let (day, time) = text.split_once(['T', 't', ' ']).ok_or(NotATime)?;
        let time = time.trim();
        let named = ["UTC", "GMT"].iter().find_map(|zone| time.strip_suffix(zone));
        let (time, zone) = match time.split_once(' ') {
            _ if named.is_some() => (named.unwrap_or_default().trim_end(), "Z".to_owned()),
            Some((time, offset)) if offset.trim_start().starts_with(['+', '-', 'Z', 'z']) => {
                (time, offset.trim_start().to_owned())
            }
            Some((time, offset)) => (time, format!("+{}", offset.trim_start())),
            None if time.contains(['+', '-', 'Z', 'z']) => (time, String::new()),
            None => (time, "Z".to_owned()),
        };
        format!("{day}T{time}{zone}").parse()
    }

    /// `yyyymm` in UTC: the month by which the activity log is kept.
    #[must_use]
    pub fn month(self) -> String {
        self.calendar().strftime("%Y%m").to_string()
    }

    /// `yyyy-mm-dd` in UTC.
    #[must_use]
    pub fn day(self) -> String {
        self.calendar().strftime("%Y-%m-%d").to_string()
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

    /// The month so many months before this moment's, as [`Timestamp::month`] writes it.
    #[must_use]
    pub fn month_before(self, months: u32) -> String {
        let date = self.calendar().to_zoned(jiff::tz::TimeZone::UTC).date();
        let number = i64::from(date.year()) * 12 + i64::from(date.month()) - 1 - i64::from(months);
        format!("{:04}{:02}", number.div_euclid(12), number.rem_euclid(12) + 1)
    }

    /// The first moment of the next month.
    #[must_use]
    pub fn next_month(self) -> Self {
        let date = self.calendar().to_zoned(jiff::tz::TimeZone::UTC).date();
        let first = date.last_of_month().tomorrow().and_then(|day| day.to_zoned(jiff::tz::TimeZone::UTC));
        // After the end of the calendar there is none.
        first.map_or(self, |first| Self(first.timestamp().as_millisecond()))
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

/// From one moment to another, both included; an end that is none is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Range {
    /// From here on.
    pub start: Option<Timestamp>,
    /// Up to here.
    pub end: Option<Timestamp>,
}

impl Range {
    /// Whether a moment is in it.
    #[must_use]
    pub fn contains(&self, moment: Timestamp) -> bool {
        self.start.is_none_or(|start| moment >= start) && self.end.is_none_or(|end| moment <= end)
    }
}

/// The text is not a range of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotARange {
    /// One of its ends is no moment.
    #[error(
        "must be start,end: two times like 2026-11-21T08:00:00Z or days like 2026-11-21, or * for an open end; a start alone \
         means an open end, and a time without a zone is in UTC"
    )]
    Unreadable,
    /// It ends before it begins.
    #[error("the start is after the end")]
    Reversed,
}

impl FromStr for Range {
    type Err = NotARange;

    /// `start,end` as people write it. A day as the end is meant whole.
    fn from_str(text: &str) -> Result<Self, NotARange> {
        // An open start alone says nothing.
        if text.trim() == "*" {
            return Err(NotARange::Unreadable);
        }
        let (start, end) = text.split_once(',').unwrap_or((text, "*"));
        let start = as_written(start.trim(), "00:00:00")?;
        let end = as_written(end.trim(), "23:59:59.999")?;
        match (start, end) {
            (Some(start), Some(end)) if end < start => Err(NotARange::Reversed),
            _ => Ok(Self { start, end }),
        }
    }
}

/// A moment, a day that has this time of day, or none for an open end.
fn as_written(text: &str, time_of_day: &str) -> Result<Option<Timestamp>, NotARange> {
    let is_day = text.len() == 10 && !text.contains(['T', 't', ' ']);
    let moment = match text {
        "*" => return Ok(None),
        day if is_day => Timestamp::in_utc(&format!("{day}T{time_of_day}")),
        moment => Timestamp::in_utc(moment),
    };
    moment.map(Some).map_err(|_| NotARange::Unreadable)
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
        assert_eq!(moment.day(), "2026-11-21");
        assert_eq!(moment.for_people(), "21 November 2026, 08:00 UTC");
        let later: Timestamp = "2027-02-01T00:00:00Z".parse().unwrap();
        assert_eq!(moment.months_until(later), ["202611", "202612", "202701", "202702"]);
        assert_eq!(moment.months_until(moment), ["202611"]);
        assert!(later.months_until(moment).is_empty());
        assert!("2026-11-21".parse::<Timestamp>().is_err(), "a day alone is not a moment");
        assert!("yesterday".parse::<Timestamp>().is_err());
        for (said, meant) in [
            ("2026-11-20 03:12:11", "2026-11-20T03:12:11.000Z"),
            ("2026-11-20T03:12:11.5", "2026-11-20T03:12:11.500Z"),
            ("2026-11-20 03:12:11Z", "2026-11-20T03:12:11.000Z"),
            ("2026-11-20T03:12:11 01:00", "2026-11-20T02:12:11.000Z"),
            ("2026-11-20T03:12:11-01:00", "2026-11-20T04:12:11.000Z"),
            ("2026-11-20 03:12:11 UTC", "2026-11-20T03:12:11.000Z"),
            ("2026-11-20 03:12:11GMT", "2026-11-20T03:12:11.000Z"),
            ("2026-11-20 03:12:11 +0100", "2026-11-20T02:12:11.000Z"),
            ("2026-11-20 03:12:11  0100", "2026-11-20T02:12:11.000Z"),
            ("2026-11-20 03:12:11 -01:00", "2026-11-20T04:12:11.000Z"),
            ("2026-11-20 03:12:11 Z", "2026-11-20T03:12:11.000Z"),
        ] {
            assert_eq!(
                Timestamp::in_utc(said).map(|moment| moment.to_string()),
                Ok(meant.to_owned()),
                "{said}"
            );
        }
        for nonsense in [
            "2026-13-01T00:00:00",
            "2026-11-20",
            "yesterday",
            "2026-11-20 25:00:00",
            "2026-11-20 UTC",
            "2026-11-20 03:12:11 PST",
            "",
        ] {
            assert!(Timestamp::in_utc(nonsense).is_err(), "{nonsense}");
        }
    }

    #[test]
    fn a_range_is_read_as_people_write_it() {
        let read = |text: &str| {
            let range: Range = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
            let shown = |end: Option<Timestamp>| end.map_or_else(|| "*".to_owned(), |end| end.to_string());
            format!("{},{}", shown(range.start), shown(range.end))
        };
        for (text, expected) in [
            ("2026-11-20 03:12:11,*", "2026-11-20T03:12:11.000Z,*"),
            ("2026-11-20 03:12:11", "2026-11-20T03:12:11.000Z,*"),
            ("2026-11-20T03:12:11Z", "2026-11-20T03:12:11.000Z,*"),
            ("2026-11-20", "2026-11-20T00:00:00.000Z,*"),
            ("2026-11-20, 2026-11-20", "2026-11-20T00:00:00.000Z,2026-11-20T23:59:59.999Z"),
            ("*,2026-11-20T03:12", "*,2026-11-20T03:12:00.000Z"),
            ("*,*", "*,*"),
            ("2026-11-20T03:12:11.5 01:00,*", "2026-11-20T02:12:11.500Z,*"),
            (
                "2026-11-20 03:12:11+01:00, 2026-11-21 00:00:00",
                "2026-11-20T02:12:11.000Z,2026-11-21T00:00:00.000Z",
            ),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
        for text in [
            "",
            ",",
            "yesterday",
            "2026-11-20x",
            "2026-13-40",
            "2026-11-20,",
            "2026-11-20,tomorrow",
            "20.11.2026",
            "2026-11-20 25:00:00",
            "é2026-11-20",
        ] {
            assert_eq!(text.parse::<Range>(), Err(NotARange::Unreadable), "{text}");
        }
        assert_eq!("2026-11-21,2026-11-20".parse::<Range>(), Err(NotARange::Reversed));
        assert_eq!("2026-11-20 04:00,2026-11-20 03:00".parse::<Range>(), Err(NotARange::Reversed));
        let day: Range = "2026-11-20,2026-11-20".parse().unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert!(day.contains(at("2026-11-20T00:00:00Z")) && day.contains(at("2026-11-20T23:59:59.999Z")));
        assert!(!day.contains(at("2026-11-21T00:00:00Z")) && !day.contains(at("2026-11-19T23:59:59.999Z")));
    }
}

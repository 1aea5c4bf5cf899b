//! What a client takes, and how gladly: the lists with quality values of `Accept` and `Accept-Encoding` (RFC 9110, section 12).

/// As gladly as can be, in thousandths.
const GLADLY: u16 = 1_000;

/// The kinds in which the product says everything.
const JSON: [&str; 2] = ["application/vnd.api+json", "application/json"];

/// One entry of such a list.
struct Wish<'a> {
    name: &'a str,
    quality: u16,
}

fn wishes(list: &str) -> impl Iterator<Item = Wish<'_>> {
    list.split(',').filter_map(|entry| {
        let mut parts = entry.split(';').map(str::trim);
        let name = parts.next().filter(|name| !name.is_empty())?;
        let quality = parts
            .filter_map(|part| part.split_once('='))
            .find(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
        Some(Wish { name, quality: quality.map_or(GLADLY, |(_, value)| thousandths(value.trim())) })
    })
}

/// A quality value. What is none counts as nothing said.
fn thousandths(text: &str) -> u16 {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let is_value =
        matches!(whole, "0" | "1") && part.len() <= 3 && part.bytes().all(|digit| digit.is_ascii_digit());
    let part: u16 = format!("{part:0<3}").parse().unwrap_or_default();
    match (is_value, whole) {
        (true, "0") => part,
        _ => GLADLY,
    }
}

/// How gladly a client takes this: what is said about its name, or else of the ranges in which it is.
fn quality(list: &str, names: &[&str]) -> Option<u16> {
    let of = |name: &str| {
        wishes(list).filter(|wish| wish.name.eq_ignore_ascii_case(name)).map(|wish| wish.quality).max()
    };
    names.iter().find_map(|name| of(name))
}

/// Whether `Accept` asks for this kind of content rather than for JSON. JSON is answered where it is named and at least as welcome,
/// and where the kind is not named at all.
pub(crate) fn prefers(accept: &str, kind: &str) -> bool {
    let Some(wanted) = quality(accept, &[kind]).filter(|quality| *quality > 0) else { return false };
    let named = JSON.iter().filter_map(|json| quality(accept, &[json])).max();
    match named.or_else(|| quality(accept, &["application/*"])) {
        Some(json) => wanted > json,
        None => wanted >= quality(accept, &["*/*"]).unwrap_or_default(),
    }
}

/// How content is packed on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// `br`.
    Brotli,
    /// `gzip`.
    Gzip,
}

impl Coding {
    /// Its name in headers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// The one of those offered that `Accept-Encoding` asks for, the first of several that are equally welcome; none if it prefers
    /// content as it is.
    #[must_use]
    pub fn wanted(accept_encoding: &str, offered: &[Self]) -> Option<Self> {
        let plain = quality(accept_encoding, &["identity"]).unwrap_or_default();
        let welcome = offered.iter().rev().map(|coding| (coding.quality(accept_encoding), *coding));
        let (quality, best) = welcome.max_by_key(|(quality, _)| *quality)?;
        (quality > 0 && quality >= plain).then_some(best)
    }

    fn quality(self, accept_encoding: &str) -> u16 {
        let names: &[&str] = match self {
            Self::Brotli => &["br", "*"],
            Self::Gzip => &["gzip", "x-gzip", "*"],
        };
        quality(accept_encoding, names).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_answered_where_it_is_named_and_as_welcome() {
        for (accept, is_preferred) in [
            ("text/csv", true),
            ("TEXT/CSV; charset=utf-8", true),
            ("text/csv, */*", true),
            ("text/csv, application/json;q=0.9", true),
            ("application/json;q=0.2, text/csv;q=0.3", true),
            ("text/csv, application/json;q=0", true),
            ("text/csv;q=0, application/json", false),
            ("text/csv;q=0", false),
            ("text/csv;q=0.000, */*", false),
            ("application/vnd.api+json,text/csv", false),
            ("text/csv,application/vnd.api+json", false),
            ("text/csv;q=0.5, */*", false),
            ("text/csv, application/*", false),
            ("application/*;q=0.5, text/csv", true),
            ("application/json;q=0, application/vnd.api+json, text/csv", false),
            ("*/*", false),
            ("text/*", false),
            ("", false),
            ("text/csvx", false),
            (",,;q=1,", false),
        ] {
            assert_eq!(prefers(accept, "text/csv"), is_preferred, "{accept}");
        }
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";
        assert!(prefers(browser, "text/html") && !prefers(browser, "text/csv"));
        assert!(!prefers("application/json, text/plain, */*", "text/html"));
    }

    #[test]
    fn content_is_packed_as_the_client_likes_best() {
        let (brotli, gzip) = (Some(Coding::Brotli), Some(Coding::Gzip));
        for (accept, coding) in [
            ("gzip, deflate, br, zstd", brotli),
            ("gzip, deflate", gzip),
            ("GZIP", gzip),
            ("x-gzip", gzip),
            ("br;q=0.5, gzip;q=0.8", gzip),
            ("br;q=0, *", gzip),
            ("*", brotli),
            ("*;q=0", None),
            ("gzip;q=0", None),
            ("identity", None),
            ("identity, gzip;q=0.5", None),
            ("identity;q=0.5, gzip", gzip),
            ("deflate", None),
            ("", None),
        ] {
            assert_eq!(Coding::wanted(accept, &[Coding::Brotli, Coding::Gzip]), coding, "{accept}");
        }
        for (accept, coding) in
            [("gzip, br", gzip), ("br", None), ("br, *;q=0.1", gzip), ("br, gzip;q=0", None)]
        {
            assert_eq!(Coding::wanted(accept, &[Coding::Gzip]), coding, "{accept}");
        }
    }

    #[test]
    fn a_quality_that_is_none_counts_as_nothing_said() {
        for (text, value) in [
            ("1", 1000),
            ("1.0", 1000),
            ("0", 0),
            ("0.", 0),
            ("0.5", 500),
            ("0.05", 50),
            ("0.123", 123),
            ("0.1234", 1000),
            ("-1", 1000),
            ("2", 1000),
            ("x", 1000),
            ("", 1000),
            ("0.x", 1000),
        ] {
            assert_eq!(thousandths(text), value, "{text}");
        }
    }
}

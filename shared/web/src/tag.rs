//! Entity tags: by which a client says which state of a resource it has read (RFC 9110, section 8.8).
//!
//! A tag is the resource's version and a mark of the whole answer: `"3-9c0f…"`. What is shown beside the resource, as what it
//! includes or what the clock makes of it, changes without the version; the mark changes with it, so nobody is told that
//! what they have is still so when it is not. Where something is to be changed the version alone counts, and `"3"` is as good.

use std::hash::{DefaultHasher, Hasher as _};

use serde::Deserialize;

/// A document of one resource that has a version.
#[derive(Deserialize)]
struct Document {
    data: Resource,
}

#[derive(Deserialize)]
struct Resource {
    attributes: Attributes,
}

#[derive(Deserialize)]
struct Attributes {
    version: u64,
}

/// The tag of a document; none if it is not of one resource with a version. Lists are recognised by their first bytes.
pub(crate) fn of(document: &str) -> Option<String> {
    let version = document
        .starts_with(r#"{"data":{"#)
        .then(|| serde_json::from_str::<Document>(document).ok())
        .flatten()?;
    let mut mark = DefaultHasher::new();
    mark.write(document.as_bytes());
    Some(format!("\"{}-{:016x}\"", version.data.attributes.version, mark.finish()))
}

/// The tags of a header, without quotation marks; a weak one is as good as a strong one.
fn tags(header: &str) -> impl Iterator<Item = &str> {
    header
        .split(',')
        .map(|tag| tag.trim().trim_start_matches("W/").trim_matches('"'))
        .filter(|tag| !tag.is_empty())
}

/// Whether `If-None-Match` has this tag.
pub(crate) fn is_known(if_none_match: &str, tag: &str) -> bool {
    if_none_match.trim() == "*" || tags(if_none_match).any(|known| known == tag.trim_matches('"'))
}

/// Which state of a resource a change is meant for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Expected {
    /// What `If-Match` says: it is in one of these.
    one_of: Option<States>,
    /// What `If-None-Match` says: it is in none of these.
    none_of: Option<States>,
}

/// States that a resource can be in.
#[derive(Debug, Clone, PartialEq, Eq)]
enum States {
    /// All of them.
    Any,
    /// These versions.
    Versions(Vec<u64>),
}

impl States {
    /// A tag that is none of ours is no state that the resource can be in.
    fn read(header: &str) -> Self {
        if header.trim() == "*" {
            return Self::Any;
        }
        let version = |tag: &str| tag.split('-').next().and_then(|version| version.parse().ok());
        Self::Versions(tags(header).filter_map(version).collect())
    }

    fn have(&self, version: u64) -> bool {
        match self {
            Self::Any => true,
            Self::Versions(versions) => versions.contains(&version),
        }
    }
}

impl Expected {
    /// As the two headers say.
    pub(crate) fn read(if_match: Option<&str>, if_none_match: Option<&str>) -> Self {
        Self { one_of: if_match.map(States::read), none_of: if_none_match.map(States::read) }
    }

    /// Whether this version is meant.
    #[must_use]
    pub fn is(&self, version: u64) -> bool {
        self.one_of.as_ref().is_none_or(|states| states.have(version))
            && !self.none_of.as_ref().is_some_and(|states| states.have(version))
    }

    /// Whether one version is meant, or some: nothing that many things could have at once.
    #[must_use]
    pub fn is_of_one(&self) -> bool {
        self.none_of.is_some() || matches!(self.one_of, Some(States::Versions(_)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USER: &str = r#"{"data":{"type":"users","id":"7","attributes":{"name":"Zoë","version":3}}}"#;

    #[test]
    fn one_resource_with_a_version_has_a_tag_of_it() {
        let tag = of(USER).unwrap();
        assert!(tag.starts_with("\"3-") && tag.ends_with('"') && tag.len() == 20, "{tag}");
        assert_eq!(of(USER), Some(tag.clone()));
        assert_ne!(of(&USER.replace("Zoë", "Zoe")), Some(tag));
        for other in [
            r#"{"data":[{"attributes":{"version":3}}]}"#,
            r#"{"data":{"attributes":{}}}"#,
            r#"{"data":{"type":"x"}}"#,
            r#"{"data":null}"#,
            r#"{"errors":[]}"#,
            "",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
    }

    #[test]
    fn what_is_known_is_found_in_a_list_weak_or_strong() {
        for (header, is_there) in [
            ("\"3-ab\"", true),
            ("W/\"3-ab\"", true),
            ("\"1\", W/\"3-ab\"", true),
            ("*", true),
            (" * ", true),
            ("\"3\"", false),
            ("\"3-abc\"", false),
            ("", false),
        ] {
            assert_eq!(is_known(header, "\"3-ab\""), is_there, "{header}");
        }
    }

    #[test]
    fn a_change_is_meant_for_one_of_the_versions_that_are_named() {
        for (header, is_meant) in [
            ("\"3\"", true),
            ("3", true),
            ("W/\"3\"", true),
            ("\"3-0123456789abcdef\"", true),
            ("\"1\", \"2-x\" , W/\"3\"", true),
            ("*", true),
            ("\"2\"", false),
            ("\"33\"", false),
            ("\"x\"", false),
            ("\"x\", \"2\"", false),
            ("", false),
        ] {
            assert_eq!(Expected::read(Some(header), None).is(3), is_meant, "{header}");
            assert_eq!(Expected::read(None, Some(header)).is(3), !is_meant, "not {header}");
            assert!(!Expected::read(Some(header), Some("*")).is(3), "{header}, and none");
            assert_eq!(Expected::read(Some(header), None).is_of_one(), header != "*", "{header}");
        }
        assert!(Expected::default().is(3) && !Expected::default().is_of_one());
        assert!(Expected::read(None, Some("*")).is_of_one());
    }
}

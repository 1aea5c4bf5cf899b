//! The addresses of the API and their methods, as the document has them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde::de::IgnoredAny;
use web::request::is_at;

use crate::DOCUMENT;

#[derive(Deserialize)]
struct Document {
    paths: BTreeMap<String, BTreeMap<String, IgnoredAny>>,
}

/// Read once, when the first wrong address is asked for. A document that is none has no addresses.
static PATHS: LazyLock<BTreeMap<String, BTreeMap<String, IgnoredAny>>> =
    LazyLock::new(|| serde_json::from_str::<Document>(DOCUMENT).map(|known| known.paths).unwrap_or_default());

/// The methods that an address takes, in capitals and in order; none if there is no such address.
pub fn methods_at(segments: &[&str]) -> Vec<String> {
    let found = PATHS.iter().filter(|(path, _)| is_at(path, segments));
    let mut methods: Vec<String> =
        found.flat_map(|(_, methods)| methods.keys()).map(|method| method.to_uppercase()).collect();
    methods.sort();
    methods.dedup();
    methods
}

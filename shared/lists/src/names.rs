//! Filters by name, of which only what is stored tells whether a comma is part of a name.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use store::Walk;
use web::list::Names;

use super::MANY;
use crate::Failure;

/// The names that are meant, as they are compared: each whole text, if something in the walk is called so, otherwise its parts.
/// Without a comma nothing is read.
pub async fn meant<T: DeserializeOwned>(
    names: Option<Names>,
    walk: impl FnOnce() -> Walk<T>,
    is_called: impl Fn(&T, &str) -> bool,
) -> Result<Option<Vec<String>>, Failure> {
    let Some(names) = names else { return Ok(None) };
    let mut in_doubt: BTreeSet<String> = names.in_doubt().into_iter().map(str::to_owned).collect();
    let mut known = BTreeSet::new();
    if !in_doubt.is_empty() {
        let mut walk = walk();
        loop {
            let batch = walk.read(MANY).await?;
            for row in &batch.rows {
                known.extend(in_doubt.extract_if(.., |name| is_called(row, name)));
            }
            if batch.at_end || in_doubt.is_empty() {
                break;
            }
        }
    }
    Ok(Some(names.meant(|name| known.contains(name))))
}

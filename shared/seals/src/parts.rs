//! The parts of a log entry that may name a person. Each is hashed apart, with a salt of its own, and the leaf of a seal's tree covers
//! these hashes: so a part can go, with its salt, and the hash that stays still verifies. Without the salt nobody can try
//! out whose name it was.
//!
//! All salts are made from the one that a whole entry has. Once a part is erased, that one goes too, and the salts of the parts that
//! stay are kept instead.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use serde_dynamo::AttributeValue;

use crate::canonical::{bytes_of, bytes_of_value, whole_hash};
use crate::hash::{Hash, Of};

/// The attributes that are a part each. Every change in [`CHANGES`] is one more: its values, not what it is called.
pub const PARTS: [&str; 5] = ["user_name", "ip_address", "user_agent", "resource_id", "resource_name"];

/// The attribute with what an entry changes.
pub const CHANGES: &str = "changes";

/// The attribute with the salt of a whole entry.
pub const SALT: &str = "salt";
/// The attribute with the salts of the parts that stay, once one was erased.
pub const SALTS: &str = "salts";
/// The attribute with the hashes of the parts that were erased.
pub const ERASED: &str = "erased";
/// The attribute, in an entry without salts of which something was erased, with its hash before that.
pub const SEALED_AS: &str = "sealed_as";
/// What says nothing of the act, and may come and go.
const BESIDE: [&str; 5] = [SALT, SALTS, ERASED, SEALED_AS, TTL];
/// When DynamoDB may remove the entry: set once the account keeps it no longer.
const TTL: &str = "ttl";

/// An item as it is stored.
type Item = HashMap<String, AttributeValue>;

/// Sixteen random bytes, or the hash made of them for one part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Salt(#[serde(with = "serde_bytes_of")] Vec<u8>);

impl Salt {
    /// The salt of a whole entry.
    #[must_use]
    pub fn new(random: [u8; 16]) -> Self {
        Self(random.to_vec())
    }

    fn of_part(&self, part: &str) -> Self {
        Self(Hash::of(Of::PartSalt, &[&self.0, part.as_bytes()]).bytes().to_vec())
    }
}

/// The name of the part that a change's values are.
#[must_use]
pub fn part_of_change(place: usize) -> String {
    format!("{CHANGES}/{place}")
}

/// What an entry says of its own hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// All of it is there.
    Whole,
    /// Parts of it were erased, and everything is covered by its hash all the same.
    PartsErased,
    /// It was sealed whole, and parts of it were erased later: its hash is what it says itself, and covers nothing that is left.
    Unverifiable,
}

/// The hash of a log entry as it is stored, key and all: the leaf of a seal's tree.
#[must_use]
pub fn entry_hash(item: &Item) -> Hash {
    match Salted::of(item) {
        Some(salted) => salted.leaf(item),
        None => sealed_as(item).unwrap_or_else(|| whole(item)),
    }
}

/// The hash of an entry that has no salt.
fn whole(item: &Item) -> Hash {
    if !item.contains_key(TTL) {
        return whole_hash(item);
    }
    let mut item = item.clone();
    item.remove(TTL);
    whole_hash(&item)
}

/// Whether all of an entry is there.
#[must_use]
pub fn standing(item: &Item) -> Standing {
    match Salted::of(item) {
        Some(salted) if salted.erased.is_empty() => Standing::Whole,
        Some(_) => Standing::PartsErased,
        None if sealed_as(item).is_some() => Standing::Unverifiable,
        None => Standing::Whole,
    }
}

fn sealed_as(item: &Item) -> Option<Hash> {
    as_hash(item.get(SEALED_AS)?)
}

fn as_hash(value: &AttributeValue) -> Option<Hash> {
    match value {
        AttributeValue::B(bytes) => Hash::from_bytes(bytes),
        _ => None,
    }
}

/// The salts that an entry has, and the hashes of what it has no more.
struct Salted {
    salt: Option<Salt>,
    salts: BTreeMap<String, Salt>,
    erased: BTreeMap<String, Hash>,
}

impl Salted {
    /// None for an entry that was written without a salt.
    fn of(item: &Item) -> Option<Self> {
        let bytes = |value: &AttributeValue| match value {
            AttributeValue::B(bytes) => Some(Salt(bytes.clone())),
            _ => None,
        };
        let map = |name: &str| match item.get(name) {
            Some(AttributeValue::M(map)) => map.iter().collect(),
            _ => Vec::new(),
        };
        let salt = item.get(SALT).and_then(bytes);
        let is_salted = salt.is_some() || item.contains_key(SALTS);
        is_salted.then(|| Self {
            salt,
            salts: map(SALTS)
                .into_iter()
                .filter_map(|(name, value)| Some((name.clone(), bytes(value)?)))
                .collect(),
            erased: map(ERASED)
                .into_iter()
                .filter_map(|(name, value)| Some((name.clone(), as_hash(value)?)))
                .collect(),
        })
    }

    fn salt_of(&self, part: &str) -> Option<Salt> {
        self.salt.as_ref().map(|salt| salt.of_part(part)).or_else(|| self.salts.get(part).cloned())
    }

    /// The hash of a part that is there; none where it has no salt, or is said to be erased: then it stands for itself, and the
    /// hash of the entry is another.
    fn hash_of(&self, part: &str, value: &AttributeValue) -> Option<Hash> {
        if self.erased.contains_key(part) {
            return None;
        }
        let salt = self.salt_of(part)?;
        Some(Hash::of(Of::Part, &[&salt.0, &bytes_of_value(value)]))
    }

    fn leaf(&self, item: &Item) -> Hash {
        let mut covered = Item::with_capacity(item.len());
        for (name, value) in item.iter().filter(|(name, _)| !BESIDE.contains(&name.as_str())) {
            let value = match value {
                AttributeValue::L(changes) if name == CHANGES => AttributeValue::L(self.covered(changes)),
                value if PARTS.contains(&name.as_str()) => {
                    self.hash_of(name, value).map_or_else(|| value.clone(), as_value)
                }
                value => value.clone(),
            };
            covered.insert(name.clone(), value);
        }
        for (part, hash) in self.erased.iter().filter(|(part, _)| PARTS.contains(&part.as_str())) {
            covered.entry(part.clone()).or_insert_with(|| as_value(*hash));
        }
        Hash::of(Of::SaltedLeaf, &[&bytes_of(&covered)])
    }

    /// Each change as it is called, and the hash of its values.
    fn covered(&self, changes: &[AttributeValue]) -> Vec<AttributeValue> {
        let one = |(place, change): (usize, &AttributeValue)| {
            let part = part_of_change(place);
            let AttributeValue::M(change) = change else { return change.clone() };
            let mut values = change.clone();
            let name = values.remove("name");
            let hash = if values.is_empty() {
                self.erased.get(&part).copied()
            } else {
                self.hash_of(&part, &AttributeValue::M(values))
            };
            let Some(hash) = hash else { return AttributeValue::M(change.clone()) };
            let name = name.map(|name| ("name".to_owned(), name));
            AttributeValue::M(name.into_iter().chain([("values".to_owned(), as_value(hash))]).collect())
        };
        changes.iter().enumerate().map(one).collect()
    }
}

fn as_value(hash: Hash) -> AttributeValue {
    AttributeValue::B(hash.bytes().to_vec())
}

/// What is to be written where parts of an entry are erased.
#[derive(Debug, Clone, PartialEq)]
pub struct Erasure {
    /// The attributes that go.
    pub removed: Vec<String>,
    /// What stays of the changes, if some of their values go.
    pub changes: Option<Vec<AttributeValue>>,
    /// The salts of the parts that stay; none in an entry that was sealed whole.
    pub salts: Option<BTreeMap<String, Salt>>,
    /// The hashes of the parts that are erased now or were before. In an entry that was sealed whole they say nothing.
    pub erased: BTreeMap<String, Hash>,
    /// The hash of an entry that was sealed whole.
    pub sealed_as: Option<Hash>,
}

/// What becomes of an entry of which these parts are erased; none if it has none of them.
#[must_use]
pub fn erasure(item: &Item, parts: &BTreeSet<String>) -> Option<Erasure> {
    let present = present(item);
    let gone: Vec<&(String, AttributeValue)> =
        present.iter().filter(|(part, _)| parts.contains(part)).collect();
    if gone.is_empty() {
        return None;
    }
    let removed = gone.iter().map(|(part, _)| part).filter(|part| PARTS.contains(&part.as_str())).cloned();
    let removed: Vec<String> = removed.collect();
    let changes = (removed.len() < gone.len()).then(|| without(item, parts));
    let Some(salted) = Salted::of(item) else {
        let mut erased: BTreeMap<String, Hash> =
            gone.iter().map(|(part, _)| (part.clone(), Hash::NONE)).collect();
        if let Some(AttributeValue::M(before)) = item.get(ERASED) {
            erased.extend(before.keys().map(|part| (part.clone(), Hash::NONE)));
        }
        let sealed_as = Some(entry_hash(item));
        return Some(Erasure { removed, changes, salts: None, erased, sealed_as });
    };
    let mut erased = salted.erased.clone();
    erased.extend(gone.iter().filter_map(|(part, value)| Some((part.clone(), salted.hash_of(part, value)?))));
    let stay = present.iter().filter(|(part, _)| !parts.contains(part));
    let salts = stay.filter_map(|(part, _)| Some((part.clone(), salted.salt_of(part)?))).collect();
    Some(Erasure { removed, changes, salts: Some(salts), erased, sealed_as: None })
}

/// Each part of an entry that is there, with what is hashed of it.
fn present(item: &Item) -> Vec<(String, AttributeValue)> {
    let plain = PARTS.into_iter().filter_map(|part| Some((part.to_owned(), item.get(part)?.clone())));
    let changes = match item.get(CHANGES) {
        Some(AttributeValue::L(changes)) => changes.as_slice(),
        _ => &[],
    };
    let values = changes.iter().enumerate().filter_map(|(place, change)| {
        let AttributeValue::M(change) = change else { return None };
        let mut values = change.clone();
        values.remove("name");
        (!values.is_empty()).then(|| (part_of_change(place), AttributeValue::M(values)))
    });
    plain.chain(values).collect()
}

/// The changes of an entry, those of these parts without their values.
fn without(item: &Item, parts: &BTreeSet<String>) -> Vec<AttributeValue> {
    let Some(AttributeValue::L(changes)) = item.get(CHANGES) else { return Vec::new() };
    let one = |(place, change): (usize, &AttributeValue)| match change {
        AttributeValue::M(change) if parts.contains(&part_of_change(place)) => {
            let name = change.get_key_value("name").map(|(name, value)| (name.clone(), value.clone()));
            AttributeValue::M(name.into_iter().collect())
        }
        other => other.clone(),
    };
    changes.iter().enumerate().map(one).collect()
}

/// Bytes as the table has them.
mod serde_bytes_of {
    use std::fmt;

    use serde::de::{Error, Visitor};
    use serde::{Deserializer, Serializer};

    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytes)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = Vec<u8>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("bytes")
            }

            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
                Ok(bytes.to_vec())
            }
        }
        deserializer.deserialize_bytes(Bytes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(text: &str) -> AttributeValue {
        AttributeValue::S(text.to_owned())
    }

    fn change(name: &str, from: Option<&str>, to: &str) -> AttributeValue {
        let from = from.map_or(AttributeValue::Null(true), text);
        let values =
            [("name".to_owned(), text(name)), ("from".to_owned(), from), ("to".to_owned(), text(to))];
        AttributeValue::M(values.into())
    }

    fn entry(is_salted: bool) -> Item {
        let changes =
            vec![change("email", None, "ann@bakery.example"), change("role-name", Some("Lite"), "Editor")];
        let mut item: Item = [
            ("pk".to_owned(), text("A#7#LOG#202611")),
            ("sk".to_owned(), text("0000000000000017")),
            ("action".to_owned(), text("update")),
            ("user_id".to_owned(), AttributeValue::N("9".to_owned())),
            ("user_name".to_owned(), text("Ann Baker")),
            ("ip_address".to_owned(), text("192.0.2.7")),
            ("resource_id".to_owned(), text("9")),
            ("resource_name".to_owned(), text("Ann Baker")),
            (CHANGES.to_owned(), AttributeValue::L(changes)),
        ]
        .into();
        if is_salted {
            item.insert(SALT.to_owned(), AttributeValue::B(vec![7; 16]));
        }
        item
    }

    fn parts(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    /// The entry as it is stored after that.
    fn erased(item: &Item, names: &[&str]) -> Item {
        let erasure = erasure(item, &parts(names)).unwrap();
        let mut item = item.clone();
        erasure.removed.iter().for_each(|part| drop(item.remove(part)));
        if let Some(changes) = erasure.changes {
            item.insert(CHANGES.to_owned(), AttributeValue::L(changes));
        }
        item.remove(SALT);
        let map = |map: Vec<(String, Vec<u8>)>| {
            AttributeValue::M(map.into_iter().map(|(name, bytes)| (name, AttributeValue::B(bytes))).collect())
        };
        if let Some(salts) = erasure.salts {
            item.insert(
                SALTS.to_owned(),
                map(salts.into_iter().map(|(name, salt)| (name, salt.0)).collect()),
            );
        }
        let hashes = erasure.erased.into_iter().map(|(name, hash)| (name, hash.bytes().to_vec())).collect();
        item.insert(ERASED.to_owned(), map(hashes));
        if let Some(hash) = erasure.sealed_as {
            item.insert(SEALED_AS.to_owned(), as_value(hash));
        }
        item
    }

    const ALL: [&str; 6] =
        ["user_name", "ip_address", "resource_id", "resource_name", "changes/0", "changes/1"];

    proptest! {
        #[test]
        fn whatever_is_erased_and_in_whatever_order_the_hash_is_the_same(
            first in prop::sample::subsequence(&ALL, 1..6),
            second in prop::sample::subsequence(&ALL, 1..6),
        ) {
            let whole = entry(true);
            let once = erased(&whole, &first);
            prop_assert_eq!(entry_hash(&once), entry_hash(&whole));
            prop_assert_eq!(standing(&once), Standing::PartsErased);
            let left = erasure(&once, &parts(&second));
            if let Some(left) = left {
                prop_assert!(left.erased.len() > first.len());
                prop_assert_eq!(entry_hash(&erased(&once, &second)), entry_hash(&whole));
            } else {
                prop_assert!(second.iter().all(|part| first.contains(part)));
            }
        }

        #[test]
        fn what_was_altered_shows_whether_something_was_erased_or_not(
            gone in prop::sample::subsequence(&ALL, 1..5),
            position in any::<prop::sample::Index>(),
        ) {
            for item in [entry(true), erased(&entry(true), &gone)] {
                let mut names: Vec<&String> = item.keys().collect();
                names.sort_unstable();
                let name = names[position.index(names.len())].clone();
                let mut altered = item.clone();
                altered.insert(name.clone(), text("something else"));
                prop_assert_ne!(entry_hash(&altered), entry_hash(&item), "{}", name);
                let mut shorter = item.clone();
                shorter.remove(&name);
                prop_assert_ne!(entry_hash(&shorter), entry_hash(&item), "{}", name);
            }
        }
    }

    #[test]
    fn when_it_may_be_removed_is_no_part_of_what_it_says() {
        for before in [entry(true), entry(false), erased(&entry(true), &["user_name"])] {
            let mut marked = before.clone();
            marked.insert(TTL.to_owned(), AttributeValue::N("1800000000".to_owned()));
            assert_eq!((entry_hash(&marked), standing(&marked)), (entry_hash(&before), standing(&before)));
        }
    }

    #[test]
    fn nothing_can_be_put_where_something_was_erased() {
        let gone = erased(&entry(true), &["user_name", "changes/0"]);
        let mut forged = gone.clone();
        forged.insert("user_name".to_owned(), text("Bob"));
        assert_ne!(entry_hash(&forged), entry_hash(&gone));
        let mut forged = gone.clone();
        let Some(AttributeValue::L(changes)) = forged.get_mut(CHANGES) else { panic!() };
        changes[0] = change("email", None, "bob@bakery.example");
        assert_ne!(entry_hash(&forged), entry_hash(&gone));
    }

    #[test]
    fn no_value_and_no_salt_of_it_stays() {
        let gone = erased(&entry(true), &["user_name", "resource_name", "changes/0"]);
        let kept = format!("{gone:?}");
        assert!(!kept.contains("Ann") && !kept.contains("ann@"), "{kept}");
        let Some(AttributeValue::M(salts)) = gone.get(SALTS) else { panic!("{kept}") };
        let mut names: Vec<&String> = salts.keys().collect();
        names.sort_unstable();
        assert_eq!(names, ["changes/1", "ip_address", "resource_id"]);
        assert!(!gone.contains_key(SALT));
        assert!(kept.contains("role-name") && kept.contains("Editor"), "the act stays: {kept}");
    }

    #[test]
    fn an_entry_that_was_sealed_whole_keeps_its_hash_and_says_that_it_covers_nothing() {
        let whole = entry(false);
        assert_eq!(standing(&whole), Standing::Whole);
        let once = erased(&whole, &["user_name"]);
        assert_eq!((entry_hash(&once), standing(&once)), (entry_hash(&whole), Standing::Unverifiable));
        let twice = erased(&once, &["changes/0", "resource_name"]);
        assert_eq!((entry_hash(&twice), standing(&twice)), (entry_hash(&whole), Standing::Unverifiable));
        assert_eq!(erasure(&twice, &parts(&["user_name", "resource_name"])), None);
    }
}

//! A seal: the hashes of some entries, and the hash of the seal before it.

use policy::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::hash::{Hash, Of};
use crate::merkle::root;

/// Which entry of an account's log.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, std::hash::Hash, Serialize, Deserialize)]
pub struct EntryKey {
    /// The month that it is kept under, `yyyymm`.
    pub month: String,
    /// Its id, as it is padded in the table.
    pub id: String,
}

/// An entry as it was when it was sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedEntry {
    /// The key of the sealed entry.
    #[serde(flatten)]
    pub key: EntryKey,
    /// Its hash.
    pub hash: Hash,
}

/// What a seal holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// Whose log.
    pub account_id: AccountId,
    /// The first seal of an account is 1.
    pub sequence: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// What it seals, in the order of the tree's leaves.
    pub entries: Vec<SealedEntry>,
    /// The hash of the seal before it; [`Hash::NONE`] for the first.
    pub previous_hash: Hash,
}

/// One link of an account's chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seal {
    /// What it holds.
    #[serde(flatten)]
    pub content: Content,
    /// The root of the Merkle tree over the entries' hashes.
    pub root: Hash,
    /// The hash of all of this, which the next seal carries.
    pub hash: Hash,
}

/// The last link of an account's chain, kept apart, so that seals cut off the end are missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Head {
    /// The last seal's number; 0 before the first.
    pub sequence: u64,
    /// The last seal's hash.
    pub hash: Hash,
}

impl Seal {
    /// The seal over these contents.
    #[must_use]
    pub fn over(content: Content) -> Self {
        let root = content.root();
        let hash = content.hash(root);
        Self { content, root, hash }
    }

    /// Whether nothing in it was changed since it was made, as far as it can tell by itself.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.root == self.content.root() && self.hash == self.content.hash(self.root)
    }

    /// The head when this is the last seal.
    #[must_use]
    pub const fn as_head(&self) -> Head {
        Head { sequence: self.content.sequence, hash: self.hash }
    }
}

impl Content {
    fn root(&self) -> Hash {
        let leaves: Vec<Hash> = self.entries.iter().map(|entry| entry.hash).collect();
        root(&leaves)
    }

    fn hash(&self, root: Hash) -> Hash {
        let numbers = [
            self.account_id.number().to_be_bytes(),
            self.sequence.to_be_bytes(),
            self.created_at.as_millis().to_be_bytes(),
        ];
        let mut keys = Vec::with_capacity(self.entries.len() * 32);
        for EntryKey { month, id } in self.entries.iter().map(|entry| &entry.key) {
            for text in [month, id] {
                keys.extend(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
                keys.extend_from_slice(text.as_bytes());
            }
        }
        // All that comes before the keys has a fixed length.
        Hash::of(Of::Seal, &[&numbers.concat(), self.previous_hash.bytes(), root.bytes(), &keys])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seal() -> Seal {
        let entry = |number: u8| SealedEntry {
            key: EntryKey { month: "202611".to_owned(), id: format!("{number:016}") },
            hash: Hash::of(Of::Leaf, &[&[number]]),
        };
        Seal::over(Content {
            account_id: AccountId::new(7).unwrap(),
            sequence: 3,
            created_at: Timestamp::from_millis(1_800_000_000_000),
            entries: vec![entry(1), entry(2), entry(3)],
            previous_hash: Hash::of(Of::Seal, &[b"before"]),
        })
    }

    #[test]
    fn whatever_is_changed_in_a_seal_shows() {
        type Change = (&'static str, fn(&mut Seal));
        let changes: [Change; 12] = [
            ("account", |seal| seal.content.account_id = AccountId::new(8).unwrap()),
            ("sequence", |seal| seal.content.sequence += 1),
            ("time", |seal| seal.content.created_at = Timestamp::from_millis(1)),
            ("previous", |seal| seal.content.previous_hash = Hash::NONE),
            ("root", |seal| seal.root = Hash::NONE),
            ("hash", |seal| seal.hash = Hash::NONE),
            ("one less", |seal| drop(seal.content.entries.pop())),
            ("order", |seal| seal.content.entries.swap(0, 1)),
            ("an entry's hash", |seal| seal.content.entries[1].hash = Hash::NONE),
            ("an entry's month", |seal| seal.content.entries[1].key.month = "202612".to_owned()),
            ("an entry's id", |seal| seal.content.entries[1].key.id.push('0')),
            ("where month and id meet", |seal| {
                let key = &mut seal.content.entries[1].key;
                key.month.push('0');
                key.id.remove(0);
            }),
        ];
        assert!(seal().is_whole());
        for (what, change) in changes {
            let mut seal = seal();
            change(&mut seal);
            assert!(!seal.is_whole(), "{what}");
        }
    }

    #[test]
    fn a_seal_keeps_its_hash_in_the_table() {
        let item: serde_dynamo::Item = serde_dynamo::to_item(seal()).unwrap();
        assert!(
            matches!(item.get("hash"), Some(serde_dynamo::AttributeValue::B(bytes)) if bytes.len() == 32)
        );
        let read: Seal = serde_dynamo::from_item(item).unwrap();
        assert_eq!(read, seal());
        assert!(read.is_whole());
    }
}

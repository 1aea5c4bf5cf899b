//! Seals of the activity log: what they are, how they chain, how entries are hashed. Pure: no I/O, no clock.
//!
//! A crate of its own, since the store, the function that seals and the command that verifies all need the same bytes to
//! have the same hash, and the rules in `policy` need neither hashes nor DynamoDB's values.

mod canonical;
mod hash;
mod merkle;
mod seal;

pub use canonical::entry_hash;
pub use hash::Hash;
pub use merkle::root;
pub use seal::{Content, EntryKey, Head, Seal, SealedEntry};

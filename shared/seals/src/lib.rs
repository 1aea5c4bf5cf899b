//! Seals of the activity log: what they are, how they form a chain, and how entries are hashed. Pure: no I/O, no clock.
//!
//! A [`Seal`] covers some log entries: their keys and hashes ([`entry_hash`]), the [`root`] of the Merkle tree over them (RFC 6962), and the hash
//! of the seal before. Whoever alters or removes an entry would have to rewrite every seal after it.
//!
//! This is a crate of its own because the store, the function that seals and the command that verifies must compute the same hash from the
//! same bytes, and because the rules in `policy` need neither hashes nor DynamoDB's values.

mod canonical;
mod hash;
mod merkle;
mod parts;
mod seal;

pub use hash::Hash;
pub use merkle::root;
pub use parts::{
    CHANGES, ERASED, Erasure, PARTS, SALT, SALTS, SEALED_AS, Salt, Standing, entry_hash, erasure,
    part_of_change, standing,
};
pub use seal::{Content, EntryKey, Head, Seal, SealedEntry};

//! The one table: keys, items, questions and changes. It uses the real DynamoDB client, without a trait over it and without a fake.
//!
//! A method of [`Store`] is named after a question or a change of the product, not after a call of DynamoDB. Its file is named after the item:
//! [`user`], [`organization`], [`group`], [`invitation`], [`connection`], and so on. All keys are written in [`keys`].
//!
//! # Two changes at once
//!
//! Whatever decides who may do what in an account is read at a *security revision*. It is changed on the condition that the
//! revision is still the same, in one transaction with the log entry. So two changes that do not know of each other can
//! never both happen: one of them is stale, reads again and decides again (see [`until_current!`]).
//!
//! - Methods that change permissions take a `policy::Judged` and commit at its revision.
//! - Every write has a [`Guard`], which names the condition that protects it. A [`ChangeError`] says which one failed.
//! - Every change takes an [`AuditContext`]: who does it, and for which request. Its log entry is in the same transaction.
//!
//! # Reading
//!
//! Reads are strongly consistent, except where a method says otherwise, and no decision is made from those. What an access
//! check needs is read in one round trip, whatever the size of the account ([`access`]). Lists are [`Walk`]s along keys.
//!
//! `docs/design/table.md` lists all items.

pub mod access;
pub mod account;
pub mod activity;
pub mod api_key;
pub mod attempts;
pub mod capacity;
mod carried;
pub mod closing;
pub mod connection;
pub mod credential;
pub mod delegate;
pub mod delivery;
pub mod due;
pub mod erasing;
mod error;
pub mod group;
mod ids;
pub mod invitation;
pub mod keys;
pub mod label;
mod lanes;
pub mod limits;
pub mod log;
pub mod mfa;
pub mod notice;
pub mod organization;
pub mod pace;
mod patience;
pub mod public_keys;
mod read;
pub mod removal;
pub mod repeat;
pub mod restriction;
pub mod retention;
pub mod seal;
pub mod session;
mod settled;
pub mod table;
mod transaction;
pub mod usage;
pub mod user;
mod walk;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;

pub use account::{Account, Security};
pub use api_key::ApiKey;
pub use closing::Closed;
pub use connection::Connection;
pub use error::StoreError;
pub use group::Group;
pub use ids::Ids;
pub use invitation::Invitation;
pub use keys::Key;
pub use label::Label;
pub use log::{AuditContext, LogEntry, Subject};
pub use mfa::Mfa;
pub use organization::Organization;
pub use public_keys::{PublicKey, PublicKeySet};
pub use read::Readable;
pub use removal::Removal;
pub use restriction::{Asset, StoredRestriction};
pub use transaction::{ChangeError, Guard};
pub use user::{User, UserStatus};
pub use walk::{Batch, LogSpan, Span, Walk};

use crate::capacity::Meter;
use crate::carried::Carried;
use crate::patience::Patience;
use crate::settled::Seen;

/// The table, and what is needed to ask it.
#[derive(Debug, Clone)]
pub struct Store {
    client: Client,
    table: String,
    ids: Ids,
    carried: Carried,
    seen: Seen,
}

impl Store {
    /// The table of this name, reached as the configuration says.
    #[must_use]
    pub fn new(config: &SdkConfig, table: impl Into<String>) -> Self {
        let config = aws_sdk_dynamodb::config::Builder::from(config).interceptor(Meter).build();
        Self {
            client: Client::from_conf(config),
            table: table.into(),
            ids: Ids::default(),
            carried: Carried::default(),
            seen: Seen::default(),
        }
    }

    /// Makes new ids.
    #[must_use]
    pub const fn ids(&self) -> &Ids {
        &self.ids
    }

    /// Whether the table answers at all.
    pub async fn answers(&self) -> Result<(), StoreError> {
        let nothing = Key { pk: "#".to_owned(), sk: "#".to_owned() };
        self.get::<serde::de::IgnoredAny>(&nothing).await.map(drop)
    }

    /// Opens the connection during a function's start, which AWS gives more CPU than its first request. An error is
    /// left for that request to find.
    pub async fn warm_up(&self) {
        if let Err(error) = self.answers().await {
            tracing::warn!(%error, "the store did not answer at start");
        }
    }
}

/// An error that may mean: read again.
pub trait MaybeStale {
    /// Whether it does.
    fn is_stale(&self) -> bool;
}

impl MaybeStale for ChangeError {
    fn is_stale(&self) -> bool {
        // Who lost the right to carry out a request does not get it back by reading again.
        matches!(self, Self::Stale(guards) if !guards.contains(&Guard::IdempotencyLock))
    }
}

/// Makes an attempt to read, decide and write anew, until nothing that was read changed before the write: the expression is
/// a future of `Result`, and is evaluated once for each try. After ten seconds of waiting in vain the last error is the answer.
#[macro_export]
macro_rules! until_current {
    ($attempt:expr) => {{
        let mut tries = $crate::Tries::default();
        loop {
            let outcome = $attempt.await;
            match tries.again(&outcome) {
                Some(pause) => pause.await,
                None => break outcome,
            }
        }
    }};
}

/// The tries of [`until_current!`].
#[derive(Debug)]
pub struct Tries(Patience);

impl Default for Tries {
    fn default() -> Self {
        Self(Patience::for_a_change())
    }
}

impl Tries {
    /// The pause before the next try, if what was read had changed and patience is left.
    pub fn again<T, E: MaybeStale>(
        &mut self,
        outcome: &Result<T, E>,
    ) -> Option<impl Future<Output = ()> + Send + use<T, E>> {
        let is_stale = outcome.as_ref().is_err_and(MaybeStale::is_stale);
        if is_stale { self.0.next_try() } else { None }
    }
}

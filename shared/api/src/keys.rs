//! The public keys at hand: read from the table at a process's start, when they are some minutes old, and when a token names one
//! that is not among them.

use std::sync::{Arc, Mutex, PoisonError};

use policy::Timestamp;
use policy::keys::{is_worth_looking_up, is_worth_reading_again, named};
use store::{PublicKey, PublicKeySet, Store, StoreError};
use tokens::{KeyId, PublicKeys, TokenError};

/// What is shared by the requests of a process.
#[derive(Debug, Clone)]
pub struct Keys {
    store: Store,
    read: Arc<Mutex<Option<Read>>>,
}

#[derive(Debug, Clone)]
struct Read {
    set: PublicKeySet,
    at: Timestamp,
}

impl Read {
    /// Those that are good now; none if there is none.
    fn verifying(&self, now: Timestamp) -> Option<PublicKeys> {
        let good = self.set.keys.iter().filter(|key| key.life().verifies(now));
        match PublicKeys::from_halves(good.map(|key| key.x.as_str())) {
            Ok(keys) => Some(keys),
            Err(error) => {
                tracing::error!(%error, "there is no public key");
                None
            }
        }
    }
}

impl Keys {
    /// Those in this table.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store, read: Arc::default() }
    }

    /// The name of the key that signs the links of new invitations; none before there is a key.
    pub async fn current_kid(&self, now: Timestamp) -> Result<Option<KeyId>, StoreError> {
        let read = self.current(now).await?;
        let lives: Vec<_> = read.set.keys.iter().map(PublicKey::life).collect();
        let key = named(&lives, now).and_then(|place| read.set.keys.get(place));
        Ok(key.map(|key| KeyId::from(key.kid.clone())))
    }

    /// What `verify` makes of a token with the keys that are good now.
    pub async fn verify<T>(
        &self,
        now: Timestamp,
        verify: impl Fn(&PublicKeys) -> Result<T, TokenError>,
    ) -> Result<Result<T, TokenError>, StoreError> {
        let with = |read: &Read| match read.verifying(now) {
            Some(keys) => verify(&keys),
            None => Err(TokenError::UnknownKey),
        };
        let read = self.current(now).await?;
        match with(&read) {
            Err(TokenError::UnknownKey) if is_worth_looking_up(read.at, now) => {
                Ok(with(&self.read_again(now).await?))
            }
            outcome => Ok(outcome),
        }
    }

    async fn current(&self, now: Timestamp) -> Result<Read, StoreError> {
        let last = self.read.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match last.filter(|last| !is_worth_reading_again(last.at, now)) {
            Some(last) => Ok(last),
            None => self.read_again(now).await,
        }
    }

    /// As they are in the table now.
    async fn read_again(&self, now: Timestamp) -> Result<Read, StoreError> {
        let read = Read { set: self.store.public_keys().await?, at: now };
        *self.read.lock().unwrap_or_else(PoisonError::into_inner) = Some(read.clone());
        Ok(read)
    }

    /// Reads them during a function's start, which opens the connection too. An error is left for the first request to find.
    pub(crate) async fn warm_up(&self, now: Timestamp) {
        if let Err(error) = self.read_again(now).await {
            tracing::warn!(%error, "the store did not answer at start");
        }
    }
}

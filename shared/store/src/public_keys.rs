//! The public keys: one item, which everybody reads and `rotate-keys` alone writes.

use policy::Timestamp;
use policy::keys::Life;
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::transaction::{ChangeError, Changes, Guard, Updated};
use crate::{Store, keys};

/// One key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKey {
    /// Its thumbprint.
    pub kid: String,
    /// The key itself, in base64url.
    pub x: String,
    /// New invitations name it from then on.
    pub not_before: Option<Timestamp>,
    /// From then on nothing that it signed is good.
    pub retired_at: Option<Timestamp>,
}

impl PublicKey {
    /// Its times, for the rules.
    #[must_use]
    pub const fn life(&self) -> Life {
        Life { not_before: self.not_before, retired_at: self.retired_at }
    }
}

/// All of them, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKeySet {
    /// The keys.
    pub keys: Vec<PublicKey>,
    /// Counts the changes.
    pub version: u64,
}

impl Store {
    /// The public keys as they are now; none before the first one is made.
    pub async fn public_keys(&self) -> Result<PublicKeySet, StoreError> {
        Ok(self.get(&keys::public_keys()).await?.unwrap_or_default())
    }

    /// Writes the public keys, if they are still those that were read: `set` has the version of these.
    pub async fn publish_keys(&self, set: &PublicKeySet) -> Result<(), ChangeError> {
        let changes = Changes::default().set("keys", &set.keys)?.increase("version");
        let changes =
            if set.version == 0 { changes.only_if_new() } else { changes.only_if("version", set.version)? };
        match self.update_one(&keys::public_keys(), &changes).await? {
            Updated::Done(_) => Ok(()),
            Updated::Refused(_) => Err(ChangeError::Stale(vec![Guard::Version])),
        }
    }
}

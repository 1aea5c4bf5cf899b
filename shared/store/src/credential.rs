//! What a user proves themselves with. Kept apart from the user, so that only signing in and accepting ever read it.

use policy::{AccountId, UserId};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::{Store, keys};

/// A user's password, hashed. The hash is opaque here.
#[derive(Clone, Serialize, Deserialize)]
pub struct Credential {
    /// PHC string of argon2id.
    pub password_hash: String,
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Credential(…)")
    }
}

impl Store {
    /// The user's credential; none until the invitation is accepted.
    pub async fn credential(
        &self,
        account: AccountId,
        user: UserId,
    ) -> Result<Option<Credential>, StoreError> {
        self.get(&keys::credential(account, user)).await
    }
}

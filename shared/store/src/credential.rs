//! What a user proves themselves with. Kept apart from the user, so that only signing in and accepting ever read it.

use policy::{AccountId, UserId, attempts};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::{Store, keys};

/// A user's password, hashed. The hash is opaque here.
#[derive(Clone, Serialize, Deserialize)]
pub struct Credential {
    /// PHC string of argon2id.
    pub password_hash: String,
    /// The addresses of the net from which the user signed in, the latest first.
    #[serde(default)]
    pub known_addresses: Vec<String>,
}

impl Credential {
    /// A password's hash, set from this address.
    #[must_use]
    pub fn new(password_hash: String, ip_address: Option<&str>) -> Self {
        let known_addresses = ip_address.map(attempts::network).into_iter().collect();
        Self { password_hash, known_addresses }
    }

    /// Whether the user signed in from this address before.
    #[must_use]
    pub fn knows(&self, ip_address: Option<&str>) -> bool {
        ip_address.map(attempts::network).is_some_and(|network| self.known_addresses.contains(&network))
    }
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

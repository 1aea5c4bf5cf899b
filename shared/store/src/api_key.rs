//! API keys: items, questions and changes. The key itself is nowhere but with whoever made it; here is its hash.

use std::collections::BTreeSet;

use policy::decision::{Standing, UserFacts};
use policy::{
    AccountId, Actor, ApiKeyId, Grants, Judged, OrganizationId, Permissions, Role, Timestamp, UserId,
    api_keys,
};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::log::{AuditContext, Subject};
use crate::transaction::{ChangeError, Changes, Guard, Transaction};
use crate::{Store, keys};

/// A key of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// What people call it.
    pub name: String,
    /// The hash of its secret.
    pub hash: String,
    /// Its role.
    pub role: Role,
    /// All organizations, current and future.
    pub all_organizations: bool,
    /// Granted to it.
    #[serde(with = "serde_dynamo::number_set", default, skip_serializing_if = "BTreeSet::is_empty")]
    pub organization_ids: BTreeSet<OrganizationId>,
    /// From this moment on it no longer works; none if it lives until it is removed.
    pub ends_at: Option<Timestamp>,
    /// Who made it. It outlives them: a program does not stop because somebody leaves.
    pub maker_id: UserId,
    /// Their name at that time.
    pub maker_name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Counts its changes.
    pub version: u64,
}

impl ApiKey {
    /// Role and grants. It belongs to no group.
    #[must_use]
    pub fn permissions(&self) -> Permissions {
        Permissions {
            role: self.role,
            grants: Grants {
                all_organizations: self.all_organizations,
                organizations: self.organization_ids.clone(),
                groups: BTreeSet::new(),
            },
        }
    }

    /// The one who acts with it.
    #[must_use]
    pub fn actor(&self) -> Actor {
        api_keys::actor(&self.permissions())
    }

    /// What an access decision needs to know, in place of a user.
    #[must_use]
    pub fn facts(&self) -> UserFacts {
        let Permissions { role, grants } = self.permissions();
        UserFacts { id: None, standing: Standing::Active, role, grants }
    }

    /// Whether it is past its end.
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        api_keys::is_over(self.ends_at, now)
    }

    /// The key, for the log.
    #[must_use]
    pub fn subject(&self) -> Subject {
        Subject::new("api-keys", self.id, self.name.as_str())
    }
}

impl Store {
    /// One key.
    pub async fn api_key(&self, account: AccountId, key: ApiKeyId) -> Result<Option<ApiKey>, StoreError> {
        self.get(&keys::api_key(account, key)).await
    }

    /// Every key of the account, oldest first.
    pub async fn api_keys(&self, account: AccountId) -> Result<Vec<ApiKey>, StoreError> {
        self.partition(&keys::api_keys(account)).await
    }

    /// Adds a key, as judged.
    pub async fn create_api_key(
        &self,
        key: &ApiKey,
        judged: &Judged,
        act: &AuditContext,
    ) -> Result<(), ChangeError> {
        let mut transaction = self.transaction();
        transaction.judged(act, judged, 0)?;
        transaction.put_new(&keys::api_key(act.account, key.id), key, Guard::Free)?;
        self.log(&mut transaction, act, "create", &key.subject())?;
        self.commit(transaction).await
    }

    /// Removes a key, as judged. Its next request finds none.
    pub async fn remove_api_key(
        &self,
        key: &ApiKey,
        judged: &Judged,
        act: &AuditContext,
    ) -> Result<(), ChangeError> {
        let mut transaction = self.transaction();
        transaction.judged(act, judged, 0)?;
        self.without_key(&mut transaction, key, act)?;
        self.commit(transaction).await
    }

    /// The part of a change that removes a key.
    pub(crate) fn without_key(
        &self,
        transaction: &mut Transaction<'_>,
        key: &ApiKey,
        act: &AuditContext,
    ) -> Result<(), ChangeError> {
        let as_read = Changes::default().only_if("version", key.version)?;
        transaction.delete_if(&keys::api_key(act.account, key.id), &as_read, Guard::Version);
        transaction.delete(&keys::use_of_api_key(act.account, key.id), Guard::Version);
        self.log(transaction, act, "delete", &key.subject())?;
        Ok(())
    }
}

//! The activity log: who did what, when, from where. An entry is written in the transaction of the change it tells of.

use std::collections::{BTreeMap, BTreeSet};

use policy::log::Told;
pub use policy::log::{AuditContext, Changed, Subject, Visitor};
use policy::{AccountId, ApiKeyId, LogEntryId, OrganizationId, Role, Timestamp, UserId};
use seals::{Hash, Salt};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::keys;
use crate::transaction::{ChangeError, Guard, Transaction, random};
use crate::{Store, until_current};

/// One entry as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEntry {
    /// Its id; rises with time.
    pub id: LogEntryId,
    /// The time of the action.
    pub created_at: Timestamp,
    /// `create`, `read`, `update`, `delete`, or another action of the access check.
    pub action: String,
    /// `allowed`, or the code of the refusal.
    pub outcome: String,
    /// What kind of thing.
    pub resource_type: String,
    /// The id of the resource.
    #[serde(default)]
    pub resource_id: String,
    /// Its name at that time.
    #[serde(default)]
    pub resource_name: String,
    /// The organization it belongs to.
    pub organization_id: Option<OrganizationId>,
    /// That organization's name at that time.
    pub organization_name: Option<String>,
    /// Who; none for the schedule, and for a key.
    pub user_id: Option<UserId>,
    /// Their name at that time, or the key's: it stays when they are removed.
    pub user_name: Option<String>,
    /// The key, if a program acted.
    #[serde(default)]
    pub api_key_id: Option<ApiKeyId>,
    /// The account that they belong to.
    pub account_id: Option<AccountId>,
    /// That account's name at that time.
    pub account_name: Option<String>,
    /// The role that counted.
    pub role: Option<Role>,
    /// In the log of a delegate: the host that its user was inside.
    pub host_id: Option<AccountId>,
    /// Where from.
    pub ip_address: Option<String>,
    /// With what.
    pub user_agent: Option<String>,
    /// What it changed, from what to what.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Changed>,
    /// With what the parts that may name a person are hashed for its seal. None in an entry of which something was erased, and
    /// in those that were sealed whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salt: Option<Salt>,
    /// The parts that were erased, with their hashes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub erased: BTreeMap<String, Hash>,
}

impl LogEntry {
    fn of(
        act: &AuditContext,
        id: LogEntryId,
        action: &str,
        outcome: &str,
        subject: &Subject,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            id,
            created_at: act.at,
            action: action.to_owned(),
            outcome: outcome.to_owned(),
            resource_type: subject.resource_type.clone(),
            resource_id: subject.resource_id.clone(),
            resource_name: subject.resource_name.clone(),
            organization_id: subject.organization.as_ref().map(|(id, _)| *id),
            organization_name: subject.organization.as_ref().map(|(_, name)| name.clone()),
            user_id: act.user.as_ref().map(|(id, _)| *id),
            user_name: act.user.as_ref().map(|(_, name)| name.clone()).or_else(|| key_name(act)),
            api_key_id: act.api_key.as_ref().map(|(id, _)| *id),
            account_id: act.home.as_ref().map(|(id, _)| *id),
            account_name: act.home.as_ref().map(|(_, name)| name.clone()),
            role: act.role,
            host_id: None,
            ip_address: act.ip_address.clone(),
            user_agent: act.user_agent.clone(),
            changes: act.changes.clone(),
            salt: Some(salt()?),
            erased: BTreeMap::new(),
        })
    }

    /// The attributes of which something was erased.
    #[must_use]
    pub fn erased_attributes(&self) -> BTreeSet<&str> {
        let attribute = |part| str::split_once(part, '/').map_or(part, |(attribute, _)| attribute);
        self.erased.keys().map(|part| attribute(part)).collect()
    }

    /// As the rules about persons see it.
    pub(crate) fn told(&self) -> Told<'_> {
        Told {
            user: self.user_id,
            resource_type: &self.resource_type,
            resource_id: &self.resource_id,
            resource_name: &self.resource_name,
            changes: &self.changes,
        }
    }
}

/// A salt of an entry's own.
fn salt() -> Result<Salt, StoreError> {
    let (left, right) = (u128::from(random()?), u128::from(random()?));
    Ok(Salt::new((left << 64 | right).to_be_bytes()))
}

/// What a key is called in the log: nobody reads it as a person's name.
fn key_name(act: &AuditContext) -> Option<String> {
    act.api_key.as_ref().map(|(_, name)| format!("API key {name}"))
}

impl Store {
    /// Adds the entry of an allowed act to the transaction that carries it out.
    pub(crate) fn log(
        &self,
        transaction: &mut Transaction<'_>,
        act: &AuditContext,
        action: &str,
        subject: &Subject,
    ) -> Result<(), StoreError> {
        transaction.mark_done(act)?;
        self.add_entries(transaction, act, action, "allowed", subject)
    }

    /// The entry in the log of the account acted in and, for a visitor, its shadow in the log at home: who did what when,
    /// without the names of what is the host's.
    pub(crate) fn add_entries(
        &self,
        transaction: &mut Transaction<'_>,
        act: &AuditContext,
        action: &str,
        outcome: &str,
        subject: &Subject,
    ) -> Result<(), StoreError> {
        let id: LogEntryId = self.ids.next(act.at);
        let entry = LogEntry::of(act, id, action, outcome, subject)?;
        transaction.put_new(&keys::log_entry(act.account, act.at, id), &entry, Guard::Free)?;
        let Some((home, _)) = act.home.as_ref().filter(|(home, _)| *home != act.account) else {
            return Ok(());
        };
        let id: LogEntryId = self.ids.next(act.at);
        let shadow = LogEntry {
            id,
            resource_id: String::new(),
            resource_name: String::new(),
            organization_id: None,
            organization_name: None,
            host_id: Some(act.account),
            changes: Vec::new(),
            salt: Some(salt()?),
            ..entry
        };
        transaction.put_new(&keys::log_entry(*home, act.at, id), &shadow, Guard::Free)
    }

    /// Adds an entry to another account's log, of something that concerns both: a connection made, changed or ended.
    pub(crate) fn log_in(
        &self,
        transaction: &mut Transaction<'_>,
        account: AccountId,
        act: &AuditContext,
        action: &str,
        subject: &Subject,
    ) -> Result<(), StoreError> {
        transaction.mark_done(act)?;
        let id: LogEntryId = self.ids.next(act.at);
        let mut entry = LogEntry::of(act, id, action, "allowed", subject)?;
        // The other side hears who did what, and not from where.
        if account != act.account {
            entry.ip_address = None;
            entry.user_agent = None;
        }
        transaction.put_new(&keys::log_entry(account, act.at, id), &entry, Guard::Free)
    }

    /// Writes an entry alone: of something that was read, done elsewhere, or refused. `outcome` is `allowed` or a code.
    pub async fn record(
        &self,
        act: &AuditContext,
        action: &str,
        outcome: &str,
        subject: &Subject,
    ) -> Result<(), ChangeError> {
        until_current!(self.record_once(act, action, outcome, subject))
    }

    async fn record_once(
        &self,
        act: &AuditContext,
        action: &str,
        outcome: &str,
        subject: &Subject,
    ) -> Result<(), ChangeError> {
        let mut transaction = self.transaction();
        transaction.mark_done(act)?;
        self.add_entries(&mut transaction, act, action, outcome, subject)?;
        self.commit_lightly(transaction).await
    }
}

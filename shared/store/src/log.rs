//! The activity log: who did what, when, from where. An entry is written in the transaction of the change it tells of.

use policy::{AccountId, LogEntryId, OrganizationId, Role, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::keys;
use crate::transaction::{ChangeError, Guard, Transaction};
use crate::{Store, until_current};

/// Who acts, for the log: the same for everything that one request does.
#[derive(Debug, Clone)]
pub struct Act {
    /// The account acted in: its log takes the entry.
    pub account: AccountId,
    /// The moment of the request.
    pub at: Timestamp,
    /// Who; none for the schedule.
    pub user: Option<(UserId, String)>,
    /// The account they belong to, and its name.
    pub home: Option<(AccountId, String)>,
    /// The role that counted.
    pub role: Option<Role>,
    /// Where from.
    pub ip_address: Option<String>,
    /// With what.
    pub user_agent: Option<String>,
}

/// What an act touched.
#[derive(Debug, Clone, Default)]
pub struct Subject {
    /// The plural noun of the API: `users`, `groups`, …
    pub resource_type: &'static str,
    /// Its id.
    pub resource_id: String,
    /// Its name at that time.
    pub resource_name: String,
    /// The organization that it belongs to, and its name.
    pub organization: Option<(OrganizationId, String)>,
}

impl Subject {
    /// A thing of this type.
    pub fn new(resource_type: &'static str, id: impl ToString, name: impl Into<String>) -> Self {
        Self { resource_type, resource_id: id.to_string(), resource_name: name.into(), organization: None }
    }
}

/// One entry as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEntry {
    /// Its id; rises with time.
    pub id: LogEntryId,
    /// When.
    pub created_at: Timestamp,
    /// `create`, `read`, `update`, `delete`, or another action of the access check.
    pub action: String,
    /// `allowed`, or the code of the refusal.
    pub outcome: String,
    /// What kind of thing.
    pub resource_type: String,
    /// Which.
    pub resource_id: String,
    /// Its name at that time.
    pub resource_name: String,
    /// The organization it belongs to.
    pub organization_id: Option<OrganizationId>,
    /// That organization's name at that time.
    pub organization_name: Option<String>,
    /// Who; none for the schedule.
    pub user_id: Option<UserId>,
    /// Their name at that time: it stays when they are removed.
    pub user_name: Option<String>,
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
}

impl Act {
    fn entry(&self, id: LogEntryId, action: &str, outcome: &str, subject: &Subject) -> LogEntry {
        LogEntry {
            id,
            created_at: self.at,
            action: action.to_owned(),
            outcome: outcome.to_owned(),
            resource_type: subject.resource_type.to_owned(),
            resource_id: subject.resource_id.clone(),
            resource_name: subject.resource_name.clone(),
            organization_id: subject.organization.as_ref().map(|(id, _)| *id),
            organization_name: subject.organization.as_ref().map(|(_, name)| name.clone()),
            user_id: self.user.as_ref().map(|(id, _)| *id),
            user_name: self.user.as_ref().map(|(_, name)| name.clone()),
            account_id: self.home.as_ref().map(|(id, _)| *id),
            account_name: self.home.as_ref().map(|(_, name)| name.clone()),
            role: self.role,
            host_id: None,
            ip_address: self.ip_address.clone(),
            user_agent: self.user_agent.clone(),
        }
    }
}

impl Store {
    /// Adds the entry of an allowed act to the transaction that carries it out.
    pub(crate) fn log(
        &self,
        transaction: &mut Transaction<'_>,
        act: &Act,
        action: &str,
        subject: &Subject,
    ) -> Result<(), StoreError> {
        self.add_entries(transaction, act, action, "allowed", subject)
    }

    /// The entry in the log of the account acted in and, for a visitor, its shadow in the log at home: who did what when,
    /// without the names of what is the host's.
    pub(crate) fn add_entries(
        &self,
        transaction: &mut Transaction<'_>,
        act: &Act,
        action: &str,
        outcome: &str,
        subject: &Subject,
    ) -> Result<(), StoreError> {
        let id: LogEntryId = self.ids.next(act.at);
        let entry = act.entry(id, action, outcome, subject);
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
            ..entry
        };
        transaction.put_new(&keys::log_entry(*home, act.at, id), &shadow, Guard::Free)
    }

    /// Adds an entry to another account's log, of something that concerns both: a connection made, changed or ended.
    pub(crate) fn log_in(
        &self,
        transaction: &mut Transaction<'_>,
        account: AccountId,
        act: &Act,
        action: &str,
        subject: &Subject,
    ) -> Result<(), StoreError> {
        let id: LogEntryId = self.ids.next(act.at);
        let entry = act.entry(id, action, "allowed", subject);
        transaction.put_new(&keys::log_entry(account, act.at, id), &entry, Guard::Free)
    }

    /// Writes an entry alone: of something that was read, done elsewhere, or refused. `outcome` is `allowed` or a code.
    pub async fn record(
        &self,
        act: &Act,
        action: &str,
        outcome: &str,
        subject: &Subject,
    ) -> Result<(), ChangeError> {
        until_current!(self.record_once(act, action, outcome, subject))
    }

    async fn record_once(
        &self,
        act: &Act,
        action: &str,
        outcome: &str,
        subject: &Subject,
    ) -> Result<(), ChangeError> {
        let mut transaction = self.transaction();
        self.add_entries(&mut transaction, act, action, outcome, subject)?;
        self.commit(transaction).await
    }
}

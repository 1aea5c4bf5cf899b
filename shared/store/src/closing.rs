//! Closing an account: that it is closing, that this was stopped, and the moment in which it is closed. What is removed after that, and
//! in which steps, is in [`crate::removal`].

use std::collections::BTreeSet;

use policy::closing::SECOND_LOOK;
use policy::{AccountId, Closing, Judged, Notice, Subdomain, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::account::{CallerIdentity, Membership};
use crate::error::StoreError;
use crate::keys::{self, closing_shard};
use crate::log::{AuditContext, Subject};
use crate::transaction::{ChangeError, Changes, Guard, Transaction, Updated};
use crate::{Account, Store};

/// At most this many Administrators are told by mail, the oldest users first: what they are told of is written in the same transaction.
pub(crate) const TOLD: usize = 50;

/// What stands in the place of an account that is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// Its id.
    pub id: AccountId,
    /// How it was addressed. Nobody else takes this name.
    pub subdomain: Subdomain,
    /// What it was called. Gone with the rest.
    #[serde(default)]
    pub name: Option<String>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it was closed.
    pub closed_at: Timestamp,
    /// When everything was removed for the first time; what came late is removed once more.
    pub emptied_at: Option<Timestamp>,
    /// Partition of the index of what is due; none if there is nothing left to do.
    due_shard: Option<String>,
    /// When the schedule has to look at it.
    due_at: Option<Timestamp>,
}

impl Closed {
    fn of(account: &Account, now: Timestamp) -> Self {
        Self {
            id: account.id,
            subdomain: account.subdomain.clone(),
            name: Some(account.name.clone()),
            created_at: account.created_at,
            closed_at: now,
            emptied_at: None,
            due_shard: Some(closing_shard()),
            due_at: Some(now),
        }
    }

    /// Whether there is something to remove now.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.due_at.is_some_and(|due_at| due_at <= now)
    }

    /// What the product does in it.
    pub(crate) fn act(&self, now: Timestamp) -> AuditContext {
        let home = self.name.clone().map(|name| (self.id, name));
        AuditContext { home, ..AuditContext::of_the_product(self.id, now) }
    }

    /// What the other side of a connection is told, which may know it by an older name.
    pub(crate) fn notice(&self, known_as: String) -> Notice {
        Notice::OtherAccountClosed { name: self.name.clone().unwrap_or(known_as) }
    }
}

impl Transaction<'_> {
    /// Tells these Administrators of an account by mail.
    pub(crate) fn tell_administrators(
        &mut self,
        store: &Store,
        (account, administrators): (AccountId, &BTreeSet<UserId>),
        what: &Notice,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        for administrator in administrators.iter().take(TOLD) {
            self.notify(store, (account, *administrator), what.clone(), now)?;
        }
        Ok(())
    }

    /// Nothing of an account is removed by its closing but of one that is closed.
    pub(crate) fn only_if_closed(&mut self, account: AccountId) {
        self.check(&keys::closed(account), &Changes::default().only_if_there(), Guard::Version);
    }
}

impl Store {
    /// The account as it is; none if there is none of that id, or it is closed.
    pub async fn open_account_of(&self, account: AccountId) -> Result<Option<Membership>, StoreError> {
        self.membership_at(&CallerIdentity::Nobody { account }).await
    }

    /// What stands in the place of an account, if it is closed.
    pub async fn closed(&self, account: AccountId) -> Result<Option<Closed>, StoreError> {
        self.get(&keys::closed(account)).await
    }

    /// Makes an account a closing one, as judged, and tells its Administrators by mail.
    pub async fn begin_closing(
        &self,
        account: &Account,
        closing: &Closing,
        administrators: &BTreeSet<UserId>,
        judged: &Judged,
        act: &AuditContext,
    ) -> Result<(), ChangeError> {
        let changes = Changes::default()
            .set("closing", closing)?
            .set("due_shard", closing_shard())?
            .set("due_at", closing.closes_at)?;
        let by = closing.by_name.clone();
        let what = Notice::AccountClosing { by, closes_at: closing.closes_at };
        self.change_closing(account, changes, (administrators, &what), judged, act).await
    }

    /// Makes a closing account an open one again, as judged, and tells its Administrators by mail.
    pub async fn stop_closing(
        &self,
        account: &Account,
        by: String,
        administrators: &BTreeSet<UserId>,
        judged: &Judged,
        act: &AuditContext,
    ) -> Result<(), ChangeError> {
        let changes = Changes::default().remove("closing").remove("due_shard").remove("due_at");
        let what = Notice::AccountStaysOpen { by };
        self.change_closing(account, changes, (administrators, &what), judged, act).await
    }

    async fn change_closing(
        &self,
        account: &Account,
        changes: Changes,
        (administrators, what): (&BTreeSet<UserId>, &Notice),
        judged: &Judged,
        act: &AuditContext,
    ) -> Result<(), ChangeError> {
        let changes =
            changes.only_if("version", account.version)?.set("updated_at", act.at)?.increase("version");
        let mut transaction = self.transaction();
        transaction.judged(act, judged, 0)?;
        transaction.update(&keys::account(account.id), &changes, Guard::Version);
        transaction.tell_administrators(self, (account.id, administrators), what, act.at)?;
        let subject = Subject::new("accounts", account.id, account.name.as_str());
        self.log(&mut transaction, act, "update", &subject)?;
        self.commit(transaction).await
    }

    /// Closes an account, if it is still as it was read at this security revision. Account and revision go, so that whatever asks for
    /// them finds nobody, and what was decided at the revision cannot be written. Its subdomain stays taken.
    pub async fn close_account(
        &self,
        account: &Account,
        revision: u64,
        act: &AuditContext,
    ) -> Result<(), ChangeError> {
        let mut transaction = self.transaction();
        let unchanged = Changes::default().only_if("version", account.version)?;
        transaction.delete_if(&keys::account(account.id), &unchanged, Guard::Version);
        let same_revision = Changes::default().only_if("revision", revision)?;
        transaction.delete_if(&keys::security(account.id), &same_revision, Guard::Revision);
        let closed = Closed::of(account, act.at);
        transaction.put_new(&keys::closed(account.id), &closed, Guard::Free)?;
        let taken = Changes::default().only_if("account_id", account.id)?.set("closed_at", act.at)?;
        transaction.update(&keys::subdomain(&account.subdomain), &taken, Guard::Version);
        let subject = Subject::new("accounts", account.id, account.name.as_str());
        self.log(&mut transaction, act, "delete", &subject)?;
        self.commit(transaction).await
    }

    /// Notes that everything was removed. The first time, the schedule looks once more after a day; then it is done, and the name goes
    /// too. False if another run noted it.
    pub async fn note_emptied(&self, closed: &Closed, now: Timestamp) -> Result<bool, StoreError> {
        let changes = Changes::default().only_if("due_at", closed.due_at)?;
        let changes = match closed.emptied_at {
            None => changes.set("emptied_at", now)?.set("due_at", now.after(SECOND_LOOK))?,
            Some(_) => changes.remove("due_shard").remove("due_at").remove("name"),
        };
        Ok(matches!(self.update_one(&keys::closed(closed.id), &changes).await?, Updated::Done(_)))
    }
}

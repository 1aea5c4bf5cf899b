//! Mails to a user about their own access: committed with what they tell of, and sent by the same way as invitations.

use std::collections::HashMap;

use policy::invitation::State;
use policy::notice::{NOTICE_LIFETIME, RESET_LIFETIME};
use policy::{AccountId, EmailAddress, Notice, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::attempts::Target;
use crate::credential::Credential;
use crate::error::StoreError;
use crate::invitation::{Invitation, NewLink, NoticeMail, Sponsor, SponsorId};
use crate::log::{AuditContext, Subject};
use crate::read::{Item, Readable, parse};
use crate::session::StoredSession;
use crate::transaction::{ChangeError, Changes, Guard, Transaction};
use crate::{Account, Key, Store, User, keys};

/// That somebody with an address is a user of an account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PersonAccount {
    account_id: AccountId,
    user_id: UserId,
}

/// Whom a mail is to, and what it is written from.
#[derive(Debug, Clone)]
pub struct Recipient {
    /// Their account.
    pub account: Account,
    /// Who gets it.
    pub user: User,
    /// The user who vouches for what it tells, if one was asked for and is there.
    pub sponsor: Option<User>,
}

impl Invitation {
    /// A mail to this user about their own access.
    #[must_use]
    pub fn notice(account: AccountId, user: UserId, id: u64, what: Notice, now: Timestamp) -> Self {
        let life = if what == Notice::PasswordReset { RESET_LIFETIME } else { NOTICE_LIFETIME };
        let link = NewLink {
            expires_at: now.after(life),
            sponsor: Sponsor { id: SponsorId::User(user), name: String::new() },
            key_id: String::new(),
        };
        let gone = now.after(life + NOTICE_LIFETIME).as_seconds();
        let plain = Self::new(account, user, Some(String::new()), link, now);
        Self { notice: Some(NoticeMail { id, what }), ttl: Some(gone), ..plain }
    }
}

impl Transaction<'_> {
    /// Mails a user about their own access, once this is committed.
    pub(crate) fn notify(
        &mut self,
        store: &Store,
        (account, user): (AccountId, UserId),
        what: Notice,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let id: policy::LogEntryId = store.ids.next(now);
        let mail = Invitation::notice(account, user, id.number(), what, now);
        self.put(&mail.key(), &mail, Guard::Free)
    }

    /// Names the account among those of the user's address.
    pub(crate) fn name_account(&mut self, account: AccountId, user: &User) -> Result<(), StoreError> {
        let named = PersonAccount { account_id: account, user_id: user.id };
        self.put(&keys::person_account(&user.email, account), &named, Guard::Free)
    }

    /// Takes the account from those of the user's address.
    pub(crate) fn forget_account(&mut self, account: AccountId, user: &User) {
        self.delete(&keys::person_account(&user.email, account), Guard::Free);
    }
}

impl Store {
    /// Mails a user about their own access.
    pub async fn notify(
        &self,
        account: AccountId,
        user: UserId,
        what: Notice,
        now: Timestamp,
    ) -> Result<(), ChangeError> {
        let mut transaction = self.transaction();
        transaction.notify(self, (account, user), what, now)?;
        self.commit(transaction).await
    }

    /// The accounts in which this address is a user, each with the user.
    pub async fn accounts_of(
        &self,
        email: &EmailAddress,
    ) -> Result<Readable<(AccountId, UserId)>, StoreError> {
        let named: Readable<PersonAccount> = self.readable_partition(&keys::person_accounts(email)).await?;
        let items = named.items.into_iter().map(|named| (named.account_id, named.user_id)).collect();
        Ok(Readable { items, unreadable: named.unreadable })
    }

    /// A user to whom a mail goes, with the account and the user who vouches; none if the account or the user is gone. Each is current, but
    /// they are not of one moment: a mail tells and decides nothing.
    pub async fn recipient(
        &self,
        account: AccountId,
        user: UserId,
        sponsor: Option<UserId>,
    ) -> Result<Option<Recipient>, StoreError> {
        let (of_account, of_user) = (keys::account(account), keys::user(account, user));
        let of_sponsor = sponsor.map(|sponsor| keys::user(account, sponsor)).filter(|key| *key != of_user);
        let wanted: Vec<Key> =
            [of_account.clone(), of_user.clone()].into_iter().chain(of_sponsor.clone()).collect();
        let items = self.get_items(&wanted).await?;
        let mut found: HashMap<Key, Item> =
            items.into_iter().filter_map(|item| Some((Key::of(&item)?, item))).collect();
        let sponsor = of_sponsor.and_then(|key| found.remove(&key));
        let (Some(account), Some(user)) = (found.remove(&of_account), found.remove(&of_user)) else {
            return Ok(None);
        };
        let sponsor = sponsor.map(parse).transpose()?;
        Ok(Some(Recipient { account: parse(account)?, user: parse(user)?, sponsor }))
    }

    /// The mail with which a user sets a new password, whether it is still good or not.
    pub async fn password_reset(
        &self,
        account: AccountId,
        user: UserId,
    ) -> Result<Option<Invitation>, StoreError> {
        self.get(&keys::password_reset(account, user)).await
    }

    /// Mails a link that sets a new password. It kills the older ones. `key_id` names the key that signs it.
    pub async fn ask_for_reset(
        &self,
        user: &User,
        earlier: Option<&Invitation>,
        key_id: &str,
        act: &AuditContext,
    ) -> Result<(), ChangeError> {
        let fresh = Invitation::notice(act.account, user.id, 0, Notice::PasswordReset, act.at);
        let generation = earlier.map_or(0, |earlier| earlier.generation).saturating_add(1);
        let mail = Invitation { generation, key_id: key_id.to_owned(), ..fresh };
        let mut transaction = self.transaction();
        transaction.put(&mail.key(), &mail, Guard::Invitation)?;
        self.log(&mut transaction, act, "create", &Subject::new("password-resets", user.id, user.name()))?;
        self.commit(transaction).await
    }

    /// Writes as much as [`Store::ask_for_reset`] where there is nobody to mail, so that neither its time nor its cost tells.
    pub async fn ask_for_nothing(&self, target: Target<'_>, now: Timestamp) -> Result<(), ChangeError> {
        #[derive(Serialize)]
        struct Nothing {
            ttl: i64,
        }
        let nothing = Nothing { ttl: now.after(NOTICE_LIFETIME).as_seconds() };
        let mut transaction = self.transaction();
        for part in ["MAIL", "LOG"] {
            let key = keys::nobodys_mail(target.account, target.subdomain, target.email, part);
            transaction.put(&key, &nothing, Guard::Free)?;
        }
        self.commit(transaction).await
    }

    /// Sets a user's password by the link of a mail, once, and ends every session of theirs.
    pub async fn reset_password(
        &self,
        user: &User,
        link: &Invitation,
        credential: &Credential,
        act: &AuditContext,
    ) -> Result<(), ChangeError> {
        let mut transaction = self.transaction();
        let used = Changes::default()
            .only_if("state", State::Open)?
            .only_if("generation", link.generation)?
            .set("state", State::Accepted)?
            .remove("due_shard")
            .remove("due_at");
        transaction.update(&link.key(), &used, Guard::Invitation);
        self.set_password(&mut transaction, user, credential, act)?;
        let act = act.telling("password", None, Some("changed"));
        self.log(&mut transaction, &act, "update", &Subject::new("password-resets", user.id, user.name()))?;
        self.commit(transaction).await
    }

    /// Changes a user's password, if it is still the one that was read, and ends every session of theirs. Links that were to
    /// set a new one no longer work.
    pub async fn change_password(
        &self,
        user: &User,
        before: &Credential,
        credential: &Credential,
        session: &StoredSession,
        act: &AuditContext,
    ) -> Result<(), ChangeError> {
        let mut transaction = self.transaction();
        let same = Changes::default().only_if("password_hash", &before.password_hash)?;
        self.set_password_if(&mut transaction, user, (same, credential), Some(session), act)?;
        transaction.delete(&keys::password_reset(act.account, user.id), Guard::Free);
        let act = act.telling("password", None, Some("changed"));
        self.log(&mut transaction, &act, "update", &Subject::new("passwords", user.id, user.name()))?;
        self.commit(transaction).await
    }

    fn set_password(
        &self,
        transaction: &mut Transaction<'_>,
        user: &User,
        credential: &Credential,
        act: &AuditContext,
    ) -> Result<(), StoreError> {
        self.set_password_if(transaction, user, (Changes::default().only_if_there(), credential), None, act)
    }

    fn set_password_if(
        &self,
        transaction: &mut Transaction<'_>,
        user: &User,
        (condition, credential): (Changes, &Credential),
        session: Option<&StoredSession>,
        act: &AuditContext,
    ) -> Result<(), StoreError> {
        let set = condition
            .set("password_hash", &credential.password_hash)?
            .set("known_addresses", &credential.known_addresses)?;
        transaction.update(&keys::credential(act.account, user.id), &set, Guard::Version);
        // Only somebody who is in has a password to set: whoever was suspended meanwhile stays out.
        let sessions = Changes::default()
            .only_if("session_epoch", user.session_epoch)?
            .only_if("status", user.status)?
            .end_all_but(session);
        transaction.update(&keys::user(act.account, user.id), &sessions, Guard::Version);
        transaction.put_session(act.account, session)?;
        transaction.notify(self, (act.account, user.id), Notice::PasswordChanged, act.at)
    }
}

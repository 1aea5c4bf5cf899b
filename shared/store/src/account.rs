//! Accounts: opening one, its settings, and the security revision that orders every change of who may do what.

use std::collections::BTreeSet;

use policy::judge::Facts;
use policy::log::LogRetention;
use policy::{
    AccountId, ApiKeyId, Closing, ConnectionId, DeniedTypes, InvitationLifetime, Judged, PersonKey,
    Subdomain, Timestamp, UserId,
};
use serde::{Deserialize, Serialize};

use crate::api_key::ApiKey;
use crate::connection::Connection;
use crate::credential::Credential;
use crate::delegate::PersonLimit;
use crate::error::StoreError;
use crate::log::{AuditContext, Subject};
use crate::read::{Item, parse};
use crate::settled::Absence;
use crate::transaction::{ChangeError, Changes, Guard, Transaction};
use crate::user::{EmailGuard, User};
use crate::{Key, Store, keys};

/// An account and its settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// What people call it.
    pub name: String,
    /// How it is addressed.
    pub subdomain: Subdomain,
    /// Whether its users must use MFA.
    pub enforce_mfa: bool,
    /// Whether it admits only those users of other accounts who signed in with MFA.
    pub require_delegate_mfa: bool,
    /// Whether it ever let another account in: from then on its log shows the account column.
    #[serde(default)]
    pub has_let_others_in: bool,
    /// Whether it ever limited single people of a delegate. Until then no check looks for such a limit.
    #[serde(default = "maybe")]
    pub has_limited_people: bool,
    /// How long the link of an invitation lives.
    pub invitation_lifetime: InvitationLifetime,
    /// For how long it keeps its activity log; for ever, if it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_retention: Option<LogRetention>,
    /// Set, if it is closing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closing: Option<Closing>,
    /// What the cursors of its lists are signed with.
    pub cursor_secret: CursorSecret,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Counts its changes.
    pub version: u64,
}

/// Of what is stored without saying so.
pub(crate) const fn maybe() -> bool {
    true
}

/// What the cursors of an account's lists are signed with. Opaque here, and shown nowhere.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CursorSecret(pub String);

impl std::fmt::Debug for CursorSecret {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("CursorSecret(…)")
    }
}

/// What orders the changes of an account's users, roles, groups and grants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Security {
    /// Counts those changes.
    pub revision: u64,
    /// The active Administrators. Never empty.
    #[serde(with = "serde_dynamo::number_set")]
    pub administrator_ids: BTreeSet<UserId>,
    /// The types of assets that are kept from groups. Each group says the same of itself; here every check finds it.
    #[serde(default, skip_serializing_if = "DeniedTypes::is_empty")]
    pub denied_types: DeniedTypes,
    /// How many there are of what lists show, so that a total need not be counted again for every page.
    #[serde(flatten)]
    pub tally: AccountCounts,
}

/// How many users, organizations and groups an account has. Kept by the transactions that make and remove them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AccountCounts {
    /// Users, pending and suspended ones included.
    #[serde(rename = "user_count")]
    pub users: i64,
    /// Organizations.
    #[serde(rename = "organization_count")]
    pub organizations: i64,
    /// Groups.
    #[serde(rename = "group_count")]
    pub groups: i64,
}

impl AccountCounts {
    /// So many users more, or less.
    pub(crate) fn users(users: i64) -> Self {
        Self { users, ..Self::default() }
    }

    /// So many organizations more, or less.
    pub(crate) fn organizations(organizations: i64) -> Self {
        Self { organizations, ..Self::default() }
    }

    /// So many groups more, or less.
    pub(crate) fn groups(groups: i64) -> Self {
        Self { groups, ..Self::default() }
    }
}

/// A user or a key of an account together with what every request needs to know, all of one moment.
#[derive(Debug, Clone)]
pub struct Membership {
    /// The account.
    pub account: Account,
    /// Its security revision and Administrators.
    pub security: Security,
    /// The user, of the home account; none if there is none of that id, or none was asked for.
    pub user: Option<User>,
    /// The key; none if there is none of that id, or none was asked for.
    pub api_key: Option<ApiKey>,
    /// Set, if the account is a host that the user is inside.
    pub visit: Option<Visit>,
}

impl Account {
    /// When it will be closed; none if it stays open.
    #[must_use]
    pub fn closes_at(&self) -> Option<Timestamp> {
        self.closing.as_ref().map(|closing| closing.closes_at)
    }

    /// What the judgement of a change in it depends on besides the change, as it was read at this security revision.
    #[must_use]
    pub fn facts_of_change(&self, security: &Security, now: Timestamp) -> Facts {
        Facts {
            now,
            revision: security.revision,
            administrators: security.administrator_ids.len(),
            closes_at: self.closes_at(),
        }
    }
}

/// By what a user of another account is inside.
#[derive(Debug, Clone)]
pub struct Visit {
    /// The account that the user belongs to.
    pub home: Account,
    /// The connection; none if there is none of that id in the host.
    pub connection: Option<Connection>,
    /// What the host says about this one person.
    pub person: Option<PersonLimit>,
}

/// Who asks, and from where: what names every item that a request's authority is read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallerIdentity {
    /// A user, in the own account.
    Home {
        /// The account.
        account: AccountId,
        /// The user.
        user: UserId,
    },
    /// A user of another account, inside a host.
    Inside {
        /// The account that the user belongs to.
        home: AccountId,
        /// The account acted in.
        host: AccountId,
        /// By which connection.
        connection: ConnectionId,
        /// The user.
        user: UserId,
        /// The same person by their address, as the host knows them.
        person: PersonKey,
    },
    /// A program with a key of the account.
    Key {
        /// The account.
        account: AccountId,
        /// The key.
        key: ApiKeyId,
    },
    /// Nobody: the account itself is in question.
    Nobody {
        /// The account.
        account: AccountId,
    },
}

impl CallerIdentity {
    /// The account acted in.
    #[must_use]
    pub const fn account(&self) -> AccountId {
        match self {
            Self::Home { account, .. } | Self::Key { account, .. } | Self::Nobody { account } => *account,
            Self::Inside { host, .. } => *host,
        }
    }

    /// The user who asks.
    #[must_use]
    pub const fn user(&self) -> Option<UserId> {
        match self {
            Self::Home { user, .. } | Self::Inside { user, .. } => Some(*user),
            Self::Key { .. } | Self::Nobody { .. } => None,
        }
    }

    /// The items, in the order in which [`CallerIdentity::take`] takes them.
    pub(crate) fn keys(&self) -> Vec<Key> {
        let mut wanted = vec![keys::account(self.account()), keys::security(self.account())];
        match *self {
            Self::Home { account, user } => wanted.push(keys::user(account, user)),
            Self::Inside { home, host, connection, user, person } => wanted.extend([
                keys::user(home, user),
                keys::account(home),
                keys::connection(host, connection),
                keys::person(host, home, person),
            ]),
            Self::Key { account, key } => wanted.push(keys::api_key(account, key)),
            Self::Nobody { .. } => {}
        }
        wanted
    }

    /// What may be missing of these items: who was never limited as a person of a delegate.
    pub(crate) fn absences(&self) -> Vec<Absence> {
        match *self {
            Self::Inside { home, host, person, .. } => vec![Absence {
                of: keys::person(host, home, person),
                told_by: keys::account(host),
                attribute: "has_limited_people",
            }],
            Self::Home { .. } | Self::Key { .. } | Self::Nobody { .. } => Vec::new(),
        }
    }

    /// Takes the membership from the items that were found. None if there is no such account.
    pub(crate) fn take(
        &self,
        found: &mut impl Iterator<Item = Option<Item>>,
    ) -> Result<Option<Membership>, StoreError> {
        let mut next = || found.next().flatten();
        let (account, security) = (next(), next());
        let (mut user, mut api_key, mut visit) = (None, None, None);
        match self {
            Self::Home { .. } => user = next(),
            Self::Inside { .. } => {
                user = next();
                visit = Some((next(), next(), next()));
            }
            Self::Key { .. } => api_key = next(),
            Self::Nobody { .. } => {}
        }
        let (Some(account), Some(security)) = (account, security) else { return Ok(None) };
        let visit = match visit {
            None => None,
            Some((None, ..)) => return Ok(None),
            Some((Some(home), connection, person)) => Some(Visit {
                home: parse(home)?,
                connection: connection.map(parse).transpose()?,
                person: person.map(parse).transpose()?,
            }),
        };
        Ok(Some(Membership {
            account: parse(account)?,
            security: parse(security)?,
            user: user.map(parse).transpose()?,
            api_key: api_key.map(parse).transpose()?,
            visit,
        }))
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct SubdomainGuard {
    account_id: AccountId,
    /// Set, if the account is closed: nobody else takes its name, and nobody is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    closed_at: Option<Timestamp>,
}

impl Transaction<'_> {
    /// Makes the transaction one of the changes that the account's security revision orders.
    pub(crate) fn at_revision(&mut self, account: AccountId, revision: u64) -> Result<(), StoreError> {
        let changes = Changes::default().only_if("revision", revision)?.increase("revision");
        self.update(&keys::security(account), &changes, Guard::Revision);
        self.raises(account, revision);
        Ok(())
    }

    /// Makes the transaction depend on another account's security revision, without raising it.
    pub(crate) fn only_at_revision(&mut self, account: AccountId, revision: u64) -> Result<(), StoreError> {
        let condition = Changes::default().only_if("revision", revision)?;
        self.check(&keys::security(account), &condition, Guard::Revision);
        Ok(())
    }

    /// Makes the transaction part of a judged change of the account acted in, at the revision at which it was judged; `step`
    /// transactions of the same change went before.
    pub(crate) fn judged(
        &mut self,
        act: &AuditContext,
        judged: &Judged,
        step: u64,
    ) -> Result<(), StoreError> {
        self.judged_counting(act, judged, step, AccountCounts::default())
    }

    /// The same, for a change after which there are so many more, or less, of what is counted.
    pub(crate) fn judged_counting(
        &mut self,
        act: &AuditContext,
        judged: &Judged,
        step: u64,
        more: AccountCounts,
    ) -> Result<(), StoreError> {
        self.judged_changing(act, (judged, step), more, Changes::default())
    }

    /// The same, with further changes of the security item.
    pub(crate) fn judged_changing(
        &mut self,
        act: &AuditContext,
        (judged, step): (&Judged, u64),
        more: AccountCounts,
        further: Changes,
    ) -> Result<(), StoreError> {
        let counted = [
            ("user_count", more.users),
            ("organization_count", more.organizations),
            ("group_count", more.groups),
        ];
        let changes = further.only_if("revision", judged.revision() + step)?.increase("revision");
        let (gained, lost) = judged.effects().administrators_changed();
        let numbers = |ids: Vec<UserId>| ids.into_iter().map(|id| id.number());
        let changes = changes.insert("administrator_ids", numbers(gained));
        let changes = changes.take_out("administrator_ids", numbers(lost));
        let changes = counted
            .into_iter()
            .filter(|(_, amount)| *amount != 0)
            .fold(changes, |changes, (name, amount)| changes.increase_by(name, amount));
        self.update(&keys::security(act.account), &changes, Guard::Revision);
        self.raises(act.account, judged.revision() + step);
        self.still_visiting(act)
    }

    /// A visitor's change depends on what they are at home now, too: whoever is suspended there, or loses their
    /// role, changes nothing any more.
    fn still_visiting(&mut self, act: &AuditContext) -> Result<(), StoreError> {
        let Some(visitor) = &act.visitor else { return Ok(()) };
        let condition = Changes::default().only_if("version", visitor.version)?;
        self.check(&keys::user(visitor.home, visitor.user), &condition, Guard::Revision);
        Ok(())
    }
}

impl Store {
    /// The account of this subdomain; none if it is closed.
    pub async fn account_of_subdomain(&self, subdomain: &Subdomain) -> Result<Option<AccountId>, StoreError> {
        let guard: Option<SubdomainGuard> = self.get(&keys::subdomain(subdomain)).await?;
        Ok(guard.filter(|guard| guard.closed_at.is_none()).map(|guard| guard.account_id))
    }

    /// The account, its security revision and one of its users, all of one moment. None if there is no such account. For those who
    /// have not proven who they are: always asks the same way, so that neither time nor cost tells whether there is such a user.
    pub async fn membership(
        &self,
        account: AccountId,
        user: UserId,
    ) -> Result<Option<Membership>, StoreError> {
        let identity = CallerIdentity::Home { account, user };
        let mut found = self.get_in_transaction(&identity.keys()).await?.into_iter();
        identity.take(&mut found)
    }

    /// Everything that the authority of whoever stands there depends on, all of one moment.
    pub async fn membership_at(&self, identity: &CallerIdentity) -> Result<Option<Membership>, StoreError> {
        let mut found = self.get_at_once(&identity.keys(), &identity.absences()).await?.into_iter();
        identity.take(&mut found)
    }

    /// Opens an account with its first Administrator. Stale with [`Guard::Subdomain`] if the subdomain is taken.
    pub async fn open_account(
        &self,
        account: &Account,
        administrator: &User,
        credential: &Credential,
        act: &AuditContext,
    ) -> Result<(), ChangeError> {
        let mut transaction = self.transaction();
        transaction.raises(account.id, 0);
        let guard = SubdomainGuard { account_id: account.id, closed_at: None };
        transaction.put_new(&keys::subdomain(&account.subdomain), &guard, Guard::Subdomain)?;
        transaction.put_new(&keys::account(account.id), account, Guard::Free)?;
        let security = Security {
            revision: 1,
            administrator_ids: [administrator.id].into(),
            denied_types: DeniedTypes::default(),
            tally: AccountCounts::users(1),
        };
        transaction.put_new(&keys::security(account.id), &security, Guard::Free)?;
        transaction.put_new(&keys::user(account.id, administrator.id), administrator, Guard::Free)?;
        let email = EmailGuard::of(administrator);
        transaction.put_new(&keys::email(account.id, &administrator.email), &email, Guard::Free)?;
        transaction.put_new(&keys::credential(account.id, administrator.id), credential, Guard::Free)?;
        transaction.name_account(account.id, administrator)?;
        self.log(
            &mut transaction,
            act,
            "create",
            &Subject::new("accounts", account.id, account.name.as_str()),
        )?;
        self.commit(transaction).await
    }

    /// Changes the account's name, subdomain and settings, as judged, if its version is still `before.version`. A subdomain that is left
    /// is free for others at once; stale with [`Guard::Subdomain`] if the new one is taken.
    pub async fn update_account(
        &self,
        before: &Account,
        after: &Account,
        judged: &Judged,
        act: &AuditContext,
    ) -> Result<(), ChangeError> {
        let changes = Changes::default()
            .only_if("version", before.version)?
            .set("name", &after.name)?
            .set("subdomain", &after.subdomain)?
            .set("enforce_mfa", after.enforce_mfa)?
            .set("require_delegate_mfa", after.require_delegate_mfa)?
            .set("invitation_lifetime", after.invitation_lifetime)?
            .set("log_retention", after.log_retention)?
            .set("updated_at", act.at)?
            .increase("version");
        let mut transaction = self.transaction();
        transaction.judged(act, judged, 0)?;
        transaction.update(&keys::account(after.id), &changes, Guard::Version);
        if after.subdomain != before.subdomain {
            let guard = SubdomainGuard { account_id: after.id, closed_at: None };
            transaction.put_new(&keys::subdomain(&after.subdomain), &guard, Guard::Subdomain)?;
            transaction.delete(&keys::subdomain(&before.subdomain), Guard::Version);
        }
        if after.log_retention != before.log_retention {
            transaction.keep_log_for(after, act.at)?;
        }
        self.log(&mut transaction, act, "update", &Subject::new("accounts", after.id, after.name.as_str()))?;
        self.commit(transaction).await
    }
}

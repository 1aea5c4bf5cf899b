//! Connections: items, questions and changes. Each stands in the host's partition; the delegate's has a pointer to it.

use std::collections::{BTreeSet, HashMap};

use policy::connection::{Connection as Life, State};
use policy::{
    AccountId, ApiKeyId, ConnectionId, EmailAddress, Grants, GroupId, Judged, Limits, OrganizationId, Role,
    Timestamp, UserId,
};
use serde::{Deserialize, Serialize};

use crate::delegate::PersonLimit;
use crate::error::StoreError;
use crate::invitation::{Invitation, SponsorId};
use crate::log::{AuditContext, Subject};
use crate::read::{Item, Readable, name_of, parse, readable, side_by_side};
use crate::transaction::{ChangeError, Changes, Guard};
use crate::{Account, Key, Store, keys};

/// One account lets another in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// Its id.
    pub id: ConnectionId,
    /// Who lets in.
    pub host_id: AccountId,
    /// The host's name when it was made.
    pub host_name: String,
    /// Who is let in. An account, not a subdomain: whoever takes the subdomain later is someone else.
    pub delegate_id: AccountId,
    /// The delegate's name when it was made.
    pub delegate_name: String,
    /// The delegate's subdomain when it was made.
    pub delegate_subdomain: String,
    /// Where it stands.
    pub state: State,
    /// The highest role that anyone has by it.
    pub maximum_role: Role,
    /// All organizations, current and future.
    pub all_organizations: bool,
    /// Granted directly.
    #[serde(with = "serde_dynamo::number_set", default, skip_serializing_if = "BTreeSet::is_empty")]
    pub organization_ids: BTreeSet<OrganizationId>,
    /// Groups, and through them what the groups have now.
    #[serde(with = "serde_dynamo::number_set", default, skip_serializing_if = "BTreeSet::is_empty")]
    pub group_ids: BTreeSet<GroupId>,
    /// What an inviter wrote to the delegate's Administrators.
    pub message: String,
    /// Who wrote it, by name; none for the one who vouches.
    #[serde(default)]
    pub written_by: Option<String>,
    /// Who invited, by name.
    pub inviter_name: String,
    /// The Administrator on whom the offer stands until it is accepted, if it is one.
    #[serde(default)]
    pub sponsor_id: Option<UserId>,
    /// The key on which it stands, if it is one.
    #[serde(default)]
    pub sponsor_key_id: Option<ApiKeyId>,
    /// Counts the invitations mailed for it, from 1.
    pub generation: u32,
    /// From this moment on the newest links no longer work.
    pub invitation_expires_at: Timestamp,
    /// From this moment on it lets nobody in.
    pub ends_at: Option<Timestamp>,
    /// When it was accepted.
    pub accepted_at: Option<Timestamp>,
    /// By whom, by name.
    pub accepted_by: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Counts its changes.
    pub version: u64,
}

impl Connection {
    /// Whose the message is.
    #[must_use]
    pub fn writer(&self) -> &str {
        self.written_by.as_deref().unwrap_or(&self.inviter_name)
    }

    /// Who vouches for the offer; none for one that was made before this was stored.
    #[must_use]
    pub fn sponsor(&self) -> Option<SponsorId> {
        SponsorId::from_stored(self.sponsor_id, self.sponsor_key_id)
    }

    /// What it grants.
    #[must_use]
    pub fn grants(&self) -> Grants {
        Grants {
            all_organizations: self.all_organizations,
            organizations: self.organization_ids.clone(),
            groups: self.group_ids.clone(),
        }
    }

    /// What the rules look at.
    #[must_use]
    pub fn life(&self) -> Life {
        Life {
            state: self.state,
            maximum_role: self.maximum_role,
            grants: self.grants(),
            generation: self.generation,
            invitation_expires_at: self.invitation_expires_at,
            ends_at: self.ends_at,
        }
    }

    /// The connection, for the log.
    #[must_use]
    pub fn subject(&self) -> Subject {
        Subject::new("connections", self.id, format!("{} → {}", self.host_name, self.delegate_name))
    }
}

/// A connection as the delegate's partition has it: what leads to the host's item, and what a menu of hosts says without reading
/// that one. It is written together with the connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    /// The connection.
    pub connection_id: ConnectionId,
    /// Who lets in.
    pub host_id: AccountId,
    /// Where it stands, and how far it leads; none for one that was written before this stood here.
    #[serde(default, flatten)]
    terms: Option<Terms>,
}

impl Received {
    pub(crate) fn key(&self) -> Key {
        keys::connection(self.host_id, self.connection_id)
    }
}

/// What a connection allows as long as it stands, but for its grants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Terms {
    state: State,
    maximum_role: Role,
    ends_at: Option<Timestamp>,
    has_agreed: bool,
}

impl Terms {
    fn of(connection: &Connection) -> Self {
        Self {
            state: connection.state,
            maximum_role: connection.maximum_role,
            ends_at: connection.ends_at,
            has_agreed: connection.accepted_at.is_some(),
        }
    }

    fn life(&self) -> Life {
        Life {
            state: self.state,
            maximum_role: self.maximum_role,
            grants: Grants::default(),
            generation: 0,
            invitation_expires_at: Timestamp::from_millis(0),
            ends_at: self.ends_at,
        }
    }
}

/// A host that an account was let into.
#[derive(Debug, Clone)]
pub struct HostOf {
    /// Who lets in, as it is today.
    pub host: Account,
    /// By which connection.
    pub connection_id: ConnectionId,
    /// What the rules look at, but for the grants, which say nothing about coming in.
    pub life: Life,
    /// Whether the delegate has accepted it.
    pub has_agreed: bool,
    /// What the host says about the one who asks.
    pub person: Option<PersonLimit>,
}

fn recipients<'a>(mails: &[(Invitation, &'a EmailAddress)]) -> Vec<&'a EmailAddress> {
    mails.iter().map(|(_, email)| *email).collect()
}

impl Store {
    /// One connection.
    pub async fn connection(
        &self,
        host: AccountId,
        connection: ConnectionId,
    ) -> Result<Option<Connection>, StoreError> {
        let found: Option<Connection> = self.get(&keys::connection(host, connection)).await?;
        Ok(self.with_todays_names(found.into_iter().collect()).await?.pop())
    }

    /// The same connections with the names that both sides have today: what is stored is what they were called when it was made.
    async fn with_todays_names(&self, mut found: Vec<Connection>) -> Result<Vec<Connection>, StoreError> {
        let ids: BTreeSet<AccountId> =
            found.iter().flat_map(|connection| [connection.host_id, connection.delegate_id]).collect();
        let wanted: Vec<_> = ids.into_iter().map(keys::account).collect();
        // Where an account cannot be read, the stored name is shown.
        let accounts = self.get_readable::<Account>(&wanted).await?.items;
        let accounts: HashMap<AccountId, Account> =
            accounts.into_iter().map(|account| (account.id, account)).collect();
        for connection in &mut found {
            if let Some(host) = accounts.get(&connection.host_id) {
                connection.host_name.clone_from(&host.name);
            }
            if let Some(delegate) = accounts.get(&connection.delegate_id) {
                connection.delegate_name.clone_from(&delegate.name);
                connection.delegate_subdomain = delegate.subdomain.to_string();
            }
        }
        Ok(found)
    }

    /// Every connection by which the account lets others in, oldest first.
    pub async fn connections_granted(&self, host: AccountId) -> Result<Vec<Connection>, StoreError> {
        self.with_todays_names(self.partition(&keys::connections(host)).await?).await
    }

    /// Where every connection by which the account is or was let in is to be found, oldest first.
    pub async fn received(&self, delegate: AccountId) -> Result<Readable<Received>, StoreError> {
        self.readable_partition(&keys::received(delegate)).await
    }

    /// The hosts of these connections, oldest connection first, with what each says about this one person: for a menu, which decides
    /// nothing. The accounts and the limits are read as they were a moment ago, which costs half; one round trip in all. A host of
    /// which something cannot be read is left out.
    pub async fn hosts_of(
        &self,
        received: &[Received],
        home: AccountId,
        email: &EmailAddress,
    ) -> Result<Readable<HostOf>, StoreError> {
        let hosts: BTreeSet<AccountId> = received.iter().map(|pointer| pointer.host_id).collect();
        let limit = |host: AccountId| keys::person(host, home, keys::person_key(email));
        let limits: Vec<_> = hosts.iter().map(|host| limit(*host)).collect();
        let hosts: Vec<_> = hosts.into_iter().map(keys::account).collect();
        let without_terms = received.iter().filter(|pointer| pointer.terms.is_none());
        let connections: Vec<_> =
            without_terms.map(|pointer| keys::connection(pointer.host_id, pointer.connection_id)).collect();
        let (hosts, limits, connections) = tokio::try_join!(
            self.glance_at(&hosts),
            self.glance_at(&limits),
            self.get_readable::<Connection>(&connections)
        )?;
        let Readable { items: connections, mut unreadable } = connections;
        let hosts: Readable<Account> = readable(hosts.into_iter().map(|(_, item)| item));
        unreadable.extend(hosts.unreadable);
        let hosts: HashMap<AccountId, Account> =
            hosts.items.into_iter().map(|host| (host.id, host)).collect();
        let limits: HashMap<Key, Item> = limits.into_iter().collect();
        let mut found = Vec::with_capacity(received.len());
        for pointer in received {
            let Received { connection_id, host_id, terms } = pointer;
            let stored = || connections.iter().find(|connection| connection.id == *connection_id);
            let terms = terms.clone().or_else(|| stored().map(Terms::of));
            let (Some(host), Some(terms)) = (hosts.get(host_id), terms) else { continue };
            let limit = limits.get(&limit(*host_id)).cloned();
            let name = limit.as_ref().map(name_of);
            // Whoever may be shut out is not let in.
            let Ok(person) = limit.map(parse).transpose() else {
                unreadable.extend(name);
                continue;
            };
            found.push(HostOf {
                host: host.clone(),
                connection_id: *connection_id,
                life: terms.life(),
                has_agreed: terms.has_agreed,
                person,
            });
        }
        Ok(Readable { items: found, unreadable })
    }

    /// Every connection by which the account is or was let in, oldest first, but for those that cannot be read.
    pub async fn connections_received(
        &self,
        delegate: AccountId,
    ) -> Result<Readable<Connection>, StoreError> {
        let pointers = self.received(delegate).await?;
        let wanted: Vec<_> = pointers.items.iter().map(Received::key).collect();
        let mut found: Readable<Connection> = self.get_readable(&wanted).await?;
        found.items.sort_by_key(|connection| connection.id);
        let items = self.with_todays_names(found.items).await?;
        let mut unreadable = found.unreadable;
        unreadable.extend(pointers.unreadable);
        Ok(Readable { items, unreadable })
    }

    /// Every connection by which this host lets or let the account in, oldest first. What is decided hangs on them: one that cannot be
    /// read is a failure, and what other hosts wrote is none.
    pub async fn connections_from(
        &self,
        host: AccountId,
        delegate: AccountId,
    ) -> Result<Vec<Connection>, StoreError> {
        let pointers = self.received(delegate).await?.items;
        let wanted: Vec<_> =
            pointers.iter().filter(|pointer| pointer.host_id == host).map(Received::key).collect();
        let mut found: Vec<Connection> = self.get_many(&wanted).await?;
        found.sort_by_key(|connection| connection.id);
        self.with_todays_names(found).await
    }

    /// A connection of this id that the account grants or receives.
    pub async fn connection_of(
        &self,
        account: AccountId,
        connection: ConnectionId,
    ) -> Result<Option<Connection>, StoreError> {
        if let Some(granted) = self.connection(account, connection).await? {
            return Ok(Some(granted));
        }
        let pointer: Option<Received> = self.get(&keys::received_connection(account, connection)).await?;
        match pointer {
            Some(pointer) => self.connection(pointer.host_id, connection).await,
            None => Ok(None),
        }
    }

    /// The mails of a connection's newest invitation.
    pub async fn connection_mails(&self, connection: &Connection) -> Result<Vec<Invitation>, StoreError> {
        let partition = keys::connection_mails(connection.host_id, connection.id);
        let mut mails: Vec<Invitation> = self.partition(&partition).await?;
        mails.retain(|mail| mail.generation == connection.generation);
        Ok(mails)
    }

    /// The mails of each of these connections' newest invitations, all of them side by side.
    pub async fn mails_of_connections(
        &self,
        connections: &[&Connection],
    ) -> Result<HashMap<ConnectionId, Vec<Invitation>>, StoreError> {
        let mails =
            side_by_side(connections.iter().map(|connection| self.connection_mails(connection))).await?;
        Ok(connections.iter().map(|connection| connection.id).zip(mails).collect())
    }

    /// Adds a pending connection with a mail to each of these Administrators of the delegate, decided at the revisions of both,
    /// and counts the mails within these limits.
    pub async fn invite_account(
        &self,
        connection: &Connection,
        mails: &[(Invitation, &EmailAddress)],
        limits: &Limits,
        judged: &Judged,
        delegate_revision: u64,
        act: &AuditContext,
    ) -> Result<(), ChangeError> {
        let mut transaction = self.transaction();
        transaction.judged(act, judged, 0)?;
        transaction.only_at_revision(connection.delegate_id, delegate_revision)?;
        let key = keys::connection(connection.host_id, connection.id);
        transaction.put_new(&key, connection, Guard::Free)?;
        let pointer = Received {
            connection_id: connection.id,
            host_id: connection.host_id,
            terms: Some(Terms::of(connection)),
        };
        let pointer_key = keys::received_connection(connection.delegate_id, connection.id);
        transaction.put_new(&pointer_key, &pointer, Guard::Free)?;
        transaction.count_invitations(act, &recipients(mails), limits)?;
        for (mail, _) in mails {
            transaction.put_new(&mail.key(), mail, Guard::Free)?;
        }
        self.log(&mut transaction, act, "create", &connection.subject())?;
        self.log_in(&mut transaction, connection.delegate_id, act, "create", &connection.subject())?;
        self.commit(transaction).await
    }

    /// Renews the invitation of a pending connection with fresh mails, decided at the revisions of both, and counts the mails
    /// within these limits.
    pub async fn renew_connection(
        &self,
        renewed: &Connection,
        mails: &[(Invitation, &EmailAddress)],
        limits: &Limits,
        judged: &Judged,
        delegate_revision: u64,
        act: &AuditContext,
    ) -> Result<(), ChangeError> {
        let (user, key) = (renewed.sponsor_id, renewed.sponsor_key_id);
        let changes = Changes::default()
            .only_if("version", renewed.version)?
            .set("generation", renewed.generation)?
            .set("sponsor_id", user)?
            .set("sponsor_key_id", key)?
            .set("invitation_expires_at", renewed.invitation_expires_at)?
            .set("inviter_name", &renewed.inviter_name)?
            .set("message", &renewed.message)?
            .set("written_by", &renewed.written_by)?
            .set("updated_at", act.at)?
            .increase("version");
        let mut transaction = self.transaction();
        transaction.judged(act, judged, 0)?;
        transaction.only_at_revision(renewed.delegate_id, delegate_revision)?;
        transaction.update(&keys::connection(renewed.host_id, renewed.id), &changes, Guard::Version);
        transaction.count_invitations(act, &recipients(mails), limits)?;
        for (mail, _) in mails {
            transaction.put(&mail.key(), mail, Guard::Invitation)?;
        }
        self.log(&mut transaction, act, "update", &renewed.subject())?;
        self.log_in(&mut transaction, renewed.delegate_id, act, "update", &renewed.subject())?;
        self.commit(transaction).await
    }

    /// Writes a connection's state, maximum role, grants and ends, if its version is still `connection.version`, decided at
    /// the revision of the account acted in; a delegate's answer also hangs on the host's, if it was looked at, and raises it if it
    /// lets people in. Both sides' logs record it.
    pub async fn update_connection(
        &self,
        connection: &Connection,
        action: &str,
        judged: &Judged,
        host_revision: Option<u64>,
        act: &AuditContext,
    ) -> Result<(), ChangeError> {
        let changes = Changes::default()
            .only_if("version", connection.version)?
            .set("state", connection.state)?
            .set("maximum_role", connection.maximum_role)?
            .set("all_organizations", connection.all_organizations)?
            .set_numbers("organization_ids", connection.organization_ids.iter().map(|id| id.number()))
            .set_numbers("group_ids", connection.group_ids.iter().map(|id| id.number()))
            .set("ends_at", connection.ends_at)?
            .set("accepted_at", connection.accepted_at)?
            .set("accepted_by", &connection.accepted_by)?
            .set("updated_at", act.at)?
            .increase("version");
        let mut transaction = self.transaction();
        let account = act.account;
        if account == connection.host_id {
            transaction.judged(act, judged, 0)?;
        } else {
            transaction.only_at_revision(account, judged.revision())?;
            match host_revision {
                // What lets people in is one of the changes that the host's revision orders.
                Some(revision) if connection.state == State::Active => {
                    transaction.at_revision(connection.host_id, revision)?;
                }
                Some(revision) => transaction.only_at_revision(connection.host_id, revision)?,
                None => {}
            }
        }
        transaction.update(&keys::connection(connection.host_id, connection.id), &changes, Guard::Version);
        let Terms { state, maximum_role, ends_at, has_agreed } = Terms::of(connection);
        let terms = Changes::default()
            .only_if_there()
            .set("state", state)?
            .set("maximum_role", maximum_role)?
            .set("ends_at", ends_at)?
            .set("has_agreed", has_agreed)?;
        let pointer = keys::received_connection(connection.delegate_id, connection.id);
        transaction.update(&pointer, &terms, Guard::Version);
        if connection.accepted_at.is_some() && connection.state == State::Active {
            let shown = Changes::default().only_if_there().set("has_let_others_in", true)?;
            transaction.update(&keys::account(connection.host_id), &shown, Guard::Version);
        }
        let other = if account == connection.host_id { connection.delegate_id } else { connection.host_id };
        self.log_in(&mut transaction, account, act, action, &connection.subject())?;
        self.log_in(&mut transaction, other, act, action, &connection.subject())?;
        self.commit(transaction).await
    }
}

//! Connections: items, questions and changes. Each stands in the host's partition; the delegate's has a pointer to it.

use std::collections::BTreeSet;

use policy::connection::{Connection as Life, PersonalLimit, State};
use policy::{
    AccountId, ConnectionId, EmailAddress, Grants, GroupId, Limits, OrganizationId, Role, Timestamp, UserId,
};
use serde::{Deserialize, Serialize};

use crate::account::Administrators;
use crate::error::StoreError;
use crate::invitation::Invitation;
use crate::log::{Act, Subject};
use crate::transaction::{ChangeError, Changes, Guard, Transaction};
use crate::{Store, keys};

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
    /// What the inviter wrote to the delegate's Administrators.
    pub message: String,
    /// Who invited, by name.
    pub inviter_name: String,
    /// Counts the invitations mailed for it, from 1.
    pub generation: u32,
    /// From this moment on the newest links are dead.
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

/// What a host says of one person of a delegate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Who, in the delegate account.
    pub user_id: UserId,
    /// Their name when this was set.
    pub user_name: String,
    /// Whether they may come in at all.
    pub access: bool,
    /// A lower maximum role for them.
    pub maximum_role: Option<Role>,
    /// Whether the grants below replace the connection's for them.
    pub has_grants: bool,
    /// All organizations of the connection.
    pub all_organizations: bool,
    /// Only these.
    #[serde(with = "serde_dynamo::number_set", default, skip_serializing_if = "BTreeSet::is_empty")]
    pub organization_ids: BTreeSet<OrganizationId>,
    /// Only through these groups.
    #[serde(with = "serde_dynamo::number_set", default, skip_serializing_if = "BTreeSet::is_empty")]
    pub group_ids: BTreeSet<GroupId>,
    /// When this was set.
    pub updated_at: Timestamp,
}

impl Person {
    /// What the rules look at.
    #[must_use]
    pub fn limit(&self) -> PersonalLimit {
        let grants = Grants {
            all_organizations: self.all_organizations,
            organizations: self.organization_ids.clone(),
            groups: self.group_ids.clone(),
        };
        PersonalLimit {
            access: self.access,
            maximum_role: self.maximum_role,
            grants: self.has_grants.then_some(grants),
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Received {
    connection_id: ConnectionId,
    host_id: AccountId,
}

/// The security revisions of both sides, as they were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revisions {
    /// The host's, which is raised.
    pub host: u64,
    /// The delegate's: its Administrators are still those who get the mail.
    pub delegate: u64,
}

fn recipients<'a>(mails: &[(Invitation, &'a EmailAddress)]) -> Vec<&'a EmailAddress> {
    mails.iter().map(|(_, email)| *email).collect()
}

impl Transaction<'_> {
    /// Makes the transaction depend on another account's security revision, without raising it.
    fn only_at_revision(&mut self, account: AccountId, revision: u64) -> Result<(), StoreError> {
        let condition = Changes::default().only_if("revision", revision)?;
        self.check(&keys::security(account), &condition, Guard::Revision);
        Ok(())
    }
}

impl Store {
    /// One connection.
    pub async fn connection(
        &self,
        host: AccountId,
        connection: ConnectionId,
    ) -> Result<Option<Connection>, StoreError> {
        self.get(&keys::connection(host, connection)).await
    }

    /// Every connection by which the account lets others in, oldest first.
    pub async fn connections_granted(&self, host: AccountId) -> Result<Vec<Connection>, StoreError> {
        self.partition(&keys::connections(host)).await
    }

    /// Every connection by which the account is or was let in, oldest first.
    pub async fn connections_received(&self, delegate: AccountId) -> Result<Vec<Connection>, StoreError> {
        let pointers: Vec<Received> = self.partition(&keys::received(delegate)).await?;
        let wanted: Vec<_> =
            pointers.iter().map(|pointer| keys::connection(pointer.host_id, pointer.connection_id)).collect();
        let mut found: Vec<Connection> = self.get_many(&wanted).await?;
        found.sort_by_key(|connection| connection.id);
        Ok(found)
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

    /// What the host says of single persons.
    pub async fn persons(
        &self,
        host: AccountId,
        connection: ConnectionId,
    ) -> Result<Vec<Person>, StoreError> {
        self.partition(&keys::persons(host, connection)).await
    }

    /// What the host says of this person.
    pub async fn person(
        &self,
        host: AccountId,
        connection: ConnectionId,
        user: UserId,
    ) -> Result<Option<Person>, StoreError> {
        self.get(&keys::person(host, connection, user)).await
    }

    /// Adds a pending connection with a mail to each of these Administrators of the delegate, decided at the revisions of both,
    /// and counts the mails within these limits.
    pub async fn invite_account(
        &self,
        connection: &Connection,
        mails: &[(Invitation, &EmailAddress)],
        limits: &Limits,
        revisions: Revisions,
        act: &Act,
    ) -> Result<(), ChangeError> {
        let mut transaction = self.transaction();
        transaction.at_revision(connection.host_id, revisions.host, Administrators::Same)?;
        transaction.only_at_revision(connection.delegate_id, revisions.delegate)?;
        let key = keys::connection(connection.host_id, connection.id);
        transaction.put_new(&key, connection, Guard::Free)?;
        let pointer = Received { connection_id: connection.id, host_id: connection.host_id };
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
        revisions: Revisions,
        act: &Act,
    ) -> Result<(), ChangeError> {
        let changes = Changes::default()
            .only_if("version", renewed.version)?
            .set("generation", renewed.generation)?
            .set("invitation_expires_at", renewed.invitation_expires_at)?
            .set("inviter_name", &renewed.inviter_name)?
            .set("updated_at", act.at)?
            .increase("version");
        let mut transaction = self.transaction();
        transaction.at_revision(renewed.host_id, revisions.host, Administrators::Same)?;
        transaction.only_at_revision(renewed.delegate_id, revisions.delegate)?;
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
    /// the revision of the account acted in: `deciding`. Both sides' logs record it.
    pub async fn update_connection(
        &self,
        connection: &Connection,
        action: &str,
        deciding: (AccountId, u64),
        act: &Act,
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
        let (account, revision) = deciding;
        if account == connection.host_id {
            transaction.at_revision(account, revision, Administrators::Same)?;
        } else {
            transaction.only_at_revision(account, revision)?;
        }
        transaction.update(&keys::connection(connection.host_id, connection.id), &changes, Guard::Version);
        if connection.accepted_at.is_some() && connection.state == State::Active {
            let shown = Changes::default().only_if_there().set("has_let_others_in", true)?;
            transaction.update(&keys::account(connection.host_id), &shown, Guard::Version);
        }
        let other = if account == connection.host_id { connection.delegate_id } else { connection.host_id };
        self.log_in(&mut transaction, account, act, action, &connection.subject())?;
        self.log_in(&mut transaction, other, act, action, &connection.subject())?;
        self.commit(transaction).await
    }

    /// Sets, or with none removes, what the host says of one person, decided at the host's revision.
    pub async fn limit_person(
        &self,
        connection: &Connection,
        user: UserId,
        person: Option<&Person>,
        revision: u64,
        act: &Act,
    ) -> Result<(), ChangeError> {
        let key = keys::person(connection.host_id, connection.id, user);
        let mut transaction = self.transaction();
        transaction.at_revision(connection.host_id, revision, Administrators::Same)?;
        match person {
            Some(person) => transaction.put(&key, person, Guard::Version)?,
            None => transaction.delete(&key, Guard::Version),
        }
        self.log(&mut transaction, act, "update", &connection.subject())?;
        self.commit(transaction).await
    }
}

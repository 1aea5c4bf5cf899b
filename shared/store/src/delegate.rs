//! Persons of a delegate, as the host has them: what it says about single ones, and who came in. Both belong to the two accounts,
//! not to a connection, and persons are known by their address: neither a new connection nor a new id at home undoes a limit.

use std::collections::BTreeSet;

use policy::connection::PersonalLimit;
use policy::{
    AccountId, ConnectionId, EmailAddress, Grants, GroupId, Judged, OrganizationId, Role, Timestamp, UserId,
};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::log::{AuditContext, Subject};
use crate::transaction::{ChangeError, Changes, Guard, Transaction};
use crate::user::User;
use crate::{Connection, Store, keys, until_current};

/// What a host says about one person of a delegate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonLimit {
    /// Who, whatever id they have in the delegate account.
    pub email: EmailAddress,
    /// Their id there, if the host knew it when this was set.
    #[serde(default)]
    pub user_id: Option<UserId>,
    /// Their name when this was set, if the host knew it.
    #[serde(default)]
    pub user_name: Option<String>,
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

impl PersonLimit {
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

    /// What the host calls them by: their id, or the address where it knows no id.
    #[must_use]
    pub fn known_as(&self) -> String {
        self.user_id.map_or_else(|| self.email.to_string(), |id| id.to_string())
    }

    /// The person, for the log.
    #[must_use]
    pub fn subject(&self) -> Subject {
        let name = self.user_name.clone().unwrap_or_else(|| self.email.to_string());
        Subject::new("users", self.known_as(), name)
    }
}

/// A person of another account whom a host knows: who came in, or was named by their id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visitor {
    /// Their id in the account that they belong to.
    pub user_id: UserId,
    /// Their address.
    pub email: EmailAddress,
    /// Their name when this was written.
    pub name: String,
    /// The account that they belong to.
    pub delegate_id: AccountId,
    /// By which connection they came last, or were named.
    pub connection_id: ConnectionId,
    /// When they first came in; none for one who never did.
    pub first_visit_at: Option<Timestamp>,
    /// When they last came in.
    pub last_visit_at: Option<Timestamp>,
}

impl Visitor {
    /// This user of the connection's delegate, as one who has not come in yet.
    #[must_use]
    pub fn of(user: &User, connection: &Connection) -> Self {
        Self {
            user_id: user.id,
            email: user.email.clone(),
            name: user.name(),
            delegate_id: connection.delegate_id,
            connection_id: connection.id,
            first_visit_at: None,
            last_visit_at: None,
        }
    }
}

impl Transaction<'_> {
    /// Notes that the host knows this person from now on; what it knew of their visits stays known.
    fn know(
        &mut self,
        host: AccountId,
        known: Option<&Visitor>,
        visitor: &Visitor,
    ) -> Result<(), StoreError> {
        let (first, last) = known.map_or((None, None), |known| (known.first_visit_at, known.last_visit_at));
        let visitor = Visitor {
            first_visit_at: first.or(visitor.first_visit_at),
            last_visit_at: visitor.last_visit_at.or(last),
            ..visitor.clone()
        };
        self.put(&keys::visitor(host, visitor.user_id), &visitor, Guard::Version)
    }
}

impl Store {
    /// What the host says about single persons of this delegate.
    pub async fn persons(
        &self,
        host: AccountId,
        delegate: AccountId,
    ) -> Result<Vec<PersonLimit>, StoreError> {
        self.partition(&keys::persons(host, delegate)).await
    }

    /// What the host says about the person with this address.
    pub async fn person(
        &self,
        host: AccountId,
        delegate: AccountId,
        email: &EmailAddress,
    ) -> Result<Option<PersonLimit>, StoreError> {
        self.get(&keys::person(host, delegate, keys::person_key(email))).await
    }

    /// What the host knows of this person of another account; none if they never came in and were never named.
    pub async fn visitor(&self, host: AccountId, user: UserId) -> Result<Option<Visitor>, StoreError> {
        self.get(&keys::visitor(host, user)).await
    }

    /// Everybody of this delegate whom the host knows, oldest first.
    pub async fn visitors(&self, host: AccountId, delegate: AccountId) -> Result<Vec<Visitor>, StoreError> {
        let mut known = self.all_visitors(host).await?;
        known.retain(|visitor| visitor.delegate_id == delegate);
        Ok(known)
    }

    /// Everybody of other accounts whom the host knows, oldest first.
    pub async fn all_visitors(&self, host: AccountId) -> Result<Vec<Visitor>, StoreError> {
        self.partition(&keys::visitors(host)).await
    }

    /// Sets, or with none removes, what the host says about one person, decided at the host's revision. Both logs name the
    /// person, the delegate's once it has agreed to the connection.
    pub async fn limit_person(
        &self,
        connection: &Connection,
        before: Option<&PersonLimit>,
        after: Option<&PersonLimit>,
        known: Option<&Visitor>,
        judged: &Judged,
        act: &AuditContext,
    ) -> Result<(), ChangeError> {
        let Some(person) = after.or(before) else { return Ok(()) };
        let key = keys::person(connection.host_id, connection.delegate_id, keys::person_key(&person.email));
        let mut transaction = self.transaction();
        transaction.judged(act, judged, 0)?;
        match after {
            Some(person) => {
                transaction.put(&key, person, Guard::Version)?;
                let limited = Changes::default().only_if_there().set("has_limited_people", true)?;
                transaction.update(&keys::account(connection.host_id), &limited, Guard::Version);
            }
            None => transaction.delete(&key, Guard::Version),
        }
        if let Some(known) = known {
            let before = self.visitor(connection.host_id, known.user_id).await?;
            transaction.know(connection.host_id, before.as_ref(), known)?;
        }
        self.log(&mut transaction, act, "update", &person.subject())?;
        // Nothing is told to an account that has not agreed: whoever invites a stranger writes nothing into its log.
        if connection.accepted_at.is_some() {
            self.log_in(&mut transaction, connection.delegate_id, act, "update", &person.subject())?;
        }
        self.commit(transaction).await
    }

    /// Notes in the log of the account acted in, and in the one at home, that a person came in; and that the host knows them.
    pub async fn enter(&self, act: &AuditContext, visitor: &Visitor) -> Result<(), ChangeError> {
        until_current!(self.enter_once(act, visitor))
    }

    async fn enter_once(&self, act: &AuditContext, visitor: &Visitor) -> Result<(), ChangeError> {
        let known = self.visitor(act.account, visitor.user_id).await?;
        let visitor =
            Visitor { first_visit_at: Some(act.at), last_visit_at: Some(act.at), ..visitor.clone() };
        let mut transaction = self.transaction();
        transaction.mark_done(act)?;
        let subject = Subject::new("sessions", visitor.user_id, visitor.name.as_str());
        self.add_entries(&mut transaction, act, "create", "allowed", &subject)?;
        transaction.know(act.account, known.as_ref(), &visitor)?;
        self.commit(transaction).await
    }
}

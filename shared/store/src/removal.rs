//! What goes when an account is closed, removed in steps. Each step is one transaction that asks whether the account is closed. It can
//! be repeated, and whoever is cut off leaves the rest to the next run.

use std::collections::VecDeque;

use aws_sdk_dynamodb::types::AttributeValue;
use policy::connection::State;
use policy::{AccountId, ConnectionId, EmailAddress, Timestamp, UserId};

use crate::closing::Closed;
use crate::connection::Received;
use crate::error::StoreError;
use crate::read::Item;
use crate::transaction::{ChangeError, Changes, Guard, LIMIT};
use crate::{Connection, Key, Store, keys, until_current};

/// So many items are removed by one step at most: besides them, the transaction asks whether the account is closed.
const STEP: usize = LIMIT - 1;

/// So many of what hangs on one user or group are removed together with it.
const HANGING: usize = STEP / 2;

/// A part of what an account has.
#[derive(Debug, Clone)]
enum Part {
    /// The connections by which it let others in, with what hangs on each.
    Granted,
    /// The connections by which it was let in.
    Received,
    /// Its users, with what hangs on each.
    Users,
    /// Its groups, with their members.
    Groups,
    /// All that is in this partition.
    Partition(String),
}

/// The removal of what one closed account has.
#[derive(Debug)]
pub struct Removal {
    store: Store,
    closed: Closed,
    parts: VecDeque<Part>,
}

impl Removal {
    /// Of this account, from the beginning: what is gone already costs a question for each part. Secrets go first, then what others
    /// see of it.
    #[must_use]
    pub fn of(store: &Store, closed: Closed) -> Self {
        let id = closed.id;
        let secrets = [keys::credentials(id), keys::sessions(id), keys::api_keys(id)];
        let rest = [
            keys::emails(id),
            keys::restrictions(id),
            keys::organizations(id),
            keys::labels(id),
            keys::visitors(id),
            keys::attempts_of(Some(id), ""),
            keys::uses(id),
            keys::requests(id),
            keys::sent(id),
        ];
        let parts = secrets
            .into_iter()
            .map(Part::Partition)
            .chain([Part::Granted, Part::Received, Part::Users, Part::Groups])
            .chain(rest.into_iter().map(Part::Partition))
            .collect();
        Self { store: store.clone(), closed, parts }
    }

    /// Whose.
    #[must_use]
    pub const fn closed(&self) -> &Closed {
        &self.closed
    }

    /// Whether everything is gone.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.parts.is_empty()
    }

    /// The next step: removes some items, or finds that a part is gone. Answers how many it removed.
    pub async fn step(&mut self, now: Timestamp) -> Result<usize, ChangeError> {
        let Some(part) = self.parts.front().cloned() else { return Ok(0) };
        let removed = match part {
            Part::Partition(pk) => {
                let keys = self.store.keys_in(&pk, STEP).await?;
                self.remove(keys).await?
            }
            Part::Users => {
                let pk = keys::users(self.closed.id);
                self.remove_with_hanging(&pk).await?
            }
            Part::Groups => {
                let pk = keys::groups(self.closed.id);
                self.remove_with_hanging(&pk).await?
            }
            Part::Granted => self.end_granted(now).await?,
            Part::Received => self.end_received(now).await?,
        };
        if removed == 0 {
            self.parts.pop_front();
        }
        Ok(removed)
    }

    async fn remove(&self, keys: Vec<Key>) -> Result<usize, ChangeError> {
        if !keys.is_empty() {
            self.store.remove_of_closed(self.closed.id, &keys).await?;
        }
        Ok(keys.len())
    }

    /// Some users or groups, each after what hangs on it: what is found by them is not left behind.
    async fn remove_with_hanging(&self, pk: &str) -> Result<usize, ChangeError> {
        let mut going = Vec::new();
        for item in self.store.items_in(pk, STEP).await? {
            let Some(key) = Key::of(&item) else { continue };
            let mut hanging = self.store.keys_in(&hanging_on(self.closed.id, &key), HANGING).await?;
            if hanging.len() < HANGING {
                hanging.extend(self.named_for(&item));
                hanging.push(key);
            }
            if going.len() + hanging.len() > STEP {
                break;
            }
            let has_more = hanging.len() == HANGING;
            going.extend(hanging);
            if has_more {
                break;
            }
        }
        self.remove(going).await
    }

    /// That this account is one of those that the user's address has.
    fn named_for(&self, item: &Item) -> Option<Key> {
        let email = item.get("email").map(AttributeValue::as_s)?.ok()?;
        let email: EmailAddress = email.parse().ok()?;
        Some(keys::person_account(&email, self.closed.id))
    }

    /// The next connection by which others were let in, after its mails and what was said about the delegate's people.
    async fn end_granted(&self, now: Timestamp) -> Result<usize, ChangeError> {
        let host = self.closed.id;
        let Some(found) = self.store.keys_in(&keys::connections(host), 1).await?.pop() else { return Ok(0) };
        let Some(id) = numbered(&found).and_then(|number| ConnectionId::new(number).ok()) else {
            return self.remove(vec![found]).await;
        };
        let Some(connection) = self.store.get::<Connection>(&found).await? else { return Ok(1) };
        for pk in [keys::connection_mails(host, id), keys::persons(host, connection.delegate_id)] {
            let keys = self.store.keys_in(&pk, STEP).await?;
            if !keys.is_empty() {
                return self.remove(keys).await;
            }
        }
        until_current!(self.store.end_granted_by_closed(&self.closed, id, now))?;
        Ok(1)
    }

    /// The next connection by which the account was let in.
    async fn end_received(&self, now: Timestamp) -> Result<usize, ChangeError> {
        let pk = keys::received(self.closed.id);
        let Some(found) = self.store.keys_in(&pk, 1).await?.pop() else { return Ok(0) };
        until_current!(self.store.end_received_by_closed(&self.closed, &found, now))?;
        Ok(1)
    }
}

/// The number in a sort key that begins with one.
fn numbered(key: &Key) -> Option<u64> {
    key.sk.parse().ok()
}

/// Where what hangs on a user or a group is.
fn hanging_on(account: AccountId, key: &Key) -> String {
    let number = numbered(key).unwrap_or_default();
    if key.pk == keys::users(account) {
        UserId::new(number).map(|user| keys::invitation(account, user).pk).unwrap_or_default()
    } else {
        policy::GroupId::new(number).map(|group| keys::members(account, group)).unwrap_or_default()
    }
}

impl Store {
    /// Removes these items of a closed account.
    async fn remove_of_closed(&self, account: AccountId, keys: &[Key]) -> Result<(), ChangeError> {
        let mut transaction = self.transaction();
        transaction.only_if_closed(account);
        for key in keys {
            transaction.delete(key, Guard::Free);
        }
        self.commit(transaction).await
    }

    /// Ends a connection that the closed account granted: the delegate's pointer goes, its log says so, and its Administrators hear of
    /// it if they had agreed.
    async fn end_granted_by_closed(
        &self,
        closed: &Closed,
        id: ConnectionId,
        now: Timestamp,
    ) -> Result<(), ChangeError> {
        let key = keys::connection(closed.id, id);
        let Some(connection) = self.get::<Connection>(&key).await? else { return Ok(()) };
        let delegate = connection.delegate_id;
        let other = self.open_account_of(delegate).await?;
        let mut transaction = self.transaction();
        transaction.only_if_closed(closed.id);
        let unchanged = Changes::default().only_if("version", connection.version)?;
        transaction.delete_if(&key, &unchanged, Guard::Version);
        transaction.delete(&keys::received_connection(delegate, id), Guard::Free);
        if let Some(other) = other.filter(|_| connection.life().is_in_the_way(now)) {
            let act = closed.act(now);
            self.log_in(&mut transaction, delegate, &act, "delete", &connection.subject())?;
            if connection.accepted_at.is_some() {
                let what = closed.notice(connection.host_name);
                let told = (delegate, &other.security.administrator_ids);
                transaction.tell_administrators(self, told, &what, now)?;
            }
        }
        self.commit(transaction).await
    }

    /// Ends a connection by which the closed account was let in: the host's item says that it has ended, its log too, and its
    /// Administrators hear of it. What the host knows and said of the people who came in stays the host's.
    async fn end_received_by_closed(
        &self,
        closed: &Closed,
        pointer: &Key,
        now: Timestamp,
    ) -> Result<(), ChangeError> {
        let Some(received) = self.get::<Received>(pointer).await? else { return Ok(()) };
        let host = received.host_id;
        let key = received.key();
        let connection = self.get::<Connection>(&key).await?;
        let other = self.open_account_of(host).await?;
        let mut transaction = self.transaction();
        transaction.only_if_closed(closed.id);
        transaction.delete(pointer, Guard::Free);
        let open = connection.filter(|one| !matches!(one.state, State::Declined | State::Ended));
        if let Some((connection, other)) = open.zip(other) {
            let ended = Changes::default()
                .only_if("version", connection.version)?
                .set("state", State::Ended)?
                .set("updated_at", now)?
                .increase("version");
            transaction.update(&key, &ended, Guard::Version);
            let act = closed.act(now);
            self.log_in(&mut transaction, host, &act, "delete", &connection.subject())?;
            // One that is past its end ends too, so that nobody prolongs it. There is nothing to tell anybody of.
            if connection.life().is_in_the_way(now) {
                let what = closed.notice(connection.delegate_name);
                let told = (host, &other.security.administrator_ids);
                transaction.tell_administrators(self, told, &what, now)?;
            }
        }
        self.commit(transaction).await
    }

    /// The first keys of a partition.
    async fn keys_in(&self, pk: &str, most: usize) -> Result<Vec<Key>, StoreError> {
        Ok(self.items_in(pk, most).await?.iter().filter_map(Key::of).collect())
    }
}

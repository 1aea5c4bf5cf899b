//! What each caller's requests come to: how many in the window that is open, and when the last one was.

use std::collections::HashMap;

use policy::limits::{RateDecision, Requests, last_window_over};
use policy::{AccountId, ApiKeyId, ConnectionId, Refusal, Timestamp, UserId};
use serde::Deserialize;

use crate::account::CallerIdentity;
use crate::error::StoreError;
use crate::keys::Key;
use crate::patience::Patience;
use crate::read::{Item, parse};
use crate::transaction::{Changes, Updated};
use crate::{Store, keys};

/// Whose requests are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Requester {
    /// A user in the own account.
    User(UserId),
    /// A key of the account.
    Key(ApiKeyId),
    /// A user of another account, inside by a connection.
    Visitor(ConnectionId, UserId),
}

impl Requester {
    /// Whoever stands there; none if nobody does.
    #[must_use]
    pub const fn at(identity: &CallerIdentity) -> Option<Self> {
        match identity {
            CallerIdentity::Home { user, .. } => Some(Self::User(*user)),
            CallerIdentity::Inside { connection, user, .. } => Some(Self::Visitor(*connection, *user)),
            CallerIdentity::Key { key, .. } => Some(Self::Key(*key)),
            CallerIdentity::Nobody { .. } => None,
        }
    }

    fn stored_in(self, account: AccountId) -> Key {
        match self {
            Self::User(user) => keys::use_of_user(account, user),
            Self::Key(key) => keys::use_of_api_key(account, key),
            Self::Visitor(connection, user) => keys::use_of_visitor(account, connection, user),
        }
    }
}

/// How the people of a delegate have used a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visited {
    /// When one of them last made a request inside.
    pub last_at: Timestamp,
    /// How many of them ever did.
    pub persons: usize,
}

/// The connections that were used at all.
pub type Visits = HashMap<ConnectionId, Visited>;

#[derive(Debug, Deserialize)]
struct Use {
    pk: String,
    sk: String,
    since: Timestamp,
    count: u32,
    last_used_at: Timestamp,
}

impl Use {
    const fn requests(&self) -> Requests {
        Requests { since: self.since, count: self.count }
    }
}

/// How many requests the window has now.
fn counted(changed: &Item) -> Option<u32> {
    changed.get("count")?.as_n().ok()?.parse().ok()
}

impl Store {
    /// Counts so many requests, and notes them as the requester's last; or says why they are too many. One write for up to ten of
    /// them, which are carried in the process meanwhile, but for the first request of a window, which takes two.
    pub async fn count_request(
        &self,
        account: AccountId,
        requester: Requester,
        many: u32,
        limit: u32,
        now: Timestamp,
    ) -> Result<Result<(), Refusal>, StoreError> {
        let key = requester.stored_in(account);
        let Some(many) = self.carried.take(&key, many, limit, now) else { return Ok(Ok(())) };
        let room = limit.saturating_sub(many.saturating_sub(1));
        let next = Changes::default()
            .only_if_after("since", last_window_over(now))?
            .only_if_below("count", room)
            .increase_by("count", many)
            .set("last_used_at", now)?;
        let mut patience = Patience::for_a_request();
        loop {
            let item = match self.update_one(&key, &next).await? {
                Updated::Refused(item) => item,
                Updated::Done(changed) => {
                    self.carried.begin(key, counted(&changed), limit, now);
                    return Ok(Ok(()));
                }
            };
            let stored: Option<Use> = item.map(parse).transpose()?;
            let first =
                match stored.map(|stored| (stored.since, stored.requests().one_more(room, limit, now))) {
                    None => Changes::default().only_if_new(),
                    Some((since, Ok(RateDecision::First))) => Changes::default().only_if("since", since)?,
                    // Another one's first request has opened a window by now.
                    Some((_, Ok(RateDecision::Next))) => {
                        patience.next_try().ok_or(StoreError::Busy)?.await;
                        continue;
                    }
                    Some((_, Err(refusal))) => return Ok(Err(refusal)),
                };
            let first = first.set("since", now)?.set("count", many)?.set("last_used_at", now)?;
            if let Updated::Done(_) = self.update_one(&key, &first).await? {
                self.carried.begin(key, Some(many), limit, now);
                return Ok(Ok(()));
            }
            patience.next_try().ok_or(StoreError::Busy)?.await;
        }
    }

    /// When each of these last made a request that was counted; those who never did are not among them.
    ///
    /// A request counts as soon as it is known whose it is. So one of a session that was ended meanwhile, and of a visitor who
    /// is not let in any more, is among them.
    pub async fn last_uses(
        &self,
        account: AccountId,
        requesters: &[Requester],
    ) -> Result<HashMap<Requester, Timestamp>, StoreError> {
        let wanted: HashMap<Key, Requester> =
            requesters.iter().map(|requester| (requester.stored_in(account), *requester)).collect();
        let every_key: Vec<Key> = wanted.keys().cloned().collect();
        let found = self.get_many::<Use>(&every_key).await?;
        let last = found
            .into_iter()
            .filter_map(|used| Some((*wanted.get(&Key { pk: used.pk, sk: used.sk })?, used.last_used_at)));
        Ok(last.collect())
    }

    /// When and by how many each connection of this host was last used. One query, whatever the number of connections.
    pub async fn last_visits(&self, host: AccountId) -> Result<Visits, StoreError> {
        let uses: Vec<Use> = self.partition_of(&keys::uses(host), keys::USES_OF_VISITORS).await?;
        let mut visits = Visits::new();
        for used in uses {
            let Some(connection) = keys::connection_of_use(&used.sk) else { continue };
            let visited =
                visits.entry(connection).or_insert(Visited { last_at: used.last_used_at, persons: 0 });
            visited.last_at = visited.last_at.max(used.last_used_at);
            visited.persons += 1;
        }
        Ok(visits)
    }
}

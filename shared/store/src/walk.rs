//! Walks: the rows of a collection in the order of their keys, from any place on, some at a time. What is read is in
//! proportion to what is taken. Always strongly consistent.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::marker::PhantomData;

use aws_sdk_dynamodb::types::AttributeValue;
use policy::{AccountId, EmailAddress, GroupId, LogEntryId, OrganizationId, Timestamp, UserId};
use serde::de::DeserializeOwned;

use crate::error::StoreError;
use crate::lanes::{Lane, Lanes};
use crate::read::{BATCH, Item, Readable, parse, readable, side_by_side};
use crate::user::EmailGuard;
use crate::{Group, Key, LogEntry, Organization, Store, User, keys};

/// Where a walk begins, and which way it goes.
#[derive(Debug, Clone, Copy)]
pub struct Span<Place> {
    /// It begins behind this row, whether that is still there or not; none for the very beginning.
    pub after: Option<Place>,
    /// From the last row to the first.
    pub backwards: bool,
}

impl<Place> Span<Place> {
    /// Everything, by rising key.
    pub const ALL: Self = Self { after: None, backwards: false };
}

/// Where to walk in an account's activity log.
#[derive(Debug, Clone)]
pub struct LogSpan {
    /// Every month that is wanted, in the order of the walk.
    pub months: Vec<String>,
    /// Only entries of this moment or later. There is no such bound at the other end: an id can lie a little ahead of its
    /// time, after a clock was put back, never behind it.
    pub since: Option<Timestamp>,
    /// It begins in the first month, behind this entry.
    pub after: Option<LogEntryId>,
    /// From the newest to the oldest.
    pub backwards: bool,
}

/// Some rows of a walk.
#[derive(Debug)]
pub struct Batch<T> {
    /// The rows. There can be none of them although the end is not reached.
    pub rows: Vec<T>,
    /// Whether there is nothing behind them.
    pub at_end: bool,
}

/// A walk.
#[derive(Debug)]
pub struct Walk<T> {
    store: Store,
    parts: VecDeque<Part>,
    backwards: bool,
    row: PhantomData<fn() -> T>,
}

/// Which part of a partition.
#[derive(Debug, Clone)]
enum Within {
    /// All of it.
    All,
    /// From this sort key on.
    From(String),
    /// Where the sort key begins like this.
    Beginning(String),
}

/// One stretch of the way.
#[derive(Debug)]
enum Part {
    /// The items of a partition.
    Partition { pk: String, within: Within, start: Option<Item> },
    /// The users whom the addresses of an account belong to, in the order of the addresses.
    Addresses { account: AccountId, start: Option<Item> },
    /// These items, as far as they are there.
    Keys(VecDeque<Key>),
    /// A month of the log, in the order of the ids.
    Month { lanes: Lanes, within: Within },
}

impl<T: DeserializeOwned> Walk<T> {
    fn new(store: &Store, parts: impl IntoIterator<Item = Part>, backwards: bool) -> Self {
        Self { store: store.clone(), parts: parts.into_iter().collect(), backwards, row: PhantomData }
    }

    pub(crate) fn partition(store: &Store, pk: String, after: Option<Key>, backwards: bool) -> Self {
        let start = after.map(|key| key.attributes());
        Self::new(store, [Part::Partition { pk, within: Within::All, start }], backwards)
    }

    pub(crate) fn beginning(store: &Store, pk: String, beginning: String) -> Self {
        Self::part(store, pk, beginning, None, false)
    }

    /// What begins like this in a partition, behind this key.
    pub(crate) fn part(
        store: &Store,
        pk: String,
        beginning: String,
        after: Option<Key>,
        backwards: bool,
    ) -> Self {
        let (within, start) = (Within::Beginning(beginning), after.map(|key| key.attributes()));
        Self::new(store, [Part::Partition { pk, within, start }], backwards)
    }

    fn keys(store: &Store, mut keys: Vec<Key>, after: Option<&Key>, backwards: bool) -> Self {
        if backwards {
            keys.reverse();
        }
        if let Some(after) = after {
            keys.retain(|key| if backwards { key.sk < after.sk } else { key.sk > after.sk });
        }
        Self::new(store, [Part::Keys(keys.into())], backwards)
    }

    /// The next rows, at most so many; one request, or two for users by address, or one for each partition of a month of the log.
    pub async fn read(&mut self, limit: usize) -> Result<Batch<T>, StoreError> {
        let items = self.read_items(limit).await?;
        let rows = items.into_iter().map(parse).collect::<Result<_, _>>()?;
        Ok(Batch { rows, at_end: self.parts.is_empty() })
    }

    /// Whether there is nothing behind what was read.
    pub(crate) fn is_over(&self) -> bool {
        self.parts.is_empty()
    }

    /// The same rows as they are stored.
    pub(crate) async fn read_items(&mut self, limit: usize) -> Result<Vec<Item>, StoreError> {
        let Some(part) = self.parts.pop_front() else { return Ok(Vec::new()) };
        let (items, rest) = match part {
            Part::Partition { pk, within, start } => {
                let (items, start) = self.query(&pk, &within, start, limit).await?;
                (items, start.map(|start| Part::Partition { pk, within, start: Some(start) }))
            }
            Part::Addresses { account, start } => {
                let pk = keys::emails(account);
                let (items, start) = self.query(&pk, &Within::All, start, limit.min(BATCH)).await?;
                let users: Vec<EmailGuard> = items.into_iter().map(parse).collect::<Result<_, _>>()?;
                let wanted: Vec<_> = users.iter().map(|guard| keys::user(account, guard.user_id)).collect();
                let rest = start.map(|start| Part::Addresses { account, start: Some(start) });
                (self.in_order(&wanted).await?, rest)
            }
            Part::Month { mut lanes, within } => {
                let items = self.merged(&mut lanes, &within, limit).await?;
                (items, (!lanes.are_over()).then_some(Part::Month { lanes, within }))
            }
            Part::Keys(mut keys) => {
                let wanted: Vec<_> = keys.drain(..keys.len().min(limit).min(BATCH)).collect();
                (self.in_order(&wanted).await?, (!keys.is_empty()).then_some(Part::Keys(keys)))
            }
        };
        if let Some(rest) = rest {
            self.parts.push_front(rest);
        }
        Ok(items)
    }

    /// Every row that is left.
    pub async fn rest(mut self) -> Result<Vec<T>, StoreError> {
        let mut rows = Vec::new();
        loop {
            let batch = self.read(usize::MAX).await?;
            rows.extend(batch.rows);
            if batch.at_end {
                return Ok(rows);
            }
        }
    }

    /// Every row that is left, but for those that cannot be read.
    pub(crate) async fn readable(mut self) -> Result<Readable<T>, StoreError> {
        let mut items = Vec::new();
        while !self.parts.is_empty() {
            items.extend(self.read_items(usize::MAX).await?);
        }
        Ok(readable(items))
    }

    /// The next items of several partitions, in the order of their sort keys. All are asked at the same time for their share, and
    /// a little more, so that most pages take one turn.
    async fn merged(
        &self,
        lanes: &mut Lanes,
        within: &Within,
        limit: usize,
    ) -> Result<Vec<Item>, StoreError> {
        let mut merged = Vec::new();
        loop {
            merged.extend(lanes.take(limit.saturating_sub(merged.len()), self.backwards));
            let wanted = limit.saturating_sub(merged.len());
            if wanted == 0 || lanes.are_over() {
                return Ok(merged);
            }
            let asked = lanes.short_of(wanted);
            let read =
                asked.iter().map(|asked| self.query(&asked.pk, within, asked.start.clone(), asked.limit));
            let read = side_by_side(read).await?;
            asked.iter().zip(read).for_each(|(asked, (items, next))| lanes.fill(asked.place, items, next));
        }
    }

    /// Up to `limit` items of a partition, and where the next begin.
    async fn query(
        &self,
        pk: &str,
        within: &Within,
        start: Option<Item>,
        limit: usize,
    ) -> Result<(Vec<Item>, Option<Item>), StoreError> {
        let (condition, word) = match within {
            Within::All => ("pk = :pk", None),
            Within::From(word) => ("pk = :pk AND sk >= :sk", Some(word)),
            Within::Beginning(word) => ("pk = :pk AND begins_with(sk, :sk)", Some(word)),
        };
        let request = self
            .store
            .client
            .query()
            .table_name(&self.store.table)
            .key_condition_expression(condition)
            .expression_attribute_values(":pk", AttributeValue::S(pk.to_owned()))
            .consistent_read(true)
            .scan_index_forward(!self.backwards)
            // A limit that is no number for DynamoDB is none.
            .set_limit(i32::try_from(limit).ok())
            .set_exclusive_start_key(start);
        let request = match word {
            Some(word) => request.expression_attribute_values(":sk", AttributeValue::S(word.clone())),
            None => request,
        };
        let answer = request.send().await.map_err(|error| StoreError::from_sdk("Query", &error))?;
        let next = answer.last_evaluated_key.filter(|key| !key.is_empty());
        Ok((answer.items.unwrap_or_default(), next))
    }

    /// These items, as far as they are there, in the order of the keys.
    async fn in_order(&self, wanted: &[Key]) -> Result<Vec<Item>, StoreError> {
        let found = self.store.get_items(wanted).await?;
        let mut by_key: HashMap<String, Item> =
            found.into_iter().filter_map(|item| Some((item.get("sk")?.as_s().ok()?.clone(), item))).collect();
        Ok(wanted.iter().filter_map(|key| by_key.remove(&key.sk)).collect())
    }
}

impl Store {
    /// The first items of a partition, as they are stored.
    pub(crate) async fn items_in(&self, pk: &str, most: usize) -> Result<Vec<Item>, StoreError> {
        Walk::<serde::de::IgnoredAny>::partition(self, pk.to_owned(), None, false).read_items(most).await
    }

    /// The users of the account, in the order of their ids, which is that in which they came.
    #[must_use]
    pub fn walk_users(&self, account: AccountId, span: Span<UserId>) -> Walk<User> {
        let after = span.after.map(|user| keys::user(account, user));
        Walk::partition(self, keys::users(account), after, span.backwards)
    }

    /// The users of the account, in the order of their addresses.
    #[must_use]
    pub fn walk_users_by_email(&self, account: AccountId, span: &Span<EmailAddress>) -> Walk<User> {
        let start = span.after.as_ref().map(|address| keys::email(account, address).attributes());
        Walk::new(self, [Part::Addresses { account, start }], span.backwards)
    }

    /// Those of these users that are there, in the order of their ids.
    #[must_use]
    pub fn walk_these_users(
        &self,
        account: AccountId,
        users: &BTreeSet<UserId>,
        span: Span<UserId>,
    ) -> Walk<User> {
        let wanted = users.iter().map(|user| keys::user(account, *user)).collect();
        let after = span.after.map(|user| keys::user(account, user));
        Walk::keys(self, wanted, after.as_ref(), span.backwards)
    }

    /// The organizations of the account, in the order of their ids.
    #[must_use]
    pub fn walk_organizations(&self, account: AccountId, span: Span<OrganizationId>) -> Walk<Organization> {
        let after = span.after.map(|organization| keys::organization(account, organization));
        Walk::partition(self, keys::organizations(account), after, span.backwards)
    }

    /// Those of these organizations that are there, in the order of their ids.
    #[must_use]
    pub fn walk_these_organizations(
        &self,
        account: AccountId,
        organizations: &BTreeSet<OrganizationId>,
        span: Span<OrganizationId>,
    ) -> Walk<Organization> {
        let wanted = organizations.iter().map(|id| keys::organization(account, *id)).collect();
        let after = span.after.map(|id| keys::organization(account, id));
        Walk::keys(self, wanted, after.as_ref(), span.backwards)
    }

    /// The groups of the account, in the order of their ids.
    #[must_use]
    pub fn walk_groups(&self, account: AccountId, span: Span<GroupId>) -> Walk<Group> {
        let after = span.after.map(|group| keys::group(account, group));
        Walk::partition(self, keys::groups(account), after, span.backwards)
    }

    /// Those of these groups that are there, in the order of their ids.
    #[must_use]
    pub fn walk_these_groups(
        &self,
        account: AccountId,
        groups: &BTreeSet<GroupId>,
        span: Span<GroupId>,
    ) -> Walk<Group> {
        let wanted = groups.iter().map(|id| keys::group(account, *id)).collect();
        let after = span.after.map(|id| keys::group(account, id));
        Walk::keys(self, wanted, after.as_ref(), span.backwards)
    }

    /// The entries of the account's activity log, in the order of their ids. DynamoDB reads one megabyte at a time, some two
    /// thousand entries, for 256 read units.
    #[must_use]
    pub fn walk_log(&self, account: AccountId, span: LogSpan) -> Walk<LogEntry> {
        let mut after = span.after;
        let within = span.since.map_or(Within::All, |since| Within::From(keys::log_entries_since(since)));
        let parts: Vec<_> = span
            .months
            .iter()
            .map(|month| {
                let after = after.take();
                let start =
                    |pk: &String| after.map(|entry| keys::in_log_lane(pk.clone(), entry).attributes());
                let lanes = keys::log_lanes(account, month).map(|pk| (start(&pk), pk));
                Part::Month {
                    lanes: lanes.map(|(start, pk)| Lane::new(pk, start)).collect(),
                    within: within.clone(),
                }
            })
            .collect();
        Walk::new(self, parts, span.backwards)
    }
}

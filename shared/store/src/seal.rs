//! Seals of the activity log: appending one to an account's chain, and reading all of it to verify it.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;
use policy::{AccountId, Timestamp};
use seals::{Content, EntryKey, Head, Seal, SealedEntry, Standing, entry_hash, standing};
use serde::Deserialize;

use crate::activity::{Position, RowsOfMonth};
use crate::error::StoreError;
use crate::read::{Item, parse};
use crate::transaction::{ChangeError, Changes, Guard};
use crate::{Store, keys, until_current};

/// At most this many entries in one seal: some hundred kilobytes, of the four hundred that an item can have.
pub const ENTRIES_IN_A_SEAL: usize = 1_000;

/// An entry of the log, as it is stored now.
#[derive(Debug, Clone)]
pub struct StoredEntry {
    /// Which, with its hash.
    pub entry: SealedEntry,
    /// When it says that it was written; none if it does not.
    pub created_at: Option<Timestamp>,
    /// Whether all of it is there.
    pub standing: Standing,
}

/// A seal as it is stored.
#[derive(Debug)]
pub struct StoredSeal {
    /// Its place in the chain, by its key.
    pub sequence: u64,
    /// None if it is no longer readable.
    pub seal: Option<Seal>,
}

/// The chain as it is stored.
#[derive(Debug, Default)]
pub struct Chain {
    /// The seals, by rising sequence.
    pub seals: Vec<StoredSeal>,
    /// The head; none if it is not there or not readable.
    pub head: Option<Head>,
}

/// An entry as the table's stream tells of it. None if the item is no entry of a log.
#[must_use]
pub fn sealed_entry(
    item: &HashMap<String, serde_dynamo::AttributeValue>,
) -> Option<(AccountId, SealedEntry)> {
    let text = |name| match item.get(name) {
        Some(serde_dynamo::AttributeValue::S(text)) => Some(text),
        _ => None,
    };
    let (account, month) = keys::log_of(text("pk")?)?;
    let key = EntryKey { month: month.to_owned(), id: text("sk")?.clone() };
    Some((account, SealedEntry { key, hash: entry_hash(item) }))
}

impl Store {
    /// Appends a seal over these entries, at most [`ENTRIES_IN_A_SEAL`], to the account's chain. Those that the last seal
    /// holds already are left out, as when a batch comes again because the answer to it was lost; none is appended for
    /// none. Answers the head, if it is a new one.
    pub async fn seal(
        &self,
        account: AccountId,
        entries: &[SealedEntry],
        now: Timestamp,
    ) -> Result<Option<Head>, ChangeError> {
        until_current!(self.seal_once(account, entries, now))
    }

    async fn seal_once(
        &self,
        account: AccountId,
        entries: &[SealedEntry],
        now: Timestamp,
    ) -> Result<Option<Head>, ChangeError> {
        let Chain { seals, head } = self.chain_end(account).await?;
        let last = seals.last();
        let sealed: &[SealedEntry] =
            last.and_then(|last| last.seal.as_ref()).map_or(&[], |seal| &seal.content.entries);
        let entries: Vec<SealedEntry> =
            entries.iter().filter(|entry| !sealed.contains(entry)).cloned().collect();
        if entries.is_empty() {
            return Ok(None);
        }
        let at = head.unwrap_or_default();
        // Whatever was done to the chain, sealing goes on after it. What was done then shows, since the new seal follows
        // the head, or nothing.
        let sequence = at.sequence.max(last.map_or(0, |last| last.sequence)) + 1;
        let content =
            Content { account_id: account, sequence, created_at: now, entries, previous_hash: at.hash };
        let seal = Seal::over(content);
        let new_head = seal.as_head();
        let mut transaction = self.transaction();
        transaction.put_new(&keys::seal(account, sequence), &seal, Guard::Free)?;
        match head {
            None => transaction.put(&keys::seal_head(account), &new_head, Guard::Version)?,
            Some(head) => {
                let changes = Changes::default()
                    .only_if("sequence", head.sequence)?
                    .only_if("hash", head.hash)?
                    .set("sequence", new_head.sequence)?
                    .set("hash", new_head.hash)?;
                transaction.update(&keys::seal_head(account), &changes, Guard::Version);
            }
        }
        self.commit(transaction).await?;
        Ok(Some(new_head))
    }

    /// The head and the last seal.
    async fn chain_end(&self, account: AccountId) -> Result<Chain, StoreError> {
        let mut chain = Chain::default();
        let newest_two = self.chain_query(account).scan_index_forward(false).limit(2);
        let answer = newest_two.send().await.map_err(|error| StoreError::from_sdk("Query", &error))?;
        answer.items.unwrap_or_default().into_iter().rev().for_each(|item| chain.take(item));
        Ok(chain)
    }

    /// All of an account's chain, oldest seal first. The head is read before the seals: there can be seals after it, made
    /// in between, and never one less.
    pub async fn chain(&self, account: AccountId) -> Result<Chain, StoreError> {
        let head = match self.get(&keys::seal_head(account)).await {
            Err(StoreError::Unreadable(_)) => None,
            head => head?,
        };
        let mut chain = Chain::default();
        let mut start = None;
        loop {
            let page = self.chain_query(account).set_exclusive_start_key(start);
            let answer = page.send().await.map_err(|error| StoreError::from_sdk("Query", &error))?;
            answer.items.unwrap_or_default().into_iter().for_each(|item| chain.take(item));
            start = answer.last_evaluated_key.filter(|key| !key.is_empty());
            if start.is_none() {
                break;
            }
        }
        chain.head = head.or(chain.head);
        Ok(chain)
    }

    fn chain_query(&self, account: AccountId) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", AttributeValue::S(keys::seals(account)))
            .consistent_read(true)
    }

    /// A page of a month's entries with their hashes as they are now.
    pub async fn stored_entries(
        &self,
        account: AccountId,
        month: &str,
        start: Option<Position>,
    ) -> Result<RowsOfMonth<StoredEntry>, StoreError> {
        let RowsOfMonth { rows, next } = self.log_items(account, month, start).await?;
        let rows = rows.into_iter().filter_map(|item| {
            let item: HashMap<String, serde_dynamo::AttributeValue> =
                serde_dynamo::Item::from(item).into_inner();
            let created_at = match item.get("created_at") {
                Some(serde_dynamo::AttributeValue::N(millis)) => {
                    millis.parse().ok().map(Timestamp::from_millis)
                }
                _ => None,
            };
            let standing = standing(&item);
            sealed_entry(&item).map(|(_, entry)| StoredEntry { entry, created_at, standing })
        });
        Ok(RowsOfMonth { rows: rows.collect(), next })
    }

    /// When an account was opened; none if there is none of that id. One that is closed has its log still.
    pub async fn opened_at(&self, account: AccountId) -> Result<Option<Timestamp>, StoreError> {
        let found: Option<Opened> = self.get(&keys::account(account)).await?;
        let found = match found {
            Some(account) => Some(account),
            None => self.get(&keys::closed(account)).await?,
        };
        Ok(found.map(|account| account.created_at))
    }

    /// Every account, closed ones as well. Reads the whole table: for an operator's command alone, never for a request.
    pub async fn every_account(&self) -> Result<Vec<AccountId>, StoreError> {
        let mut found = Vec::new();
        let mut start = None;
        loop {
            let answer = self
                .client
                .scan()
                .table_name(&self.table)
                .filter_expression("(sk = :account OR sk = :closed) AND begins_with(pk, :prefix)")
                .expression_attribute_values(":account", AttributeValue::S(keys::ACCOUNT.to_owned()))
                .expression_attribute_values(":closed", AttributeValue::S(keys::CLOSED.to_owned()))
                .expression_attribute_values(":prefix", AttributeValue::S(keys::OF_AN_ACCOUNT.to_owned()))
                .consistent_read(true)
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(|error| StoreError::from_sdk("Scan", &error))?;
            for item in answer.items.unwrap_or_default() {
                found.push(parse::<Opened>(item)?.id);
            }
            start = answer.last_evaluated_key.filter(|key| !key.is_empty());
            if start.is_none() {
                found.sort_unstable();
                return Ok(found);
            }
        }
    }
}

impl Chain {
    /// Adds an item of the chain's partition; what is neither head nor seal by its key is none of ours.
    fn take(&mut self, item: Item) {
        let Some(Ok(sk)) = item.get("sk").map(AttributeValue::as_s) else { return };
        if let Ok(sequence) = sk.parse() {
            self.seals.push(StoredSeal { sequence, seal: parse(item).ok() });
        } else {
            self.head = parse(item).ok();
        }
    }
}

#[derive(Debug, Deserialize)]
struct Opened {
    id: AccountId,
    created_at: Timestamp,
}

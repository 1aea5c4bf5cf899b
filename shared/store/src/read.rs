//! Reading: one item, several at one moment, many by key, a whole partition. Always strongly consistent, but for
//! [`Store::glance_at`].

use std::collections::HashMap;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::transact_get_items::TransactGetItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, Get, KeysAndAttributes, Select, TransactGetItem};
use futures::future::try_join_all;
use serde::de::DeserializeOwned;

use crate::Store;
use crate::error::StoreError;
use crate::keys::Key;
use crate::patience::{Patience, is_passing};
use crate::walk::Walk;

/// An item as DynamoDB answers it.
pub type Item = HashMap<String, AttributeValue>;

/// DynamoDB reads at most this many items in one transaction or batch.
pub(crate) const BATCH: usize = 100;

/// So many reads are under way together at most.
const TOGETHER: usize = 100;

/// The outcome of each of these reads, in their order.
pub(crate) async fn side_by_side<T, Read: Future<Output = Result<T, StoreError>>>(
    reads: impl IntoIterator<Item = Read>,
) -> Result<Vec<T>, StoreError> {
    let mut reads: Vec<Read> = reads.into_iter().collect();
    let mut read = Vec::with_capacity(reads.len());
    while !reads.is_empty() {
        let later = reads.split_off(reads.len().min(TOGETHER));
        read.extend(try_join_all(reads).await?);
        reads = later;
    }
    Ok(read)
}

/// How fresh a read is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Freshness {
    /// All that was written before is in it.
    Current,
    /// What was written in the last moment may be missing.
    AMomentAgo,
}

/// Items of several accounts, read together: what one of them wrote, or a newer version, keeps nobody else's from being read.
#[derive(Debug)]
pub struct Readable<T> {
    /// Those that can be read.
    pub items: Vec<T>,
    /// The keys of those that this version cannot read. They are left alone.
    pub unreadable: Vec<String>,
}

/// Where an item is, in one word.
pub(crate) fn name_of(item: &Item) -> String {
    let part = |name: &str| item.get(name).and_then(|value| value.as_s().ok()).cloned().unwrap_or_default();
    format!("{} {}", part("pk"), part("sk"))
}

/// Those of these items that can be read.
pub(crate) fn readable<T: DeserializeOwned>(found: impl IntoIterator<Item = Item>) -> Readable<T> {
    let mut read = Readable { items: Vec::new(), unreadable: Vec::new() };
    for item in found {
        let name = name_of(&item);
        match parse(item) {
            Ok(item) => read.items.push(item),
            Err(_) => read.unreadable.push(name),
        }
    }
    read
}

pub(crate) fn parse<T: DeserializeOwned>(item: Item) -> Result<T, StoreError> {
    Ok(serde_dynamo::from_item(item)?)
}

impl Store {
    /// One item.
    pub(crate) async fn get<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key.attributes()))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| StoreError::from_sdk("GetItem", &error))?;
        answer.item.map(parse).transpose()
    }

    /// Several items as they are at one and the same moment, in the order of the keys; none for those that are not there.
    /// At most a hundred. Costs twice what [`Self::get_items`] does, and waits while others write these items.
    pub(crate) async fn get_in_transaction(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StoreError> {
        let mut patience = Patience::for_a_request();
        loop {
            let mut request = self.client.transact_get_items();
            for key in keys {
                let get = Get::builder()
                    .table_name(&self.table)
                    .set_key(Some(key.attributes()))
                    .build()
                    .map_err(|error| StoreError::Unavailable(error.to_string()))?;
                request = request.transact_items(TransactGetItem::builder().get(get).build());
            }
            match request.send().await {
                Ok(answer) => {
                    let found = answer.responses.unwrap_or_default();
                    return Ok(found
                        .into_iter()
                        .map(|response| response.item.filter(|item| !item.is_empty()))
                        .collect());
                }
                Err(error) if !is_conflict(&error) => {
                    return Err(StoreError::from_sdk("TransactGetItems", &error));
                }
                Err(_) => patience.next_try().ok_or(StoreError::Busy)?.await,
            }
        }
    }

    /// Those of many items that are there, in no particular order. Each is current; together they are not one moment.
    pub(crate) async fn get_many<T: DeserializeOwned>(&self, keys: &[Key]) -> Result<Vec<T>, StoreError> {
        self.get_items(keys).await?.into_iter().map(parse).collect()
    }

    /// The same, but for those that cannot be read.
    pub(crate) async fn get_readable<T: DeserializeOwned>(
        &self,
        keys: &[Key],
    ) -> Result<Readable<T>, StoreError> {
        Ok(readable(self.get_items(keys).await?))
    }

    /// The same, as they are stored.
    pub(crate) async fn get_items(&self, keys: &[Key]) -> Result<Vec<Item>, StoreError> {
        self.get_batches(keys, Freshness::Current).await
    }

    /// Those of many items that are there, as they were a moment ago: half as dear, and good for nothing that is decided.
    pub(crate) async fn glance_at(&self, keys: &[Key]) -> Result<Vec<(Key, Item)>, StoreError> {
        let found = self.get_batches(keys, Freshness::AMomentAgo).await?;
        Ok(found.into_iter().filter_map(|item| Some((Key::of(&item)?, item))).collect())
    }

    async fn get_batches(&self, keys: &[Key], freshness: Freshness) -> Result<Vec<Item>, StoreError> {
        let batches = try_join_all(keys.chunks(BATCH).map(|batch| self.get_batch(batch, freshness))).await?;
        Ok(batches.into_iter().flatten().collect())
    }

    async fn get_batch(&self, keys: &[Key], freshness: Freshness) -> Result<Vec<Item>, StoreError> {
        let mut found = Vec::with_capacity(keys.len());
        let mut wanted: Vec<_> = keys.iter().map(Key::attributes).collect();
        let mut patience = Patience::for_a_request();
        while !wanted.is_empty() {
            let request = KeysAndAttributes::builder()
                .set_keys(Some(wanted))
                .consistent_read(freshness == Freshness::Current)
                .build()
                .map_err(|error| StoreError::Unavailable(error.to_string()))?;
            let answer = self
                .client
                .batch_get_item()
                .request_items(&self.table, request)
                .send()
                .await
                .map_err(|error| StoreError::from_sdk("BatchGetItem", &error))?;
            found.extend(answer.responses.unwrap_or_default().remove(&self.table).unwrap_or_default());
            let left = answer.unprocessed_keys.unwrap_or_default().remove(&self.table);
            wanted = left.map(|left| left.keys).unwrap_or_default();
            if !wanted.is_empty() {
                patience.next_try().ok_or(StoreError::Busy)?.await;
            }
        }
        Ok(found)
    }

    /// How many items a partition has.
    pub(crate) async fn count_in(&self, pk: String) -> Result<usize, StoreError> {
        let (mut count, mut start) = (0_usize, None);
        loop {
            let answer = self
                .client
                .query()
                .table_name(&self.table)
                .key_condition_expression("pk = :pk")
                .expression_attribute_values(":pk", AttributeValue::S(pk.clone()))
                .consistent_read(true)
                .select(Select::Count)
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(|error| StoreError::from_sdk("Query", &error))?;
            count = count.saturating_add(usize::try_from(answer.count).unwrap_or_default());
            start = answer.last_evaluated_key.filter(|key| !key.is_empty());
            if start.is_none() {
                return Ok(count);
            }
        }
    }

    /// Every item of a partition, by rising sort key.
    pub(crate) async fn partition<T: DeserializeOwned>(&self, pk: &str) -> Result<Vec<T>, StoreError> {
        Walk::partition(self, pk.to_owned(), None, false).rest().await
    }

    /// The same, but for those items that cannot be read.
    pub(crate) async fn readable_partition<T: DeserializeOwned>(
        &self,
        pk: &str,
    ) -> Result<Readable<T>, StoreError> {
        Walk::partition(self, pk.to_owned(), None, false).readable().await
    }

    /// The items of a partition whose sort keys begin like this, by rising sort key.
    pub(crate) async fn partition_of<T: DeserializeOwned>(
        &self,
        pk: &str,
        beginning: &str,
    ) -> Result<Vec<T>, StoreError> {
        Walk::beginning(self, pk.to_owned(), beginning.to_owned()).rest().await
    }
}

fn is_conflict(error: &SdkError<TransactGetItemsError>) -> bool {
    match error.as_service_error() {
        Some(TransactGetItemsError::TransactionCanceledException(cancelled)) => {
            cancelled.cancellation_reasons().iter().any(|reason| is_passing(reason.code()))
        }
        Some(other) => is_passing(other.code()),
        None => false,
    }
}

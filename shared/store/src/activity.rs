//! Reading the activity log, a month and a page at a time.

use aws_sdk_dynamodb::types::AttributeValue;
use policy::{AccountId, Timestamp};

use crate::error::StoreError;
use crate::read::{Item, parse};
use crate::{LogEntry, Store, keys};

/// Where to read in a log.
#[derive(Debug, Clone, Copy)]
pub struct Month<'a> {
    /// Whose log.
    pub account: AccountId,
    /// `yyyymm`.
    pub month: &'a str,
    /// Only what was written at this moment or later. There is no such bound at the other end: an id can lie a little
    /// ahead of its time, after a clock was put back, never behind it.
    pub since: Option<Timestamp>,
    /// From the newest to the oldest, instead of the other way.
    pub newest_first: bool,
}

/// Some rows of a partition.
#[derive(Debug)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Where the next page begins; none after the last.
    pub next: Option<Position>,
}

/// A place in a partition.
#[derive(Debug)]
pub struct Position(Item);

impl Store {
    /// A page of a month's entries, in the order of their ids, from `start` or the beginning. DynamoDB reads one megabyte,
    /// some two thousand entries, for 256 read units.
    pub async fn log_page(
        &self,
        month: Month<'_>,
        start: Option<Position>,
    ) -> Result<Page<LogEntry>, StoreError> {
        let Page { rows, next } = self.log_items(month, start).await?;
        Ok(Page { rows: rows.into_iter().map(parse).collect::<Result<_, _>>()?, next })
    }

    /// The same, as it is stored.
    pub(crate) async fn log_items(
        &self,
        month: Month<'_>,
        start: Option<Position>,
    ) -> Result<Page<Item>, StoreError> {
        // DynamoDB takes no empty key; every entry's is above this.
        let since = month.since.map_or_else(|| "0".to_owned(), keys::log_entries_since);
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND sk >= :since")
            .expression_attribute_values(":pk", AttributeValue::S(keys::log(month.account, month.month)))
            .expression_attribute_values(":since", AttributeValue::S(since))
            .consistent_read(true)
            .scan_index_forward(!month.newest_first)
            .set_exclusive_start_key(start.map(|position| position.0))
            .send()
            .await
            .map_err(|error| StoreError::from_sdk("Query", &error))?;
        let next = answer.last_evaluated_key.filter(|key| !key.is_empty()).map(Position);
        Ok(Page { rows: answer.items.unwrap_or_default(), next })
    }
}

//! Reading the activity log as it is stored, a month and a page at a time, for its seals.

use aws_sdk_dynamodb::types::AttributeValue;
use policy::AccountId;

use crate::error::StoreError;
use crate::read::Item;
use crate::{Store, keys};

/// Some rows of a month.
#[derive(Debug)]
pub struct RowsOfMonth<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Where the next page begins; none after the last.
    pub next: Option<Position>,
}

/// A place in a month: in which of its partitions, and behind which row there.
#[derive(Debug, Default)]
pub struct Position {
    lane: usize,
    start: Option<Item>,
}

impl Store {
    /// A page of a month's entries, from `start` or the beginning, one of its partitions after the other: in each they are in
    /// the order of their ids. DynamoDB reads one megabyte, some two thousand entries, for 256 read units.
    pub(crate) async fn log_items(
        &self,
        account: AccountId,
        month: &str,
        start: Option<Position>,
    ) -> Result<RowsOfMonth<Item>, StoreError> {
        let Position { lane, start } = start.unwrap_or_default();
        let mut lanes = keys::log_lanes(account, month).skip(lane);
        let Some(pk) = lanes.next() else { return Ok(RowsOfMonth { rows: Vec::new(), next: None }) };
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", AttributeValue::S(pk))
            .consistent_read(true)
            .set_exclusive_start_key(start)
            .send()
            .await
            .map_err(|error| StoreError::from_sdk("Query", &error))?;
        let next = match answer.last_evaluated_key.filter(|key| !key.is_empty()) {
            Some(key) => Some(Position { lane, start: Some(key) }),
            None => lanes.next().map(|_| Position { lane: lane.saturating_add(1), start: None }),
        };
        Ok(RowsOfMonth { rows: answer.items.unwrap_or_default(), next })
    }
}

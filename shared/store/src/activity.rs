//! Reading the activity log as it is stored, a month and a page at a time, for its seals.

use aws_sdk_dynamodb::types::AttributeValue;
use policy::AccountId;

use crate::error::StoreError;
use crate::read::Item;
use crate::{Store, keys};

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
    pub(crate) async fn log_items(
        &self,
        account: AccountId,
        month: &str,
        start: Option<Position>,
    ) -> Result<Page<Item>, StoreError> {
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", AttributeValue::S(keys::log(account, month)))
            .consistent_read(true)
            .set_exclusive_start_key(start.map(|position| position.0))
            .send()
            .await
            .map_err(|error| StoreError::from_sdk("Query", &error))?;
        let next = answer.last_evaluated_key.filter(|key| !key.is_empty()).map(Position);
        Ok(Page { rows: answer.items.unwrap_or_default(), next })
    }
}

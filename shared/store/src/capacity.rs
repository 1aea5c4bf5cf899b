//! What the table charges: every request asks DynamoDB for the capacity that it used, and whoever wants to know what one
//! request of a client cost lets it run inside [`metered`].

use std::cell::Cell;

use aws_sdk_dynamodb::config::interceptors::{
    AfterDeserializationInterceptorContextRef, BeforeSerializationInterceptorContextMut,
};
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::operation::{
    batch_get_item, get_item, query, scan, transact_get_items, transact_write_items, update_item,
};
use aws_sdk_dynamodb::types::{ConsumedCapacity, ReturnConsumedCapacity};

tokio::task_local! {
    static USED: Cell<Used>;
}

/// Capacity units. AWS charges five times as much for a unit of writing as for one of reading.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Used {
    /// Units of reading.
    pub read: f64,
    /// Units of writing.
    pub write: f64,
}

/// Runs this, and counts the capacity units that its requests to the table use.
pub async fn metered<Done>(work: impl Future<Output = Done>) -> Done {
    USED.scope(Cell::default(), work).await
}

/// The capacity units that were used so far, in [`metered`]; nothing outside.
#[must_use]
pub fn used() -> Used {
    USED.try_with(Cell::get).unwrap_or_default()
}

fn add(is_write: bool, used: impl IntoIterator<Item = ConsumedCapacity>) {
    let more: f64 = used.into_iter().filter_map(|capacity| capacity.capacity_units).sum();
    let add = |used: &Cell<Used>| {
        let Used { read, write } = used.get();
        used.set(if is_write {
            Used { read, write: write + more }
        } else {
            Used { read: read + more, write }
        });
    };
    // Outside of a metered request nobody asks.
    USED.try_with(add).unwrap_or_default();
}

/// Asks for the used capacity and counts it.
#[derive(Debug)]
pub(crate) struct Meter;

impl Intercept for Meter {
    fn name(&self) -> &'static str {
        "Meter"
    }

    fn modify_before_serialization(
        &self,
        context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let total = Some(ReturnConsumedCapacity::Total);
        let input = context.input_mut();
        macro_rules! ask {
            ($($input:ty),+) => {
                $(if let Some(input) = input.downcast_mut::<$input>() {
                    input.return_consumed_capacity = total;
                    return Ok(());
                })+
            };
        }
        ask!(
            batch_get_item::BatchGetItemInput,
            get_item::GetItemInput,
            query::QueryInput,
            scan::ScanInput,
            transact_get_items::TransactGetItemsInput,
            transact_write_items::TransactWriteItemsInput,
            update_item::UpdateItemInput
        );
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Ok(output) = context.output_or_error() else { return Ok(()) };
        macro_rules! count {
            ($($is_write:literal: $output:ty),+) => {
                $(if let Some(output) = output.downcast_ref::<$output>() {
                    add($is_write, output.consumed_capacity.clone());
                    return Ok(());
                })+
            };
        }
        count!(
            false: get_item::GetItemOutput,
            false: query::QueryOutput,
            false: scan::ScanOutput,
            true: update_item::UpdateItemOutput
        );
        macro_rules! count_many {
            ($($is_write:literal: $output:ty),+) => {
                $(if let Some(output) = output.downcast_ref::<$output>() {
                    add($is_write, output.consumed_capacity.iter().flatten().cloned());
                    return Ok(());
                })+
            };
        }
        count_many!(
            false: batch_get_item::BatchGetItemOutput,
            false: transact_get_items::TransactGetItemsOutput,
            true: transact_write_items::TransactWriteItemsOutput
        );
        Ok(())
    }
}

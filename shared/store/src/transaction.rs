//! Writing: everything that changes together in one transaction, each item with the reason why it might be refused.

use std::collections::HashMap;

use aws_sdk_dynamodb::error::{BuildError, ProvideErrorMetadata};
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Delete, Put, ReturnValue, ReturnValuesOnConditionCheckFailure,
    TransactWriteItem, Update,
};
use policy::AccountId;
use serde::Serialize;

use crate::error::StoreError;
use crate::keys::Key;
use crate::patience::{Patience, is_passing};
use crate::read::Item;
use crate::settled::REVISION;
use crate::{Store, keys};

/// DynamoDB writes at most this many items in one transaction.
pub(crate) const LIMIT: usize = 100;

/// What an item's condition guards. A transaction that is refused says which guards held it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// That there is room for one more attempt, in a quarter of an hour or on a day.
    Attempts(bool),
    /// The account's security revision: someone changed who may do what since it was read.
    Revision,
    /// The item's own version, or that it exists.
    Version,
    /// That an id or an address is not taken.
    Free,
    /// That a subdomain is not taken.
    Subdomain,
    /// That the invitation is still the one that was read.
    Invitation,
    /// That the second factor was not used or replaced since it was read.
    Mfa,
    /// That a limit has room: others used it up since it was read.
    Limit,
    /// That the request, which came with an idempotency key, is still the one that is carried out.
    IdempotencyLock,
}

/// A change that did not happen.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// What was read is no longer so: read again, decide again.
    #[error("what was read has changed: {0:?}")]
    Stale(Vec<Guard>),
    /// No answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An update of one item: expression, names and values together.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    set: Vec<String>,
    add: Vec<String>,
    remove: Vec<String>,
    delete: Vec<String>,
    values: HashMap<String, AttributeValue>,
    conditions: Vec<String>,
}

impl Changes {
    fn value(&mut self, value: AttributeValue) -> String {
        let name = format!(":v{}", self.values.len());
        self.values.insert(name.clone(), value);
        name
    }

    /// Sets an attribute; a value that serializes to nothing removes it.
    pub(crate) fn set(self, attribute: &str, value: impl Serialize) -> Result<Self, StoreError> {
        match serde_dynamo::to_attribute_value(value)? {
            AttributeValue::Null(_) => Ok(self.remove(attribute)),
            value => Ok(self.set_value(attribute, value)),
        }
    }

    /// Sets an attribute to this value of DynamoDB's.
    pub(crate) fn set_value(mut self, attribute: &str, value: AttributeValue) -> Self {
        let name = self.value(value);
        self.set.push(format!("#{attribute} = {name}"));
        self
    }

    /// Sets a set of numbers; an empty one removes the attribute, since DynamoDB knows no empty sets.
    pub(crate) fn set_numbers(mut self, attribute: &str, numbers: impl Iterator<Item = u64>) -> Self {
        match number_set(numbers) {
            None => self.remove(attribute),
            Some(numbers) => {
                let name = self.value(numbers);
                self.set.push(format!("#{attribute} = {name}"));
                self
            }
        }
    }

    /// Adds one to a number.
    pub(crate) fn increase(self, attribute: &str) -> Self {
        self.increase_by(attribute, 1)
    }

    /// Adds to a number, or takes from it; one that is not there counts as nought.
    pub(crate) fn increase_by(mut self, attribute: &str, number: impl Into<i64>) -> Self {
        let name = self.value(AttributeValue::N(number.into().to_string()));
        self.add.push(format!("#{attribute} {name}"));
        self
    }

    /// Adds members to a set of numbers.
    pub(crate) fn insert(mut self, attribute: &str, numbers: impl Iterator<Item = u64>) -> Self {
        if let Some(numbers) = number_set(numbers) {
            let name = self.value(numbers);
            self.add.push(format!("#{attribute} {name}"));
        }
        self
    }

    /// Takes members out of a set of numbers.
    pub(crate) fn take_out(mut self, attribute: &str, numbers: impl Iterator<Item = u64>) -> Self {
        if let Some(numbers) = number_set(numbers) {
            let name = self.value(numbers);
            self.delete.push(format!("#{attribute} {name}"));
        }
        self
    }

    /// Removes an attribute.
    pub(crate) fn remove(mut self, attribute: &str) -> Self {
        self.remove.push(format!("#{attribute}"));
        self
    }

    /// Only if the attribute is this.
    pub(crate) fn only_if(mut self, attribute: &str, value: impl Serialize) -> Result<Self, StoreError> {
        let name = self.value(serde_dynamo::to_attribute_value(value)?);
        self.conditions.push(format!("#{attribute} = {name}"));
        Ok(self)
    }

    /// Only if a set of numbers is this one, which is not empty.
    pub(crate) fn only_if_numbers(mut self, attribute: &str, numbers: impl Iterator<Item = u64>) -> Self {
        if let Some(numbers) = number_set(numbers) {
            let name = self.value(numbers);
            self.conditions.push(format!("#{attribute} = {name}"));
        }
        self
    }

    /// Only if the item is there.
    pub(crate) fn only_if_there(mut self) -> Self {
        self.conditions.push("attribute_exists(#pk)".to_owned());
        self
    }

    /// Only if there is no such attribute.
    pub(crate) fn only_if_without(mut self, attribute: &str) -> Self {
        self.conditions.push(format!("attribute_not_exists(#{attribute})"));
        self
    }

    /// Only if the moment in this attribute has come, or there is none.
    pub(crate) fn only_if_past(
        mut self,
        attribute: &str,
        now: policy::Timestamp,
    ) -> Result<Self, StoreError> {
        let name = self.value(serde_dynamo::to_attribute_value(now)?);
        self.conditions.push(format!("(attribute_not_exists(#{attribute}) OR #{attribute} <= {name})"));
        Ok(self)
    }

    /// Only if the number in this attribute is at most this, or there is none.
    pub(crate) fn only_if_at_most(mut self, attribute: &str, number: u32) -> Self {
        let name = self.value(AttributeValue::N(number.to_string()));
        self.conditions.push(format!("(attribute_not_exists(#{attribute}) OR #{attribute} <= {name})"));
        self
    }

    /// Only if the number in this attribute is below this.
    pub(crate) fn only_if_below(mut self, attribute: &str, number: u32) -> Self {
        let name = self.value(AttributeValue::N(number.to_string()));
        self.conditions.push(format!("#{attribute} < {name}"));
        self
    }

    /// Only if the number in this attribute is above nought.
    pub(crate) fn only_if_more_than_none(mut self, attribute: &str) -> Self {
        let name = self.value(AttributeValue::N("0".to_owned()));
        self.conditions.push(format!("#{attribute} > {name}"));
        self
    }

    /// Only if the moment in this attribute is after this one.
    pub(crate) fn only_if_after(
        mut self,
        attribute: &str,
        moment: policy::Timestamp,
    ) -> Result<Self, StoreError> {
        let name = self.value(serde_dynamo::to_attribute_value(moment)?);
        self.conditions.push(format!("#{attribute} > {name}"));
        Ok(self)
    }

    /// Only if there is no such item.
    pub(crate) fn only_if_new(mut self) -> Self {
        self.conditions.push("attribute_not_exists(#pk)".to_owned());
        self
    }

    pub(crate) fn update_expression(&self) -> String {
        [("SET", &self.set), ("REMOVE", &self.remove), ("ADD", &self.add), ("DELETE", &self.delete)]
            .into_iter()
            .filter(|(_, parts)| !parts.is_empty())
            .map(|(clause, parts)| format!("{clause} {}", parts.join(", ")))
            .collect::<Vec<_>>()
            .join(" ")
    }

    pub(crate) fn condition_expression(&self) -> Option<String> {
        (!self.conditions.is_empty()).then(|| self.conditions.join(" AND "))
    }

    /// Every `#name` that the expressions use.
    pub(crate) fn names(&self) -> HashMap<String, String> {
        let parts = [&self.set, &self.add, &self.remove, &self.delete, &self.conditions];
        parts
            .into_iter()
            .flatten()
            .flat_map(|part| {
                part.split(|character: char| !(character.is_ascii_alphanumeric() || "_#".contains(character)))
            })
            .filter_map(|word| word.strip_prefix('#').map(|name| (word.to_owned(), name.to_owned())))
            .collect()
    }

    pub(crate) fn values(&self) -> HashMap<String, AttributeValue> {
        self.values.clone()
    }
}

fn number_set(numbers: impl Iterator<Item = u64>) -> Option<AttributeValue> {
    let numbers: Vec<String> = numbers.map(|number| number.to_string()).collect();
    (!numbers.is_empty()).then_some(AttributeValue::Ns(numbers))
}

/// Changes that happen all together or not at all.
#[derive(Debug)]
pub(crate) struct Transaction<'a> {
    table: &'a str,
    items: Vec<(TransactWriteItem, Guard)>,
    built: Result<(), BuildError>,
    is_ticketed: bool,
    /// The security revisions that the transaction raises, as they are after it.
    revisions: HashMap<AccountId, u64>,
}

impl Transaction<'_> {
    fn push(&mut self, guard: Guard, item: Result<TransactWriteItem, BuildError>) {
        match item {
            Ok(item) => self.items.push((item, guard)),
            Err(error) => self.built = Err(error),
        }
    }

    /// Notes that the transaction raises the security revision of this account from `revision` on by one: what it writes
    /// of the account's rights carries the new one.
    pub(crate) fn raises(&mut self, account: AccountId, revision: u64) {
        self.revisions.insert(account, revision.saturating_add(1));
    }

    /// The items to write, each that rights are read from with the revision at which it is written.
    fn stamped(&mut self) {
        for (item, _) in &mut self.items {
            if let Some(put) = &mut item.put {
                if let Some(revision) = revision_for(&self.revisions, &put.item) {
                    put.item.insert(REVISION.to_owned(), revision);
                }
            } else if let Some(update) = &mut item.update
                && let Some(revision) = revision_for(&self.revisions, &update.key)
            {
                stamp(update, revision);
            }
        }
    }

    /// Whether this is the first time that the transaction is asked to mark its request as done.
    pub(crate) const fn takes_ticket(&mut self) -> bool {
        !std::mem::replace(&mut self.is_ticketed, true)
    }

    /// A new item, whose key must be free.
    pub(crate) fn put_new(
        &mut self,
        key: &Key,
        item: &impl Serialize,
        guard: Guard,
    ) -> Result<(), StoreError> {
        let put = Put::builder()
            .table_name(self.table)
            .set_item(Some(with_key(key, item)?))
            .condition_expression("attribute_not_exists(pk)")
            .build();
        self.push(guard, put.map(|put| TransactWriteItem::builder().put(put).build()));
        Ok(())
    }

    /// An item, whatever was there before.
    pub(crate) fn put(&mut self, key: &Key, item: &impl Serialize, guard: Guard) -> Result<(), StoreError> {
        let put = Put::builder().table_name(self.table).set_item(Some(with_key(key, item)?)).build();
        self.push(guard, put.map(|put| TransactWriteItem::builder().put(put).build()));
        Ok(())
    }

    /// Changes to an item.
    pub(crate) fn update(&mut self, key: &Key, changes: &Changes, guard: Guard) {
        let update = Update::builder()
            .table_name(self.table)
            .set_key(Some(key.attributes()))
            .update_expression(changes.update_expression())
            .set_condition_expression(changes.condition_expression())
            .set_expression_attribute_names(Some(changes.names()))
            .set_expression_attribute_values(Some(changes.values()).filter(|values| !values.is_empty()))
            .build();
        self.push(guard, update.map(|update| TransactWriteItem::builder().update(update).build()));
    }

    /// Changes nothing, and asks that the conditions hold.
    pub(crate) fn check(&mut self, key: &Key, condition: &Changes, guard: Guard) {
        let check = ConditionCheck::builder()
            .table_name(self.table)
            .set_key(Some(key.attributes()))
            .set_condition_expression(condition.condition_expression())
            .set_expression_attribute_names(Some(condition.names()))
            .set_expression_attribute_values(Some(condition.values()).filter(|values| !values.is_empty()))
            .build();
        self.push(guard, check.map(|check| TransactWriteItem::builder().condition_check(check).build()));
    }

    /// Removes an item on conditions.
    pub(crate) fn delete_if(&mut self, key: &Key, condition: &Changes, guard: Guard) {
        let delete = Delete::builder()
            .table_name(self.table)
            .set_key(Some(key.attributes()))
            .set_condition_expression(condition.condition_expression())
            .set_expression_attribute_names(Some(condition.names()))
            .set_expression_attribute_values(Some(condition.values()))
            .build();
        self.push(guard, delete.map(|delete| TransactWriteItem::builder().delete(delete).build()));
    }

    /// Removes an item, whether it is there or not.
    pub(crate) fn delete(&mut self, key: &Key, guard: Guard) {
        let delete = Delete::builder().table_name(self.table).set_key(Some(key.attributes())).build();
        self.push(guard, delete.map(|delete| TransactWriteItem::builder().delete(delete).build()));
    }
}

/// The revision at which the item under this key is written; none for what no right is read from, and for the security item,
/// which counts by itself.
fn revision_for(revisions: &HashMap<AccountId, u64>, key: &Item) -> Option<AttributeValue> {
    let key = Key::of(key)?;
    let account = key.ordered_by()?;
    let revision = revisions.get(&account).filter(|_| key != keys::security(account))?;
    Some(AttributeValue::N(revision.to_string()))
}

fn stamp(update: &mut Update, revision: AttributeValue) {
    let expression = &mut update.update_expression;
    let set = format!("SET #{REVISION} = :{REVISION}");
    *expression = match expression.strip_prefix("SET ") {
        Some(others) => format!("{set}, {others}"),
        None => format!("{set} {expression}"),
    };
    let names = update.expression_attribute_names.get_or_insert_default();
    names.insert(format!("#{REVISION}"), REVISION.to_owned());
    let values = update.expression_attribute_values.get_or_insert_default();
    values.insert(format!(":{REVISION}"), revision);
}

fn with_key(key: &Key, item: &impl Serialize) -> Result<HashMap<String, AttributeValue>, StoreError> {
    let mut item: HashMap<String, AttributeValue> = serde_dynamo::to_item(item)?;
    item.retain(|_, value| !matches!(value, AttributeValue::Null(_)));
    item.extend(key.attributes());
    Ok(item)
}

impl Store {
    pub(crate) fn transaction(&self) -> Transaction<'_> {
        Transaction {
            table: &self.table,
            items: Vec::new(),
            built: Ok(()),
            is_ticketed: false,
            revisions: HashMap::new(),
        }
    }

    /// Commits what may be one new item alone: that is put without a transaction then, which costs half as much and gets in nobody's
    /// way.
    pub(crate) async fn commit_lightly(&self, transaction: Transaction<'_>) -> Result<(), ChangeError> {
        let alone = match transaction.items.as_slice() {
            [(item, guard)] => item.put().cloned().map(|put| (put, *guard)),
            _ => None,
        };
        let Some((put, guard)) = alone.filter(|_| transaction.built.is_ok()) else {
            return self.commit(transaction).await;
        };
        let mut patience = Patience::for_a_request();
        loop {
            let request = self
                .client
                .put_item()
                .table_name(put.table_name())
                .set_item(Some(put.item().clone()))
                .set_condition_expression(put.condition_expression().map(str::to_owned))
                .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
            let Err(error) = request.send().await else { return Ok(()) };
            match error.as_service_error() {
                // Where the answer was lost on the way, what stands there is what an earlier try wrote.
                Some(PutItemError::ConditionalCheckFailedException(failed)) => {
                    let is_ours = failed.item.as_ref() == Some(put.item());
                    return if is_ours { Ok(()) } else { Err(ChangeError::Stale(vec![guard])) };
                }
                Some(other) if is_passing(other.code()) => {
                    patience.next_try().ok_or(StoreError::Busy)?.await;
                }
                _ => return Err(StoreError::from_sdk("PutItem", &error).into()),
            }
        }
    }

    /// Commits, trying again while the only obstacle is that others are at the same items at this moment.
    pub(crate) async fn commit(&self, mut transaction: Transaction<'_>) -> Result<(), ChangeError> {
        transaction.stamped();
        transaction.built.map_err(|error| StoreError::Unavailable(error.to_string()))?;
        let (items, guards): (Vec<_>, Vec<_>) = transaction.items.into_iter().unzip();
        // One token for every try: an answer that was lost on the way is not written twice.
        let token = format!("{:016x}{:016x}", random()?, random()?);
        let mut patience = Patience::for_a_request();
        loop {
            let request = self
                .client
                .transact_write_items()
                .set_transact_items(Some(items.clone()))
                .client_request_token(&token);
            let Err(error) = request.send().await else {
                return Ok(());
            };
            match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                    let reasons = cancelled.cancellation_reasons();
                    let refused: Vec<Guard> = guards
                        .iter()
                        .zip(reasons)
                        .filter(|(_, reason)| reason.code() == Some("ConditionalCheckFailed"))
                        .map(|(guard, _)| *guard)
                        .collect();
                    if !refused.is_empty() {
                        return Err(ChangeError::Stale(refused));
                    }
                    if !reasons.iter().any(|reason| is_passing(reason.code())) {
                        let codes: Vec<_> = reasons.iter().filter_map(|reason| reason.code()).collect();
                        let cause = format!("TransactWriteItems: cancelled: {}", codes.join(" "));
                        return Err(StoreError::Unavailable(cause).into());
                    }
                }
                Some(other) if is_passing(other.code()) => {}
                _ => return Err(StoreError::from_sdk("TransactWriteItems", &error).into()),
            }
            patience.next_try().ok_or(StoreError::Busy)?.await;
        }
    }
}

/// The outcome of an update of one item alone.
#[derive(Debug)]
pub(crate) enum Updated {
    /// It is done; these are the attributes that were changed, as they are now.
    Done(Item),
    /// Its conditions do not hold; this is the item as it is, if there is one.
    Refused(Option<Item>),
}

impl Store {
    /// Updates one item alone, on conditions, trying again while the only obstacle is that others are at it now.
    pub(crate) async fn update_one(&self, key: &Key, changes: &Changes) -> Result<Updated, StoreError> {
        let mut patience = Patience::for_a_request();
        loop {
            let answer = self
                .client
                .update_item()
                .table_name(&self.table)
                .set_key(Some(key.attributes()))
                .update_expression(changes.update_expression())
                .set_condition_expression(changes.condition_expression())
                .set_expression_attribute_names(Some(changes.names()))
                .set_expression_attribute_values(Some(changes.values()))
                .return_values(ReturnValue::UpdatedNew)
                .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
                .send()
                .await;
            let error = match answer {
                Ok(answer) => return Ok(Updated::Done(answer.attributes.unwrap_or_default())),
                Err(error) => error,
            };
            match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
                    return Ok(Updated::Refused(failed.item.clone()));
                }
                Some(other) if is_passing(other.code()) => {
                    patience.next_try().ok_or(StoreError::Busy)?.await;
                }
                _ => return Err(StoreError::from_sdk("UpdateItem", &error)),
            }
        }
    }
}

pub(crate) fn random() -> Result<u64, StoreError> {
    getrandom::u64().map_err(|error| StoreError::Unavailable(format!("no randomness: {error}")))
}

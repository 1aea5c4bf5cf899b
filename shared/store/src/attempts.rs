//! Attempts at what only its owner knows, counted where no stranger can make the owner pay for them. Each count is an item of
//! one window of time, which DynamoDB throws away some time after.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use policy::attempts::{self, Budget};
use policy::{AccountId, Refusal, Timestamp};

use crate::error::StoreError;
use crate::keys;
use crate::transaction::{ChangeError, Changes, Guard, Updated};
use crate::{Key, Store};

/// At whom an attempt is made. There need not be such an account, or such a user in it: it is counted all the same.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// The account, if there is one.
    pub account: Option<AccountId>,
    /// The subdomain, as it was given.
    pub subdomain: &'a str,
    /// The e-mail address, as it was given.
    pub email: &'a str,
}

/// One attempt: where it is counted.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// Each count with its budget; the first one tells of the series.
    counts: Vec<(Key, Budget)>,
    at: Timestamp,
}

/// What is known of a series of attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptOutcome {
    /// That one failed.
    Failure,
    /// That no more are looked at.
    Limit,
    /// That the password was right and the code was missing.
    WithoutCode,
    /// That the password was right and the code was wrong.
    WrongCode,
}

impl AttemptOutcome {
    /// Stable name, for the metric.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Failure => "failed",
            Self::Limit => "at-limit",
            Self::WithoutCode => "without-code",
            Self::WrongCode => "wrong-code",
        }
    }

    const fn attribute(self) -> &'static str {
        match self {
            Self::Failure => "failed",
            Self::Limit => "at_limit",
            Self::WithoutCode => "without_code",
            Self::WrongCode => "wrong_code",
        }
    }
}

impl Attempt {
    /// A password or a code of somebody, from this address; `is_known` if they signed in from there before.
    #[must_use]
    pub fn at_user(target: Target<'_>, address: &str, is_known: bool, now: Timestamp) -> Self {
        let network = attempts::network(address);
        let (strangers, day) = (attempts::STRANGERS, attempts::STRANGERS_PER_DAY);
        let of_user = |from: &str, budget: Budget| {
            let partition = keys::attempts_of(target.account, target.subdomain);
            (keys::attempts_at_user(partition, target.email, from, budget.window(now).number), budget)
        };
        let mut counts = if is_known {
            vec![of_user(&network, attempts::FROM_KNOWN)]
        } else {
            vec![of_user("", strangers), of_user("DAY", day)]
        };
        counts.push(from_address(&network, "", attempts::FROM_ONE_ADDRESS, now));
        Self { counts, at: now }
    }

    /// A link that opens nothing, from this address.
    #[must_use]
    pub fn at_link(address: &str, now: Timestamp) -> Self {
        let network = attempts::network(address);
        Self { counts: vec![from_address(&network, "LINKS", attempts::DEAD_LINKS, now)], at: now }
    }

    /// A wrong secret of a key of this account, from this address.
    #[must_use]
    pub fn at_key(account: AccountId, address: &str, now: Timestamp) -> Self {
        let budget = attempts::WRONG_KEYS;
        let key = keys::wrong_keys(account, &attempts::network(address), budget.window(now).number);
        Self { counts: vec![(key, budget)], at: now }
    }

    /// One entry of this account's log about a failure that hits none of its users.
    #[must_use]
    pub fn at_the_log(account: AccountId, now: Timestamp) -> Self {
        let budget = attempts::STRANGERS_ENTRIES;
        let key = keys::attempts_at_nobody(account, budget.window(now).number);
        Self { counts: vec![(key, budget)], at: now }
    }

    /// A request for a mail with which somebody comes back, from this address.
    #[must_use]
    pub fn at_coming_back(target: Target<'_>, address: &str, now: Timestamp) -> Self {
        let (one, many) = (attempts::MAILS_TO_COME_BACK, attempts::ASKED_FROM_ONE_ADDRESS);
        let partition = keys::attempts_of(target.account, target.subdomain);
        let at_user = keys::attempts_at_user(partition, target.email, "MAIL", one.window(now).number);
        let counts = vec![(at_user, one), from_address(&attempts::network(address), "MAILS", many, now)];
        Self { counts, at: now }
    }
}

fn from_address(network: &str, what: &str, budget: Budget, now: Timestamp) -> (Key, Budget) {
    (keys::attempts_from(network, what, budget.window(now).number), budget)
}

impl Store {
    /// Counts an attempt against all of its budgets, or none if one is used up. One conditional write.
    pub async fn count_attempt(&self, attempt: &Attempt) -> Result<Result<(), Refusal>, StoreError> {
        let mut transaction = self.transaction();
        for (key, budget) in &attempt.counts {
            let gone = budget.window(attempt.at).end.after(budget.time);
            let changes = Changes::default()
                .only_if_at_most("attempts", budget.attempts.saturating_sub(1))
                .increase("attempts")
                .set("ttl", gone.as_seconds())?;
            transaction.update(key, &changes, Guard::Attempts(budget.time.as_secs() > 3_600));
        }
        match self.commit(transaction).await {
            Ok(()) => Ok(Ok(())),
            Err(ChangeError::Store(error)) => Err(error),
            Err(ChangeError::Stale(guards)) => {
                let is_for_the_day = guards.contains(&Guard::Attempts(true));
                let is_of_a_day = |budget: &&Budget| budget.time.as_secs() > 3_600;
                let mut budgets = attempt.counts.iter().map(|(_, budget)| budget);
                let budget = budgets.find(|budget| is_of_a_day(budget) == is_for_the_day);
                Ok(Err(budget.unwrap_or(&attempts::STRANGERS).used_up(attempt.at)))
            }
        }
    }

    /// Takes back the count of an attempt that was none. The series goes on.
    pub async fn uncount_attempt(&self, attempt: &Attempt) -> Result<(), StoreError> {
        for (key, _) in &attempt.counts {
            let changes = Changes::default().only_if_more_than_none("attempts").increase_by("attempts", -1);
            self.update_one(key, &changes).await?;
        }
        Ok(())
    }

    /// Gives an attempt back that succeeded, and ends its series. Whether one of the same series had failed before.
    pub async fn give_attempt_back(&self, attempt: &Attempt) -> Result<bool, StoreError> {
        let mut had_failed = false;
        for (key, _) in &attempt.counts {
            let answer = self
                .client
                .update_item()
                .table_name(&self.table)
                .set_key(Some(key.attributes()))
                .update_expression("ADD attempts :less REMOVE failed, at_limit, without_code, wrong_code")
                .condition_expression("attempts > :none")
                .expression_attribute_values(":less", AttributeValue::N("-1".to_owned()))
                .expression_attribute_values(":none", AttributeValue::N("0".to_owned()))
                .return_values(ReturnValue::AllOld)
                .send()
                .await;
            match answer {
                Ok(answer) => {
                    let failures =
                        [AttemptOutcome::Failure, AttemptOutcome::WrongCode].map(AttemptOutcome::attribute);
                    had_failed |= answer
                        .attributes
                        .is_some_and(|before| failures.iter().any(|name| before.contains_key(*name)));
                }
                // Nothing to give back: the window is over.
                Err(error)
                    if error
                        .as_service_error()
                        .is_some_and(|error| error.is_conditional_check_failed_exception()) => {}
                Err(error) => return Err(StoreError::from_sdk("UpdateItem", &error)),
            }
        }
        Ok(had_failed)
    }

    /// Whether this is the first time that something is to be told of a series of attempts.
    pub async fn tell_once(&self, attempt: &Attempt, told: AttemptOutcome) -> Result<bool, StoreError> {
        let Some((key, budget)) = attempt.counts.first() else { return Ok(false) };
        let gone = budget.window(attempt.at).end.after(budget.time);
        let changes = Changes::default()
            .only_if_without(told.attribute())
            .set(told.attribute(), true)?
            .set("ttl", gone.as_seconds())?;
        Ok(matches!(self.update_one(key, &changes).await?, Updated::Done(_)))
    }
}

//! One run over the accounts to be closed, and over what closed ones have left.

use std::collections::VecDeque;

use policy::{AccountId, Timestamp};
use store::{AuditContext, ChangeError, Removal, StoreError, until_current};

use crate::{Closing, Report};

/// A run ends itself after so many milliseconds. The function has 55 seconds, and one step takes few.
const LONG_ENOUGH: i64 = 40_000;

/// Closes what is to be closed. Then one step for each closed account in turn, so that what one had does not make another's wait.
pub async fn run(closing: &Closing, report: &mut Report) -> Result<(), StoreError> {
    let now = closing.clock.now();
    let mut removals = VecDeque::new();
    for account in closing.store.closings_due(now).await? {
        match look_at(closing, account, now, report).await {
            Ok(removal) => removals.extend(removal),
            Err(error) => fail(account, error, report)?,
        }
    }
    while closing.clock.millis_since(now) < LONG_ENOUGH {
        let Some(mut removal) = removals.pop_front() else { break };
        let account = removal.closed().id;
        match removal.step(now).await {
            Ok(removed) => report.removed += removed,
            Err(error) => {
                fail(account, error, report)?;
                continue;
            }
        }
        if !removal.is_done() {
            removals.push_back(removal);
        } else if closing.store.note_emptied(removal.closed(), now).await? {
            report.emptied += 1;
        }
    }
    report.left += removals.len();
    Ok(())
}

/// What one account has, or others are writing, keeps nobody else's waiting. Only a store that does not answer ends the run.
fn fail(account: AccountId, error: ChangeError, report: &mut Report) -> Result<(), StoreError> {
    match error {
        ChangeError::Store(StoreError::Unreadable(_)) => report.unreadable += 1,
        ChangeError::Store(StoreError::Busy) | ChangeError::Stale(_) => report.left += 1,
        ChangeError::Store(error) => return Err(error),
    }
    tracing::error!(%account, "an account cannot be closed now; it is left alone");
    Ok(())
}

/// Closes an account whose time has come, and says what is left of a closed one. The index may be behind: what stands there decides.
async fn look_at(
    closing: &Closing,
    account: AccountId,
    now: Timestamp,
    report: &mut Report,
) -> Result<Option<Removal>, ChangeError> {
    if until_current!(close(closing, account, now))? {
        report.closed += 1;
    }
    let closed = closing.store.closed(account).await?.filter(|closed| closed.is_due(now));
    Ok(closed.map(|closed| Removal::of(&closing.store, closed)))
}

/// Whether the account was closed by this.
async fn close(closing: &Closing, account: AccountId, now: Timestamp) -> Result<bool, ChangeError> {
    let Some(found) = closing.store.open_account_of(account).await? else { return Ok(false) };
    if !found.account.closing.as_ref().is_some_and(|closing| closing.is_due(now)) {
        return Ok(false);
    }
    let act = AuditContext::of_the_product(account, now);
    closing.store.close_account(&found.account, found.security.revision, &act).await?;
    Ok(true)
}

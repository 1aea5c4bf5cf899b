//! Verifies the seals of an account's activity log, and names what was altered or removed past the product.
//!
//! Where a person was erased, the hash of what they were called stays, and the seals hold. Only what was sealed whole by an older version
//! and erased later is beyond it, and it says how much that is.
//!
//! What it cannot see: entries that are not sealed yet, which are the newest; and the work of someone who can write to the
//! table and rewrites every seal from some point on, head and all. Against the latter, keep the number and hash of a seal
//! somewhere else (`seal-log` notes each in its own log) and give them as known.

pub mod arguments;
mod finding;
mod judge;
mod report;
pub mod run;

use policy::{AccountId, Timestamp};
use seals::Head;
use store::{Store, StoreError};

pub use finding::Finding;
pub use report::Report;

use crate::judge::Judge;

/// Reads an account's chain of seals and its whole log, and compares. `known` are seals as they were noted elsewhere;
/// `progress` is told, page by page, how many entries have been read.
///
/// The seals are read first, so that an entry which is written meanwhile counts as not sealed yet, and nothing else.
pub async fn verify(
    store: &Store,
    account: AccountId,
    known: &[Head],
    now: Timestamp,
    progress: &mut (dyn FnMut(usize) + Send),
) -> Result<Report, StoreError> {
    let chain = store.chain(account).await?;
    let retention = match store.log_retention(account).await {
        Err(StoreError::Unreadable(_)) => None,
        retention => retention?,
    };
    let mut judge = Judge::of(account, &chain, known);
    let mut months = judge.months();
    if let Some(opened_at) = store.opened_at(account).await? {
        months.extend(opened_at.months_until(now));
    }
    let mut read = 0;
    for month in &months {
        let mut next = None;
        loop {
            let page = store.stored_entries(account, month, next).await?;
            read += page.rows.len();
            page.rows.into_iter().for_each(|entry| judge.see(entry));
            progress(read);
            next = page.next;
            if next.is_none() {
                break;
            }
        }
    }
    Ok(judge.finish(retention.and_then(|retention| retention.gone_before).as_deref()))
}

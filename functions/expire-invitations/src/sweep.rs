//! One run over what is due.

use futures::future::join_all;
use policy::delivery::HORIZON;
use policy::invitation::State;
use policy::{Delivery, Timestamp};
use store::{AuditContext, ChangeError, Invitation, Key, StoreError, keys};

use crate::turns::Turns;
use crate::{Expiring, Report};

/// How many are read and looked at together.
const BATCH: usize = 100;
/// How many of these at the same time.
const AT_ONCE: usize = 8;
/// Keys of one shard at most that a run takes up, the soonest. What is beyond is still there for the next one.
const KEYS_OF_A_SHARD: usize = 10_000;
/// Entries of one account's log that a run looks at.
const ENTRIES_OF_A_LOG: usize = 2_000;
/// A run ends itself after so many milliseconds. The function has 55 seconds, and one batch takes few.
const LONG_ENOUGH: i64 = 40_000;

/// Looks at everything that is due, account by account in turns, until it is done or has taken long enough.
pub async fn sweep(expiring: &Expiring, report: &mut Report) -> Result<(), StoreError> {
    let now = expiring.clock.now();
    let mut due = Vec::new();
    for shard in 0..keys::DUE_SHARDS {
        due.extend(due_in(expiring, shard, now).await?);
    }
    let (logs, due): (Vec<_>, Vec<_>) = due.into_iter().partition(|(_, key)| key.sk == keys::LOG_RETENTION);
    let mut turns = Turns::new(due.into_iter().map(|(at, key)| (keys::account_of(&key.pk), at, key)));
    while turns.left() > 0 && expiring.clock.millis_since(now) < LONG_ENOUGH {
        let batch = expiring.store.due(&turns.take(BATCH)).await?;
        for name in &batch.unreadable {
            skip(name, report);
        }
        for invitations in batch.items.chunks(AT_ONCE) {
            let looked = join_all(invitations.iter().map(|invitation| look_at(expiring, invitation, now)));
            for (invitation, looked) in invitations.iter().zip(looked.await) {
                measure(invitation, now, report);
                match looked {
                    Ok(Looked::Expired) => report.expired += 1,
                    Ok(Looked::Nudged) => report.nudged += 1,
                    Ok(Looked::Settled) => {}
                    // What hangs on something else that cannot be read keeps nobody else waiting.
                    Err(StoreError::Unreadable(_)) => skip(&format!("{}", invitation.user_id), report),
                    Err(error) => return Err(error),
                }
            }
        }
    }
    report.left = turns.left();
    outlive(expiring, logs, now, report).await
}

/// What of their logs the accounts keep no longer: a part of each, those that waited longest first. Invitations and mail come before
/// that: nobody waits for it.
async fn outlive(
    expiring: &Expiring,
    mut logs: Vec<(Timestamp, Key)>,
    now: Timestamp,
    report: &mut Report,
) -> Result<(), StoreError> {
    logs.retain(|(at, _)| *at <= now);
    logs.sort_by_key(|(at, _)| *at);
    for (place, (_, key)) in logs.iter().enumerate() {
        if expiring.clock.millis_since(now) >= LONG_ENOUGH {
            report.left += logs.len().saturating_sub(place);
            break;
        }
        let Some(account) = keys::account_of(&key.pk) else { continue };
        match expiring.store.outlive(account, now, ENTRIES_OF_A_LOG).await {
            Ok(marked) => report.outlived += marked,
            // The account says something else by now, or another run is further.
            Err(ChangeError::Stale(_)) => {}
            Err(ChangeError::Store(StoreError::Unreadable(_))) => skip(&key.pk, report),
            Err(ChangeError::Store(error)) => return Err(error),
        }
    }
    Ok(())
}

/// What the index has in one shard.
async fn due_in(
    expiring: &Expiring,
    shard: u64,
    now: Timestamp,
) -> Result<Vec<(Timestamp, Key)>, StoreError> {
    let horizon = now.after(HORIZON);
    let mut keys = Vec::new();
    let mut page = expiring.store.due_keys(shard, horizon, None).await?;
    loop {
        keys.append(&mut page.keys);
        if page.is_last() || keys.len() >= KEYS_OF_A_SHARD {
            return Ok(keys);
        }
        page = expiring.store.due_keys(shard, horizon, Some(page)).await?;
    }
}

/// Leaves something alone that this version cannot read, as a newer one may have left it, and names it for whoever looks.
fn skip(name: &str, report: &mut Report) {
    report.unreadable += 1;
    tracing::error!(item = name, "an item cannot be read; it is left alone");
}

/// Mail that nobody refused waits, whether it is time to try again or not. What SES rejects does not: trying again may never help.
fn measure(invitation: &Invitation, now: Timestamp, report: &mut Report) {
    if invitation.state != State::Open || invitation.life().is_expired(now) {
        return;
    }
    if invitation.delivery == Delivery::Queued {
        let seconds = now.as_seconds() - invitation.invited_at.as_seconds();
        report.oldest_unsent = report.oldest_unsent.max(u32::try_from(seconds).unwrap_or(0));
        report.waiting += 1;
    } else if invitation.delivery == Delivery::Failed {
        report.refused += 1;
    }
}

/// The outcome of looking at one.
enum Looked {
    /// It was noted as past its end.
    Expired,
    /// Its mail was brought back to the stream.
    Nudged,
    /// There is nothing to tell of it.
    Settled,
}

/// The index may be behind and another run may be at it too: the invitation as it is stored decides, and every step asks
/// that it still is so.
async fn look_at(expiring: &Expiring, invitation: &Invitation, now: Timestamp) -> Result<Looked, StoreError> {
    if invitation.due_at.is_none_or(|due_at| due_at > now) {
        return Ok(Looked::Settled);
    }
    if invitation.notice.is_some() && invitation.life().is_expired(now) {
        // What it told of is long past, or its link says itself that it has expired.
        expiring.store.forget_due(invitation).await?;
    } else if invitation.connection.is_some() && invitation.life().is_expired(now) {
        // The connection itself says that it has expired; this is only the mail that told of it.
        expiring.store.abandon_mail(invitation).await?;
    } else if invitation.life().is_expired(now) {
        if note_expiry(expiring, invitation, now).await? {
            return Ok(Looked::Expired);
        }
    } else if invitation.state == State::Open && invitation.delivery.is_unsent() {
        if expiring.store.nudge(invitation, now).await? {
            return Ok(Looked::Nudged);
        }
    } else {
        expiring.store.settle_due(invitation).await?;
    }
    Ok(Looked::Settled)
}

async fn note_expiry(
    expiring: &Expiring,
    invitation: &Invitation,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let Some(user) = expiring.store.user(invitation.account_id, invitation.user_id).await? else {
        return Ok(false);
    };
    let act = AuditContext::of_the_product(invitation.account_id, now);
    match expiring.store.note_expiry(invitation, &user.name(), &act).await {
        Ok(()) => Ok(true),
        Err(ChangeError::Stale(_)) => Ok(false),
        Err(ChangeError::Store(error)) => Err(error),
    }
}

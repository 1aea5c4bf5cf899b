//! One shard of the index of due invitations, from the soonest due to those due now.

use policy::Timestamp;
use policy::delivery::HORIZON;
use policy::invitation::State;
use store::{Act, ChangeError, Invitation, StoreError};

use crate::{Expiring, Report};

pub async fn sweep(expiring: &Expiring, shard: u64, report: &mut Report) -> Result<(), StoreError> {
    let now = expiring.clock.now();
    let horizon = now.after(HORIZON);
    let mut page = expiring.store.due(shard, horizon, None).await?;
    loop {
        for name in &page.unreadable {
            skip(name, report);
        }
        for invitation in &page.invitations {
            measure(invitation, now, report);
            match look_at(expiring, invitation, now, report).await {
                // What hangs on something else that cannot be read keeps nobody else waiting.
                Err(StoreError::Unreadable(_)) => skip(&format!("{}", invitation.user_id), report),
                looked => looked?,
            }
        }
        if page.is_last() {
            return Ok(());
        }
        page = expiring.store.due(shard, horizon, Some(page)).await?;
    }
}

/// Leaves something alone that this version cannot read, as a newer one may have left it, and names it for whoever looks.
fn skip(name: &str, report: &mut Report) {
    report.unreadable += 1;
    tracing::error!(item = name, "an item cannot be read; it is left alone");
}

/// Unsent mail waits, whether it is time to try again or not.
fn measure(invitation: &Invitation, now: Timestamp, report: &mut Report) {
    let is_waiting = invitation.state == State::Open
        && invitation.delivery.is_unsent()
        && !invitation.life().is_expired(now);
    if is_waiting {
        let seconds = now.as_seconds() - invitation.invited_at.as_seconds();
        report.oldest_unsent = report.oldest_unsent.max(u32::try_from(seconds).unwrap_or(0));
    }
}

/// The index may be behind and another run may be at it too: the invitation as it is stored decides, and every step asks
/// that it still is so.
async fn look_at(
    expiring: &Expiring,
    invitation: &Invitation,
    now: Timestamp,
    report: &mut Report,
) -> Result<(), StoreError> {
    if invitation.due_at.is_none_or(|due_at| due_at > now) {
        return Ok(());
    }
    if invitation.notice.is_some() && invitation.life().is_expired(now) {
        // What it told of is long past, or its link says itself that it has expired.
        expiring.store.forget_due(invitation).await?;
    } else if invitation.connection.is_some() && invitation.life().is_expired(now) {
        // The connection itself says that it has expired; this is only the mail that told of it.
        expiring.store.abandon_mail(invitation).await?;
    } else if invitation.life().is_expired(now) {
        report.expired += usize::from(note_expiry(expiring, invitation, now).await?);
    } else if invitation.state == State::Open && invitation.delivery.is_unsent() {
        report.nudged += usize::from(expiring.store.nudge(invitation, now).await?);
    } else {
        expiring.store.settle_due(invitation).await?;
    }
    Ok(())
}

async fn note_expiry(
    expiring: &Expiring,
    invitation: &Invitation,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let Some(user) = expiring.store.user(invitation.account_id, invitation.user_id).await? else {
        return Ok(false);
    };
    let act = Act::of_the_product(invitation.account_id, now);
    match expiring.store.note_expiry(invitation, &user.name(), &act).await {
        Ok(()) => Ok(true),
        Err(ChangeError::Stale(_)) => Ok(false),
        Err(ChangeError::Store(error)) => Err(error),
    }
}

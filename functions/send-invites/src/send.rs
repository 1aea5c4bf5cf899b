//! Sends one invitation's mail: claims it, signs the link, hands it to SES, notes the outcome of it.

use std::time::Duration;

use environment::metrics::{self, Unit};
use mail::SendError;
use policy::delivery::Failure;
use policy::invitation::State;
use policy::{Notice, Timestamp};
use store::{Invitation, StoreError};

use crate::Sending;
use crate::compose::compose;

/// No turn is waited for longer, so that a clock that was once ahead holds nothing up. A batch has ten mails.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// Why a mail could be neither sent nor noted as unsent.
#[derive(Debug, thiserror::Error)]
pub enum NotSent {
    /// The store has no answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key that the link was first signed with is gone.
    #[error(transparent)]
    Signing(#[from] tokens::SigningError),
    /// There are no keys to sign with.
    #[error(transparent)]
    Keys(#[from] signing::SecretError),
}

/// Mails the invitation with this key, if there is something to send now.
///
/// Between SES's yes and the note of it a crash can fall; then the same link is mailed twice, and never none.
pub async fn send(sending: &Sending, pk: &str, sk: &str) -> Result<(), NotSent> {
    let Some(invitation) = sending.store.invitation_of_record(pk, sk).await? else { return Ok(()) };
    let is_due = |now| {
        invitation.state == State::Open
            && invitation.delivery.is_unsent()
            && invitation.next_attempt_at <= now
            && !invitation.life().is_expired(now)
    };
    if !is_due(sending.clock.now()) {
        return Ok(());
    }
    // Before the claim, which does not last as long as a wait may.
    wait_for_turn(sending).await?;
    let now = sending.clock.now();
    if !is_due(now) || !sending.store.claim_mail(&invitation, now).await? {
        return Ok(());
    }
    let Some((recipient, message)) = compose(sending, &invitation).await? else {
        sending.store.abandon_mail(&invitation).await?;
        return Ok(());
    };
    // Who asks for a way back in gets it, whatever they thought of an invitation.
    let is_way_back = invitation.notice.as_ref().is_some_and(|notice| notice.what == Notice::PasswordReset);
    if !is_way_back
        && let Some(reason) = sending.store.suppression(invitation.account_id, &recipient, now).await?
    {
        tracing::info!(account = %invitation.account_id, reason = reason.name(), "the address gets no mail");
        sending.store.mail_suppressed(&invitation).await?;
        return Ok(());
    }
    let tags = tags(&invitation);
    let tags: Vec<(&str, &str)> = tags.iter().map(|(name, value)| (*name, value.as_str())).collect();
    match sending.mailer.send(recipient.as_str(), &message, &tags).await {
        Ok(id) => {
            tracing::info!(account = %invitation.account_id, generation = invitation.generation, "mail sent");
            let sent_at = sending.clock.now();
            let sent = if invitation.notice.is_some() { "NoticesSent" } else { "InvitationsSent" };
            metrics::measure(sent_at, None, sent, Unit::Count, 1.0);
            metrics::measure(
                sent_at,
                None,
                "MailDelay",
                Unit::Seconds,
                seconds(invitation.invited_at, sent_at),
            );
            sending.store.mail_sent(&invitation, id.as_str(), sent_at).await?;
        }
        Err(error) => {
            tracing::warn!(account = %invitation.account_id, code = error.code(), "SES did not take an invitation");
            let why = Some(("Reason", error.code()));
            metrics::measure(sending.clock.now(), why, "MailsNotTaken", Unit::Count, 1.0);
            let failure = match error {
                SendError::Rejected => Failure::Rejected,
                SendError::Throttled | SendError::Paused | SendError::Unavailable => Failure::Passing,
            };
            sending.store.mail_failed(&invitation, failure, sending.clock.now()).await?;
        }
    }
    Ok(())
}

/// Waits until SES can be given one more mail. It refuses what comes faster than it allows, and a refused mail would wait for minutes.
async fn wait_for_turn(sending: &Sending) -> Result<(), StoreError> {
    let Some(rate) = sending.mails_per_second else { return Ok(()) };
    let pause = Duration::from_millis(u64::from(1_000_u32.div_ceil(rate.get())));
    let now = sending.clock.now();
    let turn = sending.store.turn_to_send(pause, now).await?;
    let wait = u64::try_from(turn.as_millis().saturating_sub(now.as_millis())).unwrap_or(0);
    tokio::time::sleep(Duration::from_millis(wait).min(LONGEST_WAIT)).await;
    Ok(())
}

/// How long from one moment to another.
fn seconds(from: Timestamp, to: Timestamp) -> f64 {
    Duration::from_millis(u64::try_from(to.as_millis() - from.as_millis()).unwrap_or(0)).as_secs_f64()
}

/// What SES says about the mail comes back with these, so that it finds the invitation without an index.
fn tags(invitation: &Invitation) -> Vec<(&'static str, String)> {
    if invitation.notice.is_some() {
        return vec![("mail", "notice".to_owned()), ("account", invitation.account_id.to_string())];
    }
    let mut tags = vec![
        ("mail", "invitation".to_owned()),
        ("account", invitation.account_id.to_string()),
        ("user", invitation.user_id.to_string()),
        ("generation", invitation.generation.to_string()),
    ];
    tags.extend(invitation.connection.map(|connection| ("connection", connection.id.to_string())));
    tags
}

//! Notes what SES told on the invitation that the mail was of, if it is the newest mail of it.

use policy::{MailEvent, Timestamp};
use store::{AuditContext, ChangeError, Invitation, Store, StoreError, Subject, until_current};

use crate::Recording;
use crate::told::Of;

/// The outcome of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// It stands on the invitation.
    Written,
    /// The invitation knew as much.
    Known,
    /// There is no such invitation, or its newest mail is another.
    Past,
}

impl Recorded {
    /// For the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Written => "noted",
            Self::Known => "known",
            Self::Past => "past",
        }
    }
}

pub async fn record(
    recording: &Recording,
    of: &Of,
    event: MailEvent,
    now: Timestamp,
) -> Result<Recorded, ChangeError> {
    until_current!(attempt(&recording.store, of, event, now))
}

async fn attempt(store: &Store, of: &Of, event: MailEvent, now: Timestamp) -> Result<Recorded, ChangeError> {
    let found = match of.connection {
        None => store.invitation(of.account, of.user).await?,
        Some(connection) => store.connection_invitation(of.account, connection, of.user).await?,
    };
    let Some(invitation) = found.filter(|invitation| is_newest(invitation, of)) else {
        return Ok(Recorded::Past);
    };
    let delivery = invitation.delivery.after(event);
    if delivery == invitation.delivery && invitation.message_id.is_some() {
        return Ok(Recorded::Known);
    }
    let Some(subject) = subject(store, &invitation).await? else { return Ok(Recorded::Past) };
    let act = AuditContext::of_the_product(of.account, now);
    store.record_delivery(&invitation, delivery, &of.message_id, &subject, &act).await?;
    Ok(Recorded::Written)
}

/// Whether the mail carries the invitation's newest link and is the one that was noted as sent. Where none was noted, its sender
/// did not get so far.
fn is_newest(invitation: &Invitation, of: &Of) -> bool {
    invitation.generation == of.generation
        && invitation.message_id.as_ref().is_none_or(|noted| *noted == of.message_id)
}

/// Of whom the log tells.
async fn subject(store: &Store, invitation: &Invitation) -> Result<Option<Subject>, StoreError> {
    Ok(match invitation.connection {
        Some(mail) => {
            store.connection(invitation.account_id, mail.id).await?.map(|connection| connection.subject())
        }
        None => store
            .user(invitation.account_id, invitation.user_id)
            .await?
            .map(|user| Subject::new("invitations", user.id, user.name())),
    })
}

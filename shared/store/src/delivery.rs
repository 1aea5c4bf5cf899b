//! What SES tells of a mail, noted on its invitation; and the addresses to which an account writes no more for a while.

use policy::invitation::State;
use policy::{AccountId, ConnectionId, Delivery, EmailAddress, Suppression, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::log::{AuditContext, Subject};
use crate::transaction::{ChangeError, Changes, Guard};
use crate::{Invitation, Store, keys};

/// That an account's mail does not go to an address. Under the address's hash, and without the address.
#[derive(Debug, Serialize, Deserialize)]
struct Suppressed {
    reason: Suppression,
    until: Timestamp,
}

impl Store {
    /// The mail that tells one Administrator of a connection.
    pub async fn connection_invitation(
        &self,
        host: AccountId,
        connection: ConnectionId,
        administrator: UserId,
    ) -> Result<Option<Invitation>, StoreError> {
        self.get(&keys::connection_invitation(host, connection, administrator)).await
    }

    /// Why none of this account's mail goes to this address now, if that is so.
    pub async fn suppression(
        &self,
        account: AccountId,
        email: &EmailAddress,
        now: Timestamp,
    ) -> Result<Option<Suppression>, StoreError> {
        let found: Option<Suppressed> = self.get(&keys::suppressed(account, email)).await?;
        Ok(found.filter(|suppressed| now < suppressed.until).map(|suppressed| suppressed.reason))
    }

    /// Notes that none of this account's mail goes to this address for a while. Of two reasons the one that lasts longer holds.
    pub async fn suppress(
        &self,
        account: AccountId,
        email: &EmailAddress,
        reason: Suppression,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let until = now.after(reason.lasts());
        let noted = Changes::default()
            .only_if_past("until", until)?
            .set("reason", reason)?
            .set("suppressed_at", now)?
            .set("until", until)?
            .set("ttl", until.as_seconds())?;
        self.update_one(&keys::suppressed(account, email), &noted).await?;
        Ok(())
    }

    /// Notes what SES told of this invitation's mail, if the invitation is still what was read. A mail of which SES tells has
    /// left, whatever its sender had time to note. Bad news stands in the account's log as well: `subject` says about whom.
    pub async fn record_delivery(
        &self,
        invitation: &Invitation,
        delivery: Delivery,
        message_id: &str,
        subject: &Subject,
        act: &AuditContext,
    ) -> Result<(), ChangeError> {
        let changes = Changes::default()
            .only_if("generation", invitation.generation)?
            .only_if("delivery", invitation.delivery)?
            .only_if("state", invitation.state)?
            .set("delivery", delivery)?
            .set("message_id", message_id)?
            .set("sent_at", invitation.sent_at.filter(|_| invitation.message_id.is_some()).unwrap_or(act.at))?
            .remove("claimed_until");
        let changes = match invitation.due_shard {
            Some(_) if invitation.state == State::Open => changes.set("due_at", invitation.expires_at)?,
            _ => changes,
        };
        let mut transaction = self.transaction();
        transaction.update(&invitation.key(), &changes, Guard::Invitation);
        if delivery.is_for_the_log() {
            let (from, to) = (invitation.delivery.name(), delivery.name());
            let act = act.telling("invitation-delivery", Some(from), Some(to));
            self.log(&mut transaction, &act, "update", subject)?;
        }
        self.commit(transaction).await
    }

    /// Gives up the mail of this generation, since its address gets none; the invitation itself stays open.
    pub async fn mail_suppressed(&self, invitation: &Invitation) -> Result<bool, StoreError> {
        let changes = Changes::default()
            .only_if("generation", invitation.generation)?
            .only_if("delivery", invitation.delivery)?
            .set("delivery", Delivery::Suppressed)?
            .remove("claimed_until");
        let changes = match invitation.due_shard {
            Some(_) => changes.set("due_at", invitation.expires_at)?,
            None => changes,
        };
        self.change_invitation(invitation, changes).await
    }
}

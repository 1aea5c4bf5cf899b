//! How many invitations an account sent in this hour, and how many of its mails went to an address on this day: counted in the very
//! transaction that makes the invitation. What is past is swept away by the table's TTL, and counts for nothing before that.

use std::collections::HashMap;
use std::time::Duration;

use policy::limits::{INVITATION_WINDOW, MAIL_WINDOW, Window, window};
use policy::{AccountId, EmailAddress, Limits, Suppression, Timestamp};
use serde::Deserialize;

use crate::error::StoreError;
use crate::keys::Key;
use crate::log::AuditContext;
use crate::table::TTL_ATTRIBUTE;
use crate::transaction::{ChangeError, Changes, Guard, Transaction};
use crate::{Store, keys};

/// How long a count stays after the end of its window.
const KEPT: Duration = Duration::from_secs(24 * 3_600);

#[derive(Debug, Deserialize)]
struct Count {
    pk: String,
    sk: String,
    #[serde(default)]
    count: u32,
    #[serde(default)]
    reason: Option<Suppression>,
    #[serde(default)]
    until: Option<Timestamp>,
}

/// What was sent in the windows that are open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sent {
    /// Invitations of the account.
    pub invitations: u32,
    /// Mails to each of the addresses in question.
    pub mails: HashMap<EmailAddress, u32>,
    /// Those of them that get none of the account's mail for now, and why.
    pub suppressed: HashMap<EmailAddress, Suppression>,
}

impl Transaction<'_> {
    /// Counts one invitation to each of these addresses; refused with [`Guard::Limit`] if there is no room for all of them.
    pub(crate) fn count_invitations(
        &mut self,
        act: &AuditContext,
        recipients: &[&EmailAddress],
        limits: &Limits,
    ) -> Result<(), ChangeError> {
        let hour = window(INVITATION_WINDOW, act.at);
        let more = u32::try_from(recipients.len()).unwrap_or(u32::MAX);
        let key = keys::invitations_sent(act.account, hour.number);
        self.count_up(&key, more, limits.invitations, hour)?;
        let day = window(MAIL_WINDOW, act.at);
        for email in recipients {
            self.count_up(&keys::mails_sent(act.account, email, day.number), 1, limits.mails, day)?;
        }
        Ok(())
    }

    fn count_up(&mut self, key: &Key, more: u32, limit: u32, window: Window) -> Result<(), ChangeError> {
        // A count that is not there yet would have room for anything.
        let room = limit.checked_sub(more).ok_or_else(|| ChangeError::Stale(vec![Guard::Limit]))?;
        let changes = Changes::default()
            .only_if_at_most("count", room)
            .increase_by("count", more)
            .set(TTL_ATTRIBUTE, window.end.after(KEPT).as_seconds())?;
        self.update(key, &changes, Guard::Limit);
        Ok(())
    }
}

impl Store {
    /// What the account sent in this hour, what went to these addresses on this day, and which of them get no more mail.
    pub async fn sent(
        &self,
        account: AccountId,
        recipients: &[&EmailAddress],
        now: Timestamp,
    ) -> Result<Sent, StoreError> {
        let hour = window(INVITATION_WINDOW, now).number;
        let day = window(MAIL_WINDOW, now).number;
        let account_key = keys::invitations_sent(account, hour);
        let counts = recipients.iter().map(|email| (keys::mails_sent(account, email, day), (*email).clone()));
        let closed = recipients.iter().map(|email| (keys::suppressed(account, email), (*email).clone()));
        let wanted: HashMap<Key, EmailAddress> = counts.chain(closed).collect();
        let every_key: Vec<Key> = wanted.keys().cloned().collect();
        let (invitations, known) =
            futures::try_join!(self.get::<Count>(&account_key), self.get_many::<Count>(&every_key))?;
        let mut sent = Sent { invitations: invitations.map_or(0, |sent| sent.count), ..Sent::default() };
        for Count { pk, sk, count, reason, until } in known {
            let reason = reason.filter(|_| until.is_some_and(|until| now < until));
            let Some(email) = wanted.get(&Key { pk, sk }) else { continue };
            match reason {
                Some(reason) => drop(sent.suppressed.insert(email.clone(), reason)),
                None if count > 0 => drop(sent.mails.insert(email.clone(), count)),
                None => {}
            }
        }
        Ok(sent)
    }
}

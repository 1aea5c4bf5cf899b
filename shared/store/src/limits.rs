//! How many invitations an account sent in this hour, and how many of its mails went to an address on this day: counted in the very
//! transaction that makes the invitation. What is past is swept away by the table's TTL, and counts for nothing before that.
//!
//! A user's first mail has no count of its own: the guard of the address says when it was. If the user is removed on the same day, the mail is
//! counted then. Whatever mails an invitation, and whatever removes a user, raises the account's security revision. So what was read beside
//! the revision is still so when the transaction commits.

use std::collections::HashMap;
use std::time::Duration;

use policy::limits::{INVITATION_WINDOW, MAIL_WINDOW, Window, window};
use policy::{AccountId, EmailAddress, Limits, Suppression, Timestamp, UserId};
use serde::Deserialize;

use crate::error::StoreError;
use crate::keys::Key;
use crate::log::AuditContext;
use crate::table::TTL_ATTRIBUTE;
use crate::transaction::{ChangeError, Changes, Guard, Transaction};
use crate::{Store, User, keys};

/// How long a count stays after the end of its window.
const KEPT: Duration = Duration::from_secs(24 * 3_600);

/// A count, that an address gets no mail, or the guard of an address.
#[derive(Debug, Deserialize)]
struct CountedItem {
    pk: String,
    sk: String,
    #[serde(default)]
    count: u32,
    #[serde(default)]
    reason: Option<Suppression>,
    #[serde(default)]
    until: Option<Timestamp>,
    #[serde(default)]
    user_id: Option<UserId>,
    #[serde(default)]
    invited_at: Option<Timestamp>,
}

/// What was sent in the windows that are open, and whose the addresses in question are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sent {
    /// Invitations of the account.
    pub invitations: u32,
    /// Mails to each of the addresses in question.
    pub mails: HashMap<EmailAddress, u32>,
    /// Those of them that get none of the account's mail for now, and why.
    pub suppressed: HashMap<EmailAddress, Suppression>,
    /// The users who have one of them.
    pub users: Vec<UserId>,
}

impl Transaction<'_> {
    /// Counts the first invitations of so many users; refused with [`Guard::Limit`] if there is no room for all of them. The guards of
    /// their addresses count the mails.
    pub(crate) fn count_first_invitations(
        &mut self,
        act: &AuditContext,
        users: usize,
        limits: &Limits,
    ) -> Result<(), ChangeError> {
        let hour = window(INVITATION_WINDOW, act.at);
        let more = u32::try_from(users).unwrap_or(u32::MAX);
        self.count_up(&keys::invitations_sent(act.account, hour.number), more, limits.invitations, hour)
    }

    /// Counts one invitation more to each of these addresses; refused with [`Guard::Limit`] if there is no room for all of them.
    pub(crate) fn count_invitations(
        &mut self,
        act: &AuditContext,
        recipients: &[&EmailAddress],
        limits: &Limits,
    ) -> Result<(), ChangeError> {
        self.count_first_invitations(act, recipients.len(), limits)?;
        let day = window(MAIL_WINDOW, act.at);
        for email in recipients {
            self.count_up(&keys::mails_sent(act.account, email, day.number), 1, limits.mails, day)?;
        }
        Ok(())
    }

    /// Counts the first mail to a user who is removed on the day that it went out: the guard of the address goes with them.
    pub(crate) fn keep_count(
        &mut self,
        account: AccountId,
        user: &User,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let day = window(MAIL_WINDOW, now);
        if user.invited_at().is_some_and(|at| window(MAIL_WINDOW, at).number == day.number) {
            let changes = counting(Changes::default(), 1, day)?;
            self.update(&keys::mails_sent(account, &user.email, day.number), &changes, Guard::Limit);
        }
        Ok(())
    }

    fn count_up(&mut self, key: &Key, more: u32, limit: u32, window: Window) -> Result<(), ChangeError> {
        // A count that is not there yet would have room for anything.
        let room = limit.checked_sub(more).ok_or_else(|| ChangeError::Stale(vec![Guard::Limit]))?;
        let changes = counting(Changes::default().only_if_at_most("count", room), more, window)?;
        self.update(key, &changes, Guard::Limit);
        Ok(())
    }
}

fn counting(conditions: Changes, more: u32, window: Window) -> Result<Changes, StoreError> {
    conditions.increase_by("count", more).set(TTL_ATTRIBUTE, window.end.after(KEPT).as_seconds())
}

impl Store {
    /// What the account sent in this hour, what went to these addresses on this day, which of them get no more mail, and whose they
    /// are. One round trip.
    pub async fn sent(
        &self,
        account: AccountId,
        recipients: &[&EmailAddress],
        now: Timestamp,
    ) -> Result<Sent, StoreError> {
        let hour = window(INVITATION_WINDOW, now).number;
        let day = window(MAIL_WINDOW, now).number;
        let account_key = keys::invitations_sent(account, hour);
        let of_address = |email: &EmailAddress| {
            [
                keys::mails_sent(account, email, day),
                keys::suppressed(account, email),
                keys::email(account, email),
            ]
        };
        let wanted: HashMap<Key, &EmailAddress> =
            recipients.iter().flat_map(|email| of_address(email).map(|key| (key, *email))).collect();
        let every_key: Vec<Key> = wanted.keys().cloned().collect();
        let (invitations, known) = futures::try_join!(
            self.get::<CountedItem>(&account_key),
            self.get_many::<CountedItem>(&every_key)
        )?;
        let mut sent = Sent { invitations: invitations.map_or(0, |sent| sent.count), ..Sent::default() };
        for CountedItem { pk, sk, count, reason, until, user_id, invited_at } in known {
            let Some(email) = wanted.get(&Key { pk, sk }).copied() else { continue };
            let is_first_today = invited_at.is_some_and(|at| window(MAIL_WINDOW, at).number == day);
            let count = count.saturating_add(u32::from(is_first_today));
            if count > 0 {
                let mails = sent.mails.entry(email.clone()).or_default();
                *mails = mails.saturating_add(count);
            }
            if let Some(reason) = reason.filter(|_| until.is_some_and(|until| now < until)) {
                sent.suppressed.insert(email.clone(), reason);
            }
            sent.users.extend(user_id);
        }
        Ok(sent)
    }
}

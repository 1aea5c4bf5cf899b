//! The limits: as the environment sets them, and whether what a request would send is within them.

use environment::variables::optional;
use policy::delivery::may_write_to;
use policy::limits::{may_invite, may_mail};
use policy::{EmailAddress, Limits, Refusal, Timestamp};
use store::limits::Sent;
use web::Call;

use crate::{Api, Caller, Failure};

/// A variable that sets a limit is no number.
#[derive(Debug, thiserror::Error)]
#[error("the environment variable {0} is not a number from 1 to 4294967295")]
pub struct NotALimit(&'static str);

/// `REQUESTS_PER_FIVE_MINUTES`, `INVITATIONS_PER_HOUR`, `MAILS_PER_RECIPIENT_PER_DAY`; those that are not set are as usual.
pub fn from_environment() -> Result<Limits, NotALimit> {
    let usual = Limits::default();
    Ok(Limits {
        requests: number("REQUESTS_PER_FIVE_MINUTES", usual.requests)?,
        invitations: number("INVITATIONS_PER_HOUR", usual.invitations)?,
        mails: number("MAILS_PER_RECIPIENT_PER_DAY", usual.mails)?,
    })
}

fn number(name: &'static str, usual: u32) -> Result<u32, NotALimit> {
    match optional(name).map(|text| text.trim().parse()) {
        None => Ok(usual),
        Some(Ok(number @ 1..)) => Ok(number),
        Some(_) => Err(NotALimit(name)),
    }
}

impl Api {
    /// What keeps the caller's account, by the limits or since the address gets no mail, from sending one invitation to each of
    /// these addresses, with the place in `recipients` of the address that it concerns, if it concerns one. The transaction
    /// that sends them holds it to the same.
    pub async fn over_limit(
        &self,
        caller: &Caller,
        call: &Call,
        recipients: &[&EmailAddress],
    ) -> Result<Vec<(Option<usize>, Refusal)>, Failure> {
        let sent = self.store.sent(caller.account.id, recipients, call.now).await?;
        Ok(self.over_limit_of(&sent, recipients, call.now))
    }

    /// The same, by what was read of these addresses.
    #[must_use]
    pub fn over_limit_of(
        &self,
        sent: &Sent,
        recipients: &[&EmailAddress],
        now: Timestamp,
    ) -> Vec<(Option<usize>, Refusal)> {
        let account = may_invite(sent.invitations, recipients.len(), &self.limits, now).err();
        let mails = recipients.iter().enumerate().filter_map(|(place, email)| {
            let count = sent.mails.get(*email).copied().unwrap_or(0);
            let allowed = may_write_to(sent.suppressed.get(*email).copied())
                .and_then(|()| may_mail(email, count, &self.limits, now));
            Some((Some(place), allowed.err()?))
        });
        account.map(|refusal| (None, refusal)).into_iter().chain(mails).collect()
    }

    /// Refuses to send one invitation to each of these addresses if the limits do not allow it.
    pub async fn within_limits(
        &self,
        caller: &Caller,
        call: &Call,
        recipients: &[&EmailAddress],
    ) -> Result<(), Failure> {
        let over = self.over_limit(caller, call, recipients).await?;
        match over.into_iter().next() {
            Some((_, refusal)) => Err(refusal.into()),
            None => Ok(()),
        }
    }
}

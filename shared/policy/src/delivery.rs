//! The delivery of a mail: queued until SES took it, with growing pauses between the tries; then what SES tells of it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;
use crate::time::Timestamp;

/// How far a mail has come, from the least that is known to what nothing can take back: of two, the later one here holds.
/// So it does not matter in what order SES tells, nor how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Delivery {
    /// Waits to be sent, for the first time or again.
    Queued,
    /// SES refused it. It is tried again all the same, until the invitation ends: what made SES refuse may pass.
    Failed,
    /// SES took it.
    Sent,
    /// SES took it, looked at it, and will not send it. Trying again would only repeat that.
    Rejected,
    /// The recipient's server would not have it for now, and SES has given up. Below delivered: an automatic answer to a mail
    /// that arrived comes back in the same way.
    Returned,
    /// The recipient's server took it.
    Delivered,
    /// It was never tried: the address is on a list of those that bounced or complained.
    Suppressed,
    /// The address does not exist, or takes no mail. Above delivered: a server may take a mail and return it for good afterwards.
    Bounced,
    /// The recipient said that it is unwanted. Above all others: that it arrived is part of it.
    Complained,
}

impl Delivery {
    /// All of them, as they are ordered.
    pub const ALL: [Self; 9] = [
        Self::Queued,
        Self::Failed,
        Self::Sent,
        Self::Rejected,
        Self::Returned,
        Self::Delivered,
        Self::Suppressed,
        Self::Bounced,
        Self::Complained,
    ];

    /// The name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Failed | Self::Rejected => "failed",
            Self::Delivered => "delivered",
            Self::Returned | Self::Bounced => "bounced",
            Self::Suppressed => "suppressed",
            Self::Complained => "complained",
        }
    }

    /// Whether there is something left to do.
    #[must_use]
    pub const fn is_unsent(self) -> bool {
        matches!(self, Self::Queued | Self::Failed)
    }

    /// Whether the account's people should find it in their log: nobody is going to read this mail, or nobody wanted it.
    #[must_use]
    pub const fn is_for_the_log(self) -> bool {
        matches!(self, Self::Rejected | Self::Returned | Self::Suppressed | Self::Bounced | Self::Complained)
    }

    /// Where it stands after SES told this of it.
    #[must_use]
    pub fn after(self, event: MailEvent) -> Self {
        self.max(event.tells())
    }

    /// One word for several mails that tell of the same: what somebody should look at first.
    #[must_use]
    pub fn of_several(mails: &[Self]) -> Option<Self> {
        const FIRST: [Delivery; 9] = [
            Delivery::Complained,
            Delivery::Bounced,
            Delivery::Suppressed,
            Delivery::Rejected,
            Delivery::Failed,
            Delivery::Returned,
            Delivery::Queued,
            Delivery::Sent,
            Delivery::Delivered,
        ];
        FIRST.into_iter().find(|delivery| mails.contains(delivery))
    }
}

/// What SES tells of a mail that it took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailEvent {
    /// It took it.
    Sent,
    /// The recipient's server does not take it yet; SES goes on trying.
    Delayed,
    /// The recipient's server took it.
    Delivered,
    /// Something is wrong with the mail itself.
    Rejected,
    /// It came back, for a reason that may pass or that nobody knows: a full mailbox, a server that is away.
    Returned,
    /// It came back for good.
    Bounced,
    /// SES did not try, since the address is on its own list for this reason.
    Suppressed(Suppression),
    /// The recipient said that it is unwanted.
    Complained,
}

impl MailEvent {
    /// All of them, as they are told.
    pub const ALL: [Self; 9] = [
        Self::Sent,
        Self::Delayed,
        Self::Delivered,
        Self::Rejected,
        Self::Returned,
        Self::Bounced,
        Self::Suppressed(Suppression::Bounced),
        Self::Suppressed(Suppression::Complained),
        Self::Complained,
    ];

    /// The least that is true of the mail.
    const fn tells(self) -> Delivery {
        match self {
            Self::Sent | Self::Delayed => Delivery::Sent,
            Self::Delivered => Delivery::Delivered,
            Self::Rejected => Delivery::Rejected,
            Self::Returned => Delivery::Returned,
            Self::Bounced => Delivery::Bounced,
            Self::Suppressed(_) => Delivery::Suppressed,
            Self::Complained => Delivery::Complained,
        }
    }

    /// Whether the address gets no mail of the same account for a while, and why. One that may come to itself is not given up.
    #[must_use]
    pub const fn suppresses(self) -> Option<Suppression> {
        match self {
            Self::Sent | Self::Delayed | Self::Delivered | Self::Rejected | Self::Returned => None,
            Self::Bounced => Some(Suppression::Bounced),
            Self::Suppressed(reason) => Some(reason),
            Self::Complained => Some(Suppression::Complained),
        }
    }
}

/// Why an address gets no more mail, from any account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Suppression {
    /// A mail to it came back for good.
    Bounced,
    /// Whoever reads it said that our mail is unwanted. Holds, where both are true.
    Complained,
}

impl Suppression {
    /// For how long the account that caused it does not write to the address. A mailbox that was full or gone for a while may be
    /// there again; whoever complained is left alone for longer. Nothing closes an address for good, or for another account.
    #[must_use]
    pub const fn lasts(self) -> Duration {
        match self {
            Self::Bounced => Duration::from_secs(3 * 24 * 3_600),
            Self::Complained => Duration::from_secs(180 * 24 * 3_600),
        }
    }

    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Bounced, Self::Complained];

    /// The name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bounced => "bounced",
            Self::Complained => "complained",
        }
    }
}

/// Whether mail may go to an address of which this is known.
pub const fn may_write_to(known: Option<Suppression>) -> Result<(), Refusal> {
    match known {
        None => Ok(()),
        Some(reason) => Err(Refusal::AddressSuppressed { reason }),
    }
}

/// How SES did not take a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// For now: throttled, paused, down.
    Passing,
    /// It will not have this mail as it is.
    Rejected,
}

/// Whoever tries to send holds the mail for so long, so that the stream and the schedule never send it twice at once.
/// Longer than one try can take, shorter than the schedule's patience.
pub const CLAIM: Duration = Duration::from_secs(60);

/// The schedule takes up mail that is still unsent this long after it could have been.
pub const OVERDUE: Duration = Duration::from_secs(300);

/// Whoever looks so far ahead in the list of what is due sees all mail that is unsent: none waits for longer.
pub const HORIZON: Duration = Duration::from_secs(2_400);

const FIRST_PAUSE: Duration = Duration::from_secs(60);
const LONGEST_PAUSE: Duration = Duration::from_secs(1_800);

/// Where a mail stands after a try that failed, and the moment before which it is not tried again.
/// `attempts` counts the tries made so far, this one included: 1, 2, 4, … minutes, at most half an hour.
#[must_use]
pub fn after_failure(failure: Failure, attempts: u32, now: Timestamp) -> (Delivery, Timestamp) {
    let doublings = attempts.saturating_sub(1).min(16);
    let pause = FIRST_PAUSE.saturating_mul(1 << doublings).min(LONGEST_PAUSE);
    let delivery = match failure {
        Failure::Passing => Delivery::Queued,
        Failure::Rejected => Delivery::Failed,
    };
    (delivery, now.after(pause))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_stay_below_half_an_hour() {
        let now = Timestamp::from_millis(0);
        let minutes: Vec<i64> = [1, 2, 3, 4, 5, 6, 7, 100, u32::MAX]
            .map(|attempts| after_failure(Failure::Passing, attempts, now).1.as_seconds() / 60)
            .to_vec();
        assert_eq!(minutes, [1, 2, 4, 8, 16, 30, 30, 30, 30]);
    }

    #[test]
    fn every_event_after_every_state_is_in_the_table() {
        let mut table = String::from(
            "What is known of a mail, what SES tells next, and what is known then. In brackets: as the API shows it.\n\n",
        );
        for before in Delivery::ALL {
            for event in MailEvent::ALL {
                let after = before.after(event);
                let told = format!("{event:?}");
                let gets_none = event.suppresses().map_or("", |_| "; the address gets no more mail");
                let (before, shown) = (format!("{before:?}"), format!("{after:?}"));
                let line = format!("{before:<11} {told:<23} {shown} ({}){gets_none}\n", after.name());
                table.push_str(&line);
            }
            table.push('\n');
        }
        crate::table::check("life-of-a-mail.txt", &table);
    }

    #[test]
    fn neither_order_nor_repetition_matters() {
        for before in Delivery::ALL {
            for first in MailEvent::ALL {
                assert_eq!(before.after(first).after(first), before.after(first));
                for second in MailEvent::ALL {
                    let there = before.after(first).after(second);
                    assert_eq!(there, before.after(second).after(first), "{before:?} {first:?} {second:?}");
                    assert!(there >= before, "{before:?} {first:?} {second:?}");
                }
            }
            assert!(!before.after(MailEvent::Sent).is_unsent(), "what SES tells of has left");
        }
    }

    #[test]
    fn of_several_mails_the_trouble_shows() {
        for one in Delivery::ALL {
            assert_eq!(Delivery::of_several(&[one, Delivery::Delivered]), Some(one));
            assert_eq!(Delivery::of_several(&[one, Delivery::Complained]), Some(Delivery::Complained));
        }
        assert_eq!(Delivery::of_several(&[]), None);
    }

    #[test]
    fn an_address_is_refused_with_the_reason() {
        assert_eq!(may_write_to(None), Ok(()));
        for reason in [Suppression::Bounced, Suppression::Complained] {
            let refusal = may_write_to(Some(reason)).unwrap_err();
            assert_eq!(refusal, Refusal::AddressSuppressed { reason });
            assert_eq!(refusal.code(), "address-suppressed");
        }
    }

    #[test]
    fn a_rejection_shows_and_is_not_the_end() {
        let (delivery, next) = after_failure(Failure::Rejected, 1, Timestamp::from_millis(0));
        assert_eq!(delivery, Delivery::Failed);
        assert!(delivery.is_unsent() && next > Timestamp::from_millis(0));
    }
}

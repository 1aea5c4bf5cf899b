//! The delivery of a mail: queued until SES took it, with growing pauses between the tries.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// How far a mail has come, as the API shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Delivery {
    /// Waits to be sent, for the first time or again.
    Queued,
    /// SES took it.
    Sent,
    /// SES refused it. It is tried again all the same, until the invitation ends: what made SES refuse may pass.
    Failed,
}

impl Delivery {
    /// The name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Failed => "failed",
        }
    }

    /// Whether there is something left to do.
    #[must_use]
    pub const fn is_unsent(self) -> bool {
        matches!(self, Self::Queued | Self::Failed)
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
    fn a_rejection_shows_and_is_not_the_end() {
        let (delivery, next) = after_failure(Failure::Rejected, 1, Timestamp::from_millis(0));
        assert_eq!(delivery, Delivery::Failed);
        assert!(delivery.is_unsent() && next > Timestamp::from_millis(0));
    }
}

//! Trying again: when to, how long to wait in between, and when it is no use any more.

use std::time::Duration;

use tokio::time::Instant;

/// How long one request is made again while others are at its items, before the store counts as busy.
const FOR_A_REQUEST: Duration = Duration::from_secs(6);

/// How long a change is decided again while others change what it was decided from. With the last request of it this ends before the
/// 29 seconds that a function has.
const FOR_A_CHANGE: Duration = Duration::from_secs(12);

const FIRST_PAUSE_MS: u64 = 8;
const LONGEST_PAUSE_MS: u64 = 250;

/// How long there is still hope.
#[derive(Debug)]
pub(crate) struct Patience {
    until: Instant,
    tries: u32,
}

impl Patience {
    /// For one request.
    pub(crate) fn for_a_request() -> Self {
        Self { until: Instant::now() + FOR_A_REQUEST, tries: 0 }
    }

    /// For a change that is read, decided and written again.
    pub(crate) fn for_a_change() -> Self {
        Self { until: Instant::now() + FOR_A_CHANGE, tries: 0 }
    }

    /// The pause before the next try. None if there were enough.
    pub(crate) fn next_try(&mut self) -> Option<impl Future<Output = ()> + Send + use<>> {
        let tries = self.tries;
        self.tries = tries.saturating_add(1);
        (Instant::now() < self.until).then(|| pause(tries))
    }
}

/// Waits a random time below a bound that doubles with every attempt ("full jitter"), so that those who collided spread out.
async fn pause(attempt: u32) {
    let bound = FIRST_PAUSE_MS.saturating_mul(1 << attempt.min(16)).min(LONGEST_PAUSE_MS);
    let random = getrandom::u64().unwrap_or(bound / 2);
    tokio::time::sleep(Duration::from_millis(random % bound + 1)).await;
}

/// Whether an error code of DynamoDB means that the same request may succeed a moment later.
pub(crate) fn is_passing(code: Option<&str>) -> bool {
    matches!(
        code,
        Some(
            "TransactionConflictException"
                | "TransactionConflict"
                | "TransactionInProgressException"
                | "ThrottlingException"
                | "ThrottlingError"
                | "ProvisionedThroughputExceededException"
                | "ProvisionedThroughputExceeded"
                | "RequestLimitExceeded"
        )
    )
}

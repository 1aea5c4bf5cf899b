//! Trying again: when to, how long to wait in between, and when it is no use any more.

use std::time::Duration;

/// So long one request waits in all for others who are at its items, before the store counts as busy.
const FOR_A_REQUEST: Duration = Duration::from_secs(5);

/// So long a change waits in all for others who change what it was decided from. With what it does in between, and the last request of
/// it, this ends before the 29 seconds that a function has.
const FOR_A_CHANGE: Duration = Duration::from_secs(10);

const FIRST_PAUSE_MS: u64 = 8;
const LONGEST_PAUSE_MS: u64 = 250;

/// How much waiting is left.
#[derive(Debug)]
pub(crate) struct Patience {
    left: Duration,
    tries: u32,
}

impl Patience {
    /// For one request.
    pub(crate) const fn for_a_request() -> Self {
        Self { left: FOR_A_REQUEST, tries: 0 }
    }

    /// For a change that is read, decided and written again.
    pub(crate) const fn for_a_change() -> Self {
        Self { left: FOR_A_CHANGE, tries: 0 }
    }

    /// The pause before the next try. None if there were enough.
    pub(crate) fn next_try(&mut self) -> Option<impl Future<Output = ()> + Send + use<>> {
        let pause = pause(self.tries);
        self.tries = self.tries.saturating_add(1);
        self.left = self.left.checked_sub(pause)?;
        Some(tokio::time::sleep(pause))
    }
}

/// A random time below a bound that doubles with every try ("full jitter"), so that those who collided spread out.
fn pause(tries: u32) -> Duration {
    let bound = FIRST_PAUSE_MS.saturating_mul(1 << tries.min(16)).min(LONGEST_PAUSE_MS);
    let random = getrandom::u64().unwrap_or(bound / 2);
    Duration::from_millis(random % bound + 1)
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

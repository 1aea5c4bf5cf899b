//! Trying again: when to, and how long to wait in between.

use std::time::Duration;

/// How often a request is made in all before the store counts as busy. With the pauses below that is some three seconds.
pub(crate) const ATTEMPTS: u32 = 12;

const FIRST_PAUSE_MS: u64 = 8;
const LONGEST_PAUSE_MS: u64 = 500;

/// Waits a random time below a bound that doubles with every attempt ("full jitter"), so that those who collided spread out.
pub(crate) async fn pause(attempt: u32) {
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

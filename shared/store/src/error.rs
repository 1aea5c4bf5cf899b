//! What can keep the store from answering.

use aws_sdk_dynamodb::error::ProvideErrorMetadata;

/// The store has no answer. Whoever asked must say so (503), never yes.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Others kept changing the same items until patience ran out. Trying again later helps.
    #[error("the store is busy")]
    Busy,
    /// DynamoDB did not answer, or answered with an error. The cause is for the log alone.
    #[error("the store cannot answer: {0}")]
    Unavailable(String),
    /// What is stored is not what this version writes.
    #[error("an item cannot be read: {0}")]
    Unreadable(String),
}

impl StoreError {
    /// The SDK's error by its code alone: its message can hold keys.
    pub(crate) fn from_sdk<E: ProvideErrorMetadata>(operation: &str, error: &E) -> Self {
        Self::Unavailable(format!("{operation}: {}", error.code().unwrap_or("no answer")))
    }
}

impl From<serde_dynamo::Error> for StoreError {
    fn from(error: serde_dynamo::Error) -> Self {
        Self::Unreadable(error.to_string())
    }
}

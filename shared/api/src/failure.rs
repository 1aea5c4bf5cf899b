//! Everything that can keep a request from being carried out.

use policy::Refusal;
use store::{ChangeError, Guard, StoreError};
use tokens::SigningError;
use web::{Answer, Fault, Faults};

use crate::repeat::overtaken;

/// Why a request was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Something is wrong with the request, or not allowed.
    #[error("{0:?}")]
    Faults(Faults),
    /// What was read has changed: to be tried again from the start, and 412 or 409 for a caller who asked for a version.
    #[error("what was read has changed: {0:?}")]
    Stale(Vec<Guard>),
    /// The store has no answer.
    #[error(transparent)]
    Store(StoreError),
    /// A finished answer that says no in its own way, as a page does.
    #[error("answered")]
    Answered(Box<Answer>),
}

impl From<Faults> for Failure {
    fn from(faults: Faults) -> Self {
        Self::Faults(faults)
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Faults(fault.into())
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Fault::from(refusal).into()
    }
}

impl From<Vec<Refusal>> for Failure {
    fn from(refusals: Vec<Refusal>) -> Self {
        let faults = refusals.into_iter().map(Fault::from).collect();
        Faults::check(faults).err().map_or_else(|| Fault::unavailable().into(), Self::Faults)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<ChangeError> for Failure {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::Stale(guards) if guards.contains(&Guard::IdempotencyLock) => overtaken(),
            ChangeError::Stale(guards) => Self::Stale(guards),
            ChangeError::Store(error) => Self::Store(error),
        }
    }
}

impl From<SigningError> for Failure {
    fn from(error: SigningError) -> Self {
        tracing::error!(%error, "a token could not be signed");
        Self::Faults(Fault::unavailable().into())
    }
}

impl store::MaybeStale for Failure {
    fn is_stale(&self) -> bool {
        matches!(self, Self::Stale(_))
    }
}

impl From<Failure> for Answer {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Faults(faults) => faults.into(),
            Failure::Stale(_) | Failure::Store(_) => Fault::unavailable().into(),
            Failure::Answered(answer) => *answer,
        }
    }
}

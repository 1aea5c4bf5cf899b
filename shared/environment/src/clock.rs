//! Where `now` comes from. Read once per request and handed down as an argument.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use policy::Timestamp;

/// The product's clock: the system's, plus what it was advanced by. Clones share the advance.
///
/// On AWS nothing ever advances it; the local product and the tests do, so that a test about tomorrow waits for nothing.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    advanced_ms: Arc<AtomicI64>,
}

impl Clock {
    /// The system's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::default()
    }

    /// This moment.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        let system_ms = i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX);
        Timestamp::from_millis(system_ms.saturating_add(self.advanced_ms.load(Ordering::SeqCst)))
    }

    /// Milliseconds from then to this moment.
    #[must_use]
    pub fn millis_since(&self, then: Timestamp) -> i64 {
        self.now().as_millis().saturating_sub(then.as_millis())
    }

    /// Moves the clock by so many milliseconds (back, if negative) for everyone who shares it.
    pub fn advance(&self, millis: i64) {
        self.advanced_ms.fetch_add(millis, Ordering::SeqCst);
    }
}

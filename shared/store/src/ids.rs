//! New ids: rising with time, and strictly within one process.

use std::num::NonZeroU64;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use policy::Timestamp;

/// Makes ids. Clones share the last one made.
#[derive(Debug, Clone, Default)]
pub struct Ids {
    last: Arc<AtomicU64>,
}

impl Ids {
    /// A new id. Two processes may make the same one in the same millisecond: whoever stores it puts a condition on it.
    pub fn next<Id: From<NonZeroU64>>(&self, now: Timestamp) -> Id {
        // Without entropy ids of two processes collide more often, which the conditions catch.
        let entropy = getrandom::u32().unwrap_or(0);
        let fresh = policy::id::compose(now, u16::try_from(entropy & 0x1FFF).unwrap_or(0));
        let taken = |last: u64| fresh.get().max(last + 1);
        let last = self.last.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |last| Some(taken(last)));
        Id::from(NonZeroU64::new(taken(last.unwrap_or(0))).unwrap_or(fresh))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy::UserId;

    #[test]
    fn ids_of_one_process_rise_strictly_even_if_the_clock_goes_back() {
        let ids = Ids::default();
        let times = [1_800_000_000_000, 1_800_000_000_000, 1_700_000_000_000, 1_800_000_000_001];
        let made: Vec<UserId> = times.map(|millis| ids.next(Timestamp::from_millis(millis))).to_vec();
        assert!(made.is_sorted_by(|left, right| left < right), "{made:?}");
    }
}

//! Requests that are counted in the process, and written together: one write for up to ten of them, or for a minute.
//!
//! So the time of the last request is coarse. The count is exact again, as far as one process knows it, once a caller has used half of
//! the limit: from there on each request is written. No decision about access depends on either.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use policy::Timestamp;

use crate::Key;

/// A limit is coarse by at most this part of it: 3,000 requests by 10.
const PART: u32 = 300;

/// What is carried is written after this time at the latest, with the next request.
const CARRIED_FOR: Duration = Duration::from_secs(60);

/// So many requesters are kept in mind; then all are forgotten, with fewer than ten requests of each.
const REQUESTERS: usize = 1_000;

/// What is carried for each requester.
#[derive(Debug, Clone, Default)]
pub(crate) struct Carried(Arc<Mutex<HashMap<Key, Load>>>);

#[derive(Debug, Clone, Copy)]
struct Load {
    requests: u32,
    written_at: Timestamp,
}

impl Carried {
    /// Takes so many requests more. None if they are carried; otherwise how many are to be written now, with those carried before.
    pub(crate) fn take(&self, key: &Key, many: u32, limit: u32, now: Timestamp) -> Option<u32> {
        let mut loads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(load) = loads.get_mut(key) else { return Some(many) };
        let together = load.requests.saturating_add(many);
        let is_recent = load.written_at <= now && now < load.written_at.after(CARRIED_FOR);
        if is_recent && together < limit / PART {
            load.requests = together;
            return None;
        }
        loads.remove(key);
        Some(together)
    }

    /// From now on requests are carried: what there were is written, and the window has so many. Not if that is half of the limit, or
    /// is not known.
    pub(crate) fn begin(&self, key: Key, count: Option<u32>, limit: u32, now: Timestamp) {
        if count.is_none_or(|count| count >= limit / 2) {
            return;
        }
        let mut loads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if loads.len() >= REQUESTERS {
            loads.clear();
        }
        loads.insert(key, Load { requests: 0, written_at: now });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_requests_are_one_write_and_a_small_limit_is_exact() {
        let carried = Carried::default();
        let key = crate::keys::public_keys();
        let now = Timestamp::from_millis(1_000_000);
        let writes = |limit: u32, now: Timestamp| {
            let mut written = Vec::new();
            for _ in 0..100 {
                if let Some(many) = carried.take(&key, 1, limit, now) {
                    written.push(many);
                    carried.begin(key.clone(), Some(1), limit, now);
                }
            }
            written
        };
        assert_eq!(writes(3_000, now), [vec![1], vec![10; 9]].concat());
        assert_eq!(writes(299, now).len(), 100, "a small limit is counted one by one");
        // A minute later the first one is written, with what was carried; and so is one before it, if the clock was put back.
        assert_eq!(carried.take(&key, 1, 3_000, now), None);
        assert_eq!(carried.take(&key, 1, 3_000, now.after(CARRIED_FOR)), Some(2));
        carried.begin(key.clone(), Some(1), 3_000, now.after(CARRIED_FOR));
        assert_eq!(carried.take(&key, 1, 3_000, now), Some(1));
        // From half of the limit on, each is written.
        for count in [Some(1_500), None] {
            carried.begin(key.clone(), count, 3_000, now);
            assert_eq!(carried.take(&key, 1, 3_000, now), Some(1));
        }
    }
}

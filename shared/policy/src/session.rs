//! How long a session lasts, how many a user has, and for how long after a proof it may change credentials.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::id::{SessionId, compose};
use crate::refusal::Refusal;
use crate::time::Timestamp;

/// A session lasts a working day. What it may do is read again at every request, so its length bounds only how long
/// a stolen token of a user who never signs out stays good.
pub const LIFETIME: Duration = Duration::from_secs(12 * 3_600);

/// The token that a page of the console acts with is good for so long at most. The page asks for the next one with its browser's
/// cookie: a script that gets at a token has it for minutes, and not for the rest of the day.
pub const PAGE_LIFETIME: Duration = Duration::from_secs(15 * 60);

/// For so long after its owner proved who they are, a session may change credentials (OWASP ASVS 5.0, 7.5.1 and 7.5.3).
pub const FRESH: Duration = Duration::from_secs(10 * 60);

/// Sessions of one user at most. The next sign-in ends the oldest.
pub const SESSIONS: usize = 50;

/// Whether a session whose owner last proved who they are now may change credentials now.
pub fn check_fresh(proven_at: Option<Timestamp>, now: Timestamp) -> Result<(), Refusal> {
    if proven_at.is_some_and(|proven| now < proven.after(FRESH)) { Ok(()) } else { Err(Refusal::ProofNeeded) }
}

/// The user's sessions once a new one has begun: those that are past their end are left out, and the oldest, if there would be
/// too many. Ids rise with time, so an id tells how old its session is.
#[must_use]
pub fn with_new(sessions: &BTreeSet<SessionId>, new: SessionId, now: Timestamp) -> BTreeSet<SessionId> {
    let oldest = compose(now.before(LIFETIME), 0).get();
    let alive = sessions.iter().copied().filter(|session| session.number() >= oldest);
    let mut all: Vec<SessionId> = alive.chain([new]).collect();
    all.sort_unstable();
    let surplus = all.len().saturating_sub(SESSIONS);
    all.into_iter().skip(surplus).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_fresh_for_ten_minutes_and_one_that_was_never_proven_is_not() {
        let proven = Timestamp::from_millis(1_800_000_000_000);
        assert_eq!(check_fresh(Some(proven), proven.after(FRESH).before(Duration::from_millis(1))), Ok(()));
        assert_eq!(check_fresh(Some(proven), proven.after(FRESH)), Err(Refusal::ProofNeeded));
        assert_eq!(check_fresh(None, proven), Err(Refusal::ProofNeeded));
    }

    #[test]
    fn the_oldest_go_first() {
        let start = Timestamp::from_millis(1_800_000_000_000);
        let id = |minute: u64| {
            SessionId::new(compose(start.after(Duration::from_secs(minute * 60)), 0).get()).unwrap()
        };
        let mut sessions = BTreeSet::new();
        for minute in 0..60 {
            sessions = with_new(&sessions, id(minute), start.after(Duration::from_secs(minute * 60)));
        }
        assert_eq!(sessions.len(), SESSIONS);
        assert!(!sessions.contains(&id(9)) && sessions.contains(&id(10)) && sessions.contains(&id(59)));
        let tomorrow = start.after(LIFETIME * 3);
        assert_eq!(with_new(&sessions, id(10_000), tomorrow).len(), 1, "the others are past their end");
    }
}

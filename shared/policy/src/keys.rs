//! The lives of the keys that sessions and links are signed with: published, current, retired.

use std::time::Duration;

use crate::time::Timestamp;

/// Whoever reads keys reads them again after so long.
pub const FRESH: Duration = Duration::from_secs(5 * 60);

/// A key that nobody here knows makes one read again, but not more often than this: anyone can write the name of a key.
pub const CURIOSITY: Duration = Duration::from_secs(5);

/// From the moment that a key becomes current, until every process has seen it: they keep keys for [`FRESH`].
pub const SPREAD: Duration = Duration::from_secs(10 * 60);

/// The longest that anything is good that a key signed: a link. Sessions end within a day.
pub const LONGEST: Duration = Duration::from_secs(720 * 3_600);

/// The times of one key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Life {
    /// New invitations name it from then on; none while it is only published.
    pub not_before: Option<Timestamp>,
    /// From then on nothing that it signed is good; none while it is current.
    pub retired_at: Option<Timestamp>,
}

impl Life {
    /// Whether what it signed is good.
    #[must_use]
    pub fn verifies(self, now: Timestamp) -> bool {
        self.retired_at.is_none_or(|end| now < end)
    }

    /// Of two keys, which one new invitations name: the one that began later, once it has begun.
    #[must_use]
    pub fn rank(self, now: Timestamp) -> Option<Timestamp> {
        self.not_before.filter(|begin| *begin <= now && self.verifies(now))
    }
}

/// Which of these keys new invitations name: the one that began last; where none has, as by a clock that is behind that of
/// whoever made the first, the one that begins first.
#[must_use]
pub fn named(lives: &[Life], now: Timestamp) -> Option<usize> {
    let places = || lives.iter().enumerate();
    let begun = places().filter(|(_, life)| life.rank(now).is_some()).max_by_key(|(_, life)| life.rank(now));
    let first = || {
        let awaited = places().filter(|(_, life)| life.not_before.is_some() && life.verifies(now));
        awaited.min_by_key(|(_, life)| life.not_before)
    };
    begun.or_else(first).map(|(place, _)| place)
}

/// Whether what was read then should be read again.
#[must_use]
pub fn is_worth_reading_again(read_at: Timestamp, now: Timestamp) -> bool {
    now >= read_at.after(FRESH) || now < read_at
}

/// Whether a name that is not among what was read then is worth another look.
#[must_use]
pub fn is_worth_looking_up(read_at: Timestamp, now: Timestamp) -> bool {
    now >= read_at.after(CURIOSITY) || now < read_at
}

/// The lives of all keys after this one became the one that signs: it is named once every process can sign with it, the
/// others are good for as long as what they may still sign until then.
#[must_use]
pub fn after_becoming_current(mut lives: Vec<Life>, which: usize, now: Timestamp) -> Vec<Life> {
    let is_first = lives.iter().all(|life| life.not_before.is_none());
    let begin = if is_first { now } else { now.after(SPREAD) };
    for (place, life) in lives.iter_mut().enumerate() {
        if place == which {
            life.not_before = life.not_before.or(Some(begin));
            life.retired_at = None;
        } else {
            life.retired_at = life.retired_at.or(Some(begin.after(LONGEST)));
        }
    }
    lives
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_767_225_600_000);

    #[test]
    fn the_first_key_is_named_at_once_and_a_later_one_when_everybody_has_it() {
        let first = after_becoming_current(vec![Life::default()], 0, NOW);
        assert_eq!(first, [Life { not_before: Some(NOW), retired_at: None }]);
        let both = after_becoming_current([first, vec![Life::default()]].concat(), 1, NOW.after(LONGEST));
        let (old, new) = (both[0], both[1]);
        let then = NOW.after(LONGEST);
        assert_eq!(old.rank(then), Some(NOW));
        assert_eq!(new.rank(then), None);
        let later = then.after(SPREAD);
        assert!(new.rank(later) > old.rank(later));
        assert!(SPREAD >= FRESH * 2);
        // What the old one signed last is good until its own end.
        assert_eq!([then, later].map(|now| named(&both, now)), [Some(0), Some(1)]);
        assert_eq!(named(&both, NOW.before(FRESH)), Some(0), "a clock that is behind");
        assert_eq!(named(&[Life::default()], NOW), None);
        let last_end = later.after(LONGEST);
        assert!(old.verifies(last_end.before(Duration::from_millis(1))) && !old.verifies(last_end));
        assert!(new.verifies(last_end));
    }

    #[test]
    fn a_step_that_is_made_again_changes_nothing() {
        let lives = after_becoming_current(vec![Life::default(), Life::default()], 1, NOW);
        assert_eq!(after_becoming_current(lives.clone(), 1, NOW.after(FRESH)), lives);
    }

    #[test]
    fn what_was_read_ages_and_a_clock_that_was_put_back_does_not_keep_it_young() {
        assert!(!is_worth_reading_again(NOW, NOW) && is_worth_reading_again(NOW, NOW.after(FRESH)));
        assert!(!is_worth_looking_up(NOW, NOW) && is_worth_looking_up(NOW, NOW.after(CURIOSITY)));
        assert!(is_worth_reading_again(NOW, NOW.before(FRESH)));
    }
}

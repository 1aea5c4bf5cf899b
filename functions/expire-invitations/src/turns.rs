//! Whose turn it is: accounts take turns, so that the thousands of one do not make another's one wait.

use std::collections::{BTreeMap, VecDeque};

use policy::Timestamp;

/// How many of one account are looked at before it is another's turn.
const TURN: usize = 10;

/// What is due, in turns. `A` tells accounts apart; `K` is what is looked at.
#[derive(Debug)]
pub struct Turns<K> {
    queues: VecDeque<VecDeque<K>>,
}

impl<K> Turns<K> {
    /// What is due of each account, soonest first.
    pub fn new<A: Ord>(due: impl IntoIterator<Item = (A, Timestamp, K)>) -> Self {
        let mut accounts = BTreeMap::<A, Vec<(Timestamp, K)>>::new();
        for (account, at, key) in due {
            accounts.entry(account).or_default().push((at, key));
        }
        let mut queues: Vec<Vec<(Timestamp, K)>> = accounts.into_values().collect();
        queues.iter_mut().for_each(|queue| queue.sort_by_key(|(at, _)| *at));
        let keys = |queue: Vec<(Timestamp, K)>| queue.into_iter().map(|(_, key)| key).collect();
        Self { queues: queues.into_iter().map(keys).collect() }
    }

    /// The next ones, at most so many.
    pub fn take(&mut self, most: usize) -> Vec<K> {
        let mut taken = Vec::new();
        while taken.len() < most {
            let Some(mut queue) = self.queues.pop_front() else { break };
            let turn = queue.len().min(TURN).min(most.saturating_sub(taken.len()));
            taken.extend(queue.drain(..turn));
            if !queue.is_empty() {
                self.queues.push_back(queue);
            }
        }
        taken
    }

    /// How many are left.
    pub fn left(&self) -> usize {
        self.queues.iter().map(VecDeque::len).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn the_one_of_an_account_is_looked_at_among_the_first_whatever_others_have() {
        let many = (0..10_000).map(|number| ("many", at(number), number));
        let few = [("few", at(20_000), 20_000), ("few", at(10_000), 10_000)];
        let mut turns = Turns::new(many.chain(few));
        assert_eq!(turns.left(), 10_002);
        let first = turns.take(100);
        assert_eq!(first.len(), 100);
        assert_eq!(first[..2], [10_000, 20_000], "each account's soonest first: {first:?}");
        assert_eq!(first[2..], (0..98).collect::<Vec<_>>());
        let mut all = first;
        while turns.left() > 0 {
            let next = turns.take(100);
            assert!(!next.is_empty() && next.len() <= 100);
            all.extend(next);
        }
        all.sort_unstable();
        assert_eq!(all.len(), 10_002);
        assert!(turns.take(100).is_empty());
    }
}

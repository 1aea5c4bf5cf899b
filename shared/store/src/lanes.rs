//! Partitions that are read side by side, as if they were one: each row comes in the order of its sort key.

use std::collections::VecDeque;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::read::Item;

/// One of the partitions, as far as it was read.
#[derive(Debug)]
pub(crate) struct Lane {
    pk: String,
    /// What was read and not taken, each with its sort key.
    read: VecDeque<(String, Item)>,
    /// Behind which row the next begin.
    start: Option<Item>,
    /// Whether there is nothing behind what was read.
    at_end: bool,
}

/// Several of them.
#[derive(Debug)]
pub(crate) struct Lanes(Vec<Lane>);

/// What to ask one of them for.
#[derive(Debug)]
pub(crate) struct Asked {
    /// Which one.
    pub place: usize,
    /// Its partition.
    pub pk: String,
    /// Behind which row to begin.
    pub start: Option<Item>,
    /// For how many rows.
    pub limit: usize,
}

impl Lane {
    /// One that nothing was read of.
    pub(crate) const fn new(pk: String, start: Option<Item>) -> Self {
        Self { pk, read: VecDeque::new(), start, at_end: false }
    }

    /// Its next row, if that is known.
    fn next(&self) -> Option<&str> {
        self.read.front().map(|(sk, _)| sk.as_str())
    }

    fn is_over(&self) -> bool {
        self.at_end && self.read.is_empty()
    }
}

impl FromIterator<Lane> for Lanes {
    fn from_iter<I: IntoIterator<Item = Lane>>(lanes: I) -> Self {
        Self(lanes.into_iter().collect())
    }
}

impl Lanes {
    /// Whether every row was taken.
    pub(crate) fn are_over(&self) -> bool {
        self.0.iter().all(Lane::is_over)
    }

    /// The next rows of all, at most so many, as far as they are known: where one shows no next row, that might be the next of all.
    pub(crate) fn take(&mut self, limit: usize, backwards: bool) -> Vec<Item> {
        let mut taken = Vec::new();
        while taken.len() < limit && self.0.iter().all(|lane| lane.at_end || lane.next().is_some()) {
            let filled = self.0.iter_mut().filter(|lane| !lane.read.is_empty());
            let first = if backwards {
                filled.max_by(|one, other| one.next().cmp(&other.next()))
            } else {
                filled.min_by(|one, other| one.next().cmp(&other.next()))
            };
            let Some((_, item)) = first.and_then(|lane| lane.read.pop_front()) else { break };
            taken.push(item);
        }
        taken
    }

    /// What to ask for so that so many more can be taken, if the rows are spread evenly: of each lane that shows less than its share,
    /// the share and about as much more as chance adds to it.
    pub(crate) fn short_of(&self, wanted: usize) -> Vec<Asked> {
        let open = self.0.iter().filter(|lane| !lane.at_end).count().max(1);
        let share = wanted.div_ceil(open).max(1);
        let enough = share.saturating_add(share.isqrt()).saturating_add(1);
        let lanes = self.0.iter().enumerate();
        let short = lanes.filter(|(_, lane)| !lane.at_end && lane.read.len() < share);
        short
            .map(|(place, lane)| Asked {
                place,
                pk: lane.pk.clone(),
                start: lane.start.clone(),
                limit: enough.saturating_sub(lane.read.len()),
            })
            .collect()
    }

    /// Adds what was read of one.
    pub(crate) fn fill(&mut self, place: usize, items: Vec<Item>, next: Option<Item>) {
        let Some(lane) = self.0.get_mut(place) else { return };
        lane.at_end = next.is_none();
        lane.start = next;
        lane.read.extend(items.into_iter().filter_map(|item| {
            let sk = item.get("sk").map(AttributeValue::as_s)?.ok()?.clone();
            Some((sk, item))
        }));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn item(number: u16) -> Item {
        [("sk".to_owned(), AttributeValue::S(format!("{number:05}")))].into()
    }

    fn number(item: &Item) -> u16 {
        item["sk"].as_s().unwrap().parse().unwrap()
    }

    /// Takes all of these partitions, `limit` at a time; answers what was taken, and how many rows were read at most for a take.
    fn taken(partitions: &[Vec<u16>], limit: usize, backwards: bool) -> Vec<u16> {
        let mut lanes: Lanes =
            (0..partitions.len()).map(|place| Lane::new(place.to_string(), None)).collect();
        let mut taken = Vec::new();
        while !lanes.are_over() {
            let mut batch: Vec<Item> = Vec::new();
            loop {
                batch.extend(lanes.take(limit - batch.len(), backwards));
                if batch.len() == limit || lanes.are_over() {
                    break;
                }
                let asked = lanes.short_of(limit - batch.len());
                assert!(!asked.is_empty(), "nothing more is asked for, and rows are missing");
                for Asked { place, start, limit, .. } in asked {
                    let mut rows = partitions[place].clone();
                    rows.sort_unstable();
                    if backwards {
                        rows.reverse();
                    }
                    let from = start
                        .map_or(0, |start| rows.iter().position(|row| *row == number(&start)).unwrap() + 1);
                    let read: Vec<Item> = rows[from..].iter().take(limit).map(|row| item(*row)).collect();
                    let has_more = from + read.len() < rows.len();
                    let next = read.last().cloned().filter(|_| has_more);
                    lanes.fill(place, read, next);
                }
            }
            taken.extend(batch.iter().map(number));
        }
        taken
    }

    proptest! {
        #[test]
        fn several_partitions_are_read_as_one(
            rows in prop::collection::btree_set(0_u16..2_000, 0..200),
            lanes in prop::collection::vec(0_usize..5, 200),
            limit in 1_usize..60,
            backwards in any::<bool>(),
        ) {
            let mut partitions = vec![Vec::new(); 5];
            for (row, lane) in rows.iter().zip(lanes) {
                partitions[lane].push(*row);
            }
            let mut expected: Vec<u16> = rows.into_iter().collect();
            if backwards {
                expected.reverse();
            }
            prop_assert_eq!(taken(&partitions, limit, backwards), expected);
        }
    }

    #[test]
    fn each_is_asked_for_its_share_and_a_little_more() {
        let mut lanes: Lanes = (0..16).map(|place| Lane::new(format!("{place}"), None)).collect();
        let asked = lanes.short_of(51);
        assert_eq!(asked.iter().map(|asked| asked.limit).collect::<Vec<_>>(), [7; 16]);
        // What had all entries before they were spread is asked for all that is wanted.
        (1..16).for_each(|place| lanes.fill(place, Vec::new(), None));
        lanes.fill(0, (0..7).map(item).collect(), Some(item(6)));
        assert_eq!(lanes.take(51, false).len(), 7);
        let asked = lanes.short_of(44);
        assert_eq!(asked.iter().map(|asked| (asked.place, asked.limit)).collect::<Vec<_>>(), [(0, 51)]);
    }
}

//! Rights read without a transaction: several items, read one by one in one batch, that are nevertheless of one moment.
//!
//! Every item that rights are read from carries the security revision of its account at which it was last written. A process remembers
//! the highest one that it saw of an account. An item that was read since then and carries none above it was not written since then: it
//! is now what it was when the reading began. If that holds for every item of a batch, all of them are of the moment at which the
//! reading began. Otherwise somebody is changing rights; what was seen is remembered, and the batch is read again.
//!
//! An item that is not there carries nothing. It may have gone a moment ago, while others were read earlier. So a batch with a missing
//! item counts only if another item of it says that there never was one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_dynamodb::types::AttributeValue;
use policy::AccountId;

use crate::Store;
use crate::error::StoreError;
use crate::keys::Key;
use crate::read::Item;

/// The attribute with the revision at which an item was last written. The security item has it by itself.
pub(crate) const REVISION: &str = "revision";

/// A batch is read so often while rights change; then all is read in one transaction.
const BATCHES: usize = 3;

/// So many accounts are kept in mind; then all are forgotten, and each is read in a transaction once more.
const ACCOUNTS: usize = 10_000;

/// The highest revision that an answer showed, of each account.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen(Arc<Mutex<HashMap<AccountId, u64>>>);

/// The revisions that were seen before a reading began, of the accounts that it reads from.
type Before = HashMap<AccountId, u64>;

impl Seen {
    /// What was seen until now. None if nothing was seen of one of the accounts to which these keys belong.
    fn before(&self, keys: &[Key]) -> Option<Before> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let accounts = keys.iter().filter_map(Key::ordered_by);
        accounts.map(|account| Some((account, *seen.get(&account)?))).collect()
    }

    /// Keeps in mind what these items show.
    fn learn<'a>(&self, items: impl Iterator<Item = (&'a Key, &'a Item)>) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, item) in items {
            let Some((account, revision)) = key.ordered_by().zip(revision_of(item)) else { continue };
            if seen.len() >= ACCOUNTS && !seen.contains_key(&account) {
                seen.clear();
            }
            let known = seen.entry(account).or_insert(revision);
            *known = revision.max(*known);
        }
    }
}

fn revision_of(item: &Item) -> Option<u64> {
    item.get(REVISION)?.as_n().ok()?.parse().ok()
}

/// An item that may be missing in a settled account, since the item under `told_by` says with this attribute, which is
/// false then, that there never was one.
#[derive(Debug, Clone)]
pub(crate) struct Absence {
    pub(crate) of: Key,
    pub(crate) told_by: Key,
    pub(crate) attribute: &'static str,
}

impl Absence {
    fn is_told(&self, found: &HashMap<Key, Item>) -> bool {
        let told = found.get(&self.told_by).and_then(|item| item.get(self.attribute));
        told == Some(&AttributeValue::Bool(false))
    }
}

/// Whether what a batch found is of one moment. `before` was seen before the batch was asked for.
fn is_settled(keys: &[Key], found: &HashMap<Key, Item>, absences: &[Absence], before: &Before) -> bool {
    keys.iter().all(|key| match found.get(key) {
        Some(item) => {
            let known = key.ordered_by().and_then(|account| before.get(&account));
            known.zip(revision_of(item)).is_some_and(|(known, revision)| revision <= *known)
        }
        None => absences.iter().any(|absence| absence.of == *key && absence.is_told(found)),
    })
}

impl Store {
    /// Items that rights are read from, as they are at one and the same moment between question and answer, in the order of the keys;
    /// none for those that are not there. At most a hundred. One round trip in an account whose rights do not change at this moment.
    pub(crate) async fn get_at_once(
        &self,
        keys: &[Key],
        absences: &[Absence],
    ) -> Result<Vec<Option<Item>>, StoreError> {
        for _ in 0..BATCHES {
            let Some(before) = self.seen.before(keys) else { break };
            let items = self.get_items(keys).await?;
            let mut found: HashMap<Key, Item> =
                items.into_iter().filter_map(|item| Some((Key::of(&item)?, item))).collect();
            self.seen.learn(found.iter());
            if is_settled(keys, &found, absences, &before) {
                return Ok(keys.iter().map(|key| found.remove(key)).collect());
            }
            // What is missing, and nobody says why, does not come back by reading again.
            if keys.iter().any(|key| !found.contains_key(key)) {
                break;
            }
        }
        let found = self.get_in_transaction(keys).await?;
        self.seen.learn(keys.iter().zip(&found).filter_map(|(key, item)| Some((key, item.as_ref()?))));
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys;

    /// What a change does to one item.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Does {
        Nothing,
        Writes,
        Removes,
    }

    const ALL: [Does; 3] = [Does::Nothing, Does::Writes, Does::Removes];

    /// An organization, a user and a restriction that the organization tells of, beside the security item.
    const ITEMS: usize = 4;

    /// The items as they are after some changes.
    type World = [Option<Item>; ITEMS];

    fn item(key: &Key, revision: u64) -> Item {
        let mut item = key.attributes();
        item.insert(REVISION.to_owned(), AttributeValue::N(revision.to_string()));
        item
    }

    fn keys() -> [Key; ITEMS] {
        let account = AccountId::try_from(7).unwrap();
        let (kind, asset) = ("documents".parse().unwrap(), "1".parse().unwrap());
        let organization = 8.try_into().unwrap();
        [
            keys::security(account),
            keys::organization(account, organization),
            keys::user(account, 9.try_into().unwrap()),
            keys::restriction(account, organization, &kind, &asset),
        ]
    }

    /// The worlds before and after each of these changes. The organization notes when its asset is restricted first.
    fn worlds(keys: &[Key; ITEMS], changes: &[[Does; 3]]) -> Vec<World> {
        let told = |restricted: bool| ("has_restrictions".to_owned(), AttributeValue::Bool(restricted));
        let mut organization = item(&keys[1], 0);
        organization.extend([told(false)]);
        let mut worlds: Vec<World> =
            vec![[Some(item(&keys[0], 0)), Some(organization), Some(item(&keys[2], 0)), None]];
        for (revision, change) in (1..).zip(changes) {
            let mut world = worlds.last().unwrap().clone();
            world[0] = Some(item(&keys[0], revision));
            for (place, does) in (1..).zip(change) {
                match does {
                    Does::Nothing => {}
                    Does::Removes => world[place] = None,
                    Does::Writes => {
                        let mut written = item(&keys[place], revision);
                        written.extend(
                            world[place]
                                .as_ref()
                                .and_then(|old| old.get_key_value("has_restrictions"))
                                .map(|(name, value)| (name.clone(), value.clone())),
                        );
                        world[place] = Some(written);
                    }
                }
            }
            if change[2] == Does::Writes && world[1].is_some() {
                let mut organization = item(&keys[1], revision);
                organization.extend([told(true)]);
                world[1] = Some(organization);
            }
            worlds.push(world);
        }
        worlds
    }

    /// Every history of two changes of the three items, and every one of three changes of one item each.
    fn histories() -> Vec<Vec<[Does; 3]>> {
        let every = || ALL.iter().flat_map(|a| ALL.iter().flat_map(move |b| ALL.map(move |c| [*a, *b, c])));
        let single =
            || every().filter(|change| change.iter().filter(|does| **does != Does::Nothing).count() == 1);
        let two = every().flat_map(|first| every().map(move |second| vec![first, second]));
        let three = single().flat_map(move |first| {
            single().flat_map(move |second| single().map(move |third| vec![first, second, third]))
        });
        two.chain(three).collect()
    }

    /// In every history, from every moment on, with every revision that may have been seen before, and whatever changes come between
    /// the reads of the items of one batch.
    #[test]
    fn a_batch_that_counts_was_so_at_one_moment() {
        let keys = keys();
        let account = keys[0].ordered_by().unwrap();
        let absences =
            [Absence { of: keys[3].clone(), told_by: keys[1].clone(), attribute: "has_restrictions" }];
        let (mut counted, mut refused) = (0_u32, 0_u32);
        for changes in histories() {
            let worlds = worlds(&keys, &changes);
            for start in 0..worlds.len() {
                let moments = worlds.len() - start;
                for order in 0..moments.pow(4) {
                    let read_at =
                        |place: usize| start + order / moments.pow(u32::try_from(place).unwrap()) % moments;
                    let read: World = std::array::from_fn(|place| worlds[read_at(place)][place].clone());
                    let found = keys.iter().cloned().zip(&read);
                    let found: HashMap<Key, Item> =
                        found.filter_map(|(key, item)| Some((key, item.clone()?))).collect();
                    for seen in 0..=start {
                        let before = HashMap::from([(account, u64::try_from(seen).unwrap())]);
                        if is_settled(&keys, &found, &absences, &before) {
                            counted += 1;
                            assert!(
                                worlds[start..].contains(&read),
                                "{changes:?} from {start}, seen {seen}: {read:?}"
                            );
                        } else {
                            refused += 1;
                        }
                    }
                }
            }
        }
        assert!(counted > 1_000 && refused > 1_000, "{counted} counted, {refused} refused");
    }

    #[test]
    fn what_carries_no_revision_or_belongs_to_an_account_never_seen_does_not_count() {
        let keys = keys();
        let account = keys[0].ordered_by().unwrap();
        let seen = Seen::default();
        assert!(seen.before(&keys).is_none(), "nothing was seen");
        let security = item(&keys[0], 5);
        seen.learn([(&keys[0], &security)].into_iter());
        let earlier = item(&keys[0], 3);
        seen.learn([(&keys[0], &earlier)].into_iter());
        let before = seen.before(&keys).unwrap();
        assert_eq!(before, HashMap::from([(account, 5)]), "the highest counts");
        let keys = &keys[..1];
        let found = |item: Item| HashMap::from([(keys[0].clone(), item)]);
        assert!(is_settled(keys, &found(security), &[], &before));
        assert!(!is_settled(keys, &found(item(&keys[0], 6)), &[], &before));
        assert!(!is_settled(keys, &found(keys[0].attributes()), &[], &before));
        assert!(!is_settled(keys, &HashMap::new(), &[], &before));
    }
}

//! Compares what was sealed with what is there. Pure: it is told both.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::time::Duration;

use policy::{AccountId, Timestamp};
use seals::{EntryKey, Hash, Head, Seal, Standing};
use store::seal::{Chain, StoredEntry, StoredSeal};

use crate::finding::Finding;
use crate::report::Report;

/// A stream keeps a record for a day. An entry that was sealed later than that was not written when it says.
const LONGEST_DELAY: Duration = Duration::from_hours(25);

/// The comparison of one account's log with its seals.
pub struct Judge {
    report: Report,
    /// What the seals hold and was not seen yet.
    sealed: HashMap<EntryKey, Sealed>,
    /// What stands in seals that were altered, and is held by no other.
    doubtful: HashSet<EntryKey>,
}

struct Sealed {
    hash: Hash,
    sequence: u64,
    at: Timestamp,
}

impl Judge {
    /// Judges the chain by itself, and against what is known of it from elsewhere.
    pub fn of(account: AccountId, chain: &Chain, known: &[Head]) -> Self {
        let report = Report { seals: chain.seals.len(), ..Report::default() };
        let mut judge = Self { report, sealed: HashMap::new(), doubtful: HashSet::new() };
        let mut expected = 1;
        // None after a seal that cannot be trusted: what follows it is judged by itself.
        let mut previous = Some(Hash::NONE);
        for stored in &chain.seals {
            if stored.sequence > expected {
                judge.find(Finding::SealsMissing { first: expected, last: stored.sequence - 1 });
                previous = None;
            }
            expected = stored.sequence + 1;
            previous = judge.read(account, stored, previous);
        }
        judge.read_head(chain, expected);
        judge.report.head = chain.seals.iter().rev().find_map(whole).map(Seal::as_head);
        for known in known {
            let seal = chain.seals.iter().find(|stored| stored.sequence == known.sequence);
            if seal.and_then(whole).is_none_or(|seal| seal.hash != known.hash) {
                judge.find(Finding::SealNotAsKnown { sequence: known.sequence });
            }
        }
        judge
    }

    fn find(&mut self, finding: Finding) {
        self.report.findings.push(finding);
    }

    /// Reads a seal; answers its hash if it can be trusted.
    fn read(&mut self, account: AccountId, stored: &StoredSeal, previous: Option<Hash>) -> Option<Hash> {
        let sequence = stored.sequence;
        let Some(seal) = whole(stored).filter(|seal| seal.content.account_id == account) else {
            self.find(Finding::SealAltered { sequence });
            let entries = stored.seal.iter().flat_map(|seal| &seal.content.entries);
            self.doubtful.extend(entries.map(|entry| entry.key.clone()));
            return None;
        };
        if previous.is_some_and(|previous| previous != seal.content.previous_hash) {
            self.find(Finding::SealDoesNotFollow { sequence });
        }
        for entry in &seal.content.entries {
            match self.sealed.get(&entry.key) {
                None => {
                    let sealed = Sealed { hash: entry.hash, sequence, at: seal.content.created_at };
                    self.sealed.insert(entry.key.clone(), sealed);
                }
                // A batch of the stream can come twice.
                Some(first) if first.hash == entry.hash => {}
                Some(_) => self.find(Finding::EntryReplaced { entry: entry.key.clone(), sequence }),
            }
        }
        Some(seal.hash)
    }

    fn read_head(&mut self, chain: &Chain, expected: u64) {
        match chain.head {
            None if chain.seals.is_empty() => {}
            None => self.find(Finding::HeadMissing),
            Some(head) if head.sequence >= expected => {
                self.find(Finding::SealsMissing { first: expected, last: head.sequence });
            }
            Some(head) => {
                let named = chain.seals.iter().find(|stored| stored.sequence == head.sequence);
                if named.is_none() || named.and_then(whole).is_some_and(|seal| seal.hash != head.hash) {
                    self.find(Finding::HeadAltered { sequence: head.sequence });
                }
            }
        }
    }

    /// The months in which the seals hold entries.
    pub fn months(&self) -> BTreeSet<String> {
        self.sealed.keys().chain(&self.doubtful).map(|key| key.month.clone()).collect()
    }

    /// Judges one entry as it is stored.
    pub fn see(&mut self, stored: StoredEntry) {
        self.report.entries += 1;
        let StoredEntry { entry, created_at, standing } = stored;
        match standing {
            Standing::Whole => {}
            Standing::PartsErased => self.report.erased += 1,
            Standing::Unverifiable => self.report.unverifiable += 1,
        }
        match self.sealed.remove(&entry.key) {
            Some(sealed) if sealed.hash != entry.hash => {
                self.find(Finding::EntryAltered { entry: entry.key, sequence: sealed.sequence });
            }
            Some(sealed) => {
                if let Some(states) = created_at.filter(|at| at.after(LONGEST_DELAY) < sealed.at) {
                    self.find(Finding::EntryAddedLater { entry: entry.key, states, sealed: sealed.at });
                }
            }
            None if self.doubtful.contains(&entry.key) => self.report.doubtful += 1,
            None => {
                self.report.unsealed += 1;
                let oldest = self.report.oldest_unsealed;
                self.report.oldest_unsealed = created_at.into_iter().chain(oldest).min();
            }
        }
    }

    /// The report: what was sealed and not seen is gone. Entries of the months before `gone_before` may be: the account keeps them no
    /// longer.
    pub fn finish(mut self, gone_before: Option<&str>) -> Report {
        let may_be_gone = |entry: &EntryKey| gone_before.is_some_and(|month| entry.month.as_str() < month);
        let (gone, removed): (Vec<_>, Vec<_>) =
            self.sealed.into_iter().partition(|(entry, _)| may_be_gone(entry));
        self.report.by_retention = gone.len();
        let removed = removed.into_iter();
        let removed =
            removed.map(|(entry, sealed)| Finding::EntryRemoved { entry, sequence: sealed.sequence });
        self.report.findings.extend(removed);
        self.report.findings.sort();
        self.report
    }
}

/// The seal, if it is what it was made as, at the place where it was put.
fn whole(stored: &StoredSeal) -> Option<&Seal> {
    stored.seal.as_ref().filter(|seal| seal.content.sequence == stored.sequence && seal.is_whole())
}

#[cfg(test)]
mod tests {
    use seals::{Content, SealedEntry};

    use super::*;

    fn account() -> AccountId {
        AccountId::new(7).unwrap()
    }

    fn entry(number: u64) -> SealedEntry {
        let key = EntryKey { month: "202611".to_owned(), id: format!("{number:016}") };
        SealedEntry { key, hash: format!("{number:064x}").parse().unwrap() }
    }

    /// Ten seals of three entries each.
    fn chain() -> Chain {
        let mut chain = Chain::default();
        let mut head = Head::default();
        for sequence in 1..=10 {
            let seal = Seal::over(Content {
                account_id: account(),
                sequence,
                created_at: Timestamp::from_millis(1_000),
                entries: (0..3).map(|place| entry(sequence * 3 + place)).collect(),
                previous_hash: head.hash,
            });
            head = seal.as_head();
            chain.seals.push(StoredSeal { sequence, seal: Some(seal) });
        }
        chain.head = Some(head);
        chain
    }

    fn stored() -> Vec<StoredEntry> {
        let at = Some(Timestamp::from_millis(500));
        (3..33)
            .map(|number| StoredEntry { entry: entry(number), created_at: at, standing: Standing::Whole })
            .collect()
    }

    fn judged(chain: &Chain, entries: Vec<StoredEntry>) -> Vec<Finding> {
        let mut judge = Judge::of(account(), chain, &[]);
        entries.into_iter().for_each(|entry| judge.see(entry));
        judge.finish(None).findings
    }

    #[test]
    fn what_was_not_touched_is_clean() {
        let mut judge = Judge::of(account(), &chain(), &[chain().head.unwrap()]);
        stored().into_iter().for_each(|entry| judge.see(entry));
        let at = Some(Timestamp::from_millis(2_000));
        judge.see(StoredEntry { entry: entry(99), created_at: at, standing: Standing::Whole });
        let report = judge.finish(None);
        assert_eq!(report.findings, []);
        assert_eq!((report.entries, report.seals, report.unsealed), (31, 10, 1));
        assert_eq!(report.oldest_unsealed, Some(Timestamp::from_millis(2_000)));
        assert!(judged(&Chain::default(), Vec::new()).is_empty());
    }

    #[test]
    fn an_entry_that_was_altered_removed_replaced_or_added_is_named() {
        let key = || entry(10).key;
        let mut altered = stored();
        altered[7].entry.hash = entry(1).hash;
        assert_eq!(judged(&chain(), altered), [Finding::EntryAltered { entry: key(), sequence: 3 }]);
        let mut removed = stored();
        removed.remove(7);
        assert_eq!(judged(&chain(), removed), [Finding::EntryRemoved { entry: key(), sequence: 3 }]);

        let mut late = stored();
        late[7].created_at = Some(Timestamp::from_millis(1_000).before(Duration::from_hours(26)));
        assert!(matches!(&judged(&chain(), late)[..], [Finding::EntryAddedLater { .. }]));

        let mut twice = chain();
        let mut entries = vec![entry(10)];
        entries[0].hash = entry(1).hash;
        append(&mut twice, entries);
        assert_eq!(judged(&twice, stored()), [Finding::EntryReplaced { entry: key(), sequence: 11 }]);
    }

    fn append(chain: &mut Chain, entries: Vec<SealedEntry>) {
        let head = chain.head.unwrap();
        let seal = Seal::over(Content {
            account_id: account(),
            sequence: head.sequence + 1,
            created_at: Timestamp::from_millis(2_000),
            entries,
            previous_hash: head.hash,
        });
        chain.head = Some(seal.as_head());
        chain.seals.push(StoredSeal { sequence: head.sequence + 1, seal: Some(seal) });
    }

    #[test]
    fn what_the_account_keeps_no_longer_may_be_gone_and_nothing_younger() {
        let judge = |gone_before: Option<&str>| {
            let judge = Judge::of(account(), &chain(), &[]);
            judge.finish(gone_before)
        };
        for gone_before in [None, Some("202610"), Some("202611")] {
            let report = judge(gone_before);
            assert_eq!((report.by_retention, report.findings.len()), (0, 30), "{gone_before:?}");
        }
        let report = judge(Some("202612"));
        assert_eq!((report.by_retention, report.findings.len()), (30, 0));
        assert!(report.to_string().contains("; 30 entries were removed by retention"), "{report}");
    }

    /// What was erased as the product does it is told of, and is no fault.
    #[test]
    fn entries_of_which_something_was_erased_are_counted() {
        let mut entries = stored();
        entries[3].standing = Standing::PartsErased;
        entries[4].standing = Standing::PartsErased;
        entries[5].standing = Standing::Unverifiable;
        entries[6].standing = Standing::PartsErased;
        entries[6].entry.hash = entry(1).hash;
        let mut judge = Judge::of(account(), &chain(), &[]);
        entries.into_iter().for_each(|entry| judge.see(entry));
        let report = judge.finish(None);
        assert_eq!((report.erased, report.unverifiable), (3, 1));
        assert!(matches!(&report.findings[..], [Finding::EntryAltered { .. }]), "{report}");
        let said = report.to_string();
        assert!(
            said.contains("; 3 entries lost a name by erasure, and the seals hold all the same"),
            "{said}"
        );
        assert!(
            said.contains("; 1 entry lost a name by erasure and was sealed whole: nothing covers"),
            "{said}"
        );
    }

    #[test]
    fn a_batch_that_was_sealed_twice_is_no_fault() {
        let mut twice = chain();
        append(&mut twice, vec![entry(10), entry(11)]);
        assert_eq!(judged(&twice, stored()), []);
    }

    #[test]
    fn a_seal_that_was_altered_replaced_or_removed_is_named() {
        let mut altered = chain();
        altered.seals[4].seal.as_mut().unwrap().content.entries[1].hash = Hash::NONE;
        assert_eq!(judged(&altered, stored()), [Finding::SealAltered { sequence: 5 }]);

        let mut unreadable = chain();
        unreadable.seals[9].seal = None;
        assert_eq!(judged(&unreadable, stored()), [Finding::SealAltered { sequence: 10 }]);

        // Whole by itself, and made over other entries.
        let mut replaced = chain();
        let mut content = replaced.seals[4].seal.clone().unwrap().content;
        content.entries.pop();
        replaced.seals[4].seal = Some(Seal::over(content.clone()));
        assert_eq!(judged(&replaced, stored()), [Finding::SealDoesNotFollow { sequence: 6 }]);

        let mut removed = chain();
        removed.seals.drain(3..5);
        assert_eq!(judged(&removed, stored()), [Finding::SealsMissing { first: 4, last: 5 }]);

        let mut cut = chain();
        cut.seals.truncate(8);
        assert_eq!(judged(&cut, stored()), [Finding::SealsMissing { first: 9, last: 10 }]);

        let mut headless = chain();
        headless.head = None;
        assert_eq!(judged(&headless, stored()), [Finding::HeadMissing]);
    }

    #[test]
    fn a_chain_rewritten_to_its_head_is_told_by_what_is_known_elsewhere() {
        let known = chain().head.unwrap();
        let mut rewritten = chain();
        rewritten.seals.truncate(9);
        rewritten.head = rewritten.seals[8].seal.as_ref().map(Seal::as_head);
        append(&mut rewritten, vec![entry(30), entry(31)]);
        let mut entries = stored();
        entries.pop();
        let judge = |known: &[Head]| {
            let mut judge = Judge::of(account(), &rewritten, known);
            entries.iter().cloned().for_each(|entry| judge.see(entry));
            judge.finish(None).findings
        };
        assert_eq!(judge(&[]), [], "by itself it looks whole");
        assert_eq!(judge(&[known]), [Finding::SealNotAsKnown { sequence: 10 }]);
    }
}

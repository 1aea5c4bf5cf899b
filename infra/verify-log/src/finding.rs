//! What is not as it was sealed.

use std::fmt;

use policy::Timestamp;
use seals::EntryKey;

/// One thing that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Finding {
    /// These seals, from the first to the last, are not there.
    SealsMissing {
        /// The first.
        first: u64,
        /// The last; the same for one.
        last: u64,
    },
    /// A seal is not what it was when it was made.
    SealAltered {
        /// The number of the seal.
        sequence: u64,
    },
    /// A seal is whole by itself, but carries another hash than that of the seal before it: one of them was replaced.
    SealDoesNotFollow {
        /// The later one.
        sequence: u64,
    },
    /// A seal is not the one that was noted elsewhere.
    SealNotAsKnown {
        /// The number of the seal.
        sequence: u64,
    },
    /// The head is not there, or not readable.
    HeadMissing,
    /// The head says another hash than the seal that it names.
    HeadAltered {
        /// The seal that it names.
        sequence: u64,
    },
    /// An entry is not what it was when it was sealed.
    EntryAltered {
        /// The key of the entry.
        entry: EntryKey,
        /// The seal that holds it as it was.
        sequence: u64,
    },
    /// An entry was sealed, and is not there.
    EntryRemoved {
        /// The key of the entry.
        entry: EntryKey,
        /// The seal that holds it.
        sequence: u64,
    },
    /// An entry was sealed twice, and was something else the second time: it was replaced in between.
    EntryReplaced {
        /// The key of the entry.
        entry: EntryKey,
        /// The later seal.
        sequence: u64,
    },
    /// An entry was sealed so long after the time that it states that the stream cannot have been the cause: it was
    /// added later, under an old id.
    EntryAddedLater {
        /// The key of the entry.
        entry: EntryKey,
        /// The time that it states.
        states: Timestamp,
        /// When it was sealed.
        sealed: Timestamp,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SealsMissing { first, last } if first == last => write!(out, "seal {first} is missing"),
            Self::SealsMissing { first, last } => write!(out, "seals {first} to {last} are missing"),
            Self::SealAltered { sequence } => write!(out, "seal {sequence} was altered"),
            Self::SealDoesNotFollow { sequence } => {
                let before = sequence.saturating_sub(1);
                write!(out, "seal {sequence} does not follow seal {before}: one of them was replaced")
            }
            Self::SealNotAsKnown { sequence } => write!(out, "seal {sequence} is not the one that is known"),
            Self::HeadMissing => write!(out, "the head of the chain is missing"),
            Self::HeadAltered { sequence } => {
                write!(out, "the head of the chain was altered, or seal {sequence} was replaced")
            }
            Self::EntryAltered { entry, sequence } => {
                write!(out, "{} was altered; seal {sequence} holds it as it was", Named(entry))
            }
            Self::EntryRemoved { entry, sequence } => {
                write!(out, "{} was removed; seal {sequence} holds it", Named(entry))
            }
            Self::EntryReplaced { entry, sequence } => {
                write!(out, "{} was replaced before seal {sequence} was made", Named(entry))
            }
            Self::EntryAddedLater { entry, states, sealed } => {
                write!(out, "{} says that it is of {states}, and was first sealed on {sealed}", Named(entry))
            }
        }
    }
}

/// An entry as people find it: by its id, as the API shows it, and its month.
struct Named<'a>(&'a EntryKey);

impl fmt::Display for Named<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "entry {} of {}", self.0.id.trim_start_matches('0'), self.0.month)
    }
}

//! The outcome of it.

use std::fmt;

use policy::Timestamp;
use seals::Head;

use crate::finding::Finding;

/// What was read, and what is not as it was sealed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// How many entries there are.
    pub entries: usize,
    /// How many seals.
    pub seals: usize,
    /// Entries that no seal holds yet.
    pub unsealed: usize,
    /// The time of the oldest of them.
    pub oldest_unsealed: Option<Timestamp>,
    /// Entries that only altered seals hold: nothing can be said about them.
    pub doubtful: usize,
    /// Entries that are gone because the account keeps them no longer.
    pub by_retention: usize,
    /// Entries of which parts were erased, and whose hashes cover all that is left.
    pub erased: usize,
    /// Entries that were sealed whole and of which parts were erased later: nothing can be said about what is left of them.
    pub unverifiable: usize,
    /// The last seal that can be trusted: worth keeping somewhere else.
    pub head: Option<Head>,
    /// What was altered, removed or added, in order.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Whether nothing was altered.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{} in {}: ",
            count(self.entries, "entry", "entries"),
            count(self.seals, "seal", "seals")
        )?;
        match self.findings.len() {
            0 => write!(out, "nothing altered; ")?,
            found => {
                write!(out, "{}; ", count(found, "thing is not as it was", "things are not as they were"))?
            }
        }
        write!(out, "{} not sealed yet", count(self.unsealed, "entry", "entries"))?;
        if let Some(oldest) = self.oldest_unsealed {
            write!(out, ", the oldest of {oldest}")?;
        }
        if self.doubtful > 0 {
            write!(out, "; of {}, only altered seals tell", count(self.doubtful, "entry", "entries"))?;
        }
        if self.by_retention > 0 {
            let were = if self.by_retention == 1 { "was" } else { "were" };
            write!(out, "; {} {were} removed by retention", count(self.by_retention, "entry", "entries"))?;
        }
        if self.erased > 0 {
            let erased = count(self.erased, "entry", "entries");
            write!(out, "; {erased} lost a name by erasure, and the seals hold all the same")?;
        }
        if self.unverifiable > 0 {
            let erased = count(self.unverifiable, "entry", "entries");
            let were = if self.unverifiable == 1 { "was" } else { "were" };
            write!(
                out,
                "; {erased} lost a name by erasure and {were} sealed whole: nothing covers what is left"
            )?;
        }
        for finding in &self.findings {
            write!(out, "\n  {finding}")?;
        }
        if let Some(head) = self.head {
            write!(out, "\n  last good seal {}:{}", head.sequence, head.hash)?;
        }
        Ok(())
    }
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

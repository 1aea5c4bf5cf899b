//! Places in a list, as cursors carry them.

use std::fmt::{Display, Formatter, Result as Formatted};
use std::str::FromStr;

/// A place in a list: what a row is sorted by, and its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// What it is sorted by, the weightiest first.
    pub texts: Vec<String>,
    /// Its id.
    pub id: u64,
}

impl Display for Place {
    fn fmt(&self, out: &mut Formatter<'_>) -> Formatted {
        write!(out, "{}", self.id)?;
        self.texts.iter().try_for_each(|text| write!(out, " {}:{text}", text.len()))
    }
}

impl FromStr for Place {
    type Err = ();

    /// Each text stands behind its length, so that no text is taken for two.
    fn from_str(text: &str) -> Result<Self, ()> {
        let (id, mut rest) = text.split_once(' ').unwrap_or((text, ""));
        let id = id.parse().map_err(|_| ())?;
        let mut texts = Vec::new();
        while !rest.is_empty() {
            let (length, behind) = rest.split_once(':').ok_or(())?;
            let length: usize = length.parse().map_err(|_| ())?;
            let (text, behind) = behind.split_at_checked(length).ok_or(())?;
            texts.push(text.to_owned());
            rest = match behind.strip_prefix(' ') {
                Some(behind) => behind,
                None if behind.is_empty() => behind,
                None => return Err(()),
            };
        }
        Ok(Self { texts, id })
    }
}

/// What a cursor marks: a place, and how many rows of the walk lie up to there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Rows up to the place, itself among them: so a cursor's page knows its number.
    pub before: usize,
    /// The place.
    pub place: Place,
}

impl Display for Mark {
    fn fmt(&self, out: &mut Formatter<'_>) -> Formatted {
        write!(out, "{} {}", self.before, self.place)
    }
}

impl FromStr for Mark {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (before, place) = text.split_once(' ').ok_or(())?;
        Ok(Self { before: before.parse().map_err(|_| ())?, place: place.parse()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_read_as_it_was_written() {
        for texts in [vec![], vec![""], vec!["zoë"], vec!["a b:c 3:x", "", "\u{1}\u{ff}"], vec!["", ""]] {
            let texts: Vec<String> = texts.into_iter().map(str::to_owned).collect();
            let mark = Mark { before: 50, place: Place { texts, id: 17 } };
            assert_eq!(mark.to_string().parse(), Ok(mark));
        }
        for wrong in ["", "17", "x 17", "1 x", "1 17 3:ab", "1 17 x:ab", "1 17 2:abc", "1 17 1:é"] {
            assert_eq!(wrong.parse::<Mark>(), Err(()), "{wrong}");
        }
    }
}

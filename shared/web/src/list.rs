//! Lists: which page is asked for, in which order, by which filters; and the `meta` and `links` around it.

mod names;
mod page;
mod place;
mod read;

pub use self::names::{Name, Names};
pub use self::page::{Links, Meta, Paging};
pub use self::place::{Mark, Place};
use crate::body::Kind;
use crate::fault::Fault;

/// Resources on a page if the request does not say.
pub const DEFAULT_SIZE: usize = 50;

/// Resources on a page at most.
pub const LARGEST_SIZE: usize = 1_000;

/// Rows of an export if the request does not say, and at most. An answer of Lambda has 6 MB at most, and a row of a log with
/// all that can be in it is near to one kilobyte.
pub const EXPORT_SIZE: usize = 5_000;

/// The filter by a part of a name, an address or an id. What it lets through is not counted, and how far it looks is bounded.
pub const SEARCH: &str = "search";

/// Longest text of a search, in characters: no name and no address is longer.
pub const SEARCH_LIMIT: usize = 254;

/// What a list can be asked. Every name with hyphens.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shape {
    /// Its filters.
    pub filters: &'static [Filter],
    /// What it can be sorted by; nothing where one resource is answered.
    pub sorts: &'static [&'static str],
    /// What it can include.
    pub includes: &'static [&'static str],
    /// Whether it runs from the last to the first if the request does not say.
    pub newest_first: bool,
    /// Whether it can be had as a table.
    pub exports: bool,
}

impl Shape {
    /// What one resource can be asked with: what it may include. The rest of a list's parameters are left aside.
    #[must_use]
    pub const fn of_one(includes: &'static [&'static str]) -> Self {
        Self { filters: &[], sorts: &[], includes, newest_first: false, exports: false }
    }

    const fn is_list(&self) -> bool {
        !self.sorts.is_empty()
    }
}

/// One filter of a list. Its name is written with hyphens.
#[derive(Debug, Clone, Copy)]
pub struct Filter {
    /// Its name.
    pub name: &'static str,
    /// What it is compared with.
    pub kind: Kind,
    /// Whether it takes several values, of which any will do.
    pub is_many: bool,
    /// Whether it has to be there.
    pub is_required: bool,
    /// What it lets through, for people.
    pub description: &'static str,
}

impl Filter {
    /// One with a single value.
    #[must_use]
    pub const fn one(name: &'static str, kind: Kind, description: &'static str) -> Self {
        Self { name, kind, is_many: false, is_required: false, description }
    }

    /// One with several values, separated by commas or given one by one, of which any will do.
    #[must_use]
    pub const fn any(name: &'static str, kind: Kind, description: &'static str) -> Self {
        Self { is_many: true, ..Self::one(name, kind, description) }
    }

    /// The filter by a part of what people know a thing by.
    #[must_use]
    pub const fn search(description: &'static str) -> Self {
        Self::one(SEARCH, Kind::Text(1, SEARCH_LIMIT), description)
    }

    /// The same, without which the list cannot be had.
    #[must_use]
    pub const fn required(self) -> Self {
        Self { is_required: true, ..self }
    }
}

/// Where the page begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// The request does not say: at the beginning.
    Beginning,
    /// On the page of this number, from 1.
    Number(usize),
    /// Behind the place that a cursor names; an empty one names the beginning. What is behind costs the same however far in
    /// it is, and is not counted.
    After(String),
}

/// By what a list is to be sorted, first of all or where everything before is equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sort {
    /// Its name.
    pub name: String,
    /// From the last to the first.
    pub down: bool,
}

impl Sort {
    /// As the parameter says it.
    fn word(&self) -> String {
        format!("{}{}", if self.down { "-" } else { "" }, self.name)
    }
}

/// A filter as it was given.
#[derive(Debug)]
struct Given {
    name: &'static str,
    /// Its parameter as it was sent.
    sent: String,
    /// Its different values, one for each time that it was given.
    values: Vec<String>,
}

/// Which page of a list is asked for, by which filters.
#[derive(Debug)]
pub struct Listing {
    address: String,
    path: String,
    size: usize,
    is_export: bool,
    start: Start,
    filters: Vec<Given>,
    sorts: Vec<Sort>,
    newest_first: bool,
    include: Vec<String>,
}

impl Listing {
    /// By what to sort, the weightiest first; empty for the list's own order.
    #[must_use]
    pub fn sorts(&self) -> &[Sort] {
        &self.sorts
    }

    /// Whether the list's own order is from the last to the first.
    #[must_use]
    pub const fn newest_first(&self) -> bool {
        self.newest_first
    }

    /// Whether related resources of this type are to be included.
    #[must_use]
    pub fn includes(&self, name: &str) -> bool {
        self.include.iter().any(|wanted| wanted == name)
    }

    /// Rows on a page.
    #[must_use]
    pub const fn size(&self) -> usize {
        self.size
    }

    /// Whether the rows are wanted as CSV.
    #[must_use]
    pub const fn is_export(&self) -> bool {
        self.is_export
    }

    /// Whether a text is searched for.
    #[must_use]
    pub fn is_search(&self) -> bool {
        self.filter(SEARCH).is_some()
    }

    /// Where the page begins.
    #[must_use]
    pub const fn start(&self) -> &Start {
        &self.start
    }

    /// Rows before the page, if it was asked for by its number.
    #[must_use]
    pub const fn skipped(&self) -> usize {
        match self.start {
            Start::Number(number) => (number - 1).saturating_mul(self.size),
            Start::Beginning | Start::After(_) => 0,
        }
    }

    /// Whether how many rows there are on all pages has to be known. A cursor's pages and searches do without.
    #[must_use]
    pub fn counts(&self) -> bool {
        !self.is_export && !matches!(self.start, Start::After(_)) && !self.is_search()
    }

    /// The list that a cursor is good for: its address, its filters and its order. However the values of a filter are arranged,
    /// it is the same list.
    #[must_use]
    pub fn identity(&self) -> String {
        let parts = |given: &Given| -> Vec<(&'static str, String)> {
            let parts = given.values.iter().flat_map(|value| value.split(','));
            parts.map(|part| (given.name, part.trim().to_lowercase())).collect()
        };
        let mut filters: Vec<_> = self.filters.iter().flat_map(parts).collect();
        filters.sort();
        filters.dedup();
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in filters {
            query.append_pair(&format!("filter[{name}]"), &value);
        }
        query.append_pair("sort", &self.sorted_by());
        query.append_pair("backwards", if self.newest_first { "1" } else { "0" });
        format!("{}?{}", self.path, query.finish())
    }

    /// As the parameter says it.
    fn sorted_by(&self) -> String {
        self.sorts.iter().map(Sort::word).collect::<Vec<_>>().join(",")
    }

    /// What is wrong with a filter, named as it was sent.
    #[must_use]
    pub fn bad_filter(&self, name: &str, detail: &str) -> Fault {
        let sent = self.filters.iter().find(|given| given.name == name).map(|given| given.sent.clone());
        let sent = sent.unwrap_or_else(|| format!("filter[{name}]"));
        Fault::malformed("bad-parameter", detail).in_parameter(sent)
    }
}

//! Lists: which page is asked for, in which order, by which filters; and the `meta` and `links` around it.

mod page;

use std::fmt::Display;
use std::str::FromStr;

pub use self::page::{Links, Meta};
use crate::body::Kind;
use crate::fault::{Fault, Faults, sentence};
use crate::request::Call;

/// Resources on a page if the request does not say.
pub const DEFAULT_SIZE: usize = 50;

/// Resources on a page at most.
pub const LARGEST_SIZE: usize = 1_000;

/// Rows of an export if the request does not say, and at most. An answer of Lambda has 6 MB at most, and a row of a log with
/// all that can be in it is near to one kilobyte.
pub const EXPORT_SIZE: usize = 5_000;

/// What a list can be asked. Every name with hyphens.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shape {
    /// Its filters.
    pub filters: &'static [Filter],
    /// What it can be sorted by.
    pub sorts: &'static [&'static str],
    /// What it can include.
    pub includes: &'static [&'static str],
    /// Whether it runs from the last to the first if the request does not say.
    pub newest_first: bool,
    /// Whether it can be had as a table.
    pub exports: bool,
}

/// One filter of a list. Its name is written with hyphens.
#[derive(Debug, Clone, Copy)]
pub struct Filter {
    /// Its name.
    pub name: &'static str,
    /// What it is compared with.
    pub kind: Kind,
    /// Whether it takes several values, separated by commas, of which any will do.
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

    /// One with several values, separated by commas, of which any will do.
    #[must_use]
    pub const fn any(name: &'static str, kind: Kind, description: &'static str) -> Self {
        Self { is_many: true, ..Self::one(name, kind, description) }
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

/// A place in a list: what a row is sorted by, and its id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// What it is sorted by; empty if that is its id.
    pub text: String,
    /// Its id.
    pub id: u64,
}

impl Display for Place {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} {}", self.id, self.text)
    }
}

impl FromStr for Place {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let (id, text) = text.split_once(' ').ok_or(())?;
        Ok(Self { text: text.to_owned(), id: id.parse().map_err(|_| ())? })
    }
}

/// Which page of a list is asked for, by which filters.
#[derive(Debug)]
pub struct Listing {
    address: String,
    path: String,
    size: usize,
    is_export: bool,
    start: Start,
    filters: Vec<(String, String)>,
    sort: Option<(String, bool)>,
    newest_first: bool,
    include: Vec<String>,
}

/// What is known of the page beside its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paging {
    /// How many rows there are on all pages, if that was counted.
    pub total: Option<usize>,
    /// The cursor of what is behind the page; none on the last.
    pub next: Option<String>,
}

impl Listing {
    /// Reads page, filters, sort and include; what the list does not know is a fault.
    pub fn read(call: &Call, shape: &Shape) -> Result<Self, Faults> {
        let mut faults = Vec::new();
        let is_export = shape.exports && call.wants_csv();
        let (default_size, largest) =
            if is_export { (EXPORT_SIZE, EXPORT_SIZE) } else { (DEFAULT_SIZE, LARGEST_SIZE) };
        let mut listing = Self {
            address: call.address(),
            path: call.path(),
            size: default_size,
            is_export,
            start: Start::Beginning,
            filters: Vec::new(),
            sort: None,
            newest_first: shape.newest_first,
            include: Vec::new(),
        };
        for (place, (name, value)) in call.query().iter().enumerate() {
            let filter = name.strip_prefix("filter[").and_then(|rest| rest.strip_suffix(']'));
            if call.query().iter().take(place).any(|(earlier, _)| earlier == name) {
                faults.push(bad_parameter(name, "This is given twice."));
                continue;
            }
            match (name.as_str(), filter) {
                ("page[size]", _) => match value.parse() {
                    Ok(size) if (1..=largest).contains(&size) => listing.size = size,
                    _ => faults.push(bad_parameter(name, &format!("A page has 1 to {largest} resources."))),
                },
                ("page[number]", _) => match value.parse() {
                    Ok(number @ 1..) => listing.start = Start::Number(number),
                    _ => faults.push(bad_parameter(name, "Pages are counted from 1.")),
                },
                ("page[after]", _) if call.parameter("page[number]").is_some() => {
                    faults.push(bad_parameter(name, "Ask for a number or for what is after a cursor."));
                }
                ("page[after]", _) => listing.start = Start::After(value.clone()),
                ("sort", _) => {
                    let plain = value.strip_prefix('-').unwrap_or(value).replace('_', "-");
                    if shape.sorts.contains(&plain.as_str()) {
                        listing.sort = Some((plain, value.starts_with('-')));
                    } else {
                        let detail = format!("Sort by one of {}.", shape.sorts.join(", "));
                        faults.push(bad_parameter(name, &detail));
                    }
                }
                ("include", _) => {
                    for wanted in value.split(',').map(str::trim).filter(|wanted| !wanted.is_empty()) {
                        if shape.includes.contains(&wanted) {
                            listing.include.push(wanted.to_owned());
                        } else {
                            faults.push(bad_parameter(name, &format!("{wanted} cannot be included here.")));
                        }
                    }
                }
                (_, Some(filter)) if shape.filters.iter().any(|known| known.name == filter) => {
                    listing.filters.push((filter.to_owned(), value.clone()));
                }
                _ => faults.push(
                    Fault::malformed("unknown-parameter", format!("There is no parameter {name} here."))
                        .in_parameter(name),
                ),
            }
        }
        Faults::check(faults)?;
        Ok(listing)
    }

    /// What a filter asks for.
    #[must_use]
    pub fn filter(&self, name: &str) -> Option<&str> {
        self.filters.iter().find(|(filter, _)| filter == name).map(|(_, value)| value.as_str())
    }

    /// The values of a filter that takes several, separated by commas, of which any will do.
    pub fn any_of<T: FromStr<Err: Display>>(&self, name: &str, faults: &mut Vec<Fault>) -> Option<Vec<T>> {
        let read: Result<Vec<T>, _> =
            self.filter(name)?.split(',').map(|value| value.trim().parse()).collect();
        read.map_err(|error: T::Err| faults.push(bad_filter(name, &error.to_string()))).ok()
    }

    /// The one value of a filter.
    pub fn one<T: FromStr<Err: Display>>(&self, name: &str, faults: &mut Vec<Fault>) -> Option<T> {
        let read: Result<T, _> = self.filter(name)?.trim().parse();
        read.map_err(|error: T::Err| faults.push(bad_filter(name, &error.to_string()))).ok()
    }

    /// The values of a filter that takes only these, of which any will do.
    pub fn choice(
        &self,
        name: &str,
        known: &[&'static str],
        faults: &mut Vec<Fault>,
    ) -> Option<Vec<&'static str>> {
        let wanted = self.filter(name)?.split(',').map(|value| value.trim().replace('_', "-"));
        let read: Option<Vec<_>> =
            wanted.map(|value| known.iter().copied().find(|known| *known == value)).collect();
        if read.is_none() {
            faults.push(bad_filter(name, &format!("one of {}", known.join(", "))));
        }
        read
    }

    /// A filter that is true or false.
    pub fn flag(&self, name: &str, faults: &mut Vec<Fault>) -> Option<bool> {
        match self.filter(name)? {
            "true" => Some(true),
            "false" => Some(false),
            _ => {
                faults.push(bad_filter(name, "this is true or false"));
                None
            }
        }
    }

    /// By what to sort; none for the list's own order.
    #[must_use]
    pub fn sort(&self) -> Option<&str> {
        self.sort.as_ref().map(|(name, _)| name.as_str())
    }

    /// Whether to go from the last to the first.
    #[must_use]
    pub fn backwards(&self) -> bool {
        self.sort.as_ref().map_or(self.newest_first, |(_, down)| *down)
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

    /// Whether how many rows there are on all pages has to be known. A cursor's pages do without.
    #[must_use]
    pub const fn counts(&self) -> bool {
        !self.is_export && !matches!(self.start, Start::After(_))
    }

    /// The list that a cursor is good for: its address, its filters and its order.
    #[must_use]
    pub fn identity(&self) -> String {
        let mut filters: Vec<_> = self.filters.iter().collect();
        filters.sort();
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in filters {
            query.append_pair(&format!("filter[{name}]"), value);
        }
        query.append_pair("sort", self.sort().unwrap_or_default());
        query.append_pair("backwards", if self.backwards() { "1" } else { "0" });
        format!("{}?{}", self.path, query.finish())
    }

    /// The address of a page of the same list.
    fn link(&self, page: Option<(&str, &str)>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in &self.filters {
            query.append_pair(&format!("filter[{name}]"), value);
        }
        if let Some((name, down)) = &self.sort {
            query.append_pair("sort", &format!("{}{name}", if *down { "-" } else { "" }));
        }
        if !self.include.is_empty() {
            query.append_pair("include", &self.include.join(","));
        }
        query.append_pair("page[size]", &self.size.to_string());
        if let Some((name, value)) = page {
            query.append_pair(name, value);
        }
        format!("{}?{}", self.address, query.finish())
    }

    /// The address of what is behind a place.
    #[must_use]
    pub fn after(&self, cursor: &str) -> String {
        self.link(Some(("page[after]", cursor)))
    }

    /// What a page says of itself and of the whole list.
    #[must_use]
    pub fn meta(&self, paging: &Paging) -> Meta {
        let (current, previous, next) = self.numbers(paging);
        let number = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        Meta {
            current_page: current.map(number),
            next_page: next.map(number),
            prev_page: previous.map(number),
            total_pages: self.pages(paging).map(number),
            total_count: paging.total.map(number),
            has_next_page: paging.next.is_some() || next.is_some(),
            filters: self.filters.iter().cloned().collect(),
        }
    }

    /// Where the page and those around it are.
    #[must_use]
    pub fn links(&self, paging: &Paging) -> Links {
        let (_, previous, next) = self.numbers(paging);
        let numbered = |number: usize| self.link(Some(("page[number]", &number.to_string())));
        let last = || numbered(self.pages(paging).unwrap_or(1).max(1));
        let behind = || paging.next.as_deref().map(|cursor| self.after(cursor));
        match &self.start {
            Start::Number(number) => Links {
                this: numbered(*number),
                first: numbered(1),
                prev: previous.map(numbered),
                next: next.map(numbered),
                last: Some(last()),
            },
            Start::Beginning => Links {
                this: self.link(None),
                first: self.link(None),
                prev: None,
                next: behind(),
                last: Some(last()),
            },
            Start::After(cursor) => Links {
                this: self.after(cursor),
                first: self.after(""),
                prev: None,
                next: behind(),
                last: None,
            },
        }
    }

    fn pages(&self, paging: &Paging) -> Option<usize> {
        paging.total.map(|total| total.div_ceil(self.size))
    }

    /// The number of the page, of the one before and of the one after it.
    fn numbers(&self, paging: &Paging) -> (Option<usize>, Option<usize>, Option<usize>) {
        let (current, previous) = match self.start {
            Start::Beginning => (Some(1), None),
            Start::Number(number) => (Some(number), (number > 1).then(|| number - 1)),
            Start::After(_) => (None, None),
        };
        let has_next = |current: &usize| self.pages(paging).is_some_and(|pages| *current < pages);
        (current, previous, current.filter(has_next).map(|current| current + 1))
    }
}

/// What is wrong with a filter's value.
#[must_use]
pub fn bad_filter(name: &str, detail: &str) -> Fault {
    bad_parameter(&format!("filter[{name}]"), &sentence(detail))
}

fn bad_parameter(name: &str, detail: &str) -> Fault {
    Fault::malformed("bad-parameter", detail).in_parameter(name)
}

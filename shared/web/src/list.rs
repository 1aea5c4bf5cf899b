//! Lists: which page, in which order, and the `meta` and `links` around it.

use std::ops::Range;

use serde_json::{Map, Value, json};

use crate::fault::{Fault, Faults};
use crate::request::Call;

/// Resources on a page if the request does not say.
pub const DEFAULT_SIZE: usize = 50;

/// Resources on a page at most.
pub const LARGEST_SIZE: usize = 1_000;

/// Which page of a list is asked for, by which filters.
#[derive(Debug)]
pub struct Listing {
    path: String,
    size: usize,
    number: usize,
    filters: Vec<(String, String)>,
    sort: Option<(String, bool)>,
    include: Vec<String>,
}

impl Listing {
    /// Reads page, filters, sort and include; what the list does not know is a fault.
    pub fn read(call: &Call, filters: &[&str], sorts: &[&str], includes: &[&str]) -> Result<Self, Faults> {
        let mut faults = Vec::new();
        let mut listing = Self {
            path: call.path(),
            size: DEFAULT_SIZE,
            number: 1,
            filters: Vec::new(),
            sort: None,
            include: Vec::new(),
        };
        for (name, value) in call.query() {
            let filter = name.strip_prefix("filter[").and_then(|rest| rest.strip_suffix(']'));
            match (name.as_str(), filter) {
                ("page[size]", _) => match value.parse() {
                    Ok(size @ 1..=LARGEST_SIZE) => listing.size = size,
                    _ => faults.push(bad_parameter(name, "A page has 1 to 1000 resources.")),
                },
                ("page[number]", _) => match value.parse() {
                    Ok(number @ 1..) => listing.number = number,
                    _ => faults.push(bad_parameter(name, "Pages are counted from 1.")),
                },
                ("sort", _) => {
                    let plain = value.strip_prefix('-').unwrap_or(value).replace('_', "-");
                    if sorts.contains(&plain.as_str()) {
                        listing.sort = Some((plain, value.starts_with('-')));
                    } else {
                        let detail = format!("Sort by one of {}.", sorts.join(", "));
                        faults.push(bad_parameter(name, &detail));
                    }
                }
                ("include", _) => {
                    for wanted in value.split(',').filter(|wanted| !wanted.is_empty()) {
                        if includes.contains(&wanted) {
                            listing.include.push(wanted.to_owned());
                        } else {
                            faults.push(bad_parameter(name, &format!("{wanted} cannot be included here.")));
                        }
                    }
                }
                (_, Some(filter)) if filters.contains(&filter) => {
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
        self.filters.iter().rev().find(|(filter, _)| filter == name).map(|(_, value)| value.as_str())
    }

    /// By what to sort, and whether downwards.
    #[must_use]
    pub fn sort(&self) -> Option<(&str, bool)> {
        self.sort.as_ref().map(|(name, down)| (name.as_str(), *down))
    }

    /// Whether related resources of this type are to be included.
    #[must_use]
    pub fn includes(&self, name: &str) -> bool {
        self.include.iter().any(|wanted| wanted == name)
    }

    /// Sorts by a key of the resource, downwards if so asked.
    pub fn sort_by_key<T, K: Ord>(&self, rows: &mut [T], key: impl Fn(&T) -> K) {
        rows.sort_by_key(key);
        if self.sort.as_ref().is_some_and(|(_, down)| *down) {
            rows.reverse();
        }
    }

    /// Which of the rows are on the page, counted from 0.
    #[must_use]
    pub fn window(&self) -> Range<usize> {
        let start = (self.number - 1).saturating_mul(self.size);
        start..start.saturating_add(self.size)
    }

    /// The rows of the page, out of all that match.
    #[must_use]
    pub fn page<T>(&self, rows: Vec<T>) -> Page<T> {
        let total = rows.len();
        Page { rows: rows.into_iter().skip(self.window().start).take(self.size).collect(), total }
    }

    /// The document of a page.
    #[must_use]
    pub fn document(&self, data: &[Value], total: usize, included: Option<Vec<Value>>) -> Value {
        let pages = total.div_ceil(self.size);
        let link = |number: usize| {
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
            query.append_pair("page[number]", &number.to_string());
            format!("{}?{}", self.path, query.finish())
        };
        let next = (self.number < pages).then_some(self.number + 1);
        let previous = (self.number > 1).then_some(self.number - 1);
        let filters: Map<String, Value> =
            self.filters.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        let mut document = json!({
            "data": data,
            "meta": {
                "current-page": self.number,
                "next-page": next,
                "prev-page": previous,
                "total-pages": pages,
                "total-count": total,
                "filters": filters,
            },
            "links": {
                "self": link(self.number),
                "first": link(1),
                "prev": previous.map(link),
                "next": next.map(link),
                "last": link(pages.max(1)),
            },
        });
        if let (Some(included), Some(members)) = (included, document.as_object_mut()) {
            members.insert("included".to_owned(), Value::Array(included));
        }
        document
    }
}

/// One page of a list.
#[derive(Debug)]
pub struct Page<T> {
    /// Its rows.
    pub rows: Vec<T>,
    /// How many rows there are on all pages.
    pub total: usize,
}

fn bad_parameter(name: &str, detail: &str) -> Fault {
    Fault::malformed("bad-parameter", detail).in_parameter(name)
}

//! What stands around the rows of a page. `meta` and `links` say the same: whatever a client follows, it goes through the whole
//! list.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Listing, Start};

/// What is known of the page beside its rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Paging {
    /// How many rows of the list lie before it.
    pub before: usize,
    /// How many rows there are on all pages, if that was counted.
    pub total: Option<usize>,
    /// The cursor of what is behind the page; none on the last.
    pub next: Option<String>,
}

/// Data about a page and the whole list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "ListMeta")]
pub struct Meta {
    /// The number of the page, from 1.
    pub(super) current_page: u64,
    /// `null` on the last page.
    pub(super) next_page: Option<u64>,
    /// `null` on the first page. After the end, the last page with results.
    pub(super) prev_page: Option<u64>,
    /// `null` if they were not counted: after a cursor, and in a search with more results.
    pub(super) total_pages: Option<u64>,
    /// Total number on all pages; `null` if they were not counted.
    pub(super) total_count: Option<u64>,
    pub(super) has_next_page: bool,
    /// The filters of the request, each with its value.
    pub(super) filters: BTreeMap<String, String>,
}

/// The URLs of a page and the pages around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "ListLinks")]
pub struct Links {
    #[serde(rename = "self")]
    pub(super) this: String,
    pub(super) first: String,
    pub(super) prev: Option<String>,
    /// The URL of the next page; `null` on the last one.
    pub(super) next: Option<String>,
    /// `null` if they were not counted.
    pub(super) last: Option<String>,
}

/// The numbers of a page, of the one before and of the one after it.
struct Numbers {
    current: usize,
    previous: Option<usize>,
    next: Option<usize>,
}

impl Listing {
    /// The address of a page of the same list.
    fn link(&self, page: Option<(&str, &str)>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for given in &self.filters {
            for value in &given.values {
                query.append_pair(&format!("filter[{}]", given.name), value);
            }
        }
        if !self.sorts.is_empty() {
            query.append_pair("sort", &self.sorted_by());
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

    /// What a page says about itself and of the whole list.
    #[must_use]
    pub fn meta(&self, paging: &Paging) -> Meta {
        let Numbers { current, previous, next } = self.numbers(paging);
        let number = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        Meta {
            current_page: number(current),
            next_page: next.map(number),
            prev_page: previous.map(number),
            total_pages: self.pages(paging).map(number),
            total_count: paging.total.map(number),
            has_next_page: next.is_some(),
            filters: self
                .filters
                .iter()
                .map(|given| (given.name.to_owned(), given.values.join(",")))
                .collect(),
        }
    }

    /// Where the page and those around it are. A walk by cursor goes on by cursor, one by number by number; back it goes by
    /// number.
    #[must_use]
    pub fn links(&self, paging: &Paging) -> Links {
        let Numbers { previous, next, .. } = self.numbers(paging);
        let numbered = |number: usize| self.link(Some(("page[number]", &number.to_string())));
        let prev = previous.map(numbered);
        let last = self.pages(paging).map(|pages| numbered(pages.max(1)));
        let behind = || paging.next.as_deref().map(|cursor| self.after(cursor));
        let (this, first, next) = match &self.start {
            Start::Number(number) => (numbered(*number), numbered(1), next.map(numbered)),
            Start::Beginning => (self.link(None), self.link(None), behind()),
            Start::After(cursor) => (self.after(cursor), self.after(""), behind()),
        };
        Links { this, first, prev, next, last }
    }

    fn pages(&self, paging: &Paging) -> Option<usize> {
        paging.total.map(|total| total.div_ceil(self.size))
    }

    fn numbers(&self, paging: &Paging) -> Numbers {
        let current = match self.start {
            Start::Number(number) => number,
            Start::Beginning | Start::After(_) => paging.before.div_ceil(self.size) + 1,
        };
        let next = paging.next.is_some().then(|| current.saturating_add(1));
        let last = self.pages(paging).filter(|_| next.is_none()).unwrap_or(usize::MAX);
        let previous = Some((current - 1).min(last)).filter(|previous| *previous > 0);
        Numbers { current, previous, next }
    }
}

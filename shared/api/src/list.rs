//! Lists: the rows of the page that a request asks for, out of a walk through the store, with as few reads as the question
//! allows; and the cursor to what is behind them.
//!
//! | asked for | reads |
//! |---|---|
//! | a cursor's page in the order of keys (by id, by time, users by address) | in proportion to the page, and to what its filters pass over |
//! | the first page without a number or filter | the same: totals are kept with the security revision |
//! | a page by number | in proportion to what stands before it too |
//! | a total of a filtered list | the whole collection |
//! | any page in another order | the whole collection |

mod export;
mod listed;

use std::future::Future;

use serde::Serialize;
use serde::de::DeserializeOwned;
use store::{Account, Batch, Span, Walk};
use tokens::CursorKey;
use web::list::{Listing, Paging, Place, Shape, Start};
use web::{Answer, Call, Fault};

pub use export::Export;
pub use listed::Listed;

use crate::document::{self, PageIncluding};
use crate::{Caller, Failure};

/// Rows that are read at once, at most, where filters or a total let most of them go by.
const MANY: usize = 1_000;

/// Lets through those rows that the filters admit.
pub trait Admit<T> {
    /// Those of the rows, in their order.
    fn admitted(&self, rows: Vec<T>) -> impl Future<Output = Result<Vec<T>, Failure>> + Send;
}

/// Filters that need to know nothing but the row.
#[derive(Debug)]
pub struct Plainly<F>(pub F);

impl<T: Send, F: Fn(&T) -> bool + Sync> Admit<T> for Plainly<F> {
    async fn admitted(&self, mut rows: Vec<T>) -> Result<Vec<T>, Failure> {
        rows.retain(&self.0);
        Ok(rows)
    }
}

/// One page of rows.
#[derive(Debug)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// What is known beside them.
    pub paging: Paging,
}

/// The list that a request asks for.
#[derive(Debug)]
pub struct Pages {
    /// What the request says.
    pub listing: Listing,
    key: CursorKey,
    identity: String,
    after: Option<Place>,
}

impl Caller {
    /// The list that the request asks for, in the account acted in. 400 for what cannot be asked, and for a cursor that is not
    /// of this very list.
    pub fn pages(&self, call: &Call, shape: &Shape) -> Result<Pages, Failure> {
        Pages::read(&self.account, call, shape)
    }
}

impl Pages {
    fn read(account: &Account, call: &Call, shape: &Shape) -> Result<Self, Failure> {
        let listing = Listing::read(call, shape)?;
        let key = CursorKey::from_stored(account.cursor_secret.0.clone());
        let identity = format!("{} {}", account.id, listing.identity());
        let after = match listing.start() {
            Start::After(cursor) if !cursor.is_empty() => {
                let place = key.verify(&identity, cursor).ok().and_then(|place| place.parse().ok());
                Some(place.ok_or_else(|| {
                    let detail = "This is not a cursor of this list: it was altered, or made for other filters, \
                                  another order, another address or another account. Begin anew without it.";
                    Fault::malformed("invalid-cursor", detail).in_parameter("page[after]")
                })?)
            }
            _ => None,
        };
        Ok(Self { listing, key, identity, after })
    }

    /// What a request with a list beside its resource includes.
    #[must_use]
    pub fn includes(&self, name: &str) -> bool {
        self.listing.includes(name)
    }

    /// What the rows are sorted by; `id` if by nothing else. Ids rise with time: by when they were made is by id.
    fn sort(&self) -> &str {
        match self.listing.sort() {
            None | Some("created-at" | "reputation") => "id",
            Some(sort) => sort,
        }
    }

    /// Whether the rows come in the order of their ids.
    #[must_use]
    pub fn is_by_id(&self) -> bool {
        self.sort() == "id"
    }

    /// Where a walk in the order of ids begins and which way it goes; for another order everything.
    #[must_use]
    pub fn span<Id: TryFrom<u64>>(&self) -> Span<Id> {
        if !self.is_by_id() {
            return Span { after: None, backwards: false };
        }
        let after = self.after.as_ref().and_then(|place| Id::try_from(place.id).ok());
        Span { after, backwards: self.listing.backwards() }
    }

    /// The place that the page begins behind.
    #[must_use]
    pub const fn after(&self) -> Option<&Place> {
        self.after.as_ref()
    }

    /// The page, out of a walk that goes along [`Pages::span`], or through everything for another order. `total` is how many
    /// rows the filters admit, if that is known.
    pub async fn page<T: Listed + DeserializeOwned + Send>(
        &self,
        walk: Walk<T>,
        filters: &impl Admit<T>,
        total: Option<usize>,
    ) -> Result<Page<T>, Failure> {
        if self.is_by_id() {
            return self.page_by_key(walk, filters, total).await;
        }
        Ok(self.page_of(filters.admitted(walk.rest().await?).await?))
    }

    /// The page, out of a walk whose order is the one that is asked for.
    pub async fn page_by_key<T: Listed + DeserializeOwned + Send>(
        &self,
        mut walk: Walk<T>,
        filters: &impl Admit<T>,
        total: Option<usize>,
    ) -> Result<Page<T>, Failure> {
        let (skipped, size) = (self.listing.skipped(), self.listing.size());
        let counts = self.listing.counts() && total.is_none();
        // One more than the page tells whether there is another.
        let wanted = skipped.saturating_add(size).saturating_add(1);
        let (mut rows, mut seen, mut at_end) = (Vec::new(), 0_usize, false);
        let mut at_once = if counts { MANY } else { 0 };
        while !at_end && (counts || seen < wanted) {
            at_once = at_once.max(wanted.saturating_sub(seen));
            let Batch { rows: read, at_end: is_last } = walk.read(at_once).await?;
            at_end = is_last;
            // Filters that let little through are not met one page at a time.
            at_once = at_once.saturating_mul(2).min(MANY);
            for row in filters.admitted(read).await? {
                if seen >= skipped && seen < wanted {
                    rows.push(row);
                }
                seen += 1;
            }
        }
        Ok(self.cut(rows, total.or(counts.then_some(seen))))
    }

    /// The page, out of all rows that the filters admit, in whatever order they are.
    #[must_use]
    pub fn page_of<T: Listed>(&self, mut rows: Vec<T>) -> Page<T> {
        let total = rows.len();
        rows.sort_by_cached_key(|row| self.place(row));
        if self.listing.backwards() {
            rows.reverse();
        }
        if let Some(after) = &self.after {
            let is_behind = |row: &T| match self.listing.backwards() {
                false => self.place(row) > *after,
                true => self.place(row) < *after,
            };
            rows.retain(is_behind);
        }
        let window = self.listing.size().saturating_add(1);
        let rows = rows.into_iter().skip(self.listing.skipped()).take(window).collect();
        self.cut(rows, Some(total))
    }

    /// The page, out of its rows and perhaps one more.
    fn cut<T: Listed>(&self, mut rows: Vec<T>, total: Option<usize>) -> Page<T> {
        let has_more = rows.len() > self.listing.size();
        rows.truncate(self.listing.size());
        let next = rows.last().filter(|_| has_more).map(|row| {
            let place = self.place(row);
            self.key.sign(&self.identity, &place.to_string())
        });
        Page { rows, paging: Paging { total, next } }
    }

    fn place(&self, row: &impl Listed) -> Place {
        Place { text: row.text(self.sort()), id: row.number() }
    }

    /// The answer with a page: a document, or for those who ask for it a table with these attributes.
    pub fn answer<R: Serialize>(
        &self,
        data: Vec<R>,
        paging: &Paging,
        export: Option<&Export>,
    ) -> Result<Answer, Failure> {
        match self.export(export) {
            Some(export) => self.table(&data, paging, export),
            None => Ok(Answer::ok(&self.document(data, self.listing.meta(paging), paging))),
        }
    }

    /// The same, with the related resources that the request asks for.
    pub fn answer_including<R: Serialize, I: Serialize>(
        &self,
        data: Vec<R>,
        included: Option<Vec<I>>,
        paging: &Paging,
        export: Option<&Export>,
    ) -> Result<Answer, Failure> {
        match self.export(export) {
            Some(export) => self.table(&data, paging, export),
            None => {
                let (meta, links) = (self.listing.meta(paging), self.listing.links(paging));
                Ok(Answer::ok(&PageIncluding { data, meta, links, included }))
            }
        }
    }

    /// The document of a page that says this of itself.
    #[must_use]
    pub fn document<R, M>(&self, data: Vec<R>, meta: M, paging: &Paging) -> document::Page<R, M> {
        document::Page { data, meta, links: self.listing.links(paging) }
    }

    fn export<'a>(&self, export: Option<&'a Export>) -> Option<&'a Export> {
        export.filter(|_| self.listing.is_export())
    }

    fn table<R: Serialize>(&self, data: &[R], paging: &Paging, export: &Export) -> Result<Answer, Failure> {
        export.answer(data, paging.next.as_deref().map(|next| self.listing.after(next)))
    }
}

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
//! | a search | until the page is full, and not more than it may look through |

mod export;
mod listed;
mod names;
mod order;
mod sorted;
mod sought;

use std::future::Future;

use api::document::{self, PageIncluding};
use api::{Caller, Failure};
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::{Account, Batch, Span, Walk};
use tokens::CursorKey;
use web::list::{Listing, Mark, Paging, Place, Shape, Start};
use web::{Answer, Call, Fault};

pub use export::Export;
pub use listed::Listed;
pub use names::meant;
pub use sorted::sorted;
pub use sought::Sought;

use self::order::Order;

/// Rows that are read at once, at most, where filters or a total let most of them go by.
const MANY: usize = 1_000;

/// So many rows one page of a search by cursor looks through at most; it is shorter then, and its `next` goes on. Who looks for
/// something at each keystroke asks so.
const SEARCHED_BY_CURSOR: usize = 2_000;

/// So many rows any other page of a search looks through at most: no page by number may be shorter than it should.
const SEARCHED: usize = 20_000;

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
pub struct RowsOfPage<T> {
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
    mark: Option<Mark>,
    order: Order,
}

impl Pages {
    /// The list that the request asks for, in the account that the caller acts in. 400 for what cannot be asked, and for a cursor that is
    /// not of this very list.
    pub fn asked(caller: &Caller, call: &Call, shape: &Shape) -> Result<Self, Failure> {
        Self::read(&caller.account, call, shape, "id")
    }

    /// The same, of a list that is sorted by this where the request says nothing.
    pub fn asked_sorted(caller: &Caller, call: &Call, shape: &Shape, usual: &str) -> Result<Self, Failure> {
        Self::read(&caller.account, call, shape, usual)
    }

    fn read(account: &Account, call: &Call, shape: &Shape, usual: &str) -> Result<Self, Failure> {
        let listing = Listing::read(call, shape)?;
        let key = CursorKey::from_stored(account.cursor_secret.0.clone());
        let identity = format!("{} {}", account.id, listing.identity());
        let mark = match listing.start() {
            Start::After(cursor) if !cursor.is_empty() => {
                let mark = key.verify(&identity, cursor).ok().and_then(|mark| mark.parse().ok());
                Some(mark.ok_or_else(|| {
                    let detail = "This cursor is invalid here: it was altered, or belongs to a different list, filter, sort order or account. Start again without it.";
                    Fault::malformed("invalid-cursor", detail).in_parameter("page[after]")
                })?)
            }
            _ => None,
        };
        let order = Order::of(&listing, usual);
        Ok(Self { listing, key, identity, mark, order })
    }

    /// What a request with a list beside its resource includes.
    #[must_use]
    pub fn includes(&self, name: &str) -> bool {
        self.listing.includes(name)
    }

    /// By what the rows are sorted first; `id` if by nothing else. Ids rise with time: by when they were made is by id.
    #[must_use]
    pub fn sort(&self) -> &str {
        self.order.first()
    }

    /// Whether the rows are sorted by this, among others.
    #[must_use]
    pub fn is_sorted_by(&self, name: &str) -> bool {
        self.order.has(name)
    }

    /// Whether to go from the last to the first, by what the rows are sorted by first.
    #[must_use]
    pub fn backwards(&self) -> bool {
        self.order.backwards()
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
        let after = self.after().and_then(|place| Id::try_from(place.id).ok());
        Span { after, backwards: self.backwards() }
    }

    /// The place that the page begins behind.
    #[must_use]
    pub fn after(&self) -> Option<&Place> {
        self.mark.as_ref().map(|mark| &mark.place)
    }

    /// The page, out of a walk that goes along [`Pages::span`], or through everything for another order. `total` is how many
    /// rows the filters admit, if that is known.
    pub async fn page<T: Listed + DeserializeOwned + Send>(
        &self,
        walk: Walk<T>,
        filters: &impl Admit<T>,
        total: Option<usize>,
    ) -> Result<RowsOfPage<T>, Failure> {
        if self.is_by_id() {
            return self.page_by_key(walk, filters, total).await;
        }
        Ok(self.page_of(filters.admitted(self.whole(walk).await?).await?))
    }

    /// Every row of a walk; of a search as many as it may look through.
    pub async fn whole<T: DeserializeOwned>(&self, mut walk: Walk<T>) -> Result<Vec<T>, Failure> {
        if !self.listing.is_search() {
            return Ok(walk.rest().await?);
        }
        let mut rows = Vec::new();
        loop {
            let batch = walk.read(MANY).await?;
            rows.extend(batch.rows);
            if batch.at_end {
                return Ok(rows);
            }
            if rows.len() >= SEARCHED {
                return Err(self.too_wide());
            }
        }
    }

    /// The page, out of a walk whose order is the one that is asked for.
    pub async fn page_by_key<T: Listed + DeserializeOwned + Send>(
        &self,
        mut walk: Walk<T>,
        filters: &impl Admit<T>,
        total: Option<usize>,
    ) -> Result<RowsOfPage<T>, Failure> {
        let (skipped, size) = (self.listing.skipped(), self.listing.size());
        let counts = self.listing.counts() && total.is_none();
        let bound = self.bound();
        // One more than the page tells whether there is another.
        let wanted = skipped.saturating_add(size).saturating_add(1);
        let (mut rows, mut seen, mut at_end) = (Vec::new(), 0_usize, false);
        let (mut looked_through, mut furthest) = (0_usize, None);
        let mut at_once = match (counts, self.listing.is_search()) {
            (true, _) => MANY,
            (false, true) => MANY / 4,
            (false, false) => 0,
        };
        while !at_end && (counts || seen < wanted) {
            if looked_through >= bound {
                if matches!(self.listing.start(), Start::After(_)) {
                    return Ok(self.cut_short(rows, furthest));
                }
                return Err(self.too_wide());
            }
            at_once = at_once.max(wanted.saturating_sub(seen));
            let Batch { rows: read, at_end: is_last } =
                walk.read(at_once.min(bound - looked_through)).await?;
            at_end = is_last;
            looked_through += read.len();
            furthest = read.last().map(|row| self.order.place(row)).or(furthest);
            // Filters that let little through are not met one page at a time.
            at_once = at_once.saturating_mul(2).min(MANY);
            for row in filters.admitted(read).await? {
                if seen >= skipped && seen < wanted {
                    rows.push(row);
                }
                seen += 1;
            }
        }
        Ok(self.cut(rows, total.or(counts.then_some(seen)), seen))
    }

    /// The page, out of all rows that the filters admit, in whatever order they are.
    #[must_use]
    pub fn page_of<T: Listed>(&self, rows: Vec<T>) -> RowsOfPage<T> {
        let total = rows.len();
        let mut placed: Vec<(Place, T)> = rows.into_iter().map(|row| (self.order.place(&row), row)).collect();
        placed.sort_by(|(left, _), (right, _)| self.order.compare(left, right));
        if let Some(after) = self.after() {
            placed.retain(|(place, _)| self.order.compare(place, after).is_gt());
        }
        let window = self.listing.size().saturating_add(1);
        let rows = placed.into_iter().skip(self.listing.skipped()).take(window);
        self.cut(rows.map(|(_, row)| row).collect(), Some(total), total)
    }

    /// How many rows the page may look through.
    fn bound(&self) -> usize {
        match (self.listing.is_search(), self.listing.start()) {
            (false, _) => usize::MAX,
            (true, Start::After(_)) => SEARCHED_BY_CURSOR,
            (true, Start::Beginning | Start::Number(_)) => SEARCHED,
        }
    }

    fn too_wide(&self) -> Failure {
        let detail = format!(
            "This search would have to read more than {SEARCHED} rows. Add another filter, or page through it with cursors, starting with `page[after]=`."
        );
        Fault::malformed("search-too-wide", detail).in_parameter("filter[search]").into()
    }

    /// How many rows of the list lie before the page.
    fn before(&self) -> usize {
        self.mark.as_ref().map_or_else(|| self.listing.skipped(), |mark| mark.before)
    }

    /// The page, out of its rows and perhaps one more. `seen` is how many the filters admitted of those that were read.
    fn cut<T: Listed>(&self, mut rows: Vec<T>, total: Option<usize>, seen: usize) -> RowsOfPage<T> {
        let has_more = rows.len() > self.listing.size();
        rows.truncate(self.listing.size());
        let furthest = rows.last().filter(|_| has_more).map(|row| self.order.place(row));
        let before = self.before();
        let ends_at = before.saturating_add(rows.len());
        // What was read tells more than what was counted a moment before.
        let total = match self.listing.start() {
            Start::After(_) => total,
            _ if has_more => total.map(|total| total.max(ends_at.saturating_add(1))),
            _ if rows.is_empty() => Some(total.unwrap_or(seen).min(before)),
            _ => Some(ends_at),
        };
        self.paged(rows, before, total, furthest)
    }

    /// The page of a search that has looked as far as it may.
    fn cut_short<T: Listed>(&self, rows: Vec<T>, furthest: Option<Place>) -> RowsOfPage<T> {
        self.paged(rows, self.before(), None, furthest)
    }

    fn paged<T>(
        &self,
        rows: Vec<T>,
        before: usize,
        total: Option<usize>,
        next: Option<Place>,
    ) -> RowsOfPage<T> {
        let up_to = before.saturating_add(rows.len());
        let next = next.map(|place| Mark { before: up_to, place });
        let next = next.map(|mark| self.key.sign(&self.identity, &mark.to_string()));
        RowsOfPage { rows, paging: Paging { before, total, next } }
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

    /// The same, with the related resources that the request asks for, and with what the page says about itself.
    pub fn answer_including<R: Serialize, I: Serialize, M: Serialize>(
        &self,
        data: Vec<R>,
        included: Option<Vec<I>>,
        meta: M,
        paging: &Paging,
        export: Option<&Export>,
    ) -> Result<Answer, Failure> {
        match self.export(export) {
            Some(export) => self.table(&data, paging, export),
            None => {
                let links = self.listing.links(paging);
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

//! In which order rows stand.

use std::cmp::Ordering;

use web::list::{Listing, Place, Sort};

use super::Listed;

/// The order that a request asks for. Every row has its own place in it: where all else is equal, ids decide.
#[derive(Debug)]
pub(super) struct Order {
    /// The weightiest first; never empty.
    sorts: Vec<Sort>,
}

impl Order {
    /// Sorts that say the same are one: what was made later has the higher id. Behind an id nothing decides any more.
    pub fn of(listing: &Listing, usual: &str) -> Self {
        let mut down = listing.newest_first();
        let mut sorts: Vec<Sort> = Vec::new();
        for sort in listing.sorts() {
            down = sort.down;
            match sort.name.as_str() {
                // Everyone has the same.
                "reputation" => {}
                "id" | "created-at" => break,
                _ => sorts.push(sort.clone()),
            }
        }
        if listing.sorts().is_empty() && usual != "id" {
            sorts.push(Sort { name: usual.to_owned(), down });
        }
        sorts.push(Sort { name: "id".to_owned(), down });
        Self { sorts }
    }

    pub fn first(&self) -> &str {
        self.sorts.first().map_or("id", |sort| sort.name.as_str())
    }

    pub fn has(&self, name: &str) -> bool {
        self.sorts.iter().any(|sort| sort.name == name)
    }

    pub fn backwards(&self) -> bool {
        self.sorts.first().is_some_and(|sort| sort.down)
    }

    /// Where a row stands.
    pub fn place(&self, row: &impl Listed) -> Place {
        Place { texts: self.sorts.iter().map(|sort| row.text(&sort.name)).collect(), id: row.number() }
    }

    pub fn compare(&self, left: &Place, right: &Place) -> Ordering {
        let directed = |order: Ordering, down: bool| if down { order.reverse() } else { order };
        let texts = left.texts.iter().zip(&right.texts).zip(&self.sorts);
        let by_texts = texts.fold(Ordering::Equal, |order, ((left, right), sort)| {
            order.then_with(|| directed(left.cmp(right), sort.down))
        });
        let down = self.sorts.last().is_some_and(|sort| sort.down);
        by_texts.then_with(|| directed(left.id.cmp(&right.id), down))
    }
}

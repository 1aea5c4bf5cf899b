//! `GET /user_metrics`: how often each user made, read, changed and removed things on a day, counted from the activity log.
//!
//! Counting reads the whole log of the days that are asked for, some eight entries for a read unit. So they are seven at most, as
//! in the public API, and the last seven if the request does not say.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;

use api::{Api, Failure};
use lists::{Listed, Pages};
use policy::log::{RESOURCE_TYPES, ResourceType};
use policy::time::Range;
use policy::{Action, OrganizationId, Timestamp, UserId};
use store::{LogEntry, LogSpan};
use web::body::Kind;
use web::list::{Filter, Shape};
use web::{Answer, Call, Fault, Faults};

use crate::shown::Metric;

/// Days that are counted by one request at most.
const DAYS: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Entries that are read at once.
const AT_ONCE: usize = 1_000;

pub const SHAPE: Shape = Shape {
    filters: &[
        Filter::any("user-id", Kind::Id, "Counts of these users."),
        Filter::any("organization-id", Kind::Id, "Counts in these organizations."),
        Filter::any(
            "resource-type",
            Kind::Words(|| RESOURCE_TYPES.to_vec()),
            "Counts for resources of these types, by their names here or in IT Glue's log.",
        ),
        Filter::one("date", Kind::Span, "The days: `start,end`, at most seven; the last seven if left out."),
    ],
    sorts: &["id", "created", "viewed", "edited", "deleted", "date"],
    includes: &[],
    newest_first: false,
    exports: false,
};

/// What one user did on one day, in one organization or in none, to things of one type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// In UTC: `2026-11-20`.
    pub date: String,
    /// The user who acted.
    pub user: UserId,
    /// The organization, if the action was in one.
    pub organization: Option<OrganizationId>,
    /// What it was done to.
    pub resource_type: String,
}

/// How often each was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Things made.
    pub created: u64,
    /// Things read.
    pub viewed: u64,
    /// Things changed.
    pub edited: u64,
    /// Things removed.
    pub deleted: u64,
}

/// A row of the list.
#[derive(Debug, Clone)]
pub struct Row {
    /// Whose it is.
    pub place: Place,
    /// What there is.
    pub counts: Counts,
}

impl Listed for Row {
    /// The same for the same day, user, organization and type, whoever asks: a number made of them.
    fn number(&self) -> u64 {
        let mut mark = DefaultHasher::new();
        self.place.hash(&mut mark);
        (mark.finish() >> 12).max(1)
    }

    fn text(&self, sort: &str) -> String {
        let number = |count: u64| format!("{count:020}");
        match sort {
            "created" => number(self.counts.created),
            "viewed" => number(self.counts.viewed),
            "edited" => number(self.counts.edited),
            "deleted" => number(self.counts.deleted),
            "date" => self.place.date.clone(),
            _ => String::new(),
        }
    }
}

pub async fn list(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    let groups = api.store.group_reach(caller.account.id, &caller.group_ids()).await?;
    let actor = caller.actor(&groups);
    actor.may_read_log()?;
    let pages = Pages::asked(&caller, call, &SHAPE)?;
    let mut faults = Vec::new();
    let users: Option<Vec<UserId>> = pages.listing.any_of("user-id", &mut faults);
    let organizations: Option<Vec<OrganizationId>> = pages.listing.any_of("organization-id", &mut faults);
    let types: Option<Vec<ResourceType>> = pages.listing.any_of("resource-type", &mut faults);
    let asked: Option<Range> = pages.listing.one("date", &mut faults);
    let days = days(asked.unwrap_or_default(), call.now);
    if days.is_err() && faults.is_empty() {
        let said = pages.listing.filter("date").unwrap_or_default();
        faults.push(pages.listing.bad_value("date", said, "these are more than seven days"));
    }
    Faults::check(faults)?;
    let (start, end) = days.unwrap_or((call.now, call.now));
    let admits = |entry: &LogEntry, user: UserId| {
        entry.outcome == "allowed"
            && entry.created_at >= start
            && entry.created_at <= end
            && actor.may_read_entry(entry.organization_id)
            && users.as_ref().is_none_or(|any| any.contains(&user))
            && organizations.as_ref().is_none_or(|any| {
                entry.organization_id.is_some_and(|organization| any.contains(&organization))
            })
            && types.as_ref().is_none_or(|any| any.iter().any(|one| one.0 == entry.resource_type))
    };
    let span = LogSpan { months: start.months_until(end), since: Some(start), after: None, backwards: false };
    let mut walk = api.store.walk_log(caller.account.id, span);
    let mut counted: BTreeMap<Place, Counts> = BTreeMap::new();
    loop {
        let batch = walk.read(AT_ONCE).await?;
        let is_past = batch.rows.last().is_some_and(|entry: &LogEntry| entry.created_at > end);
        for entry in batch.rows {
            if let Some(user) = entry.user_id.filter(|user| admits(&entry, *user)) {
                count(&mut counted, user, entry)?;
            }
        }
        if batch.at_end || is_past {
            break;
        }
    }
    let rows = counted.into_iter().map(|(place, counts)| Row { place, counts }).collect();
    let page = pages.page_of(rows);
    pages.answer(page.rows.iter().map(Metric::from).collect(), &page.paging, None)
}

/// From when to when; nothing if that is too long.
fn days(asked: Range, now: Timestamp) -> Result<(Timestamp, Timestamp), ()> {
    let end = asked.end.unwrap_or(now).min(now);
    let start = asked.start.unwrap_or_else(|| end.before(DAYS));
    let is_short = start.after(DAYS) >= end;
    if is_short { Ok((start, end)) } else { Err(()) }
}

fn count(counted: &mut BTreeMap<Place, Counts>, user: UserId, entry: LogEntry) -> Result<(), Failure> {
    let action: Action = entry.action.parse().map_err(|_| Fault::unavailable())?;
    let date = entry.created_at.day();
    let place = Place { date, user, organization: entry.organization_id, resource_type: entry.resource_type };
    let counts = counted.entry(place).or_default();
    let number = match action {
        Action::Create => &mut counts.created,
        Action::Read => &mut counts.viewed,
        Action::Update | Action::SetRestrictions => &mut counts.edited,
        Action::Delete => &mut counts.deleted,
    };
    *number += 1;
    Ok(())
}

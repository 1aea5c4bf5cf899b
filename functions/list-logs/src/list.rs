//! The entries that the caller may read, filtered, newest first, a page at a time, or as a table.
//!
//! A page by number tells how many entries there are, and that is what costs: every entry in the time asked for is read,
//! some eight for a read unit. A hundred thousand take some seconds and 12,000 units. A walk by cursor, or a table, reads no
//! more than what its filters pass over. Nothing but the page itself is kept in memory.

use api::{Api, Failure};
use lists::{Export, Pages, Plainly};
use policy::decision::ALLOWED;
use policy::log::RESOURCE_TYPES;
use policy::{Action, LogEntryId, Timestamp};
use store::{AuditContext, LogEntry, LogSpan};
use web::body::Kind;
use web::list::{Filter, Place, Shape, Start};
use web::{Answer, Call};

use crate::filters::Filters;
use crate::shown::{Entry, Meta};

pub const SHAPE: Shape = Shape {
    filters: &[
        Filter::one(
            "created-at",
            Kind::Span,
            "The time: `start,end`, each a time, a day, or `*` for no limit; in UTC without a time zone. A day as the end is included; the end can be left out.",
        ),
        Filter::any("action", Kind::Words(|| Action::ALL.map(Action::name).to_vec()), "The action."),
        Filter::any(
            "outcome",
            Kind::Text(1, 64),
            "The outcome: `allowed`, `refused`, or the code of a refusal.",
        ),
        Filter::any("account-id", Kind::Id, "Entries of users of these accounts."),
        Filter::any("host-id", Kind::Id, "In a delegate's log: the hosts in which its users acted."),
        Filter::any("user-id", Kind::Id, "Entries of these users."),
        Filter::any("api-key-id", Kind::Id, "Entries of these API keys."),
        Filter::any("organization-id", Kind::Id, "Entries about these organizations."),
        Filter::any(
            "resource-type",
            Kind::Words(|| RESOURCE_TYPES.to_vec()),
            "Entries about resources of these types. `logs` also shows who read the log; with numbered pages without the caller's own reads.",
        ),
        Filter::any("resource-id", Kind::NAME, "Entries about resources with these ids."),
        Filter::search(
            "Entries that contain this text in the name of what was changed, of the user or key, of an organization or account, or in the IP address; or that have this id.",
        ),
    ],
    sorts: &["created-at"],
    includes: &[],
    newest_first: true,
    exports: true,
};

const EXPORT: Export = Export {
    file_name: "logs.csv",
    columns: &[
        "created-at",
        "action",
        "outcome",
        "resource-type",
        "resource-id",
        "resource-name",
        "organization-id",
        "organization-name",
        "user-id",
        "user-name",
        "api-key-id",
        "account-id",
        "account-name",
        "host-id",
        "role-name",
        "ip-address",
        "user-agent",
    ],
};

pub async fn list(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    let groups = api.store.group_reach(caller.account.id, &caller.group_ids()).await?;
    let actor = caller.actor(&groups);
    actor.may_read_log()?;
    let pages = Pages::asked(&caller, call, &SHAPE)?;
    let filters = Filters::read(&pages.listing)?;
    let account = &caller.account;
    let mut span = span(&filters, account.created_at, call.now, pages.backwards(), pages.after());
    if let Some(kept_for) = account.log_retention {
        // What is kept no longer is not shown either, whether DynamoDB has removed it by now or not.
        let first_kept = kept_for.first_kept(call.now);
        span.months.retain(|month| *month >= first_kept);
    }
    let is_by_number = matches!(pages.listing.start(), Start::Number(_)) && !pages.listing.is_export();
    let act = caller.act(call);
    let admit = Plainly(|entry: &LogEntry| {
        let is_in_the_way =
            is_read_of_the_log(entry) && (!filters.names_the_log() || (is_by_number && is_own(entry, &act)));
        filters.admit(entry) && actor.may_read_entry(entry.organization_id) && !is_in_the_way
    });
    let page = pages.page_by_key(api.store.walk_log(account.id, span), &admit, None).await?;
    let data: Vec<Entry> = page.rows.iter().map(Entry::from).collect();
    if pages.listing.is_export() {
        return pages.answer(data, &page.paging, Some(&EXPORT));
    }
    let meta = Meta { list: pages.listing.meta(&page.paging), account_column: account.has_let_others_in };
    Ok(Answer::ok(&pages.document(data, meta, &page.paging)))
}

/// Whether the entry tells of a read of the log, no refused one. Each read writes one, in front of all others: a walk by page numbers would meet
/// entries twice and never end. So these are left out of every list that does not ask for them by name, however it is gone through;
/// and where they are asked for page by number, the caller's own are: each page would bring one more.
fn is_read_of_the_log(entry: &LogEntry) -> bool {
    entry.resource_type == "logs" && entry.action == Action::Read.name() && entry.outcome == ALLOWED
}

/// Whether the caller is who the entry tells of: the same person, by the same key if by any.
fn is_own(entry: &LogEntry, act: &AuditContext) -> bool {
    let (user, key) = (act.user.as_ref().map(|(id, _)| *id), act.api_key.as_ref().map(|(id, _)| *id));
    (entry.user_id, entry.api_key_id) == (user, key)
}

/// The months of the log to read, from the place on that the page begins behind.
fn span(
    filters: &Filters,
    opened: Timestamp,
    now: Timestamp,
    backwards: bool,
    after: Option<&Place>,
) -> LogSpan {
    let start = filters.start.map_or(opened, |start| start.max(opened));
    let mut months = start.months_until(filters.end.map_or(now, |end| end.min(now)));
    if backwards {
        months.reverse();
    }
    if let Some(place) = after {
        // What lies before the month of the place was on earlier pages.
        let reached = place.texts.first().map(String::as_str).unwrap_or_default();
        months.retain(|month| if backwards { month.as_str() <= reached } else { month.as_str() >= reached });
    }
    let after = after.and_then(|place| LogEntryId::try_from(place.id).ok());
    LogSpan { months, since: filters.start, after, backwards }
}

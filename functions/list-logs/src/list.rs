//! The entries that the caller may read, filtered, newest first, a page at a time.

use api::{Api, Failure};
use policy::Actor;
use serde_json::{Value, json};
use store::activity::Month;
use store::{Account, LogEntry};
use web::list::Listing;
use web::{Answer, Call};

use crate::filters::{Filters, NAMES};

pub async fn list(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    let groups = api.store.group_reach(caller.account.id, &caller.group_ids()).await?;
    let actor = caller.actor(&groups);
    actor.may_read_log()?;
    let listing = Listing::read(call, NAMES, &["created-at"], &[])?;
    let filters = Filters::read(&listing)?;
    let (entries, total) = page(api, call, &caller.account, &actor, &listing, &filters).await?;
    let data: Vec<Value> = entries.iter().map(shown).collect();
    let mut document = listing.document(&data, total, None);
    if let Some(meta) = document.get_mut("meta").and_then(Value::as_object_mut) {
        meta.insert("account-column".to_owned(), json!(caller.account.has_let_others_in));
    }
    Ok(Answer::ok(&document))
}

/// The entries on the page, and how many there are on all pages.
///
/// That number is what costs: every entry in the time asked for is read, whatever the page, some eight for a read unit.
/// A hundred thousand take some seconds and 12,000 units; a log of many more wants a time to filter by, or the index by
/// user and account that would come next. Nothing but the page itself is kept in memory.
async fn page(
    api: &Api,
    call: &Call,
    account: &Account,
    actor: &Actor,
    listing: &Listing,
    filters: &Filters,
) -> Result<(Vec<LogEntry>, usize), Failure> {
    let newest_first = !matches!(listing.sort(), Some((_, false)));
    let start = filters.start.map_or(account.created_at, |start| start.max(account.created_at));
    let end = filters.end.map_or(call.now, |end| end.min(call.now));
    let mut months = start.months_until(end);
    if newest_first {
        months.reverse();
    }
    let window = listing.window();
    let mut on_page = Vec::new();
    let mut total = 0;
    for month in &months {
        let month = Month { account: account.id, month, since: filters.start, newest_first };
        let mut next = None;
        loop {
            let page = api.store.log_page(month, next).await?;
            for entry in page.rows {
                if !filters.admit(&entry) || !actor.may_read_entry(entry.organization_id) {
                    continue;
                }
                if window.contains(&total) {
                    on_page.push(entry);
                }
                total += 1;
            }
            next = page.next;
            if next.is_none() {
                break;
            }
        }
    }
    Ok((on_page, total))
}

fn shown(entry: &LogEntry) -> Value {
    fn id(id: Option<impl ToString>) -> Option<String> {
        id.map(|id| id.to_string())
    }
    json!({
        "type": "logs",
        "id": entry.id.to_string(),
        "attributes": {
            "created-at": entry.created_at.to_string(),
            "action": entry.action,
            "resource-type": entry.resource_type,
            "resource-id": entry.resource_id,
            "resource-name": entry.resource_name,
            "organization-id": id(entry.organization_id),
            "organization-name": entry.organization_name,
            "user-id": id(entry.user_id),
            "user-name": entry.user_name,
            "api-key-id": id(entry.api_key_id),
            "account-id": id(entry.account_id),
            "account-name": entry.account_name,
            "host-id": id(entry.host_id),
            "role-name": entry.role.map(|role| role.name()),
            "outcome": entry.outcome,
            "ip-address": entry.ip_address,
            "user-agent": entry.user_agent,
        },
    })
}

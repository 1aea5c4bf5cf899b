//! What the request filters the log by. Several values of one filter are separated by commas, and any of them will do.

use policy::{AccountId, Action, ApiKeyId, OrganizationId, Timestamp, UserId};
use store::LogEntry;
use web::list::{Listing, bad_filter};
use web::{Fault, Faults};

/// The filters of one request; an absent one admits everything.
#[derive(Debug, Default)]
pub struct Filters {
    /// From this moment on.
    pub start: Option<Timestamp>,
    /// Up to and with this moment.
    pub end: Option<Timestamp>,
    actions: Option<Vec<Action>>,
    accounts: Option<Vec<AccountId>>,
    users: Option<Vec<UserId>>,
    api_keys: Option<Vec<ApiKeyId>>,
    organizations: Option<Vec<OrganizationId>>,
    resource_types: Option<Vec<String>>,
}

impl Filters {
    /// Reads them, all faults at once.
    pub fn read(listing: &Listing) -> Result<Self, Faults> {
        let mut faults = Vec::new();
        let (start, end) = range(listing, &mut faults);
        let filters = Self {
            start,
            end,
            actions: listing.any_of("action", &mut faults),
            accounts: listing.any_of("account-id", &mut faults),
            users: listing.any_of("user-id", &mut faults),
            api_keys: listing.any_of("api-key-id", &mut faults),
            organizations: listing.any_of("organization-id", &mut faults),
            resource_types: listing
                .filter("resource-type")
                .map(|text| text.split(',').map(|name| name.trim().replace('_', "-")).collect()),
        };
        Faults::check(faults)?;
        Ok(filters)
    }

    /// Whether the entry is among what is asked for.
    pub fn admit(&self, entry: &LogEntry) -> bool {
        self.start.is_none_or(|start| entry.created_at >= start)
            && self.end.is_none_or(|end| entry.created_at <= end)
            && self.actions.as_ref().is_none_or(|any| any.iter().any(|action| action.name() == entry.action))
            && among(self.accounts.as_deref(), entry.account_id)
            && among(self.users.as_deref(), entry.user_id)
            && among(self.api_keys.as_deref(), entry.api_key_id)
            && among(self.organizations.as_deref(), entry.organization_id)
            && self.resource_types.as_ref().is_none_or(|any| any.contains(&entry.resource_type))
    }
}

fn among<Id: PartialEq>(wanted: Option<&[Id]>, id: Option<Id>) -> bool {
    wanted.is_none_or(|any| id.is_some_and(|id| any.contains(&id)))
}

/// `start,end`, each a time, a day in UTC, or `*`. A day as the end is meant whole.
fn range(listing: &Listing, faults: &mut Vec<Fault>) -> (Option<Timestamp>, Option<Timestamp>) {
    let Some(text) = listing.filter("created-at") else { return (None, None) };
    let read = |end: &str, time_of_day: &str| match end.trim() {
        "*" => Ok(None),
        day if is_day(day) => format!("{day}T{time_of_day}Z").parse().map(Some),
        // In an address, a plus that was not encoded has become a space: an offset stands behind it.
        time => time.replace(' ', "+").parse().map(Some),
    };
    let ends =
        text.split_once(',').map(|(start, end)| (read(start, "00:00:00.000"), read(end, "23:59:59.999")));
    if let Some((Ok(start), Ok(end))) = ends {
        return (start, end);
    }
    let example = "this is start,end: two times as in 2026-11-21T08:00:00Z or days as in 2026-11-21, or * for an open end";
    faults.push(bad_filter("created-at", example));
    (None, None)
}

/// `yyyy-mm-dd`.
fn is_day(text: &str) -> bool {
    text.len() == 10 && !text.contains('T')
}

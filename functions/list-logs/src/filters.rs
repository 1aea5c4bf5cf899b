//! What the request filters the log by. Of several values of one filter any will do.

use lists::Sought as _;
use policy::log::{Outcome, ResourceType};
use policy::time::Range;
use policy::{AccountId, Action, ApiKeyId, OrganizationId, Timestamp, UserId};
use store::LogEntry;
use web::Faults;
use web::list::Listing;

/// The filters of one request; an absent one admits everything.
#[derive(Debug, Default)]
pub struct Filters {
    /// From this moment on.
    pub start: Option<Timestamp>,
    /// Up to and with this moment.
    pub end: Option<Timestamp>,
    actions: Option<Vec<Action>>,
    outcomes: Option<Vec<Outcome>>,
    accounts: Option<Vec<AccountId>>,
    hosts: Option<Vec<AccountId>>,
    users: Option<Vec<UserId>>,
    api_keys: Option<Vec<ApiKeyId>>,
    organizations: Option<Vec<OrganizationId>>,
    resource_types: Option<Vec<ResourceType>>,
    resource_ids: Option<Vec<String>>,
    sought: Option<String>,
}

impl Filters {
    /// Reads them, all faults at once.
    pub fn read(listing: &Listing) -> Result<Self, Faults> {
        let mut faults = Vec::new();
        let Range { start, end } = listing.one("created-at", &mut faults).unwrap_or_default();
        let filters = Self {
            start,
            end,
            actions: listing.any_of("action", &mut faults),
            outcomes: listing.any_of("outcome", &mut faults),
            accounts: listing.any_of("account-id", &mut faults),
            hosts: listing.any_of("host-id", &mut faults),
            users: listing.any_of("user-id", &mut faults),
            api_keys: listing.any_of("api-key-id", &mut faults),
            organizations: listing.any_of("organization-id", &mut faults),
            resource_types: listing.any_of("resource-type", &mut faults),
            resource_ids: listing.any_of("resource-id", &mut faults),
            sought: listing.search(&mut faults),
        };
        Faults::check(faults)?;
        Ok(filters)
    }

    /// Whether the log's own entries are asked for.
    pub fn names_the_log(&self) -> bool {
        self.resource_types.as_ref().is_some_and(|any| any.contains(&ResourceType("logs")))
    }

    /// Whether the entry is among what is asked for.
    pub fn admit(&self, entry: &LogEntry) -> bool {
        self.start.is_none_or(|start| entry.created_at >= start)
            && self.end.is_none_or(|end| entry.created_at <= end)
            && self.actions.as_ref().is_none_or(|any| any.iter().any(|action| action.name() == entry.action))
            && self.outcomes.as_ref().is_none_or(|any| any.iter().any(|outcome| outcome.is(&entry.outcome)))
            && among(self.accounts.as_deref(), entry.account_id)
            && among(self.hosts.as_deref(), entry.host_id)
            && among(self.users.as_deref(), entry.user_id)
            && among(self.api_keys.as_deref(), entry.api_key_id)
            && among(self.organizations.as_deref(), entry.organization_id)
            && self
                .resource_types
                .as_ref()
                .is_none_or(|any| any.iter().any(|one| one.0 == entry.resource_type))
            && self.resource_ids.as_ref().is_none_or(|any| any.contains(&entry.resource_id))
            && self.sought.as_ref().is_none_or(|sought| entry.is_found_by(sought))
    }
}

fn among<Id: PartialEq>(wanted: Option<&[Id]>, id: Option<Id>) -> bool {
    wanted.is_none_or(|any| id.is_some_and(|id| any.contains(&id)))
}

//! The filters of organizations that IT Glue documents besides names and ids.

use std::collections::BTreeSet;

use api::Caller;
use policy::time::Range;
use policy::{GroupId, LabelId, OrganizationId};
use store::Organization;
use web::Fault;
use web::list::{Listing, Names};

/// What a request asks for, and what it does not want; none where nothing is said.
#[derive(Debug)]
pub struct Others {
    types: Option<Vec<LabelId>>,
    statuses: Option<Vec<LabelId>>,
    groups: Option<Vec<GroupId>>,
    created: Option<Range>,
    updated: Option<Range>,
    unwanted: Option<Vec<OrganizationId>>,
    unwanted_types: Option<Vec<LabelId>>,
    unwanted_statuses: Option<Vec<LabelId>>,
    /// Names of those that are not wanted.
    pub unwanted_names: Option<Names>,
}

impl Others {
    /// Reads them, all faults at once.
    pub fn read(listing: &Listing, faults: &mut Vec<Fault>) -> Self {
        Self {
            types: listing.any_of("organization-type-id", faults),
            statuses: listing.any_of("organization-status-id", faults),
            groups: listing.any_of("group-id", faults),
            created: listing.one("created-at", faults),
            updated: listing.one("updated-at", faults),
            unwanted: listing.any_of("exclude][id", faults),
            unwanted_types: listing.any_of("exclude][organization-type-id", faults),
            unwanted_statuses: listing.any_of("exclude][organization-status-id", faults),
            unwanted_names: listing.names("exclude][name", faults),
        }
    }

    /// Whether any of them is said.
    pub const fn say_something(&self) -> bool {
        let wanted = self.types.is_some() || self.statuses.is_some() || self.groups.is_some();
        let moments = self.created.is_some() || self.updated.is_some();
        let unwanted = self.unwanted.is_some() || self.unwanted_names.is_some();
        wanted || moments || unwanted || self.unwanted_types.is_some() || self.unwanted_statuses.is_some()
    }

    /// Whether the organization is among what is asked for, its groups and unwanted names left aside.
    pub fn admit(&self, organization: &Organization) -> bool {
        let is = |any: &Option<Vec<LabelId>>, label: Option<LabelId>| {
            any.as_ref().map(|any| label.is_some_and(|label| any.contains(&label)))
        };
        is(&self.types, organization.type_id).unwrap_or(true)
            && is(&self.statuses, organization.status_id).unwrap_or(true)
            && self.created.is_none_or(|range| range.contains(organization.created_at))
            && self.updated.is_none_or(|range| range.contains(organization.updated_at))
            && !self.unwanted.as_ref().is_some_and(|any| any.contains(&organization.id))
            && !is(&self.unwanted_types, organization.type_id).unwrap_or(false)
            && !is(&self.unwanted_statuses, organization.status_id).unwrap_or(false)
    }

    /// The groups that are asked for, as far as the caller may see them: what others reach is for nobody to try out.
    pub fn groups_seen_by(&self, caller: &Caller) -> Option<BTreeSet<GroupId>> {
        let sees_all = caller.standing().may_create_groups().is_ok();
        let groups = self.groups.as_ref()?.iter().copied();
        Some(groups.filter(|group| sees_all || caller.belongs_to(*group)).collect())
    }
}

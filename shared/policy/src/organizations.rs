//! Organizations: who may make, change and remove them, and how they nest.

use std::collections::BTreeSet;

use crate::grants::Reach;
use crate::id::OrganizationId;
use crate::refusal::Refusal;
use crate::role::{Action, Role};
use crate::text::folded;
use crate::users::Actor;

/// Organizations nest at most this deep, so that naming an organization's ancestors costs a bounded number of reads.
pub const DEPTH_LIMIT: usize = 10;

/// Words on one of an account's lists at most: they are chosen from by eye.
pub const LABEL_LIMIT: usize = 100;

/// The two lists of an account's own, out of which each of its organizations may have a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LabelKind {
    /// What kind of organization it is, as customer or vendor.
    Type,
    /// How things stand with it, as active or inactive.
    Status,
}

impl LabelKind {
    /// Both lists.
    pub const ALL: [Self; 2] = [Self::Type, Self::Status];

    /// What the API calls the words on the list.
    #[must_use]
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Type => "organization-types",
            Self::Status => "organization-statuses",
        }
    }

    /// The first part of its addresses, which the public API writes so.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Type => "organization_types",
            Self::Status => "organization_statuses",
        }
    }
}

/// Whether a word may stand on a list beside these others, to which it is added or on which it is changed.
pub fn may_stand_on_list<'a>(name: &str, others: impl IntoIterator<Item = &'a str>) -> Result<(), Refusal> {
    let name = folded(name);
    let mut count = 0;
    for other in others {
        if folded(other) == name {
            return Err(Refusal::LabelTaken);
        }
        count += 1;
    }
    if count < LABEL_LIMIT { Ok(()) } else { Err(Refusal::TooManyLabels { limit: LABEL_LIMIT }) }
}

impl Actor {
    /// Whether the actor may change the lists out of which organizations have their type and status: they are everyone's.
    pub fn may_change_labels(&self) -> Result<(), Refusal> {
        self.decides_for_others(Role::Manager)
    }

    /// Whether the actor may make organizations: Creators and above, with all organizations.
    pub fn may_create_organizations(&self) -> Result<(), Refusal> {
        self.needs(Action::Create.lowest_role())?;
        if self.reach == Reach::All { Ok(()) } else { Err(Refusal::AllOrganizationsNeeded) }
    }

    /// Whether the actor may do this to any organization at all.
    pub fn may_act(&self, action: Action) -> Result<(), Refusal> {
        self.needs(action.lowest_role())
    }

    /// Whether the actor may do this to an organization itself.
    pub fn may_touch_organization(
        &self,
        action: Action,
        organization: OrganizationId,
    ) -> Result<(), Refusal> {
        self.needs(action.lowest_role())?;
        if self.reach.contains(organization) { Ok(()) } else { Err(Refusal::OrganizationNotGranted) }
    }
}

/// Whether `organization` may be placed under a parent whose own ancestors, nearest first and the parent included, are `line`,
/// when the tallest branch under it has `height` levels.
pub fn may_place_under(
    organization: Option<OrganizationId>,
    line: &[OrganizationId],
    height: usize,
) -> Result<(), Refusal> {
    let distinct: BTreeSet<_> = line.iter().collect();
    if distinct.len() < line.len()
        || organization.is_some_and(|organization| distinct.contains(&organization))
    {
        return Err(Refusal::ParentCycle);
    }
    if line.len() + 1 + height > DEPTH_LIMIT {
        return Err(Refusal::ParentTooDeep { limit: DEPTH_LIMIT });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u64) -> OrganizationId {
        OrganizationId::new(number).unwrap()
    }

    #[test]
    fn placing() {
        assert_eq!(may_place_under(Some(id(1)), &[], 0), Ok(()));
        assert_eq!(may_place_under(Some(id(1)), &[id(2), id(3)], 0), Ok(()));
        assert_eq!(may_place_under(Some(id(1)), &[id(2), id(1)], 0), Err(Refusal::ParentCycle));
        let line: Vec<_> = (2..12).map(id).collect();
        assert_eq!(may_place_under(Some(id(1)), &line, 0), Err(Refusal::ParentTooDeep { limit: 10 }));
        assert_eq!(may_place_under(None, &line[1..], 0), Ok(()));
        assert_eq!(may_place_under(None, &line[1..], 1), Err(Refusal::ParentTooDeep { limit: 10 }));
    }

    #[test]
    fn a_word_stands_on_a_list_once() {
        assert_eq!(may_stand_on_list("Customer", ["Vendor"]), Ok(()));
        assert_eq!(may_stand_on_list("Café", ["Vendor", "CAFÉ"]), Err(Refusal::LabelTaken));
        let words: Vec<String> = (0..LABEL_LIMIT).map(|number| format!("Word {number}")).collect();
        let words = || words.iter().map(String::as_str);
        assert_eq!(may_stand_on_list("Customer", words().skip(1)), Ok(()));
        assert_eq!(
            may_stand_on_list("Customer", words()),
            Err(Refusal::TooManyLabels { limit: LABEL_LIMIT })
        );
        assert_eq!(may_stand_on_list("word 7", words()), Err(Refusal::LabelTaken));
    }
}

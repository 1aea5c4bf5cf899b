//! Organizations: who may make, change and remove them, and how they nest.

use std::collections::BTreeSet;

use crate::grants::Reach;
use crate::id::OrganizationId;
use crate::refusal::Refusal;
use crate::role::Action;
use crate::users::Actor;

/// Organizations nest at most this deep, so that naming an organization's ancestors costs a bounded number of reads.
pub const DEPTH_LIMIT: usize = 10;

impl Actor {
    /// Whether the actor may make organizations: Creators and above, with all organizations.
    pub fn may_create_organizations(&self) -> Result<(), Refusal> {
        self.needs(Action::Create.lowest_role())?;
        if self.reach == Reach::All { Ok(()) } else { Err(Refusal::AllOrganizationsNeeded) }
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
}

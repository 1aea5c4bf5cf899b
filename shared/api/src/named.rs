//! Groups and organizations that a request names: those that the account does not have are faults, alike for unknown ones and
//! for another account's.

use std::collections::BTreeSet;

use policy::{AccountId, GroupId, GroupReach, OrganizationId};
use web::{Fault, Faults};

use crate::{Api, Failure};

impl Api {
    /// What `groups` reach, if the account has every one of the groups and organizations that are named again.
    pub async fn named(
        &self,
        account: AccountId,
        groups: &BTreeSet<GroupId>,
        new_groups: &BTreeSet<GroupId>,
        new_organizations: &BTreeSet<OrganizationId>,
    ) -> Result<GroupReach, Failure> {
        let in_question = groups.union(new_groups).copied().collect();
        let reach = self.store.group_reach(account, &in_question).await?;
        let found = self.store.organizations_by_id(account, new_organizations).await?;
        let found: BTreeSet<_> = found.into_iter().map(|organization| organization.id).collect();
        let unknown_groups = new_groups.iter().filter(|group| !reach.contains_key(group));
        let unknown_groups =
            unknown_groups.map(|group| Fault::unknown_group(*group).at("/data/relationships/groups"));
        let unknown_organizations = new_organizations.difference(&found).map(|organization| {
            Fault::unknown_organization(*organization).at("/data/relationships/organizations")
        });
        Faults::check(unknown_groups.chain(unknown_organizations).collect())?;
        Ok(reach)
    }
}

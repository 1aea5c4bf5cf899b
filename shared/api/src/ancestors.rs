//! Organizations with all that they are part of.

use std::collections::{BTreeSet, HashMap};

use policy::{AccountId, DEPTH_LIMIT, OrganizationId};
use store::Organization;

use crate::{Api, Failure, show};

impl Api {
    /// These organizations with their ancestors. Those of all of them are read a level at a time, however many there are.
    pub async fn with_ancestors(
        &self,
        account: AccountId,
        organizations: &[Organization],
    ) -> Result<Vec<show::Organization>, Failure> {
        let mut parents: HashMap<OrganizationId, Option<OrganizationId>> =
            organizations.iter().map(|organization| (organization.id, organization.parent_id)).collect();
        for _ in 0..DEPTH_LIMIT {
            let unknown: BTreeSet<_> =
                parents.values().flatten().filter(|id| !parents.contains_key(id)).copied().collect();
            if unknown.is_empty() {
                break;
            }
            let found = self.store.organizations_by_id(account, &unknown).await?;
            parents.extend(unknown.into_iter().map(|id| (id, None)));
            parents.extend(found.iter().map(|organization| (organization.id, organization.parent_id)));
        }
        let line = |organization: &Organization| {
            let up = |id: &OrganizationId| parents.get(id).copied().flatten();
            std::iter::successors(organization.parent_id, up).take(DEPTH_LIMIT).collect::<Vec<_>>()
        };
        let labels = self.labels(account, organizations).await?;
        Ok(organizations
            .iter()
            .map(|organization| show::organization(organization, &line(organization), &labels))
            .collect())
    }
}

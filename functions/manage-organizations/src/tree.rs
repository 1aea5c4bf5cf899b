//! How the account's organizations hang under one another, while a request moves some of them.

use std::collections::HashMap;

use api::{Api, Failure};
use policy::{AccountId, DEPTH_LIMIT, OrganizationId, Touch};
use store::Organization;
use web::Fault;

/// The organizations with their parents, as the moves so far have left them. Read whole once somebody moves one.
pub struct Tree<'a> {
    api: &'a Api,
    account: AccountId,
    parents: Option<HashMap<OrganizationId, Option<OrganizationId>>>,
}

impl<'a> Tree<'a> {
    /// The account's. For one organization that stays where it is, its own line is enough; for many all are read at once.
    pub async fn of(api: &'a Api, account: AccountId, many: bool) -> Result<Self, Failure> {
        let mut tree = Self { api, account, parents: None };
        if many {
            tree.read().await?;
        }
        Ok(tree)
    }

    async fn read(&mut self) -> Result<&mut HashMap<OrganizationId, Option<OrganizationId>>, Failure> {
        if self.parents.is_none() {
            let all = self.api.store.organizations(self.account).await?;
            self.parents = Some(all.into_iter().map(|one| (one.id, one.parent_id)).collect());
        }
        Ok(self.parents.get_or_insert_default())
    }

    /// The line of ancestors from `parent` upwards, nearest first.
    pub async fn line(&self, parent: Option<OrganizationId>) -> Result<Vec<OrganizationId>, Failure> {
        let Some(parents) = &self.parents else {
            return Ok(self.api.store.line(self.account, parent).await?);
        };
        let up = |id: &OrganizationId| parents.get(id).copied().flatten();
        Ok(std::iter::successors(parent, up).take(DEPTH_LIMIT + 1).collect())
    }

    /// Puts an organization under a parent that there is, or under none; what is to be judged of that.
    pub async fn place(&mut self, organization: &Organization, pointer: &str) -> Result<Touch, Failure> {
        let Some(parent) = organization.parent_id else {
            if let Some(parents) = &mut self.parents {
                parents.insert(organization.id, None);
            }
            return Ok(Touch::Place(Some(organization.id), Vec::new(), 0));
        };
        if !self.read().await?.contains_key(&parent) {
            let fault = Fault::unknown_organization(parent);
            return Err(fault.at(format!("{pointer}/attributes/parent-id")).into());
        }
        let line = self.line(Some(parent)).await?;
        let parents = self.read().await?;
        let height = height(parents, organization.id);
        parents.insert(organization.id, Some(parent));
        Ok(Touch::Place(Some(organization.id), line, height))
    }
}

/// How many levels there are under an organization.
fn height(parents: &HashMap<OrganizationId, Option<OrganizationId>>, organization: OrganizationId) -> usize {
    let mut children: HashMap<OrganizationId, Vec<OrganizationId>> = HashMap::new();
    for (child, parent) in parents {
        if let Some(parent) = parent {
            children.entry(*parent).or_default().push(*child);
        }
    }
    let mut level = vec![organization];
    let mut height = 0;
    while height <= DEPTH_LIMIT {
        level = level.iter().filter_map(|id| children.get(id)).flatten().copied().collect();
        if level.is_empty() {
            break;
        }
        height += 1;
    }
    height
}

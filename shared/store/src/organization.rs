//! Organizations: items, questions and changes.

use std::collections::BTreeSet;

use policy::decision::OrganizationFacts;
use policy::{AccountId, DEPTH_LIMIT, GroupId, OrganizationId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::account::{Administrators, Tally};
use crate::error::StoreError;
use crate::log::{Act, Subject};
use crate::transaction::{ChangeError, Changes, Guard, LIMIT};
use crate::{Store, User, keys};

/// One of an account's customers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// What people call it.
    pub name: String,
    /// May be empty.
    pub description: String,
    /// May be empty.
    pub short_name: String,
    /// The organization that it is a part of.
    pub parent_id: Option<OrganizationId>,
    /// The groups that reach it.
    #[serde(with = "serde_dynamo::number_set", default, skip_serializing_if = "BTreeSet::is_empty")]
    pub group_ids: BTreeSet<GroupId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Counts its changes.
    pub version: u64,
}

impl Organization {
    /// What an access decision needs to know.
    #[must_use]
    pub fn facts(&self) -> OrganizationFacts {
        OrganizationFacts { groups: self.group_ids.clone() }
    }

    /// The organization, for the log.
    #[must_use]
    pub fn subject(&self) -> Subject {
        Subject {
            organization: Some((self.id, self.name.clone())),
            ..Subject::new("organizations", self.id, self.name.as_str())
        }
    }
}

impl Store {
    /// One organization.
    pub async fn organization(
        &self,
        account: AccountId,
        organization: OrganizationId,
    ) -> Result<Option<Organization>, StoreError> {
        self.get(&keys::organization(account, organization)).await
    }

    /// Those of these organizations that are there, by rising id.
    pub async fn organizations_by_id(
        &self,
        account: AccountId,
        organizations: &BTreeSet<OrganizationId>,
    ) -> Result<Vec<Organization>, StoreError> {
        let wanted: Vec<_> = organizations.iter().map(|id| keys::organization(account, *id)).collect();
        let mut found: Vec<Organization> = self.get_many(&wanted).await?;
        found.sort_by_key(|organization| organization.id);
        Ok(found)
    }

    /// Every organization of the account, oldest first.
    pub async fn organizations(&self, account: AccountId) -> Result<Vec<Organization>, StoreError> {
        self.partition(&keys::organizations(account)).await
    }

    /// The line of an organization's ancestors from `parent` upwards, nearest first. One read for each level.
    pub async fn line(
        &self,
        account: AccountId,
        parent: Option<OrganizationId>,
    ) -> Result<Vec<OrganizationId>, StoreError> {
        let mut line = Vec::new();
        let mut next = parent;
        while let Some(id) = next {
            if line.len() > DEPTH_LIMIT {
                break;
            }
            line.push(id);
            next = self.organization(account, id).await?.and_then(|organization| organization.parent_id);
        }
        Ok(line)
    }

    /// Adds an organization, decided at this revision.
    pub async fn create_organization(
        &self,
        organization: &Organization,
        revision: u64,
        act: &Act,
    ) -> Result<(), ChangeError> {
        let mut transaction = self.transaction();
        transaction.at_revision_counting(
            act.account,
            revision,
            Administrators::Same,
            Tally::organizations(1),
        )?;
        transaction.put_new(&keys::organization(act.account, organization.id), organization, Guard::Free)?;
        self.log(&mut transaction, act, "create", &organization.subject())?;
        self.commit(transaction).await
    }

    /// Changes an organization's names and parent, if its version is still `organization.version`, decided at this revision.
    pub async fn update_organization(
        &self,
        organization: &Organization,
        revision: u64,
        act: &Act,
    ) -> Result<(), ChangeError> {
        let changes = Changes::default()
            .only_if("version", organization.version)?
            .set("name", &organization.name)?
            .set("description", &organization.description)?
            .set("short_name", &organization.short_name)?
            .set("parent_id", organization.parent_id)?
            .set("updated_at", act.at)?
            .increase("version");
        let mut transaction = self.transaction();
        transaction.at_revision(act.account, revision, Administrators::Same)?;
        transaction.update(&keys::organization(act.account, organization.id), &changes, Guard::Version);
        self.log(&mut transaction, act, "update", &organization.subject())?;
        self.commit(transaction).await
    }

    /// Removes an organization, decided at this revision, from those who have it directly and from its groups as well.
    ///
    /// More of them than fit one transaction are freed of it first, in steps that only ever take away.
    pub async fn delete_organization(
        &self,
        organization: &Organization,
        holders: &[User],
        revision: u64,
        act: &Act,
    ) -> Result<(), ChangeError> {
        let account = act.account;
        let taken = || std::iter::once(organization.id.number());
        let users = holders.iter().map(|user| keys::user(account, user.id));
        let groups = organization.group_ids.iter().map(|group| keys::group(account, *group));
        let freed: Vec<_> = users.chain(groups).collect();
        // The revision, the organization itself and the log entry, for a visitor two, go along with the last step.
        let (earlier, last) = freed.split_at(freed.len().saturating_sub(LIMIT - 4));
        let mut revision = revision;
        for step in earlier.chunks(LIMIT - 4) {
            let mut transaction = self.transaction();
            transaction.at_revision(account, revision, Administrators::Same)?;
            for key in step {
                let changes = Changes::default()
                    .only_if_there()
                    .take_out("organization_ids", taken())
                    .increase("version");
                transaction.update(key, &changes, Guard::Version);
            }
            self.log(&mut transaction, act, "update", &organization.subject())?;
            self.commit(transaction).await?;
            revision += 1;
        }
        let mut transaction = self.transaction();
        transaction.at_revision_counting(
            account,
            revision,
            Administrators::Same,
            Tally::organizations(-1),
        )?;
        for key in last {
            let changes =
                Changes::default().only_if_there().take_out("organization_ids", taken()).increase("version");
            transaction.update(key, &changes, Guard::Version);
        }
        transaction.delete(&keys::organization(account, organization.id), Guard::Version);
        self.log(&mut transaction, act, "delete", &organization.subject())?;
        self.commit(transaction).await
    }
}

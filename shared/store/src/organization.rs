//! Organizations: items, questions and changes.

use std::collections::BTreeSet;

use policy::decision::OrganizationFacts;
use policy::log::Changed;
use policy::{AccountId, DEPTH_LIMIT, GroupId, Judged, LabelId, LabelKind, OrganizationId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::account::AccountCounts;
use crate::error::StoreError;
use crate::log::{AuditContext, Subject};
use crate::transaction::{ChangeError, Changes, Guard, LIMIT, Transaction};
use crate::{Key, Store, User, keys};

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
    /// Its type, out of the account's list.
    #[serde(default)]
    pub type_id: Option<LabelId>,
    /// Its status, out of the account's list.
    #[serde(default)]
    pub status_id: Option<LabelId>,
    /// The groups that reach it.
    #[serde(with = "serde_dynamo::number_set", default, skip_serializing_if = "BTreeSet::is_empty")]
    pub group_ids: BTreeSet<GroupId>,
    /// Whether an asset of it was ever restricted. Until then no check needs to know more of any.
    #[serde(default = "crate::account::maybe")]
    pub has_restrictions: bool,
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

    /// The words that it has out of the account's lists.
    pub fn label_ids(&self) -> impl Iterator<Item = (LabelKind, LabelId)> + use<> {
        let kind = |kind, id: Option<LabelId>| id.map(|id| (kind, id));
        [kind(LabelKind::Type, self.type_id), kind(LabelKind::Status, self.status_id)].into_iter().flatten()
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

    /// Adds an organization, as judged.
    pub async fn create_organization(
        &self,
        organization: &Organization,
        judged: &Judged,
        act: &AuditContext,
    ) -> Result<(), ChangeError> {
        let mut transaction = self.transaction();
        transaction.judged_counting(act, judged, 0, AccountCounts::organizations(1))?;
        transaction.put_new(&keys::organization(act.account, organization.id), organization, Guard::Free)?;
        self.log(&mut transaction, act, "create", &organization.subject())?;
        self.commit(transaction).await
    }

    /// Changes these organizations' names, words and parents, all of them or none, as judged: each if its version is still what it
    /// says. Beside each stands what the log tells of its change.
    pub async fn update_organizations(
        &self,
        changed: &[(Organization, Vec<Changed>)],
        judged: &Judged,
        act: &AuditContext,
    ) -> Result<(), ChangeError> {
        let mut transaction = self.transaction();
        transaction.judged(act, judged, 0)?;
        for (organization, told) in changed {
            let changes = Changes::default()
                .only_if("version", organization.version)?
                .set("name", &organization.name)?
                .set("description", &organization.description)?
                .set("short_name", &organization.short_name)?
                .set("parent_id", organization.parent_id)?
                .set("type_id", organization.type_id)?
                .set("status_id", organization.status_id)?
                .set("updated_at", act.at)?
                .increase("version");
            transaction.update(&keys::organization(act.account, organization.id), &changes, Guard::Version);
            let act = act.clone().changing(told.clone());
            self.log(&mut transaction, &act, "update", &organization.subject())?;
        }
        self.commit(transaction).await
    }

    /// Removes these organizations, as judged, from those who have them directly and from their groups as well: all of them or
    /// none. Beside each stands what the log tells of it.
    ///
    /// More users and groups than fit one transaction are freed of them first, in steps that only ever take away. What restricted
    /// single assets in them is cleared away afterwards.
    pub async fn delete_organizations(
        &self,
        removed: &[(Organization, Vec<Changed>)],
        holders: &[User],
        judged: &Judged,
        act: &AuditContext,
    ) -> Result<(), ChangeError> {
        let account = act.account;
        let taken = || removed.iter().map(|(organization, _)| organization.id.number());
        let users = holders.iter().map(|user| keys::user(account, user.id));
        let groups: BTreeSet<GroupId> =
            removed.iter().flat_map(|(organization, _)| &organization.group_ids).copied().collect();
        let freed: Vec<_> = users.chain(groups.iter().map(|group| keys::group(account, *group))).collect();
        // Beside them go the revision, for a visitor what they are at home, and in the last step each organization with its
        // entry, for a visitor with a second one.
        let room = |entries: usize| (LIMIT - 2).saturating_sub(entries * 3).max(1);
        let (earlier, last) = freed.split_at(freed.len().saturating_sub(room(removed.len())));
        let free = |transaction: &mut Transaction<'_>, keys: &[Key]| {
            for key in keys {
                let changes = Changes::default()
                    .only_if_there()
                    .take_out("organization_ids", taken())
                    .increase("version");
                transaction.update(key, &changes, Guard::Version);
            }
        };
        let mut number = 0;
        for step in earlier.chunks(room(removed.len())) {
            let mut transaction = self.transaction();
            transaction.judged(act, judged, number)?;
            free(&mut transaction, step);
            for (organization, told) in removed {
                self.log(
                    &mut transaction,
                    &act.clone().changing(told.clone()),
                    "update",
                    &organization.subject(),
                )?;
            }
            self.commit(transaction).await?;
            number += 1;
        }
        let mut transaction = self.transaction();
        let fewer = i64::try_from(removed.len()).unwrap_or_default();
        transaction.judged_counting(act, judged, number, AccountCounts::organizations(-fewer))?;
        free(&mut transaction, last);
        for (organization, told) in removed {
            transaction.delete(&keys::organization(account, organization.id), Guard::Version);
            self.log(
                &mut transaction,
                &act.clone().changing(told.clone()),
                "delete",
                &organization.subject(),
            )?;
        }
        self.commit(transaction).await?;
        let gone: Vec<OrganizationId> = removed.iter().map(|(organization, _)| organization.id).collect();
        Ok(self.clear_restrictions(account, &gone).await?)
    }
}

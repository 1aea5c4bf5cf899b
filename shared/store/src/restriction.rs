//! Restrictions of single assets: items, questions and changes. Types of assets that are kept from groups stand on the groups, and
//! once more on the security item, which every check reads.

use std::collections::BTreeSet;

use policy::log::Changed;
use policy::{
    AccountId, DeniedTypes, GroupId, Judged, OrganizationId, ResourceId, ResourceType, Restriction,
    RestrictionId, Timestamp, UserId,
};
use serde::{Deserialize, Serialize};

use crate::account::AccountCounts;
use crate::error::StoreError;
use crate::log::{AuditContext, Subject};
use crate::transaction::{ChangeError, Changes, Guard, LIMIT, Transaction};
use crate::walk::{Span, Walk};
use crate::{Key, Organization, Store, keys};

/// Which asset, in an account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Asset {
    /// The organization that it is in.
    pub organization: OrganizationId,
    /// What kind of asset it is.
    pub kind: ResourceType,
    /// The id of the asset.
    pub id: ResourceId,
}

impl Asset {
    pub(crate) fn key(&self, account: AccountId) -> Key {
        keys::restriction(account, self.organization, &self.kind, &self.id)
    }
}

/// Who may reach one asset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredRestriction {
    /// Its id.
    pub id: RestrictionId,
    /// The organization that the asset is in.
    pub organization_id: OrganizationId,
    /// The type of the asset.
    pub resource_type: ResourceType,
    /// The asset, as the calling application names it.
    pub resource_id: ResourceId,
    /// The groups whose members may.
    #[serde(with = "serde_dynamo::number_set", default, skip_serializing_if = "BTreeSet::is_empty")]
    pub group_ids: BTreeSet<GroupId>,
    /// The users who may.
    #[serde(with = "serde_dynamo::number_set", default, skip_serializing_if = "BTreeSet::is_empty")]
    pub user_ids: BTreeSet<UserId>,
    /// Who set it last; none if a program did.
    pub set_by_id: Option<UserId>,
    /// What they were called then.
    pub set_by_name: String,
    /// When it was set first.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Counts its changes.
    pub version: u64,
}

impl StoredRestriction {
    /// Which asset it is about.
    #[must_use]
    pub fn asset(&self) -> Asset {
        Asset {
            organization: self.organization_id,
            kind: self.resource_type.clone(),
            id: self.resource_id.clone(),
        }
    }

    /// What the rules see of it.
    #[must_use]
    pub fn facts(&self) -> Restriction {
        Restriction { groups: self.group_ids.clone(), users: self.user_ids.clone() }
    }

    /// Where it stands among the others of its account: by organization, type and asset.
    #[must_use]
    pub fn place(&self) -> String {
        // The sort key names no account.
        self.asset().key(AccountId::NOBODY).sk
    }

    /// The restriction, for the log: found by the names of the asset.
    #[must_use]
    pub fn subject(&self, organization_name: &str) -> Subject {
        Subject {
            organization: Some((self.organization_id, organization_name.to_owned())),
            ..Subject::new("restrictions", &self.resource_id, self.resource_type.as_str())
        }
    }
}

/// A restriction that is set, changed or taken away.
#[derive(Debug, Clone)]
pub struct RestrictionChange {
    /// As it was; none if nothing restricted the asset.
    pub before: Option<StoredRestriction>,
    /// As it will be; none if it is taken away.
    pub after: Option<StoredRestriction>,
    /// What the log tells of it.
    pub told: Vec<Changed>,
}

/// Who goes, and leaves every restriction that names them.
#[derive(Debug, Clone, Copy)]
pub enum Leaver {
    /// A group.
    Group(GroupId),
    /// A user.
    User(UserId),
}

impl Leaver {
    fn is_named_by(self, restriction: &StoredRestriction) -> bool {
        match self {
            Self::Group(group) => restriction.group_ids.contains(&group),
            Self::User(user) => restriction.user_ids.contains(&user),
        }
    }
}

/// So many restrictions are changed in one transaction, each with its entry in the log, beside the revision and the request's mark.
const CHANGES_AT_ONCE: usize = (LIMIT - 3) / 2;

impl Transaction<'_> {
    /// A whole new map of the types that are kept from groups, as part of a judged change.
    pub(crate) fn judged_denying(
        &mut self,
        act: &AuditContext,
        (judged, step): (&Judged, u64),
        more: AccountCounts,
        denied: Option<&DeniedTypes>,
    ) -> Result<(), StoreError> {
        let Some(denied) = denied else { return self.judged_counting(act, judged, step, more) };
        let changes = Changes::default();
        let changes = if denied.is_empty() {
            changes.remove("denied_types")
        } else {
            changes.set("denied_types", denied)?
        };
        self.judged_changing(act, (judged, step), more, changes)
    }
}

impl Store {
    /// What restricts this asset; none if everyone may reach it who reaches its organization.
    pub async fn restriction(
        &self,
        account: AccountId,
        asset: &Asset,
    ) -> Result<Option<StoredRestriction>, StoreError> {
        self.get(&asset.key(account)).await
    }

    /// What restricts these assets, as far as anything does.
    pub async fn restrictions_of(
        &self,
        account: AccountId,
        assets: &BTreeSet<Asset>,
    ) -> Result<Vec<StoredRestriction>, StoreError> {
        let wanted: Vec<Key> = assets.iter().map(|asset| asset.key(account)).collect();
        self.get_many(&wanted).await
    }

    /// The restrictions that name somebody. Reads all of the account's, since few ever go.
    pub async fn restrictions_naming(
        &self,
        account: AccountId,
        leaver: Leaver,
    ) -> Result<Vec<StoredRestriction>, StoreError> {
        let mut all: Vec<StoredRestriction> = self.partition(&keys::restrictions(account)).await?;
        all.retain(|restriction| leaver.is_named_by(restriction));
        Ok(all)
    }

    /// The restrictions of an organization, or of one type in it, in the order of types and assets.
    #[must_use]
    pub fn walk_restrictions(
        &self,
        account: AccountId,
        organization: OrganizationId,
        kind: Option<&ResourceType>,
        span: Span<String>,
    ) -> Walk<StoredRestriction> {
        let beginning = kind.map_or_else(
            || keys::restrictions_in(organization),
            |kind| keys::restrictions_of_type(organization, kind),
        );
        let after = span.after.map(|sk| Key { pk: keys::restrictions(account), sk });
        Walk::part(self, keys::restrictions(account), beginning, after, span.backwards)
    }

    /// Sets, changes and takes away restrictions of one organization, as judged. More than fit one transaction go in several, each of
    /// which takes some of them as a whole. Answers how many were written when somebody else changed rights meanwhile.
    pub async fn change_restrictions(
        &self,
        organization: &Organization,
        changes: &[RestrictionChange],
        judged: &Judged,
        act: &AuditContext,
    ) -> Result<(), (usize, ChangeError)> {
        for (step, some) in (0..).zip(changes.chunks(CHANGES_AT_ONCE)) {
            let written = || usize::try_from(step).unwrap_or_default() * CHANGES_AT_ONCE;
            self.change_some(organization, some, (judged, step), act)
                .await
                .map_err(|error| (written(), error))?;
        }
        Ok(())
    }

    async fn change_some(
        &self,
        organization: &Organization,
        changes: &[RestrictionChange],
        (judged, step): (&Judged, u64),
        act: &AuditContext,
    ) -> Result<(), ChangeError> {
        let mut transaction = self.transaction();
        transaction.judged(act, judged, step)?;
        if step == 0 && !organization.has_restrictions {
            let restricted = Changes::default().only_if_there().set("has_restrictions", true)?;
            let key = keys::organization(act.account, organization.id);
            transaction.update(&key, &restricted, Guard::Version);
        }
        for RestrictionChange { before, after, told } in changes {
            let Some(of) = before.as_ref().or(after.as_ref()) else { continue };
            let key = of.asset().key(act.account);
            let action = match (before, after) {
                (None, after) => {
                    transaction.put_new(&key, after, Guard::Version)?;
                    "create"
                }
                (Some(before), Some(after)) => {
                    let changed = Changes::default()
                        .only_if("version", before.version)?
                        .set_numbers("group_ids", after.group_ids.iter().map(|id| id.number()))
                        .set_numbers("user_ids", after.user_ids.iter().map(|id| id.number()))
                        .set("set_by_id", after.set_by_id)?
                        .set("set_by_name", &after.set_by_name)?
                        .set("updated_at", after.updated_at)?
                        .increase("version");
                    transaction.update(&key, &changed, Guard::Version);
                    "update"
                }
                (Some(before), None) => {
                    let condition = Changes::default().only_if("version", before.version)?;
                    transaction.delete_if(&key, &condition, Guard::Version);
                    "delete"
                }
            };
            let act = act.clone().changing(told.clone());
            self.log(&mut transaction, &act, action, &of.subject(&organization.name))?;
        }
        self.commit(transaction).await
    }

    /// Takes somebody who goes out of the restrictions that name them, in steps before the one in which they go: each step only
    /// ever closes. Beside each stands what the log tells of it, and what its organization is called. Answers how many steps it took.
    pub(crate) async fn leave_restrictions(
        &self,
        leaver: Leaver,
        left: &[RestrictionLeft],
        judged: &Judged,
        act: &AuditContext,
    ) -> Result<u64, ChangeError> {
        let mut step = 0;
        for some in left.chunks(CHANGES_AT_ONCE) {
            let mut transaction = self.transaction();
            transaction.judged(act, judged, step)?;
            for RestrictionLeft { restriction, told, organization_name } in some {
                let changes = Changes::default().only_if("version", restriction.version)?;
                let changes = match leaver {
                    Leaver::Group(group) => changes.take_out("group_ids", std::iter::once(group.number())),
                    Leaver::User(user) => changes.take_out("user_ids", std::iter::once(user.number())),
                };
                let changes = changes.set("updated_at", act.at)?.increase("version");
                transaction.update(&restriction.asset().key(act.account), &changes, Guard::Version);
                let act = act.clone().changing(told.clone());
                self.log(&mut transaction, &act, "update", &restriction.subject(organization_name))?;
            }
            self.commit(transaction).await?;
            step += 1;
        }
        Ok(step)
    }

    /// Removes what restricted the assets of organizations that are gone: nobody reaches those any more. Not before they are gone,
    /// or an asset would fall open in between.
    pub(crate) async fn clear_restrictions(
        &self,
        account: AccountId,
        gone: &[OrganizationId],
    ) -> Result<(), StoreError> {
        for organization in gone {
            let walk =
                self.walk_restrictions(account, *organization, None, Span { after: None, backwards: false });
            let keys: Vec<Key> = walk.rest().await?.iter().map(|one| one.asset().key(account)).collect();
            for some in keys.chunks(LIMIT) {
                let mut transaction = self.transaction();
                for key in some {
                    transaction.delete(key, Guard::Version);
                }
                if let Err(ChangeError::Store(error)) = self.commit(transaction).await {
                    return Err(error);
                }
            }
        }
        Ok(())
    }
}

/// A restriction that loses one of those whom it names.
#[derive(Debug, Clone)]
pub struct RestrictionLeft {
    /// As it was.
    pub restriction: StoredRestriction,
    /// What the log tells of it.
    pub told: Vec<Changed>,
    /// What its organization is called.
    pub organization_name: String,
}

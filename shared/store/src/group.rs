//! Groups: items, members, and the changes of both.

use std::collections::{BTreeSet, HashMap};

use policy::{
    AccountId, DeniedTypes, GroupId, GroupReach, Judged, OrganizationId, ResourceType, Timestamp, UserId,
};
use serde::{Deserialize, Serialize};

use crate::account::AccountCounts;
use crate::error::StoreError;
use crate::log::{AuditContext, Subject};
use crate::read::side_by_side;
use crate::restriction::{Leaver, RestrictionLeft};
use crate::transaction::{ChangeError, Changes, Guard, LIMIT, Transaction};
use crate::user::Member;
use crate::{Store, keys};

/// Users plus the organizations that they get through it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Its id.
    pub id: GroupId,
    /// What people call it.
    pub name: String,
    /// May be empty.
    pub description: String,
    /// The types of assets that are kept from its members.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub denied_types: BTreeSet<ResourceType>,
    /// What its members get through it. Each of these organizations names the group in turn.
    #[serde(with = "serde_dynamo::number_set", default, skip_serializing_if = "BTreeSet::is_empty")]
    pub organization_ids: BTreeSet<OrganizationId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Counts its changes.
    pub version: u64,
}

/// What these groups reach.
#[must_use]
pub fn reach_of(groups: Vec<Group>) -> GroupReach {
    groups.into_iter().map(|group| (group.id, group.organization_ids)).collect()
}

impl Group {
    /// The group, for the log.
    #[must_use]
    pub fn subject(&self) -> Subject {
        Subject::new("groups", self.id, self.name.as_str())
    }
}

/// What joins and what leaves a group, members and organizations.
#[derive(Debug, Clone, Default)]
pub struct GroupChange {
    /// Users who join.
    pub join: BTreeSet<UserId>,
    /// Users who leave.
    pub leave: BTreeSet<UserId>,
    /// Organizations gained.
    pub gain: BTreeSet<OrganizationId>,
    /// Organizations lost.
    pub lose: BTreeSet<OrganizationId>,
}

/// One of the single changes that a [`GroupChange`] is made of.
#[derive(Debug, Clone, Copy)]
enum Step {
    Join(UserId),
    Leave(UserId),
    Gain(OrganizationId),
    Lose(OrganizationId),
}

impl GroupChange {
    /// All of them, those that give first.
    fn steps(&self) -> Vec<Step> {
        let giving =
            self.join.iter().copied().map(Step::Join).chain(self.gain.iter().copied().map(Step::Gain));
        let taking =
            self.leave.iter().copied().map(Step::Leave).chain(self.lose.iter().copied().map(Step::Lose));
        giving.chain(taking).collect()
    }

    /// How many single changes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.join.len() + self.leave.len() + self.gain.len() + self.lose.len()
    }

    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether it both gives and takes, so that half of it could break a limit which the whole of it keeps.
    #[must_use]
    pub fn is_mixed(&self) -> bool {
        let gives = !self.join.is_empty() || !self.gain.is_empty();
        gives && !(self.leave.is_empty() && self.lose.is_empty())
    }
}

/// How many single changes fit one transaction: two items each at most, beside the revision, the group, the log entry
/// and the request's mark.
pub const STEPS: usize = (LIMIT - 4) / 2;

impl Transaction<'_> {
    fn group_step(&mut self, account: AccountId, group: GroupId, step: Step) -> Result<(), StoreError> {
        let this = || std::iter::once(group.number());
        match step {
            Step::Join(user) => {
                self.put(&keys::member(account, group, user), &Member { user_id: user }, Guard::Free)?;
                let changes =
                    Changes::default().only_if_there().insert("group_ids", this()).increase("version");
                self.update(&keys::user(account, user), &changes, Guard::Version);
            }
            Step::Leave(user) => {
                self.delete(&keys::member(account, group, user), Guard::Version);
                let changes =
                    Changes::default().only_if_there().take_out("group_ids", this()).increase("version");
                self.update(&keys::user(account, user), &changes, Guard::Version);
            }
            Step::Gain(organization) => {
                let changes = Changes::default().only_if_there().insert("group_ids", this());
                self.update(&keys::organization(account, organization), &changes, Guard::Version);
            }
            Step::Lose(organization) => {
                let changes = Changes::default().only_if_there().take_out("group_ids", this());
                self.update(&keys::organization(account, organization), &changes, Guard::Version);
            }
        }
        Ok(())
    }
}

impl Store {
    /// One group.
    pub async fn group(&self, account: AccountId, group: GroupId) -> Result<Option<Group>, StoreError> {
        self.get(&keys::group(account, group)).await
    }

    /// Those of these groups that are there, by rising id.
    pub async fn groups_by_id(
        &self,
        account: AccountId,
        groups: &BTreeSet<GroupId>,
    ) -> Result<Vec<Group>, StoreError> {
        let wanted: Vec<_> = groups.iter().map(|id| keys::group(account, *id)).collect();
        let mut found: Vec<Group> = self.get_many(&wanted).await?;
        found.sort_by_key(|group| group.id);
        Ok(found)
    }

    /// What these groups reach.
    pub async fn group_reach(
        &self,
        account: AccountId,
        groups: &BTreeSet<GroupId>,
    ) -> Result<GroupReach, StoreError> {
        Ok(reach_of(self.groups_by_id(account, groups).await?))
    }

    /// Every group of the account, oldest first.
    pub async fn groups(&self, account: AccountId) -> Result<Vec<Group>, StoreError> {
        self.partition(&keys::groups(account)).await
    }

    /// The members of each of these groups, side by side.
    pub async fn members_of(
        &self,
        account: AccountId,
        groups: &BTreeSet<GroupId>,
    ) -> Result<HashMap<GroupId, Vec<UserId>>, StoreError> {
        let each = groups.iter().map(|group| self.members(account, *group));
        let members = side_by_side(each).await?;
        Ok(groups.iter().copied().zip(members).collect())
    }

    /// How many members each of these groups has, side by side. What is counted is read, and not sent.
    pub async fn member_counts(
        &self,
        account: AccountId,
        groups: &BTreeSet<GroupId>,
    ) -> Result<HashMap<GroupId, usize>, StoreError> {
        let each = groups.iter().map(|group| self.count_in(keys::members(account, *group)));
        let counts = side_by_side(each).await?;
        Ok(groups.iter().copied().zip(counts).collect())
    }

    /// The members of a group.
    pub async fn members(&self, account: AccountId, group: GroupId) -> Result<Vec<UserId>, StoreError> {
        let members: Vec<Member> = self.partition(&keys::members(account, group)).await?;
        Ok(members.into_iter().map(|member| member.user_id).collect())
    }

    /// Adds a group with its first members and organizations, as judged. At most [`STEPS`] of them:
    /// whoever starts with more adds the rest with [`Store::update_group`]. `denied` is what is kept from all groups then, if that
    /// changes.
    pub async fn create_group(
        &self,
        group: &Group,
        change: &GroupChange,
        denied: Option<&DeniedTypes>,
        judged: &Judged,
        act: &AuditContext,
    ) -> Result<(), ChangeError> {
        let mut group = group.clone();
        let steps = change.steps();
        let mut transaction =
            self.group_transaction(&mut group, &steps, (judged, 0), (AccountCounts::groups(1), denied), act)?;
        transaction.put_new(&keys::group(act.account, group.id), &group, Guard::Free)?;
        self.log(&mut transaction, act, "create", &group.subject())?;
        self.commit(transaction).await
    }

    /// Changes a group's name, description, denied types, members and organizations, as judged. `denied` is what is kept from all
    /// groups then, if that changes.
    ///
    /// More than fit one transaction go in several; a mixed change must not be one of those (see [`STEPS`]).
    pub async fn update_group(
        &self,
        group: &Group,
        change: &GroupChange,
        denied: Option<&DeniedTypes>,
        judged: &Judged,
        act: &AuditContext,
    ) -> Result<(), ChangeError> {
        let steps = change.steps();
        let parts = if steps.is_empty() { vec![steps.as_slice()] } else { steps.chunks(STEPS).collect() };
        let mut group = group.clone();
        for (step, part) in (0..).zip(parts) {
            let denied = denied.filter(|_| step == 0);
            let mut transaction = self.group_transaction(
                &mut group,
                part,
                (judged, step),
                (AccountCounts::default(), denied),
                act,
            )?;
            let types = Some(&group.denied_types).filter(|types| !types.is_empty());
            let changes = Changes::default()
                .only_if_there()
                .set("name", &group.name)?
                .set("description", &group.description)?
                .set("denied_types", types)?
                .set_numbers("organization_ids", group.organization_ids.iter().map(|id| id.number()))
                .set("updated_at", act.at)?
                .increase("version");
            transaction.update(&keys::group(act.account, group.id), &changes, Guard::Version);
            self.log(&mut transaction, act, "update", &group.subject())?;
            self.commit(transaction).await?;
        }
        Ok(())
    }

    /// Removes a group, as judged. The restrictions that name it lose the name first. The members and organizations that do not fit one transaction
    /// leave it before, in steps that only ever take away.
    pub async fn delete_group(
        &self,
        group: &Group,
        members: &[UserId],
        left: &[RestrictionLeft],
        denied: Option<&DeniedTypes>,
        judged: &Judged,
        act: &AuditContext,
    ) -> Result<(), ChangeError> {
        let everything = GroupChange {
            leave: members.iter().copied().collect(),
            lose: group.organization_ids.clone(),
            ..GroupChange::default()
        };
        let steps = everything.steps();
        let (earlier, last) = steps.split_at(steps.len().saturating_sub(STEPS));
        let mut group = group.clone();
        let mut step = self.leave_restrictions(Leaver::Group(group.id), left, judged, act).await?;
        for part in earlier.chunks(STEPS) {
            let mut transaction = self.group_transaction(
                &mut group,
                part,
                (judged, step),
                (AccountCounts::default(), None),
                act,
            )?;
            let changes = Changes::default()
                .only_if_there()
                .set_numbers("organization_ids", group.organization_ids.iter().map(|id| id.number()))
                .increase("version");
            transaction.update(&keys::group(act.account, group.id), &changes, Guard::Version);
            self.log(&mut transaction, act, "update", &group.subject())?;
            self.commit(transaction).await?;
            step += 1;
        }
        let mut transaction = self.group_transaction(
            &mut group,
            last,
            (judged, step),
            (AccountCounts::groups(-1), denied),
            act,
        )?;
        transaction.delete(&keys::group(act.account, group.id), Guard::Version);
        self.log(&mut transaction, act, "delete", &group.subject())?;
        self.commit(transaction).await
    }

    /// A transaction of a judged change that carries out the steps on everything but the group's own item, and on `group` here.
    fn group_transaction(
        &self,
        group: &mut Group,
        steps: &[Step],
        (judged, step): (&Judged, u64),
        (more, denied): (AccountCounts, Option<&DeniedTypes>),
        act: &AuditContext,
    ) -> Result<Transaction<'_>, StoreError> {
        let mut transaction = self.transaction();
        transaction.judged_denying(act, (judged, step), more, denied)?;
        for step in steps {
            transaction.group_step(act.account, group.id, *step)?;
            match step {
                Step::Gain(organization) => drop(group.organization_ids.insert(*organization)),
                Step::Lose(organization) => drop(group.organization_ids.remove(organization)),
                Step::Join(_) | Step::Leave(_) => {}
            }
        }
        Ok(transaction)
    }
}

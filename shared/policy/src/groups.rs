//! Who may manage which group.

use crate::id::GroupId;
use crate::refusal::Refusal;
use crate::role::Role;
use crate::users::{Actor, Who};

impl Actor {
    /// Whether the actor may make a group: Managers and Administrators.
    pub fn may_create_groups(&self) -> Result<(), Refusal> {
        self.decides_for_others(Role::Manager)
    }

    /// Whether the actor joins a group by creating it: a Manager, who could not manage it otherwise. A key belongs to no group,
    /// so one with the role Manager makes groups and leaves them to others.
    #[must_use]
    pub fn joins_own_groups(&self) -> bool {
        self.role == Role::Manager && self.who != Who::Key
    }

    /// Whether the actor may change this group, who is in it and what it reaches: an Administrator any, a Manager those that
    /// they belong to.
    pub fn may_manage_group(&self, group: GroupId) -> Result<(), Refusal> {
        self.decides_for_others(Role::Manager)?;
        if self.role == Role::Administrator || self.groups.contains(&group) {
            Ok(())
        } else {
            Err(Refusal::GroupNotYours { group })
        }
    }
}

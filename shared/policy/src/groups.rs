//! Who may manage which group.

use crate::id::GroupId;
use crate::refusal::Refusal;
use crate::role::Role;
use crate::users::Actor;

impl Actor {
    /// Whether the actor may make a group: Managers and Administrators. A Manager joins the groups that they create.
    pub fn may_create_groups(&self) -> Result<(), Refusal> {
        self.decides_for_others(Role::Manager)
    }

    /// Whether the actor may change this group: an Administrator any, a Manager those that they belong to.
    pub fn may_manage_group(&self, group: GroupId, belongs: bool) -> Result<(), Refusal> {
        self.decides_for_others(Role::Manager)?;
        if self.role == Role::Administrator || belongs {
            Ok(())
        } else {
            Err(Refusal::GroupNotYours { group })
        }
    }
}

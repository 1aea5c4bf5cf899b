//! API keys: who makes and removes them, what they may be given, and until when they are good.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::grants::{GroupReach, Reach};
use crate::refusal::{NamedPerson, Refusal};
use crate::time::Timestamp;
use crate::users::{Actor, Permissions, Who};

impl Actor {
    /// Whether the actor may make, see and remove the account's keys: Administrators, in person. A key that made keys could
    /// not be taken back by removing it.
    pub fn may_manage_api_keys(&self) -> Result<(), Refusal> {
        self.is_person()?;
        self.may_administer()
    }

    /// Whether the actor may make a key with these permissions: none above their own, and only what a key may have at all.
    pub fn may_make_api_key(&self, permissions: &Permissions) -> Result<(), Refusal> {
        self.may_manage_api_keys()?;
        self.may_grant(permissions, &GroupReach::new())?;
        check(permissions)
    }
}

/// Whether a key may have these permissions at all: those of a user without groups.
fn check(permissions: &Permissions) -> Result<(), Refusal> {
    let Permissions { role, grants } = permissions;
    let nobody = NamedPerson { id: None, email: String::new() };
    grants.check(*role, &GroupReach::new(), &nobody).map_err(|refusal| match refusal {
        Refusal::NoOrganization { .. } => Refusal::NoOrganizationChosen,
        Refusal::LiteLimit { limit, .. } => Refusal::LiteKeyLimit { limit },
        Refusal::LiteAllOrganizations { .. } => Refusal::LiteKeyAllOrganizations,
        other => other,
    })
}

/// How long a key lives whose maker says nothing of its end: a year. A forgotten key does not outlive its program forever.
const USUAL_LIFE: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// When a key made now ends if nobody says when.
#[must_use]
pub fn usual_end(now: Timestamp) -> Timestamp {
    now.after(USUAL_LIFE)
}

/// Whether a key made now may end then.
pub fn check_end(ends_at: Timestamp, now: Timestamp) -> Result<Timestamp, Refusal> {
    if is_over(Some(ends_at), now) { Err(Refusal::KeyEndsInThePast) } else { Ok(ends_at) }
}

/// Whether a key with this end no longer works: from that very millisecond on. One without an end lives until it is removed.
#[must_use]
pub fn is_over(ends_at: Option<Timestamp>, now: Timestamp) -> bool {
    ends_at.is_some_and(|end| now >= end)
}

/// The one who acts with a key of these permissions. A key belongs to no group.
#[must_use]
pub fn actor(permissions: &Permissions) -> Actor {
    let reach: Reach = permissions.grants.reach(permissions.role, &GroupReach::new());
    Actor { role: permissions.role, reach, who: Who::Key, user: None, groups: BTreeSet::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grants::{Grants, LITE_LIMIT};
    use crate::id::OrganizationId;
    use crate::role::Role;

    fn permissions(role: Role, all_organizations: bool, organizations: u64) -> Permissions {
        let organizations = (1..=organizations).map(|number| OrganizationId::new(number).unwrap()).collect();
        Permissions { role, grants: Grants { all_organizations, organizations, ..Grants::default() } }
    }

    fn acting(role: Role, who: Who) -> Actor {
        Actor { role, reach: Reach::All, who, user: None, groups: BTreeSet::new() }
    }

    #[test]
    fn administrators_in_person_alone_manage_keys() {
        for role in Role::ALL {
            let expected = if role == Role::Administrator { None } else { Some("role-too-low") };
            let code =
                |who| acting(role, who).may_manage_api_keys().err().map(|refusal| refusal.code().to_owned());
            assert_eq!(code(Who::User).as_deref(), expected, "{role}");
            assert_eq!(code(Who::Visitor).as_deref(), Some("security-permission"), "{role}");
            assert_eq!(code(Who::Key).as_deref(), Some("person-needed"), "{role}");
        }
    }

    #[test]
    fn no_key_does_what_proves_who_someone_is() {
        let key = acting(Role::Administrator, Who::Key);
        assert_eq!(key.may_change_settings(), Err(Refusal::PersonNeeded));
        assert_eq!(key.may_answer_connection(), Err(Refusal::PersonNeeded));
        assert_eq!(key.may_enrol(true), Err(Refusal::PersonNeeded));
        assert!(key.may_remove_mfa(false).is_err());
        assert_eq!(key.may_manage_users(), Ok(()));
        assert_eq!(key.may_administer(), Ok(()), "connections");
        assert!(!acting(Role::Manager, Who::Key).joins_own_groups());
    }

    #[test]
    fn a_key_has_what_a_user_without_groups_may_have() {
        let maker = acting(Role::Administrator, Who::User);
        let code = |wanted: &Permissions| maker.may_make_api_key(wanted).err().map(|refusal| refusal.code());
        let limit = u64::try_from(LITE_LIMIT).unwrap();
        assert_eq!(code(&permissions(Role::Lite, false, limit)), None);
        assert_eq!(code(&permissions(Role::Lite, false, limit + 1)), Some("lite-limit"));
        assert_eq!(code(&permissions(Role::Lite, true, 0)), Some("lite-all-organizations"));
        assert_eq!(code(&permissions(Role::Editor, false, 0)), Some("no-organization-chosen"));
        assert_eq!(code(&permissions(Role::Editor, true, 0)), None);
        assert_eq!(code(&permissions(Role::Administrator, false, 0)), None);
        assert_eq!(code(&permissions(Role::Editor, false, 1_001)), Some("too-many-organizations"));
    }

    #[test]
    fn a_key_is_dead_from_the_millisecond_of_its_end() {
        let at = Timestamp::from_millis;
        assert!(!is_over(Some(at(10)), at(9)) && is_over(Some(at(10)), at(10)) && !is_over(None, at(10)));
        assert_eq!(check_end(at(10), at(10)), Err(Refusal::KeyEndsInThePast));
        assert_eq!(check_end(at(11), at(10)), Ok(at(11)));
    }
}

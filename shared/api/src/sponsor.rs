//! Who vouches for an invitation, as they are at this moment.

use std::collections::BTreeSet;

use policy::{AccountId, Actor, GroupId, GroupReach, Permissions, Timestamp, Who};
use store::invitation::SponsorId;
use store::{ApiKey, Invitation, User, UserStatus};

use crate::{Api, Failure};

/// A sponsor who is in: an active user, or a key that is not past its end.
#[derive(Debug, Clone)]
pub struct Vouching {
    permissions: Permissions,
    who: Who,
}

impl Vouching {
    fn user(user: &User) -> Option<Self> {
        let is_in = user.status == UserStatus::Active;
        is_in.then(|| Self { permissions: user.permissions(), who: Who::User })
    }

    fn key(key: &ApiKey, now: Timestamp) -> Option<Self> {
        (!key.is_over(now)).then(|| Self { permissions: key.permissions(), who: Who::Key })
    }

    /// The groups whose reach has to be read for [`Vouching::actor`].
    #[must_use]
    pub const fn group_ids(&self) -> &BTreeSet<GroupId> {
        &self.permissions.grants.groups
    }

    /// The sponsor as the rules see them.
    #[must_use]
    pub fn actor(&self, groups: &GroupReach) -> Actor {
        let Permissions { role, grants } = &self.permissions;
        Actor { role: *role, reach: grants.reach(*role, groups), who: self.who }
    }
}

impl Api {
    /// Who vouches for this invitation now; none if they left or are shut out, or the key is removed or past its end.
    pub async fn vouching(
        &self,
        account: AccountId,
        invitation: &Invitation,
        now: Timestamp,
    ) -> Result<Option<Vouching>, Failure> {
        Ok(match invitation.sponsor() {
            Some(SponsorId::User(user)) => {
                self.store.user(account, user).await?.as_ref().and_then(Vouching::user)
            }
            Some(SponsorId::Key(key)) => {
                let key = self.store.api_key(account, key).await?;
                key.and_then(|key| Vouching::key(&key, now))
            }
            None => None,
        })
    }
}

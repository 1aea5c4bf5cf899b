//! Who vouches for an invitation, as they are at this moment.

use std::collections::BTreeSet;

use policy::decision::Standing;
use policy::invitation::check_sponsor;
use policy::judge::Facts;
use policy::{AccountId, Actor, GroupId, GroupReach, Holder, Permissions, Timestamp, UserId, Who};
use store::invitation::SponsorId;
use store::{ApiKey, Invitation, User, UserStatus};

use crate::{Api, Failure};

/// A sponsor who is in: an active user, or a key that is not past its end.
#[derive(Debug, Clone)]
pub struct Vouching {
    permissions: Permissions,
    who: Who,
    user: Option<UserId>,
}

impl Vouching {
    fn user(user: &User) -> Option<Self> {
        let is_in = user.status == UserStatus::Active;
        is_in.then(|| Self { permissions: user.permissions(), who: Who::User, user: Some(user.id) })
    }

    fn key(key: &ApiKey, now: Timestamp) -> Option<Self> {
        (!key.is_over(now)).then(|| Self { permissions: key.permissions(), who: Who::Key, user: None })
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
        Actor {
            role: *role,
            reach: self.permissions.reach(groups),
            who: self.who,
            user: self.user,
            groups: grants.groups.clone(),
        }
    }
}

impl Api {
    /// Those of these users who are pending and whose sponsors may still grant what they are to have: those whose links open, but
    /// for their ends. `groups` must hold what the users' groups reach. At most three round trips, however many they are.
    pub async fn vouched_for(
        &self,
        account: AccountId,
        users: &[User],
        invitations: &[Invitation],
        groups: &GroupReach,
        facts: Facts,
    ) -> Result<BTreeSet<UserId>, Failure> {
        let of = |user: &User| invitations.iter().position(|invitation| invitation.user_id == user.id);
        let pending: Vec<(&User, &Invitation)> = users
            .iter()
            .filter(|user| user.status == UserStatus::Invited)
            .filter_map(|user| Some((user, invitations.get(of(user)?)?)))
            .collect();
        let sponsors = pending.iter().filter_map(|(_, invitation)| invitation.sponsor());
        let (mut vouching_users, mut has_keys) = (BTreeSet::new(), false);
        for sponsor in sponsors {
            match sponsor {
                SponsorId::User(user) => drop(vouching_users.insert(user)),
                SponsorId::Key(_) => has_keys = true,
            }
        }
        let users: Vec<UserId> = vouching_users.into_iter().collect();
        let users = self.store.users_by_id(account, &users).await?;
        let keys = if has_keys { self.store.api_keys(account).await? } else { Vec::new() };
        let theirs: BTreeSet<GroupId> = users.iter().flat_map(|user| &user.group_ids).copied().collect();
        let mut reach = self.store.group_reach(account, &theirs).await?;
        reach.extend(groups.iter().map(|(group, organizations)| (*group, organizations.clone())));
        let vouching = |sponsor: Option<SponsorId>| match sponsor? {
            SponsorId::User(id) => users.iter().find(|user| user.id == id).and_then(Vouching::user),
            SponsorId::Key(id) => {
                keys.iter().find(|key| key.id == id).and_then(|key| Vouching::key(key, facts.now))
            }
        };
        let stands = |user: &User, invitation: &Invitation| {
            let actor = vouching(invitation.sponsor()).map(|sponsor| sponsor.actor(&reach));
            let let_in = Holder { standing: Standing::Active, ..user.holder() };
            check_sponsor(actor.as_ref(), (user.id, &let_in), &reach, facts).is_ok()
        };
        let standing = pending.iter().filter(|(user, invitation)| stands(user, invitation));
        Ok(standing.map(|(user, _)| user.id).collect())
    }

    /// Whether this sponsor vouches now; none if they left or are shut out, or the key is removed or past its end.
    pub async fn vouching(
        &self,
        account: AccountId,
        sponsor: Option<SponsorId>,
        now: Timestamp,
    ) -> Result<Option<Vouching>, Failure> {
        Ok(match sponsor {
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

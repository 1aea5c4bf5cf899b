//! Who vouches for an invitation, as they are now.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::try_join_all;
use policy::connection::Status;
use policy::decision::Standing;
use policy::invitation::check_sponsor;
use policy::judge::Facts;
use policy::{
    AccountId, Actor, ApiKeyId, ConnectionId, GroupId, GroupReach, Holder, Permissions, Timestamp, UserId,
    Who,
};
use store::invitation::SponsorId;
use store::{ApiKey, Connection, Invitation, User, UserStatus};

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

/// What is known of the one on whom an invitation stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vouch {
    /// Whether they may still grant what it grants.
    pub stands: bool,
    /// What they are called today; none for a key, and for whoever is gone.
    pub name: Option<String>,
}

impl Vouch {
    /// That of somebody who has just invited, or has done so again.
    pub const JUST_NOW: Self = Self { stands: true, name: None };

    /// Their name; the one that was stored where there is none any more.
    #[must_use]
    pub fn name_or(&self, stored: &str) -> String {
        self.name.clone().unwrap_or_else(|| stored.to_owned())
    }
}

/// Users and keys on whom invitations stand, as they are now.
#[derive(Debug, Clone, Default)]
pub struct Sponsors {
    /// The users; those who left are not among them.
    pub users: Vec<User>,
    /// The keys.
    pub keys: Vec<ApiKey>,
}

impl Sponsors {
    /// The groups whose reach has to be read to know what they may grant.
    #[must_use]
    pub fn group_ids(&self) -> BTreeSet<GroupId> {
        self.users.iter().flat_map(|user| &user.group_ids).copied().collect()
    }

    fn user(&self, sponsor: Option<SponsorId>) -> Option<&User> {
        match sponsor? {
            SponsorId::User(id) => self.users.iter().find(|user| user.id == id),
            SponsorId::Key(_) => None,
        }
    }

    fn vouching(&self, sponsor: Option<SponsorId>, now: Timestamp) -> Option<Vouching> {
        match sponsor? {
            SponsorId::User(_) => self.user(sponsor).and_then(Vouching::user),
            SponsorId::Key(id) => {
                self.keys.iter().find(|key| key.id == id).and_then(|key| Vouching::key(key, now))
            }
        }
    }

    /// Whether this pending user's invitation stands. `groups` must hold what the groups of the user and of the sponsors reach.
    #[must_use]
    pub fn of_user(&self, user: &User, invitation: &Invitation, groups: &GroupReach, facts: Facts) -> Vouch {
        let sponsor = invitation.sponsor();
        let actor = self.vouching(sponsor, facts.now).map(|vouching| vouching.actor(groups));
        let let_in = Holder { standing: Standing::Active, ..user.holder() };
        Vouch {
            stands: check_sponsor(actor.as_ref(), (user.id, &let_in), groups, facts).is_ok(),
            name: self.user(sponsor).map(User::name),
        }
    }

    /// Whether this pending offer stands. `groups` must hold what its groups reach; the sponsor's own reach is not asked for,
    /// since an Administrator has all.
    #[must_use]
    pub fn of_offer(&self, offer: &Connection, groups: &GroupReach, now: Timestamp) -> Vouch {
        let sponsor = offer.sponsor();
        let actor = self.vouching(sponsor, now).map(|vouching| vouching.actor(groups));
        Vouch {
            stands: offer.life().check_sponsor(actor.as_ref(), groups).is_ok(),
            name: self.user(sponsor).map(User::name),
        }
    }
}

impl Api {
    /// Of those of these users who are pending: whether their sponsors may still grant what they are to have, which says whether their
    /// links open, but for their ends. `groups` must hold what the users' groups reach. At most three round trips, however many
    /// they are.
    pub async fn vouched_for(
        &self,
        account: AccountId,
        users: &[User],
        invitations: &[Invitation],
        groups: &GroupReach,
        facts: Facts,
    ) -> Result<BTreeMap<UserId, Vouch>, Failure> {
        let of = |user: &User| invitations.iter().position(|invitation| invitation.user_id == user.id);
        let pending: Vec<(&User, &Invitation)> = users
            .iter()
            .filter(|user| user.status == UserStatus::Invited)
            .filter_map(|user| Some((user, invitations.get(of(user)?)?)))
            .collect();
        let (mut vouching_users, mut has_keys) = (BTreeSet::new(), false);
        for sponsor in pending.iter().filter_map(|(_, invitation)| invitation.sponsor()) {
            match sponsor {
                SponsorId::User(user) => drop(vouching_users.insert(user)),
                SponsorId::Key(_) => has_keys = true,
            }
        }
        let users: Vec<UserId> = vouching_users.into_iter().collect();
        let users = self.store.users_by_id(account, &users).await?;
        let keys = if has_keys { self.store.api_keys(account).await? } else { Vec::new() };
        let sponsors = Sponsors { users, keys };
        let mut reach = self.store.group_reach(account, &sponsors.group_ids()).await?;
        reach.extend(groups.iter().map(|(group, organizations)| (*group, organizations.clone())));
        let vouch = |(user, invitation): (&User, &Invitation)| {
            (user.id, sponsors.of_user(user, invitation, &reach, facts))
        };
        Ok(pending.into_iter().map(vouch).collect())
    }

    /// The same of those of these offers to other accounts that wait for an answer: whether the Administrators or keys that made them may
    /// still do so. Two round trips, however many they are, and none if none waits.
    pub async fn offers_vouched_for(
        &self,
        offers: &[Connection],
        now: Timestamp,
    ) -> Result<BTreeMap<ConnectionId, Vouch>, Failure> {
        let mut by_host: BTreeMap<AccountId, Vec<&Connection>> = BTreeMap::new();
        for offer in offers.iter().filter(|offer| offer.life().status(now) == Status::Pending) {
            by_host.entry(offer.host_id).or_default().push(offer);
        }
        let of_hosts = by_host.into_iter().map(|(host, offers)| async move {
            let sponsors = self.sponsors_of(host, &offers).await?;
            let groups = offers.iter().flat_map(|offer| &offer.group_ids).copied().collect();
            let groups = self.store.group_reach(host, &groups).await?;
            let vouch = |offer: &&Connection| (offer.id, sponsors.of_offer(offer, &groups, now));
            Ok::<Vec<_>, Failure>(offers.iter().map(vouch).collect())
        });
        Ok(try_join_all(of_hosts).await?.into_iter().flatten().collect())
    }

    /// Those on whom these offers of one host stand.
    async fn sponsors_of(&self, host: AccountId, offers: &[&Connection]) -> Result<Sponsors, Failure> {
        let users: BTreeSet<UserId> = offers.iter().filter_map(|offer| offer.sponsor_id).collect();
        let users: Vec<UserId> = users.into_iter().collect();
        let keys: BTreeSet<ApiKeyId> = offers.iter().filter_map(|offer| offer.sponsor_key_id).collect();
        let keys = try_join_all(keys.into_iter().map(|key| self.store.api_key(host, key)));
        let (users, keys) = tokio::try_join!(self.store.users_by_id(host, &users), keys)?;
        Ok(Sponsors { users, keys: keys.into_iter().flatten().collect() })
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

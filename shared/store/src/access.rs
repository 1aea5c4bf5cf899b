//! What an access decision is made from: every fact of one moment, a fixed number of items whatever the account's size.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::try_join_all;
use policy::{AccountId, OrganizationId, UserId};

use crate::account::{Account, Membership};
use crate::error::StoreError;
use crate::read::{Item, parse};
use crate::{Organization, Store, User, keys};

/// How many questions are answered from one read: the caller's account, security item and user, and two items for each.
const AT_ONCE: usize = 48;

/// The facts of several questions, each question's own from one moment.
#[derive(Debug, Default)]
pub struct AccessFacts {
    /// The users asked about.
    pub users: BTreeMap<UserId, User>,
    /// The organizations asked about.
    pub organizations: BTreeMap<OrganizationId, Organization>,
}

impl Store {
    /// The caller's membership and the facts of the questions (user and organization), in one round trip.
    /// More than [`AT_ONCE`] questions take several reads side by side. None if there is no such account.
    pub async fn access_facts(
        &self,
        account: AccountId,
        caller: UserId,
        questions: &[(UserId, OrganizationId)],
    ) -> Result<Option<(Membership, Vec<AccessFacts>)>, StoreError> {
        let whole: Vec<&[_]> =
            if questions.is_empty() { vec![&[]] } else { questions.chunks(AT_ONCE).collect() };
        let read = try_join_all(whole.iter().map(|some| self.facts_at_once(account, caller, some))).await?;
        let mut memberships = Vec::new();
        let mut facts = Vec::new();
        for (membership, some) in read.into_iter().flatten() {
            memberships.push(membership);
            facts.push(some);
        }
        Ok(memberships.into_iter().next().map(|membership| (membership, facts)))
    }

    /// Which of the facts that [`Store::access_facts`] answered belong to the question at this position.
    #[must_use]
    pub const fn facts_position(question: usize) -> usize {
        question / AT_ONCE
    }

    async fn facts_at_once(
        &self,
        account: AccountId,
        caller: UserId,
        questions: &[(UserId, OrganizationId)],
    ) -> Result<Option<(Membership, AccessFacts)>, StoreError> {
        let users: BTreeSet<UserId> =
            questions.iter().map(|(user, _)| *user).filter(|user| *user != caller).collect();
        let organizations: BTreeSet<OrganizationId> =
            questions.iter().map(|(_, organization)| *organization).collect();
        let mut wanted = vec![keys::account(account), keys::security(account), keys::user(account, caller)];
        wanted.extend(users.iter().map(|user| keys::user(account, *user)));
        wanted.extend(organizations.iter().map(|organization| keys::organization(account, *organization)));
        let mut found = self.get_at_once(&wanted).await?.into_iter();
        let mut next = || found.next().flatten();
        let (stored_account, security, user) = (next(), next(), next());
        let (Some(stored_account), Some(security)) = (stored_account, security) else {
            return Ok(None);
        };
        let stored_account: Account = parse(stored_account)?;
        let user: Option<User> = user.map(parse).transpose()?;
        let mut facts = AccessFacts::default();
        facts.users.extend(user.clone().map(|user| (user.id, user)));
        for _ in &users {
            facts.users.extend(parsed(next())?.map(|user: User| (user.id, user)));
        }
        for _ in &organizations {
            facts.organizations.extend(parsed(next())?.map(|found: Organization| (found.id, found)));
        }
        Ok(Some((Membership { account: stored_account, security: parse(security)?, user }, facts)))
    }
}

fn parsed<T: serde::de::DeserializeOwned>(item: Option<Item>) -> Result<Option<T>, StoreError> {
    item.map(parse).transpose()
}

//! What an access decision is made from: every fact of one moment, a fixed number of items whatever the account's size.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::try_join_all;
use policy::decision::UserFacts;
use policy::{OrganizationId, UserId};

use crate::account::{Membership, Standpoint};
use crate::error::StoreError;
use crate::read::{Item, parse};
use crate::{ApiKey, Organization, Store, User, keys};

/// How many questions are answered from one read of a hundred items: the caller's own six at most, and two for each.
const AT_ONCE: usize = 47;

/// The facts of several questions, each question's own from one moment.
#[derive(Debug, Default)]
pub struct AccessFacts {
    /// What is known of the caller: a user, or what a key has in place of one.
    pub caller: Option<UserFacts>,
    /// The others asked about.
    pub users: BTreeMap<UserId, User>,
    /// The organizations asked about.
    pub organizations: BTreeMap<OrganizationId, Organization>,
}

impl Store {
    /// The caller's membership and the facts of the questions (user, none for the caller, and organization), in one round trip.
    /// More than `AT_ONCE` questions take several reads side by side. None if there is no such account.
    pub async fn access_facts(
        &self,
        caller: &Standpoint,
        questions: &[(Option<UserId>, OrganizationId)],
    ) -> Result<Option<(Membership, Vec<AccessFacts>)>, StoreError> {
        let whole: Vec<&[_]> =
            if questions.is_empty() { vec![&[]] } else { questions.chunks(AT_ONCE).collect() };
        let read = try_join_all(whole.iter().map(|some| self.facts_at_once(caller, some))).await?;
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
        caller: &Standpoint,
        questions: &[(Option<UserId>, OrganizationId)],
    ) -> Result<Option<(Membership, AccessFacts)>, StoreError> {
        let users: BTreeSet<UserId> = questions.iter().filter_map(|(user, _)| *user).collect();
        let organizations: BTreeSet<OrganizationId> =
            questions.iter().map(|(_, organization)| *organization).collect();
        let mut wanted = caller.keys();
        wanted.extend(users.iter().map(|user| keys::user(caller.account(), *user)));
        wanted.extend(
            organizations.iter().map(|organization| keys::organization(caller.account(), *organization)),
        );
        let mut found = self.get_at_once(&wanted).await?.into_iter();
        let Some(membership) = caller.take(&mut found)? else { return Ok(None) };
        let mut facts = AccessFacts::default();
        let user = membership.user.as_ref().map(User::facts);
        facts.caller = user.or_else(|| membership.api_key.as_ref().map(ApiKey::facts));
        for _ in &users {
            facts.users.extend(parsed(found.next().flatten())?.map(|user: User| (user.id, user)));
        }
        for _ in &organizations {
            facts
                .organizations
                .extend(parsed(found.next().flatten())?.map(|found: Organization| (found.id, found)));
        }
        Ok(Some((membership, facts)))
    }
}

fn parsed<T: serde::de::DeserializeOwned>(item: Option<Item>) -> Result<Option<T>, StoreError> {
    item.map(parse).transpose()
}

//! What an access decision is made from: every fact of one moment, a fixed number of items whatever the account's size.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::try_join_all;
use policy::decision::UserFacts;
use policy::{AssetFacts, DeniedTypes, OrganizationId, ResourceType, UserId};

use crate::account::{CallerIdentity, Membership};
use crate::error::StoreError;
use crate::read::{Item, parse};
use crate::settled::Absence;
use crate::{ApiKey, Asset, Organization, Store, StoredRestriction, User, keys};

/// Items of one read at most, besides the caller's own, of which there are six at most.
const AT_ONCE: usize = 94;

/// One question: whom it asks about, none for the caller; where; and about which asset.
pub type Asked = (Option<UserId>, OrganizationId, Option<Asset>);

/// The facts of several questions, each question's own from one moment.
#[derive(Debug, Default)]
pub struct AccessFacts {
    /// What is known of the caller: a user, or what a key has in place of one.
    pub caller: Option<UserFacts>,
    /// The others asked about.
    pub users: BTreeMap<UserId, User>,
    /// The organizations asked about.
    pub organizations: BTreeMap<OrganizationId, Organization>,
    /// What restricts the assets asked about.
    pub restrictions: BTreeMap<Asset, StoredRestriction>,
    /// The types of assets that are kept from groups.
    pub denied_types: DeniedTypes,
}

impl AccessFacts {
    /// What the rules look at for an asset of this type; none of the one asset, if the question names a type alone.
    #[must_use]
    pub fn asset(&self, kind: &ResourceType, asset: Option<&Asset>) -> AssetFacts {
        let restriction = asset.and_then(|asset| self.restrictions.get(asset));
        self.denied_types.facts_of(kind, restriction.map(StoredRestriction::facts))
    }
}

/// What the questions of one read ask for, each thing once.
#[derive(Debug, Default)]
struct Wanted {
    users: BTreeSet<UserId>,
    organizations: BTreeSet<OrganizationId>,
    assets: BTreeSet<Asset>,
}

impl Wanted {
    fn add(&mut self, (user, organization, asset): &Asked) {
        self.users.extend(user);
        self.organizations.insert(*organization);
        self.assets.extend(asset.clone());
    }

    fn len(&self) -> usize {
        self.users.len() + self.organizations.len() + self.assets.len()
    }

    /// The questions in the order in which they stand, as many to one read as it has room for.
    fn of(questions: &[Asked]) -> (Vec<Self>, Vec<usize>) {
        let (mut reads, mut positions) = (vec![Self::default()], Vec::with_capacity(questions.len()));
        for question in questions {
            // A question asks for three items at most.
            if reads.last().is_some_and(|read| read.len() + 3 > AT_ONCE) {
                reads.push(Self::default());
            }
            if let Some(read) = reads.last_mut() {
                read.add(question);
            }
            positions.push(reads.len() - 1);
        }
        (reads, positions)
    }
}

impl Store {
    /// The caller's membership and the facts of the questions, in one round trip: for each question its place among the facts, and
    /// the facts of every read. More questions than one read has room for take several reads side by side. None if there is no
    /// such account.
    pub async fn access_facts(
        &self,
        caller: &CallerIdentity,
        questions: &[Asked],
    ) -> Result<Option<(Membership, KnownFacts)>, StoreError> {
        let (reads, positions) = Wanted::of(questions);
        let read = try_join_all(reads.iter().map(|some| self.facts_at_once(caller, some))).await?;
        let mut memberships = Vec::new();
        let mut reads = Vec::new();
        for (membership, some) in read.into_iter().flatten() {
            memberships.push(membership);
            reads.push(some);
        }
        Ok(memberships.into_iter().next().map(|membership| (membership, KnownFacts { reads, positions })))
    }

    async fn facts_at_once(
        &self,
        caller: &CallerIdentity,
        Wanted { users, organizations, assets }: &Wanted,
    ) -> Result<Option<(Membership, AccessFacts)>, StoreError> {
        let account = caller.account();
        let mut wanted = caller.keys();
        wanted.extend(users.iter().map(|user| keys::user(account, *user)));
        wanted.extend(organizations.iter().map(|organization| keys::organization(account, *organization)));
        wanted.extend(assets.iter().map(|asset| asset.key(account)));
        let mut absences = caller.absences();
        absences.extend(assets.iter().map(|asset| Absence {
            of: asset.key(account),
            told_by: keys::organization(account, asset.organization),
            attribute: "has_restrictions",
        }));
        let mut found = self.get_at_once(&wanted, &absences).await?.into_iter();
        let Some(membership) = caller.take(&mut found)? else { return Ok(None) };
        let mut facts =
            AccessFacts { denied_types: membership.security.denied_types.clone(), ..AccessFacts::default() };
        let user = membership.user.as_ref().map(User::facts);
        facts.caller = user.or_else(|| membership.api_key.as_ref().map(ApiKey::facts));
        for _ in users {
            facts.users.extend(parsed(found.next().flatten())?.map(|user: User| (user.id, user)));
        }
        for _ in organizations {
            facts
                .organizations
                .extend(parsed(found.next().flatten())?.map(|found: Organization| (found.id, found)));
        }
        for asset in assets {
            let found: Option<StoredRestriction> = parsed(found.next().flatten())?;
            facts.restrictions.extend(found.map(|found| (asset.clone(), found)));
        }
        Ok(Some((membership, facts)))
    }
}

/// The facts of several questions.
#[derive(Debug, Default)]
pub struct KnownFacts {
    reads: Vec<AccessFacts>,
    positions: Vec<usize>,
}

impl KnownFacts {
    /// The facts of the question at this place.
    #[must_use]
    pub fn of(&self, question: usize) -> Option<&AccessFacts> {
        self.reads.get(*self.positions.get(question)?)
    }

    /// The facts of every read.
    pub fn all(&self) -> impl Iterator<Item = &AccessFacts> {
        self.reads.iter()
    }
}

fn parsed<T: serde::de::DeserializeOwned>(item: Option<Item>) -> Result<Option<T>, StoreError> {
    item.map(parse).transpose()
}

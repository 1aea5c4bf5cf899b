//! Persons of a delegate as their host asks about them: what each would have inside now, decided from the same facts as
//! if they asked themselves.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::try_join_all;
use policy::connection::Status;
use policy::decision::{Obstacle, UserFacts, VisitFacts};
use policy::{AccountId, GroupId, OrganizationId, Role, Timestamp, UserId};
use store::access::{AccessFacts, KnownFacts};
use store::account::{CallerIdentity, Membership, Visit};
use store::delegate::{PersonLimit, Visitor};
use store::keys::person_key;
use store::{Account, Asset, Connection, User};

use crate::{Api, Failure};

/// Where in the host somebody would do something, and to which asset.
pub type Place = (OrganizationId, Option<Asset>);

/// A person of a delegate, whom the host knows.
#[derive(Debug)]
pub struct Guest {
    /// As the host knows them.
    pub known: Visitor,
    /// As they are at home; none if they were removed there.
    pub user: Option<User>,
    /// The name of the account that they belong to.
    pub home_name: String,
    /// What the rules see of them inside.
    pub visit: VisitFacts,
    asked: Vec<Place>,
    facts: KnownFacts,
}

impl Guest {
    /// What the rules look at.
    #[must_use]
    pub fn facts(&self) -> Option<UserFacts> {
        self.user.as_ref().map(User::facts)
    }

    /// What is known of a place that was asked about.
    #[must_use]
    pub fn facts_of(&self, place: &Place) -> Option<&AccessFacts> {
        self.facts.of(self.asked.iter().position(|asked| asked == place)?)
    }

    /// The groups of the host through which they have organizations.
    #[must_use]
    pub fn group_ids(&self) -> BTreeSet<GroupId> {
        groups_of(&self.visit)
    }
}

/// The groups of the host through which a visitor has organizations.
pub(crate) fn groups_of(visit: &VisitFacts) -> BTreeSet<GroupId> {
    let connection = visit.connection.iter().flat_map(|connection| &connection.grants.groups);
    let person = visit.person.iter().filter_map(|person| person.grants.as_ref());
    connection.chain(person.flat_map(|grants| &grants.groups)).copied().collect()
}

/// What an access decision needs to know of a user of this home account inside the host.
pub(crate) fn visit_facts(
    host: &Account,
    home: AccountId,
    connection: Option<&Connection>,
    person: Option<&PersonLimit>,
    (has_mfa, factor_since): (bool, Option<Timestamp>),
) -> VisitFacts {
    // A connection to another account is none, whatever the token says.
    let leads_here =
        |connection: &&Connection| connection.delegate_id == home && connection.host_id == host.id;
    VisitFacts {
        connection: connection.filter(leads_here).map(Connection::life),
        person: person.map(PersonLimit::limit),
        host_requires_mfa: host.require_delegate_mfa,
        session_has_mfa: has_mfa,
        factor_since,
    }
}

/// A person who is no user of the account, as they stand in a list of those whom the host knows.
#[derive(Debug)]
pub struct Listed {
    /// As the host knows them.
    pub known: Visitor,
    /// Their name at home today; none if they were removed there.
    pub name: Option<String>,
    /// The role at home; none if they were removed there.
    pub role: Option<Role>,
    /// The role that counts inside; none if they were removed at home, or the connection is over.
    pub effective_role: Option<Role>,
    /// What keeps them out altogether now; empty if they can come in.
    pub obstacles: Vec<Obstacle>,
    /// What the rules see of them inside.
    pub visit: VisitFacts,
}

impl Api {
    /// Those of these persons of other accounts whom the host knows, each with the places in the host that are asked about,
    /// all of one moment. Whoever never came in and was never named is nobody: the host cannot ask around in another account.
    /// Somebody who is not in now is taken to have the second factor that they have set up. The host's connections
    /// are read once, however many are asked about.
    pub async fn guests_asked_about(
        &self,
        host: &Account,
        asked: &BTreeMap<UserId, Vec<Place>>,
        now: Timestamp,
    ) -> Result<BTreeMap<UserId, Guest>, Failure> {
        if asked.is_empty() {
            return Ok(BTreeMap::new());
        }
        let known = try_join_all(asked.keys().map(|user| self.store.visitor(host.id, *user)));
        let (known, granted) = tokio::try_join!(known, self.store.connections_granted(host.id))?;
        let known = asked.values().zip(known).filter_map(|(places, known)| Some((known?, places)));
        let guests = known.map(|(known, places)| self.guest(host, known, places, &granted, now));
        let guests = try_join_all(guests).await?.into_iter().flatten();
        Ok(guests.map(|guest| (guest.known.user_id, guest)).collect())
    }

    async fn guest(
        &self,
        host: &Account,
        known: Visitor,
        places: &[Place],
        granted: &[Connection],
        now: Timestamp,
    ) -> Result<Option<Guest>, Failure> {
        let user = known.user_id;
        let of_theirs = granted.iter().filter(|connection| connection.delegate_id == known.delegate_id);
        let current = current(of_theirs, now).map_or(known.connection_id, |connection| connection.id);
        let identity = CallerIdentity::Inside {
            home: known.delegate_id,
            host: host.id,
            connection: current,
            user,
            person: person_key(&known.email),
        };
        let questions: Vec<_> =
            places.iter().map(|(organization, asset)| (None, *organization, asset.clone())).collect();
        let Some((membership, facts)) = self.store.access_facts(&identity, &questions).await? else {
            return Ok(None);
        };
        let Membership { account, user, visit: Some(Visit { home, connection, person }), .. } = membership
        else {
            return Ok(None);
        };
        let factor = factor_of(user.as_ref());
        let visit = visit_facts(&account, home.id, connection.as_ref(), person.as_ref(), factor);
        Ok(Some(Guest { known, user, home_name: home.name, visit, asked: places.to_vec(), facts }))
    }

    /// Those of these persons who are of the connection's delegate, as they stand now. Two reads side by side, however
    /// many they are, and none for nobody.
    pub async fn guests(
        &self,
        host: &Account,
        connection: &Connection,
        known: &[Visitor],
        now: Timestamp,
    ) -> Result<Vec<Listed>, Failure> {
        let delegate = connection.delegate_id;
        let theirs: Vec<&Visitor> = known.iter().filter(|known| known.delegate_id == delegate).collect();
        if theirs.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<UserId> = theirs.iter().map(|known| known.user_id).collect();
        let (users, persons) = tokio::try_join!(
            self.store.users_by_id(delegate, &ids),
            self.store.persons(connection.host_id, delegate)
        )?;
        let listed = theirs.into_iter().map(|known| {
            let user = users.iter().find(|user| user.id == known.user_id);
            let person = persons.iter().find(|person| person.email == known.email);
            let visit = visit_facts(host, delegate, Some(connection), person, factor_of(user));
            let obstacles = match user.map(User::facts) {
                None => vec![Obstacle::UserUnknown],
                Some(facts) => {
                    let at_home = facts.standing.obstacle();
                    at_home.into_iter().chain(visit.obstacles(facts.role, now)).collect()
                }
            };
            let role = user.map(|user| user.role);
            // Nobody has a role where no connection leads any more.
            let leads = visit.connection.as_ref().is_some_and(|connection| !connection.is_over(now));
            let effective_role = role.filter(|_| leads).map(|role| visit.effective_role(role));
            Listed {
                known: known.clone(),
                name: user.map(User::name),
                role,
                effective_role,
                obstacles,
                visit,
            }
        });
        Ok(listed.collect())
    }
}

/// The second factor of somebody who is not signed in at the moment: the one that they have set up, and since when.
fn factor_of(user: Option<&User>) -> (bool, Option<Timestamp>) {
    user.map_or((false, None), |user| (user.mfa, user.mfa_since))
}

/// Of the connections of one pair, the one that lets people in now, or else the newest.
fn current<'a>(of_the_pair: impl Iterator<Item = &'a Connection>, now: Timestamp) -> Option<&'a Connection> {
    let all: Vec<_> = of_the_pair.collect();
    let open = all.iter().find(|connection| connection.life().status(now) == Status::Active);
    open.or(all.last()).copied()
}

//! What a change does to people's reach, said in three places in the same words: in its preview, in its entry of the log, and to
//! whoever asks afterwards what happened.

use std::collections::{BTreeMap, BTreeSet};

use policy::connection::PersonalLimit;
use policy::decision::Obstacle;
use policy::log::Changed;
use policy::shift::{Shift, Shifts, Whom};
use policy::{ConnectionId, GroupId, Judged, OrganizationId, Reach, Role, Timestamp, UserId};
use schemars::JsonSchema;
use serde::Serialize;
use store::delegate::PersonLimit;
use store::{Account, Connection};
use web::{Email, Id, Word};

use crate::guests::Listed;
use crate::{Api, Failure};

/// At most this many users, and this many persons of a delegate, are named; all of them are counted.
const PEOPLE: usize = 100;

/// At most this many organizations are named for each; all of them are counted.
const ORGANIZATIONS: usize = 20;

/// At most this many of those who gain or lose stand in the log's entry of a change.
const LOGGED: usize = 8;

/// The effects of a change. In a preview nothing was changed.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "Preview")]
pub struct Foreseen {
    /// Always true: nothing was changed.
    preview: bool,
    effects: EffectsShown,
}

impl Foreseen {
    /// The preview of a change with these effects, as far as whoever asks may learn of them.
    #[must_use]
    pub fn of(effects: EffectsShown, judged: &Judged) -> Self {
        Self { preview: true, effects: effects.seen_by(judged) }
    }

    /// The preview of a change that touches nobody's rights.
    #[must_use]
    pub fn nothing() -> Self {
        Self { preview: true, effects: EffectsShown::default() }
    }
}

/// Who gains and who loses what.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "Effects")]
pub struct EffectsShown {
    /// Number of users of the account whose role or access changes.
    users_count: usize,
    /// The first hundred of them that the caller may see.
    users: Vec<UserShift>,
    /// Number of connections that give more or less access afterwards.
    connections_count: usize,
    /// The API keys. Only for Administrators.
    connections: Vec<ConnectionShift>,
    /// Number of API keys that gain or lose access.
    api_keys_count: usize,
    /// The API keys. Only for Administrators.
    api_keys: Vec<KeyShift>,
}

/// What a user gains and loses.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct UserShift {
    id: Id,
    email: Email,
    /// The role before the change; `null` for a new user.
    role_name_before: Option<Word<Role>>,
    /// The role after the change; `null` for a user who is removed.
    role_name_after: Option<Word<Role>>,
    gains: Organizations,
    loses: Organizations,
}

/// What the users of another account gain and lose.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct ConnectionShift {
    id: Id,
    account_name: String,
    /// The maximum role before the change; `null` for a new connection.
    maximum_role_name_before: Option<Word<Role>>,
    /// The maximum role after the change.
    maximum_role_name_after: Option<Word<Role>>,
    gains: Organizations,
    loses: Organizations,
    /// Number of its users who have used the connection and gain or lose access.
    users_count: usize,
    /// The first hundred of them.
    users: Vec<PersonShift>,
}

/// What a user of a delegate gains and loses.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct PersonShift {
    /// The user's id in the delegate account, if the host knows it.
    id: Option<Id>,
    email: Email,
    gains: Organizations,
    loses: Organizations,
}

/// What an API key gains and loses.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct KeyShift {
    id: Id,
    gains: Organizations,
    loses: Organizations,
}

/// The organizations that are gained or lost.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "OrganizationsInQuestion")]
struct Organizations {
    /// All organizations of the account, or all that the answer does not list elsewhere. Single organizations are not listed
    /// in this case.
    all_organizations: bool,
    /// Number of single organizations.
    organizations_count: usize,
    /// The first twenty of them that the caller may see.
    organizations: Vec<NamedOrganization>,
}

/// An organization and its name.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct NamedOrganization {
    id: Id,
    name: String,
}

impl Organizations {
    fn of(reach: &Reach, names: &BTreeMap<OrganizationId, String>) -> Self {
        let Reach::These(ids) = reach else {
            return Self { all_organizations: true, organizations_count: 0, organizations: Vec::new() };
        };
        let named = ids.iter().take(ORGANIZATIONS).map(|id| NamedOrganization {
            id: (*id).into(),
            name: names.get(id).cloned().unwrap_or_default(),
        });
        Self { all_organizations: false, organizations_count: ids.len(), organizations: named.collect() }
    }

    fn seen_by(&mut self, judged: &Judged) {
        let is_seen =
            |id: Id| OrganizationId::try_from(id.number()).is_ok_and(|id| judged.may_name_organization(id));
        self.organizations.retain(|one| is_seen(one.id));
    }

    /// For the log: names with ids; none if it is nothing.
    fn words(&self) -> Option<String> {
        if self.all_organizations {
            return Some("all organizations".to_owned());
        }
        let named: Vec<String> =
            self.organizations.iter().map(|one| format!("{} ({})", one.name, one.id)).collect();
        let others = self.organizations_count - named.len();
        let and_more = if others == 0 { String::new() } else { format!(" and {others} more") };
        (!named.is_empty()).then(|| named.join(", ") + &and_more)
    }
}

impl EffectsShown {
    /// The same as far as whoever makes the change may learn of it. What they may not see is counted, and not named.
    #[must_use]
    pub(crate) fn seen_by(mut self, judged: &Judged) -> Self {
        if !judged.may_name_connections_and_keys() {
            self.connections.clear();
            self.api_keys.clear();
        }
        let is_seen =
            |one: &UserShift| UserId::try_from(one.id.number()).is_ok_and(|id| judged.may_name_user(id));
        self.users.retain(is_seen);
        let of_users = self.users.iter_mut().flat_map(|one| [&mut one.gains, &mut one.loses]);
        let of_connections = self.connections.iter_mut().flat_map(|one| {
            let own = [&mut one.gains, &mut one.loses];
            own.into_iter().chain(one.users.iter_mut().flat_map(|one| [&mut one.gains, &mut one.loses]))
        });
        let of_keys = self.api_keys.iter_mut().flat_map(|one| [&mut one.gains, &mut one.loses]);
        for organizations in of_users.chain(of_connections).chain(of_keys) {
            organizations.seen_by(judged);
        }
        self
    }

    /// For the log of a change of several users: what it does to this one.
    #[must_use]
    pub fn changes_of(&self, user: UserId) -> Vec<Changed> {
        let id = Id::from(user);
        let theirs = self.users.iter().filter(|one| one.id == id);
        theirs.flat_map(|one| lines(one.email.to_string(), &one.gains, &one.loses)).collect()
    }

    /// For the log: one line for each who loses and each who gains, the first of them by name, the others by number.
    #[must_use]
    pub fn changes(&self) -> Vec<Changed> {
        let users = self.users.iter().map(|user| (user.email.to_string(), &user.gains, &user.loses));
        let persons = self.connections.iter().flat_map(|connection| {
            let whole = (connection.account_name.clone(), &connection.gains, &connection.loses);
            let people = connection.users.iter();
            let people = people.map(|person| (person.email.to_string(), &person.gains, &person.loses));
            std::iter::once(whole).chain(people)
        });
        let all = users.chain(persons);
        let mut lines: Vec<Changed> = all.flat_map(|(who, gains, loses)| lines(who, gains, loses)).collect();
        let unnamed = self.users_count - self.users.len();
        let others = lines.len().saturating_sub(LOGGED) + unnamed;
        lines.truncate(LOGGED);
        if others > 0 {
            let more = format!("and {others} more who gain or lose");
            lines.push(Changed::new("others", None, Some(more)));
        }
        lines
    }
}

/// What one of them loses and gains, in a line each.
fn lines(who: String, gains: &Organizations, loses: &Organizations) -> Vec<Changed> {
    let line = |words: String| format!("{who}: {words}");
    let lost = loses.words().map(|words| Changed::new("loses", Some(line(words)), None));
    let gained = gains.words().map(|words| Changed::new("gains", None, Some(line(words))));
    lost.into_iter().chain(gained).collect()
}

impl Api {
    /// What a judged change does, with the names that people know. `made` is a connection that is not stored yet.
    pub async fn foresee(
        &self,
        host: &Account,
        judged: &Judged,
        made: Option<&Connection>,
        now: Timestamp,
    ) -> Result<EffectsShown, Failure> {
        let shifts = judged.shifts();
        if shifts.all.is_empty() {
            return Ok(EffectsShown::default());
        }
        let names = self.names_of(host, shifts.all.iter().flat_map(|one| [&one.gains, &one.loses])).await?;
        let mut effects = EffectsShown::default();
        for Shift { whom, role, gains, loses } in &shifts.all {
            let (gains, loses) = (Organizations::of(gains, &names), Organizations::of(loses, &names));
            match whom {
                Whom::User(id, email) => {
                    effects.users_count += 1;
                    if effects.users.len() < PEOPLE {
                        effects.users.push(UserShift {
                            id: (*id).into(),
                            email: Email::from(email.clone()),
                            role_name_before: role.0.map(Word),
                            role_name_after: role.1.map(Word),
                            gains,
                            loses,
                        });
                    }
                }
                Whom::Connection(id) => effects.connections.push(ConnectionShift {
                    id: (*id).into(),
                    account_name: String::new(),
                    maximum_role_name_before: role.0.map(Word),
                    maximum_role_name_after: role.1.map(Word),
                    gains,
                    loses,
                    users_count: 0,
                    users: Vec::new(),
                }),
                Whom::Key(id) => effects.api_keys.push(KeyShift { id: (*id).into(), gains, loses }),
            }
        }
        (effects.connections_count, effects.api_keys_count) =
            (effects.connections.len(), effects.api_keys.len());
        if !effects.connections.is_empty() {
            self.foresee_delegates(host, shifts, made, &mut effects, &names, now).await?;
        }
        Ok(effects)
    }

    /// Names the accounts and the known persons behind the connections that shift.
    async fn foresee_delegates(
        &self,
        host: &Account,
        shifts: &Shifts,
        made: Option<&Connection>,
        effects: &mut EffectsShown,
        names: &BTreeMap<OrganizationId, String>,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let (granted, known) =
            tokio::try_join!(self.store.connections_granted(host.id), self.store.all_visitors(host.id))?;
        let stored: BTreeMap<ConnectionId, &Connection> =
            granted.iter().chain(made).map(|connection| (connection.id, connection)).collect();
        for (shift, (id, was, is)) in effects.connections.iter_mut().zip(&shifts.connections) {
            let Some(connection) = stored.get(id) else { continue };
            shift.account_name.clone_from(&connection.delegate_name);
            let guests = self.guests(host, connection, &known, now).await?;
            let limits = guests.iter().filter_map(|guest| guest.visit.person.as_ref());
            let reach = self.narrower_groups(host, limits).await?;
            for guest in guests.iter().filter(|guest| comes_in_otherwise(guest)) {
                let limit = guest.visit.person.as_ref();
                let (gains, loses) = shifts.of_person((was.as_ref(), is.as_ref()), (limit, limit), &reach);
                if gains.is_nothing() && loses.is_nothing() {
                    continue;
                }
                shift.users_count += 1;
                if shift.users.len() < PEOPLE {
                    shift.users.push(PersonShift {
                        id: Some(guest.known.user_id.into()),
                        email: Email::from(&guest.known.email),
                        gains: Organizations::of(&gains, names),
                        loses: Organizations::of(&loses, names),
                    });
                }
            }
        }
        Ok(())
    }

    /// What a person of a delegate gains and loses by what the host says about them.
    pub async fn foresee_person(
        &self,
        host: &Account,
        connection: &Connection,
        (before, after): (Option<&PersonLimit>, Option<&PersonLimit>),
    ) -> Result<EffectsShown, Failure> {
        let Some(person) = after.or(before) else { return Ok(EffectsShown::default()) };
        let (was, is): (Option<PersonalLimit>, Option<PersonalLimit>) =
            (before.map(PersonLimit::limit), after.map(PersonLimit::limit));
        let mut reach = self.narrower_groups(host, was.iter().chain(&is)).await?;
        reach.extend(self.store.group_reach(host.id, &connection.group_ids).await?);
        let life = connection.life();
        let shifts = Shifts { groups: (reach.clone(), reach.clone()), ..Shifts::default() };
        let (gains, loses) =
            shifts.of_person((Some(&life), Some(&life)), (was.as_ref(), is.as_ref()), &reach);
        let names = self.names_of(host, [&gains, &loses]).await?;
        let role = |limit: &Option<PersonalLimit>| {
            let own = limit.as_ref().and_then(|limit| limit.maximum_role);
            Some(Word(own.map_or(life.maximum_role, |own| own.min(life.maximum_role))))
        };
        Ok(EffectsShown {
            connections_count: 1,
            connections: vec![ConnectionShift {
                id: connection.id.into(),
                account_name: connection.delegate_name.clone(),
                maximum_role_name_before: role(&was),
                maximum_role_name_after: role(&is),
                gains: Organizations::of(&Reach::nothing(), &names),
                loses: Organizations::of(&Reach::nothing(), &names),
                users_count: 1,
                users: vec![PersonShift {
                    id: person.user_id.map(Id::from),
                    email: Email::from(&person.email),
                    gains: Organizations::of(&gains, &names),
                    loses: Organizations::of(&loses, &names),
                }],
            }],
            ..EffectsShown::default()
        })
    }

    /// What the groups reach to which these limits narrow somebody.
    async fn narrower_groups<'a>(
        &self,
        host: &Account,
        limits: impl Iterator<Item = &'a PersonalLimit>,
    ) -> Result<policy::GroupReach, Failure> {
        let grants = limits.filter_map(|limit| limit.grants.as_ref());
        let groups: BTreeSet<GroupId> = grants.flat_map(|grants| &grants.groups).copied().collect();
        Ok(self.store.group_reach(host.id, &groups).await?)
    }

    async fn names_of<'a>(
        &self,
        host: &Account,
        reaches: impl IntoIterator<Item = &'a Reach>,
    ) -> Result<BTreeMap<OrganizationId, String>, Failure> {
        let mut wanted = BTreeSet::new();
        for reach in reaches {
            if let Reach::These(ids) = reach {
                wanted.extend(ids.iter().take(ORGANIZATIONS));
            }
        }
        let found = self.store.organizations_by_id(host.id, &wanted).await?;
        Ok(found.into_iter().map(|organization| (organization.id, organization.name)).collect())
    }
}

/// Whether nothing but the connection stands between this person and the host.
fn comes_in_otherwise(guest: &Listed) -> bool {
    let own = [
        Obstacle::UserUnknown,
        Obstacle::UserPending,
        Obstacle::UserSuspended,
        Obstacle::LiteInHost,
        Obstacle::PersonExcluded,
    ];
    !guest.obstacles.iter().any(|obstacle| own.contains(obstacle))
}

//! Who may cause which effects: the one place where the rules of [`crate::users`], [`crate::grants`] and their neighbours
//! are put together.
//!
//! A use case reads facts, says what would be before and after ([`Change`]), and asks here. What the store changes takes a
//! [`Judged`], which only [`judge`] makes: a road that forgets to ask does not compile.

use std::collections::BTreeSet;

use crate::closing::lets_in;
use crate::connection::{Connection, Status};
use crate::effects::{ConnectionEffect, Effects, GroupEffect, Holder, Scene, UserEffect, effects};
use crate::grants::{Affected, Reach, check_everyone};
use crate::id::{GroupId, OrganizationId, UserId};
use crate::limits::{may_be_reached, may_connect, may_gain_administrators, may_hold};
use crate::organizations::may_place_under;
use crate::refusal::{Kind, Refusal};
use crate::role::{Action, Role};
use crate::shift::Shifts;
use crate::time::Timestamp;
use crate::users::{Actor, Who, may_lose_an_administrator};

/// What a request touches besides what the scenes tell: its own record, if only a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Touch {
    /// A user's record.
    User(UserId, Role),
    /// A group's record.
    Group(GroupId),
    /// The account's groups, to which one is added.
    Groups,
    /// An organization that a group gains: so many groups reach it then.
    Reached(usize),
    /// An organization that is changed, and how.
    Organization(OrganizationId, Action),
    /// The place of an organization among the others: its ancestors, nearest first, and the levels under it.
    Place(Option<OrganizationId>, Vec<OrganizationId>, usize),
    /// An organization that is removed still has these under it.
    Children(Vec<OrganizationId>),
    /// One of the lists out of which organizations have their type and status.
    Labels,
    /// Who may reach single assets of this organization. That the actor may reach them is for [`crate::decide`] to say.
    Restrictions(OrganizationId),
    /// Which types of assets are kept from a group.
    DeniedTypes,
    /// A connection that the account grants: its record, or what is said about one of its people.
    Connection,
    /// One more connection is offered or goes on: so many stand then.
    Connections(usize),
    /// The delegate's answer to an offer.
    Answer,
    /// A connection that the account receives and ends.
    Leave,
    /// The account's API keys.
    ApiKeys,
    /// The account's settings.
    Settings,
    /// That the account is closing, or is not any more.
    Closing,
}

/// A change: what is in question before it and after it.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// Before.
    pub before: Scene,
    /// After.
    pub after: Scene,
    /// What else the request touches.
    pub touches: Vec<Touch>,
}

/// What the judgement depends on besides actor and change.
#[derive(Debug, Clone, Copy)]
pub struct Facts {
    /// The moment of the change.
    pub now: Timestamp,
    /// The account's security revision, at which all of it was read: the change is committed at it, or not at all.
    pub revision: u64,
    /// How many active Administrators the account has before it.
    pub administrators: usize,
    /// When the account will be closed, if it is closing.
    pub closes_at: Option<Timestamp>,
}

/// Proof that a change was judged and may be made. Holds what it does.
#[derive(Debug, Clone)]
pub struct Judged {
    effects: Effects,
    shifts: Shifts,
    revision: u64,
    /// For whom; none for nothing at all.
    actor: Option<Actor>,
}

impl Judged {
    /// Whether whoever makes the change may hear that it touches this user.
    #[must_use]
    pub fn may_name_user(&self, user: UserId) -> bool {
        self.actor.as_ref().is_some_and(|actor| actor.sees(user))
    }

    /// Whether they may hear that it touches this organization.
    #[must_use]
    pub fn may_name_organization(&self, organization: OrganizationId) -> bool {
        self.actor.as_ref().is_some_and(|actor| actor.reach.contains(organization))
    }

    /// Whether they may hear which connections, whose people and which keys it touches: an Administrator's business.
    #[must_use]
    pub fn may_name_connections_and_keys(&self) -> bool {
        self.actor.as_ref().is_some_and(|actor| actor.may_administer().is_ok())
    }

    /// What the change does to rights.
    #[must_use]
    pub const fn effects(&self) -> &Effects {
        &self.effects
    }

    /// Who gains and loses what by it.
    #[must_use]
    pub const fn shifts(&self) -> &Shifts {
        &self.shifts
    }

    /// The security revision at which it was judged.
    #[must_use]
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// Several changes, all judged by the same facts, that are written together.
    #[must_use]
    pub fn all(facts: Facts, judged: impl IntoIterator<Item = Self>) -> Self {
        let (mut together, mut shifts, mut actor) = (Effects::default(), Shifts::default(), None);
        for Self { effects, shifts: theirs, actor: by, .. } in judged {
            actor = actor.or(by);
            shifts.all.extend(theirs.all);
            together.users.extend(effects.users);
            together.groups.extend(effects.groups);
            together.made_organizations.extend(effects.made_organizations);
            together.removed_organizations.extend(effects.removed_organizations);
            together.connections.extend(effects.connections);
            together.keys.extend(effects.keys);
            together.administrators += effects.administrators;
        }
        Self { effects: together, shifts, revision: facts.revision, actor }
    }
}

/// Whether the actor may make this change. If not, every reason: those why this actor may not, or, where there is none,
/// those why nobody may. What the actor cannot see is counted in them, and not named.
pub fn judge(actor: &Actor, change: &Change, facts: Facts) -> Result<Judged, Vec<Refusal>> {
    let effects = effects(&change.before, &change.after);
    let mut refusals = Refusals::default();
    let has_answered = change.touches.iter().any(|touch| matches!(touch, Touch::Answer | Touch::Leave));
    if actor.who == Who::Visitor && effects.touches_grants() && !has_answered {
        refusals.add(Err(Refusal::SecurityPermission));
    }
    for touch in &change.touches {
        refusals.add(may_touch(actor, touch));
    }
    // Organizations that go are taken from whoever had them by whoever may remove them; that asks for no right over people.
    let is_removal = !effects.removed_organizations.is_empty();
    for effect in &effects.users {
        if !is_removal {
            for refusal in against(actor, effect, &effects.groups) {
                refusals.add(Err(refusal));
            }
        }
    }
    for effect in &effects.groups {
        if !is_removal {
            refusals.add(may_change_group(actor, effect));
            let held = change.after.groups.get(&effect.group).filter(|_| !effect.gains.is_empty());
            refusals.add(held.map_or(Ok(()), |organizations| may_hold(organizations.len())));
        }
    }
    if !effects.made_organizations.is_empty() {
        refusals.add(actor.may_create_organizations());
    }
    for effect in effects.connections.iter().filter(|_| !is_removal) {
        if !has_answered {
            refusals.add(actor.may_administer());
            refusals.add(may_offer(actor, effect, change));
        }
        refusals.add(may_stand_beside(effect, change, facts.now));
    }
    for effect in effects.keys.iter().filter(|_| !is_removal) {
        refusals.add(match &effect.after {
            Some(permissions) => actor.may_make_api_key(permissions),
            None => actor.may_manage_api_keys(),
        });
    }
    if let Some(closes_at) = facts.closes_at.filter(|_| lets_in(&effects)) {
        refusals.add(Err(Refusal::AccountClosing { closes_at }));
    }
    if effects.administrators < 0 {
        let others = facts.administrators.saturating_sub(effects.administrators.unsigned_abs());
        refusals.add(may_lose_an_administrator(others.saturating_add(1)));
    }
    // Whoever is invited is held against it when they accept: a full account is not their sponsor's fault.
    if effects.users.iter().all(|effect| effect.before.is_some()) {
        refusals.add(may_gain_administrators(facts.administrators, effects.administrators));
    }
    refusals.add(check_everyone(&affected(&effects), &change.after.groups));
    let shifts = Shifts::between(&change.before, &change.after);
    let of_actor = Some(actor.clone());
    refusals.of(actor).map(|()| Judged { effects, shifts, revision: facts.revision, actor: of_actor })
}

/// Whether somebody may give a new user these permissions, or stand for an invitation that does: what inviting, resending and
/// accepting ask alike.
pub fn may_invite(
    actor: &Actor,
    user: UserId,
    holder: Holder,
    groups: &crate::grants::GroupReach,
    facts: Facts,
) -> Result<Judged, Vec<Refusal>> {
    let before = Scene { groups: groups.clone(), ..Scene::default() };
    let after = Scene { users: [(user, holder)].into(), ..before.clone() };
    judge(actor, &Change { before, after, touches: Vec::new() }, facts)
}

fn may_touch(actor: &Actor, touch: &Touch) -> Result<(), Refusal> {
    match touch {
        Touch::User(user, _) if actor.is(*user) => Ok(()),
        Touch::User(_, role) => actor.may_manage_role(*role),
        Touch::Group(group) => actor.may_manage_group(*group),
        Touch::Groups => actor.may_create_groups(),
        Touch::Reached(groups) => may_be_reached(*groups),
        Touch::Connections(connections) => may_connect(*connections),
        Touch::Organization(organization, action) => actor.may_touch_organization(*action, *organization),
        Touch::Place(organization, line, height) => {
            // Where an organization hangs says nothing about who reaches it, but it is the shape of the whole account.
            actor.may_create_organizations()?;
            may_place_under(*organization, line, *height)
        }
        Touch::Children(children) if children.is_empty() => Ok(()),
        Touch::Children(children) => Err(Refusal::HasSubOrganizations { children: children.clone() }),
        Touch::Labels => actor.may_change_labels(),
        Touch::Restrictions(organization) => actor.may_set_restrictions(*organization),
        Touch::Connection | Touch::Leave | Touch::DeniedTypes => actor.may_administer(),
        Touch::Answer => actor.may_answer_connection(),
        Touch::ApiKeys => actor.may_manage_api_keys(),
        Touch::Settings => actor.may_change_settings(),
        Touch::Closing => actor.may_close_account(),
    }
}

/// Why the actor may not do this to a user: each reason.
fn against(actor: &Actor, effect: &UserEffect, groups: &[GroupEffect]) -> Vec<Refusal> {
    if effect.is_direct {
        let holders = effect.before.iter().chain(&effect.after);
        let above: Vec<Refusal> =
            holders.filter_map(|holder| actor.may_manage_role(holder.permissions.role).err()).collect();
        // Whoever has no say over the person need not learn of what they would be given.
        if !above.is_empty() {
            return above;
        }
    }
    let mut refusals: Vec<Refusal> = actor.covers(&effect.gains).err().into_iter().collect();
    if effect.is_direct {
        // Leaving a group with the whole account is the user's matter, not the group's.
        let left = effect.leaves.iter().filter(|_| effect.after.is_some());
        let is_made = |group: &GroupId| groups.iter().any(|effect| effect.group == *group && effect.is_made);
        let of_others = effect.joins.iter().chain(left).filter(|group| !is_made(group));
        refusals.extend(of_others.filter_map(|group| actor.may_manage_group(*group).err()));
    }
    refusals
}

/// Whether the actor may do this to a group.
fn may_change_group(actor: &Actor, effect: &GroupEffect) -> Result<(), Refusal> {
    match effect.is_made {
        true => actor.may_create_groups()?,
        false => actor.may_manage_group(effect.group)?,
    }
    actor.covers(&Reach::These(effect.gains.clone()))
}

/// Whether the host may have this connection so. What only takes away is not held against what stands already.
fn may_offer(actor: &Actor, effect: &ConnectionEffect, change: &Change) -> Result<(), Refusal> {
    let Some(after) = &effect.after else { return Ok(()) };
    if effect.before.as_ref().is_none_or(|before| before.maximum_role != after.maximum_role) {
        after.check_maximum(actor.role)?;
    }
    if effect.gives { after.check(actor.role, &change.after.groups) } else { Ok(()) }
}

/// Two accounts have one connection in each direction: none is offered, accepted, resumed or prolonged beside another.
fn may_stand_beside(effect: &ConnectionEffect, change: &Change, now: Timestamp) -> Result<(), Refusal> {
    let stands = |connection: &&Connection| connection.is_in_the_way(now);
    if effect.after.as_ref().filter(stands).is_none() || !effect.gives {
        return Ok(());
    }
    let others = change.after.connections.iter().filter(|(id, _)| **id != effect.connection);
    match others.map(|(_, other)| other).find(stands) {
        Some(other) => Err(in_the_way(other, now)),
        None => Ok(()),
    }
}

fn in_the_way(other: &Connection, now: Timestamp) -> Refusal {
    match other.status(now) {
        Status::Pending => Refusal::AlreadyInvited,
        _ => Refusal::AlreadyConnected,
    }
}

/// Those who must be within the limits afterwards: whoever's reach or role the change touches.
fn affected(effects: &Effects) -> Vec<Affected> {
    let touched = effects.users.iter().filter(|effect| effect.changes_reach());
    touched
        .filter_map(|effect| effect.after.as_ref())
        .map(|holder| Affected {
            person: holder.person.clone(),
            role: holder.permissions.role,
            grants: holder.permissions.grants.clone(),
        })
        .collect()
}

/// Refusals as they are found, each once.
#[derive(Debug, Default)]
struct Refusals(Vec<Refusal>);

impl Refusals {
    fn add(&mut self, answer: Result<(), Refusal>) {
        if let Err(refusal) = answer
            && !self.0.contains(&refusal)
        {
            self.0.push(refusal);
        }
    }

    /// Whoever may not make a change does not learn what else would be wrong with it.
    fn of(self, actor: &Actor) -> Result<(), Vec<Refusal>> {
        if self.0.is_empty() {
            return Ok(());
        }
        let is_forbidden = |refusal: &Refusal| refusal.kind() == Kind::Forbidden;
        let forbidden = self.0.iter().any(is_forbidden);
        let kept = self.0.into_iter().filter(|refusal| !forbidden || is_forbidden(refusal));
        Err(kept.map(|refusal| refusal.seen_by(actor)).collect())
    }
}

impl Refusal {
    /// The same refusal in words for this actor: people and organizations that they cannot see are counted, and not named.
    #[must_use]
    fn seen_by(self, actor: &Actor) -> Self {
        match self {
            Self::NoOrganization { people } => Self::NoOrganization { people: people.seen_by(actor) },
            Self::LiteLimit { people, limit } => Self::LiteLimit { people: people.seen_by(actor), limit },
            Self::LiteAllOrganizations { people } => {
                Self::LiteAllOrganizations { people: people.seen_by(actor) }
            }
            Self::HasSubOrganizations { children } => {
                let seen: BTreeSet<_> =
                    children.iter().copied().filter(|child| actor.reach.contains(*child)).collect();
                Self::HasSubOrganizations { children: seen.into_iter().collect() }
            }
            other => other,
        }
    }
}

//! Connections: one account lets another in, up to a maximum role. The whole life, and every way in which a link can fail.

use serde::{Deserialize, Serialize};

use crate::grants::{Grants, GroupReach, Reach};
use crate::invitation::{InvitationState, LinkFault};
use crate::refusal::Refusal;
use crate::role::Role;
use crate::time::Timestamp;
use crate::users::Actor;

/// Where a connection stands in what is stored. That it is past an end is not stored: the clock says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Waits to be accepted.
    Pending,
    /// Lets the delegate in.
    Active,
    /// Was accepted, and lets nobody in for now.
    Suspended,
    /// Was turned down by the delegate.
    Declined,
    /// Was ended by either side.
    Ended,
}

/// Where a connection stands at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Waits to be accepted.
    Pending,
    /// Lets the delegate in.
    Active,
    /// Was accepted, and lets nobody in for now.
    Suspended,
    /// Was turned down by the delegate.
    Declined,
    /// The invitation, or the accepted connection, is past its end.
    Expired,
    /// Was ended by either side.
    Ended,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Pending, Self::Active, Self::Suspended, Self::Declined, Self::Expired, Self::Ended];

    /// Stable name, part of the HTTP contract.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Declined => "declined",
            Self::Expired => "expired",
            Self::Ended => "ended",
        }
    }
}

/// What is stored of a connection and matters to the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// Where it stands.
    pub state: State,
    /// The highest role that anyone has in the host by it.
    pub maximum_role: Role,
    /// What it grants.
    pub grants: Grants,
    /// Counts the invitations that were mailed for it, from 1. Only the newest links are good.
    pub generation: u32,
    /// From this moment on those links no longer work.
    pub invitation_expires_at: Timestamp,
    /// From this moment on the accepted connection lets nobody in.
    pub ends_at: Option<Timestamp>,
}

/// What the host says about one person of the delegate: never more than the connection itself allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonalLimit {
    /// Whether they may come in at all.
    pub access: bool,
    /// A lower maximum role for them.
    pub maximum_role: Option<Role>,
    /// Narrower grants for them: an organization must be reached by these and by the connection's.
    pub grants: Option<Grants>,
}

/// A maximum role for one person, by its name. Lite is none: it would be no access at all, which is said otherwise.
pub fn personal_maximum(name: &str) -> Result<Role, String> {
    match name.parse::<Role>() {
        Ok(Role::Lite) => Err("to exclude a user, set `access` to false".to_owned()),
        Ok(role) => Ok(role),
        Err(error) => Err(error.to_string()),
    }
}

impl Connection {
    /// Where it stands now.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> Status {
        let is_over = self.ends_at.is_some_and(|end| now >= end);
        match self.state {
            State::Pending if now >= self.invitation_expires_at || is_over => Status::Expired,
            State::Pending => Status::Pending,
            State::Active | State::Suspended if is_over => Status::Expired,
            State::Active => Status::Active,
            State::Suspended => Status::Suspended,
            State::Declined => Status::Declined,
            State::Ended => Status::Ended,
        }
    }

    /// Until when the offer can be answered: until its links end, or the access would, if that is earlier.
    #[must_use]
    pub fn open_until(&self) -> Timestamp {
        self.ends_at.map_or(self.invitation_expires_at, |end| end.min(self.invitation_expires_at))
    }

    /// What the newest link answers; none if there is nothing left to answer.
    #[must_use]
    pub fn invitation_state(&self, is_vouched_for: bool, now: Timestamp) -> Option<InvitationState> {
        let is_expired = self.status(now) == Status::Expired;
        (self.state == State::Pending).then(|| InvitationState::of(is_expired, is_vouched_for))
    }

    /// Whether a link of this generation can be answered now.
    pub fn check_link(&self, generation: u32, now: Timestamp) -> Result<(), LinkFault> {
        match self.state {
            State::Active | State::Suspended | State::Declined => Err(LinkFault::Answered),
            State::Ended => Err(LinkFault::Withdrawn),
            State::Pending if generation != self.generation => Err(LinkFault::Superseded),
            State::Pending if self.status(now) == Status::Expired => Err(LinkFault::Expired),
            State::Pending => Ok(()),
        }
    }

    /// Whether it leads nowhere any more, and cannot be resumed.
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        matches!(self.status(now), Status::Declined | Status::Expired | Status::Ended)
    }

    /// Whether a connection between the same two accounts stands in the way of a new one.
    #[must_use]
    pub fn is_in_the_way(&self, now: Timestamp) -> bool {
        matches!(self.status(now), Status::Pending | Status::Active | Status::Suspended)
    }

    /// Whether the one who vouches for a pending offer may still make it: an Administrator, or a key with that role.
    /// `sponsor` is none if they left, are suspended, or if the key is removed or past its end.
    pub fn check_sponsor(&self, sponsor: Option<&Actor>, groups: &GroupReach) -> Result<(), LinkFault> {
        let sponsor = sponsor.ok_or(LinkFault::SponsorNotAllowed)?;
        let stands = sponsor.may_administer().is_ok() && self.check(sponsor.role, groups).is_ok();
        if stands { Ok(()) } else { Err(LinkFault::SponsorNotAllowed) }
    }

    /// Whether the host may set this maximum role: above Lite and not above the inviter's own.
    pub fn check_maximum(&self, inviter: Role) -> Result<(), Refusal> {
        if self.maximum_role == Role::Lite {
            return Err(Refusal::LiteMaximum);
        }
        if self.maximum_role > inviter {
            return Err(Refusal::RoleAboveOwn { own: inviter, asked: self.maximum_role });
        }
        Ok(())
    }

    /// Whether the host may have it so: a maximum role above Lite and not above the inviter's own, at least one organization
    /// or group, or all organizations.
    pub fn check(&self, inviter: Role, groups: &GroupReach) -> Result<(), Refusal> {
        self.check_maximum(inviter)?;
        self.grants.fits()?;
        match self.grants.granted(groups) {
            Reach::These(organizations) if organizations.is_empty() => Err(Refusal::NoOrganizationChosen),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn connection(state: State, ends_at: Option<Timestamp>) -> Connection {
        Connection {
            state,
            maximum_role: Role::Editor,
            grants: Grants::default(),
            generation: 2,
            invitation_expires_at: NOW,
            ends_at,
        }
    }

    /// Every state at every moment that matters, with what a link says then, as a table to read.
    #[test]
    fn the_life_of_a_connection() {
        let mut table = String::from("stored state | end date | time | status | newest link | older link\n");
        for state in [State::Pending, State::Active, State::Suspended, State::Declined, State::Ended] {
            for (end_name, ends_at) in
                [("none", None), ("a day later", Some(NOW.after(Duration::from_secs(86_400))))]
            {
                for (name, now) in [
                    ("before the invitation's end", NOW.before(Duration::from_millis(1))),
                    ("at the invitation's end", NOW),
                    ("two days later", NOW.after(Duration::from_secs(172_800))),
                ] {
                    let connection = connection(state, ends_at);
                    let link = |generation| {
                        connection.check_link(generation, now).map_or_else(LinkFault::code, |()| "good")
                    };
                    let status = connection.status(now).name();
                    table.push_str(&format!(
                        "{state:?} | {end_name} | {name} | {status} | {} | {}\n",
                        link(2),
                        link(1)
                    ));
                }
            }
        }
        crate::table::check("life-of-a-connection.txt", &table);
    }

    #[test]
    fn an_offer_is_open_until_its_link_or_its_access_ends() {
        let (day, second) = (Duration::from_secs(86_400), Duration::from_secs(1));
        let until = |end: Option<Timestamp>| connection(State::Pending, end).open_until();
        assert_eq!(until(None), NOW);
        assert_eq!(until(Some(NOW.after(day))), NOW);
        let early = NOW.before(day);
        assert_eq!(until(Some(early)), early);
        let offer = connection(State::Pending, Some(early));
        for (now, expected) in [(early.before(second), "open"), (early, "expired"), (NOW, "expired")] {
            assert_eq!(offer.invitation_state(true, now).map(InvitationState::name), Some(expected));
        }
    }

    #[test]
    fn an_offer_stands_on_whoever_made_it_until_it_is_answered() {
        let before = NOW.before(Duration::from_millis(1));
        for state in [State::Pending, State::Active, State::Suspended, State::Declined, State::Ended] {
            let offer = connection(state, None);
            let state_of = |vouched, now| offer.invitation_state(vouched, now).map(InvitationState::name);
            let pending = (state == State::Pending).then_some("open");
            assert_eq!(state_of(true, before), pending);
            assert_eq!(state_of(false, before), pending.map(|_| "inviter-no-longer-allowed"));
            assert_eq!(state_of(false, NOW), pending.map(|_| "expired"));
        }
    }

    #[test]
    fn what_a_host_may_offer() {
        let all = Grants { all_organizations: true, ..Grants::default() };
        let offer =
            |maximum_role, grants| Connection { maximum_role, grants, ..connection(State::Pending, None) };
        let none = GroupReach::new();
        assert_eq!(offer(Role::Administrator, all.clone()).check(Role::Administrator, &none), Ok(()));
        assert_eq!(
            offer(Role::Lite, all.clone()).check(Role::Administrator, &none),
            Err(Refusal::LiteMaximum)
        );
        assert!(offer(Role::Administrator, all).check(Role::Manager, &none).is_err());
        let nothing = offer(Role::Editor, Grants::default());
        assert_eq!(nothing.check(Role::Administrator, &none), Err(Refusal::NoOrganizationChosen));
    }
}

//! The whole life of an invitation: open, then accepted; the link that opens it, and every way in which that can fail.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::effects::Holder;
use crate::grants::GroupReach;
use crate::id::UserId;
use crate::judge::{Facts, Judged, may_invite};
use crate::refusal::Refusal;
use crate::text::unlinked;
use crate::time::Timestamp;
use crate::users::Actor;

/// At most this many addresses are invited by one request.
pub const BULK_LIMIT: usize = 500;

/// Where an invitation stands in what is stored. That it is past its end is not stored: the clock says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Waits to be accepted.
    Open,
    /// Was accepted.
    Accepted,
}

/// What is stored of an invitation and matters to the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvitationFacts {
    /// Where it stands.
    pub state: State,
    /// Counts the links that were made for it, from 1. Only the newest is good.
    pub generation: u32,
    /// From this moment on the link no longer works.
    pub expires_at: Timestamp,
}

/// Why a link does not open what it was made for: a user's invitation, another account's offer, or a new password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkFault {
    /// The invitation was withdrawn: the user was removed before accepting.
    #[error("this invitation was withdrawn")]
    Withdrawn,
    /// A newer link was sent.
    #[error("a newer link was sent; this one no longer works")]
    Superseded,
    /// It was accepted before.
    #[error("this invitation has already been accepted; sign in instead")]
    Used,
    /// The offer was accepted or declined before.
    #[error("this invitation has already been answered")]
    Answered,
    /// It is past its end.
    #[error("this invitation has expired; ask for a new one")]
    Expired,
    /// The one who invited may no longer grant what the invitation grants.
    #[error("the person who sent this invitation can no longer grant this access; ask for a new invitation")]
    SponsorNotAllowed,
}

impl LinkFault {
    /// Stable kebab-case name, part of the HTTP contract.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Withdrawn => "invitation-withdrawn",
            Self::Superseded => "invitation-superseded",
            Self::Used | Self::Answered => "invitation-used",
            Self::Expired => "invitation-expired",
            Self::SponsorNotAllowed => "inviter-no-longer-allowed",
        }
    }
}

impl InvitationFacts {
    /// Whether the invitation is past its end: from that very millisecond on.
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.state == State::Open && now >= self.expires_at
    }

    /// Whether a link of this generation opens the invitation now.
    pub fn check_link(&self, generation: u32, now: Timestamp) -> Result<(), LinkFault> {
        if self.state == State::Accepted {
            Err(LinkFault::Used)
        } else if generation != self.generation {
            Err(LinkFault::Superseded)
        } else if self.is_expired(now) {
            Err(LinkFault::Expired)
        } else {
            Ok(())
        }
    }
}

/// What the newest link of an invitation answers at a moment: of a user's, and of an offer to another account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvitationState {
    /// It opens.
    Open,
    /// It is past its end.
    Expired,
    /// Nobody vouches for it any more: whoever invited may no longer grant what it grants.
    StandsOnNobody,
}

impl InvitationState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Open, Self::Expired, Self::StandsOnNobody];

    /// The state of an invitation that waits for an answer.
    #[must_use]
    pub const fn of(is_expired: bool, is_vouched_for: bool) -> Self {
        match (is_expired, is_vouched_for) {
            (true, _) => Self::Expired,
            (false, true) => Self::Open,
            (false, false) => Self::StandsOnNobody,
        }
    }

    /// Stable kebab-case name, part of the HTTP contract: what the link answers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Expired => "expired",
            Self::StandsOnNobody => LinkFault::SponsorNotAllowed.code(),
        }
    }
}

/// Whether the one who vouches for an invitation may still grant what it grants. `sponsor` is none if they left,
/// are suspended or never accepted an invitation of their own.
pub fn check_sponsor(
    sponsor: Option<&Actor>,
    (user, invited): (UserId, &Holder),
    groups: &GroupReach,
    facts: Facts,
) -> Result<Judged, LinkFault> {
    let sponsor = sponsor.ok_or(LinkFault::SponsorNotAllowed)?;
    // Whoever was invited before the account was closing may still come in.
    let facts = Facts { closes_at: None, ..facts };
    may_invite(sponsor, user, invited.clone(), groups, facts).map_err(|_| LinkFault::SponsorNotAllowed)
}

/// The end of a link, chosen by the inviter: one hour to thirty days ahead, as for the account's setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an invitation must end between 1 hour and 30 days from now")]
pub struct NotAnEnd;

/// Whether an invitation made now may end then.
pub fn check_end(expires_at: Timestamp, now: Timestamp) -> Result<Timestamp, NotAnEnd> {
    const HOUR: Duration = Duration::from_secs(3_600);
    if expires_at >= now.after(HOUR) && expires_at <= now.after(HOUR * 720) {
        Ok(expires_at)
    } else {
        Err(NotAnEnd)
    }
}

/// The end of a link that is sent again: as asked for; else as usual, and never earlier than that of the link before.
#[must_use]
pub fn end_after_resending(asked: Option<Timestamp>, usual: Timestamp, before: Timestamp) -> Timestamp {
    asked.unwrap_or_else(|| usual.max(before))
}

/// The message that is filled in beforehand. What people write may hold addresses; what they are called may not.
#[must_use]
pub fn default_message(inviter: &str, account: &str) -> String {
    let (inviter, account) = (unlinked(inviter), unlinked(account));
    format!(
        "Hello,\n\n{account} keeps the documentation of your systems here, and you are invited to see it.\n\n{inviter}"
    )
}

/// What is known of an address in the account before it is invited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// The person is in MyGlue rather than in IT Glue.
    pub my_glue: bool,
    /// They accepted their invitation already.
    pub accepted: bool,
}

/// What inviting an address comes to. One for each address of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A new user, and a mail.
    Invited,
    /// A pending user already; resend the invitation instead.
    AlreadyInvited,
    /// A user already.
    AlreadyActive,
    /// The person is in MyGlue, and nobody is in both.
    InMyGlue,
    /// The person is in IT Glue, and nobody is in both.
    InItGlue,
    /// The address stands earlier in the same request.
    Duplicate,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Invited,
        Self::AlreadyInvited,
        Self::AlreadyActive,
        Self::InMyGlue,
        Self::InItGlue,
        Self::Duplicate,
    ];

    /// What inviting this address to IT Glue or MyGlue comes to.
    #[must_use]
    pub const fn of(known: Option<Known>, my_glue: bool, seen_before: bool) -> Self {
        match known {
            _ if seen_before => Self::Duplicate,
            None => Self::Invited,
            Some(known) if known.my_glue && !my_glue => Self::InMyGlue,
            Some(known) if !known.my_glue && my_glue => Self::InItGlue,
            Some(known) if known.accepted => Self::AlreadyActive,
            Some(_) => Self::AlreadyInvited,
        }
    }

    /// Stable kebab-case name, part of the HTTP contract.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::AlreadyInvited => "already-invited",
            Self::AlreadyActive => "already-active",
            Self::InMyGlue => "in-my-glue",
            Self::InItGlue => "in-it-glue",
            Self::Duplicate => "duplicate",
        }
    }
}

/// Whether editing a pending user's permissions makes the editor the one who vouches for the invitation.
///
/// Whoever covers all of the result vouches. An edit that neither the editor nor the present sponsor covers alone is refused,
/// since nobody could stand for it when the invitation is accepted.
pub fn sponsor_after_edit(
    editor: &Actor,
    present: Option<&Actor>,
    after: (UserId, &Holder),
    groups: &GroupReach,
    facts: Facts,
) -> Result<Sponsor, Vec<Refusal>> {
    let facts = Facts { closes_at: None, ..facts };
    match may_invite(editor, after.0, after.1.clone(), groups, facts) {
        Ok(_) => Ok(Sponsor::Editor),
        Err(refusals) => match check_sponsor(present, after, groups, facts) {
            Ok(_) => Ok(Sponsor::Present),
            Err(_) => Err(refusals),
        },
    }
}

/// Who vouches for an invitation after an edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sponsor {
    /// The one who edited.
    Editor,
    /// The one who did before.
    Present,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decision::Standing;
    use crate::grants::{Grants, Reach};
    use crate::refusal::NamedPerson;
    use crate::role::Role;
    use crate::users::{Permissions, Who};

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    /// Every combination of what is stored and what the link says, as a table to read.
    #[test]
    fn the_life_of_a_link() {
        let mut table = String::from("stored generation 2 | link generation | time | answer\n");
        for state in [State::Open, State::Accepted] {
            for generation in [1, 2, 3] {
                for (name, now) in [
                    ("a millisecond before the end", NOW.before(Duration::from_millis(1))),
                    ("at the end", NOW),
                    ("after days", NOW.after(Duration::from_secs(300_000))),
                ] {
                    let stored = InvitationFacts { state, generation: 2, expires_at: NOW };
                    let answer = stored.check_link(generation, now).map_or_else(LinkFault::code, |()| "good");
                    table.push_str(&format!("{state:?} | {generation} | {name} | {answer}\n"));
                }
            }
        }
        crate::table::check("life-of-a-link.txt", &table);
    }

    #[test]
    fn inviting_an_address() {
        let known = |my_glue, accepted| Some(Known { my_glue, accepted });
        for (before, my_glue, seen, expected) in [
            (None, false, false, "invited"),
            (None, true, false, "invited"),
            (None, false, true, "duplicate"),
            (known(false, false), false, false, "already-invited"),
            (known(false, true), false, false, "already-active"),
            (known(true, true), false, false, "in-my-glue"),
            (known(true, false), false, false, "in-my-glue"),
            (known(false, true), true, false, "in-it-glue"),
            (known(true, false), true, false, "already-invited"),
            (known(true, true), true, true, "duplicate"),
        ] {
            assert_eq!(
                Outcome::of(before, my_glue, seen).name(),
                expected,
                "{before:?} my_glue={my_glue} seen={seen}"
            );
        }
    }

    #[test]
    fn an_end_is_an_hour_to_thirty_days_ahead() {
        let hours = |hours: u64| NOW.after(Duration::from_secs(hours * 3_600));
        assert!(check_end(hours(1), NOW).is_ok() && check_end(hours(720), NOW).is_ok());
        assert!(check_end(NOW, NOW).is_err() && check_end(hours(721), NOW).is_err());
        assert!(check_end(hours(1).before(Duration::from_millis(1)), NOW).is_err());
    }

    #[test]
    fn the_sponsor_must_still_stand_for_it() {
        let permissions = Permissions {
            role: Role::Editor,
            grants: Grants { all_organizations: true, ..Grants::default() },
        };
        let person = NamedPerson { id: None, email: "ann@x.test".to_owned() };
        let holder = Holder { person, permissions, standing: Standing::Pending };
        let invited = (UserId::new(9).unwrap(), &holder);
        let actor = |role, reach| Actor { role, reach, who: Who::User, user: None, groups: [].into() };
        let manager = actor(Role::Manager, Reach::All);
        let demoted = actor(Role::Editor, Reach::All);
        let narrowed = actor(Role::Manager, Reach::nothing());
        let none = GroupReach::new();
        let facts = Facts { now: NOW, revision: 1, administrators: 1, closes_at: None };
        assert!(check_sponsor(Some(&manager), invited, &none, facts).is_ok());
        for sponsor in [None, Some(&demoted), Some(&narrowed)] {
            let answer = check_sponsor(sponsor, invited, &none, facts);
            assert_eq!(answer.err(), Some(LinkFault::SponsorNotAllowed));
        }
        let after_edit = |editor, present| sponsor_after_edit(editor, present, invited, &none, facts);
        assert_eq!(after_edit(&narrowed, Some(&manager)), Ok(Sponsor::Present));
        assert_eq!(after_edit(&manager, None), Ok(Sponsor::Editor));
        assert!(after_edit(&narrowed, Some(&demoted)).is_err());
    }
}

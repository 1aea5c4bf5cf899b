//! The whole life of an invitation: open, then accepted; the link that opens it, and every way in which that can fail.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::grants::GroupReach;
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::users::{Actor, Permissions};

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
pub struct Invitation {
    /// Where it stands.
    pub state: State,
    /// Counts the links that were made for it, from 1. Only the newest is good.
    pub generation: u32,
    /// From this moment on the link is dead.
    pub expires_at: Timestamp,
}

/// Why a link does not open its invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkFault {
    /// The invitation was withdrawn: the user was removed before accepting.
    #[error("this invitation was withdrawn")]
    Withdrawn,
    /// A newer link was sent.
    #[error("a newer link was sent; this one is no longer good")]
    Superseded,
    /// It was accepted before.
    #[error("this invitation was accepted before; sign in instead")]
    Used,
    /// It is past its end.
    #[error("this invitation has expired; ask for a new one")]
    Expired,
    /// The one who invited may no longer grant what the invitation grants.
    #[error("whoever sent this invitation may no longer grant what it offers; ask for a new one")]
    SponsorNotAllowed,
}

impl LinkFault {
    /// Stable kebab-case name, part of the HTTP contract.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Withdrawn => "invitation-withdrawn",
            Self::Superseded => "invitation-superseded",
            Self::Used => "invitation-used",
            Self::Expired => "invitation-expired",
            Self::SponsorNotAllowed => "inviter-no-longer-allowed",
        }
    }
}

impl Invitation {
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

/// Whether the one who vouches for an invitation may still grant what it grants. `sponsor` is none if they left,
/// are suspended or never accepted an invitation of their own.
pub fn check_sponsor(
    sponsor: Option<&Actor>,
    invited: &Permissions,
    groups: &GroupReach,
) -> Result<(), LinkFault> {
    match sponsor {
        Some(sponsor) if sponsor.may_grant(invited, groups).is_ok() => Ok(()),
        _ => Err(LinkFault::SponsorNotAllowed),
    }
}

/// The end of a link, chosen by the inviter: one hour to thirty days ahead, as for the account's setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an invitation ends between 1 hour and 30 days from now")]
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

/// The message that is filled in beforehand.
#[must_use]
pub fn default_message(inviter: &str, account: &str) -> String {
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
    after: &Permissions,
    groups: &GroupReach,
) -> Result<Sponsor, Refusal> {
    match editor.may_grant(after, groups) {
        Ok(()) => Ok(Sponsor::Editor),
        Err(refusal) => match check_sponsor(present, after, groups) {
            Ok(()) => Ok(Sponsor::Present),
            Err(_) => Err(refusal),
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
    use crate::grants::{Grants, Reach};
    use crate::role::Role;
    use crate::users::Who;

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
                    let stored = Invitation { state, generation: 2, expires_at: NOW };
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
        let invited = Permissions {
            role: Role::Editor,
            grants: Grants { all_organizations: true, ..Grants::default() },
        };
        let manager = Actor { role: Role::Manager, reach: Reach::All, who: Who::User };
        let demoted = Actor { role: Role::Editor, reach: Reach::All, who: Who::User };
        let narrowed = Actor { role: Role::Manager, reach: Reach::These([].into()), who: Who::User };
        let none = GroupReach::new();
        assert_eq!(check_sponsor(Some(&manager), &invited, &none), Ok(()));
        for sponsor in [None, Some(&demoted), Some(&narrowed)] {
            assert_eq!(check_sponsor(sponsor, &invited, &none), Err(LinkFault::SponsorNotAllowed));
        }
        assert_eq!(sponsor_after_edit(&narrowed, Some(&manager), &invited, &none), Ok(Sponsor::Present));
        assert_eq!(sponsor_after_edit(&manager, None, &invited, &none), Ok(Sponsor::Editor));
        assert!(sponsor_after_edit(&narrowed, Some(&demoted), &invited, &none).is_err());
    }
}

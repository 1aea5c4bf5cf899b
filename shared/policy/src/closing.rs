//! Closing an account. It is open, closing, or closed. Whoever asks says the account's subdomain again, its Administrators hear of
//! it by mail, and for thirty days each of them can stop it. Then everything goes but what the law of the log keeps.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::account::Subdomain;
use crate::connection::State;
use crate::effects::Effects;
use crate::grants::Reach;
use crate::id::UserId;
use crate::refusal::Refusal;
use crate::role::Role;
use crate::time::Timestamp;
use crate::users::{Actor, Who};

/// So long it can be stopped.
pub const GRACE: Duration = Duration::from_secs(30 * 24 * 3_600);

/// So long after everything was removed, what came late is removed too. Every token that was handed out before is over by then,
/// and every request that was under way.
pub const SECOND_LOOK: Duration = Duration::from_secs(24 * 3_600);

/// That an account is closing. One without this is open; one that is closed is not there any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// When it was asked for.
    pub since: Timestamp,
    /// Which Administrator asked; none for the operator.
    pub by: Option<UserId>,
    /// Their name at that time.
    pub by_name: String,
    /// Not before this moment it is closed. Until it is, it can be stopped.
    pub closes_at: Timestamp,
}

/// What becomes of an account that somebody asks to close.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// From now on it is closing.
    Begins(Closing),
    /// It was closing already, and stays so: asking twice moves no date.
    GoesOn,
}

impl Closing {
    /// Whether the time has come.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        now >= self.closes_at
    }
}

/// Whether whoever would close an account, or keep it, names the right one.
pub fn confirm(confirmed: &Subdomain, subdomain: &Subdomain) -> Result<(), Refusal> {
    if confirmed == subdomain { Ok(()) } else { Err(Refusal::ClosingNotConfirmed) }
}

/// What becomes of an account that is `closing` or not, when somebody asks to close it and confirms by its subdomain.
pub fn ask(
    closing: Option<&Closing>,
    (confirmed, subdomain): (&Subdomain, &Subdomain),
    (by, by_name): (Option<UserId>, String),
    now: Timestamp,
) -> Result<Asked, Refusal> {
    confirm(confirmed, subdomain)?;
    match closing {
        Some(_) => Ok(Asked::GoesOn),
        None => Ok(Asked::Begins(Closing { since: now, by, by_name, closes_at: now.after(GRACE) })),
    }
}

/// Whether a change lets somebody in who was not: invites a user, or offers or accepts a connection.
pub(crate) fn lets_in(effects: &Effects) -> bool {
    let invites = effects.users.iter().any(|effect| effect.before.is_none() && effect.after.is_some());
    let connects = effects.connections.iter().any(|effect| {
        effect.gives && effect.before.as_ref().is_none_or(|before| before.state == State::Pending)
    });
    invites || connects
}

impl Actor {
    /// Whether the actor may close the account, or stop that: Administrators, in person. A key could not prove lately who it is, and
    /// whoever finds one should not end an account with it.
    pub fn may_close_account(&self) -> Result<(), Refusal> {
        self.is_person()?;
        self.may_administer()
    }

    /// Who runs the product, and closes an account whose Administrators are gone.
    #[must_use]
    pub fn operator() -> Self {
        Self { role: Role::Administrator, reach: Reach::All, who: Who::User, user: None, groups: [].into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection::Connection;
    use crate::effects::ConnectionEffect;
    use crate::grants::Grants;
    use crate::id::ConnectionId;

    const NOW: Timestamp = Timestamp::from_millis(1_795_305_600_000);

    fn name(text: &str) -> Subdomain {
        text.parse().unwrap()
    }

    fn asked(closing: Option<&Closing>, confirmed: &str, now: Timestamp) -> Result<Asked, Refusal> {
        ask(closing, (&name(confirmed), &name("acme")), (None, "the operator".to_owned()), now)
    }

    #[test]
    fn who_confirms_by_the_subdomain_begins_it_once_and_for_thirty_days() {
        let Ok(Asked::Begins(closing)) = asked(None, "acme", NOW) else { panic!("it begins") };
        assert_eq!((closing.since, closing.closes_at), (NOW, NOW.after(GRACE)));
        assert_eq!(asked(Some(&closing), "acme", NOW.after(GRACE)), Ok(Asked::GoesOn));
        for state in [None, Some(&closing)] {
            assert_eq!(asked(state, "acme-it", NOW), Err(Refusal::ClosingNotConfirmed));
        }
    }

    #[test]
    fn it_is_due_from_the_very_moment_on() {
        let Ok(Asked::Begins(closing)) = asked(None, "acme", NOW) else { panic!("it begins") };
        let millisecond = Duration::from_millis(1);
        assert!(!closing.is_due(NOW) && !closing.is_due(closing.closes_at.before(millisecond)));
        assert!(closing.is_due(closing.closes_at) && closing.is_due(closing.closes_at.after(millisecond)));
    }

    #[test]
    fn what_is_new_lets_somebody_in_and_what_stands_already_does_not() {
        let connection = |state| Connection {
            state,
            maximum_role: Role::Editor,
            grants: Grants::default(),
            generation: 1,
            invitation_expires_at: NOW,
            ends_at: None,
        };
        let cases = [
            (None, true, true),
            (Some(State::Pending), true, true),
            (Some(State::Pending), false, false),
            (Some(State::Suspended), true, false),
            (Some(State::Active), true, false),
        ];
        for (before, gives, lets) in cases {
            let effect = ConnectionEffect {
                connection: ConnectionId::new(1).unwrap(),
                before: before.map(connection),
                after: Some(connection(State::Active)),
                gives,
            };
            let effects = Effects { connections: vec![effect], ..Effects::default() };
            assert_eq!(lets_in(&effects), lets, "{before:?}, {gives}");
        }
        assert!(!lets_in(&Effects::default()));
    }

    #[test]
    fn administrators_close_it_in_person_and_at_home() {
        for role in Role::ALL {
            for who in [Who::User, Who::Visitor, Who::Key] {
                let actor = Actor { role, who, ..Actor::operator() };
                let may = role == Role::Administrator && who == Who::User;
                assert_eq!(actor.may_close_account().is_ok(), may, "{role} {who:?}");
            }
        }
    }
}

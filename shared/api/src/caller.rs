//! Who calls: the token says who they claim to be, the store says what they are at this moment.

use std::collections::BTreeSet;

use policy::decision::VisitFacts;
use policy::{Actor, GroupId, GroupReach, Refusal, Role, UserId, Who, mfa};
use store::account::{Membership, Standpoint, Visit};
use store::{Account, Act, Security, User, UserStatus};
use tokens::{Scope, Session};
use web::{Call, Fault};

use crate::{Api, Failure, act_at_home};

/// The user who calls, as stored at this moment.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The account acted in.
    pub account: Account,
    /// Its security revision: what is decided from this caller's rights is committed at it, or not at all.
    pub security: Security,
    /// The user, of the home account.
    pub user: User,
    /// Set, if the account is a host that the user is inside.
    pub visit: Option<Visit>,
    /// What the token says.
    pub session: Session,
}

impl Api {
    /// What the request's token says, if it is one of ours and not past its end. Not yet who calls: see [`Caller::admit`].
    pub fn session(&self, call: &Call) -> Result<Session, Failure> {
        let Some(token) = call.bearer_token() else {
            return Err(Fault::unauthenticated("no-credentials", "Sign in first: POST /sessions.").into());
        };
        self.keys.verify_session(token, call.now).map_err(|_| invalid_token())
    }

    /// Who calls. 401 if nobody does, or nobody who is in; 403 for a visitor whom the host does not, or no longer, let in.
    pub async fn caller(&self, call: &Call) -> Result<Caller, Failure> {
        let session = self.session(call)?;
        let membership = self.store.membership_at(&standpoint(&session)).await?;
        Caller::admit(session, membership, call)
    }

    /// Who calls, as in the home account, wherever the token says they are: a visitor who was shut out can still go home.
    pub async fn caller_at_home(&self, call: &Call) -> Result<Caller, Failure> {
        let session = self.session(call)?.at_home();
        let membership = self.store.membership_at(&standpoint(&session)).await?;
        Caller::admit(session, membership, call)
    }

    /// Who calls to set up the own second factor, as in the home account. The only way in for a session that is good for
    /// nothing else, or that was made without the second factor that the account demands.
    pub async fn enrolling_caller(&self, call: &Call) -> Result<Caller, Failure> {
        let session = self.session(call)?.at_home();
        let membership = self.store.membership_at(&standpoint(&session)).await?;
        Caller::recognize(session, membership, call)
    }
}

/// The items that the authority of a session is read from.
#[must_use]
pub const fn standpoint(session: &Session) -> Standpoint {
    Standpoint {
        home: session.home_account,
        account: session.account,
        user: session.user,
        connection: session.connection,
    }
}

fn invalid_token() -> Failure {
    Fault::unauthenticated("invalid-token", "This token is not, or no longer, good. Sign in again.").into()
}

impl Caller {
    /// Admits the user whom the token names, if they are still in, the session is of the present epoch, and it was made with
    /// the second factor that the home account may demand. A visitor must be let in by the connection as it is now.
    /// From here on the call has someone who acts, also if they are not let in.
    pub fn admit(session: Session, membership: Option<Membership>, call: &Call) -> Result<Self, Failure> {
        let caller = Self::recognize(session, membership, call)?;
        let home = caller.visit.as_ref().map_or(&caller.account, |visit| &visit.home);
        if caller.session.scope != Scope::Full {
            return Err(Refusal::MfaEnrolmentRequired.into());
        }
        mfa::admits(home.enforce_mfa, caller.user.mfa, caller.session.mfa)?;
        if let Some(facts) = caller.visit_facts()
            && let Some(obstacle) = facts.obstacles(caller.user.role, call.now).first()
        {
            let detail = "This account does not let you in at this moment. Switch back to your own.";
            return Err(Fault::forbidden(obstacle.code(), detail).into());
        }
        Ok(caller)
    }

    /// The user whom the token names, if they are still in and the session is of the present epoch. What the session is good
    /// for is not looked at.
    fn recognize(session: Session, membership: Option<Membership>, call: &Call) -> Result<Self, Failure> {
        let Some(Membership { account, security, user: Some(user), visit }) = membership else {
            return Err(invalid_token());
        };
        let is_current = user.status == UserStatus::Active && user.session_epoch == session.epoch;
        let is_whole = visit.is_some() || session.account == session.home_account;
        if !is_current || !is_whole {
            return Err(invalid_token());
        }
        let caller = Self { account, security, user, visit, session };
        call.noted.act(caller.act(call));
        Ok(caller)
    }

    /// What an access decision needs to know of a visitor; none at home.
    #[must_use]
    pub fn visit_facts(&self) -> Option<VisitFacts> {
        let visit = self.visit.as_ref()?;
        // A connection to another account is none, whatever the token says.
        let leads_here = |connection: &&store::Connection| {
            connection.delegate_id == self.session.home_account && connection.host_id == self.session.account
        };
        Some(VisitFacts {
            connection: visit.connection.as_ref().filter(leads_here).map(store::Connection::life),
            person: visit.person.as_ref().map(store::connection::Person::limit),
            host_requires_mfa: self.account.require_delegate_mfa,
            session_has_mfa: self.session.mfa,
        })
    }

    /// The role that counts: the own one at home, at most the maximum role in a host.
    #[must_use]
    pub fn effective_role(&self) -> Role {
        let maximum = self.visit_facts().and_then(|facts| facts.maximum_role());
        maximum.map_or(self.user.role, |maximum| maximum.min(self.user.role))
    }

    /// The groups through which the caller has organizations here: their reach has to be read for [`Caller::actor`].
    #[must_use]
    pub fn group_ids(&self) -> BTreeSet<GroupId> {
        match self.visit_facts() {
            None => self.user.group_ids.clone(),
            Some(facts) => {
                let connection =
                    facts.connection.map(|connection| connection.grants.groups).unwrap_or_default();
                let person = facts.person.and_then(|person| person.grants).map(|grants| grants.groups);
                connection.into_iter().chain(person.unwrap_or_default()).collect()
            }
        }
    }

    /// Whether this is the caller's own user in the account acted in. A visitor is no user of it.
    #[must_use]
    pub fn is(&self, user: UserId) -> bool {
        self.visit.is_none() && self.user.id == user
    }

    /// Whether the caller is a member of the group. A visitor is a member of none.
    #[must_use]
    pub fn belongs_to(&self, group: GroupId) -> bool {
        self.visit.is_none() && self.user.group_ids.contains(&group)
    }

    /// Refuses a visitor: what only a user of the account itself does.
    pub fn at_home(&self) -> Result<(), Refusal> {
        if self.visit.is_some() { Err(Refusal::SecurityPermission) } else { Ok(()) }
    }

    /// The caller as the rules see them. `groups` must hold what [`Caller::group_ids`] reach.
    #[must_use]
    pub fn actor(&self, groups: &GroupReach) -> Actor {
        let reach = match self.visit_facts() {
            None => self.user.grants().reach(self.user.role, groups),
            Some(facts) => facts.reach(groups),
        };
        let who = if self.visit.is_some() { Who::Visitor } else { Who::User };
        Actor { role: self.effective_role(), reach, who }
    }

    /// The caller as the log of the account acted in sees them.
    #[must_use]
    pub fn act(&self, call: &Call) -> Act {
        let home = self.visit.as_ref().map_or(&self.account, |visit| &visit.home);
        Act {
            account: self.account.id,
            role: Some(self.effective_role()),
            ..act_at_home(call, home, &self.user)
        }
    }
}

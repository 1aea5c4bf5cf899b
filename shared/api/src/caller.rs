//! Who calls: the token says who they claim to be, the store says what they are at this moment.

use policy::{Actor, GroupReach};
use store::account::Membership;
use store::{Account, Act, Security, User, UserStatus};
use tokens::{Scope, Session};
use web::{Call, Fault};

use crate::{Api, Failure};

/// The user who calls, as stored at this moment.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The account acted in.
    pub account: Account,
    /// Its security revision: what is decided from this caller's rights is committed at it, or not at all.
    pub security: Security,
    /// The user.
    pub user: User,
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

    /// Who calls. 401 if nobody does, or nobody who is in.
    pub async fn caller(&self, call: &Call) -> Result<Caller, Failure> {
        let session = self.session(call)?;
        let membership = self.store.membership(session.account, session.user).await?;
        Caller::admit(session, membership)
    }
}

fn invalid_token() -> Failure {
    Fault::unauthenticated("invalid-token", "This token is not, or no longer, good. Sign in again.").into()
}

impl Caller {
    /// Admits the user whom the token names, if they are still in and the session is of the present epoch.
    pub fn admit(session: Session, membership: Option<Membership>) -> Result<Self, Failure> {
        let Some(Membership { account, security, user: Some(user) }) = membership else {
            return Err(invalid_token());
        };
        let is_current = user.status == UserStatus::Active && user.session_epoch == session.epoch;
        let is_at_home = session.account == session.home_account && session.connection.is_none();
        if !is_current || !is_at_home || session.scope != Scope::Full {
            return Err(invalid_token());
        }
        Ok(Self { account, security, user, session })
    }

    /// The caller as the rules see them. `groups` must hold what the caller's groups reach.
    #[must_use]
    pub fn actor(&self, groups: &GroupReach) -> Actor {
        Actor { role: self.user.role, reach: self.user.grants().reach(self.user.role, groups) }
    }

    /// The caller as the log sees them.
    #[must_use]
    pub fn act(&self, call: &Call) -> Act {
        Act {
            account: self.account.id,
            at: call.now,
            user: Some((self.user.id, self.user.name())),
            home: Some((self.account.id, self.account.name.clone())),
            role: Some(self.user.role),
            ip_address: call.ip_address.clone(),
            user_agent: call.user_agent.clone(),
        }
    }
}

//! Sessions: how they begin, how a new one is shown, and whether one may change credentials.

use policy::mfa::ENROLMENT_LIFETIME;
use policy::session::{LIFETIME, check_fresh};
use policy::{SessionId, Timestamp};
use store::User;
use store::keys::person_key;
use store::session::StoredSession;
use tokens::{Scope, SessionClaims, SigningError, SigningKeys};

use web::Call;

use crate::document::Data;
use crate::{Api, Failure, SignedInUser, show};

/// Where a session is to be found by whom it is of.
pub const ADDRESS: &str = "/session";

/// A session of this user in the own account.
#[must_use]
pub fn at_home(
    id: SessionId,
    account: policy::AccountId,
    user: &User,
    mfa: bool,
    now: Timestamp,
) -> SessionClaims {
    SessionClaims {
        id,
        user: user.id,
        person: person_key(&user.email),
        home_account: account,
        account,
        connection: None,
        mfa,
        scope: Scope::Full,
        epoch: user.session_epoch,
        issued_at: now,
        expires_at: now.after(LIFETIME),
    }
}

/// A session of this user that is good for nothing but setting up a second factor.
#[must_use]
pub fn for_enrolling(account: policy::AccountId, user: &User, now: Timestamp) -> SessionClaims {
    SessionClaims {
        scope: Scope::EnrolMfa,
        expires_at: now.after(ENROLMENT_LIFETIME),
        ..at_home(SessionId::NOBODY, account, user, false, now)
    }
}

/// The document of a new session.
pub fn document(
    keys: &SigningKeys,
    session: &SessionClaims,
) -> Result<Data<show::SessionToken>, SigningError> {
    Ok(Data { data: show::session(session, keys.sign_session(session)?) })
}

/// What is stored of a session of this request's, with which its owner has proven who they are.
#[must_use]
pub fn stored(session: &SessionClaims, call: &Call) -> StoredSession {
    StoredSession {
        id: session.id,
        user_id: session.user,
        epoch: session.epoch,
        mfa: session.mfa,
        created_at: call.now,
        expires_at: session.expires_at,
        proven_at: call.now,
        ip_address: call.ip_address.clone(),
        user_agent: call.user_agent.clone(),
        ttl: session.expires_at.as_seconds(),
    }
}

impl Api {
    /// Refuses a change of credentials by a session whose owner has not proven lately who they are: whoever took a token over
    /// does not come to stay.
    pub async fn fresh(&self, call: &Call, person: &SignedInUser) -> Result<(), Failure> {
        let session = &person.session;
        let proven_at = match session.scope {
            // It is good for a quarter of an hour, and was made with the password.
            Scope::EnrolMfa => Some(session.issued_at),
            Scope::Full => {
                let stored = self.store.session(session.home_account, session.id).await?;
                stored.map(|stored| stored.proven_at)
            }
        };
        Ok(check_fresh(proven_at, call.now)?)
    }
}

//! Sessions: how long they last, and how a new one is shown.

use std::time::Duration;

use policy::Timestamp;
use policy::mfa::ENROLMENT_LIFETIME;
use store::User;
use tokens::{Scope, Session, SigningError, SigningKeys};

use crate::document::Data;
use crate::show;

/// A session lasts a working day. What it may do is read anew at every request, so its length bounds only how long
/// a stolen token of a user who never signs out stays good.
pub const LIFETIME: Duration = Duration::from_secs(12 * 3_600);

/// A session of this user in the own account.
#[must_use]
pub fn at_home(account: policy::AccountId, user: &User, mfa: bool, now: Timestamp) -> Session {
    Session {
        user: user.id,
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
pub fn for_enrolling(account: policy::AccountId, user: &User, now: Timestamp) -> Session {
    Session {
        scope: Scope::EnrolMfa,
        expires_at: now.after(ENROLMENT_LIFETIME),
        ..at_home(account, user, false, now)
    }
}

/// The document of a new session.
pub fn document(keys: &SigningKeys, session: &Session) -> Result<Data<show::Session>, SigningError> {
    Ok(Data { data: show::session(session, keys.sign_session(session)?) })
}

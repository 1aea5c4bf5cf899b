//! Sessions: who is signed in, and in which account they act.

use policy::{AccountId, ConnectionId, PersonKey, SessionId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::claims::{Claims, SigningError, TokenError};
use crate::keys::{PublicKeys, SigningKeys};

/// Who is signed in, and in which account they act. What they may do is read from the store at each request, where
/// the epoch must still be the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionClaims {
    /// Which of the person's sessions. Tokens of before there were ids have none that anybody has.
    #[serde(default = "nobodys")]
    pub id: SessionId,
    /// The person.
    pub user: UserId,
    /// The person by their address, as hosts know them. Tokens of before there were such keys are nobody's inside a host.
    #[serde(default = "no_person")]
    pub person: PersonKey,
    /// The account that the person belongs to.
    pub home_account: AccountId,
    /// The account acted in: the home account, or a host's.
    pub account: AccountId,
    /// The connection by which the person is inside a host; none at home.
    pub connection: Option<ConnectionId>,
    /// Whether a second factor was given at sign-in.
    pub mfa: bool,
    /// What the session is good for.
    pub scope: Scope,
    /// The user's session epoch when this was made: raising the stored one ends every session at once.
    pub epoch: u64,
    /// When it was made.
    pub issued_at: Timestamp,
    /// From this moment on it is no longer good.
    pub expires_at: Timestamp,
}

impl SessionClaims {
    /// The same session, back in the home account.
    #[must_use]
    pub fn at_home(self) -> Self {
        Self { account: self.home_account, connection: None, ..self }
    }
}

const fn nobodys() -> SessionId {
    SessionId::NOBODY
}

const fn no_person() -> PersonKey {
    PersonKey::NOBODY
}

/// What a session is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Everything that the person may do.
    Full,
    /// Nothing but setting up the second factor that the account demands.
    EnrolMfa,
}

impl Claims for SessionClaims {
    const AUDIENCE: &'static str = "session";

    fn expires_at(&self) -> Timestamp {
        self.expires_at
    }
}

/// The session of a browser, as its cookie says it: the same person for another purpose. It is no bearer token, and no bearer
/// token passes for it.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct OfABrowser(SessionClaims);

impl Claims for OfABrowser {
    const AUDIENCE: &'static str = "browser-session";

    fn expires_at(&self) -> Timestamp {
        self.0.expires_at
    }
}

impl SigningKeys {
    /// The session as a browser's cookie has it, at home, signed with the current key.
    pub fn sign_browser_session(&self, session: &SessionClaims) -> Result<String, SigningError> {
        self.sign(&OfABrowser(session.clone().at_home()), self.current_kid())
    }

    /// The session as a token, signed with the current key.
    pub fn sign_session(&self, session: &SessionClaims) -> Result<String, SigningError> {
        self.sign(session, self.current_kid())
    }
}

impl PublicKeys {
    /// The session that a browser's cookie stands for, if one of these keys signed it and its end is after `now`.
    pub fn verify_browser_session(&self, cookie: &str, now: Timestamp) -> Result<SessionClaims, TokenError> {
        let OfABrowser(session) = self.verify(cookie)?;
        if now < session.expires_at { Ok(session) } else { Err(TokenError::Expired) }
    }

    /// The session that a token stands for, if one of these keys signed it and its end is after `now`.
    pub fn verify_session(&self, token: &str, now: Timestamp) -> Result<SessionClaims, TokenError> {
        let session: SessionClaims = self.verify(token)?;
        if now < session.expires_at { Ok(session) } else { Err(TokenError::Expired) }
    }
}

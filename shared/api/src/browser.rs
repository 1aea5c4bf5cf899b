//! Sessions of browsers. A cookie that no script can read proves who it is; the address says where; a short token, which a page
//! keeps in memory, acts.

use policy::Timestamp;
use policy::session::PAGE_LIFETIME;
use tokens::{SessionClaims, SigningError, SigningKeys};
use web::{Call, Fault};

use crate::claim::invalid_token;
use crate::{Api, Caller, ClaimedCaller, Failure, SignedInUser};

/// Kept by the host that gave it alone, and sent by https alone: the name's beginning says so to the browser.
const COOKIE: &str = "__Host-session";

/// The same over plain HTTP on this machine, where some browsers keep no cookie of the other name.
const COOKIE_ON_THIS_MACHINE: &str = "session";

fn name(call: &Call) -> &'static str {
    if call.is_on_this_machine() { COOKIE_ON_THIS_MACHINE } else { COOKIE }
}

fn written(call: &Call, value: &str, seconds: i64) -> String {
    let secure = if call.is_on_this_machine() { "" } else { "; Secure" };
    format!("{}={value}; Path=/; Max-Age={seconds}; HttpOnly{secure}; SameSite=Strict", name(call))
}

/// The cookie of a session that begins.
pub fn cookie(keys: &SigningKeys, call: &Call, session: &SessionClaims) -> Result<String, SigningError> {
    let seconds = session.expires_at.as_seconds().saturating_sub(call.now.as_seconds());
    Ok(written(call, &keys.sign_browser_session(session)?, seconds))
}

/// Has the browser forget its cookie.
#[must_use]
pub fn no_cookie(call: &Call) -> String {
    written(call, "", 0)
}

/// The session as one page acts with it.
#[must_use]
pub fn of_a_page(session: SessionClaims, now: Timestamp) -> SessionClaims {
    SessionClaims { expires_at: session.expires_at.min(now.after(PAGE_LIFETIME)), ..session }
}

impl Api {
    /// The session of the browser that sends this, if its cookie is one of ours and not past its end. Whether it is alive, the store
    /// says.
    pub async fn browser_session(&self, call: &Call) -> Result<Option<SessionClaims>, Failure> {
        let Some(cookie) = call.cookie(name(call)) else { return Ok(None) };
        Ok(self.keys.verify(call.now, |keys| keys.verify_browser_session(cookie, call.now)).await?.ok())
    }

    /// Whose browser sends this, as in the home account. What the session is good for is not looked at: the next token of a session
    /// with which a second factor can be set up is good for just that.
    pub async fn browsing_caller(&self, call: &Call) -> Result<Caller, Failure> {
        match self.browser_session(call).await? {
            Some(session) => self.known(call, ClaimedCaller::Session(session), Caller::recognize).await,
            None if call.cookie(name(call)).is_some() => Err(invalid_token()),
            None => {
                let detail = "This browser is not signed in. Sign in at /console/sign-in.";
                Err(Fault::unauthenticated("no-credentials", detail).into())
            }
        }
    }

    /// Whether this is sent by the browser whose session the caller's is.
    pub async fn is_of_browser(&self, call: &Call, person: &SignedInUser) -> Result<bool, Failure> {
        let browser = self.browser_session(call).await?;
        let own = &person.session;
        Ok(browser.is_some_and(|kept| kept.user == own.user && kept.id == own.id))
    }

    /// The new session of a caller whose other sessions end, as it is handed out: a browser goes on with a new cookie and a token
    /// for the page, a program with a token for the whole session.
    pub async fn handed_on(
        &self,
        keys: &SigningKeys,
        call: &Call,
        before: &SignedInUser,
        session: SessionClaims,
    ) -> Result<(SessionClaims, Option<String>), Failure> {
        if !self.is_of_browser(call, before).await? {
            return Ok((session, None));
        }
        let cookie = cookie(keys, call, &session)?;
        Ok((of_a_page(session, call.now), Some(cookie)))
    }
}

//! Who a request claims to be of: a person with a session, or a program with a key.

use store::account::CallerIdentity;
use tokens::{ApiKeyText, SessionClaims};
use web::{Call, Fault};

use crate::{Api, Failure};

/// What a request says about its caller.
#[derive(Debug, Clone)]
pub enum ClaimedCaller {
    /// A session of ours that is not past its end: the signature says so. Whether the person is still in, the store says.
    Session(SessionClaims),
    /// A text that has the shape of a key. That it is one, only the store says.
    Key(ApiKeyText),
}

impl ClaimedCaller {
    /// The items that the authority of such a caller is read from.
    #[must_use]
    pub const fn identity(&self) -> CallerIdentity {
        match self {
            Self::Session(session) => identity(session),
            Self::Key(key) => CallerIdentity::Key { account: key.account(), key: key.key() },
        }
    }

    /// The account that the caller belongs to.
    #[must_use]
    pub const fn home(&self) -> policy::AccountId {
        match self {
            Self::Session(session) => session.home_account,
            Self::Key(key) => key.account(),
        }
    }

    /// The same caller in the home account, wherever the session says they are.
    #[must_use]
    pub fn at_home(self) -> Self {
        match self {
            Self::Session(session) => Self::Session(session.at_home()),
            Self::Key(key) => Self::Key(key),
        }
    }
}

/// The items that the authority of a session is read from.
#[must_use]
pub const fn identity(session: &SessionClaims) -> CallerIdentity {
    let SessionClaims { user, person, home_account: home, account, .. } = *session;
    match session.connection {
        Some(connection) => CallerIdentity::Inside { home, host: account, connection, user, person },
        None => CallerIdentity::Home { account: home, user },
    }
}

impl Api {
    /// Who the request says is calling. 401 if it says nothing, or nothing that could be so; 400 if it says two things.
    pub async fn claim(&self, call: &Call) -> Result<ClaimedCaller, Failure> {
        if call.header("authorization").is_some() && call.header("x-api-key").is_some() {
            let detail = "Send either a token in `Authorization` or a key in `X-API-Key`, not both.";
            return Err(Fault::malformed("two-credentials", detail).into());
        }
        if let Some(key) = call.api_key() {
            return ApiKeyText::parse(key).map(ClaimedCaller::Key).ok_or_else(|| invalid_api_key().into());
        }
        let Some(token) = call.bearer_token() else {
            let detail = "Sign in first (POST /sessions), or send an API key in `X-API-Key`.";
            return Err(Fault::unauthenticated("no-credentials", detail).into());
        };
        let verified = self.keys.verify(call.now, |keys| keys.verify_session(token, call.now)).await?;
        verified.map(ClaimedCaller::Session).map_err(|_| invalid_token())
    }
}

pub(crate) fn invalid_token() -> Failure {
    Fault::unauthenticated("invalid-token", "This token is invalid or has expired. Sign in again.").into()
}

/// The answer to whatever is wrong with a key: no key at all, an unknown one, a removed one, one past its end.
pub(crate) fn invalid_api_key() -> Fault {
    Fault::unauthenticated("invalid-api-key", "This API key is invalid or has expired.")
}

//! `POST /users/{id}/mfa/verification`: the first code of a new second factor. From then on signing in needs one; the sessions
//! made without it end, and the answer holds a new one.

use api::document::Data;
use api::{Api, Failure, session};
use policy::mfa::RECOVERY_CODES;
use policy::{Refusal, UserId};
use store::mfa::Used;
use store::{User, until_current};
use tokens::{RecoveryCode, SigningKeys};
use web::{Answer, Call, Fault};

use crate::code::{code, looked};
use crate::owner;
use crate::shown::Confirmed;

pub async fn confirm(api: &Api, signing: &SigningKeys, call: &Call, id: UserId) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    until_current!(attempt(api, signing, call, id))
}

async fn attempt(api: &Api, signing: &SigningKeys, call: &Call, id: UserId) -> Result<Answer, Failure> {
    let caller = owner(api, call, id).await?;
    let person = caller.person()?;
    let user = &person.user;
    let code = code(call)?;
    api.fresh(call, person).await?;
    let (account, act) = (caller.account.id, caller.act(call));
    let mfa = api.store.mfa(account, id).await?.ok_or(Refusal::MfaNotStarted)?;
    if mfa.confirmed {
        return Err(Refusal::MfaAlreadyOn.into());
    }
    let used = looked(api, call, (account, user), &mfa, &code).await?;
    let recovery_codes = fresh_codes()?;
    let used = Used { recovery_hashes: recovery_codes.iter().map(RecoveryCode::hash).collect(), ..used };
    let confirmed = User { session_epoch: user.session_epoch + 1, mfa: true, ..user.clone() };
    let id = api.store.ids().next(call.now);
    let session = session::at_home(id, account, &confirmed, true, call.now);
    let stored = session::stored(&session, call);
    api.store.confirm_mfa(user, &used, &stored, caller.security.revision, &act).await?;
    let recovery_codes = recovery_codes.iter().map(RecoveryCode::reveal).collect();
    let (session, cookie) = api.handed_on(signing, call, person, session).await?;
    let data = Confirmed::of(&session, signing.sign_session(&session)?, recovery_codes);
    Ok(Answer::ok(&Data { data }).with_cookie(cookie))
}

/// As many new recovery codes as are given out.
pub fn fresh_codes() -> Result<Vec<RecoveryCode>, Failure> {
    let codes: Result<Vec<_>, _> = (0..RECOVERY_CODES).map(|_| RecoveryCode::generate()).collect();
    codes.map_err(|_| Fault::unavailable().into())
}

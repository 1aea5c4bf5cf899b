//! `POST /users/{id}/mfa/verification`: the first code of a new second factor. From then on signing in needs one; the sessions
//! made without it end, and the answer holds a new one.

use api::document::Data;
use api::second_factor::{Looked, look_at};
use api::{Api, Failure, session};
use policy::mfa::RECOVERY_CODES;
use policy::{Refusal, UserId};
use store::mfa::Used;
use store::{User, until_current};
use tokens::{RecoveryCode, SigningKeys};
use web::{Answer, Call, Fault};

use crate::code::{code, wrong_code};
use crate::owner;
use crate::shown::Confirmed;

pub async fn confirm(api: &Api, signing: &SigningKeys, call: &Call, id: UserId) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    until_current!(attempt(api, signing, call, id))
}

async fn attempt(api: &Api, signing: &SigningKeys, call: &Call, id: UserId) -> Result<Answer, Failure> {
    let caller = owner(api, call, id).await?;
    let user = &caller.person()?.user;
    let code = code(call)?;
    let (account, act) = (caller.account.id, caller.act(call));
    let mfa = api.store.mfa(account, id).await?.ok_or(Refusal::MfaNotStarted)?;
    if mfa.confirmed {
        return Err(Refusal::MfaAlreadyOn.into());
    }
    let used = match look_at(mfa, &code, call.now) {
        Looked::Right(used) => used,
        Looked::Wrong(used) => {
            api.store.wrong_code(user, &used, None, &act).await?;
            return Err(wrong_code());
        }
        Looked::Locked => return Err(wrong_code()),
    };
    let recovery_codes: Vec<RecoveryCode> = (0..RECOVERY_CODES)
        .map(|_| RecoveryCode::generate())
        .collect::<Result<_, _>>()
        .map_err(|_| Fault::unavailable())?;
    let used = Used { recovery_hashes: recovery_codes.iter().map(RecoveryCode::hash).collect(), ..used };
    api.store.confirm_mfa(user, &used, caller.security.revision, &act).await?;
    let user = User { session_epoch: user.session_epoch + 1, mfa: true, ..user.clone() };
    let session = session::at_home(account, &user, true, call.now);
    let recovery_codes = recovery_codes.iter().map(RecoveryCode::reveal).collect();
    let data = Confirmed::of(&session, signing.sign_session(&session)?, recovery_codes);
    Ok(Answer::ok(&Data { data }))
}

//! `POST /users/{id}/mfa/verification`: the first code of a new second factor. From then on signing in needs one; the sessions
//! made without it end, and the answer holds a new one.

use api::second_factor::{Looked, look_at};
use api::{Api, Failure, session};
use policy::mfa::RECOVERY_CODES;
use policy::{Refusal, UserId};
use serde_json::{Value, json};
use store::mfa::Used;
use store::{User, until_current};
use tokens::{RecoveryCode, SigningKeys};
use web::{Answer, Call, Fault};

use crate::code::{code, wrong_code};
use crate::owner;

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
    let shown: Vec<Value> = recovery_codes.iter().map(|code| json!(code.reveal())).collect();
    Ok(Answer::ok(&json!({"data": {
        "type": "mfa",
        "id": id.to_string(),
        "attributes": {
            "recovery-codes": shown,
            "access-token": signing.sign_session(&session)?,
            "expires-at": session.expires_at.to_string(),
            "mfa": session.mfa,
        },
    }})))
}

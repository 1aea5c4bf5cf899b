//! Shows the caller's second factor, and makes new recovery codes; the older ones no longer work.

use api::document::Data;
use api::{Api, Failure};
use policy::UserId;
use store::mfa::Used;
use store::until_current;
use tokens::RecoveryCode;
use web::{Answer, Call, Fault};

use crate::code::{code, looked};
use crate::confirm::fresh_codes;
use crate::owner;
use crate::shown::{RecoveryCodes, SecondFactor};

pub async fn renew(api: &Api, call: &Call, id: UserId) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    until_current!(attempt(api, call, id))
}

async fn attempt(api: &Api, call: &Call, id: UserId) -> Result<Answer, Failure> {
    let caller = owner(api, call, id).await?;
    let person = caller.person()?;
    let code = code(call)?;
    let (account, user) = (caller.account.id, &person.user);
    let mfa = api.store.mfa(account, user.id).await?.filter(|_| user.mfa).ok_or_else(Fault::unknown)?;
    api.fresh(call, person).await?;
    let used = looked(api, call, (account, user), &mfa, &code).await?;
    let codes = fresh_codes()?;
    let used = Used { recovery_hashes: codes.iter().map(RecoveryCode::hash).collect(), ..used };
    api.store.renew_recovery_codes(user, &used, caller.security.revision, &caller.act(call)).await?;
    let data = RecoveryCodes::of(user.id, codes.iter().map(RecoveryCode::reveal).collect());
    Ok(Answer::ok(&Data { data }))
}

/// The caller's second factor, and how many recovery codes are left.
pub async fn show(api: &Api, call: &Call, id: UserId) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    let caller = owner(api, call, id).await?;
    let user = &caller.person()?.user;
    let mfa = api.store.mfa(caller.account.id, user.id).await?.filter(|_| user.mfa);
    let left = mfa.map_or(0, |mfa| mfa.recovery_hashes.len());
    Ok(Answer::ok(&Data { data: SecondFactor::of(user, left) }))
}

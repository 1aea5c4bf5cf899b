//! `DELETE /users/{id}/mfa`: takes a second factor away: the own one with a code of it, or, as an Administrator, that of
//! someone who has lost it.

use api::{Api, Caller, Failure};
use policy::UserId;
use policy::mfa::Removal;
use store::until_current;
use web::{Answer, Call, Fault};

use crate::code::{code, looked};

pub async fn remove(api: &Api, call: &Call, id: UserId) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    until_current!(attempt(api, call, id))
}

async fn attempt(api: &Api, call: &Call, id: UserId) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    match caller.standing().may_remove_mfa(caller.is(id))? {
        Removal::WithCode => remove_own(api, call, &caller).await?,
        Removal::Reset => reset(api, call, &caller, id).await?,
    }
    Ok(Answer::no_content())
}

async fn remove_own(api: &Api, call: &Call, caller: &Caller) -> Result<(), Failure> {
    let (user, act) = (&caller.person()?.user, caller.act(call));
    let mfa = api.store.mfa(caller.account.id, user.id).await?.filter(|_| user.mfa);
    let mfa = mfa.ok_or_else(Fault::unknown)?;
    api.fresh(call, caller.person()?).await?;
    let used = looked(api, call, (caller.account.id, user), &mfa, &code(call)?).await?;
    Ok(api.store.remove_mfa(user, &used, caller.security.revision, &act).await?)
}

async fn reset(api: &Api, call: &Call, caller: &Caller, id: UserId) -> Result<(), Failure> {
    let user = api.store.user(caller.account.id, id).await?.filter(|user| user.mfa);
    let user = user.ok_or_else(Fault::unknown)?;
    api.fresh(call, caller.person()?).await?;
    Ok(api.store.reset_mfa(&user, caller.security.revision, &caller.act(call)).await?)
}

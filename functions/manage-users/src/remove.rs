//! Removes a user, pending or not, and with them every session and link of theirs.

use api::change::of_version;
use api::{Api, Failure};
use policy::users::may_lose_an_administrator;
use policy::{GroupReach, UserId};
use store::until_current;
use web::{Answer, Call, Fault};

pub async fn remove(api: &Api, call: &Call, id: UserId) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    until_current!(attempt(api, call, id))
}

async fn attempt(api: &Api, call: &Call, id: UserId) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    let actor = caller.actor(&GroupReach::new());
    actor.may_manage_users()?;
    let user = api.store.user(caller.account.id, id).await?.ok_or_else(Fault::unknown)?;
    call.noted.tell(user.subject());
    actor.may_manage_role(user.role)?;
    of_version(call, user.version)?;
    if user.is_active_administrator() {
        may_lose_an_administrator(caller.security.administrator_ids.len())?;
    }
    api.store.remove_user(&user, caller.security.revision, &caller.act(call)).await?;
    Ok(Answer::no_content())
}

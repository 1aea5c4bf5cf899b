//! One user: oneself, or anyone for those who manage users.

use api::document::Including;
use api::{Api, Failure, show as shown};
use policy::{GroupReach, UserId};
use store::User;
use web::{Answer, Call, Fault};

pub async fn show(api: &Api, call: &Call, id: UserId) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    if !caller.is(id) {
        caller.actor(&GroupReach::new()).may_manage_users()?;
    }
    let pages = caller.pages(call, &crate::list::OF_ONE)?;
    let account = caller.account.id;
    let user = api.store.user(account, id).await?.ok_or_else(Fault::unknown)?;
    call.noted.tell(user.subject());
    let (data, reach) = resource(api, account, &user, call).await?;
    let included = crate::list::included(api, &caller, &pages, std::slice::from_ref(&user), &reach).await?;
    Ok(Answer::ok(&Including { data, included }))
}

/// One user, and what the user's groups reach.
pub async fn resource(
    api: &Api,
    account: policy::AccountId,
    user: &User,
    call: &Call,
) -> Result<(shown::User, GroupReach), Failure> {
    let (invitation, reach) = tokio::try_join!(
        api.store.invitation(account, user.id),
        api.store.group_reach(account, &user.group_ids)
    )?;
    Ok((shown::user(user, invitation.as_ref(), &reach, call.now), reach))
}

//! One user: oneself, or anyone for those who manage users.

use api::document::Including;
use api::{Api, Failure, show as shown};
use lists::Pages;
use policy::judge::Facts;
use policy::{GroupReach, UserId};
use store::User;
use web::{Answer, Call, Fault};

pub async fn show(api: &Api, call: &Call, id: UserId) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    if !caller.is(id) {
        caller.standing().may_manage_users()?;
    }
    let pages = Pages::asked(&caller, call, &crate::list::OF_ONE)?;
    let account = caller.account.id;
    let user = api.store.user(account, id).await?.ok_or_else(Fault::unknown)?;
    call.noted.tell(user.subject());
    let (data, reach) = resource(api, account, &user, caller.facts_of_change(call.now), call).await?;
    let included =
        crate::included::included(api, &caller, &pages, std::slice::from_ref(&user), &reach).await?;
    Ok(Answer::ok(&Including { data, included }))
}

/// One user, and what the user's groups reach.
pub async fn resource(
    api: &Api,
    account: policy::AccountId,
    user: &User,
    facts: Facts,
    call: &Call,
) -> Result<(shown::User, GroupReach), Failure> {
    let (invitation, reach) = tokio::try_join!(
        api.store.invitation(account, user.id),
        api.store.group_reach(account, &user.group_ids)
    )?;
    let (users, invitations) = (std::slice::from_ref(user), invitation.as_slice());
    let vouched = api.vouched_for(account, users, invitations, &reach, facts).await?;
    let vouch = vouched.get(&user.id).cloned().unwrap_or_default();
    Ok((shown::user(user, invitation.as_ref(), &vouch, &reach, call.now), reach))
}

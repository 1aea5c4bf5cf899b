//! One user: oneself, or anyone for those who manage users.

use api::{Api, Failure, show as shown};
use policy::{GroupReach, UserId};
use serde_json::{Value, json};
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
    let (mut document, reach) = document(api, account, &user, call).await?;
    let included = crate::list::included(api, &caller, &pages, std::slice::from_ref(&user), &reach).await?;
    if let (Some(included), Some(members)) = (included, document.as_object_mut()) {
        members.insert("included".to_owned(), Value::Array(included));
    }
    Ok(Answer::ok(&document))
}

/// The document of one user, and what the user's groups reach.
pub async fn document(
    api: &Api,
    account: policy::AccountId,
    user: &User,
    call: &Call,
) -> Result<(Value, GroupReach), Failure> {
    let (invitation, reach) = tokio::try_join!(
        api.store.invitation(account, user.id),
        api.store.group_reach(account, &user.group_ids)
    )?;
    Ok((json!({"data": shown::user(user, invitation.as_ref(), &reach, call.now)}), reach))
}

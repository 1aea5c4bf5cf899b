//! The session of the caller: who they are and where, switching accounts, signing out.

use api::{Api, Failure, session};
use policy::AccountId;
use serde_json::json;
use store::until_current;
use tokens::SigningKeys;
use web::{Answer, Call, Fault};

pub async fn show(api: &Api, call: &Call) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    let caller = api.caller(call).await?;
    Ok(Answer::ok(&json!({
        "data": {
            "type": "sessions",
            "id": caller.user.id.to_string(),
            "attributes": {
                "user-id": caller.user.id.to_string(),
                "home-account-id": caller.session.home_account.to_string(),
                "account-id": caller.account.id.to_string(),
                "account-name": caller.account.name,
                "role-name": caller.user.role.name(),
                "effective-role-name": caller.user.role.name(),
                "connected": false,
                "mfa": caller.session.mfa,
                "expires-at": caller.session.expires_at.to_string(),
            },
        },
        "meta": {"accounts": []},
    })))
}

/// A token for another account that the person can enter; the own one is always among them.
pub async fn switch(api: &Api, signing: &SigningKeys, call: &Call) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    let caller = api.caller(call).await?;
    let mut resource = call.document()?.one("sessions")?;
    let wanted: Option<AccountId> = resource.attributes.required("account-id", str::parse);
    resource.finish()?;
    if wanted != Some(caller.session.home_account) {
        return Err(Fault::unknown().into());
    }
    let session = session::at_home(caller.account.id, &caller.user, caller.session.mfa, call.now);
    Ok(Answer::ok(&session::document(signing, &session)?))
}

/// Signs out everywhere: every token of the user is dead.
pub async fn end(api: &Api, call: &Call) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    until_current!(attempt_to_end(api, call))
}

async fn attempt_to_end(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    api.store.end_sessions(&caller.user, &caller.act(call)).await?;
    Ok(Answer::no_content())
}

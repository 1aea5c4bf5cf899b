//! Removes a key. Whatever uses it is refused from the very next request on, and what it vouched for is worth nothing.

use api::change::of_version;
use api::{Api, Failure};
use policy::{ApiKeyId, GroupReach};
use store::until_current;
use web::{Answer, Call, Fault};

pub async fn remove(api: &Api, call: &Call, id: ApiKeyId) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    until_current!(attempt(api, call, id))
}

async fn attempt(api: &Api, call: &Call, id: ApiKeyId) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    caller.actor(&GroupReach::new()).may_manage_api_keys()?;
    let key = api.store.api_key(caller.account.id, id).await?.ok_or_else(Fault::unknown)?;
    call.noted.tell(key.subject());
    of_version(call, key.version)?;
    api.store.remove_api_key(&key, caller.security.revision, &caller.act(call)).await?;
    Ok(Answer::no_content())
}

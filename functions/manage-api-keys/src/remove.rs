//! Removes a key. Whatever uses it is refused from the very next request on, and what it vouched for is worth nothing.

use api::change::of_version;
use api::show::Leftovers;
use api::{Api, Failure, Stranded, show};
use policy::{ApiKeyId, Change, GroupReach, Scene, Touch};
use store::invitation::SponsorId;
use store::until_current;
use web::{Answer, Call, Fault};

pub async fn remove(api: &Api, call: &Call, id: ApiKeyId) -> Result<Answer, Failure> {
    let preview = call.preview(&[])?;
    until_current!(attempt(api, call, id, preview))
}

async fn attempt(api: &Api, call: &Call, id: ApiKeyId, preview: bool) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    caller.standing().may_manage_api_keys()?;
    let key = api.store.api_key(caller.account.id, id).await?.ok_or_else(Fault::unknown)?;
    call.noted.tell(key.subject());
    of_version(call, key.version)?;
    let before = Scene { keys: [(key.id, key.permissions())].into(), ..Scene::default() };
    let change = Change { before, after: Scene::default(), touches: vec![Touch::ApiKeys] };
    let judged = caller.judge(&GroupReach::new(), &change, call.now)?;
    let stranded = if key.role.invites() {
        api.stands_on(caller.account.id, SponsorId::Key(key.id), call.now).await?
    } else {
        Stranded::default()
    };
    let effects = api.foresee(&caller.account, &judged, None, call.now).await?;
    let left = Leftovers::of(&[], false, &stranded.invited, &stranded.offers, call.now);
    if preview {
        return Ok(Answer::ok(&left.foreseeing(effects, &judged)));
    }
    let mut changes = api.changed(caller.account.id, &show::api_key(&key, None, None), &()).await?;
    changes.extend(left.changes());
    api.store.remove_api_key(&key, &judged, &caller.act(call).changing(changes)).await?;
    Ok(if left.is_nothing() { Answer::no_content() } else { Answer::ok(&left) })
}

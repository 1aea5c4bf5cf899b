//! Removes a user, pending or not, and with them all their sessions and links. What they leave behind is named: keys that
//! they made go on without them, unless the request takes them along, and what they vouched for nobody vouches for any more.

use api::change::of_version;
use api::show::Leftovers;
use api::{Api, Caller, Failure, Stranded};
use policy::{Change, Refusal, Scene, Touch, UserId};
use store::invitation::SponsorId;
use store::restriction::Leaver;
use store::user::room_for_keys;
use store::{ApiKey, User, until_current};
use web::{Answer, Call, Fault};

use crate::show::resource;

/// At most this many keys go with a user, and fewer with one of many groups: all of it is one transaction.
const KEYS: usize = 20;

pub async fn remove(api: &Api, call: &Call, id: UserId) -> Result<Answer, Failure> {
    let preview = call.preview(&["with-keys"])?;
    let with_keys = call.flag("with-keys")?;
    until_current!(attempt(api, call, id, with_keys, preview))
}

async fn attempt(
    api: &Api,
    call: &Call,
    id: UserId,
    with_keys: bool,
    preview: bool,
) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    caller.standing().may_manage_users()?;
    let account = caller.account.id;
    let user = api.store.user(account, id).await?.ok_or_else(Fault::unknown)?;
    call.noted.tell(user.subject());
    let in_question = user.group_ids.union(&caller.group_ids()).copied().collect();
    let groups = api.store.group_reach(account, &in_question).await?;
    let (keys, stranded) = left_behind(api, call, &caller, &user).await?;
    let taken: &[ApiKey] = if with_keys { &keys } else { &[] };
    let limit = KEYS.min(room_for_keys(&user));
    if taken.len() > limit {
        return Err(Refusal::TooManyKeysAtOnce { limit }.into());
    }
    let after = Scene { groups: groups.clone(), ..Scene::default() };
    let before = Scene {
        users: [(user.id, user.holder())].into(),
        keys: taken.iter().map(|key| (key.id, key.permissions())).collect(),
        ..after.clone()
    };
    let of_keys = (!taken.is_empty()).then_some(Touch::ApiKeys);
    let touches = of_keys.into_iter().chain([Touch::User(user.id, user.role)]).collect();
    let judged = caller.judge(&groups, &Change { before, after, touches }, call.now)?;
    of_version(call, user.version)?;
    let (shown, _) = resource(api, account, &user, caller.facts_of_change(call.now), call).await?;
    let effects = api.foresee(&caller.account, &judged, None, call.now).await?;
    let left = Leftovers::of(&keys, with_keys, &stranded.invited, &stranded.offers, call.now);
    if preview {
        return Ok(Answer::ok(&left.foreseeing(effects, &judged)));
    }
    let mut changes = api.changed(account, &shown, &()).await?;
    changes.extend(effects.changes().into_iter().chain(left.changes()));
    let restrictions = api.leaving(account, Leaver::User(user.id)).await?;
    let act = caller.act(call).changing(changes);
    api.store.remove_user(&user, taken, &restrictions, &judged, &act).await?;
    Ok(if left.is_nothing() { Answer::no_content() } else { Answer::ok(&left) })
}

/// The keys that the user made, and what stands on them. Nothing is looked for behind those who may neither make keys nor invite.
async fn left_behind(
    api: &Api,
    call: &Call,
    caller: &Caller,
    user: &User,
) -> Result<(Vec<ApiKey>, Stranded), Failure> {
    let account = caller.account.id;
    let mut keys = Vec::new();
    // Keys are Administrators' business: nobody else learns of them. Who made some may have a lower role by now.
    if caller.standing().may_manage_api_keys().is_ok() {
        keys = api.store.api_keys(account).await?;
        keys.retain(|key| key.maker_id == user.id);
    }
    if !user.role.invites() {
        return Ok((keys, Stranded::default()));
    }
    let mut stranded = api.stands_on(account, SponsorId::User(user.id), call.now).await?;
    if caller.standing().may_administer().is_err() {
        stranded.offers.clear();
    }
    Ok((keys, stranded))
}

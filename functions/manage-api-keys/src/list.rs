//! The keys of the account, and one of them, each with its last use.

use std::collections::HashMap;

use api::document::Data;
use api::{Api, Caller, Failure, show as shown};
use lists::Pages;
use policy::{ApiKeyId, Timestamp, text};
use store::ApiKey;
use store::usage::Requester;
use web::body::Kind;
use web::list::{Filter, Shape};
use web::{Answer, Call, Fault, Faults};

pub const SHAPE: Shape = Shape {
    filters: &[
        Filter::any("id", Kind::Id, "Keys with these ids."),
        Filter::any("name", Kind::NAME, "Keys with exactly these names. Case and accents are ignored."),
    ],
    sorts: &["name", "id", "created-at"],
    includes: &[],
    newest_first: false,
    exports: false,
};

/// An account has few keys: all of them are read, whatever the page.
pub async fn list(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    caller.standing().may_manage_api_keys()?;
    let pages = Pages::asked(&caller, call, &SHAPE)?;
    let mut faults = Vec::new();
    let ids: Option<Vec<ApiKeyId>> = pages.listing.any_of("id", &mut faults);
    let names = pages.listing.names("name", &mut faults);
    Faults::check(faults)?;
    let mut keys = api.store.api_keys(caller.account.id).await?;
    let is_named = |key: &ApiKey, name: &str| text::folded(&key.name) == name;
    let names = names.map(|names| names.meant(|name| keys.iter().any(|key| is_named(key, name))));
    keys.retain(|key| {
        ids.as_ref().is_none_or(|any| any.contains(&key.id))
            && names.as_ref().is_none_or(|names| names.iter().any(|name| is_named(key, name)))
    });
    let page = pages.page_of(keys);
    let uses = last_uses(api, &caller, &page.rows).await?;
    let data: Vec<_> =
        page.rows.iter().map(|key| shown::api_key(key, uses.get(&key.id).copied(), None)).collect();
    pages.answer(data, &page.paging, None)
}

pub async fn show(api: &Api, call: &Call, id: ApiKeyId) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    let caller = api.caller(call).await?;
    caller.standing().may_manage_api_keys()?;
    let key = api.store.api_key(caller.account.id, id).await?.ok_or_else(Fault::unknown)?;
    call.noted.tell(key.subject());
    let uses = last_uses(api, &caller, std::slice::from_ref(&key)).await?;
    Ok(Answer::ok(&Data { data: shown::api_key(&key, uses.get(&id).copied(), None) }))
}

async fn last_uses(
    api: &Api,
    caller: &Caller,
    keys: &[ApiKey],
) -> Result<HashMap<ApiKeyId, Timestamp>, Failure> {
    let wanted: Vec<_> = keys.iter().map(|key| Requester::Key(key.id)).collect();
    let uses = api.store.last_uses(caller.account.id, &wanted).await?;
    Ok(keys.iter().filter_map(|key| Some((key.id, *uses.get(&Requester::Key(key.id))?))).collect())
}

//! The sessions of a user: where they are signed in, and how one of them is ended.

use api::{Api, Caller, Failure};
use lists::Pages;
use policy::{SessionId, UserId};
use store::{User, until_current};
use web::body::Kind;
use web::list::{Filter, Shape};
use web::{Answer, Call, Fault, Faults};

use crate::shown::SignedIn;

pub const SHAPE: Shape = Shape {
    filters: &[Filter::one(
        "user-id",
        Kind::Id,
        "Sessions of this user of the account. Only for Administrators.",
    )],
    sorts: &["id", "created-at"],
    includes: &[],
    newest_first: true,
    exports: false,
};

/// A user has few sessions: all of them are read, whatever the page.
pub async fn list(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let caller = api.caller_at_home(call).await?;
    let person = caller.person()?;
    let pages = Pages::asked(&caller, call, &SHAPE)?;
    let mut faults = Vec::new();
    let asked: Option<Vec<UserId>> = pages.listing.any_of("user-id", &mut faults);
    Faults::check(faults)?;
    let user = match asked.and_then(|ids| ids.first().copied()) {
        Some(user) => somebody(api, &caller, user).await?,
        None => person.user.clone(),
    };
    let page = pages.page_of(api.store.sessions(caller.account.id, &user, call.now).await?);
    let data: Vec<_> = page.rows.iter().map(|stored| SignedIn::of(stored, person.session.id)).collect();
    pages.answer(data, &page.paging, None)
}

/// A user whose sessions the caller may see and end: oneself, and, for an Administrator, everyone in the account.
async fn somebody(api: &Api, caller: &Caller, id: UserId) -> Result<User, Failure> {
    let standing = caller.standing();
    if !standing.is(id) {
        standing.may_end_sessions()?;
    }
    Ok(api.store.user(caller.account.id, id).await?.ok_or_else(Fault::unknown)?)
}

pub async fn end(api: &Api, call: &Call, id: SessionId) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    until_current!(attempt(api, call, id))
}

async fn attempt(api: &Api, call: &Call, id: SessionId) -> Result<Answer, Failure> {
    let caller = api.caller_at_home(call).await?;
    caller.person()?;
    let stored = api.store.session(caller.account.id, id).await?.ok_or_else(Fault::unknown)?;
    // What one may not end looks like what there is not.
    let user = somebody(api, &caller, stored.user_id).await.map_err(|failure| match failure {
        Failure::Faults(faults) if faults.status() == 403 => Fault::unknown().into(),
        other => other,
    })?;
    if !user.has_session(id) || stored.epoch != user.session_epoch {
        return Err(Fault::unknown().into());
    }
    api.store.end_session(&user, id, &caller.act(call)).await?;
    Ok(Answer::no_content())
}

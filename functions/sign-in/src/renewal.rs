//! `POST /session/renewals`: a token for a page, good for some minutes, to the browser that is signed in. It changes nothing, and only
//! pages of ours can have it sent and read its answer.

use api::{Api, Caller, Failure, browser, session};
use policy::AccountId;
use policy::session::PAGE_LIFETIME;
use store::usage::Requester;
use tokens::{SessionClaims, SigningKeys};
use web::body::{Attribute, Kind};
use web::{Answer, Body, Call};

use crate::session::{Entered, entered, note_entering};

/// In which account the page acts.
pub const BODY: Body = Body::new(
    "sessions",
    &[Attribute::optional("account-id", Kind::Id, "The account to get a token for; your own if left out.")],
);

pub async fn renew(api: &Api, signing: &SigningKeys, call: &Call) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    call.only_our_pages()?;
    call.noted.is_a_read();
    let caller = api.browsing_caller(call).await?;
    let wanted: Option<AccountId> = if call.says_nothing() {
        None
    } else {
        let mut resource = call.document()?.one(&BODY)?;
        let wanted = resource.attributes.optional("account-id", str::parse);
        resource.finish()?;
        wanted
    };
    let home = &caller.person()?.session;
    let session = match wanted.filter(|wanted| *wanted != home.home_account) {
        Some(host) => inside(api, call, &caller, host).await?,
        None => home.clone(),
    };
    let of_a_page = browser::of_a_page(session, call.now);
    Ok(Answer::created(&session::document(signing, &of_a_page)?))
}

/// The session inside a host. Whoever was there until a moment ago does not come in again.
async fn inside(api: &Api, call: &Call, caller: &Caller, host: AccountId) -> Result<SessionClaims, Failure> {
    caller.admitted()?;
    let person = caller.person()?;
    let entered: Entered = entered(api, call, person, host).await?;
    let connection = entered.session.connection;
    if let Some(connection) = connection {
        let visitor = Requester::Visitor(connection, person.user.id);
        let last = api.store.last_uses(host, &[visitor]).await?.remove(&visitor);
        if last.is_none_or(|last| last.after(PAGE_LIFETIME) <= call.now) {
            note_entering(api, person, &entered, caller.act(call)).await?;
        }
    }
    Ok(entered.session)
}

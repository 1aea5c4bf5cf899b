//! Closes the account, or stops that: by an Administrator, in person and at home. Nothing is removed before thirty days have passed.

use api::{Api, Caller, Failure, show};
use policy::closing::{Asked, ask};
use policy::{Change, GroupReach, Judged, Subdomain, Timestamp, Touch};
use store::{Account, until_current};
use web::body::{Attribute, Kind};
use web::{Answer, Body, Call, Faults};

use crate::settings::document;

/// What confirms it.
pub const BODY: Body = Body::new(
    "account-closings",
    &[Attribute::required(
        "confirm",
        Kind::Subdomain,
        "The subdomain of the account, to confirm that it is the one to close.",
    )],
);

/// `POST /account/closing`. Asking again changes nothing, and answers the same date.
pub async fn begin(api: &Api, call: &Call) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    until_current!(attempt_to_begin(api, call))
}

async fn attempt_to_begin(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    caller.standing().may_close_account()?;
    let confirmed = read(call, &caller)?;
    let (before, person) = (&caller.account, caller.person()?);
    let by = (Some(person.user.id), caller.name());
    let asked = ask(before.closing.as_ref(), (&confirmed, &before.subdomain), by, call.now)?;
    let account = match asked {
        Asked::GoesOn => before.clone(),
        Asked::Begins(closing) => {
            api.fresh(call, person).await?;
            let account = changed(before, |account| account.closing = Some(closing.clone()), call.now);
            let changes = api.changed(account.id, &show::account(before), &show::account(&account)).await?;
            let act = caller.act(call).changing(changes);
            let (judged, administrators) = (judged(&caller, call)?, &caller.security.administrator_ids);
            api.store.begin_closing(before, &closing, administrators, &judged, &act).await?;
            account
        }
    };
    let users = api.store.users(account.id).await?;
    Ok(Answer::ok(&document(&caller, &account, &users)))
}

/// `DELETE /account/closing`. It needs no proof of who they are: it takes nothing away. Stopping what is not going on changes nothing.
pub async fn stop(api: &Api, call: &Call) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    until_current!(attempt_to_stop(api, call))
}

async fn attempt_to_stop(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    caller.standing().may_close_account()?;
    let before = &caller.account;
    if before.closing.is_some() {
        let account = changed(before, |account| account.closing = None, call.now);
        let changes = api.changed(account.id, &show::account(before), &show::account(&account)).await?;
        let act = caller.act(call).changing(changes);
        let (judged, administrators) = (judged(&caller, call)?, &caller.security.administrator_ids);
        api.store.stop_closing(before, caller.name(), administrators, &judged, &act).await?;
    }
    Ok(Answer::no_content())
}

fn read(call: &Call, caller: &Caller) -> Result<Subdomain, Faults> {
    let mut resource = call.document()?.one(&BODY)?;
    let confirmed = resource.attributes.required("confirm", str::parse);
    resource.finish()?;
    Ok(confirmed.unwrap_or_else(|| caller.account.subdomain.clone()))
}

fn judged(caller: &Caller, call: &Call) -> Result<Judged, Failure> {
    let change = Change { touches: vec![Touch::Closing], ..Change::default() };
    Ok(caller.judge(&GroupReach::new(), &change, call.now)?)
}

/// The account as it is after the change.
fn changed(before: &Account, change: impl FnOnce(&mut Account), now: Timestamp) -> Account {
    let mut account = Account { version: before.version + 1, updated_at: now, ..before.clone() };
    change(&mut account);
    account
}

//! `/users/{id}/mfa`: sets up, confirms, shows and takes away a second factor; makes new recovery codes.

mod code;
mod confirm;
mod operations;
mod qr;
mod remove;
mod renew;
pub mod shown;
mod start;

use api::{Api, Caller, Failure, no_such_route};
use lambda_http::{Body, Request, Response};
use policy::UserId;
use signing::Signer;
use tokens::SigningKeys;
use web::operation::routes;
use web::request::id_in_path;
use web::{Answer, Call, Fault, Route};

pub use operations::OPERATIONS;

/// The routes that this function answers.
pub const ROUTES: &[Route] = &routes::<{ OPERATIONS.len() }>(OPERATIONS);

/// Answers a request.
pub async fn handle(api: &Api, signer: &Signer, request: Request) -> Response<Body> {
    let call = api.call(request);
    let outcome = match signer.at_hand(call.now).await {
        Some(signing) => route(api, &signing, &call).await,
        None => Err(Fault::unavailable().into()),
    };
    api.answer("manage-mfa", &call, outcome).await
}

async fn route(api: &Api, signing: &SigningKeys, call: &Call) -> Result<Answer, Failure> {
    let (method, path) = call.route();
    match (method, path.as_slice()) {
        ("POST", ["users", id, "mfa"]) => start::start(api, call, id_in_path(id)?).await,
        ("POST", ["users", id, "mfa", "verification"]) => {
            confirm::confirm(api, signing, call, id_in_path(id)?).await
        }
        ("GET", ["users", id, "mfa"]) => renew::show(api, call, id_in_path(id)?).await,
        ("POST", ["users", id, "mfa", "recovery-codes"]) => renew::renew(api, call, id_in_path(id)?).await,
        ("DELETE", ["users", id, "mfa"]) => remove::remove(api, call, id_in_path(id)?).await,
        _ => Err(no_such_route(ROUTES, call)),
    }
}

/// The caller, whose own second factor this must be. A session that is good for enrolling alone will do; for anyone else's
/// id the caller must be fully in, and be one who sees that there is such a user.
async fn owner(api: &Api, call: &Call, id: UserId) -> Result<Caller, Failure> {
    if api.claim(call).await?.identity().user() == Some(id) {
        return api.enrolling_caller(call).await;
    }
    let caller = api.caller(call).await?;
    let actor = caller.standing();
    actor.is_person()?;
    actor.may_manage_users().map_err(|_| Fault::unknown())?;
    api.store.user(caller.account.id, id).await?.ok_or_else(Fault::unknown)?;
    actor.may_enrol(caller.is(id))?;
    Ok(caller)
}

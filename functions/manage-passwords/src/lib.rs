//! Passwords that change and come back: `/users/{id}/password`, `/password-resets`, `/subdomain-reminders`.

mod ask;
mod change;
mod link;
mod operations;
mod reset;
pub mod shown;

use api::{Api, Failure, no_such_route};
use lambda_http::{Body, Request, Response};
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
    api.answer("manage-passwords", &call, outcome).await
}

async fn route(api: &Api, signing: &SigningKeys, call: &Call) -> Result<Answer, Failure> {
    let (method, path) = call.route();
    match (method, path.as_slice()) {
        ("POST", ["users", id, "password"]) => change::change(api, signing, call, id_in_path(id)?).await,
        ("POST", ["password-resets"]) => ask::for_a_reset(api, call).await,
        ("GET", ["password-resets", token]) => reset::show(api, call, token).await,
        ("POST", ["password-resets", token]) => reset::reset(api, call, token).await,
        ("POST", ["subdomain-reminders"]) => ask::for_a_reminder(api, call).await,
        _ => Err(no_such_route(ROUTES, call)),
    }
}

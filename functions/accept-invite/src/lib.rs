//! `/invitations/{token}`: the page behind the link in the mail, and the one request that accepts.

mod accept;
mod again;
mod link;
mod operations;
mod page;
pub mod shown;

use api::{Api, Failure, no_such_route};
use lambda_http::{Body, Request, Response};
use signing::Signer;
use tokens::SigningKeys;
use web::operation::routes;
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
    api.answer("accept-invite", &call, outcome).await
}

async fn route(api: &Api, signing: &SigningKeys, call: &Call) -> Result<Answer, Failure> {
    let (method, path) = call.route();
    match (method, path.as_slice()) {
        ("GET", ["invitations", token]) => page::show(api, call, token).await,
        ("POST", ["invitations", token]) => accept::accept(api, signing, call, token).await,
        _ => Err(no_such_route(ROUTES, call)),
    }
}

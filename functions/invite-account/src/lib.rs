//! `POST /connections`: an account lets another in. And the Certified Providers that it can choose from.

mod invite;
mod offer;
mod operations;
mod providers;
mod resend;
pub mod shown;

use api::{Api, Failure, no_such_route};
use lambda_http::{Body, Request, Response};
use web::operation::routes;
use web::{Answer, Call, Route};

pub use operations::OPERATIONS;
pub use providers::Providers;

/// The routes that this function answers.
pub const ROUTES: &[Route] = &routes::<{ OPERATIONS.len() }>(OPERATIONS);

/// Answers a request.
pub async fn handle(api: &Api, providers: &Providers, request: Request) -> Response<Body> {
    let call = api.call(request);
    let outcome = route(api, providers, &call).await;
    api.answer("invite-account", &call, outcome).await
}

async fn route(api: &Api, providers: &Providers, call: &Call) -> Result<Answer, Failure> {
    let (method, path) = call.route();
    match (method, path.as_slice()) {
        ("POST", ["connections"]) => invite::invite(api, providers, call).await,
        ("POST", ["connections", id, "invitation"]) => resend::resend(api, call, id).await,
        ("GET", ["providers"]) => providers::list(api, providers, call).await,
        _ => Err(no_such_route(ROUTES, call)),
    }
}

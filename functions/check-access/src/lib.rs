//! `POST /access/check`: may this user do this here?
//!
//! What a user can reach and who can reach something are lists, and a function of their own (`review-access`): a check stands in front of
//! everything that a platform does, so it is small and starts quickly.

mod check;
mod operations;
pub mod shown;

use api::{Api, Failure, no_such_route};
use lambda_http::{Body, Request, Response};
use web::operation::routes;
use web::{Answer, Call, Route};

pub use operations::OPERATIONS;

/// The routes that this function answers.
pub const ROUTES: &[Route] = &routes::<{ OPERATIONS.len() }>(OPERATIONS);

/// Answers a request.
pub async fn handle(api: &Api, request: Request) -> Response<Body> {
    let call = api.call(request);
    let outcome = route(api, &call).await;
    api.answer("check-access", &call, outcome).await
}

async fn route(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let (method, path) = call.route();
    match (method, path.as_slice()) {
        ("POST", ["access", "check"]) => check::check(api, call).await,
        _ => Err(no_such_route(ROUTES, call)),
    }
}

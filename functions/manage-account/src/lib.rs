//! `/account`: the caller's own account, its settings, and its closing.

mod closing;
mod operations;
mod settings;
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
    api.answer("manage-account", &call, outcome).await
}

async fn route(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let (method, path) = call.route();
    match (method, path.as_slice()) {
        ("GET", ["account"]) => settings::read(api, call).await,
        ("PATCH", ["account"]) => settings::update(api, call).await,
        ("POST", ["account", "closing"]) => closing::begin(api, call).await,
        ("DELETE", ["account", "closing"]) => closing::stop(api, call).await,
        _ => Err(no_such_route(ROUTES, call)),
    }
}

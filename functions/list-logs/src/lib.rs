//! `GET /logs`: the activity log of the account; and `GET /user_metrics`: what of it can be counted.

mod filters;
mod list;
mod metrics;
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
    api.answer("list-logs", &call, outcome).await
}

async fn route(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let (method, path) = call.route();
    match (method, path.as_slice()) {
        ("GET", ["logs"]) => list::list(api, call).await,
        ("GET", ["user_metrics"]) => metrics::list(api, call).await,
        _ => Err(no_such_route(ROUTES, call)),
    }
}

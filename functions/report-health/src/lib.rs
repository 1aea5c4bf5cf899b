//! `GET /health`: whether the product can answer.

mod operations;
pub mod shown;

use api::{Api, Failure, no_such_route};
use lambda_http::{Body, Request, Response};
use web::operation::routes;
use web::{Answer, Call, Route};

use crate::shown::{Health, HealthMeta, Healthy};

pub use operations::OPERATIONS;

/// The routes that this function answers.
pub const ROUTES: &[Route] = &routes::<{ OPERATIONS.len() }>(OPERATIONS);

/// Answers a request.
pub async fn handle(api: &Api, request: Request) -> Response<Body> {
    let call = api.call(request);
    let outcome = route(api, &call).await;
    api.answer("report-health", &call, outcome).await
}

async fn route(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let (method, path) = call.route();
    match (method, path.as_slice()) {
        ("GET", ["health"]) => {
            api.store.answers().await?;
            Ok(Answer::ok(&Health { meta: HealthMeta { status: Healthy } }))
        }
        _ => Err(no_such_route(ROUTES, call)),
    }
}

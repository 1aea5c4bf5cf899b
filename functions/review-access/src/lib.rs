//! Who has access to what: what a user can reach, who can reach an organization or an asset, and the review of everyone and everything that
//! has access to the account.

mod operations;
mod organizations;
mod resources;
mod review;
mod row;
pub mod shown;
mod users;

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
    api.answer("review-access", &call, outcome).await
}

async fn route(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let (method, path) = call.route();
    match (method, path.as_slice()) {
        ("GET", ["access", "organizations"]) => organizations::reached(api, call).await,
        ("GET", ["access", "resources"]) => resources::listed(api, call).await,
        ("GET", ["access", "users"]) => users::reaching(api, call).await,
        ("GET", ["access", "review"]) => review::review(api, call).await,
        _ => Err(no_such_route(ROUTES, call)),
    }
}

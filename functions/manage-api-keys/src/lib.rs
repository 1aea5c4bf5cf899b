//! `/api-keys`: makes, lists, shows and removes the keys with which programs call.

mod create;
mod list;
mod operations;
mod remove;

use api::{Api, Failure, no_such_route};
use lambda_http::{Body, Request, Response};
use web::operation::routes;
use web::request::id_in_path;
use web::{Answer, Call, Route};

pub use operations::OPERATIONS;

/// The routes that this function answers.
pub const ROUTES: &[Route] = &routes::<{ OPERATIONS.len() }>(OPERATIONS);

/// Answers a request.
pub async fn handle(api: &Api, request: Request) -> Response<Body> {
    let call = api.call(request);
    let outcome = route(api, &call).await;
    api.answer("manage-api-keys", &call, outcome).await
}

async fn route(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let (method, path) = call.route();
    match (method, path.as_slice()) {
        ("GET", ["api-keys"]) => list::list(api, call).await,
        ("POST", ["api-keys"]) => create::create(api, call).await,
        ("GET", ["api-keys", id]) => list::show(api, call, id_in_path(id)?).await,
        ("DELETE", ["api-keys", id]) => remove::remove(api, call, id_in_path(id)?).await,
        _ => Err(no_such_route(ROUTES, call)),
    }
}

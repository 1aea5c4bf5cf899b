//! `/organizations/{id}/restrictions`: who may reach single assets of an organization.

mod cascade;
mod found;
mod list;
mod named;
mod operations;
mod remove;
mod set;
pub mod shown;

use api::{Api, Failure, no_such_route};
use lambda_http::{Body, Request, Response};
use web::operation::routes;
use web::request::id_in_path;
use web::{Answer, Call, Route};

use crate::found::asset_in_path;

pub use operations::OPERATIONS;

/// The routes that this function answers.
pub const ROUTES: &[Route] = &routes::<{ OPERATIONS.len() }>(OPERATIONS);

/// Answers a request.
pub async fn handle(api: &Api, request: Request) -> Response<Body> {
    let call = api.call(request);
    let outcome = route(api, &call).await;
    api.answer("manage-restrictions", &call, outcome).await
}

async fn route(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let (method, path) = call.route();
    match (method, path.as_slice()) {
        ("GET", ["organizations", id, "restrictions"]) => list::list(api, call, id_in_path(id)?).await,
        ("POST", ["organizations", id, "restrictions"]) => {
            cascade::set_many(api, call, id_in_path(id)?).await
        }
        ("GET", ["organizations", id, "restrictions", kind, asset @ ..]) => {
            list::show(api, call, &asset_in_path(id, kind, asset)?).await
        }
        ("PUT", ["organizations", id, "restrictions", kind, asset @ ..]) => {
            set::set(api, call, &asset_in_path(id, kind, asset)?).await
        }
        ("DELETE", ["organizations", id, "restrictions", kind, asset @ ..]) => {
            remove::remove(api, call, &asset_in_path(id, kind, asset)?).await
        }
        _ => Err(no_such_route(ROUTES, call)),
    }
}

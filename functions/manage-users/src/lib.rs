//! `/users`: lists, shows, changes and removes users.

mod filters;
mod included;
mod list;
mod operations;
mod remove;
mod rows;
mod show;
pub mod shown;
mod update;

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
    api.answer("manage-users", &call, outcome).await
}

async fn route(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let (method, path) = call.route();
    match (method, path.as_slice()) {
        ("GET", ["users"]) => list::list(api, call).await,
        ("PATCH", ["users"]) => update::update_many(api, call).await,
        ("GET", ["users", id]) => show::show(api, call, id_in_path(id)?).await,
        ("PATCH", ["users", id]) => update::update(api, call, id_in_path(id)?).await,
        ("DELETE", ["users", id]) => remove::remove(api, call, id_in_path(id)?).await,
        _ => Err(no_such_route(ROUTES, call)),
    }
}

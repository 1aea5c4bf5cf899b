//! `/connections`: what both sides see of a connection, what the host changes, and how either side ends it.

mod end;
mod list;
mod operations;
mod persons;
pub mod shown;
mod update;
mod visitors;

use api::{Api, Failure, no_such_route};
use lambda_http::{Body, Request, Response};
use web::operation::routes;
use web::request::id_in_path;
use web::{Answer, Call, Route};

pub use operations::OPERATIONS;

use persons::Named;

/// The routes that this function answers.
pub const ROUTES: &[Route] = &routes::<{ OPERATIONS.len() }>(OPERATIONS);

/// Answers a request.
pub async fn handle(api: &Api, request: Request) -> Response<Body> {
    let call = api.call(request);
    let outcome = route(api, &call).await;
    api.answer("manage-connections", &call, outcome).await
}

async fn route(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let (method, path) = call.route();
    match (method, path.as_slice()) {
        ("GET", ["connections"]) => list::list(api, call).await,
        ("GET", ["connections", id]) => list::show(api, call, id_in_path(id)?).await,
        ("PATCH", ["connections", id]) => update::update(api, call, id_in_path(id)?).await,
        ("DELETE", ["connections", id]) => end::end(api, call, id_in_path(id)?).await,
        ("GET", ["connections", id, "users"]) => persons::list(api, call, id_in_path(id)?).await,
        ("GET", ["connections", id, "users", user]) => {
            persons::show(api, call, id_in_path(id)?, Named::read(user)?).await
        }
        ("PUT", ["connections", id, "users", user]) => {
            persons::set(api, call, id_in_path(id)?, Named::read(user)?).await
        }
        ("DELETE", ["connections", id, "users", user]) => {
            persons::unset(api, call, id_in_path(id)?, Named::read(user)?).await
        }
        ("GET", ["connections", id, "visitors"]) => visitors::list(api, call, id_in_path(id)?).await,
        _ => Err(no_such_route(ROUTES, call)),
    }
}

//! `/groups`: lists, shows, makes, changes and removes groups, their members and their organizations.

mod change;
mod create;
mod list;
mod operations;
mod relationships;
mod remove;
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
    api.answer("manage-groups", &call, outcome).await
}

async fn route(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let (method, path) = call.route();
    match (method, path.as_slice()) {
        ("GET", ["groups"]) => list::list(api, call).await,
        ("POST", ["groups"]) => create::create(api, call).await,
        ("PATCH", ["groups"]) => update::update_many(api, call).await,
        ("GET", ["groups", id]) => list::show(api, call, id_in_path(id)?).await,
        ("PATCH", ["groups", id]) => update::update(api, call, id_in_path(id)?).await,
        ("DELETE", ["groups", id]) => remove::remove(api, call, id_in_path(id)?).await,
        (
            "POST" | "PATCH" | "DELETE",
            ["groups", id, "relationships", what @ ("users" | "organizations")],
        ) => relationships::change(api, call, id_in_path(id)?, method, what).await,
        _ => Err(no_such_route(ROUTES, call)),
    }
}

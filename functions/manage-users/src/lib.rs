//! `/users`: lists, shows, changes and removes users.

mod list;
mod remove;
mod show;
pub mod shown;
mod update;

use api::{Api, Failure, no_such_route};
use lambda_http::{Body, Request, Response};
use web::request::id_in_path;
use web::{Answer, Call, Route};

/// What this function answers.
pub const ROUTES: &[Route] = &[
    Route::new("GET", "/users"),
    Route::new("GET", "/users/{id}"),
    Route::new("PATCH", "/users/{id}"),
    Route::new("DELETE", "/users/{id}"),
];

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
        ("GET", ["users", id]) => show::show(api, call, id_in_path(id)?).await,
        ("PATCH", ["users", id]) => update::update(api, call, id_in_path(id)?).await,
        ("DELETE", ["users", id]) => remove::remove(api, call, id_in_path(id)?).await,
        _ => Err(no_such_route(ROUTES, call)),
    }
}

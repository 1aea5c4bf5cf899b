//! `/organizations`: lists, shows, makes, changes and removes organizations, and keeps the lists of their types and statuses.

mod attributes;
mod create;
mod filters;
mod labels;
mod list;
mod operations;
mod remove;
mod tree;
mod update;

use api::{Api, Failure, no_such_route};
use lambda_http::{Body, Request, Response};
use policy::LabelKind;
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
    api.answer("manage-organizations", &call, outcome).await
}

async fn route(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let (method, path) = call.route();
    match (method, path.as_slice()) {
        ("GET", ["organizations"]) => list::list(api, call).await,
        ("POST", ["organizations"]) => create::create(api, call).await,
        ("PATCH", ["organizations"]) => update::update_many(api, call).await,
        ("DELETE", ["organizations"]) => remove::remove_many(api, call).await,
        (_, ["organization_types", rest @ ..]) => label(api, call, LabelKind::Type, method, rest).await,
        (_, ["organization_statuses", rest @ ..]) => label(api, call, LabelKind::Status, method, rest).await,
        ("GET", ["organizations", id]) => list::show(api, call, id_in_path(id)?).await,
        ("PATCH", ["organizations", id]) => update::update(api, call, id_in_path(id)?).await,
        ("DELETE", ["organizations", id]) => remove::remove(api, call, id_in_path(id)?).await,
        _ => Err(no_such_route(ROUTES, call)),
    }
}

async fn label(
    api: &Api,
    call: &Call,
    kind: LabelKind,
    method: &str,
    rest: &[&str],
) -> Result<Answer, Failure> {
    match (method, rest) {
        ("GET", []) => labels::list::list(api, call, kind).await,
        ("POST", []) => labels::create::create(api, call, kind).await,
        ("GET", [id]) => labels::list::show(api, call, kind, id_in_path(id)?).await,
        ("PATCH", [id]) => labels::update::update(api, call, kind, id_in_path(id)?).await,
        _ => Err(no_such_route(ROUTES, call)),
    }
}

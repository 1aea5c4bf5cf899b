//! `/connection-invitations/{token}`: the page behind the link in a GlueConnect mail, and the one request that answers it.

mod answer;
mod link;
mod operations;
mod page;
pub mod shown;

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
    api.answer("accept-connection", &call, outcome).await
}

async fn route(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let (method, path) = call.route();
    match (method, path.as_slice()) {
        ("GET", ["connection-invitations", token]) => page::show(api, call, token).await,
        ("POST", ["connection-invitations", token]) => answer::answer(api, call, token).await,
        ("POST", ["connections", id, "answer"]) => answer::answer_inside(api, call, id_in_path(id)?).await,
        _ => Err(no_such_route(ROUTES, call)),
    }
}

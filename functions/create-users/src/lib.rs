//! `POST /users`: invites one or many people.

mod invite;
mod operations;
mod rows;
pub mod shown;

use api::{Api, Failure, no_such_route};
use lambda_http::{Body, Request, Response};
use web::operation::routes;
use web::{Answer, Call, Fault, Faults, Route};

pub use operations::OPERATIONS;

/// The routes that this function answers.
pub const ROUTES: &[Route] = &routes::<{ OPERATIONS.len() }>(OPERATIONS);

/// Answers a request.
pub async fn handle(api: &Api, request: Request) -> Response<Body> {
    let call = api.call(request);
    let outcome = route(api, &call).await;
    api.answer("create-users", &call, outcome).await
}

async fn route(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let (method, path) = call.route();
    match (method, path.as_slice()) {
        ("POST", ["users"]) => invite::invite(api, call, preview(call)?).await,
        _ => Err(no_such_route(ROUTES, call)),
    }
}

fn preview(call: &Call) -> Result<bool, Faults> {
    call.allow_parameters(&["preview"])?;
    match call.parameter("preview") {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => {
            Err(Fault::malformed("bad-parameter", "This is true or false.").in_parameter("preview").into())
        }
    }
}

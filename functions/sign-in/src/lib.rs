//! `/sessions` and `/session`: signing in, who one is, signing out.

mod browsers;
mod form;
mod operations;
mod proof;
mod renewal;
mod session;
pub mod shown;
mod sign_in;

use api::{Api, Failure, no_such_route};
use lambda_http::{Body, Request, Response};
use signing::Signer;
use tokens::SigningKeys;
use web::operation::routes;
use web::request::id_in_path;
use web::{Answer, Call, Fault, Route};

pub use operations::OPERATIONS;

/// The routes that this function answers.
pub const ROUTES: &[Route] = &routes::<{ OPERATIONS.len() }>(OPERATIONS);

/// Answers a request.
pub async fn handle(api: &Api, signer: &Signer, request: Request) -> Response<Body> {
    let call = api.call(request);
    let outcome = match signer.at_hand(call.now).await {
        Some(signing) => route(api, &signing, &call).await,
        None => Err(Fault::unavailable().into()),
    };
    api.answer("sign-in", &call, outcome).await
}

async fn route(api: &Api, signing: &SigningKeys, call: &Call) -> Result<Answer, Failure> {
    let (method, path) = call.route();
    match (method, path.as_slice()) {
        ("POST", ["sessions"]) if call.is_form() => form::sign_in(api, signing, call).await,
        ("POST", ["sessions"]) => sign_in::sign_in(api, signing, call).await,
        // Whoever reloads the page that answered a wrong password.
        ("GET", ["sessions"]) if call.wants_page() && call.bearer_token().is_none() => {
            Ok(Answer::see_other("/console/sign-in"))
        }
        ("GET", ["sessions"]) => browsers::list(api, call).await,
        ("DELETE", ["sessions", id]) => browsers::end(api, call, id_in_path(id)?).await,
        ("POST", ["session", "proof"]) => proof::prove(api, signing, call).await,
        ("POST", ["session", "renewals"]) => renewal::renew(api, signing, call).await,
        ("GET", ["session"]) => session::show(api, call).await,
        ("PATCH", ["session"]) => session::switch(api, signing, call).await,
        ("DELETE", ["session"]) => session::end(api, call).await,
        _ => Err(no_such_route(ROUTES, call)),
    }
}

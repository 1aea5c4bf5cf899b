//! `POST /accounts`: opens an account with its first Administrator.

mod open;
mod operations;
pub mod shown;

use api::{Api, Failure, no_such_route};
use lambda_http::{Body, Request, Response};
use web::operation::routes;
use web::{Answer, Call, Fault, Route};

pub use operations::OPERATIONS;

/// The routes that this function answers.
pub const ROUTES: &[Route] = &routes::<{ OPERATIONS.len() }>(OPERATIONS);

/// Who may open an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignUp {
    /// Anyone.
    Open,
    /// Nobody through the API. Whoever may invoke the function itself still opens accounts with it.
    Closed,
}

impl SignUp {
    /// As a variable says it: `open`, or anything else for closed, nothing as well.
    #[must_use]
    pub fn from_text(text: Option<&str>) -> Self {
        if text.is_some_and(|text| text.trim() == "open") { Self::Open } else { Self::Closed }
    }

    fn check(self, call: &Call) -> Result<(), Failure> {
        if self == Self::Closed && call.came_through_the_gateway {
            let detail = "Only the operator can open accounts here. Ask them for one.";
            return Err(Fault::forbidden("sign-up-closed", detail).into());
        }
        Ok(())
    }
}

/// Answers a request.
pub async fn handle(api: &Api, sign_up: SignUp, request: Request) -> Response<Body> {
    let call = api.call(request);
    let outcome = match sign_up.check(&call) {
        Ok(()) => route(api, &call).await,
        Err(closed) => Err(closed),
    };
    api.answer("open-account", &call, outcome).await
}

async fn route(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let (method, path) = call.route();
    match (method, path.as_slice()) {
        ("POST", ["accounts"]) => open::open(api, call).await,
        _ => Err(no_such_route(ROUTES, call)),
    }
}

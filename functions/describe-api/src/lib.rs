//! `GET /openapi.json`: what the API is, for programs. And every address that no other function has: that it is none of ours,
//! or which methods it takes. Reads no table, so that whoever knocks at wrong doors costs no more than the knock.

mod addresses;
mod operations;

use api::link::page_or;
use api::{answer, refuse};
use environment::Clock;
use lambda_http::http::{HeaderValue, header};
use lambda_http::{Body, Request, Response};
use web::operation::routes;
use web::{Answer, Call, Fault, Route, page};

use crate::addresses::methods_at;

pub use operations::OPERATIONS;

/// The routes that this function answers, besides whatever is no route.
pub const ROUTES: &[Route] = &routes::<{ OPERATIONS.len() }>(OPERATIONS);

/// The OpenAPI document, generated from the code's own types.
const DOCUMENT: &str = include_str!("../../../docs/openapi.json");

/// Answers a request.
#[must_use]
pub fn handle(clock: &Clock, request: Request) -> Response<Body> {
    let call = Call::new(request, clock.now());
    let (method, path) = call.route();
    if let ("GET", ["openapi.json"]) = (method, path.as_slice()) {
        let outcome = call.allow_parameters(&[]).map(|()| Answer::description(DOCUMENT));
        return answer("describe-api", &call, outcome, clock.now());
    }
    let methods = methods_at(&path);
    // What takes the method and comes here all the same is written otherwise than the gateway knows it, as `//users` is.
    if methods.is_empty() || methods.iter().any(|known| known == method) {
        let none = page_or(&call, 404, page::no_such_address, Fault::no_such_address);
        return refuse("describe-api", &call, none, clock.now());
    }
    let not_so = page_or(&call, 405, page::not_for_browsers, Fault::method_not_allowed);
    let mut response = refuse("describe-api", &call, not_so, clock.now());
    if let Ok(allowed) = HeaderValue::from_str(&methods.join(", ")) {
        response.headers_mut().insert(header::ALLOW, allowed);
    }
    response
}

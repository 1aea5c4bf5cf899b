//! Pages from elsewhere that may call the API: what an HTTP API does with its CORS configuration. It answers each preflight
//! itself, and says with every other answer whose pages may read it.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

/// The headers that a page may send, as in the template.
pub const SENT: &str = "authorization,content-type,x-api-key,idempotency-key,if-match,if-none-match";

/// The headers of an answer that a page may read besides those that it always may, as in the template.
pub const READ: &str =
    "x-request-id,apigw-requestid,retry-after,location,link,etag,allow,content-disposition,www-authenticate";

/// What a page may ask for, as in the template.
pub const METHODS: &str = "GET,HEAD,POST,PUT,PATCH,DELETE";

/// For so many seconds a browser need not ask again, as in the template.
pub const REMEMBERED: &str = "600";

/// Whose pages may call the API: `https://app.example`, each as browsers write it.
#[derive(Debug, Clone, Default)]
pub struct Origins(Arc<[String]>);

impl Origins {
    /// These.
    #[must_use]
    pub fn new(origins: Vec<String>) -> Self {
        Self(origins.into())
    }

    /// Whether this one is among them.
    pub(crate) fn have(&self, origin: &str) -> bool {
        self.0.iter().any(|known| known == origin)
    }
}

/// Answers preflights, and says who may read what else is answered. Where nobody is let in, nothing is different.
pub(crate) async fn shared(State(origins): State<Origins>, request: Request, next: Next) -> Response {
    if origins.0.is_empty() {
        return next.run(request).await;
    }
    let origin = request.headers().get(ORIGIN).cloned();
    let origin = origin.filter(|origin| origin.to_str().is_ok_and(|origin| origins.have(origin)));
    let is_preflight =
        request.method() == Method::OPTIONS && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if is_preflight { nothing() } else { next.run(request).await };
    let headers = response.headers_mut();
    headers.append(VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = origin {
        allow(headers, origin, is_preflight);
    }
    response
}

fn allow(headers: &mut HeaderMap, origin: HeaderValue, is_preflight: bool) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    let others = if is_preflight {
        vec![
            (ACCESS_CONTROL_ALLOW_METHODS, METHODS),
            (ACCESS_CONTROL_ALLOW_HEADERS, SENT),
            (ACCESS_CONTROL_MAX_AGE, REMEMBERED),
        ]
    } else {
        vec![(ACCESS_CONTROL_EXPOSE_HEADERS, READ)]
    };
    headers.extend(others.into_iter().map(|(name, value)| (name, HeaderValue::from_static(value))));
}

fn nothing() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

//! The HTTP front: what API Gateway is to the functions on AWS, with its limits and its refusals.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use environment::Clock;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::cross_origin::{self, Origins};
use crate::gateway::{answer, event, refusal};
use crate::invocation::{self, Failure};
use crate::loopback;
use crate::routing::{Match, Routing};

/// The longest body that an HTTP API takes.
const LONGEST_BODY: usize = 10 * 1024 * 1024;
/// The longest event, and the longest answer, of a function.
const LONGEST_PAYLOAD: usize = 6 * 1024 * 1024;
/// How long an HTTP API waits for a function.
const LIMIT: Duration = Duration::from_secs(30);

/// What the front needs.
pub(crate) struct Front {
    pub(crate) routing: Routing,
    pub(crate) clock: Clock,
    /// Whose pages may call.
    pub(crate) origins: Origins,
}

impl Front {
    /// Serves on `listener` until `stopped` is done.
    pub(crate) async fn serve(
        self,
        listener: TcpListener,
        stopped: impl Future<Output = ()> + Send + 'static,
    ) {
        let origins = self.origins.clone();
        // The last one is the outermost.
        let router = Router::new()
            .fallback(handle)
            .layer(from_fn_with_state(origins.clone(), cross_origin::shared))
            .layer(from_fn_with_state(origins, loopback::or_from))
            .with_state(Arc::new(self));
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        if let Err(error) = axum::serve(listener, service).with_graceful_shutdown(stopped).await {
            tracing::error!(%error, "the front stopped");
        }
    }

    async fn answer(&self, found: &Match, request: Request, source: SocketAddr) -> Response {
        let (parts, body) = request.into_parts();
        let Ok(body) = to_bytes(body, LONGEST_BODY).await else {
            return refusal(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large");
        };
        let event = event(&parts, &body, found, source.ip(), self.clock.now());
        let request_id =
            event.pointer("/requestContext/requestId").and_then(Value::as_str).unwrap_or_default();
        let request_id = HeaderValue::try_from(request_id);
        if event.to_string().len() > LONGEST_PAYLOAD {
            return refusal(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large");
        }
        let mut response = match invocation::invoke(&found.function, event, LIMIT).await {
            Ok(value) if value.to_string().len() > LONGEST_PAYLOAD => failed(found, "its answer is too long"),
            Ok(value) => answer(value).unwrap_or_else(|| failed(found, "its answer is none")),
            Err(Failure::Error(reason)) => failed(found, &reason),
            Err(Failure::TimedOut(_)) => refusal(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable"),
        };
        if let Ok(request_id) = request_id {
            response.headers_mut().insert("apigw-requestid", request_id);
        }
        response
    }
}

async fn handle(
    State(front): State<Arc<Front>>,
    ConnectInfo(source): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let began = Instant::now();
    let method = request.method().clone();
    let found = front.routing.find(method.as_str(), request.uri().path());
    let response = match &found {
        Some(found) => front.answer(found, request, source).await,
        None => refusal(StatusCode::NOT_FOUND, "Not Found"),
    };
    // The route and never the path, which can hold a link.
    let route = found.map_or_else(|| format!("{method} (no route)"), |found| found.key);
    let (status, ms) = (response.status().as_u16(), began.elapsed().as_millis());
    tracing::info!("{route} {status} {ms} ms");
    response
}

fn failed(found: &Match, reason: &str) -> Response {
    tracing::error!(function = found.function.name, reason, "a function failed");
    refusal(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
}

//! The door of DynamoDB: the port that people and tools use. The embedded database answers whoever calls, pages of any origin
//! too, so it listens where nobody is told of, and every request from outside comes through here.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, HOST};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::from_fn;
use axum::response::Response;
use tokio::net::TcpListener;

use crate::gateway::{BETWEEN_NEIGHBOURS, refusal};
use crate::loopback;

/// The longest request that DynamoDB takes.
const LONGEST_BODY: usize = 16 * 1024 * 1024;

/// A place on this machine for the database itself, by an address that a page cannot guess. Systems that have one loopback
/// address alone get a free port of it.
pub(crate) async fn behind() -> std::io::Result<(TcpListener, String)> {
    let mut random = [0; 3];
    let is_random = getrandom::fill(&mut random).is_ok();
    let [second, third, fourth] = random;
    let hidden = if is_random {
        Ipv4Addr::new(127, second.max(1), third, fourth.clamp(1, 254))
    } else {
        Ipv4Addr::LOCALHOST
    };
    let at = |address: Ipv4Addr| SocketAddr::new(IpAddr::V4(address), 0);
    let listener = match TcpListener::bind(at(hidden)).await {
        Ok(listener) => listener,
        Err(_) => TcpListener::bind(at(Ipv4Addr::LOCALHOST)).await?,
    };
    let url = format!("http://{}", listener.local_addr()?);
    Ok((listener, url))
}

/// What stands behind the door, and how it is reached.
#[derive(Clone)]
struct Behind {
    url: String,
    client: reqwest::Client,
}

/// Hands requests of this machine on to what is at `url`, until `stopped` is done.
pub(crate) async fn serve(
    listener: TcpListener,
    url: String,
    stopped: impl Future<Output = ()> + Send + 'static,
) {
    let behind = Behind { url, client: reqwest::Client::new() };
    let router = Router::new().fallback(hand_on).layer(from_fn(loopback::only)).with_state(behind);
    if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stopped).await {
        tracing::error!(%error, "the door of DynamoDB stopped");
    }
}

async fn hand_on(State(behind): State<Behind>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LONGEST_BODY).await else {
        return refusal(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large");
    };
    let address = parts.uri.path_and_query().map_or("/", |address| address.as_str());
    let asked = behind
        .client
        .request(parts.method, format!("{}{address}", behind.url))
        .headers(of_its_own(parts.headers))
        .body(body);
    let answer = async {
        let answer = asked.send().await?;
        let (status, headers) = (answer.status(), of_its_own(answer.headers().clone()));
        Ok::<_, reqwest::Error>((status, headers, answer.bytes().await?))
    };
    match answer.await {
        Ok((status, headers, body)) => {
            let mut response = Response::new(Body::from(body));
            *response.status_mut() = status;
            *response.headers_mut() = headers;
            response
        }
        Err(_) => refusal(StatusCode::BAD_GATEWAY, "Bad Gateway"),
    }
}

/// The headers without those that are about one connection.
fn of_its_own(mut headers: HeaderMap) -> HeaderMap {
    for name in BETWEEN_NEIGHBOURS.into_iter().chain([HOST.as_str(), CONTENT_LENGTH.as_str()]) {
        headers.remove(name);
    }
    headers
}

//! What may stand before the API: CloudFront, with a limit for each address. It adds a secret to every request that it lets
//! through. The functions know its hash, and where they do, whatever comes through the gateway without the secret has gone round.

use std::convert::Infallible;

use lambda_http::request::RequestContext;
use lambda_http::{Body, Error, Request, RequestExt as _, Response, service_fn};
use policy::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::Answer;
use crate::fault::{Fault, Faults};
use crate::request::Call;

/// The variable with the SHA-256 of the secret in hexadecimal digits; two with a comma between, while one takes the other's place.
pub const VARIABLE: &str = "ORIGIN_SECRET_HASH";

/// The header with the secret.
pub const HEADER: &str = "x-origin-secret";

/// The header in which CloudFront says who asks it, with a port.
const VIEWER: &str = "cloudfront-viewer-address";

/// What stands before the API, if anything does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edge {
    hashes: Vec<String>,
}

/// The variable holds something else than hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAHash;

impl std::fmt::Display for NotAHash {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "the environment variable {VARIABLE} is no SHA-256 in hexadecimal digits, nor two with a comma"
        )
    }
}

impl std::error::Error for NotAHash {}

impl Edge {
    /// As the variable says it; without one, or where it is empty, nothing stands there. What is no hash stops the function
    /// rather than leave the door open.
    pub fn from_text(text: Option<&str>) -> Result<Self, NotAHash> {
        let text = text.map(str::trim).unwrap_or_default();
        if text.is_empty() {
            return Ok(Self::default());
        }
        let hashes: Vec<String> = text.split(',').map(|hash| hash.trim().to_ascii_lowercase()).collect();
        let is_hash = |hash: &String| hash.len() == 64 && hash.bytes().all(|digit| digit.is_ascii_hexdigit());
        if hashes.iter().all(is_hash) { Ok(Self { hashes }) } else { Err(NotAHash) }
    }

    /// Lets a request in, or says how it is refused, before anything else of it is read. Without an edge nothing is changed.
    /// With one the secret is taken off, and the client is whom the edge saw: the gateway sees the edge. Whoever may invoke
    /// the function itself needs no secret.
    pub fn admit(&self, request: &mut Request) -> Result<(), Box<Response<Body>>> {
        if self.hashes.is_empty() || !came_through_the_gateway(request) {
            return Ok(());
        }
        let secret = request.headers_mut().remove(HEADER);
        // Hashes are compared, so how long it takes tells nothing of the secret.
        let is_known = secret.is_some_and(|secret| self.hashes.contains(&hash(secret.as_bytes())));
        if !is_known {
            return Err(Box::new(gone_round()));
        }
        let viewer = request.headers_mut().remove(VIEWER);
        let address = viewer.as_ref().and_then(|viewer| viewer.to_str().ok()).and_then(without_port);
        if let (Some(address), Some(RequestContext::ApiGatewayV2(context))) =
            (address, request.extensions_mut().get_mut::<RequestContext>())
        {
            context.http.source_ip = Some(address);
        }
        Ok(())
    }
}

fn came_through_the_gateway(request: &Request) -> bool {
    match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => context.apiid.is_some(),
        _ => false,
    }
}

fn without_port(viewer: &str) -> Option<String> {
    let (address, _) = viewer.rsplit_once(':')?;
    let address = address.trim_matches(['[', ']']);
    address.parse::<std::net::IpAddr>().ok().map(|address| address.to_string())
}

fn hash(secret: &[u8]) -> String {
    Sha256::digest(secret).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn gone_round() -> Response<Body> {
    let detail = "This address is not for clients. Use the public address of the API.";
    let nothing_of_it = Call::new(Request::default(), Timestamp::from_millis(0));
    let answer: Answer = Faults::from(Fault::forbidden("not-through-the-edge", detail)).into();
    answer.into_response(&nothing_of_it)
}

/// Runs a function of the API: each request that the edge admits is answered so.
pub async fn run<Answering>(answer: impl Fn(Request) -> Answering + Send + Sync) -> Result<(), Error>
where
    Answering: Future<Output = Response<Body>> + Send,
{
    let edge = Edge::from_text(std::env::var(VARIABLE).ok().as_deref())?;
    let handle = service_fn(|mut request: Request| {
        let admitted = edge.admit(&mut request).map(|()| answer(request));
        async move {
            Ok::<_, Infallible>(match admitted {
                Ok(answering) => answering.await,
                Err(refused) => *refused,
            })
        }
    });
    lambda_http::run(handle).await
}

#[cfg(test)]
mod tests {
    use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpRequestContext;
    use lambda_http::http;

    use super::*;

    const SECRET: &str = "correct horse battery staple";

    fn request(through_the_gateway: bool, headers: &[(&str, &str)]) -> Request {
        let mut request = http::Request::get("/health");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut context = ApiGatewayV2httpRequestContext::default();
        context.apiid = through_the_gateway.then(|| "a1b2c3".to_owned());
        context.http.source_ip = Some("198.51.100.7".to_owned());
        request.body(Body::Empty).unwrap().with_request_context(RequestContext::ApiGatewayV2(context))
    }

    fn edge() -> Edge {
        let both = format!("{}, {}", hash(b"the one before"), hash(SECRET.as_bytes()).to_uppercase());
        Edge::from_text(Some(&both)).unwrap()
    }

    fn seen(request: Request) -> Option<String> {
        Call::new(request, Timestamp::from_millis(0)).ip_address
    }

    #[test]
    fn without_an_edge_nothing_is_asked_and_nothing_believed() {
        for nothing in [None, Some(""), Some("  ")] {
            let edge = Edge::from_text(nothing).unwrap();
            let mut request = request(true, &[(VIEWER, "203.0.113.9:4711"), (HEADER, SECRET)]);
            assert!(edge.admit(&mut request).is_ok());
            assert!(request.headers().contains_key(VIEWER));
            assert_eq!(seen(request).as_deref(), Some("198.51.100.7"));
        }
    }

    #[test]
    fn what_goes_round_the_edge_is_refused_and_its_word_on_where_it_comes_from_not_taken() {
        for headers in [vec![], vec![(HEADER, "wrong")], vec![(HEADER, "")], vec![(VIEWER, "203.0.113.9:1")]]
        {
            let refused = edge().admit(&mut request(true, &headers)).unwrap_err();
            assert_eq!(refused.status(), 403, "{headers:?}");
            assert!(matches!(refused.body(), Body::Text(text) if text.contains("not-through-the-edge")));
        }
    }

    #[test]
    fn what_the_edge_lets_through_comes_from_whom_the_edge_saw_and_has_no_secret_any_more() {
        for (viewer, address) in [
            ("203.0.113.9:4711", "203.0.113.9"),
            ("[2001:db8::9]:4711", "2001:db8::9"),
            ("2001:db8:0:0:0:0:0:9:4711", "2001:db8::9"),
            ("no address:4711", "198.51.100.7"),
        ] {
            for secret in [SECRET, "the one before"] {
                let mut request = request(true, &[(HEADER, secret), (VIEWER, viewer)]);
                assert!(edge().admit(&mut request).is_ok(), "{viewer}");
                assert!(!request.headers().contains_key(HEADER));
                assert_eq!(seen(request).as_deref(), Some(address), "{viewer}");
            }
        }
    }

    #[test]
    fn whoever_invokes_the_function_itself_needs_no_secret() {
        assert!(edge().admit(&mut request(false, &[])).is_ok());
    }

    #[test]
    fn what_is_no_hash_opens_no_door() {
        let with_a_second = format!("{},", hash(b"a"));
        for text in ["secret", "0123", with_a_second.as_str(), &"g".repeat(64)] {
            assert_eq!(Edge::from_text(Some(text)), Err(NotAHash), "{text}");
        }
    }
}

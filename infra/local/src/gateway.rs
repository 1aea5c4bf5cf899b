//! What API Gateway's HTTP API does between HTTP and a function: the event (payload format 2.0) and the way back.

use std::collections::BTreeMap;
use std::net::IpAddr;

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_TYPE, COOKIE, HOST, SET_COOKIE, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use policy::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::identifier;
use crate::routing::{Match, decoded};
use crate::surroundings::ACCOUNT;

/// Headers between two neighbours, which are not handed on.
pub(crate) const BETWEEN_NEIGHBOURS: [&str; 8] = [
    "connection",
    "expect",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// What a function answers.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Answer {
    status_code: u16,
    headers: BTreeMap<String, String>,
    multi_value_headers: BTreeMap<String, Vec<String>>,
    cookies: Vec<String>,
    body: Option<String>,
    is_base64_encoded: bool,
}

impl Default for Answer {
    fn default() -> Self {
        Self {
            status_code: 200,
            headers: BTreeMap::new(),
            multi_value_headers: BTreeMap::new(),
            cookies: Vec::new(),
            body: None,
            is_base64_encoded: false,
        }
    }
}

/// The event of one request.
pub(crate) fn event(parts: &Parts, body: &Bytes, found: &Match, source: IpAddr, now: Timestamp) -> Value {
    // An HTTP API hands the path on decoded, and the query as it was sent.
    let path = decoded(parts.uri.path());
    let query = parts.uri.query().unwrap_or_default();
    let header = |name| parts.headers.get(name).map(text).unwrap_or_default();
    let host = header(HOST);
    let domain = host.rsplit_once(':').map_or(host.as_str(), |(domain, _)| domain);
    let time = jiff::Timestamp::from_millisecond(now.as_millis()).unwrap_or_default();

    let mut event = Map::new();
    let mut set = |name: &str, value: Value| event.insert(name.to_owned(), value);
    set("version", "2.0".into());
    set("routeKey", found.key.as_str().into());
    set("rawPath", path.as_str().into());
    set("rawQueryString", query.into());
    let cookies: Vec<String> = parts
        .headers
        .get_all(COOKIE)
        .iter()
        .flat_map(|value| text(value).split(';').map(|one| one.trim().to_owned()).collect::<Vec<_>>())
        .collect();
    if !cookies.is_empty() {
        set("cookies", cookies.into());
    }
    set("headers", json!(headers(&parts.headers, source, &host)));
    let parameters = query_parameters(query);
    if !parameters.is_empty() {
        set("queryStringParameters", json!(parameters));
    }
    if !found.parameters.is_empty() {
        set("pathParameters", json!(found.parameters));
    }
    set(
        "requestContext",
        json!({
            "accountId": ACCOUNT,
            "apiId": "local",
            "domainName": domain,
            "domainPrefix": domain.split('.').next(),
            "http": {
                "method": parts.method.as_str(),
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": source.to_string(),
                "userAgent": header(USER_AGENT),
            },
            "requestId": identifier::fresh(),
            "routeKey": found.key,
            "stage": "$default",
            "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
            "timeEpoch": now.as_millis(),
        }),
    );
    let readable = is_text(&header(CONTENT_TYPE)).then(|| std::str::from_utf8(body).ok()).flatten();
    if !body.is_empty() {
        set("body", readable.map_or_else(|| STANDARD.encode(body), str::to_owned).into());
    }
    set("isBase64Encoded", (!body.is_empty() && readable.is_none()).into());
    Value::Object(event)
}

/// HTTP from a function's answer; `None`, if that is none.
pub(crate) fn answer(value: Value) -> Option<Response> {
    let answer: Answer = serde_json::from_value(value).ok()?;
    let mut headers = HeaderMap::new();
    let single = answer.headers.iter();
    let repeated =
        answer.multi_value_headers.iter().flat_map(|(name, all)| all.iter().map(move |one| (name, one)));
    for (name, value) in single.chain(repeated) {
        headers.append(HeaderName::try_from(name).ok()?, HeaderValue::try_from(value).ok()?);
    }
    for cookie in &answer.cookies {
        headers.append(SET_COOKIE, HeaderValue::try_from(cookie).ok()?);
    }
    let body = answer.body.unwrap_or_default();
    let body = if answer.is_base64_encoded { STANDARD.decode(body).ok()? } else { body.into_bytes() };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(answer.status_code).ok()?;
    *response.headers_mut() = headers;
    Some(response)
}

/// An answer of the gateway itself.
pub(crate) fn refusal(status: StatusCode, message: &str) -> Response {
    (status, [(CONTENT_TYPE, "application/json")], json!({ "message": message }).to_string()).into_response()
}

/// Repeated ones joined by a comma, cookies apart, and what the gateway adds.
fn headers(sent: &HeaderMap, source: IpAddr, host: &str) -> BTreeMap<String, String> {
    let mut headers = BTreeMap::new();
    for name in sent.keys().filter(|name| *name != COOKIE && !BETWEEN_NEIGHBOURS.contains(&name.as_str())) {
        let values: Vec<String> = sent.get_all(name).iter().map(text).collect();
        headers.insert(name.to_string(), values.join(","));
    }
    let so_far = headers.remove("x-forwarded-for").map(|sent| format!("{sent}, ")).unwrap_or_default();
    headers.insert("x-forwarded-for".to_owned(), format!("{so_far}{source}"));
    let port = host.rsplit_once(':').map_or("80", |(_, port)| port);
    headers.insert("x-forwarded-port".to_owned(), port.to_owned());
    headers.insert("x-forwarded-proto".to_owned(), "http".to_owned());
    let trace = identifier::fresh().replace('-', "");
    let (begin, end) = trace.split_at_checked(8).unwrap_or_default();
    headers.insert("x-amzn-trace-id".to_owned(), format!("Root=1-{begin}-{end}"));
    headers
}

/// Decoded, repeated ones joined by a comma.
fn query_parameters(query: &str) -> BTreeMap<String, String> {
    let mut parameters: BTreeMap<String, String> = BTreeMap::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let plain = |text: &str| decoded(&text.replace('+', " "));
        let value = plain(value);
        parameters
            .entry(plain(name))
            .and_modify(|all| {
                all.push(',');
                all.push_str(&value);
            })
            .or_insert_with(|| value.clone());
    }
    parameters
}

/// The kinds of body that an HTTP API hands on as text. Every other comes as base64: `application/vnd.api+json`, a
/// form, and a body of no stated kind too.
fn is_text(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind.starts_with("text/")
        || matches!(kind.as_str(), "application/json" | "application/xml" | "application/javascript")
}

fn text(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}

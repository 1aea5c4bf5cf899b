//! What a request says: method, path, query, headers, where it comes from.

use std::str::FromStr;

use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpRequestContext;
use lambda_http::http::{HeaderMap, Method, header};
use lambda_http::request::RequestContext;
use lambda_http::{Body, Request, RequestExt as _};
use policy::{Timestamp, repeat};

use crate::body::{Attribute, Form};
use crate::document::Document;
use crate::fault::{Fault, Faults, sentence};
use crate::noted::Noted;

/// Bytes of a request's body at most. The largest that anyone needs, five hundred invitations with a long message each, is well
/// below; API Gateway takes 10 MB, Lambda 6.
pub const BODY_LIMIT: usize = 4 * 1024 * 1024;

/// The header with which a request may be sent again.
pub const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// One of the routes that a function answers, as the template, the local front and `cargo lambda watch` know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    /// `GET`, `POST`, …
    pub method: &'static str,
    /// With `{names}` for what varies: `/users/{id}`.
    pub path: &'static str,
}

impl Route {
    /// A route.
    #[must_use]
    pub const fn new(method: &'static str, path: &'static str) -> Self {
        Self { method, path }
    }
}

/// Whether the segments of an address are those of a route's path, in which `{names}` stand for what varies.
#[must_use]
pub fn is_at(path: &str, segments: &[&str]) -> bool {
    let names: Vec<&str> = path.split('/').filter(|name| !name.is_empty()).collect();
    names.len() == segments.len()
        && names.iter().zip(segments).all(|(name, given)| name.starts_with('{') || name == given)
}

/// An id in the address. What is no id is the id of nothing: 404.
pub fn id_in_path<Id: FromStr>(text: &str) -> Result<Id, Faults> {
    text.parse().map_err(|_| Fault::unknown().into())
}

/// One request, at one moment.
#[derive(Debug)]
pub struct Call {
    /// The moment that counts for everything this request does.
    pub now: Timestamp,
    /// By which people and logs refer to it.
    pub request_id: String,
    /// Where it comes from, as API Gateway saw it.
    pub ip_address: Option<String>,
    /// What the client calls itself, at most 300 characters of it.
    pub user_agent: Option<String>,
    /// What is learned on the way, for the activity log.
    pub noted: Noted,
    method: Method,
    segments: Vec<String>,
    query: Vec<(String, String)>,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Call {
    /// Takes a request apart.
    #[must_use]
    pub fn new(request: Request, now: Timestamp) -> Self {
        let context = gateway_context(&request);
        let request_id = context
            .as_ref()
            .and_then(|context| context.request_id.clone())
            .or_else(|| request.lambda_context_ref().map(|context| context.request_id.clone()))
            .unwrap_or_default();
        let ip_address = context.and_then(|context| context.http.source_ip);
        // The path that the gateway matched. In the address that is made of it an encoded `#` or `?` would end the path.
        let path = Some(request.raw_http_path()).filter(|path| !path.is_empty());
        let path = path.unwrap_or_else(|| request.uri().path()).to_owned();
        let query = request.uri().query().unwrap_or_default().to_owned();
        let (parts, body) = request.into_parts();
        let user_agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        Self {
            now,
            request_id,
            ip_address,
            user_agent: user_agent.map(|text| text.chars().take(300).collect()),
            noted: Noted::default(),
            segments: path
                .split('/')
                .filter(|segment| !segment.is_empty())
                .map(|segment| percent_encoding::percent_decode_str(segment).decode_utf8_lossy().into_owned())
                .collect(),
            query: form_urlencoded::parse(query.as_bytes())
                .map(|(name, value)| (name.replace('_', "-"), value.into_owned()))
                .collect(),
            method: parts.method,
            headers: parts.headers,
            body: match body {
                Body::Text(text) => text.into_bytes(),
                Body::Binary(bytes) => bytes,
                _ => Vec::new(),
            },
        }
    }

    /// Method and path segments, to match on. A trailing slash changes nothing.
    #[must_use]
    pub fn route(&self) -> (&str, Vec<&str>) {
        (self.method.as_str(), self.segments.iter().map(String::as_str).collect())
    }

    /// The path without a trailing slash.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/{}", self.segments.join("/"))
    }

    /// The address without a query: with scheme and host, as the client named them, if it did. JSON:API takes any reference;
    /// the PowerShell modules follow whole addresses alone.
    #[must_use]
    pub fn address(&self) -> String {
        let is_plain =
            |text: &&str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".:-[]".contains(&byte));
        match self.header("host").filter(is_plain) {
            Some(host) if !host.is_empty() => {
                let scheme = self.header("x-forwarded-proto").filter(|scheme| *scheme == "http");
                format!("{}://{host}{}", scheme.unwrap_or("https"), self.path())
            }
            _ => self.path(),
        }
    }

    /// A header, if it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The idempotency key that the request came with, if it did.
    pub fn idempotency_key(&self) -> Result<Option<&str>, Faults> {
        let mut given = self.headers.get_all(IDEMPOTENCY_KEY).iter();
        let Some(first) = given.next() else { return Ok(None) };
        let key = first.to_str().ok().filter(|key| given.next().is_none() && repeat::check_key(key).is_ok());
        match key {
            Some(key) => Ok(Some(key)),
            None => {
                let detail = sentence(&repeat::NotAKey.to_string());
                Err(Fault::malformed("bad-idempotency-key", detail).in_header(IDEMPOTENCY_KEY).into())
            }
        }
    }

    /// All that tells this request from another one: method, path without a trailing slash, query, body. How long each part is
    /// comes before it, so that nothing wanders from one to the next.
    #[must_use]
    pub fn content(&self) -> Vec<u8> {
        let counts = [self.segments.len(), self.query.len()].map(|count| count.to_string());
        let mut parts = vec![self.method.as_str()];
        parts.extend(counts.iter().map(String::as_str));
        parts.extend(self.segments.iter().map(String::as_str));
        parts.extend(self.query.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]));
        let mut content: Vec<u8> =
            parts.iter().flat_map(|part| format!("{}:{part}", part.len()).into_bytes()).collect();
        content.extend(&self.body);
        content
    }

    /// The token of `Authorization: Bearer …`.
    #[must_use]
    pub fn bearer_token(&self) -> Option<&str> {
        let (scheme, token) = self.header("authorization")?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    }

    /// The API key that the request says it is of.
    #[must_use]
    pub fn api_key(&self) -> Option<&str> {
        self.header("x-api-key").map(str::trim)
    }

    /// A query parameter, its name written with hyphens; the last one if it stands more than once.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Every query parameter, names with hyphens.
    #[must_use]
    pub fn query(&self) -> &[(String, String)] {
        &self.query
    }

    /// A fault for each query parameter that is not one of these.
    pub fn allow_parameters(&self, known: &[&str]) -> Result<(), Faults> {
        let faults = self.query.iter().filter(|(name, _)| !known.contains(&name.as_str()));
        Faults::check(
            faults
                .map(|(name, _)| {
                    Fault::malformed("unknown-parameter", format!("There is no parameter {name} here."))
                        .in_parameter(name)
                })
                .collect(),
        )
    }

    /// The version that `If-Match` asks for, if it does.
    pub fn expected_version(&self) -> Result<Option<u64>, Faults> {
        match self.header("if-match") {
            None | Some("*") => Ok(None),
            Some(tag) => match tag.trim_start_matches("W/").trim_matches('"').parse() {
                Ok(version) => Ok(Some(version)),
                Err(_) => Err(Fault::stale().into()),
            },
        }
    }

    /// Whether the client would rather have a page than JSON.
    #[must_use]
    pub fn wants_page(&self) -> bool {
        self.header("accept").is_some_and(|accept| accept.contains("text/html"))
    }

    /// Whether the client would rather have a table than JSON.
    #[must_use]
    pub fn wants_csv(&self) -> bool {
        self.header("accept").is_some_and(|accept| {
            let mut kinds = accept.split(',').map(|kind| kind.split(';').next().unwrap_or_default().trim());
            kinds.any(|kind| kind.eq_ignore_ascii_case("text/csv"))
        })
    }

    fn content_type(&self) -> String {
        let whole = self.header("content-type").unwrap_or_default();
        whole.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// Whether the body is an HTML form.
    #[must_use]
    pub fn is_form(&self) -> bool {
        self.content_type() == "application/x-www-form-urlencoded"
    }

    /// The body as an HTML form with these fields; others are left alone.
    pub fn form(&self, fields: &'static [Attribute]) -> Result<Form, Faults> {
        self.fits()?;
        Ok(Form::read(fields, &self.body))
    }

    /// The body as a JSON:API document.
    pub fn document(&self) -> Result<Document, Faults> {
        let content_type = self.content_type();
        if !matches!(content_type.as_str(), "application/vnd.api+json" | "application/json") {
            return Err(Fault::unsupported_media_type().into());
        }
        self.fits()?;
        Document::parse(&self.body)
    }

    /// Refuses a body that is too large to be meant.
    fn fits(&self) -> Result<(), Faults> {
        if self.body.len() <= BODY_LIMIT {
            return Ok(());
        }
        let detail = format!("A body has at most {BODY_LIMIT} bytes; this one has {}.", self.body.len());
        Err(Fault::too_large("body-too-large", detail).into())
    }
}

fn gateway_context(request: &Request) -> Option<ApiGatewayV2httpRequestContext> {
    match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => Some(context.clone()),
        _ => None,
    }
}

//! What a request says: method, path, query, headers, where it comes from.

use std::str::FromStr;

use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpRequestContext;
use lambda_http::http::{HeaderMap, Method, header};
use lambda_http::request::RequestContext;
use lambda_http::{Body, Request, RequestExt as _};
use policy::{Timestamp, repeat};

use crate::accept::{Coding, prefers};
use crate::answer::JSON_API;
use crate::body::{Attribute, Form};
use crate::document::Document;
use crate::fault::{Fault, Faults, sentence};
use crate::noted::RequestNotes;
use crate::query::{self, Parameter};
use crate::tag::{self, Expected};

/// Bytes of a request's body at most. The largest that anyone needs, five hundred invitations with a long message each, is well
/// below; API Gateway takes 10 MB, Lambda 6.
pub const BODY_LIMIT: usize = 4 * 1024 * 1024;

/// Bytes of an HTML form at most: the product's forms have a handful of fields.
pub const FORM_LIMIT: usize = 64 * 1024;

/// Bytes up to which a body costs next to nothing to read.
pub const SMALL_BODY: usize = 32 * 1024;

/// What some programs write before UTF-8, and no JSON begins with.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The header with which a request may be sent again.
pub const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// One of the routes that a function answers, as the template, the local front and `cargo lambda watch` know it. Where there is a
/// `GET` there is a `HEAD`: see [`crate::operation::served`].
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
    /// Whether API Gateway handed it over: it names itself in every event, and nobody else can take that away. What has no such
    /// name was given to the function by somebody who may invoke it.
    pub came_through_the_gateway: bool,
    /// What the client calls itself, at most 300 characters of it.
    pub user_agent: Option<String>,
    /// What is learned on the way, for the activity log.
    pub noted: RequestNotes,
    method: Method,
    is_head: bool,
    segments: Vec<String>,
    query: Vec<Parameter>,
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
        let came_through_the_gateway = context.as_ref().is_some_and(|context| context.apiid.is_some());
        let ip_address = context.and_then(|context| context.http.source_ip);
        // The path that the gateway matched. In the address that is made of it an encoded `#` or `?` would end the path.
        let path = Some(request.raw_http_path()).filter(|path| !path.is_empty());
        let path = path.unwrap_or_else(|| request.uri().path()).to_owned();
        let query = raw_query(&request, &path);
        let (parts, body) = request.into_parts();
        let user_agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        Self {
            now,
            request_id,
            ip_address,
            came_through_the_gateway,
            user_agent: user_agent.map(|text| text.chars().take(300).collect()),
            noted: RequestNotes::default(),
            segments: path
                .split('/')
                .filter(|segment| !segment.is_empty())
                .map(|segment| percent_encoding::percent_decode_str(segment).decode_utf8_lossy().into_owned())
                .collect(),
            query: query::read(&query),
            is_head: parts.method == Method::HEAD,
            method: if parts.method == Method::HEAD { Method::GET } else { parts.method },
            headers: parts.headers,
            body: match body {
                Body::Text(text) => text.into_bytes(),
                Body::Binary(bytes) => bytes,
                _ => Vec::new(),
            },
        }
    }

    /// Method and path segments, to match on. A trailing slash changes nothing, and `HEAD` is a `GET`: what it answers loses its
    /// body on the way out.
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
        parts.extend(self.query.iter().flat_map(|one| [one.name.as_str(), one.value.as_str()]));
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

    /// A query parameter that is `true` or `false`, in whatever case; false if it is left out. 400 if it is said twice, once so
    /// and once so: nobody could tell which of them was meant.
    pub fn flag(&self, name: &'static str) -> Result<bool, Faults> {
        let mut given = self.query.iter().filter(|parameter| parameter.name == name);
        let Some(first) = given.next() else { return Ok(false) };
        if let Some(other) = given.find(|other| other.value != first.value) {
            return Err(other.contradicts().into());
        }
        match first.value.trim().to_ascii_lowercase().as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => {
                let detail = format!("{} must be true or false.", query::quoted(&first.value));
                Err(first.fault(&detail).into())
            }
        }
    }

    /// Whether the request only asks what a change would do: it writes nothing then. These parameters may stand beside it.
    pub fn preview(&self, others: &[&str]) -> Result<bool, Faults> {
        let known: Vec<&str> = others.iter().copied().chain(["preview"]).collect();
        self.allow_parameters(&known)?;
        let preview = self.flag("preview")?;
        if preview {
            self.noted.is_a_read();
        }
        Ok(preview)
    }

    /// Whether the body says nothing: there is none, or one of those that clients send where they have nothing to say.
    #[must_use]
    pub fn says_nothing(&self) -> bool {
        matches!(self.text().trim_ascii(), b"" | b"{}" | b"null")
    }

    /// Every query parameter, in the order of the address.
    #[must_use]
    pub fn query(&self) -> &[Parameter] {
        &self.query
    }

    /// A fault for each query parameter that is none of these and could change the answer ([`crate::query`]).
    pub fn allow_parameters(&self, known: &[&str]) -> Result<(), Faults> {
        query::check(&self.query, known)
    }

    /// Which state of a thing the request is meant for, if `If-Match` or `If-None-Match` says so.
    #[must_use]
    pub fn expected(&self) -> Expected {
        Expected::read(self.list("if-match").as_deref(), self.list("if-none-match").as_deref())
    }

    /// Whether the client has what this tag stands for already.
    pub(crate) fn knows(&self, tag: &str) -> bool {
        self.method == Method::GET && self.list("if-none-match").is_some_and(|tags| tag::is_known(&tags, tag))
    }

    /// Whether the client wants the headers of an answer and not its body.
    pub(crate) const fn is_head(&self) -> bool {
        self.is_head
    }

    /// A header that is a list, and may stand more than once.
    fn list(&self, name: &str) -> Option<String> {
        let given: Vec<&str> =
            self.headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect();
        (!given.is_empty()).then(|| given.join(","))
    }

    /// Whether the client prefers a page than JSON.
    #[must_use]
    pub fn wants_page(&self) -> bool {
        self.list("accept").is_some_and(|accept| prefers(&accept, "text/html"))
    }

    /// Whether the client prefers a table than JSON.
    #[must_use]
    pub fn wants_csv(&self) -> bool {
        self.list("accept").is_some_and(|accept| prefers(&accept, "text/csv"))
    }

    /// How the client would like to have the answer packed. `br` is not offered: its tables alone are a megabyte, which each
    /// function would load at each of its starts to save a tenth of what `gzip` leaves.
    pub(crate) fn coding(&self) -> Option<Coding> {
        self.list("accept-encoding").and_then(|accept| Coding::wanted(&accept, &[Coding::Gzip]))
    }

    /// The value of a cookie.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let mut cookies = self.header("cookie")?.split(';').filter_map(|one| one.trim().split_once('='));
        cookies.find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Whether the client says that it speaks plain HTTP with this machine itself, as a browser does with `cargo local`.
    #[must_use]
    pub fn is_on_this_machine(&self) -> bool {
        let host = self.header("host").unwrap_or_default();
        let name =
            host.rsplit_once(':').filter(|(_, port)| !port.ends_with(']')).map_or(host, |(name, _)| name);
        let is_own = matches!(name, "localhost" | "127.0.0.1" | "[::1]") || name.ends_with(".localhost");
        is_own && self.header("x-forwarded-proto") == Some("http")
    }

    /// Whether a page of ours had the browser send this; none if the browser says nothing of it. A browser says so itself: no page
    /// can.
    #[must_use]
    fn is_from_our_pages(&self) -> Option<bool> {
        let own = || self.address().strip_suffix(&self.path()).map(str::to_owned);
        match (self.header("sec-fetch-site"), self.header("origin")) {
            (Some(site), _) => Some(site == "same-origin"),
            (None, Some(origin)) => Some(own().as_deref() == Some(origin)),
            (None, None) => None,
        }
    }

    /// Refuses what another site had a browser send. What a person began themselves comes from no site, and old browsers say
    /// nothing.
    pub fn refuse_other_sites(&self) -> Result<(), Faults> {
        let is_a_persons = self.header("sec-fetch-site") == Some("none");
        if is_a_persons || self.is_from_our_pages() != Some(false) { Ok(()) } else { Err(cross_site()) }
    }

    /// Refuses what no page of ours had a browser send.
    pub fn only_our_pages(&self) -> Result<(), Faults> {
        if self.is_from_our_pages() == Some(true) { Ok(()) } else { Err(cross_site()) }
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

    /// The body as an HTML form with these fields; others are left alone. A form that another site had a browser send is none of
    /// ours.
    pub fn form(&self, fields: &'static [Attribute]) -> Result<Form, Faults> {
        self.refuse_other_sites()?;
        self.is_unpacked()?;
        self.fits(FORM_LIMIT)?;
        Form::read(fields, &self.body)
    }

    /// The body as a JSON:API document.
    pub fn document(&self) -> Result<Document, Faults> {
        let content_type = self.content_type();
        if !matches!(content_type.as_str(), JSON_API | "application/json") {
            return Err(Fault::unsupported_media_type().into());
        }
        if content_type == JSON_API && self.has_extension() {
            return Err(Fault::unsupported_extension().into());
        }
        self.is_unpacked()?;
        self.fits(BODY_LIMIT)?;
        Document::parse(self.text())
    }

    /// The body without the mark by which some programs begin what they write in UTF-8.
    fn text(&self) -> &[u8] {
        self.body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&self.body)
    }

    /// Whether the content type names an extension of JSON:API (JSON:API 1.1, "Media Type Parameter Rules").
    fn has_extension(&self) -> bool {
        let whole = self.header("content-type").unwrap_or_default();
        let mut parameters = whole.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
        parameters.any(|(name, value)| {
            name.trim().eq_ignore_ascii_case("ext") && !value.trim().trim_matches('"').trim().is_empty()
        })
    }

    /// Refuses a body that is packed: what it says would be none of what was sent.
    fn is_unpacked(&self) -> Result<(), Faults> {
        let coding = self.list("content-encoding").unwrap_or_default();
        let mut codings = coding.split(',').map(str::trim).filter(|coding| !coding.is_empty());
        if codings.all(|coding| coding.eq_ignore_ascii_case("identity")) {
            Ok(())
        } else {
            Err(Fault::packed().into())
        }
    }

    /// Whether reading the body costs next to nothing, whoever sent it.
    #[must_use]
    pub const fn is_small(&self) -> bool {
        self.body.len() <= SMALL_BODY
    }

    /// Refuses a body that is too large to be meant.
    fn fits(&self, limit: usize) -> Result<(), Faults> {
        if self.body.len() <= limit {
            return Ok(());
        }
        let detail = format!("The body can have at most {limit} bytes; it has {}.", self.body.len());
        Err(Fault::too_large("body-too-large", detail).into())
    }
}

/// The query as it was sent. The gateway hands the path on decoded, so that a `%3F` in it is a `?`, and a `%23` a `#`; then the address
/// that is made of path and query has its query elsewhere, and the parameters are put together again as the gateway read them.
fn raw_query(request: &Request, path: &str) -> String {
    if !path.contains(['?', '#']) {
        return request.uri().query().unwrap_or_default().to_owned();
    }
    let read = request.query_string_parameters_ref();
    let mut read: Vec<_> = read.into_iter().flat_map(|read| read.iter()).collect();
    read.sort_unstable();
    form_urlencoded::Serializer::new(String::new()).extend_pairs(read).finish()
}

fn cross_site() -> Faults {
    let detail =
        "This request was sent from another website. Open the page on this site and send it from there.";
    Fault::forbidden("cross-site", detail).into()
}

fn gateway_context(request: &Request) -> Option<ApiGatewayV2httpRequestContext> {
    match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => Some(context.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use lambda_http::http;

    use super::*;

    fn sent(headers: &[(&str, &str)]) -> Call {
        let request = headers.iter().fold(
            http::Request::post("https://console.example/sessions").header("host", "console.example"),
            |request, (name, value)| request.header(*name, *value),
        );
        Call::new(request.body(Body::Empty).unwrap(), Timestamp::from_millis(0))
    }

    #[test]
    fn a_browser_says_where_a_request_comes_from() {
        let own = ("origin", "https://console.example");
        for (headers, from_a_person, from_our_pages) in [
            (vec![], true, false),
            (vec![("sec-fetch-site", "same-origin")], true, true),
            (vec![("sec-fetch-site", "none")], true, false),
            (vec![("sec-fetch-site", "same-site")], false, false),
            (vec![("sec-fetch-site", "cross-site")], false, false),
            (vec![("sec-fetch-site", "cross-site"), own], false, false),
            (vec![("sec-fetch-site", "")], false, false),
            (vec![own], true, true),
            (vec![("origin", "https://console.example.evil.example")], false, false),
            (vec![("origin", "http://console.example")], false, false),
            (vec![("origin", "https://evil.example")], false, false),
            (vec![("origin", "null")], false, false),
        ] {
            let call = sent(&headers);
            assert_eq!(call.refuse_other_sites().is_ok(), from_a_person, "{headers:?}");
            assert_eq!(call.only_our_pages().is_ok(), from_our_pages, "{headers:?}");
        }
    }

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let call = sent(&[("cookie", "a=1; __Host-session=x.y.z;session=2; empty=")]);
        assert_eq!(call.cookie("__Host-session"), Some("x.y.z"));
        assert_eq!(call.cookie("session"), Some("2"));
        assert_eq!(call.cookie("empty"), Some(""));
        assert_eq!(call.cookie("Host-session"), None);
        assert_eq!(sent(&[]).cookie("a"), None);
    }

    #[test]
    fn plain_http_is_taken_on_this_machine_alone() {
        let on = |host: &str, scheme: &str| {
            let request = http::Request::get("/").header("host", host).header("x-forwarded-proto", scheme);
            Call::new(request.body(Body::Empty).unwrap(), Timestamp::from_millis(0)).is_on_this_machine()
        };
        for host in
            ["localhost:9000", "127.0.0.1:9000", "[::1]:9000", "localhost", "console.localhost:1", "[::1]"]
        {
            assert!(on(host, "http"), "{host}");
            assert!(!on(host, "https"), "{host}");
        }
        for host in ["console.example", "localhost.example", "127.0.0.1.example:80", "notlocalhost", ""] {
            assert!(!on(host, "http"), "{host}");
        }
    }
}

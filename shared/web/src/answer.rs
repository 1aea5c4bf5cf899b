//! What is answered.

use lambda_http::http::{HeaderValue, StatusCode, header};
use lambda_http::{Body, Response};
use policy::repeat::Kept;
use serde::Serialize;

use crate::fault::{Errors, Fault, Faults};
use crate::packed;
use crate::page::CONTENT_SECURITY_POLICY;
use crate::request::Call;
use crate::tag;

/// JSON loads nothing and is framed by nobody.
const NO_CONTENT: &str = "default-src 'none'; frame-ancestors 'none'";

/// A browser that was here once asks by https alone, for a year.
const HTTPS_FOR_A_YEAR: &str = "max-age=31536000; includeSubDomains";

/// An answer on its way out.
#[derive(Debug)]
pub struct Answer {
    status: StatusCode,
    content_type: Option<&'static str>,
    body: Option<String>,
    retry_after: Option<u32>,
    location: Option<String>,
    next: Option<String>,
    file_name: Option<&'static str>,
    kept_body: Option<String>,
    /// The tag of what the client has already.
    known: Option<String>,
    cookie: Option<String>,
}

const JSON: &str = "application/json";
pub(crate) const JSON_API: &str = "application/vnd.api+json";
const HTML: &str = "text/html; charset=utf-8";

impl Answer {
    fn json(status: StatusCode, document: &impl Serialize) -> Self {
        // What is not JSON, as a map with keys that are no texts, is none of our documents.
        let body = serde_json::to_string(document).ok();
        Self {
            status: if body.is_some() { status } else { StatusCode::INTERNAL_SERVER_ERROR },
            content_type: body.is_some().then_some(JSON_API),
            body,
            retry_after: None,
            location: None,
            next: None,
            file_name: None,
            kept_body: None,
            known: None,
            cookie: None,
        }
    }

    /// 200 with a document.
    #[must_use]
    pub fn ok(document: &impl Serialize) -> Self {
        Self::json(StatusCode::OK, document)
    }

    /// 200 with what the API is, for programs.
    #[must_use]
    pub fn description(openapi: &str) -> Self {
        Self {
            status: StatusCode::OK,
            content_type: Some(JSON),
            body: Some(openapi.to_owned()),
            ..Self::no_content()
        }
    }

    /// 201 with a document.
    #[must_use]
    pub fn created(document: &impl Serialize) -> Self {
        Self::json(StatusCode::CREATED, document)
    }

    /// 202 with a document.
    #[must_use]
    pub fn accepted(document: &impl Serialize) -> Self {
        Self::json(StatusCode::ACCEPTED, document)
    }

    /// 202, and nothing to read: the outcome of it is seen elsewhere.
    #[must_use]
    pub fn accepted_without_content() -> Self {
        Self { status: StatusCode::ACCEPTED, ..Self::no_content() }
    }

    /// 204.
    #[must_use]
    pub const fn no_content() -> Self {
        Self {
            status: StatusCode::NO_CONTENT,
            content_type: None,
            body: None,
            retry_after: None,
            location: None,
            next: None,
            file_name: None,
            kept_body: None,
            known: None,
            cookie: None,
        }
    }

    /// A page for people. An unknown status counts as 500.
    #[must_use]
    pub fn page(status: u16, html: String) -> Self {
        Self {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            content_type: Some(HTML),
            body: Some(html),
            retry_after: None,
            location: None,
            next: None,
            file_name: None,
            kept_body: None,
            known: None,
            cookie: None,
        }
    }

    /// 200 with a table in CSV, to be kept under this name; `next` is where it goes on.
    #[must_use]
    pub fn table(csv: String, file_name: &'static str, next: Option<String>) -> Self {
        Self {
            status: StatusCode::OK,
            content_type: Some(crate::csv::CONTENT_TYPE),
            body: Some(csv),
            retry_after: None,
            location: None,
            next,
            file_name: Some(file_name),
            kept_body: None,
            known: None,
            cookie: None,
        }
    }

    /// 303: what was sent is done, and this address shows the outcome of it. Loading that again sends nothing again.
    #[must_use]
    pub fn see_other(path: impl Into<String>) -> Self {
        Self { status: StatusCode::SEE_OTHER, location: Some(path.into()), ..Self::no_content() }
    }

    /// With this cookie, if it is one, for the browser to keep.
    #[must_use]
    pub fn with_cookie(self, cookie: Option<String>) -> Self {
        Self { cookie, ..self }
    }

    /// Where what was created is to be found.
    #[must_use]
    pub fn at(mut self, path: String) -> Self {
        self.location = Some(path);
        self
    }

    /// With this in place of the body where the answer is kept: the body holds what must not be kept.
    #[must_use]
    pub fn kept_as(mut self, document: &impl Serialize) -> Self {
        self.kept_body = serde_json::to_string(document).ok();
        self
    }

    /// What is kept of it.
    #[must_use]
    pub fn kept(&self) -> Kept {
        Kept {
            status: self.status.as_u16(),
            is_page: self.is_page(),
            location: self.location.clone(),
            body: self.kept_body.clone().or_else(|| self.body.clone()),
        }
    }

    /// A kept one, once more.
    #[must_use]
    pub fn again(kept: Kept) -> Self {
        let content_type = if kept.is_page { HTML } else { JSON_API };
        Self {
            status: StatusCode::from_u16(kept.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            content_type: kept.body.is_some().then_some(content_type),
            body: kept.body,
            location: kept.location,
            ..Self::no_content()
        }
    }

    /// Whether it is a page for people.
    #[must_use]
    pub fn is_page(&self) -> bool {
        self.content_type == Some(HTML)
    }

    /// The body, if there is one.
    #[must_use]
    pub fn body(&self) -> Option<&str> {
        self.body.as_deref()
    }

    /// The status code.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// The same, or 304 where the client says that it has just this already.
    #[must_use]
    pub fn unless_known(self, call: &Call) -> Self {
        let tag = self.tag().filter(|tag| self.status == StatusCode::OK && call.knows(tag));
        match tag {
            Some(tag) => Self { status: StatusCode::NOT_MODIFIED, known: Some(tag), ..Self::no_content() },
            None => self,
        }
    }

    /// The entity tag of the one resource that it shows.
    fn tag(&self) -> Option<String> {
        let shows = self.status.is_success() && self.content_type == Some(JSON_API);
        self.known.clone().or_else(|| self.body.as_deref().filter(|_| shows).and_then(tag::of))
    }

    /// The same, or a refusal where a function could not answer it: Lambda takes six megabytes, in which a text stands as JSON writes
    /// it. Whoever asks is told to ask for less. Lists bound what a row names; this is for what is left.
    #[must_use]
    pub fn within_limits(self, call: &Call) -> Self {
        let is_read = matches!(call.route().0, "GET" | "HEAD");
        // What is packed is a tenth of it.
        let is_packed = call.coding().is_some();
        match self.body.as_deref() {
            Some(body) if is_read && !is_packed && weight(body) > LARGEST => {
                let detail = "The answer would be too large. Ask for fewer resources with `page[size]`, or include less.";
                Fault::malformed("answer-too-large", detail).in_parameter("page[size]").into()
            }
            _ => self,
        }
    }

    /// As `lambda_http` sends it, in the way that the client takes it.
    #[must_use]
    pub fn into_response(self, call: &Call) -> Response<Body> {
        let is_page = self.is_page();
        let tag = self.tag();
        // Whoever asks for the headers gets those that the body would come with.
        let packed = self.body.as_deref().zip(call.coding());
        let packed = packed.and_then(|(body, coding)| Some((packed::gzip(body)?, coding)));
        let coding = packed.as_ref().map(|(_, coding)| *coding);
        let body = match packed {
            _ if call.is_head() => Body::Empty,
            Some((bytes, _)) => Body::Binary(bytes),
            None => self.body.map_or(Body::Empty, Body::Text),
        };
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        // What is answered hangs on these two, whatever they say this time.
        headers.insert(header::VARY, HeaderValue::from_static("accept, accept-encoding"));
        if let Some(coding) = coding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
        }
        // A tag stands for the very bytes of a body, unless it says that it does not.
        let tag = tag.map(|tag| if coding.is_some() { format!("W/{tag}") } else { tag });
        if let Some(tag) = tag.and_then(|tag| HeaderValue::from_str(&tag).ok()) {
            headers.insert(header::ETAG, tag);
        }
        if let Some(content_type) = self.content_type {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(location) = self.location.and_then(|path| HeaderValue::from_str(&path).ok()) {
            headers.insert(header::LOCATION, location);
        }
        if let Some(cookie) = self.cookie.and_then(|cookie| HeaderValue::from_str(&cookie).ok()) {
            headers.insert(header::SET_COOKIE, cookie);
        }
        let next = self.next.and_then(|next| HeaderValue::from_str(&format!("<{next}>; rel=\"next\"")).ok());
        if let Some(next) = next {
            headers.insert(header::LINK, next);
        }
        let kept = self.file_name.map(|name| format!("attachment; filename=\"{name}\""));
        if let Some(kept) = kept.and_then(|kept| HeaderValue::from_str(&kept).ok()) {
            headers.insert(header::CONTENT_DISPOSITION, kept);
        }
        if let Ok(request_id) = HeaderValue::from_str(&call.request_id) {
            headers.insert("x-request-id", request_id);
        }
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        // Browsers heed it over https alone.
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(HTTPS_FOR_A_YEAR));
        let policy = if is_page { CONTENT_SECURITY_POLICY } else { NO_CONTENT };
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
        if is_page {
            headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
        }
        response
    }
}

/// Lambda's limit on what a function answers, less the room for headers.
const LARGEST: usize = 6 * 1024 * 1024 - 64 * 1024;

/// How long a text is as a string in JSON.
fn weight(body: &str) -> usize {
    body.bytes().fold(2, |length, byte| length + if byte == b'"' || byte == b'\\' { 2 } else { 1 })
}

impl From<Faults> for Answer {
    fn from(faults: Faults) -> Self {
        let status = StatusCode::from_u16(faults.status()).unwrap_or(StatusCode::BAD_REQUEST);
        let mut answer = Self::json(status, &Errors::from(&faults));
        // Whoever waits for the longest of them need not come a third time.
        answer.retry_after = faults.all().iter().filter_map(Fault::retry_after).max();
        answer
    }
}

impl From<Fault> for Answer {
    fn from(fault: Fault) -> Self {
        Faults::from(fault).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy::Timestamp;

    fn call(method: &str, headers: &[(&str, &str)]) -> Call {
        let mut request =
            lambda_http::http::Request::builder().method(method).uri("https://glue.example/users");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Call::new(request.body(Body::Empty).unwrap(), Timestamp::from_millis(0))
    }

    #[test]
    fn what_a_function_cannot_answer_is_refused_and_says_how_to_ask() {
        let (plain, packing) = (call("GET", &[]), call("GET", &[("accept-encoding", "gzip")]));
        let answer = |length: usize| Answer::ok(&vec!["\"".repeat(length / 4)]);
        assert_eq!(answer(6_400_000).within_limits(&plain).status(), StatusCode::BAD_REQUEST);
        assert_eq!(answer(6_400_000).within_limits(&packing).status(), StatusCode::OK);
        assert_eq!(answer(1_000_000).within_limits(&plain).status(), StatusCode::OK);
        // What was written was written.
        assert_eq!(answer(6_400_000).within_limits(&call("POST", &[])).status(), StatusCode::OK);
    }
}

//! What is answered.

use lambda_http::http::{HeaderValue, StatusCode, header};
use lambda_http::{Body, Response};
use policy::repeat::Kept;
use serde::Serialize;

use crate::fault::{Errors, Fault, Faults};
use crate::page::CONTENT_SECURITY_POLICY;

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
        }
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

    /// As `lambda_http` sends it.
    #[must_use]
    pub fn into_response(self, request_id: &str) -> Response<Body> {
        let is_page = self.is_page();
        let mut response = Response::new(self.body.map_or(Body::Empty, Body::Text));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        if let Some(content_type) = self.content_type {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(location) = self.location.and_then(|path| HeaderValue::from_str(&path).ok()) {
            headers.insert(header::LOCATION, location);
        }
        let next = self.next.and_then(|next| HeaderValue::from_str(&format!("<{next}>; rel=\"next\"")).ok());
        if let Some(next) = next {
            headers.insert(header::LINK, next);
        }
        let kept = self.file_name.map(|name| format!("attachment; filename=\"{name}\""));
        if let Some(kept) = kept.and_then(|kept| HeaderValue::from_str(&kept).ok()) {
            headers.insert(header::CONTENT_DISPOSITION, kept);
        }
        if let Ok(request_id) = HeaderValue::from_str(request_id) {
            headers.insert("x-request-id", request_id);
        }
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if is_page {
            headers
                .insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY));
            headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
        }
        response
    }
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

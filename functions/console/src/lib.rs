//! The console: the files of the pages on which people manage an account. It is a client of the API like any other, and reads no
//! table. Every address below `/console/` answers the same shell, whose modules then say what stands there.

mod files;
mod tree;

use environment::Clock;
use lambda_http::http::{HeaderValue, StatusCode, header};
use lambda_http::{Body, Request, Response};
use web::page::{
    CONTENT_SECURITY_POLICY, SignInForm, forgotten_password, forgotten_subdomain, mail_asked_for,
    sign_in_form,
};
use web::{Call, Route};

use crate::tree::SHELL;

pub use files::{File, Files, Source};

/// The routes that this function answers. They are no part of the API that programs call.
pub const ROUTES: &[Route] = &[
    Route::new("GET", "/"),
    Route::new("HEAD", "/"),
    Route::new("GET", "/console"),
    Route::new("HEAD", "/console"),
    Route::new("GET", "/console/"),
    Route::new("HEAD", "/console/"),
    Route::new("GET", "/console/{page+}"),
    Route::new("HEAD", "/console/{page+}"),
    Route::new("GET", "/favicon.ico"),
    Route::new("HEAD", "/favicon.ico"),
    Route::new("GET", "/robots.txt"),
    Route::new("HEAD", "/robots.txt"),
];

/// Files of ours alone, no script from elsewhere, and no text that becomes markup but through lit-html's templates.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
    form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; \
    trusted-types lit-html";

/// What the console asks of no browser.
const NO_PERMISSIONS: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), magnetometer=(), \
    microphone=(), midi=(), payment=(), serial=(), usb=()";

/// What every answer says. A browser heeds the first over https alone.
const HEADERS: [(&str, &str); 7] = [
    ("strict-transport-security", "max-age=31536000; includeSubDomains"),
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", NO_PERMISSIONS),
];

/// How long a browser may keep what it was given.
enum Keep {
    /// A year: the address has the hash of what it answers.
    ForAYear,
    /// As long as it asks first whether this is still the tree.
    WhileItIs,
    /// For a day: an address without a hash, for what seldom changes.
    ForADay,
}

/// Answers a request.
#[must_use]
pub fn handle(source: &Source, clock: &Clock, request: Request) -> Response<Body> {
    let call = Call::new(request, clock.now());
    let mut response = answer(source, &call);
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if let Ok(request_id) = HeaderValue::from_str(&call.request_id) {
        headers.insert("x-request-id", request_id);
    }
    let duration_ms = clock.now().as_millis().saturating_sub(call.now.as_millis());
    let status = response.status().as_u16();
    tracing::info!(function = "console", request_id = call.request_id, status, duration_ms, "answered");
    response
}

fn answer(source: &Source, call: &Call) -> Response<Body> {
    let Some(files) = source.files() else { return nothing(StatusCode::SERVICE_UNAVAILABLE) };
    let (_, path) = call.route();
    match path.as_slice() {
        [] => elsewhere("/console/"),
        [name @ ("favicon.ico" | "robots.txt")] => served(&files, name, call, &Keep::ForADay),
        ["console", "assets", tree, path @ ..] if *tree == files.tree => {
            served(&files, &path.join("/"), call, &Keep::ForAYear)
        }
        ["console", "assets", ..] => nothing(StatusCode::NOT_FOUND),
        ["console", "sign-in"] => page(sign_in(&files, call)),
        ["console", "forgotten-password"] => page(forgotten_password()),
        ["console", "forgotten-subdomain"] => page(forgotten_subdomain()),
        ["console", "mail-asked-for"] => page(mail_asked_for()),
        ["console", ..] => served(&files, SHELL, call, &Keep::WhileItIs),
        _ => nothing(StatusCode::NOT_FOUND),
    }
}

/// The sign-in page, which works without scripts. Meanwhile the browser loads the modules of what comes next.
fn sign_in(files: &Files, call: &Call) -> String {
    let modules = files.modules();
    let given = |name: &str| {
        let parameter = call.query().iter().find(|parameter| parameter.name == name);
        parameter.map_or("", |parameter| parameter.value.as_str())
    };
    sign_in_form(&SignInForm {
        subdomain: given("subdomain"),
        email: "",
        to: given("to"),
        fault: None,
        wants_code: false,
        modules: &modules,
    })
}

/// A page that is whole in itself: its style sheet is allowed by its hash.
fn page(html: String) -> Response<Body> {
    let mut response = Response::new(Body::Text(html));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(policy) = HeaderValue::from_str(&format!("{CONTENT_SECURITY_POLICY}; script-src 'self'")) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// The file, or that there is none.
fn served(files: &Files, path: &str, call: &Call, keep: &Keep) -> Response<Body> {
    let Some(file) = files.at(path) else { return nothing(StatusCode::NOT_FOUND) };
    let tag = format!("W/\"{}\"", files.tree);
    let is_known = call.header("if-none-match").is_some_and(|known| known.contains(&files.tree[..]));
    let mut response = if is_known {
        empty(StatusCode::NOT_MODIFIED)
    } else {
        let (bytes, coding) = file.for_client(call.header("accept-encoding"));
        let mut response = Response::new(body(bytes));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.content_type()));
        if let Some(coding) = coding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        response
    };
    let kept = match keep {
        Keep::ForAYear => "public, max-age=31536000, immutable",
        Keep::WhileItIs => "no-cache",
        Keep::ForADay => "public, max-age=86400",
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

/// As text where it is text: an event is read more easily then, and a third shorter.
fn body(bytes: Vec<u8>) -> Body {
    String::from_utf8(bytes).map_or_else(|not_text| Body::Binary(not_text.into_bytes()), Body::Text)
}

fn elsewhere(path: &'static str) -> Response<Body> {
    let mut response = empty(StatusCode::SEE_OTHER);
    response.headers_mut().insert(header::LOCATION, HeaderValue::from_static(path));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// Not to be kept: it may be there in the next moment, as in the middle of a deployment.
fn nothing(status: StatusCode) -> Response<Body> {
    let mut response = empty(status);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn empty(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = status;
    response
}

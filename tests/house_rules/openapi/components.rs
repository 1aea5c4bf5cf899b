//! What operations share: words on the whole, how callers say who they are, parameters, headers, refusals.

use serde_json::{Value, json};
use web::list::{DEFAULT_SIZE, EXPORT_SIZE, LARGEST_SIZE};

pub const ABOUT: &str = "\
Invitations and access for managed service providers.

Bodies and answers are [JSON:API](https://jsonapi.org/format/1.1/) documents. Names of attributes, filters and sorts may be \
written with underscores in place of hyphens. An optional attribute that is `null` counts as left out, where `null` has no \
meaning of its own. A filter that takes several values takes them separated by commas or one by one (`filter[status]=active&\
filter[status]=invited`); a comma that is part of a name may stand behind a backslash. An unknown or empty filter and an unknown \
value are 400; parameters that cannot change the answer are left aside, as `page[size]` where there is no list, or `_`. Members `links`, `meta` and `jsonapi` of a request are accepted and not looked at. Ids are strings of \
decimal digits, and rise with time. Times are RFC 3339 in UTC with milliseconds. A trailing slash changes nothing.

Wherever there is a `GET` there is a `HEAD`. Answers from 1 KB on come packed where `Accept-Encoding` takes `br` or `gzip`.

All the faults of a request are in one answer, each with its place. A fault's `code` is stable; its `detail` is for people.";

/// Refusals: the status, the name of the response, and what it means.
pub const REFUSALS: &[(u16, &str, &str)] = &[
    (400, "Malformed", "The request is malformed: its JSON, a parameter, a cursor or a header."),
    (401, "Unauthenticated", "The credentials are missing or wrong."),
    (403, "Forbidden", "The caller is not allowed to do this."),
    (404, "NotFound", "It does not exist, or the caller has no access to it."),
    (409, "Conflict", "The request conflicts with the current state."),
    (410, "Gone", "The link was used, has expired, or was replaced or withdrawn."),
    (412, "Stale", "The resource has changed since it was read."),
    (413, "TooLarge", "The body is too large."),
    (415, "UnsupportedMediaType", "The format of the body is not supported."),
    (
        422,
        "Unacceptable",
        "The request is well-formed, but its content is not accepted. Nothing was changed.",
    ),
    (429, "TooManyRequests", "Too many requests, invitations or mails. `Retry-After` says how long to wait."),
    (503, "Unavailable", "The service is temporarily unavailable. Try again in a moment."),
];

/// Those that come as a page too, where pages are answered.
pub const PAGES: [u16; 7] = [401, 403, 404, 410, 422, 429, 503];

pub fn security_schemes() -> Value {
    json!({
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "For users: the access token of a session.",
        },
        "api-key": {
            "type": "apiKey",
            "in": "header",
            "name": "x-api-key",
            "description": "For programs: an API key, which has its own role and organizations.",
        },
        "cookie": {
            "type": "apiKey",
            "in": "cookie",
            "name": "__Host-session",
            "description": "For browsers: the session cookie that signing in with the form sets. Over plain HTTP on a local machine the cookie is called `session`.",
        },
    })
}

pub fn parameters() -> Value {
    json!({
        "page-size": {
            "name": "page[size]",
            "in": "query",
            "description": format!(
                "Resources per page, at most {LARGEST_SIZE}. For CSV: rows per page, at most and by default {EXPORT_SIZE}."
            ),
            "schema": {"type": "integer", "minimum": 1, "maximum": EXPORT_SIZE, "default": DEFAULT_SIZE},
        },
        "page-number": {
            "name": "page[number]",
            "in": "query",
            "description": "The page number, from 1. Later pages are slower. After the end, `meta.prev-page` is the last page with results.",
            "schema": {"type": "integer", "minimum": 1},
        },
        "page-after": {
            "name": "page[after]",
            "in": "query",
            "description": "The cursor of `links.next`. Fast on every page, but the results are not counted. Empty to start at the beginning. Cannot be combined with `page[number]`.",
            "schema": {"type": "string"},
        },
        "idempotency-key": {
            "name": "Idempotency-Key",
            "in": "header",
            "description": "A unique key per request. If the same request is sent again within 24 hours, it is not carried out again and gets the same answer. The key with a different request: 422.",
            "schema": {
                "type": "string",
                "pattern": "^[ -~]+$",
                "minLength": 1,
                "maxLength": policy::repeat::LONGEST_KEY,
            },
        },
        "if-match": {
            "name": "If-Match",
            "in": "header",
            "description": "The `version` that you read, in quotation marks, or its `ETag`; several separated by commas; `*` for any. If it has changed since: 412.",
            "schema": {"type": "string", "examples": ["\"3\""]},
        },
        "if-none-match": {
            "name": "If-None-Match",
            "in": "header",
            "description": "One or more `ETag`s from earlier answers, separated by commas. If nothing has changed: 304, without a body.",
            "schema": {"type": "string"},
        },
    })
}

pub fn headers() -> Value {
    json!({
        "x-request-id": {
            "description": "Identifies the request, in logs and when you report a problem.",
            "required": true,
            "schema": {"type": "string"},
        },
        "retry-after": {
            "description": "Number of seconds to wait before trying again.",
            "schema": {"type": "integer", "minimum": 0},
        },
        "location": {
            "description": "The URL of the created resource.",
            "required": true,
            "schema": {"type": "string"},
        },
        "location-of-one": {
            "description": "The URL of the created resource; absent if several were created, and with a page.",
            "schema": {"type": "string"},
        },
        "etag": {
            "description": "Identifies this state of the resource: its `version` and a hash of the answer. For `If-Match` and `If-None-Match`.",
            "schema": {"type": "string"},
        },
        "link": {
            "description": "For CSV: the URL of the next page, with `rel=\"next\"`. Absent on the last page.",
            "schema": {"type": "string"},
        },
    })
}

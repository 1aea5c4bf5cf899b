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
    (401, "Unauthenticated", "Nobody who is known calls: no credentials, or wrong ones."),
    (403, "Forbidden", "The caller is known, and may not do this."),
    (404, "NotFound", "There is nothing here that the caller can see."),
    (409, "Conflict", "This does not fit what is stored."),
    (410, "Gone", "The link is used, expired, replaced or withdrawn."),
    (412, "Stale", "What is to be changed has changed since it was read."),
    (413, "TooLarge", "The body is too large."),
    (415, "UnsupportedMediaType", "The body is in no format that is understood."),
    (422, "Unacceptable", "The request is well-formed and not acceptable. Nothing is written."),
    (
        429,
        "TooManyRequests",
        "There were too many requests, invitations or mails. `Retry-After` says how long to wait.",
    ),
    (503, "Unavailable", "The store cannot answer. It is worth trying again in a moment."),
];

/// Those that come as a page too, where pages are answered.
pub const PAGES: [u16; 7] = [401, 403, 404, 410, 422, 429, 503];

pub fn security_schemes() -> Value {
    json!({
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "A person: the access token of a session.",
        },
        "api-key": {
            "type": "apiKey",
            "in": "header",
            "name": "x-api-key",
            "description": "A program: a key with a role and organizations of its own.",
        },
        "cookie": {
            "type": "apiKey",
            "in": "cookie",
            "name": "__Host-session",
            "description": "A browser: the session that signing in by a form leaves there. By plain HTTP on one's own machine it is called `session`.",
        },
    })
}

pub fn parameters() -> Value {
    json!({
        "page-size": {
            "name": "page[size]",
            "in": "query",
            "description": format!(
                "Resources on the page, {LARGEST_SIZE} at most. Of a table, rows: {EXPORT_SIZE} at most, and if nothing is said."
            ),
            "schema": {"type": "integer", "minimum": 1, "maximum": EXPORT_SIZE, "default": DEFAULT_SIZE},
        },
        "page-number": {
            "name": "page[number]",
            "in": "query",
            "description": "Which page, from 1. Costs the more the further in it is. Behind the end `meta.prev-page` is the last \
                            page that has something.",
            "schema": {"type": "integer", "minimum": 1},
        },
        "page-after": {
            "name": "page[after]",
            "in": "query",
            "description": "The cursor of `links.next`: what is behind it costs the same at any depth, and is not counted. \
                            Empty for the beginning. Not together with a number.",
            "schema": {"type": "string"},
        },
        "idempotency-key": {
            "name": "Idempotency-Key",
            "in": "header",
            "description": "Sent again within 24 hours, the same request with the same key is carried out once and answered \
                            alike. With another request: 422.",
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
            "description": "The `version` that was read, in quotation marks, or the `ETag` that it came with; several with commas \
                            between them; `*` for any. If it has changed since: 412.",
            "schema": {"type": "string", "examples": ["\"3\""]},
        },
        "if-none-match": {
            "name": "If-None-Match",
            "in": "header",
            "description": "The `ETag` of what was read before, or several with commas between them. If it is still so: 304, and no body.",
            "schema": {"type": "string"},
        },
    })
}

pub fn headers() -> Value {
    json!({
        "x-request-id": {
            "description": "By which people and logs refer to the request.",
            "required": true,
            "schema": {"type": "string"},
        },
        "retry-after": {
            "description": "In how many seconds it is worth trying again.",
            "schema": {"type": "integer", "minimum": 0},
        },
        "location": {
            "description": "Where what was made is to be found.",
            "required": true,
            "schema": {"type": "string"},
        },
        "location-of-one": {
            "description": "Where what was made is to be found; absent where many were asked for, and with a page.",
            "schema": {"type": "string"},
        },
        "etag": {
            "description": "Stands for what is shown of this one resource: its `version`, and a mark of the whole answer. Good for \
                            `If-Match` and `If-None-Match`.",
            "schema": {"type": "string"},
        },
        "link": {
            "description": "Of a table: where it goes on, with `rel=\"next\"`. Absent at its end.",
            "schema": {"type": "string"},
        },
    })
}

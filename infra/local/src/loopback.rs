//! Who may call: this machine, under its own names. A page of somebody else's, open in the developer's browser, is sent away: by
//! the name that it had resolved to this machine, or by its origin.

use axum::extract::{Request, State};
use axum::http::header::{HOST, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use crate::cross_origin::Origins;
use crate::gateway::refusal;

/// Answers 421 to another Host than this machine's, and 403 to a page from elsewhere.
pub(crate) async fn only(request: Request, next: Next) -> Response {
    refuse(stranger(request.headers(), |_| false), request, next).await
}

/// The same, where pages from some places are let in.
pub(crate) async fn or_from(State(origins): State<Origins>, request: Request, next: Next) -> Response {
    refuse(stranger(request.headers(), |origin| origins.have(origin)), request, next).await
}

async fn refuse(with: Option<StatusCode>, request: Request, next: Next) -> Response {
    match with {
        Some(StatusCode::MISDIRECTED_REQUEST) => {
            refusal(StatusCode::MISDIRECTED_REQUEST, "This is localhost. Call it by that name.")
        }
        Some(StatusCode::BAD_REQUEST) => refusal(StatusCode::BAD_REQUEST, "Bad Request"),
        Some(status) => refusal(status, "Pages from elsewhere may not call this."),
        None => next.run(request).await,
    }
}

/// With what a call is refused, or none.
fn stranger(headers: &HeaderMap, is_let_in: impl Fn(&str) -> bool) -> Option<StatusCode> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    // Of two hosts nobody could tell which was meant (RFC 9112, 3.2).
    if headers.get_all(HOST).iter().count() > 1 {
        return Some(StatusCode::BAD_REQUEST);
    }
    let host = text(HOST.as_str());
    if !host.is_some_and(is_this_machine) {
        return Some(StatusCode::MISDIRECTED_REQUEST);
    }
    let is_from_elsewhere = match text(ORIGIN.as_str()) {
        // A page that tells nobody where it is, as those behind links are: the browser says whose it is.
        Some("null") => text("sec-fetch-site") == Some("cross-site"),
        Some(origin) if is_let_in(origin) => false,
        Some(origin) => !origin.split_once("://").is_some_and(|(_, authority)| is_this_machine(authority)),
        None => false,
    };
    is_from_elsewhere.then_some(StatusCode::FORBIDDEN)
}

/// Whether `localhost:3000` and the like is this machine. No name in the DNS is: whoever owns one may let it lead anywhere.
fn is_this_machine(authority: &str) -> bool {
    let Ok(authority) = authority.parse::<Authority>() else { return false };
    if authority.as_str().contains('@') {
        return false;
    }
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    let is_name = host.eq_ignore_ascii_case("localhost") || host.to_ascii_lowercase().ends_with(".localhost");
    is_name || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(headers: &[(&'static str, &str)]) -> Option<StatusCode> {
        stranger(
            &{
                let mut sent = HeaderMap::new();
                for (name, value) in headers {
                    sent.append(*name, value.parse().unwrap());
                }
                sent
            },
            |origin| origin == "https://app.example",
        )
    }

    #[test]
    fn this_machine_is_answered_under_its_own_names() {
        for host in
            ["localhost:3000", "LOCALHOST", "127.0.0.1:3001", "127.9.9.9", "[::1]:3000", "acme.localhost:1"]
        {
            assert_eq!(asked(&[("host", host)]), None, "{host}");
            let origin = format!("http://{host}");
            assert_eq!(asked(&[("host", "localhost"), ("origin", &origin)]), None, "{host}");
        }
        let form = [("host", "localhost"), ("origin", "null"), ("sec-fetch-site", "same-origin")];
        assert_eq!(asked(&form), None);
    }

    #[test]
    fn a_name_that_leads_here_and_a_page_from_elsewhere_are_not() {
        let misdirected = Some(StatusCode::MISDIRECTED_REQUEST);
        for host in [
            "evil.example:3000",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "10.0.0.7",
            "",
            "a@localhost",
        ] {
            assert_eq!(asked(&[("host", host)]), misdirected, "{host}");
        }
        assert_eq!(asked(&[]), misdirected);
        let twice = [("host", "localhost"), ("host", "evil.example")];
        assert_eq!(asked(&twice), Some(StatusCode::BAD_REQUEST));
        for origin in
            ["https://evil.example", "http://localhost.evil.example", "https://a@localhost", "file://", ""]
        {
            let forbidden = Some(StatusCode::FORBIDDEN);
            assert_eq!(asked(&[("host", "localhost"), ("origin", origin)]), forbidden, "{origin}");
        }
        assert_eq!(asked(&[("host", "localhost"), ("origin", "https://app.example")]), None);
        assert_eq!(asked(&[("host", "a.example"), ("origin", "https://app.example")]), misdirected);
        let framed = [("host", "localhost"), ("origin", "null"), ("sec-fetch-site", "cross-site")];
        assert_eq!(asked(&framed), Some(StatusCode::FORBIDDEN));
    }
}

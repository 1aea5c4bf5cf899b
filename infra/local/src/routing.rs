//! Which function answers a request: the routes of an HTTP API, where the most exact one wins.

use std::collections::BTreeMap;
use std::sync::Arc;

use percent_encoding::percent_decode_str;

use crate::function::{Function, Route};

/// The key of the route that an HTTP API takes where no other fits.
const DEFAULT: &str = "$default";

/// The routes of all functions.
#[derive(Default)]
pub(crate) struct Routing {
    entries: Vec<Entry>,
    rest: Option<Arc<Function>>,
}

struct Entry {
    route: Route,
    segments: Vec<Segment>,
    function: Arc<Function>,
}

#[derive(Clone, Copy)]
enum Segment {
    Literal(&'static str),
    Parameter(&'static str),
    Rest(&'static str),
}

/// A request that found its function.
pub(crate) struct Match {
    /// The route's key: method and template, as in `GET /users/{id}`, or `$default`. Never the path, which can hold a link.
    pub(crate) key: String,
    pub(crate) function: Arc<Function>,
    /// Decoded.
    pub(crate) parameters: BTreeMap<&'static str, String>,
}

impl Routing {
    /// The routes of these functions; an `Err` names a route that two of them claim.
    pub(crate) fn new(functions: &[Function]) -> Result<Self, String> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut rest = None;
        for function in functions {
            let shared = Arc::new(function.clone());
            if function.answers_the_rest && rest.replace(Arc::clone(&shared)).is_some() {
                return Err(DEFAULT.to_owned());
            }
            for &route in &function.routes {
                if entries.iter().any(|entry| entry.route == route) {
                    return Err(format!("{} {}", route.method, route.path));
                }
                let segments = segments(route.path).map(Segment::of).collect();
                entries.push(Entry { route, segments, function: Arc::clone(&shared) });
            }
        }
        entries.sort_by_key(|entry| (entry.rank(), entry.route.method == "ANY"));
        Ok(Self { entries, rest })
    }

    /// The best route for a request, whose path is as it was sent. Segments are compared before they are decoded, so
    /// that an encoded slash stays inside its parameter.
    pub(crate) fn find(&self, method: &str, path: &str) -> Option<Match> {
        let path: Vec<&str> = segments(path).collect();
        let exact = self.entries.iter().find_map(|entry| {
            if entry.route.method != method && entry.route.method != "ANY" {
                return None;
            }
            let parameters = entry.parameters(&path)?;
            let key = format!("{} {}", entry.route.method, entry.route.path);
            Some(Match { key, function: Arc::clone(&entry.function), parameters })
        });
        exact.or_else(|| {
            let function = Arc::clone(self.rest.as_ref()?);
            Some(Match { key: DEFAULT.to_owned(), function, parameters: BTreeMap::new() })
        })
    }
}

impl Entry {
    /// A literal before a parameter before a rest, from the left.
    fn rank(&self) -> Vec<u8> {
        let rank = |segment: &Segment| match segment {
            Segment::Literal(_) => 0,
            Segment::Parameter(_) => 1,
            Segment::Rest(_) => 2,
        };
        self.segments.iter().map(rank).collect()
    }

    fn parameters(&self, path: &[&str]) -> Option<BTreeMap<&'static str, String>> {
        let mut parameters = BTreeMap::new();
        let mut path = path.iter();
        for segment in &self.segments {
            let here = *path.next().filter(|here| !here.is_empty())?;
            match *segment {
                Segment::Literal(text) if decoded(here) == text => {}
                Segment::Literal(_) => return None,
                Segment::Parameter(name) => {
                    parameters.insert(name, decoded(here));
                }
                Segment::Rest(name) => {
                    let rest: Vec<&str> = std::iter::once(here).chain(path.copied()).collect();
                    parameters.insert(name, decoded(&rest.join("/")));
                    return Some(parameters);
                }
            }
        }
        path.next().is_none().then_some(parameters)
    }
}

impl Segment {
    fn of(text: &'static str) -> Self {
        let name = text.strip_prefix('{').and_then(|text| text.strip_suffix('}'));
        match name {
            None => Self::Literal(text),
            Some(name) => name.strip_suffix('+').map_or(Self::Parameter(name), Self::Rest),
        }
    }
}

/// The segments of a path. A slash at the end changes nothing, and `/` has none.
fn segments(path: &str) -> impl Iterator<Item = &str> {
    let path = path.strip_prefix('/').unwrap_or(path);
    let path = path.strip_suffix('/').unwrap_or(path);
    path.split('/').filter(move |_| !path.is_empty())
}

/// Percent-decoded, or as it is where that gives no text.
pub(crate) fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8().map_or_else(|_| text.to_owned(), Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::function::http_function;
    use lambda_http::{Body, Response};

    fn routing(routes: &[(&'static str, &'static str)]) -> Result<Routing, String> {
        let routes = routes.iter().map(|&(method, path)| Route { method, path }).collect();
        Routing::new(&[http_function("f", routes, |_| async { Response::new(Body::Empty) })])
    }

    #[test]
    fn the_most_exact_route_wins() {
        let routing = routing(&[
            ("ANY", "/{rest+}"),
            ("ANY", "/users/{id}"),
            ("GET", "/users/{id}"),
            ("GET", "/users/me"),
            ("GET", "/"),
        ])
        .unwrap();
        let found = |method, path| {
            let found = routing.find(method, path).unwrap();
            format!("{} {:?}", found.key, found.parameters)
        };
        assert_eq!(found("GET", "/"), "GET / {}");
        assert_eq!(found("GET", "/users/me/"), "GET /users/me {}");
        assert_eq!(found("GET", "/users/a%2Fb"), r#"GET /users/{id} {"id": "a/b"}"#);
        assert_eq!(found("HEAD", "/users/7"), r#"ANY /users/{id} {"id": "7"}"#);
        assert_eq!(found("GET", "/users/7/x%20y"), r#"ANY /{rest+} {"rest": "users/7/x y"}"#);
    }

    #[test]
    fn what_has_no_route_is_not_found() {
        let routing = routing(&[("GET", "/users"), ("GET", "/users/{id}/x")]).unwrap();
        for (method, path) in
            [("HEAD", "/users"), ("GET", "/"), ("GET", "/users//x"), ("GET", "*"), ("GET", "//users")]
        {
            assert!(routing.find(method, path).is_none(), "{method} {path}");
        }
    }

    #[test]
    fn what_has_no_route_goes_to_the_one_that_answers_the_rest() {
        let rest = http_function("rest", Vec::new(), |_| async { Response::new(Body::Empty) });
        let users = [Route::new("GET", "/users")];
        let users = http_function("users", users.to_vec(), |_| async { Response::new(Body::Empty) });
        let functions = [users, rest.answering_the_rest()];
        let routing = Routing::new(&functions).unwrap();
        for (method, path, key) in
            [("GET", "/users", "GET /users"), ("PUT", "/users", DEFAULT), ("GET", "/", DEFAULT)]
        {
            assert_eq!(routing.find(method, path).unwrap().key, key, "{method} {path}");
        }
        let twice = [functions[1].clone(), functions[1].clone()];
        assert_eq!(Routing::new(&twice).err(), Some(DEFAULT.to_owned()));
    }

    #[test]
    fn a_route_is_claimed_once() {
        assert_eq!(routing(&[("GET", "/users"), ("GET", "/users")]).err(), Some("GET /users".to_owned()));
    }
}

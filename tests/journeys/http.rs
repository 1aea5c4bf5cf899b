//! HTTP as people know it: heads without bodies, tags, packed answers, whose pages may call, and what an address says to people.

use std::io::Read as _;

use flate2::read::GzDecoder;
use journeys::{Grants, House, ORIGIN, created, expect, refused, resource};
use reqwest::Method;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_head_is_a_get_without_its_body() {
    let house = House::start().await;
    let host = house.account("acme").await;
    let user = format!("/users/{}", host.administrator_id);
    for path in
        ["/users", "/account", "/session", "/logs", "/health", "/openapi.json", &user, "/users/1", "/nowhere"]
    {
        let get = host.administrator.get(path).await.unwrap();
        let head = host.administrator.send(Method::HEAD, path, &[], None).await.unwrap();
        assert_eq!((head.status, head.text.as_str()), (get.status, ""), "{path}");
        let names = |answer: &journeys::Answer| {
            let mut names: Vec<String> = answer.headers.iter().map(|(name, _)| name.clone()).collect();
            names.retain(|name| name != "content-length");
            names
        };
        assert_eq!(names(&head), names(&get), "{path}");
        for name in ["content-type", "etag", "vary"] {
            // A list of what was read counts the reading of it.
            assert_eq!(head.header(name), get.header(name), "{path}");
        }
    }
    refused(house.nobody.get("/users").await.unwrap(), 401, "no-credentials");
    expect(house.nobody.send(Method::HEAD, "/users", &[], None).await.unwrap(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_is_read_and_logged_as_the_get_is() {
    let house = House::start().await;
    let host = house.account("acme").await;
    let before = house.log(&host.id).await.len();
    expect(host.administrator.send(Method::HEAD, "/users", &[], None).await.unwrap(), 200);
    let entries = house.log(&host.id).await;
    assert_eq!(entries.len(), before + 1);
    assert!(
        entries.iter().any(|entry| entry["action"] == "read" && entry["resource_type"] == "users"),
        "{entries:#?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tag_tells_whether_something_is_still_so() {
    let house = House::start().await;
    let host = house.account("acme").await;
    let admin = &host.administrator;
    let made = created(
        admin.post("/organizations", &resource("organizations", json!({"name": "Bakery"}))).await.unwrap(),
    );
    let path = format!("/organizations/{}", made.id());
    let tag = expect(admin.get(&path).await.unwrap(), 200).header("etag").unwrap().to_owned();
    assert!(tag.starts_with("\"1-"), "{tag}");
    assert_eq!(made.header("etag"), Some(tag.as_str()), "what was made is as it is read");
    for header in [tag.as_str(), &format!("W/{tag}"), &format!("\"9\", {tag}"), "*"] {
        let known = admin.send(Method::GET, &path, &[("if-none-match", header)], None).await.unwrap();
        let known = expect(known, 304);
        assert_eq!((known.text.as_str(), known.header("etag")), ("", Some(tag.as_str())), "{header}");
        assert_eq!(known.header("content-type"), None);
        expect(admin.send(Method::HEAD, &path, &[("if-none-match", header)], None).await.unwrap(), 304);
    }
    for header in ["\"1\"", "\"2-0\"", "\"\"", "x"] {
        expect(admin.send(Method::GET, &path, &[("if-none-match", header)], None).await.unwrap(), 200);
    }
    // A tag of one thing opens nothing that the caller may not see, and a list has none.
    expect(house.nobody.send(Method::GET, &path, &[("if-none-match", &tag)], None).await.unwrap(), 401);
    assert_eq!(admin.get("/organizations").await.unwrap().header("etag"), None);

    let rename = |name: &str| Some(resource("organizations", json!({"name": name})).to_string());
    let lists = format!("\"7\", W/{tag}");
    let changed =
        admin.send(Method::PATCH, &path, &[("if-match", &lists)], rename("Bakery North")).await.unwrap();
    let changed = expect(changed, 200);
    let newer = changed.header("etag").unwrap().to_owned();
    assert!(newer.starts_with("\"2-"), "{newer}");
    assert_eq!(admin.get(&path).await.unwrap().header("etag"), Some(newer.as_str()));
    for stale in [tag.as_str(), "\"1\"", "1", "\"x\"", "\"1\", \"3\""] {
        let answer =
            admin.send(Method::PATCH, &path, &[("if-match", stale)], rename("Nobody")).await.unwrap();
        refused(answer, 412, "stale-version");
    }
    for good in ["*", "\"2\"", "\"1\", \"2\""] {
        let answer =
            admin.send(Method::PATCH, &path, &[("if-match", good)], rename("Bakery North")).await.unwrap();
        expect(answer, 200);
    }
    expect(admin.send(Method::GET, &path, &[("if-none-match", &tag)], None).await.unwrap(), 200);
    // What is there is not changed where none is wanted, or another one (RFC 9110, 13.1.2).
    for unwanted in ["*", newer.as_str(), "\"1\", W/\"2\""] {
        let none = [("if-none-match", unwanted)];
        let answer = admin.send(Method::PATCH, &path, &none, rename("Nobody")).await.unwrap();
        refused(answer, 412, "stale-version");
        refused(admin.send(Method::DELETE, &path, &none, None).await.unwrap(), 412, "stale-version");
    }
    let other = [("if-none-match", "\"1\""), ("if-match", "\"2\"")];
    expect(admin.send(Method::PATCH, &path, &other, rename("Bakery North")).await.unwrap(), 200);
    let removed = admin.send(Method::DELETE, &path, &[("if-match", &newer)], None).await.unwrap();
    assert_eq!(expect(removed, 204).header("etag"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn members_are_changed_of_the_group_that_was_read() {
    let house = House::start().await;
    let host = house.account("acme").await;
    let admin = &host.administrator;
    let shop = host.organization("Shop").await;
    let group = host.group("Sales", &[&shop]).await;
    let (_, ann) = host.user(&house, "ann", "Editor", Grants::ALL).await;
    let read = || async { admin.get(&format!("/groups/{group}")).await.unwrap() };
    for (what, id) in [("users", &ann), ("organizations", &shop)] {
        let path = format!("/groups/{group}/relationships/{what}");
        let body = || Some(journeys::identifiers(what, &[id]).to_string());
        for method in [Method::POST, Method::DELETE, Method::PATCH] {
            let before = read().await;
            let stale = [("if-match", "\"1000\"")];
            let answer = admin.send(method.clone(), &path, &stale, body()).await.unwrap();
            refused(answer, 412, "stale-version");
            assert_eq!(read().await.text, before.text, "{method} {path}");
            let tag = [("if-match", before.header("etag").unwrap())];
            expect(admin.send(method.clone(), &path, &tag, body()).await.unwrap(), 204);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_is_utf_8_as_it_is_and_nothing_else() {
    let house = House::start().await;
    let host = house.account("acme").await;
    let admin = &host.administrator;
    let json = "application/vnd.api+json";
    let body = resource("organizations", json!({"name": "Bakery"})).to_string();
    let send = async |kind: &str, packed: Option<&str>, body: &str| {
        let mut headers = vec![("content-type", kind)];
        headers.extend(packed.map(|coding| ("content-encoding", coding)));
        admin.send(Method::POST, "/organizations", &headers, Some(body.to_owned())).await.unwrap()
    };
    for kind in [
        "application/json",
        "APPLICATION/JSON ; charset=UTF-8",
        "application/vnd.api+json; charset=\"utf-8\"",
        "application/vnd.api+json; profile=\"https://example.org/p\"",
        "application/vnd.api+json; ext=\"\"",
        "application/json; ext=\"https://example.org/e\"",
    ] {
        expect(send(kind, None, &body).await, 201);
    }
    for kind in [
        "application/vnd.api+json; ext=\"https://jsonapi.org/ext/atomic\"",
        "application/vnd.api+json;EXT=x",
        "application/merge-patch+json",
        "text/json",
        "text/plain",
        "application/json, application/json",
    ] {
        refused(send(kind, None, &body).await, 415, "unsupported-media-type");
    }
    // As some programs write UTF-8: with a mark before it.
    expect(send(json, None, &format!("\u{feff}{body}")).await, 201);
    refused(send(json, None, &format!("\u{feff}\u{feff}{body}")).await, 400, "malformed-json");
    refused(send(json, None, &format!("{body}{body}")).await, 400, "malformed-json");
    expect(send(json, Some("identity"), &body).await, 201);
    for coding in ["gzip", "deflate", "br", "identity, gzip", "aws-chunked"] {
        let answer = refused(send(json, Some(coding), &body).await, 415, "unsupported-content-encoding");
        assert_eq!(answer.text_at("/errors/0/source/header"), "Content-Encoding", "{coding}");
    }
    let form = [("content-type", "application/x-www-form-urlencoded"), ("content-encoding", "gzip")];
    let fields = Some("email=ann@acme.example".to_owned());
    let answer = house.nobody.send(Method::POST, "/subdomain-reminders", &form, fields).await.unwrap();
    expect(answer, 415);
}

/// What is shown beside a thing changes without the thing's version.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_told_that_something_is_still_so_when_what_it_includes_is_not() {
    let house = House::start().await;
    let host = house.account("acme").await;
    let admin = &host.administrator;
    let shop = host.organization("Shop").await;
    let group = host.group("Sales", &[&shop]).await;
    let (_, ann) = host.user(&house, "ann", "Editor", Grants::groups(&[&group])).await;
    let path = format!("/users/{ann}?include=groups");
    let tag = admin.get(&path).await.unwrap().header("etag").unwrap().to_owned();
    let body = resource("groups", json!({"name": "Support"}));
    expect(admin.patch(&format!("/groups/{group}"), &body).await.unwrap(), 200);
    let again = admin.send(Method::GET, &path, &[("if-none-match", &tag)], None).await.unwrap();
    assert!(expect(again, 200).text.contains("Support"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_made_says_where_it_is() {
    let house = House::start().await;
    let host = house.account("acme").await;
    let admin = &host.administrator;
    let user = |name: &str| json!({"type": "users", "attributes": {"email": format!("{name}@acme.example"), "role-name": "Editor", "all-organizations": true}});
    let one = created(admin.post("/users", &json!({"data": user("ann")})).await.unwrap());
    assert_eq!(one.header("location"), Some(format!("/users/{}", one.id()).as_str()));
    let many = created(admin.post("/users", &json!({"data": [user("ben")]})).await.unwrap());
    assert_eq!(many.header("location"), None);
    let again = created(admin.post("/users", &json!({"data": user("ann")})).await.unwrap());
    assert_eq!(again.header("location"), None, "nobody was made");
    for (path, kind, attributes, at) in [
        ("/organizations", "organizations", json!({"name": "Bakery"}), None),
        ("/groups", "groups", json!({"name": "Sales"}), None),
        (
            "/api-keys",
            "api-keys",
            json!({"name": "Sync", "role-name": "Editor", "all-organizations": true}),
            None,
        ),
        (
            "/sessions",
            "sessions",
            json!({"subdomain": "acme", "email": "admin@acme.example", "password": journeys::PASSWORD}),
            Some("/session"),
        ),
    ] {
        let made = created(admin.post(path, &resource(kind, attributes)).await.unwrap());
        let there = at.map_or_else(|| format!("{path}/{}", made.id()), str::to_owned);
        assert_eq!(made.header("location"), Some(there.as_str()), "{path}");
        expect(admin.get(&there).await.unwrap(), 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_come_packed_where_the_client_takes_that() {
    let house = House::start().await;
    let host = house.account("acme").await;
    let plain = house.nobody.get("/openapi.json").await.unwrap();
    let url = format!("{}/openapi.json", house.product.api_url);
    let ask = async |accept: &str, method: Method| {
        let request = reqwest::Client::new().request(method, &url).header("accept-encoding", accept);
        let answer = request.send().await.unwrap();
        let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let headers = (header("content-encoding"), header("vary"));
        (headers, answer.bytes().await.unwrap())
    };
    for (accept, coding) in [
        ("gzip", Some("gzip")),
        ("gzip, deflate, br", Some("gzip")),
        ("br", None),
        ("br;q=0, gzip;q=0.1", Some("gzip")),
        ("identity", None),
        ("gzip;q=0", None),
    ] {
        let ((told, vary), bytes) = ask(accept, Method::GET).await;
        assert_eq!((told.as_deref(), vary.as_deref()), (coding, Some("accept, accept-encoding")), "{accept}");
        let mut text = String::new();
        match coding {
            Some("gzip") => GzDecoder::new(&*bytes).read_to_string(&mut text).unwrap(),
            Some(_) => brotli::Decompressor::new(&*bytes, 4_096).read_to_string(&mut text).unwrap(),
            None => (&*bytes).read_to_string(&mut text).unwrap(),
        };
        assert_eq!(text, plain.text, "{accept}");
        assert!(
            coding.is_none() || bytes.len() * 5 < text.len(),
            "{accept}: {} of {}",
            bytes.len(),
            text.len()
        );
        let ((head, _), nothing) = ask(accept, Method::HEAD).await;
        assert_eq!((head.as_deref(), nothing.len()), (coding, 0), "{accept}");
    }
    assert_eq!(plain.header("content-encoding"), None);
    // What is short stays as it is.
    let packed = [("accept-encoding", "gzip")];
    let short = host.administrator.send(Method::GET, "/account", &packed, None).await.unwrap();
    assert_eq!(expect(short, 200).header("content-encoding"), None);
    let said = json!({"name": "Bakery", "description": "Bread and cakes. ".repeat(80)});
    let made =
        created(host.administrator.post("/organizations", &resource("organizations", said)).await.unwrap());
    let bakery = format!("/organizations/{}", made.id());
    let long = host.administrator.send(Method::GET, &bakery, &packed, None).await.unwrap();
    assert_eq!(long.header("content-encoding"), Some("gzip"));
    // The tag says that other bytes may stand for the same, and is taken all the same.
    let tag = long.header("etag").unwrap();
    assert!(tag.starts_with("W/\""), "{tag}");
    expect(
        host.administrator.send(Method::GET, &bakery, &[("if-none-match", tag)], None).await.unwrap(),
        304,
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn json_is_answered_where_it_is_as_welcome_as_a_table() {
    let house = House::start().await;
    let host = house.account("acme").await;
    for (accept, kind) in [
        ("text/csv;q=0, application/json", "application/vnd.api+json"),
        ("application/vnd.api+json,text/csv", "application/vnd.api+json"),
        ("*/*", "application/vnd.api+json"),
        ("text/csv", "text/csv; charset=utf-8; header=present"),
        ("application/json;q=0.5, text/csv", "text/csv; charset=utf-8; header=present"),
    ] {
        let answer =
            host.administrator.send(Method::GET, "/users", &[("accept", accept)], None).await.unwrap();
        assert_eq!(answer.header("content-type"), Some(kind), "{accept}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_says_what_browsers_are_to_make_of_it() {
    let house = House::start().await;
    for path in ["/health", "/users", "/nowhere", "/openapi.json"] {
        let answer = house.nobody.get(path).await.unwrap();
        assert_eq!(
            answer.header("strict-transport-security"),
            Some("max-age=31536000; includeSubDomains"),
            "{path}"
        );
        let policy = Some("default-src 'none'; frame-ancestors 'none'");
        assert_eq!(answer.header("content-security-policy"), policy, "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_mark_in_a_path_begins_no_query() {
    let house = House::start().await;
    let host = house.account("acme").await;
    let admin = &host.administrator;
    for path in ["/users/7%3Fcolour=red", "/users/7%23x?include=groups", "/users/7%3Fx?include=groups"] {
        refused(admin.get(path).await.unwrap(), 404, "not-found");
    }
    refused(house.nobody.get("/openapi.json%3Fpretty=yes").await.unwrap(), 404, "no-such-address");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_those_origins_call_and_no_others() {
    let house = House::start().await;
    let host = house.account("acme").await;
    let preflight = |origin: &'static str| {
        let headers = [
            ("origin", origin),
            ("access-control-request-method", "PATCH"),
            ("access-control-request-headers", "authorization,if-match"),
        ];
        let nobody = house.nobody.clone();
        async move { nobody.send(Method::OPTIONS, "/users/7", &headers, None).await.unwrap() }
    };
    let answer = expect(preflight(ORIGIN).await, 204);
    assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN));
    let allowed = |name: &str| {
        answer.header(name).unwrap_or_default().split(',').map(str::to_owned).collect::<Vec<_>>()
    };
    for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] {
        assert!(allowed("access-control-allow-methods").contains(&method.to_owned()), "{method}");
    }
    for header in
        ["authorization", "content-type", "x-api-key", "idempotency-key", "if-match", "if-none-match"]
    {
        assert!(allowed("access-control-allow-headers").contains(&header.to_owned()), "{header}");
    }
    let from = [("origin", ORIGIN)];
    for (path, status) in [("/users", 200), ("/users/1", 404), ("/nowhere", 404)] {
        let answer = expect(host.administrator.send(Method::GET, path, &from, None).await.unwrap(), status);
        assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN), "{path}");
        let read = answer.header("access-control-expose-headers").unwrap_or_default();
        for header in ["x-request-id", "retry-after", "location", "link", "etag"] {
            assert!(read.split(',').any(|name| name == header), "{header} in {read}");
        }
        assert!(answer.headers.iter().any(|(name, value)| name == "vary" && value == "origin"), "{path}");
        assert_eq!(answer.header("access-control-allow-credentials"), None);
    }
    // Without an origin, or from this machine, nothing is said; from elsewhere nothing is answered.
    assert_eq!(house.nobody.get("/health").await.unwrap().header("access-control-allow-origin"), None);
    expect(preflight("https://evil.example").await, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_says_to_people_that_it_leads_nowhere() {
    let house = House::start().await;
    let browser = [("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")];
    for (path, status, title) in [
        ("/nowhere", 404, "<title>Page not found"),
        ("/users/7/nowhere", 404, "<title>Page not found"),
        ("/password-resets", 405, "<title>This address is for programs"),
    ] {
        let answer = expect(house.nobody.send(Method::GET, path, &browser, None).await.unwrap(), status);
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
        assert!(answer.text.contains(title) && answer.text.contains("lang=\"en\""), "{}", answer.text);
        assert_eq!(answer.header("allow").is_some(), status == 405, "{path}");
    }
}

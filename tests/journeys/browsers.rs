//! Sessions of browsers: a cookie that proves who, a token of some minutes that acts, and forms that no other site may send.

use journeys::{
    Account, Answer, Client, Grants, House, PASSWORD, created, expect, identifiers, refused, related,
    resource,
};
use reqwest::Method;
use serde_json::json;

use crate::authenticator::{Authenticator, enrol, to_next_step};

const ADMIN: &str = "admin@acme.example";
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const PAGE: (&str, &str) = ("accept", "text/html,application/xhtml+xml");
const OURS: (&str, &str) = ("sec-fetch-site", "same-origin");

/// A browser: it keeps one cookie.
#[derive(Clone)]
struct Browser {
    client: Client,
    cookie: String,
}

impl Browser {
    fn new(house: &House) -> Self {
        Self { client: house.nobody.clone(), cookie: String::new() }
    }

    async fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Answer {
        let mut all = headers.to_vec();
        let cookie = self.cookie.clone();
        if !cookie.is_empty() {
            all.push(("cookie", &cookie));
        }
        let answer = self.client.send(method.parse().unwrap(), path, &all, body).await.unwrap();
        if let Some(set) = answer.header("set-cookie") {
            let (value, rest) = set.split_once(';').unwrap();
            self.cookie = if rest.contains("Max-Age=0;") { String::new() } else { value.to_owned() };
        }
        answer
    }

    async fn fill_in(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let fields = fields.iter().map(|(name, value)| {
            let value: String = value.bytes().map(|byte| format!("%{byte:02x}")).collect();
            format!("{name}={value}")
        });
        let body = fields.collect::<Vec<_>>().join("&");
        self.send("POST", path, &[FORM, PAGE, OURS], Some(body)).await
    }

    async fn sign_in(&mut self, subdomain: &str, email: &str) -> Answer {
        let fields = [("subdomain", subdomain), ("email", email), ("password", PASSWORD)];
        self.fill_in("/sessions", &fields).await
    }

    async fn renew(&mut self, account: Option<&str>) -> Answer {
        let body = account.map(|id| resource("sessions", json!({"account-id": id})).to_string());
        self.send("POST", "/session/renewals", &[OURS], body).await
    }

    /// A caller with the next token of a page.
    async fn page(&mut self) -> Client {
        let renewed = created(self.renew(None).await);
        self.client.with_token(&renewed.text_at("/data/attributes/access-token"))
    }
}

async fn opened() -> (House, Account, Browser) {
    let house = House::start().await;
    let account = house.account("acme").await;
    let browser = Browser::new(&house);
    (house, account, browser)
}

/// Minutes until a token ends.
fn minutes(house: &House, answer: &Answer) -> i64 {
    let end: policy::Timestamp = answer.text_at("/data/attributes/expires-at").parse().unwrap();
    (end.as_millis() - house.product.clock.now().as_millis() + 30_000) / 60_000
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_signs_a_browser_in_and_goes_on_to_the_page_that_was_wanted() {
    let (house, _, mut browser) = opened().await;
    let wrong = [
        ("subdomain", "acme"),
        ("email", ADMIN),
        ("password", "\"><b>mistyped"),
        ("to", "/console/acme/users"),
    ];
    let page = expect(browser.fill_in("/sessions", &wrong).await, 401);
    assert!(page.text.contains("<title>Error: Sign in"), "{}", page.text);
    assert!(
        page.text.contains("value=\"acme\"") && page.text.contains(&format!("value=\"{ADMIN}\"")),
        "{}",
        page.text
    );
    assert!(
        page.text.contains("value=\"/console/acme/users\"") && !page.text.contains("mistyped"),
        "{}",
        page.text
    );
    assert_eq!(page.header("set-cookie"), None);

    for (to, expected) in [
        ("/console/acme/users?role=Lite", "/console/acme/users?role=Lite"),
        ("", "/console/"),
        ("https://evil.example/", "/console/"),
        ("//evil.example/console/", "/console/"),
        ("/session", "/console/"),
        ("/console/\r\nset-cookie: x", "/console/"),
    ] {
        let fields = [("subdomain", " ACME "), ("email", ADMIN), ("password", PASSWORD), ("to", to)];
        let answer = expect(browser.fill_in("/sessions", &fields).await, 303);
        assert_eq!((answer.header("location"), answer.text.as_str()), (Some(expected), ""), "{to}");
        let cookie = answer.header("set-cookie").unwrap();
        assert!(cookie.starts_with("session="), "{cookie}");
        assert!(cookie.ends_with("; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict"), "{cookie}");
    }
    // Whoever comes back to where a wrong password was answered is led to the form.
    let back = expect(browser.send("GET", "/sessions", &[PAGE], None).await, 303);
    assert_eq!(back.header("location"), Some("/console/sign-in"));
    refused(house.nobody.get("/sessions").await.unwrap(), 401, "no-credentials");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_other_site_has_a_browser_send_a_form_or_ask_for_a_token() {
    let (house, account, mut browser) = opened().await;
    let body = format!("subdomain=acme&email=admin%40acme.example&password={}", PASSWORD.replace(' ', "+"));
    let (email, _) = account.invite("ann", "Editor", Grants::ALL).await;
    let link = house.link(&email).await;
    let own = house.product.api_url.clone();
    // Pages of other origins the local product sends away before they reach a function: how these are told is tested beside the
    // rule, in `web::request`.
    for (headers, is_ours) in [
        (vec![("sec-fetch-site", "cross-site")], false),
        (vec![("sec-fetch-site", "same-site")], false),
        (vec![("sec-fetch-site", "cross-site"), ("origin", own.as_str())], false),
        (vec![("origin", own.as_str())], true),
        (vec![("sec-fetch-site", "none")], true),
        (vec![], true),
        (vec![OURS], true),
    ] {
        let mut all = vec![FORM, PAGE];
        all.extend(&headers);
        let answer = browser.clone().send("POST", "/sessions", &all, Some(body.clone())).await;
        assert_eq!(answer.status, if is_ours { 303 } else { 403 }, "{headers:?}: {}", answer.text);
        if !is_ours {
            refused(answer, 403, "cross-site");
            for path in [link.as_str(), "/password-resets", "/subdomain-reminders"] {
                let answer = browser.clone().send("POST", path, &all, Some(body.clone())).await;
                refused(answer, 403, "cross-site");
            }
        }
    }
    expect(browser.sign_in("acme", ADMIN).await, 303);
    for (headers, is_ours) in [
        (vec![], false),
        (vec![("sec-fetch-site", "none")], false),
        (vec![("sec-fetch-site", "cross-site")], false),
        (vec![("origin", own.as_str())], true),
        (vec![OURS], true),
    ] {
        let answer = browser.clone().send("POST", "/session/renewals", &headers, None).await;
        assert_eq!(answer.status, if is_ours { 201 } else { 403 }, "{headers:?}: {}", answer.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_is_no_token_a_token_no_cookie_and_each_ends_in_its_time() {
    let (house, account, mut browser) = opened().await;
    refused(browser.renew(None).await, 401, "no-credentials");
    expect(browser.sign_in("acme", ADMIN).await, 303);
    let renewed = created(browser.renew(None).await);
    assert_eq!(minutes(&house, &renewed), 15);
    let page = browser.page().await;
    expect(page.get("/session").await.unwrap(), 200);
    let value = browser.cookie.strip_prefix("session=").unwrap().to_owned();
    refused(house.nobody.with_token(&value).get("/session").await.unwrap(), 401, "invalid-token");
    let token = account.administrator.token().unwrap();
    for cookie in [format!("session={token}"), format!("__Host-session={value}"), "session=".to_owned()] {
        let mut other = Browser { cookie, ..browser.clone() };
        assert_eq!(other.renew(None).await.status, 401, "{}", other.cookie);
    }
    // A page's token is over after a quarter of an hour, and the browser's session gives the next.
    house.product.clock.advance(15 * 60_000);
    refused(page.get("/session").await.unwrap(), 401, "invalid-token");
    browser.page().await;
    // Towards its end the tokens end with it.
    house.product.clock.advance(11 * 3_600_000 + 40 * 60_000);
    let last = created(browser.renew(None).await);
    assert_eq!(minutes(&house, &last), 5);
    house.product.clock.advance(5 * 60_000 + 1_000);
    refused(browser.renew(None).await, 401, "invalid-token");
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_this_browser_alone_unless_it_says_everywhere() {
    let (house, account, mut here) = opened().await;
    let mut there = Browser::new(&house);
    for browser in [&mut here, &mut there] {
        expect(browser.sign_in("acme", ADMIN).await, 303);
    }
    let (page_here, page_there) = (here.page().await, there.page().await);
    here.client = page_here.clone();
    expect(here.send("DELETE", "/session", &[], None).await, 204);
    assert_eq!(here.cookie, "", "the browser forgets it");
    refused(page_here.get("/session").await.unwrap(), 401, "invalid-token");
    expect(page_there.get("/session").await.unwrap(), 200);
    expect(account.administrator.get("/session").await.unwrap(), 200);
    created(there.renew(None).await);

    there.client = page_there.clone();
    expect(there.send("DELETE", "/session?everywhere=true", &[], None).await, 204);
    for ended in [&page_there, &account.administrator] {
        refused(ended.get("/session").await.unwrap(), 401, "invalid-token");
    }
    // A cookie that was kept is of no more use.
    let mut kept = Browser::new(&house);
    expect(kept.sign_in("acme", ADMIN).await, 303);
    let cookie = kept.cookie.clone();
    kept.client = kept.page().await;
    expect(kept.send("DELETE", "/session", &[], None).await, 204);
    kept = Browser { client: house.nobody.clone(), cookie };
    refused(kept.renew(None).await, 401, "invalid-token");
    // Without a cookie a sign-out is one everywhere.
    let mut last = Browser::new(&house);
    expect(last.sign_in("acme", ADMIN).await, 303);
    expect(last.page().await.delete("/session", None).await.unwrap(), 204);
    refused(last.renew(None).await, 401, "invalid-token");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_page_acts_in_the_account_that_it_names_and_coming_in_is_logged_once() {
    let (house, host, mut browser) = opened().await;
    let noc = house.account("night-noc").await;
    let other = house.account("cedar").await;
    let bakery = host.organization("Bakery").await;
    let offer = json!({"subdomain": "night-noc", "maximum-role-name": "Editor"});
    let reach = json!({"organizations": identifiers("organizations", &[&bakery])});
    let offered = created(
        host.administrator.post("/connections", &related("connections", offer, reach)).await.unwrap(),
    );
    let link = house.link("admin@night-noc.example").await;
    let accept = resource("connection-invitations", json!({"decision": "accept"}));
    expect(noc.administrator.post(&link, &accept).await.unwrap(), 200);
    expect(browser.sign_in("night-noc", "admin@night-noc.example").await, 303);

    let inside = created(browser.renew(Some(&host.id)).await);
    assert_eq!(inside.text_at("/data/attributes/account-id"), host.id);
    let visitor = house.nobody.with_token(&inside.text_at("/data/attributes/access-token"));
    let session = expect(visitor.get("/session").await.unwrap(), 200);
    assert_eq!(session.at("/data/attributes/connected"), json!(true));
    let home = browser.page().await;
    let session = expect(home.get("/session").await.unwrap(), 200);
    assert_eq!(session.text_at("/data/attributes/account-id"), noc.id);
    created(browser.renew(Some(&host.id)).await);
    let came_in = async || {
        let log = house.log(&host.id).await;
        log.iter().filter(|entry| entry["resource_type"] == "sessions").count()
    };
    let at_first = came_in().await;
    for _ in 0..3 {
        house.product.clock.advance(10 * 60_000);
        let renewed = created(browser.renew(Some(&host.id)).await);
        let visitor = house.nobody.with_token(&renewed.text_at("/data/attributes/access-token"));
        expect(visitor.get("/organizations").await.unwrap(), 200);
    }
    assert_eq!(came_in().await, at_first, "whoever stays does not come in again");
    house.product.clock.advance(3_600_000);
    created(browser.renew(Some(&host.id)).await);
    assert_eq!(came_in().await, at_first + 1);

    for (body, status) in
        [("{", 400), ("{\"data\":{\"type\":\"sessions\",\"attributes\":{\"colour\":1}}}", 422)]
    {
        let answer = browser.send("POST", "/session/renewals", &[OURS], Some(body.to_owned())).await;
        assert_eq!(answer.status, status, "{}", answer.text);
    }
    // An account that never let one in is as unknown as one that there is not.
    for unknown in [other.id.as_str(), "4711"] {
        refused(browser.renew(Some(unknown)).await, 404, "not-found");
    }
    let suspended = resource("connections", json!({"status": "suspended"}));
    let path = format!("/connections/{}", offered.id());
    expect(host.administrator_again(&house).await.patch(&path, &suspended).await.unwrap(), 200);
    refused(browser.renew(Some(&host.id)).await, 403, "connection-suspended");
    created(browser.renew(Some(&noc.id)).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accepted_invitation_welcomes_the_one_who_is_signed_in_by_it() {
    let (house, account, mut browser) = opened().await;
    let (email, id) = account.invite("ann", "Editor", Grants::ALL).await;
    let link = house.link(&email).await;
    let fields = [("first-name", "Ann"), ("password", PASSWORD)];
    let done = expect(browser.fill_in(&link, &fields).await, 303);
    // To the same address, and without the link in an answer.
    let onward = format!("{link}{}", done.header("location").unwrap());
    assert_eq!(onward, format!("{link}?accepted=true"));
    let welcome = expect(browser.send("GET", &onward, &[PAGE], None).await, 200);
    assert!(welcome.text.contains("Welcome to <bdi>The acme account</bdi>"), "{}", welcome.text);
    assert!(welcome.text.contains("href=\"/console/\""), "{}", welcome.text);
    let session = expect(browser.page().await.get("/session").await.unwrap(), 200);
    assert_eq!(session.text_at("/data/attributes/user-id"), id);
    // Another one's browser, and a program, read that the link was used.
    let mut other = Browser::new(&house);
    expect(other.sign_in("acme", ADMIN).await, 303);
    for browser in [&mut other, &mut Browser::new(&house)] {
        let used = expect(browser.send("GET", &link, &[PAGE], None).await, 410);
        assert!(used.text.contains("/console/sign-in"), "{}", used.text);
    }
    refused(house.nobody.get(&link).await.unwrap(), 410, "invitation-used");
    // And so does the user, once the session has ended.
    expect(account.administrator.delete(&format!("/users/{id}"), None).await.unwrap(), 204);
    expect(browser.send("GET", &link, &[PAGE], None).await, 410);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_factor_is_asked_for_on_the_form_and_can_be_set_up_in_a_browser() {
    let (house, account, mut browser) = opened().await;
    let admin = &account.administrator;
    let (_, ann) = account.user(&house, "ann", "Editor", Grants::ALL).await;
    let enrolled = enrol(&house, admin, &account.administrator_id).await;
    let page = expect(browser.sign_in("acme", ADMIN).await, 401);
    assert!(page.text.contains("name=\"otp\"") && page.text.contains("authenticator app"), "{}", page.text);
    for (code, status) in [("nonsense!", 422), (enrolled.app.wrong_code(&house).as_str(), 401)] {
        let fields = [("subdomain", "acme"), ("email", ADMIN), ("password", PASSWORD), ("otp", code)];
        let page = expect(browser.fill_in("/sessions", &fields).await, status);
        assert!(page.text.contains("name=\"otp\""), "{}", page.text);
    }
    to_next_step(&house);
    let code = enrolled.app.next_code(&house);
    let fields = [("subdomain", "acme"), ("email", ADMIN), ("password", PASSWORD), ("otp", code.as_str())];
    expect(browser.fill_in("/sessions", &fields).await, 303);
    assert_eq!(created(browser.renew(None).await).at("/data/attributes/mfa"), json!(true));

    // Whom the account wants to have one, and who has none, gets in as far as setting it up.
    let page = browser.page().await;
    let enforced = resource("accounts", json!({"enforce-mfa": true}));
    expect(page.patch("/account", &enforced).await.unwrap(), 200);
    let mut hers = Browser::new(&house);
    expect(hers.sign_in("acme", "ann@acme.example").await, 303);
    let page = hers.page().await;
    refused(page.get("/organizations").await.unwrap(), 403, "mfa-enrolment-required");
    let code = Authenticator::start(&page, &ann).await.code(&house);
    hers.client = page;
    let path = format!("/users/{ann}/mfa/verification");
    let body = resource("mfa", json!({"otp": code})).to_string();
    let confirmed = expect(hers.send("POST", &path, &[], Some(body)).await, 200);
    assert_eq!(minutes(&house, &confirmed), 15, "a browser goes on with a page's token");
    hers.client = house.nobody.clone();
    let page = hers.page().await;
    expect(page.get("/organizations").await.unwrap(), 200);

    // A changed password ends the other sessions, and this browser goes on.
    hers.client = page;
    let body = resource("passwords", json!({"old-password": PASSWORD, "password": "three shops, one oven"}));
    let path = format!("/users/{ann}/password");
    let changed = expect(hers.send("POST", &path, &[], Some(body.to_string())).await, 200);
    assert_eq!(minutes(&house, &changed), 15);
    hers.client = house.nobody.clone();
    created(hers.renew(None).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_signs_in_by_json_gets_a_cookie_and_a_short_token() {
    let (house, _, mut browser) = opened().await;
    let mut credentials = json!({"subdomain": "acme", "email": ADMIN, "password": PASSWORD, "browser": true});
    let body = resource("sessions", credentials.clone()).to_string();
    let session = created(browser.send("POST", "/sessions", &[OURS], Some(body.clone())).await);
    assert_eq!(minutes(&house, &session), 15);
    created(browser.renew(None).await);
    refused(
        browser.send("POST", "/sessions", &[("sec-fetch-site", "cross-site")], Some(body)).await,
        403,
        "cross-site",
    );
    credentials["browser"] = json!(false);
    let session = created(house.nobody.post("/sessions", &resource("sessions", credentials)).await.unwrap());
    assert_eq!((minutes(&house, &session), session.header("set-cookie")), (720, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_costs_what_any_request_does() {
    let (house, cable) = House::start_on_a_cable_to_dynamodb().await;
    house.account("acme").await;
    let mut browser = Browser::new(&house);
    expect(browser.sign_in("acme", ADMIN).await, 303);
    created(browser.renew(None).await);
    cable.forget();
    created(browser.renew(None).await);
    let costs = cable.costs();
    let requests = costs["sign-in"].requests;
    assert!([1, 2].contains(&requests), "the user with the account, and now and then the count: {costs:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_for_those_who_cannot_sign_in_tell_nobody_who_there_is() {
    let (house, _, mut browser) = opened().await;
    for email in [ADMIN, "nobody@acme.example"] {
        for (path, fields) in [
            ("/subdomain-reminders", vec![("email", email)]),
            ("/password-resets", vec![("subdomain", "acme"), ("email", email)]),
        ] {
            let answer = expect(browser.fill_in(path, &fields).await, 303);
            assert_eq!(answer.header("location"), Some("/console/mail-asked-for"), "{path} {email}");
        }
    }
    let page = expect(browser.send("GET", "/console/mail-asked-for", &[PAGE], None).await, 200);
    assert!(page.text.contains("Check your inbox"), "{}", page.text);
    let link = house.link(ADMIN).await;
    assert!(link.contains("/password-resets/"), "{link}");
    let fresh = expect(browser.send("GET", &format!("{link}?done=true"), &[PAGE], None).await, 200);
    assert!(fresh.text.contains("Set a new password"), "{}", fresh.text);
    let done = expect(browser.fill_in(&link, &[("password", "three shops, one oven")]).await, 303);
    let path = format!("{link}{}", done.header("location").unwrap());
    let page = expect(browser.send("GET", &path, &[PAGE], None).await, 200);
    assert!(page.text.contains("Your password is set"), "{}", page.text);
    expect(browser.send("GET", &link, &[PAGE], None).await, 410);
    let sign_in = house
        .nobody
        .send(Method::GET, "/console/sign-in?subdomain=%22%3E%3Cb%3E", &[PAGE], None)
        .await
        .unwrap();
    assert!(sign_in.text.contains("value=\"&quot;&gt;&lt;b&gt;\""), "{}", sign_in.text);
}

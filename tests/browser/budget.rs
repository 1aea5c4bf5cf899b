//! What the console may cost: bytes and modules of the first load, how far things move while a page comes, what a page asks and
//! which functions that wakes (`tests/tables/calls-of-the-console.txt`; `UPDATE_TABLES=1` writes it anew).

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use journeys::House;
use local::Function;
use serde_json::json;

use crate::crowd::Crowd;
use crate::driver::Browser;
use crate::wire::{Heard, Wire};

/// A page that has all that it asked for.
const COMPLETE: &str = "#app:not([aria-busy]) main h1";

const ADMIN: &str = "admin@acme.example";

const TABLE: &str = "../tests/tables/calls-of-the-console.txt";

/// What a change of pages may ask, once the names of organizations and groups are known. Where it is more, the reason stands here.
const CALLS: usize = 2;
const MORE_CALLS: [(&str, usize); 2] = [
    // Itself, what one may do there, who else reaches it: three questions of three functions.
    ("organizations/{id}", 3),
    // The connection, who came in, who is limited.
    ("glueconnect/{id}/people", 3),
];

/// Answers of the API at the first load, and with the files all of it.
const FIRST_DATA: usize = 40 * 1_024;

/// How far things may move while a page comes, as browsers measure it.
const SHIFT: f64 = 0.02;

/// Tells, from the next page on, what the policy refuses and how things move.
const WATCH: &str = "window.told = {refused: [], shift: 0};
    addEventListener('securitypolicyviolation', (event) => told.refused.push(event.violatedDirective + ' ' + event.blockedURI));
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) told.shift += entry.value;
    }).observe({type: 'layout-shift', buffered: true});";

/// Every page by its address below the account, with `{id}` for what stands in the crowd by this word.
const PAGES: [(&str, &str); 21] = [
    ("users", ""),
    ("users/new", ""),
    ("users/{id}", "rita"),
    ("users/{id}/access", "rita"),
    ("groups", ""),
    ("groups/new", ""),
    ("groups/{id}", "desk"),
    ("organizations", ""),
    ("organizations/new", ""),
    ("organizations/{id}", "client"),
    ("organizations/{id}/restrictions", "client"),
    ("glueconnect", ""),
    ("glueconnect?direction=received", ""),
    ("glueconnect/new", ""),
    ("glueconnect/{id}", "night"),
    ("glueconnect/{id}/people", "night"),
    ("activity-logs", ""),
    ("api-keys", ""),
    ("settings", ""),
    ("settings/close", ""),
    ("profile", ""),
];

/// The function that answers this request.
fn awakened(functions: &[Function], heard: &Heard) -> &'static str {
    let (method, path) = heard.what.split_once(' ').unwrap();
    let fits = |route: &str| {
        let (route, path): (Vec<&str>, Vec<&str>) = (route.split('/').collect(), path.split('/').collect());
        let is_one = |(part, given): (&&str, &&str)| part.starts_with('{') || part == given;
        route.len() == path.len() && route.iter().zip(&path).all(is_one)
    };
    // What is named by its own word comes before what is named by an id.
    let mut found: Vec<(usize, &'static str)> = Vec::new();
    for function in functions {
        for route in function.routes.iter().filter(|route| route.method == method && fits(route.path)) {
            found.push((route.path.matches('{').count(), function.name));
        }
    }
    found.into_iter().min().map_or_else(|| panic!("nobody answers {}", heard.what), |(_, name)| name)
}

/// A request without the ids in it.
fn plain(heard: &Heard) -> String {
    let part = |part: &str| if part.parse::<u64>().is_ok() { "{id}".to_owned() } else { part.to_owned() };
    heard.what.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// Those for the API: what is loaded of the console itself is none of them.
fn asked(wire: &Wire) -> Vec<Heard> {
    wire.heard().into_iter().filter(|heard| !heard.what.contains("/console/")).collect()
}

async fn watched(house: &House) -> Option<Browser> {
    let browser = Browser::start().await?;
    browser.has_the_clock_of(house).await;
    let watch = json!({"source": WATCH});
    browser.driver.cdp().send_raw("Page.addScriptToEvaluateOnNewDocument", watch).await.unwrap();
    Some(browser)
}

/// What this page was refused by its policy, how far things moved, and what it loaded from elsewhere.
async fn told(browser: &Browser, house: &House, page: &str, found: &mut Vec<String>) {
    let ask = "return [told.refused, told.shift, performance.getEntriesByType('resource').map((entry) => entry.name)]";
    let told = browser.driver.execute(ask, Vec::new()).await.unwrap().json().clone();
    if told[0] != json!([]) {
        found.push(format!("{page}: refused {}", told[0]));
    }
    let shift = told[1].as_f64().unwrap();
    if shift > SHIFT {
        found.push(format!("{page}: things move by {shift:.3}"));
    }
    for address in told[2].as_array().unwrap().iter().filter_map(|address| address.as_str()) {
        if !address.starts_with(&house.product.api_url) && !address.starts_with("blob:") {
            found.push(format!("{page}: loads {address}"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_comes_from_here_alone_and_nothing_moves_while_it_comes() {
    let mut crowd = Crowd::gather().await;
    let Some(browser) = watched(&crowd.house).await else { return };
    let wire = Wire::before(&mut crowd.house).await;
    let mut found = Vec::new();
    browser.signs_in(&crowd.house, "acme", ADMIN).await;
    browser.at(COMPLETE).await;
    for (page, word) in PAGES {
        let address = page.replace("{id}", if word.is_empty() { "" } else { crowd.id(word) });
        wire.heard();
        browser.goes_to(&crowd.house, &format!("/console/acme/{address}")).await;
        browser.at(COMPLETE).await;
        told(&browser, &crowd.house, page, &mut found).await;
        let data: usize = asked(&wire).iter().map(|heard| heard.bytes).sum();
        if data > FIRST_DATA {
            found.push(format!("{page}: {data} bytes of data"));
        }
    }
    found.extend(browser.complaints().await);
    assert!(found.is_empty(), "{found:#?}");
    browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_asks_little_and_wakes_few_functions() {
    let mut crowd = Crowd::gather().await;
    let Some(browser) = watched(&crowd.house).await else { return };
    let functions = crowd.house.functions_of_the_api();
    let wire = Wire::before(&mut crowd.house).await;
    browser.signs_in(&crowd.house, "acme", ADMIN).await;
    browser.at(COMPLETE).await;
    let mut table = String::from(
        "What the console asks of the API when one turns to a page, and the functions that this wakes. The names of organizations\n\
         and groups are asked for once in a tab, with the first page that needs them.\n\n",
    );
    let mut row = |page: &str, heard: &[Heard]| {
        let names: BTreeSet<&str> = heard.iter().map(|heard| awakened(&functions, heard)).collect();
        let mut calls: Vec<String> = heard.iter().map(plain).collect();
        calls.sort();
        let wakes = names.into_iter().collect::<Vec<_>>().join(", ");
        writeln!(table, "{page}: {} of {wakes}", calls.len()).unwrap();
        for call in &calls {
            writeln!(table, "    {call}").unwrap();
        }
    };
    wire.heard();
    browser.goes_to(&crowd.house, "/console/acme/users").await;
    browser.at(COMPLETE).await;
    row("the first load, of users", &asked(&wire));
    // The first page that needs names.
    for page in ["users/new", "groups"] {
        turns_to(&browser, page).await;
    }
    wire.heard();
    let mut found = Vec::new();
    for (page, word) in PAGES {
        let address = page.replace("{id}", if word.is_empty() { "" } else { crowd.id(word) });
        turns_to(&browser, &address).await;
        let heard = asked(&wire);
        row(page, &heard);
        let most = MORE_CALLS.iter().find(|(name, _)| *name == page).map_or(CALLS, |(_, most)| *most);
        if heard.len() > most {
            found.push(format!("{page}: {} calls", heard.len()));
        }
        let failed = heard.iter().filter(|heard| heard.status != 200);
        found.extend(failed.map(|heard| format!("{page}: {heard:?}")));
    }
    assert!(found.is_empty(), "{found:#?}\n{table}");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(TABLE);
    if std::env::var_os("UPDATE_TABLES").is_some() {
        std::fs::write(&path, &table).unwrap();
    }
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(table == known, "the calls have changed; UPDATE_TABLES=1 writes them anew:\n{table}");
    browser.quit().await;
}

/// Goes to a page as a link does, and waits until it is there.
async fn turns_to(browser: &Browser, page: &str) {
    let go = "const done = arguments[1];
        navigation.navigate('/console/acme/' + arguments[0]).finished.then(() => done(''), (error) => done(String(error)))";
    let went = browser.driver.execute_async(go, vec![json!(page)]).await.unwrap();
    assert_eq!(went.json(), &json!(""), "{page}");
    browser.at(COMPLETE).await;
}

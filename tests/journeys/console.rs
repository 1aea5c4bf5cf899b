//! The console's files, as a browser gets them: one shell for every address, modules under one hash, and no table asked.

use std::collections::BTreeSet;
use std::path::Path;

use console::Source;
use journeys::House;
use reqwest::Method;

/// What `sign in` and the first page may weigh, in files: what is not served at the first load is not counted.
const FIRST_LOAD: usize = 60 * 1024;

/// Each is one call of the function.
const MODULES: usize = 16;

/// The addresses that a page loads or preloads, all of them ours.
fn loaded(page: &str) -> BTreeSet<&str> {
    let addresses = [" href=\"", " src=\""].into_iter().flat_map(|opening| page.split(opening).skip(1));
    addresses.map(|rest| rest.split('"').next().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_address_of_the_console_answers_the_same_shell_and_asks_no_table() {
    let (house, cable) = House::start_on_a_cable_to_dynamodb().await;
    cable.forget();
    let root = house.nobody.get("/").await.unwrap();
    assert_eq!((root.status, root.header("location")), (303, Some("/console/")));
    let shell = house.nobody.get("/console/").await.unwrap();
    assert_eq!(shell.status, 200);
    assert_eq!(shell.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(shell.header("cache-control"), Some("no-cache"));
    for path in ["/console", "/console/acme/users?name=ann", "/console/acme/users/7", "/console/x%2f..%2fy"] {
        let answer = house.nobody.get(path).await.unwrap();
        assert_eq!((answer.status, &answer.text), (200, &shell.text), "{path}");
    }
    let head = house.nobody.send(Method::HEAD, "/console/acme/users", &[], None).await.unwrap();
    assert_eq!((head.status, head.text.as_str()), (200, ""));

    // Whoever has it asks whether it still is.
    let tag = shell.header("etag").unwrap();
    let again = house.nobody.send(Method::GET, "/console/", &[("if-none-match", tag)], None).await.unwrap();
    assert_eq!((again.status, again.text.as_str(), again.header("etag")), (304, "", Some(tag)));
    let other = [("if-none-match", "W/\"0123\"")];
    let anew = house.nobody.send(Method::GET, "/console/", &other, None).await.unwrap();
    assert_eq!(anew.status, 200);
    assert!(cable.costs_of_requests().is_empty(), "{:?}", cable.costs());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_shell_loads_is_there_for_a_year_and_nothing_else_is() {
    let house = House::start().await;
    let shell = house.nobody.get("/console/").await.unwrap().text;
    let loaded = loaded(&shell);
    assert!(loaded.iter().any(|path| path.ends_with("/main.js")), "{loaded:?}");
    for path in &loaded {
        let file = house.nobody.get(path).await.unwrap();
        assert_eq!(file.status, 200, "{path}");
        let kept = file.header("cache-control");
        assert_eq!(kept, Some("public, max-age=31536000, immutable"), "{path}");
        assert!(!file.header("content-type").unwrap().contains("html"), "{path}");
    }
    // Another version's file, a file that there is not, and nothing outside of the folder.
    let main = loaded.iter().find(|path| path.ends_with("/main.js")).unwrap();
    let (tree, _) = main.rsplit_once('/').unwrap();
    let other = format!("{}x/main.js", &tree[..tree.len() - 1]);
    for path in [&other, &format!("{tree}/none.js"), &format!("{tree}/..%2fCargo.toml"), tree] {
        let file = house.nobody.get(path).await.unwrap();
        let expected = (404, "", Some("no-store"));
        assert_eq!((file.status, file.text.as_str(), file.header("cache-control")), expected, "{path}");
    }
    for path in ["/favicon.ico", "/robots.txt"] {
        let file = house.nobody.get(path).await.unwrap();
        assert_eq!(
            (file.status, file.header("cache-control")),
            (200, Some("public, max-age=86400")),
            "{path}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_of_the_console_is_closed_to_others() {
    let house = House::start().await;
    let shell = house.nobody.get("/console/").await.unwrap().text;
    let main = loaded(&shell).into_iter().find(|path| path.ends_with("/main.js")).unwrap().to_owned();
    for path in ["/", "/console/acme/users", "/console/assets/none/main.js", "/robots.txt", &main] {
        let answer = house.nobody.get(path).await.unwrap();
        for (header, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("strict-transport-security", "max-age=31536000; includeSubDomains"),
        ] {
            assert_eq!(answer.header(header), Some(value), "{path}");
        }
        let policy = answer.header("content-security-policy").unwrap();
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types lit-html",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert!(answer.header("permissions-policy").is_some_and(|closed| closed.contains("camera=()")));
        assert!(answer.header("x-request-id").is_some_and(|id| !id.is_empty()), "{path}");
    }
}

/// What is in the binary, which AWS serves: `cargo local` reads the folder.
#[test]
fn the_first_load_is_within_its_budget() {
    let files = Source::Binary.files().unwrap();
    let shell = files.at("index.html").unwrap();
    let text = String::from_utf8(shell.plain.to_vec()).unwrap();
    let size = |path: &str| files.at(path).unwrap().for_client(Some("gzip, deflate, br")).0.len();
    let start = format!("/console/assets/{}/", files.tree);
    let loaded = loaded(&text);
    let paths: Vec<&str> = loaded.iter().map(|path| path.strip_prefix(&start).unwrap()).collect();
    let weight: usize = size("index.html") + paths.iter().map(|path| size(path)).sum::<usize>();
    assert!(weight <= FIRST_LOAD, "{weight} bytes");
    let modules = paths.iter().filter(|path| path.ends_with(".js")).count();
    assert!(modules <= MODULES, "{modules} modules");
}

#[test]
fn a_file_comes_in_the_best_form_that_is_taken() {
    let files = Source::Binary.files().unwrap();
    let library = files.at("lib/lit-html.js").unwrap();
    for (accepted, coding) in [
        (Some("gzip, deflate, br, zstd"), Some("br")),
        (Some("gzip;q=1.0, br;q=0"), Some("gzip")),
        (Some("GZIP"), Some("gzip")),
        (Some("identity"), None),
        (Some("brotli"), None),
        (None, None),
    ] {
        let (bytes, given) = library.for_client(accepted);
        assert_eq!(given, coding, "{accepted:?}");
        assert_eq!(bytes.len() < library.plain.len(), coding.is_some(), "{accepted:?}");
    }
    // Smaller already: it comes as it is.
    assert_eq!(files.at("favicon.ico").unwrap().for_client(Some("br")).1, None);
}

/// Lines of code of all modules, of which a page has so many at most: what people who can read HTML change in minutes. The sum was
/// set for these pages; each that is added brings as many more as a page should have.
const LINES: usize = 1_850;
const LINES_OF_A_PAGE: usize = 120;
const PAGES: usize = 16;
const LINES_FOR_ANOTHER_PAGE: usize = 100;

/// So that nobody stays within that by longer lines.
const LONGEST_LINE: usize = 160;

/// The console's own modules by their paths. What comes from elsewhere is lit-html alone, as published.
fn modules() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../functions/console/assets");
    let (mut open, mut modules, mut vendored) = (vec![folder.clone()], Vec::new(), BTreeSet::new());
    while let Some(part) = open.pop() {
        for entry in std::fs::read_dir(part).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(&folder).unwrap().to_string_lossy().replace('\\', "/");
            if path.is_dir() {
                open.push(path);
            } else if name.ends_with(".js") && name.starts_with("lib/") {
                vendored.insert(name);
            } else if name.ends_with(".js") {
                modules.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let lit = ["directive-helpers", "directive", "directives/live", "directives/repeat", "lit-html"];
    assert_eq!(vendored, lit.map(|name| format!("lib/{name}.js")).into());
    modules
}

/// The lines that are neither empty nor a comment alone.
fn code(module: &str) -> impl Iterator<Item = &str> {
    let mut is_comment = false;
    module.lines().filter(move |line| {
        let line = line.trim();
        let begins = line.starts_with("/*");
        let is_said =
            is_comment || line.is_empty() || line.starts_with("//") || begins && line.ends_with("*/");
        is_comment = (is_comment || begins) && !line.contains("*/");
        !is_said && !is_comment
    })
}

#[test]
fn the_modules_are_few_enough_lines_to_be_read() {
    let (mut all, mut pages) = (0, 0);
    for (name, module) in modules() {
        let lines = code(&module).count();
        all += lines;
        pages += usize::from(name.starts_with("pages/"));
        assert!(!name.starts_with("pages/") || lines <= LINES_OF_A_PAGE, "{name}: {lines} lines");
        for line in code(&module) {
            assert!(line.chars().count() <= LONGEST_LINE, "{name}: {line}");
        }
    }
    println!("{all} lines of code, {pages} pages");
    let most = LINES + LINES_FOR_ANOTHER_PAGE * pages.saturating_sub(PAGES);
    assert!(all > 1_000 && all <= most, "{all} lines, and {most} at most");
}

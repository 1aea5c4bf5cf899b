//! The dependency law: arrows point down only, and a function links no more than its own role on AWS allows.

use std::collections::BTreeSet;
use std::process::Command;

use crate::house_map::{HouseMap, root, text};

/// From the ground up. A crate uses those below its own floor and none beside it.
const FLOORS: [&[&str]; 5] = [
    &["policy"],
    &["seals"],
    &["environment", "mail", "store", "tokens", "web"],
    &["api", "signing"],
    &["lists"],
];

/// The one function that sends mail.
const SENDER: &str = "send-invites";

/// What has one home in the house, and which crates that is. `functions` stands for all of them.
const HOMES: &[(&str, &[&str])] = &[
    ("argon2", &["tokens"]),
    ("aws-config", &["environment", "store"]),
    ("aws-sdk-dynamodb", &["store"]),
    ("aws-sdk-eventbridge", &["seal-log"]),
    ("aws-sdk-secretsmanager", &["signing"]),
    ("aws-sdk-sesv2", &["mail"]),
    ("axum", &["local", "journeys"]),
    ("clap", &["local", "verify-log"]),
    ("dynoxide-rs", &["local"]),
    ("ed25519-dalek", &["tokens"]),
    ("icu_collator", &["lists"]),
    ("idna", &["policy"]),
    ("jsonwebtoken", &["tokens"]),
    ("lambda_http", &["api", "functions", "local", "web"]),
    (
        "lambda_runtime",
        &[
            "close-accounts",
            "expire-invitations",
            "local",
            "record-delivery",
            "rotate-keys",
            "seal-log",
            "send-invites",
        ],
    ),
    ("reqwest", &["local", "journeys"]),
    ("rusqlite", &["local"]),
    ("serde_dynamo", &["seal-log", "seals", "send-invites", "store"]),
    ("totp-rs", &["tokens"]),
];

#[test]
fn arrows_point_down_only() {
    let map = HouseMap::draw();
    let functions = map.members_in("functions");
    let mut below: BTreeSet<&str> = BTreeSet::new();
    for floor in FLOORS {
        for member in floor {
            allow(&map, member, &below);
        }
        below.extend(floor);
    }
    for function in &functions {
        let allowed: BTreeSet<&str> =
            below.iter().copied().filter(|used| *used != "mail" || *function == SENDER).collect();
        allow(&map, function, &allowed);
    }
    allow(&map, "verify-log", &below);
    below.extend(&functions);
    allow(&map, "local", &below);
    below.extend(["local", "verify-log"]);
    allow(&map, "journeys", &below);
    below.insert("journeys");
    allow(&map, "bench", &below);
    below.insert("bench");
    let all: BTreeSet<&str> = map.members().iter().map(|package| package.name.as_str()).collect();
    assert_eq!(all, below, "a crate without a floor: say in tests/house_rules where it stands");
}

/// The crate uses none of the house but these, not even in its own tests.
fn allow(map: &HouseMap, member: &str, allowed: &BTreeSet<&str>) {
    let house: BTreeSet<&str> = map.members().iter().map(|package| package.name.as_str()).collect();
    for used in map.uses(member).union(&map.tests_with(member)) {
        assert!(!house.contains(used) || allowed.contains(used), "{member} must not use {used}");
    }
}

#[test]
fn one_function_alone_sends_mail() {
    let map = HouseMap::draw();
    for function in map.members_in("functions") {
        let reached = map.reaches(function);
        let sends = reached.contains("mail") || reached.contains("aws-sdk-sesv2");
        assert_eq!(sends, function == SENDER, "{function}");
    }
}

/// A check stands in front of everything that a platform does. What it links, each of its cold starts loads.
#[test]
fn a_check_links_no_lists_and_no_collation() {
    let map = HouseMap::draw();
    let reached = map.reaches("check-access");
    for kept_out in ["brotli", "icu_collator", "lists", "regex", "signing"] {
        assert!(!reached.contains(kept_out), "check-access links {kept_out}");
    }
}

/// Two of them would be loaded with each cold start, and the default one gathers randomness for half a second at its first handshake.
#[test]
fn one_tls_stack_is_linked() {
    let map = HouseMap::draw();
    for function in map.members_in("functions") {
        let reached = map.reaches(function);
        for other in ["aws-lc-rs", "native-tls", "openssl", "s2n-tls"] {
            assert!(!reached.contains(other), "{function} links {other}");
        }
    }
}

#[test]
fn the_rules_touch_nothing() {
    let map = HouseMap::draw();
    let outside =
        ["async", "aws", "futures", "getrandom", "hyper", "lambda", "rand", "reqwest", "tokio", "tracing"];
    for reached in map.reaches("policy") {
        assert!(!outside.iter().any(|start| reached.starts_with(start)), "policy reaches {reached}");
    }
}

#[test]
fn what_has_a_home_is_used_nowhere_else() {
    let map = HouseMap::draw();
    let functions = map.members_in("functions");
    for (library, homes) in HOMES {
        for package in map.members() {
            let member = package.name.as_str();
            let is_home =
                homes.contains(&member) || homes.contains(&"functions") && functions.contains(member);
            assert!(is_home || !map.uses(member).contains(library), "{member} must not use {library}");
        }
        assert!(map.members().iter().any(|package| map.uses(&package.name).contains(library)), "{library}");
    }
}

/// The features of everything that a build of these packages compiles, as `cargo tree` works them out.
fn features(packages: &[&str], kinds: &str) -> BTreeSet<String> {
    let told = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--offline", "--prefix", "none", "--format", "{p} {f}", "--edges", kinds])
        .args(packages)
        .current_dir(root())
        .output()
        .unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let told = String::from_utf8(told.stdout).unwrap();
    told.lines().map(|line| line.trim_end_matches(" (*)").to_owned()).collect()
}

/// A feature that only the tests' dependencies switch on would have the SDKs compiled once more for `cargo local`.
#[test]
fn the_local_product_and_the_tests_share_one_build() {
    let tests = features(&["--workspace"], "normal,build,dev");
    let local = features(&["--package", "local"], "normal,build");
    let twice: Vec<&String> = local.difference(&tests).collect();
    assert!(
        twice.is_empty(),
        "name the features of these in infra/local/Cargo.toml as the tests have them: {twice:?}"
    );
}

#[test]
fn every_version_is_named_once_in_the_workspace() {
    let map = HouseMap::draw();
    for package in map.members() {
        let manifest = std::fs::read_to_string(&package.manifest_path).unwrap();
        let mut is_list = false;
        for line in manifest.lines().filter(|line| !line.is_empty()) {
            if line.starts_with('[') {
                is_list = line.ends_with("dependencies]");
            } else if is_list {
                assert!(line.contains("workspace = true"), "{}: {line}", package.name);
            }
        }
    }
}

#[test]
fn the_papers_name_every_crate_of_the_house_and_every_dependency() {
    let map = HouseMap::draw();
    let house: BTreeSet<&str> = map.members().iter().map(|package| package.name.as_str()).collect();
    let mut foreign: BTreeSet<&str> = BTreeSet::new();
    for member in &house {
        foreign.extend(map.uses(member).union(&map.tests_with(member)).filter(|name| !house.contains(*name)));
    }
    let functions = map.members_in("functions");
    let others: BTreeSet<&str> = house.difference(&functions).copied().collect();
    assert_eq!(unnamed("docs/design/functions.md", &functions), BTreeSet::new());
    assert_eq!(unnamed("ARCHITECTURE.md", &others), BTreeSet::new());
    assert_eq!(unnamed("docs/design/dependencies.md", &foreign), BTreeSet::new());
}

/// Those of these names that the page does not have in backticks.
fn unnamed<'a>(page: &str, names: &BTreeSet<&'a str>) -> BTreeSet<&'a str> {
    let page = text(page);
    names.iter().copied().filter(|name| !page.contains(&format!("`{name}`"))).collect()
}

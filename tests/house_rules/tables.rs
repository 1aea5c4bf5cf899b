//! The tables of promises, relations, cases and security in `docs`: each names tests that exist, and that of relations every route.

use std::collections::BTreeSet;

use crate::house_map::{names_in, root, text};

/// Every journey, as the tables name it: `file::function`.
fn journeys() -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for name in names_in("tests/journeys") {
        let Some(module) = name.strip_suffix(".rs") else { continue };
        let source = text(&format!("tests/journeys/{name}"));
        let mut is_test = false;
        for line in source.lines() {
            is_test =
                is_test && !line.starts_with('}') || line.starts_with("#[tokio::test") || line == "#[test]";
            if let Some((_, rest)) = line.split_once("fn ").filter(|_| is_test && !line.starts_with(' ')) {
                all.insert(format!("{module}::{}", rest.split(['(', '<']).next().unwrap_or_default()));
                is_test = false;
            }
        }
    }
    assert!(all.len() > 200, "{}", all.len());
    all
}

/// The rows of a document's tables, cell by cell, without their heads.
fn rows(document: &str) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    for line in document.lines() {
        let Some(line) = line.strip_prefix("| ") else {
            // The line under a head: what stands above it is the head.
            if line.starts_with("|-") {
                rows.pop();
            }
            continue;
        };
        rows.push(line.trim_end_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect());
    }
    rows
}

/// What stands between backticks.
fn named(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

#[test]
fn each_promise_names_a_journey_for_users_and_one_for_connections_or_says_why_not() {
    let journeys = journeys();
    let document = text("docs/promises.md");
    let promises = rows(&document);
    assert!(promises.len() > 30, "{}", promises.len());
    for promise in promises {
        assert_eq!(promise.len(), 3, "{promise:?}");
        for cell in &promise[1..] {
            let names = named(cell);
            assert!(!names.is_empty() || cell.len() > 20, "{}: a journey, or why there is none", promise[0]);
            for name in names {
                assert!(journeys.contains(name), "{}: there is no journey {name}", promise[0]);
            }
        }
    }
}

#[test]
fn every_route_says_which_relations_it_makes_and_shows() {
    let journeys = journeys();
    let document = text("docs/relations.md");
    let (relations, routes): (Vec<_>, Vec<_>) =
        rows(&document).into_iter().partition(|row| !row[0].contains('/'));
    let mut known = BTreeSet::new();
    for relation in &relations {
        known.extend(named(&relation[0]));
        let cases = named(&relation[2]);
        assert!(!cases.is_empty(), "{relation:?}");
        for name in cases {
            assert!(journeys.contains(name), "{}: there is no journey {name}", relation[0]);
        }
    }
    let openapi: serde_json::Value = serde_json::from_str(&text("docs/openapi.json")).unwrap();
    let mut there = BTreeSet::new();
    for (path, operations) in openapi["paths"].as_object().unwrap() {
        let methods = operations.as_object().unwrap().keys();
        let methods =
            methods.filter(|method| !["parameters", "summary", "description"].contains(&method.as_str()));
        there.extend(methods.map(|method| format!("{} {path}", method.to_uppercase())));
    }
    // HEAD tells what GET would, and shows nothing of its own.
    there.retain(|route| !route.starts_with("HEAD "));
    let mut said = BTreeSet::new();
    let (mut made, mut shown) = (BTreeSet::new(), BTreeSet::new());
    for route in &routes {
        let name = named(&route[0]).remove(0);
        assert!(said.insert(name.to_owned()), "{name} stands there twice");
        for (cell, all) in [(&route[1], &mut made), (&route[2], &mut shown)] {
            for relation in named(cell) {
                assert!(known.contains(relation), "{name}: {relation} is no relation of the table");
                all.insert(relation.to_owned());
            }
        }
        let changes = !name.starts_with("GET ");
        assert!(changes || named(&route[1]).is_empty(), "{name} changes nothing");
    }
    said.retain(|route| !route.starts_with("HEAD "));
    let new: Vec<_> = there.difference(&said).collect();
    let gone: Vec<_> = said.difference(&there).collect();
    assert!(new.is_empty() && gone.is_empty(), "docs/relations.md lacks {new:?} and still has {gone:?}");
    for relation in known {
        assert!(made.contains(relation) && shown.contains(relation), "no road makes or shows {relation}");
    }
}

#[test]
fn each_case_names_tests_that_there_are() {
    let journeys = journeys();
    let cases = rows(&text("docs/cases.md"));
    assert!(cases.len() > 25, "{}", cases.len());
    for case in cases {
        assert_eq!(case.len(), 4, "{case:?}");
        assert!(case.iter().all(|cell| !cell.is_empty()), "{case:?}");
        for name in case.iter().flat_map(|cell| named(cell)) {
            let is_test = name.contains("::") && name.chars().next().is_some_and(char::is_lowercase);
            assert!(!is_test || name.starts_with("policy::") || journeys.contains(name), "{name} is none");
            assert!(
                !name.ends_with(".rs") || std::fs::exists(root().join(name)).unwrap(),
                "there is no {name}"
            );
        }
    }
}

#[test]
fn the_page_on_security_names_tests_that_exist() {
    let journeys = journeys();
    let page = text("docs/security.md");
    let is_plain = |part: &str| {
        part.bytes().all(|byte| byte == b'_' || byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    let mut seen = 0;
    for name in named(&page) {
        match name.split("::").collect::<Vec<_>>().as_slice() {
            ["house_rules", file, function] if is_plain(function) => {
                let source = text(&format!("tests/house_rules/{file}.rs"));
                assert!(source.contains(&format!("fn {function}(")), "{name} does not exist");
            }
            [file, function] if is_plain(file) && is_plain(function) => {
                assert!(journeys.contains(name), "{name} does not exist");
            }
            _ => continue,
        }
        seen += 1;
    }
    assert!(seen > 80, "{seen}");
}

/// The requirements of levels 1 and 2 in the chapters 6, 7 and 8 of OWASP's ASVS 5.0.0: how many each section has, from the first on.
const REQUIREMENTS: [(&str, usize); 17] = [
    ("6.1", 3),
    ("6.2", 12),
    ("6.3", 4),
    ("6.4", 4),
    ("6.5", 5),
    ("6.6", 3),
    ("6.8", 4),
    ("7.1", 3),
    ("7.2", 4),
    ("7.3", 2),
    ("7.4", 5),
    ("7.5", 2),
    ("7.6", 2),
    ("8.1", 2),
    ("8.2", 3),
    ("8.3", 1),
    ("8.4", 1),
];

#[test]
fn each_requirement_of_asvs_says_whether_it_holds_and_names_tests_that_there_are() {
    let journeys = journeys();
    let document = text("docs/security.md");
    let is_number =
        |cell: &str| cell.split('.').count() == 3 && cell.split('.').all(|part| part.parse::<u8>().is_ok());
    let found: Vec<Vec<String>> = rows(&document).into_iter().filter(|row| is_number(&row[0])).collect();
    let expected: BTreeSet<String> = REQUIREMENTS
        .iter()
        .flat_map(|(section, count)| (1..=*count).map(move |number| format!("{section}.{number}")))
        .collect();
    let there: Vec<&str> = found.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(there.len(), expected.len(), "each of them once");
    assert_eq!(there.iter().map(|one| (*one).to_owned()).collect::<BTreeSet<_>>(), expected);
    for row in found {
        let [number, level, _, holds, why] = row.as_slice() else { panic!("{row:?}") };
        assert!(["1", "2"].contains(&level.as_str()), "{row:?}");
        assert!(["yes", "in part", "no", "not ours"].contains(&holds.as_str()), "{row:?}");
        assert!(!why.is_empty(), "{number} says nothing of why");
        // What holds has a test, or says that it has none.
        let has_test = named(why).iter().any(|name| name.contains("::") || name.contains('_'));
        assert!(
            holds != "yes"
                || has_test
                || ["No test", "above", "the same"].iter().any(|word| why.contains(word)),
            "{row:?}"
        );
    }
    // Every test that the document names, in whatever table.
    for cell in rows(&document).iter().flatten() {
        for name in named(cell).iter().filter(|name| name.contains("::") && !name.contains(' ')) {
            let known = match name.strip_prefix("house_rules::") {
                Some(rest) => rest.split_once("::").is_some_and(|(module, function)| {
                    let file = format!("tests/house_rules/{module}.rs");
                    std::fs::read_to_string(root().join(file))
                        .is_ok_and(|source| source.contains(&format!("fn {function}(")))
                }),
                None => journeys.contains(*name),
            };
            let is_test = name.chars().next().is_some_and(char::is_lowercase)
                && name.chars().all(|letter| letter.is_ascii_alphanumeric() || "_:".contains(letter));
            assert!(!is_test || known, "there is no {name}");
        }
    }
}

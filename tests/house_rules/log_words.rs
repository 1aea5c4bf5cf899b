//! The words by which the log can be searched are all those that it can have.

use std::collections::BTreeSet;

use journeys::House;
use policy::log::{AuditAction, RESOURCE_TYPES};

use crate::house_map::root;
use crate::lines::code;

const TABLE: &str = "shared/policy/tables/codes-of-refusals.txt";

/// What a code of a refusal stands behind.
const BEFORE: [&str; 6] = [
    "Fault::forbidden(",
    "unauthenticated(",
    "Fault::conflict(",
    "Fault::gone(",
    "too_large(",
    "unacceptable(",
];

fn is_code(word: &str) -> bool {
    !word.is_empty()
        && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// The literal at the beginning of this, and what is behind it.
fn literal(text: &str) -> Option<(&str, &str)> {
    text.trim_start().strip_prefix('"')?.split_once('"').filter(|(word, _)| is_code(word))
}

#[test]
fn every_code_of_a_refusal_is_known() {
    let lines: Vec<String> = code(&["functions", "shared"]).into_iter().map(|line| line.code).collect();
    let whole = lines.join("\n");
    let mut codes = BTreeSet::new();
    for opener in BEFORE {
        codes.extend(whole.split(opener).skip(1).filter_map(literal).map(|(word, _)| word));
    }
    let openers: Vec<String> = (401..=429).map(|status| format!("new({status},")).collect();
    for opener in &openers {
        codes.extend(whole.split(opener).skip(1).filter_map(literal).map(|(word, _)| word));
    }
    // A code beside its sentence.
    for behind in whole.match_indices('"').map(|(place, _)| &whole[place..]) {
        let Some((word, rest)) = literal(behind).filter(|(word, _)| word.contains('-')) else { continue };
        let Some(sentence) = rest.strip_prefix(',').and_then(|rest| rest.trim_start().strip_prefix('"'))
        else {
            continue;
        };
        if sentence.starts_with(|letter: char| letter.is_ascii_uppercase()) && sentence.contains(' ') {
            codes.insert(word);
        }
    }
    for body in whole.split("fn code(").skip(1) {
        let body = body.split("\n    }\n").next().unwrap_or_default();
        codes.extend(body.split("=>").skip(1).filter_map(literal).map(|(word, _)| word));
    }
    let table: String = codes.into_iter().map(|code| format!("{code}\n")).collect();
    let path = root().join(TABLE);
    if std::env::var_os("UPDATE_TABLES").is_some() {
        std::fs::write(&path, &table).unwrap();
    }
    let known = std::fs::read_to_string(&path).unwrap();
    assert!(table == known, "{TABLE} is not what the code says; UPDATE_TABLES=1 writes it anew");
    assert!(
        known.lines().any(|code| code == "role-too-low") && known.lines().any(|code| code == "still-pending")
    );
}

#[tokio::test]
async fn every_type_of_thing_that_the_log_tells_of_is_known() {
    let house = House::start().await;
    for function in local::functions::all(&house.product.surroundings).unwrap() {
        for operation in function.operations {
            let segments: Vec<&str> =
                operation.route.path.split('/').filter(|part| !part.is_empty()).collect();
            let Some(deed) = AuditAction::of(operation.route.method, &segments) else { continue };
            let is_anyones = operation.caller == web::operation::Caller::Anyone;
            let known = RESOURCE_TYPES.contains(&deed.subject.resource_type.as_str());
            assert!(known || is_anyones, "policy::log::RESOURCE_TYPES lacks {}", deed.subject.resource_type);
        }
    }
    for line in code(&["functions", "shared"]) {
        let Some((word, _)) = line.code.split_once("Subject::new(").and_then(|(_, rest)| literal(rest))
        else {
            continue;
        };
        assert!(RESOURCE_TYPES.contains(&word), "policy::log::RESOURCE_TYPES lacks {word}: {}", line.place);
    }
}

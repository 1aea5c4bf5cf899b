//! What the functions call, as the journeys recorded it in `tests/tables/calls-by-function.txt`, against what their roles
//! allow: nothing is missing, nothing is left over, and everything else is denied.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use iam_rs::Decision;
use journeys::calls::Call;
use journeys::{House, record};
use local::functions::TABLE;
use serde_json::json;

use crate::house_map::{names_in, root, text};
use crate::partitions::partitions;
use crate::policies::{LEADING_KEYS, Policy, by_lambda, requests, texts};
use crate::roles::CHANGE_ENTRIES;
use crate::template::Template;

/// The folder with the calls that a run of the journeys kept, if they are to be held against the table.
const COMPARE: &str = "COMPARE_CALLS_IN";

/// Everything that can be done with items of a table, whether any function does it or not.
const WITH_ITEMS: [&str; 12] = [
    "BatchGetItem",
    "BatchWriteItem",
    "ConditionCheckItem",
    "DeleteItem",
    "GetItem",
    "PartiQLDelete",
    "PartiQLInsert",
    "PartiQLSelect",
    "PartiQLUpdate",
    "PutItem",
    "Query",
    "UpdateItem",
];

/// What is called by each function, and by Lambda in the name of its role.
fn calls(template: &Template) -> BTreeMap<String, BTreeSet<Call>> {
    let mut calls: BTreeMap<String, BTreeSet<Call>> =
        names_in("functions").into_iter().map(|name| (name.clone(), by_lambda(template, &name))).collect();
    for call in record::table() {
        let of = calls.get_mut(&call.function);
        of.unwrap_or_else(|| panic!("{call}: there is no such function")).insert(call);
    }
    calls
}

#[test]
fn no_role_lacks_what_its_function_calls() {
    let template = Template::read();
    let mut missing = Vec::new();
    for (function, calls) in calls(&template) {
        let policy = Policy::of(&template, &function);
        let is_allowed = |call: &Call| requests(call).iter().all(|request| policy.allows(request));
        missing.extend(calls.into_iter().filter(|call| !is_allowed(call)));
    }
    assert!(missing.is_empty(), "called, and not allowed by the function's role:\n{}", lines(&missing));
}

#[test]
fn no_role_allows_what_its_function_never_calls() {
    let template = Template::read();
    let mut left_over = Vec::new();
    for (function, calls) in calls(&template) {
        let policy = Policy::of(&template, &function);
        for permission in policy.permissions() {
            let without = policy.without(&permission);
            let is_needed = calls
                .iter()
                .filter(|call| call.action == permission.action)
                .flat_map(requests)
                .any(|request| policy.allows(&request) && !without.allows(&request));
            if !is_needed {
                left_over.push(format!("{function}: {} on {}", permission.action, permission.on));
            }
        }
    }
    assert!(left_over.is_empty(), "allowed, and needed by no call:\n{}", left_over.join("\n"));
}

/// Each function with everything that any function does, with each action on each kind of partition, and with what nobody does.
#[test]
fn everything_else_is_denied() {
    let template = Template::read();
    let calls = calls(&template);
    let all = everything(&calls);
    let mut wrong = Vec::new();
    for (function, called) in &calls {
        let policy = Policy::of(&template, function);
        for call in &all {
            let call = Call { function: function.clone(), ..call.clone() };
            let is_denied = requests(&call).iter().all(|request| !policy.allows(request));
            if is_denied == called.contains(&call) {
                wrong.push(call);
            }
        }
    }
    let count = calls.values().map(BTreeSet::len).sum::<usize>();
    println!(
        "{} functions, {} calls each: {count} are made and allowed, the others denied",
        calls.len(),
        all.len()
    );
    assert!(wrong.is_empty(), "allowed and not called, or called and not allowed:\n{}", lines(&wrong));
}

fn everything(calls: &BTreeMap<String, BTreeSet<Call>>) -> BTreeSet<Call> {
    let mut all: BTreeSet<Call> =
        calls.values().flatten().map(|call| Call { function: String::new(), ..call.clone() }).collect();
    let table = format!("table/{TABLE}");
    let index = format!("{table}/index/{}", store::table::DUE_INDEX);
    let secret = format!("secret/{}", local::secrets::NAME);
    let mut add = |action: &str, resource: &str, key: &str| {
        let (action, resource, key) = (action.to_owned(), resource.to_owned(), key.to_owned());
        all.insert(Call { function: String::new(), action, resource, key });
    };
    for kind in partitions().into_keys() {
        for action in WITH_ITEMS {
            add(&format!("dynamodb:{action}"), &table, &kind);
        }
        for action in ["dynamodb:Query", "dynamodb:PartiQLSelect"] {
            add(action, &index, &kind);
        }
        add("dynamodb:GetItem", "table/another", &kind);
    }
    for (action, resource, key) in [
        // It names no key.
        ("dynamodb:Scan", table.as_str(), ""),
        ("dynamodb:Scan", &index, ""),
        ("dynamodb:DeleteTable", &table, ""),
        ("secretsmanager:GetSecretValue", "secret/another", ""),
        ("secretsmanager:DeleteSecret", &secret, ""),
        ("ses:SendEmail", "identity", "someone@else.example"),
    ] {
        add(action, resource, key);
    }
    all
}

/// What `main` calls before it runs is recorded with the rest, since it is done at home too.
#[tokio::test(flavor = "multi_thread")]
async fn a_function_starts_at_home_as_on_aws() {
    let house = House::start().await;
    for function in local::functions::all(&house.product.surroundings).unwrap() {
        let main = text(&format!("functions/{}/src/main.rs", function.name));
        let is_warmed_up = main.contains(".warm_up()") || main.contains("Api::from_environment()");
        assert_eq!(function.is_warmed_up, is_warmed_up, "{}", function.name);
    }
}

/// A request for several partitions is allowed by a statement that has all of them, or by none. A statement that binds what is changed
/// of an item stands by itself: entries of the log are changed one by one.
#[test]
fn what_an_action_is_for_stands_in_one_statement() {
    let template = Template::read();
    for function in names_in("functions") {
        let mut seen = BTreeSet::new();
        for statement in Policy::of(&template, &function).statements {
            let binds_more = statement.pointer("/Condition/ForAllValues:StringEquals").is_some();
            if statement["Effect"] == "Allow" && statement.pointer(LEADING_KEYS).is_some() && !binds_more {
                for action in texts(&statement["Action"]) {
                    let is_first = seen.insert((action.clone(), statement["Resource"].to_string()));
                    assert!(is_first, "{function}: {action} stands in two statements");
                }
            }
        }
    }
}

/// Whatever comes to be written in a function's own role.
#[test]
fn the_log_stays_as_it_is_even_if_a_role_allows_everything() {
    let template = Template::read();
    let changes = ["UpdateItem", "DeleteItem", "BatchWriteItem", "PartiQLUpdate", "PartiQLDelete"];
    let removals = ["DeleteItem", "BatchWriteItem", "PartiQLDelete"];
    for function in names_in("functions") {
        let everything = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
        let policy = Policy::of(&template, &function).with(everything);
        let decided = |action: &str, kind: &str| -> Vec<Decision> {
            let call = Call {
                function: function.clone(),
                action: format!("dynamodb:{action}"),
                resource: format!("table/{TABLE}"),
                key: kind.to_owned(),
            };
            requests(&call).iter().map(|request| policy.decides(request)).collect()
        };
        let of_log = if CHANGE_ENTRIES.contains(&function.as_str()) {
            ["DeleteItem", "BatchWriteItem", "PartiQLUpdate", "PartiQLDelete"].as_slice()
        } else {
            &changes
        };
        for (kind, denied) in [("A#<account>#LOG#<month>", of_log), ("A#<account>#SEALS", &removals)] {
            for action in denied {
                let decided = decided(action, kind);
                assert!(decided.iter().all(|is| *is == Decision::Deny), "{function}: {action} of {kind}");
            }
            let written = decided("PutItem", kind);
            assert!(written.iter().all(|is| *is == Decision::Allow), "{function}: what else is denied?");
        }
    }
}

/// After a run of all journeys that kept what was called. `UPDATE_TABLES=1` writes the table anew.
#[test]
fn the_table_of_calls_is_what_the_journeys_recorded() {
    let Some(folder) = std::env::var_os(COMPARE) else { return };
    let file = root().join(folder).join("journeys.txt");
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let (first, rows) = text.split_once('\n').unwrap_or_default();
    assert_eq!(first, record::first_line(false), "{}: record the journeys anew, all of them", file.display());
    let (mut recorded, mut times) = (BTreeSet::new(), 0);
    for row in rows.lines() {
        let mut parts = row.split('\t');
        times += parts.next().unwrap().parse::<usize>().unwrap();
        recorded.insert(Call::from_row(parts.next().unwrap()));
    }
    println!("{times} calls, of {} kinds", recorded.len());
    if std::env::var_os("UPDATE_TABLES").is_some() {
        let all: Vec<Call> = recorded.into_iter().collect();
        fs::write(root().join(record::TABLE), format!("{HEADING}\n{}\n", lines(&all))).unwrap();
        return;
    }
    let table = record::table();
    let unused: Vec<Call> = table.difference(&recorded).cloned().collect();
    let unknown: Vec<Call> = recorded.difference(&table).cloned().collect();
    assert!(
        unused.is_empty() && unknown.is_empty(),
        "in {}, and never called:\n{}\ncalled, and not there:\n{}",
        record::TABLE,
        lines(&unused),
        lines(&unknown)
    );
}

const HEADING: &str = "\
# What each function calls while the journeys are told, as IAM sees it: function, action, resource, and the kind of
# partition, or whom a mail is from. The functions' roles in infra/template.yaml allow this and nothing more.
";

fn lines(calls: &[Call]) -> String {
    calls.iter().map(Call::to_string).collect::<Vec<_>>().join("\n")
}

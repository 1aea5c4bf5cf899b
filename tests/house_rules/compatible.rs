//! What `docs/openapi.json` has promised stays. Every promise is a line of `tests/tables/promised-by-the-api.txt`; one that goes,
//! and something that is needed where it was not, is named in the CHANGELOG under "Incompatible". `UPDATE_TABLES=1` writes the table.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::house_map::{root, text};

const TABLE: &str = "tests/tables/promised-by-the-api.txt";

/// What a request must have, which is no promise and gets no more.
const NEEDS: &str = " needs ";

/// The last step of a reference.
fn referred(value: &Value) -> Option<&str> {
    value["$ref"].as_str().and_then(|reference| reference.rsplit('/').next())
}

/// What a schema is, in a word or two.
fn shape(schema: &Value) -> String {
    let one = |schema: &Value| match (referred(schema), &schema["type"]) {
        (Some(name), _) => name.to_owned(),
        (None, Value::String(kind)) if kind == "array" => format!("array of {}", shape(&schema["items"])),
        (None, Value::String(kind)) => kind.clone(),
        (None, Value::Array(kinds)) => {
            kinds.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or ")
        }
        _ => words(&json!([schema["const"]])).next().unwrap_or("anything").to_owned(),
    };
    let choices = schema["anyOf"].as_array().or_else(|| schema["oneOf"].as_array());
    match choices {
        Some(choices) => choices.iter().map(shape).collect::<Vec<_>>().join(" or "),
        None => one(schema),
    }
}

fn words(value: &Value) -> impl Iterator<Item = &str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str)
}

/// What a schema says of what it holds, line by line.
fn promises_of(schema: &Value, name: &str, is_asked: bool, lines: &mut BTreeSet<String>) {
    for (member, held) in schema["properties"].as_object().into_iter().flatten() {
        let place = format!("{name}.{member}");
        lines.insert(format!("{place} is {}", shape(held)));
        promises_of(held, &place, is_asked, lines);
    }
    let always = if is_asked { NEEDS } else { " always has " };
    lines.extend(words(&schema["required"]).map(|member| format!("{name}{always}{member}")));
    lines.extend(words(&schema["enum"]).map(|word| format!("{name} may be {word}")));
    if schema["items"].is_object() {
        promises_of(&schema["items"], &format!("{name}[]"), is_asked, lines);
    }
}

/// Every promise of the document.
fn promises(document: &Value) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    let parameters = &document["components"]["parameters"];
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        // A HEAD is a GET without its body, and has no promises of its own.
        let methods = methods.as_object().into_iter().flatten().filter(|(method, _)| *method != "head");
        for (method, operation) in methods {
            let name = format!("{} {path}", method.to_uppercase());
            lines.insert(format!("{name} is {}", operation["operationId"].as_str().unwrap_or_default()));
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let parameter = referred(parameter).map_or(parameter, |known| &parameters[known]);
                let called = parameter["name"].as_str().unwrap();
                lines.insert(format!("{name} takes {called}: {}", shape(&parameter["schema"])));
                promises_of(&parameter["schema"], &format!("{name} {called}"), false, &mut lines);
                if parameter["required"] == true && parameter["in"] != "path" {
                    lines.insert(format!("{name}{NEEDS}{called}"));
                }
            }
            for (kind, content) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
                lines.insert(format!("{name} takes {kind}: {}", shape(&content["schema"])));
            }
            for (status, answered) in operation["responses"].as_object().into_iter().flatten() {
                let said = answered["content"].as_object().into_iter().flatten();
                let said = said.map(|(kind, content)| format!(" {kind}: {}", shape(&content["schema"])));
                let said: String = said.collect();
                lines.insert(format!("{name} answers {status}{said}"));
            }
        }
    }
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        let is_asked = ["Request", "Resource", "Form"].iter().any(|end| name.ends_with(end));
        lines.insert(format!("{name} is {}", shape(schema)));
        promises_of(schema, name, is_asked, &mut lines);
    }
    lines
}

/// What a line is about: an operation, as `GET /users`, or a schema.
fn about(line: &str) -> String {
    let mut words = line.split([' ', '.', '[']);
    let first = words.next().unwrap_or_default();
    match first {
        "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" => {
            line.split(' ').take(2).collect::<Vec<_>>().join(" ")
        }
        schema => schema.to_owned(),
    }
}

/// The lines of the first that are broken by the second.
fn broken<'a>(then: &'a BTreeSet<String>, now: &'a BTreeSet<String>) -> Vec<&'a str> {
    let known: BTreeSet<String> = then.iter().map(|line| about(line)).collect();
    let gone = then.difference(now).filter(|line| !line.contains(NEEDS));
    let newly_needed =
        now.difference(then).filter(|line| line.contains(NEEDS) && known.contains(&about(line)));
    gone.chain(newly_needed).map(String::as_str).collect()
}

/// What the CHANGELOG says is incompatible since the last release.
fn told() -> String {
    let changelog = text("CHANGELOG.md");
    let unreleased = changelog.split("\n## [").nth(1).unwrap_or_default();
    let incompatible = unreleased.split("\n### ").find(|part| part.starts_with("Incompatible"));
    incompatible.unwrap_or_default().to_owned()
}

#[test]
fn what_was_promised_stays_or_the_changelog_says_so() {
    let now = promises(&serde_json::from_str(&text("docs/openapi.json")).unwrap());
    let then: BTreeSet<String> = text(TABLE).lines().map(str::to_owned).collect();
    let told = told();
    let untold: Vec<&str> = broken(&then, &now)
        .into_iter()
        .filter(|line| !told.contains(&format!("`{}`", about(line))))
        .collect();
    assert!(
        untold.is_empty(),
        "clients break, and the CHANGELOG does not name these under \"Incompatible\":\n{}",
        untold.join("\n")
    );
    if std::env::var_os("UPDATE_TABLES").is_some() {
        let lines: String = now.iter().map(|line| format!("{line}\n")).collect();
        std::fs::write(root().join(TABLE), lines).unwrap();
        return;
    }
    assert!(now == then, "{TABLE} is not as the document is; UPDATE_TABLES=1 writes it anew");
}

#[test]
fn what_goes_and_what_is_newly_needed_breaks_clients_and_what_is_added_does_not() {
    let document = |change: &dyn Fn(&mut Value)| {
        let mut document = serde_json::from_str(&text("docs/openapi.json")).unwrap();
        change(&mut document);
        promises(&document)
    };
    let then = document(&|_| ());
    let breaks = |change: &dyn Fn(&mut Value)| !broken(&then, &document(change)).is_empty();
    fn member(document: &mut Value, pointer: &str, name: &str) {
        let members = document.pointer_mut(pointer).unwrap().as_object_mut().unwrap();
        assert!(members.remove(name).is_some(), "{pointer} has no {name}");
    }
    let users = "/paths/~1users/get";
    let attributes = "/components/schemas/UserAttributes";
    assert!(breaks(&|document| member(document, "/paths", "/users")));
    assert!(breaks(&|document| member(document, "/paths/~1users", "get")));
    assert!(breaks(&|document| member(document, &format!("{users}/responses"), "200")));
    assert!(breaks(&|document| member(document, &format!("{attributes}/properties"), "email")));
    assert!(breaks(&|document| document["components"]["schemas"]["UserAttributes"]["properties"]["email"]
        ["type"] = "integer".into()));
    assert!(breaks(&|document| {
        document.pointer_mut(&format!("{users}/parameters")).unwrap().as_array_mut().unwrap().pop();
    }));
    assert!(breaks(&|document| {
        let parameters =
            document.pointer_mut(&format!("{users}/parameters")).unwrap().as_array_mut().unwrap();
        let filter = parameters.iter_mut().find(|one| one["name"] == "filter[name]").unwrap();
        filter["required"] = true.into();
    }));
    assert!(!breaks(&|document| {
        document["paths"]["/users"]["get"]["responses"]["418"] = json!({"description": "Tea."});
        document["paths"]["/teapots"] = json!({"get": {"operationId": "listTeapots"}});
        document["components"]["schemas"]["UserAttributes"]["properties"]["tea"] = json!({"type": "string"});
    }));
    assert_eq!(about("GET /users takes sort: array of string"), "GET /users");
    assert_eq!(about("UserAttributes.email is string"), "UserAttributes");
}

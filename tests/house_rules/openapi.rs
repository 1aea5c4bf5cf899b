//! The OpenAPI document `docs/openapi.json`: made of what each function says of its operations, with examples out of a walk through
//! all of them, each answer of which is held against it. `UPDATE_OPENAPI=1` writes it anew.

mod acts;
mod bodies;
mod components;
mod credentials;
mod declared;
mod document;
mod recorded;
mod story;

use std::collections::BTreeSet;

use journeys::{Contract, House};
use serde_json::{Value, json};
use web::Operation;

use crate::house_map::{root, text};
use document::document;
use recorded::Neutral;

const PATH: &str = "docs/openapi.json";

/// What every function says of its operations.
pub fn operations(house: &House) -> Vec<&'static Operation> {
    let functions = local::functions::all(&house.product.surroundings).unwrap();
    functions.iter().flat_map(|function| function.operations).collect()
}

/// The document as it is under version control.
fn kept() -> &'static Value {
    Contract::kept().document()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_is_current_and_every_answer_is_as_it_says() {
    let story = story::everything().await;
    let operations = operations(&story.house);
    let contract = Contract::new(document(&operations, &[]));
    for recorded in &story.recorded {
        recorded.check(&operations, &contract);
    }
    let succeeded: BTreeSet<&str> = story
        .recorded
        .iter()
        .filter(|recorded| recorded.status < 300)
        .map(|recorded| recorded.operation)
        .collect();
    let left_out: Vec<&str> =
        operations.iter().map(|operation| operation.id).filter(|id| !succeeded.contains(id)).collect();
    assert!(left_out.is_empty(), "the walk leaves {left_out:?} out");

    let mut examples = Neutral::new(&story.house.product.api_url).all(&story.recorded);
    // It does not hold itself.
    examples.retain(|recorded| recorded.operation != "describeApi");
    for recorded in &examples {
        recorded.check(&operations, &contract);
    }
    let whole = document(&operations, &examples);
    let written = format!("{whole:#}\n");
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(root().join(PATH), &written).unwrap();
    }
    let kept = text(PATH);
    let changed = written.lines().zip(kept.lines()).enumerate().find(|(_, (now, then))| now != then);
    let hint = "if it is meant to differ: UPDATE_OPENAPI=1 cargo test --test house_rules openapi";
    assert!(written == kept, "{PATH} is not current, first {changed:?}; {hint}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_has_every_route_and_no_other() {
    let house = House::start().await;
    let mut routes = BTreeSet::new();
    for function in house.functions_of_the_api() {
        routes
            .extend(function.routes.iter().map(|route| (route.path.to_owned(), route.method.to_lowercase())));
    }
    let kept = kept();
    let mut told = BTreeSet::new();
    for (path, methods) in kept["paths"].as_object().unwrap() {
        told.extend(methods.as_object().unwrap().keys().map(|method| (path.clone(), method.clone())));
    }
    assert_eq!(told, routes);
    let methods =
        kept["paths"].as_object().unwrap().values().flat_map(|methods| methods.as_object().unwrap().values());
    let names = methods.map(|operation| operation["operationId"].as_str().unwrap()).collect::<BTreeSet<_>>();
    assert_eq!(names.len(), routes.len(), "an operation's id is not its own: {names:?}");
}

/// Every value in the document, with its place.
fn walk(value: &Value, place: &str, look: &mut impl FnMut(&str, &Value)) {
    look(place, value);
    let members = value.as_object().into_iter().flatten();
    let members = members.map(|(name, value)| (name.replace('~', "~0").replace('/', "~1"), value));
    let items = value.as_array().into_iter().flatten().enumerate();
    for (step, value) in members.chain(items.map(|(place, value)| (place.to_string(), value))) {
        walk(value, &format!("{place}/{step}"), look);
    }
}

#[test]
fn no_reference_dangles_and_nothing_is_left_over() {
    let kept = kept();
    let mut used = BTreeSet::new();
    walk(kept, "", &mut |place, value| {
        if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            assert!(kept.pointer(&reference[1..]).is_some(), "{place}: there is no {reference}");
            used.insert(reference.to_owned());
        }
    });
    for (kind, components) in kept["components"].as_object().unwrap() {
        for name in components.as_object().unwrap().keys().filter(|_| kind != "securitySchemes") {
            let reference = format!("#/components/{kind}/{name}");
            assert!(used.contains(&reference), "nothing refers to {reference}");
        }
    }
}

#[test]
fn every_schema_is_described_and_says_all_that_it_may_hold() {
    let kept = kept();
    for (name, schema) in kept["components"]["schemas"].as_object().unwrap() {
        assert!(schema["description"].is_string(), "{name} has no description");
        walk(schema, name, &mut |place, value| {
            if value["type"] == json!("object") && value["properties"].is_object() {
                assert_eq!(value["additionalProperties"], json!(false), "{place} may hold anything");
            }
        });
        if name.ends_with("Request") || name.ends_with("Resource") || name.ends_with("Form") {
            walk(schema, name, &mut |place, value| {
                for (member, schema) in value["properties"].as_object().into_iter().flatten() {
                    let is_told =
                        ["description", "$ref", "const"].iter().any(|word| schema.get(word).is_some());
                    assert!(is_told, "{place} says nothing of {member}");
                }
            });
        }
    }
}

#[test]
fn programs_can_be_made_of_it() {
    let kept = kept();
    for (path, methods) in kept["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let said = operation["description"].as_str().unwrap_or_default();
            assert!(
                said.len() > operation["summary"].as_str().unwrap().len(),
                "{method} {path} is not described"
            );
        }
    }
    // With two kinds of one content, a library of the document takes the one for the other, or a union of both.
    walk(kept, "", &mut |place, value| {
        if place.ends_with("/content") {
            assert_eq!(value.as_object().map(serde_json::Map::len), Some(1), "{place} is of several kinds");
        }
    });
    walk(&kept["components"]["schemas"], "", &mut |place, value| {
        if value["type"] == json!("null") {
            let is_choice =
                place.rsplit('/').nth(1).is_some_and(|above| above == "anyOf" || above == "oneOf");
            assert!(is_choice, "{place} is null alone, which languages have no type for");
        }
    });
    // In Go, what makes a `Session` is `NewSession`.
    let names: BTreeSet<&String> = kept["components"]["schemas"].as_object().unwrap().keys().collect();
    for name in &names {
        assert!(!names.contains(&format!("New{name}")), "New{name}");
    }
    let ahead = kept["components"]["examples"]["createApiKey.made.request"]["value"].to_string();
    assert!(ahead.contains("2059-"), "{ahead}");
}

#[test]
fn no_example_holds_a_secret_of_a_run() {
    let kept = kept();
    for (name, example) in kept["components"]["examples"].as_object().unwrap() {
        let text = example.to_string();
        assert!(!text.contains("eyJ"), "{name} holds a token");
        assert!(!text.contains("glue_"), "{name} holds a key");
        assert!(!text.contains(journeys::PASSWORD), "{name} holds a password");
    }
}

#[test]
fn a_wrong_answer_is_found() {
    let contract = Contract::kept();
    let place = "/paths/~1users~1{id}/get/responses/200/content/application~1vnd.api+json";
    let answered = contract.document().pointer(place).unwrap();
    let reference = answered["examples"]["pending"]["$ref"].as_str().unwrap();
    let example = &contract.document().pointer(&reference[1..]).unwrap()["value"];
    contract.fits(&format!("{place}/schema"), example).unwrap();
    type Damage = fn(&mut Value);
    let damages: [Damage; 5] = [
        |user| user["data"]["attributes"]["colour"] = json!("red"),
        |user| user["data"]["attributes"]["created-at"] = json!("yesterday"),
        |user| user["data"]["attributes"]["role-name"] = json!("Owner"),
        |user| user["data"]["attributes"]["email"] = json!("nobody"),
        |user| drop(user["data"].as_object_mut().unwrap().remove("id")),
    ];
    for (number, damage) in damages.into_iter().enumerate() {
        let mut damaged = example.clone();
        damage(&mut damaged);
        assert!(contract.fits(&format!("{place}/schema"), &damaged).is_err(), "{number}: {damaged:#}");
    }
    let headers =
        |names: &[&str]| names.iter().map(|name| ((*name).to_owned(), "1".to_owned())).collect::<Vec<_>>();
    let known = ["x-request-id"];
    contract.answer(("DELETE", "/users/{id}"), 204, &headers(&known), "").unwrap();
    contract.answer(("DELETE", "/users/{id}"), 205, &headers(&known), "").unwrap_err();
    contract.answer(("DELETE", "/users/{id}"), 204, &headers(&known), "{}").unwrap_err();
    contract.answer(("DELETE", "/users/{id}"), 204, &[], "").unwrap_err();
    contract.answer(("DELETE", "/users/{id}"), 204, &headers(&["x-request-id", "location"]), "").unwrap_err();
}

//! What the bodies declare is what the code reads: nothing more, nothing less.

use journeys::{Client, House};
use reqwest::Method;
use serde_json::{Map, Value, json};
use web::Operation;
use web::body::Rows;

use super::operations;
use crate::examples::{Body, Caller, EXAMPLES, Example};
use crate::filling::{connect, fill};

/// A request that would be carried out.
fn example(operation: &Operation) -> Option<(&'static Example, &'static str)> {
    let route = operation.route;
    let is_there = |example: &&Example| {
        let path = example.path.split('?').next().unwrap_or_default();
        let steps = |path: &'static str| path.split('/').filter(|step| !step.is_empty()).collect::<Vec<_>>();
        let (given, known) = (steps(path), steps(route.path));
        let is_step = |(given, known): (&&str, &&str)| given == known || known.starts_with('{');
        example.method == route.method && given.len() == known.len() && given.iter().zip(&known).all(is_step)
    };
    let body = |example: &'static Example| match example.body {
        Body::Json(body) if example.status < 300 || route.path.ends_with("/verification") => {
            Some((example, body))
        }
        _ => None,
    };
    EXAMPLES.iter().filter(is_there).find_map(body)
}

/// The resources of a document.
fn rows(document: &mut Value) -> Vec<&mut Value> {
    match &mut document["data"] {
        Value::Array(rows) => rows.iter_mut().collect(),
        one => vec![one],
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_attribute_that_a_body_declares_is_read_and_no_other() {
    let house = House::start().await;
    let mut values = fill(&house, "msp").await;
    values.extend(connect(&house, "msp", &values).await);
    let value = |name: &str| values.iter().find(|(known, _)| *known == name).unwrap().1.clone();
    let filled =
        |text: &str| values.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value));
    let mut tried = 0;
    for operation in operations(&house) {
        let Some(body) = operation.body else { continue };
        // The same body as where the second factor is confirmed, behind one that is set up.
        if body.rows == Rows::Identifiers || operation.is_body_optional {
            continue;
        }
        let (example, text) = example(operation).unwrap_or_else(|| panic!("no example of {}", operation.id));
        let client: Client = match example.caller {
            Caller::Nobody => house.nobody.clone(),
            _ if operation.id == "answerConnectionInvitation" => {
                house.nobody.with_token(&value("<delegate-token>"))
            }
            _ => house.nobody.with_token(&value("<token>")),
        };
        let mut document: Value = serde_json::from_str(&filled(text)).unwrap();
        for row in rows(&mut document) {
            // The PowerShell modules have it among the attributes.
            if let Some(id) = row["attributes"].get("id").cloned() {
                row["id"] = id;
            }
            let wrong = body.all_attributes().map(|attribute| (attribute.name.to_owned(), json!({})));
            row["attributes"] =
                wrong.chain([("colour".to_owned(), json!("red"))]).collect::<Map<_, _>>().into();
            let wrong = body.relationships.iter().map(|known| (known.name.to_owned(), json!({"data": {}})));
            row["relationships"] =
                wrong.chain([("pets".to_owned(), json!({"data": []}))]).collect::<Map<_, _>>().into();
        }
        let method: Method = example.method.parse().unwrap();
        let answer =
            client.send(method, &filled(example.path), &[], Some(document.to_string())).await.unwrap();
        assert_eq!(answer.status, 422, "{}: {}", operation.id, answer.text);
        let first = if document["data"].is_array() { "/data/0" } else { "/data" };
        let mut expected = vec![
            (format!("{first}/attributes/colour"), "unknown-attribute"),
            (format!("{first}/relationships/pets"), "unknown-relationship"),
        ];
        expected.extend(
            body.all_attributes().map(|known| (format!("{first}/attributes/{}", known.name), "wrong-type")),
        );
        expected.extend(
            body.relationships
                .iter()
                .map(|known| (format!("{first}/relationships/{}/data", known.name), "wrong-type")),
        );
        expected.sort();
        let errors = answer.at("/errors");
        let text =
            |error: &Value, pointer: &str| error.pointer(pointer).and_then(Value::as_str).unwrap().to_owned();
        let mut faults: Vec<(String, String)> = errors
            .as_array()
            .unwrap()
            .iter()
            .map(|error| (text(error, "/source/pointer"), text(error, "/code")))
            .filter(|(place, _)| place.starts_with(first))
            .collect();
        faults.sort();
        let faults: Vec<(String, &str)> =
            faults.iter().map(|(place, code)| (place.clone(), code.as_str())).collect();
        assert_eq!(faults, expected, "{}: {}", operation.id, answer.text);
        tried += body.attributes.len();
    }
    assert!(tried > 50, "only {tried} attributes were tried");
}

//! What the bodies declare is what the code reads: nothing more, nothing less.

use journeys::{Answer, Client, House};
use reqwest::Method;
use serde_json::{Map, Value, json};
use web::Operation;
use web::body::{Need, Rows};

use super::operations;
use crate::examples::{Body, Caller, EXAMPLES, Example};
use crate::filling::{connect, fill, forget_password};

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
        Body::Json(body)
            if example.status < 300
                || route.path.ends_with("/verification")
                || route.path.ends_with("/recovery-codes") =>
        {
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

/// That the answer names these faults of the first resource, and no others.
fn finds(operation: &str, answer: &Answer, first: &str, mut expected: Vec<(String, &str)>) {
    assert_eq!(answer.status, 422, "{operation}: {}", answer.text);
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
    assert_eq!(faults, expected, "{operation}: {}", answer.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_attribute_that_a_body_declares_is_read_and_no_other() {
    let house = House::start().await;
    let mut values = fill(&house, "msp").await;
    values.extend(connect(&house, "msp", &values).await);
    values.extend(forget_password(&house, "msp").await);
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
        let path = filled(example.path);
        let answer = client.send(method.clone(), &path, &[], Some(document.to_string())).await.unwrap();
        let first = if document["data"].is_array() { "/data/0" } else { "/data" };
        let at = |place: &str| format!("{first}/{place}");
        let unknown = [
            (at("attributes/colour"), "unknown-attribute"),
            (at("relationships/pets"), "unknown-relationship"),
        ];
        let of_attributes =
            body.all_attributes().map(|known| (at(&format!("attributes/{}", known.name)), "wrong-type"));
        let of_relationships = body
            .relationships
            .iter()
            .map(|known| (at(&format!("relationships/{}/data", known.name)), "wrong-type"));
        let expected: Vec<_> = unknown.iter().cloned().chain(of_attributes).chain(of_relationships).collect();
        finds(operation.id, &answer, first, expected);

        // `null`: nothing where it takes something away or where something is made without it; otherwise a fault that is named.
        for row in rows(&mut document) {
            let nulls = body.all_attributes().map(|attribute| (attribute.name.to_owned(), Value::Null));
            row["attributes"] =
                nulls.chain([("colour".to_owned(), json!("red"))]).collect::<Map<_, _>>().into();
            let nulls = body.relationships.iter().map(|known| (known.name.to_owned(), json!({"data": null})));
            row["relationships"] =
                nulls.chain([("pets".to_owned(), json!({"data": []}))]).collect::<Map<_, _>>().into();
        }
        let answer = client.send(method, &path, &[], Some(document.to_string())).await.unwrap();
        let of_attributes = body.all_attributes().filter_map(|known| {
            let code = match known.need {
                Need::Required => "missing",
                Need::Optional if !body.takes_null_for_nothing() => "not-nullable",
                Need::Optional | Need::Nullable => return None,
            };
            Some((at(&format!("attributes/{}", known.name)), code))
        });
        let of_relationships = body
            .relationships
            .iter()
            .map(|known| (at(&format!("relationships/{}/data", known.name)), "wrong-type"));
        let expected = unknown.iter().cloned().chain(of_attributes).chain(of_relationships).collect();
        finds(operation.id, &answer, first, expected);
        tried += body.attributes.len();
    }
    assert!(tried > 50, "only {tried} attributes were tried");
}

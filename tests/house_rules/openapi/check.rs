//! Requests and answers held against the document.

use journeys::Answer;
use jsonschema::Validator;
use serde_json::{Value, json};

use super::recorded::{Message, Recorded};

/// What the document promises.
pub struct Contract<'a> {
    document: &'a Value,
}

impl<'a> Contract<'a> {
    /// What this document promises.
    pub fn new(document: &'a Value) -> Self {
        Self { document }
    }

    /// Fails unless the document allows this request, if it was carried out, and this answer.
    pub fn check(&self, recorded: &Recorded) {
        let place = format!("{}, {}: {}", recorded.operation, recorded.name, recorded.status);
        let operation = self.operation(recorded.operation);
        if recorded.status < 300 {
            let content = |kind: &str| &operation["requestBody"]["content"][kind]["schema"];
            match &recorded.request {
                Some(Message::Json(value)) => self.fits(content("application/json"), value, &place),
                Some(Message::Form(fields)) => {
                    self.fits(content("application/x-www-form-urlencoded"), &json!(fields), &place);
                }
                Some(Message::Text(text)) => panic!("{place}: what is {text}?"),
                None => assert!(operation["requestBody"]["required"] != json!(true), "{place}: no body"),
            }
        }
        let response = &operation["responses"][recorded.status.to_string()];
        assert!(!response.is_null(), "{place}: the document knows no such status");
        let response = self.resolved(response);
        let header = |name: &str| recorded.headers.iter().find(|(known, _)| known == name);
        for (name, described) in response["headers"].as_object().into_iter().flatten() {
            let is_required = self.resolved(described)["required"] == json!(true);
            assert!(!is_required || header(name).is_some(), "{place}: no header {name}");
        }
        for name in ["x-request-id", "retry-after", "location", "link"] {
            let is_known = !response["headers"][name].is_null();
            assert!(is_known || header(name).is_none(), "{place}: the document knows no header {name}");
        }
        let kind = header("content-type").map(|(_, kind)| kind.split(';').next().unwrap_or_default());
        match (kind, &recorded.answer) {
            (Some(kind), Message::Json(value)) => {
                self.fits(&response["content"][kind]["schema"], value, &place);
            }
            (Some(kind), Message::Text(text)) if !text.is_empty() => {
                let schema = &response["content"][kind]["schema"];
                assert_eq!(schema["type"], json!("string"), "{place}: no {kind} is promised");
            }
            _ => {}
        }
        let is_empty = recorded.answer == Message::Text(String::new());
        assert_eq!(
            is_empty,
            response.get("content").is_none() || self.is_head(recorded),
            "{place}: {recorded:#?}"
        );
    }

    fn is_head(&self, recorded: &Recorded) -> bool {
        let methods = self.document["paths"].as_object().unwrap().values();
        methods.into_iter().any(|methods| methods["head"]["operationId"] == json!(recorded.operation))
    }

    fn operation(&self, id: &str) -> &Value {
        let paths = self.document["paths"].as_object().unwrap().values();
        let mut operations = paths.flat_map(|methods| methods.as_object().unwrap().values());
        operations
            .find(|operation| operation["operationId"] == json!(id))
            .unwrap_or_else(|| panic!("no {id}"))
    }

    fn resolved(&self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(reference) => self.document.pointer(&reference[1..]).unwrap(),
            None => value,
        }
    }

    /// Fails unless a value is as this schema of the document says.
    pub fn fits(&self, schema: &Value, value: &Value, place: &str) {
        assert!(!schema.is_null(), "{place}: nothing of this type is promised");
        let faults: Vec<String> = self
            .validator(schema)
            .iter_errors(value)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(faults.is_empty(), "{place}: {faults:#?}\n{value:#}");
    }

    fn validator(&self, schema: &Value) -> Validator {
        let whole = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "allOf": [schema],
            "components": {"schemas": self.document["components"]["schemas"]},
        });
        jsonschema::options()
            .should_validate_formats(true)
            .build(&whole)
            .unwrap_or_else(|error| panic!("{error}"))
    }
}

/// The body of an answer, as it came.
pub fn message(answer: &Answer) -> Message {
    let is_json = answer.header("content-type").is_some_and(|kind| kind.contains("json"));
    if is_json && !answer.text.is_empty() {
        Message::Json(answer.json())
    } else {
        Message::Text(answer.text.clone())
    }
}

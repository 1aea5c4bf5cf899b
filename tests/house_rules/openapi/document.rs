//! The OpenAPI document, put together out of what each function says of its operations.

use std::collections::BTreeMap;

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};
use web::fault::Errors;
use web::list::{DEFAULT_SIZE, LARGEST_SIZE, Shape};
use web::operation::{Answered, Caller, Operation, Tag};

use super::bodies::{Bodies, of_kind};
use super::components::{ABOUT, PAGES, REFUSALS, headers, parameters, security_schemes};
use super::recorded::{Message, Recorded};

const JSON_API: &str = "application/vnd.api+json";
const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const HTML: &str = "text/html";
const CSV: &str = "text/csv";

/// The document of these operations, with these examples.
pub fn document(operations: &[&Operation], recorded: &[Recorded]) -> Value {
    let mut generator = SchemaSettings::draft2020_12()
        .for_serialize()
        .with(|settings| settings.definitions_path = "/components/schemas".into())
        .into_generator();
    let errors = generator.subschema_for::<Errors>().to_value();
    let mut writer = Writer { generator, bodies: Bodies::default(), recorded, examples: Map::new() };
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for operation in operations {
        let written = writer.operation(operation);
        let method = operation.route.method.to_lowercase();
        let before = paths.entry(operation.route.path).or_default().insert(method, written);
        assert!(before.is_none(), "{:?} is there twice", operation.route);
    }
    for methods in paths.values_mut() {
        let order = ["get", "head", "post", "put", "patch", "delete"];
        let mut sorted: Vec<_> = std::mem::take(methods).into_iter().collect();
        sorted.sort_by_key(|(method, _)| order.iter().position(|known| known == method));
        methods.extend(sorted);
    }
    let responses = writer.refusals(&errors);
    let Writer { mut generator, bodies, examples, .. } = writer;
    let mut schemas: BTreeMap<String, Value> = generator.take_definitions(true).into_iter().collect();
    for (name, schema) in bodies.into_schemas() {
        assert!(schemas.insert(name.clone(), schema).is_none(), "two schemas are called {name}");
    }
    let tags = Tag::ALL.map(|tag| json!({"name": tag.words().0, "description": tag.words().1}));
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "glueconnect",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
            "license": {"name": "Apache License 2.0", "identifier": env!("CARGO_PKG_LICENSE")},
        },
        "servers": [
            {"url": "/", "description": "Where this document was read."},
            {"url": "http://127.0.0.1:9000", "description": "`cargo local`."},
        ],
        "tags": tags,
        "paths": paths,
        "components": {
            "securitySchemes": security_schemes(),
            "parameters": parameters(),
            "headers": headers(),
            "responses": responses,
            "examples": examples,
            "schemas": schemas,
        },
    })
}

fn reference(kind: &str, name: &str) -> Value {
    json!({"$ref": format!("#/components/{kind}/{name}")})
}

/// The name of a refusal's response.
fn refusal(status: u16, has_pages: bool) -> String {
    let (_, name, _) = REFUSALS.iter().find(|(known, ..)| *known == status).unwrap();
    let page = if has_pages && PAGES.contains(&status) { "OrPage" } else { "" };
    format!("{name}{page}")
}

struct Writer<'a> {
    generator: SchemaGenerator,
    bodies: Bodies,
    recorded: &'a [Recorded],
    examples: Map<String, Value>,
}

impl Writer<'_> {
    fn operation(&mut self, operation: &Operation) -> Value {
        let mut written = json!({
            "tags": [operation.tag.words().0],
            "summary": operation.summary.trim_end_matches('.'),
            "operationId": operation.id,
        });
        let security = match operation.caller {
            Caller::Anyone => json!([]),
            Caller::Person => json!([{"bearer": []}]),
            Caller::PersonOrKey => json!([{"bearer": []}, {"api-key": []}]),
            Caller::PersonOrForm => json!([{"bearer": []}, {}]),
        };
        written["security"] = security;
        let parameters = self.parameters(operation);
        if !parameters.is_empty() {
            written["parameters"] = json!(parameters);
        }
        if let Some(body) = self.request_body(operation) {
            written["requestBody"] = body;
        }
        written["responses"] = self.responses(operation);
        written
    }

    fn parameters(&mut self, operation: &Operation) -> Vec<Value> {
        let mut parameters = Vec::new();
        for name in operation.route.path.split('/').filter_map(|part| part.strip_prefix('{')) {
            let name = name.trim_end_matches('}');
            let (description, schema) = match name {
                "token" => ("The token of the link.", json!({"type": "string"})),
                "user-id" => ("The id of the person.", self.generator.subschema_for::<web::Id>().to_value()),
                _ => ("The id.", self.generator.subschema_for::<web::Id>().to_value()),
            };
            parameters.push(json!({
                "name": name, "in": "path", "required": true, "description": description, "schema": schema,
            }));
        }
        if let Some(shape) = operation.list {
            parameters.extend(self.filters(shape));
            let sorts: Vec<String> =
                shape.sorts.iter().flat_map(|sort| [(*sort).to_owned(), format!("-{sort}")]).collect();
            parameters.push(json!({
                "name": "sort", "in": "query", "description": "By what to sort; with a hyphen before it, downwards.",
                "schema": {"type": "string", "enum": sorts},
            }));
        }
        if !operation.includes.is_empty() {
            parameters.push(json!({
                "name": "include", "in": "query", "description": "Which related resources to include.",
                "style": "form", "explode": false,
                "schema": {"type": "array", "items": {"type": "string", "enum": operation.includes}},
            }));
        }
        if let Some(shape) = operation.list {
            let size = if shape.exports {
                reference("parameters", "page-size")
            } else {
                json!({
                    "name": "page[size]", "in": "query", "description": "Resources on the page.",
                    "schema": {"type": "integer", "minimum": 1, "maximum": LARGEST_SIZE, "default": DEFAULT_SIZE},
                })
            };
            parameters.push(size);
            parameters.extend(["page-number", "page-after"].map(|name| reference("parameters", name)));
        }
        for flag in operation.flags {
            parameters.push(json!({
                "name": flag.name, "in": "query", "description": flag.description,
                "schema": of_kind(flag.kind, &mut self.generator),
            }));
        }
        if operation.takes_idempotency_key() {
            parameters.push(reference("parameters", "idempotency-key"));
        }
        if operation.is_versioned {
            parameters.push(reference("parameters", "if-match"));
        }
        parameters
    }

    fn filters(&mut self, shape: &Shape) -> Vec<Value> {
        let mut filters = Vec::new();
        for filter in shape.filters {
            let schema = of_kind(filter.kind, &mut self.generator);
            let mut written = json!({
                "name": format!("filter[{}]", filter.name), "in": "query", "description": filter.description,
            });
            if filter.is_required {
                written["required"] = json!(true);
            }
            if filter.is_many {
                written["style"] = json!("form");
                written["explode"] = json!(false);
                written["schema"] = json!({"type": "array", "items": schema});
            } else {
                written["schema"] = schema;
            }
            filters.push(written);
        }
        filters
    }

    fn request_body(&mut self, operation: &Operation) -> Option<Value> {
        let body = operation.body?;
        let schema = self.bodies.of(operation.id, body, &mut self.generator);
        let mut content = Map::new();
        let json = self.example(operation, "request", |recorded| match &recorded.request {
            Some(Message::Json(value)) => Some(value.clone()),
            _ => None,
        });
        content.insert(JSON_API.to_owned(), with_examples(json!({"schema": schema}), &json));
        content.insert(JSON.to_owned(), json!({"schema": schema}));
        if let Some(fields) = operation.form {
            let schema = self.bodies.form(operation.id, fields, &mut self.generator);
            let form = self.example(operation, "form", |recorded| match &recorded.request {
                Some(Message::Form(fields)) => Some(json!(fields)),
                _ => None,
            });
            content.insert(FORM.to_owned(), with_examples(json!({"schema": schema}), &form));
        }
        Some(json!({"required": !operation.is_body_optional, "content": content}))
    }

    /// The examples of an operation that `of` finds, each put among the components; references to them.
    fn example(
        &mut self,
        operation: &Operation,
        what: &str,
        of: impl Fn(&Recorded) -> Option<Value>,
    ) -> Map<String, Value> {
        let mut found = Map::new();
        for recorded in self
            .recorded
            .iter()
            .filter(|recorded| recorded.operation == operation.id && recorded.status < 300)
        {
            let Some(value) = of(recorded) else { continue };
            let name = format!("{}.{}.{what}", operation.id, recorded.name);
            self.examples.insert(name.clone(), json!({"summary": recorded.summary, "value": value}));
            found.insert(recorded.name.to_owned(), reference("examples", &name));
        }
        found
    }

    fn responses(&mut self, operation: &Operation) -> Value {
        let mut responses: BTreeMap<u16, Value> = BTreeMap::new();
        for answered in operation.answers {
            let written = self.response(operation, answered);
            assert!(
                responses.insert(answered.status, written).is_none(),
                "{} {}",
                operation.id,
                answered.status
            );
        }
        for status in operation.refused_with() {
            let response = reference("responses", &refusal(status, operation.has_pages));
            assert!(responses.insert(status, response).is_none(), "{} {status}", operation.id);
        }
        json!(responses)
    }

    fn response(&mut self, operation: &Operation, answered: &Answered) -> Value {
        let mut headers = json!({"x-request-id": reference("headers", "x-request-id")});
        if answered.is_located {
            headers["location"] = reference("headers", "location");
        }
        let mut content = Map::new();
        if let Some(schema) = answered.schema {
            let schema = schema(&mut self.generator).to_value();
            let status = answered.status;
            let what = format!("answer-{status}");
            let json = self.example(operation, &what, |recorded| match &recorded.answer {
                Message::Json(value) if recorded.status == status => Some(value.clone()),
                _ => None,
            });
            let written = with_examples(json!({"schema": schema}), &json);
            content.insert(answered.content_type.to_owned(), written);
            if operation.list.is_some_and(|shape| shape.exports) {
                let table = self.example(operation, "table", |recorded| match &recorded.answer {
                    Message::Text(text) if recorded.status == status => Some(json!(text)),
                    _ => None,
                });
                content.insert(CSV.to_owned(), with_examples(json!({"schema": {"type": "string"}}), &table));
                headers["link"] = reference("headers", "link");
            }
            if operation.has_pages {
                content.insert(HTML.to_owned(), json!({"schema": {"type": "string"}}));
            }
        }
        let mut written = json!({"description": answered.description, "headers": headers});
        if !content.is_empty() {
            written["content"] = json!(content);
        }
        written
    }

    /// The shared responses, each with an example of its kind.
    fn refusals(&mut self, errors: &Value) -> Value {
        let mut responses = Map::new();
        for (status, name, description) in REFUSALS {
            let mut headers = json!({"x-request-id": reference("headers", "x-request-id")});
            if [409, 429, 503].contains(status) {
                headers["retry-after"] = reference("headers", "retry-after");
            }
            let mut examples = Map::new();
            for recorded in self.recorded.iter().filter(|recorded| recorded.status == *status) {
                if let Message::Json(value) = &recorded.answer {
                    let name = format!("{}.{}", name.to_lowercase(), recorded.name);
                    self.examples.insert(name.clone(), json!({"summary": recorded.summary, "value": value}));
                    examples.insert(recorded.name.to_owned(), reference("examples", &name));
                }
            }
            let json = with_examples(json!({"schema": errors}), &examples);
            let written =
                json!({"description": description, "headers": headers, "content": {JSON_API: json}});
            let mut with_page = written.clone();
            with_page["content"][HTML] = json!({"schema": {"type": "string"}});
            responses.insert((*name).to_owned(), written);
            if PAGES.contains(status) {
                responses.insert(format!("{name}OrPage"), with_page);
            }
        }
        json!(responses)
    }
}

fn with_examples(mut content: Value, examples: &Map<String, Value>) -> Value {
    if !examples.is_empty() {
        content["examples"] = json!(examples);
    }
    content
}

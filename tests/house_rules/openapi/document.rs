//! The OpenAPI document, put together out of what each function says of its operations.

use std::collections::BTreeMap;

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};
use web::body::Rows;
use web::fault::Errors;
use web::list::{DEFAULT_SIZE, LARGEST_SIZE, Shape};
use web::operation::{Answered, Caller, Operation, Tag};

use super::bodies::{Bodies, of_kind};
use super::components::{ABOUT, PAGES, REFUSALS, headers, parameters, security_schemes};
use super::recorded::{Message, Recorded};

const JSON_API: &str = "application/vnd.api+json";
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
        let path = paths.entry(operation.route.path).or_default();
        if operation.has_head() {
            path.insert("head".to_owned(), head(&written));
        }
        let before = path.insert(method, written);
        assert!(before.is_none(), "{:?} is there twice", operation.route);
    }
    for methods in paths.values_mut() {
        let order = ["get", "head", "post", "put", "patch", "delete"];
        let mut sorted: Vec<_> = std::mem::take(methods).into_iter().collect();
        sorted.sort_by_key(|(method, _)| order.iter().position(|known| known == method));
        methods.extend(sorted);
    }
    let mut responses = writer.refusals(&errors);
    // Not every refusal comes both with pages and without.
    let told = json!(paths).to_string();
    responses.retain(|name, _| told.contains(&format!("/responses/{name}\"")));
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
            {"url": "/", "description": "The server that this document was read from."},
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

/// What it does, and what follows from what it declares, in sentences.
fn described(operation: &Operation) -> String {
    let mut sentences = vec![operation.summary.to_owned()];
    sentences.push(
        match operation.caller {
            Caller::Anyone => "No sign-in required.",
            Caller::Person => "Requires the token of a session. API keys are refused.",
            Caller::PersonOrKey => "Requires the token of a session or an API key.",
            Caller::PersonOrForm => "Requires the token of a session, or the password in the form.",
            Caller::Browser => "Requires the browser's session cookie. Used by the console.",
        }
        .to_owned(),
    );
    if operation.list.is_some_and(|shape| shape.exports) {
        sentences.push(format!(
            "With `Accept: {CSV}` the answer is a table with the same rows: a line of names, then one line for each; \
             `Link` says where it goes on."
        ));
    }
    if operation.has_pages {
        sentences.push("With `Accept: text/html` the answer is a page.".to_owned());
    }
    if operation.is_body_optional {
        sentences.push("The body is optional.".to_owned());
    }
    if operation.body.is_some_and(|body| body.changes) {
        sentences.push(
            "Attributes that are left out stay as they are. A request without changes has no effect."
                .to_owned(),
        );
    }
    if operation.body.is_some_and(|body| body.replaces) {
        sentences.push("Replaces the whole limit: what is left out is reset.".to_owned());
    }
    if operation.is_versioned {
        sentences.push("With `If-Match` the request only succeeds if the version matches.".to_owned());
    }
    if operation.takes_idempotency_key() {
        sentences.push("With an `Idempotency-Key` the request is safe to repeat.".to_owned());
    }
    sentences.join(" ")
}

/// A schema, or the one that it refers to.
fn resolved(known: &Map<String, Value>, schema: &Value) -> Value {
    let name = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
    name.and_then(|name| known.get(name)).unwrap_or(schema).clone()
}

/// Whether this may be a resource with a version.
fn has_version(schema: &Value, known: &Map<String, Value>) -> bool {
    if let Some(choices) = schema["anyOf"].as_array() {
        return choices.iter().any(|choice| has_version(&resolved(known, choice), known));
    }
    resolved(known, &schema["properties"]["attributes"])["properties"]["version"].is_object()
}

/// The `HEAD` of a `GET`: the same, without a body.
fn head(get: &Value) -> Value {
    let mut head = get.clone();
    head["summary"] = json!(format!("{}: the headers alone", words(&get["summary"])));
    head["operationId"] = json!(format!("{}Head", words(&get["operationId"])));
    for answer in head["responses"].as_object_mut().unwrap().values_mut() {
        if let Some(answer) = answer.as_object_mut() {
            answer.remove("content");
        }
    }
    head
}

fn words(value: &Value) -> &str {
    value.as_str().unwrap()
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
            "description": described(operation),
            "operationId": operation.id,
        });
        let security = match operation.caller {
            Caller::Anyone => json!([]),
            Caller::Person => json!([{"bearer": []}]),
            Caller::PersonOrKey => json!([{"bearer": []}, {"api-key": []}]),
            Caller::PersonOrForm => json!([{"bearer": []}, {}]),
            Caller::Browser => json!([{"cookie": []}]),
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
                "user" => (
                    "The user's id in the delegate account, or their e-mail address.",
                    json!({"type": "string"}),
                ),
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
                "name": "sort", "in": "query",
                "description": "The attributes to sort by, the most important first. Put a hyphen in front for descending order.",
                "style": "form", "explode": false,
                "schema": {"type": "array", "items": {"type": "string", "enum": sorts}},
            }));
        }
        if !operation.includes.is_empty() {
            parameters.push(json!({
                "name": "include", "in": "query", "description": "The related resources to include.",
                "style": "form", "explode": false,
                "schema": {"type": "array", "items": {"type": "string", "enum": operation.includes}},
            }));
        }
        if let Some(shape) = operation.list {
            let size = if shape.exports {
                reference("parameters", "page-size")
            } else {
                json!({
                    "name": "page[size]", "in": "query", "description": "Resources per page.",
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
        if operation.has_head() && self.shows_a_version(operation) {
            parameters.push(reference("parameters", "if-none-match"));
        }
        parameters
    }

    /// Whether an answer of it has an entity tag: it may show one resource that has a version.
    fn shows_a_version(&mut self, operation: &Operation) -> bool {
        operation.answers.iter().any(|answered| self.is_tagged(answered))
    }

    /// The resource that an operation answers, its attributes and relationships written out; null if there is none.
    fn shown(&mut self, operation: &Operation) -> Value {
        let answered = operation.answers.iter().find(|answered| answered.status == 200);
        let Some(schema) = answered.and_then(|answered| answered.schema) else { return Value::Null };
        let schema = schema(&mut self.generator).to_value();
        let known = self.generator.definitions().clone();
        let mut resource = resolved(&known, &resolved(&known, &schema)["properties"]["data"]);
        while let Some(choices) = resource["anyOf"].as_array() {
            resource = resolved(&known, &choices[0]);
        }
        for part in ["attributes", "relationships"] {
            resource["properties"][part] = resolved(&known, &resource["properties"][part]);
        }
        resource
    }

    fn is_tagged(&mut self, answered: &Answered) -> bool {
        let Some(schema) = answered.schema else { return false };
        let schema = schema(&mut self.generator).to_value();
        let known = self.generator.definitions().clone();
        has_version(&resolved(&known, &resolved(&known, &schema)["properties"]["data"]), &known)
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
                written["schema"] = json!({"type": "array", "items": schema, "minItems": 1});
            } else {
                written["schema"] = schema;
            }
            filters.push(written);
        }
        filters
    }

    fn request_body(&mut self, operation: &Operation) -> Option<Value> {
        let body = operation.body?;
        let shown = if body.changes { self.shown(operation) } else { Value::Null };
        let schema = self.bodies.of(operation.id, body, &shown, &mut self.generator);
        let json = self.example(operation, "request", |recorded| match &recorded.request {
            Some(Message::Json(value)) => Some(value.clone()),
            _ => None,
        });
        // `application/json` is taken as well. One of two names for the same thing is enough for programs that are made of this.
        let content = json!({JSON_API: with_examples(json!({"schema": schema}), &json)});
        let mut written = json!({"required": !operation.is_body_optional, "content": content});
        if let Some(fields) = operation.form {
            let schema = self.bodies.form(operation.id, fields, &mut self.generator);
            let form = self.example(operation, "form", |recorded| match &recorded.request {
                Some(Message::Form(fields)) => Some(json!(fields)),
                _ => None,
            });
            // Beside the content, as pages and tables are: forms come from the product's own pages.
            written["x-form"] = json!({FORM: with_examples(json!({"schema": schema}), &form)});
        }
        Some(written)
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
            .filter(|recorded| recorded.operation == operation.id && recorded.status < 400)
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
            if operation.has_head() && answered.status == 200 && self.is_tagged(answered) {
                responses.insert(304, reference("responses", "NotModified"));
            }
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
            // Many have no one place, and a page shows the way by itself.
            let is_one = operation.body.is_none_or(|body| matches!(body.rows, Rows::One));
            let is_always = is_one && operation.form.is_none();
            let name = if is_always { "location" } else { "location-of-one" };
            headers["location"] = reference("headers", name);
        }
        if self.is_tagged(answered) {
            headers["etag"] = reference("headers", "etag");
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
                headers["link"] = reference("headers", "link");
            }
        }
        let mut written = json!({"description": answered.description, "headers": headers});
        // What says something in JSON says it as a page too, beside the content: as a second kind of it, programs that are made of
        // this would take each answer for a resource or a text. Of what says nothing in JSON, a plain yes is a page.
        if operation.has_pages && answered.schema.is_some() {
            written["x-page"] = page();
        } else if operation.has_pages && answered.status == 200 {
            content.insert(HTML.to_owned(), json!({"schema": {"type": "string"}}));
        }
        if operation.list.is_some_and(|shape| shape.exports) && answered.schema.is_some() {
            let table = self.example(operation, "table", |recorded| match &recorded.answer {
                Message::Text(text) if recorded.status == answered.status => Some(json!(text)),
                _ => None,
            });
            written["x-table"] = json!({CSV: with_examples(json!({"schema": {"type": "string"}}), &table)});
        }
        if !content.is_empty() {
            written["content"] = json!(content);
        }
        written
    }

    /// The shared responses, each with an example of its kind.
    fn refusals(&mut self, errors: &Value) -> Map<String, Value> {
        let mut responses = Map::new();
        let headers = json!({"x-request-id": reference("headers", "x-request-id"), "etag": reference("headers", "etag")});
        let known = json!({"description": "Not changed: the client already has this version. See `If-None-Match`.", "headers": headers});
        responses.insert("NotModified".to_owned(), known);
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
            with_page["x-page"] = page();
            responses.insert((*name).to_owned(), written);
            if PAGES.contains(status) {
                responses.insert(format!("{name}OrPage"), with_page);
            }
        }
        responses
    }
}

/// What a page for people is, to programs.
fn page() -> Value {
    json!({HTML: {"schema": {"type": "string"}}})
}

fn with_examples(mut content: Value, examples: &Map<String, Value>) -> Value {
    if !examples.is_empty() {
        content["examples"] = json!(examples);
    }
    content
}

//! Requests and answers held against the OpenAPI document.

use std::collections::HashMap;
use std::io::Read as _;
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::GzDecoder;
use jsonschema::Validator;
use local::Function;
use serde_json::{Value, json};

/// What an OpenAPI document promises.
pub struct Contract {
    document: Value,
    /// By the place of their schema in the document.
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

/// The document under version control.
static KEPT: LazyLock<Contract> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Contract::new(serde_json::from_str(&text).unwrap())
});

/// A place in the document, as a JSON pointer.
type Place = String;

/// Being made is all that changes here.
const SAYS_ALL: [(&str, &str); 2] = [("create", "sessions"), ("create", "password-resets")];

/// Every change in a page of the log says what was changed.
fn says_what_changed(page: &Value) -> Result<(), String> {
    let text = |entry: &Value, name: &str| entry["attributes"][name].as_str().unwrap_or_default().to_owned();
    for entry in page["data"].as_array().into_iter().flatten() {
        let (action, what) = (text(entry, "action"), text(entry, "resource-type"));
        // What was done to an asset, the application that recorded it knows; what a visitor changed, the host.
        let is_elsewhere = what == "access-checks" || !entry["attributes"]["host-id"].is_null();
        let is_change = action != "read" && !is_elsewhere && text(entry, "outcome") == "allowed";
        let says = entry["attributes"]["changes"].as_array().is_some_and(|changes| !changes.is_empty());
        if is_change && !says && !SAYS_ALL.contains(&(action.as_str(), what.as_str())) {
            return Err(format!("an entry does not say what changed: {entry:#}"));
        }
    }
    Ok(())
}

impl Contract {
    /// What this document promises.
    pub fn new(document: Value) -> Self {
        Self { document, validators: Mutex::default() }
    }

    /// What `docs/openapi.json` promises.
    pub fn kept() -> &'static Self {
        &KEPT
    }

    /// The document.
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// Where the operation of this route stands, if there is one.
    fn operation(&self, method: &str, path: &str) -> Option<Place> {
        let path = path.replace('~', "~0").replace('/', "~1");
        let place = format!("/paths/{path}/{}", method.to_lowercase());
        self.document.pointer(&place).map(|_| place)
    }

    fn at(&self, place: &str) -> Option<&Value> {
        self.document.pointer(place)
    }

    /// The same place, or the one that it refers to.
    fn resolved(&self, place: &str) -> Place {
        let reference = self.at(place).and_then(|value| value["$ref"].as_str());
        reference.map_or_else(|| place.to_owned(), |reference| reference[1..].to_owned())
    }

    /// What is wrong with the body of a request that was carried out.
    pub fn request(
        &self,
        (method, path): (&str, &str),
        kind: &str,
        body: Option<&Value>,
    ) -> Result<(), String> {
        let operation = self.operation(method, path).ok_or("there is no such route")?;
        match body {
            Some(body) => {
                let place = format!("{operation}/requestBody");
                self.fits(&self.schema(&place, kind), body)
            }
            None if self.at(&format!("{operation}/requestBody/required")) == Some(&json!(true)) => {
                Err("the body is missing".to_owned())
            }
            None => Ok(()),
        }
    }

    /// What is wrong with an answer.
    pub fn answer(
        &self,
        (method, path): (&str, &str),
        status: u16,
        headers: &[(String, String)],
        body: &str,
    ) -> Result<(), String> {
        let operation = self.operation(method, path).ok_or("there is no such route")?;
        let place = format!("{operation}/responses/{status}");
        self.at(&place).ok_or_else(|| format!("{status} is not among the answers"))?;
        let place = self.resolved(&place);
        let given = |name: &str| headers.iter().find(|(known, _)| known == name).map(|(_, value)| value);
        for name in ["x-request-id", "retry-after", "location", "link", "etag"] {
            let described = format!("{place}/headers/{name}");
            let is_known = self.at(&described).is_some();
            let is_required =
                self.at(&format!("{}/required", self.resolved(&described))) == Some(&json!(true));
            match given(name) {
                None if is_required => return Err(format!("{status} without {name}")),
                Some(_) if !is_known => return Err(format!("{status} with {name}")),
                _ => {}
            }
        }
        let promised = self.at(&format!("{place}/content"));
        if method == "HEAD" {
            return if body.is_empty() { Ok(()) } else { Err("a body in answer to HEAD".to_owned()) };
        }
        if body.is_empty() {
            return if promised.is_none() { Ok(()) } else { Err(format!("{status} without a body")) };
        }
        let kind = given("content-type").map(|kind| kind.split(';').next().unwrap_or_default());
        let kind = kind.ok_or_else(|| format!("{status} with a body of no type"))?;
        let schema = self.schema(&place, kind);
        if !kind.contains("json") {
            let is_text = self.at(&format!("{schema}/type")) == Some(&json!("string"));
            return if is_text { Ok(()) } else { Err(format!("{status} with {kind}")) };
        }
        let body = serde_json::from_str(body).map_err(|error| format!("{status} with no JSON: {error}"))?;
        self.fits(&schema, &body).map_err(|fault| format!("{status}: {fault}"))?;
        if path == "/logs" && status == 200 { says_what_changed(&body) } else { Ok(()) }
    }

    /// The schema of this kind of content. What only people see stands beside the content.
    fn schema(&self, place: &str, kind: &str) -> Place {
        let at = |content: &str| format!("{place}/{content}/{}/schema", step(kind));
        let beside = ["x-table", "x-page", "x-form"].map(at);
        beside.into_iter().find(|place| self.at(place).is_some()).unwrap_or_else(|| at("content"))
    }

    /// What is wrong with a value by the schema at this place of the document.
    pub fn fits(&self, place: &str, value: &Value) -> Result<(), String> {
        let validator = self.validator(place).ok_or_else(|| format!("there is no {place}"))?;
        let faults = validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path()));
        let faults: Vec<String> = faults.collect();
        if faults.is_empty() { Ok(()) } else { Err(format!("{faults:#?} in {value:#}")) }
    }

    fn validator(&self, place: &str) -> Option<Arc<Validator>> {
        let mut validators = self.validators.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(known) = validators.get(place) {
            return Some(Arc::clone(known));
        }
        let whole = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "allOf": [self.at(place)?],
            "components": {"schemas": self.document["components"]["schemas"]},
        });
        let validator = jsonschema::options().should_validate_formats(true).build(&whole);
        let validator = Arc::new(validator.unwrap_or_else(|error| panic!("{place}: {error}")));
        validators.insert(place.to_owned(), Arc::clone(&validator));
        Some(validator)
    }
}

/// One step of a JSON pointer.
fn step(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// What the functions of a house answered. Held against `docs/openapi.json` when the house ends, so that no story waits for it.
#[derive(Default)]
pub struct Answers(Given);

type Given = Arc<Mutex<Vec<(String, Value)>>>;

impl Answers {
    /// Makes of a function the same function, each of whose answers is kept here.
    pub fn keep(&self) -> impl Fn(Function) -> Function + use<> {
        let given = Arc::clone(&self.0);
        move |function| kept(function, &given)
    }
}

fn kept(mut function: Function, given: &Given) -> Function {
    // The document says nothing of it.
    if function.operations.is_empty() {
        return function;
    }
    let (given, next) = (Arc::clone(given), Arc::clone(&function.invoke));
    function.invoke = Arc::new(move |event, context| {
        let given = Arc::clone(&given);
        let route = event["routeKey"].as_str().unwrap_or_default().to_owned();
        let answering = next(event, context);
        Box::pin(async move {
            let answer = answering.await?;
            given.lock().unwrap().push((route, answer.clone()));
            Ok(answer)
        })
    });
    function
}

fn held(route: (&str, &str), answer: &Value) -> Result<(), String> {
    let status =
        answer["statusCode"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or_default();
    let headers = answer["headers"].as_object().into_iter().chain(answer["multiValueHeaders"].as_object());
    let text = |value: &Value| value.as_str().or_else(|| value[0].as_str()).unwrap_or_default().to_owned();
    let headers: Vec<(String, String)> =
        headers.flatten().map(|(name, value)| (name.to_lowercase(), text(value))).collect();
    let body = answer["body"].as_str().unwrap_or_default();
    let is_packed = answer["isBase64Encoded"] == json!(true) && !body.is_empty();
    let body = if is_packed { unpacked(&headers, body)? } else { body.to_owned() };
    Contract::kept().answer(route, status, &headers, &body)
}

/// A body that was packed for its way.
fn unpacked(headers: &[(String, String)], body: &str) -> Result<String, String> {
    let bytes = STANDARD.decode(body).map_err(|error| error.to_string())?;
    let coding =
        headers.iter().find(|(name, _)| name == "content-encoding").map(|(_, coding)| coding.as_str());
    let mut text = String::new();
    let read = match coding {
        Some("gzip") => GzDecoder::new(bytes.as_slice()).read_to_string(&mut text),
        other => return Err(format!("packed as {other:?}")),
    };
    read.map(|_| text).map_err(|error| error.to_string())
}

impl Drop for Answers {
    fn drop(&mut self) {
        // While the document is written anew, there is none to be held against.
        if std::thread::panicking() || std::env::var_os("UPDATE_OPENAPI").is_some() {
            return;
        }
        let given = std::mem::take(&mut *self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()));
        // What no route was asked for is not in the document.
        let of_routes = given.iter().filter_map(|(route, answer)| Some((route.split_once(' ')?, answer)));
        let breaches = of_routes.filter_map(|(route, answer)| {
            let breach = held(route, answer).err()?;
            Some(format!("{} {}: {breach}", route.0, route.1))
        });
        let breaches: Vec<String> = breaches.collect();
        assert!(breaches.is_empty(), "docs/openapi.json promises otherwise: {breaches:#?}");
    }
}

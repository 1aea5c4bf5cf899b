//! Secrets Manager with one secret, as far as the functions call it: the key set, kept in the data folder.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::folder::replace;
use crate::identifier;
use crate::surroundings::{ACCOUNT, REGION};

/// The secret's name.
pub const NAME: &str = "glueconnect-signing-keys";

const CURRENT: &str = "AWSCURRENT";
const PENDING: &str = "AWSPENDING";

/// The secret. Clones share it.
#[derive(Clone)]
pub(crate) struct Secrets(Arc<Mutex<Versions>>);

struct Versions {
    versions: BTreeMap<String, Version>,
    file: Option<PathBuf>,
}

#[derive(Default)]
struct Version {
    text: Option<String>,
    stages: BTreeSet<String>,
}

/// The name of an error, and what it says.
type Refusal = (&'static str, String);

impl Secrets {
    /// With this as the version that everybody reads; later ones go into the file.
    pub(crate) fn new(text: String, file: Option<PathBuf>) -> Self {
        let first = Version { text: Some(text), stages: BTreeSet::from([CURRENT.to_owned()]) };
        let versions = BTreeMap::from([(identifier::fresh(), first)]);
        Self(Arc::new(Mutex::new(Versions { versions, file })))
    }

    /// Begins a rotation: a version with nothing in it yet. Answers its token.
    pub(crate) fn begin_rotation(&self) -> String {
        let token = identifier::fresh();
        let stages = BTreeSet::from([PENDING.to_owned()]);
        let mut held = self.lock();
        for version in held.versions.values_mut() {
            version.stages.remove(PENDING);
        }
        held.versions.insert(token.clone(), Version { text: None, stages });
        token
    }

    /// Answers a call by the name in its header.
    pub(crate) fn answer(&self, headers: &HeaderMap, body: &[u8]) -> Response {
        let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
        let request: Value = serde_json::from_slice(body).unwrap_or_default();
        let answer = match target.strip_prefix("secretsmanager.") {
            Some("GetSecretValue") => self.lock().get(&request),
            Some("PutSecretValue") => self.lock().put(&request),
            Some("DescribeSecret") => Ok(self.lock().describe()),
            Some("UpdateSecretVersionStage") => self.lock().move_stage(&request),
            _ => Err(("InvalidRequestException", format!("{target} is not known here"))),
        };
        let (status, answer) = match answer {
            Ok(answer) => (StatusCode::OK, answer),
            Err((kind, message)) => (StatusCode::BAD_REQUEST, json!({"__type": kind, "Message": message})),
        };
        (status, [(header::CONTENT_TYPE, "application/x-amz-json-1.1")], answer.to_string()).into_response()
    }

    fn lock(&self) -> MutexGuard<'_, Versions> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Versions {
    fn get(&self, request: &Value) -> Result<Value, Refusal> {
        let (id, stage) = (text(request, "VersionId"), text(request, "VersionStage"));
        let stage = if id.is_none() { stage.or(Some(CURRENT)) } else { stage };
        let found = self.versions.iter().find(|(name, version)| {
            id.is_none_or(|id| id == *name) && stage.is_none_or(|stage| version.stages.contains(stage))
        });
        let Some((id, Version { text: Some(text), stages })) = found else {
            return Err(("ResourceNotFoundException", "There is no such version with a value.".to_owned()));
        };
        Ok(
            json!({"ARN": arn(), "Name": NAME, "VersionId": id, "SecretString": text, "VersionStages": stages}),
        )
    }

    fn put(&mut self, request: &Value) -> Result<Value, Refusal> {
        let (Some(token), Some(text)) = (text(request, "ClientRequestToken"), text(request, "SecretString"))
        else {
            return Err(("InvalidParameterException", "A token and a text are wanted.".to_owned()));
        };
        let version = self.versions.entry(token.to_owned()).or_default();
        if version.text.as_ref().is_some_and(|known| known != text) {
            return Err(("ResourceExistsException", "This version has another value.".to_owned()));
        }
        version.text = Some(text.to_owned());
        let stages = request
            .get("VersionStages")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        version.stages.extend(stages.map(str::to_owned));
        Ok(json!({"ARN": arn(), "Name": NAME, "VersionId": token, "VersionStages": version.stages}))
    }

    fn describe(&self) -> Value {
        let stages: BTreeMap<&String, &BTreeSet<String>> =
            self.versions.iter().map(|(id, version)| (id, &version.stages)).collect();
        json!({"ARN": arn(), "Name": NAME, "RotationEnabled": true, "VersionIdsToStages": stages})
    }

    fn move_stage(&mut self, request: &Value) -> Result<Value, Refusal> {
        let stage = text(request, "VersionStage").unwrap_or_default().to_owned();
        if let Some(from) = text(request, "RemoveFromVersionId")
            && let Some(version) = self.versions.get_mut(from)
        {
            version.stages.remove(&stage);
        }
        if let Some(to) = text(request, "MoveToVersionId")
            && let Some(version) = self.versions.get_mut(to)
        {
            version.stages.insert(stage.clone());
            if stage == CURRENT
                && let (Some(text), Some(file)) = (&version.text, &self.file)
            {
                replace(file, text).map_err(|error| ("InternalServiceError", error.to_string()))?;
            }
        }
        Ok(json!({"ARN": arn(), "Name": NAME}))
    }
}

fn text<'a>(request: &'a Value, name: &str) -> Option<&'a str> {
    request.get(name).and_then(Value::as_str)
}

fn arn() -> String {
    format!("arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{NAME}-000000")
}

//! One secret of Secrets Manager and its versions. What it says about failures never holds the secret.

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};
use environment::aws::SdkConfig;

/// The stage of the version that everybody reads.
const CURRENT: &str = "AWSCURRENT";

/// The stage of the version that a rotation is making.
const PENDING: &str = "AWSPENDING";

/// Secrets Manager had no answer, or one that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// It said no, or nothing. This is the code of its error.
    #[error("Secrets Manager: {operation}: {code}")]
    Unavailable {
        /// What was asked of it.
        operation: &'static str,
        /// What it is called there; `none` if there was no answer.
        code: String,
    },
    /// What it holds is no key set.
    #[error(transparent)]
    Keys(#[from] tokens::KeySetError),
}

/// Which version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version<'a> {
    /// The one that everybody reads.
    Current,
    /// The one that the rotation with this token makes.
    Pending(&'a str),
}

/// The secret that has the key set.
#[derive(Debug, Clone)]
pub struct Secret {
    client: Client,
    id: String,
}

impl Secret {
    /// The secret of this name or ARN.
    #[must_use]
    pub fn new(config: &SdkConfig, id: impl Into<String>) -> Self {
        Self { client: Client::new(config), id: id.into() }
    }

    /// What a version says; none if there is no such version, or nothing in it yet.
    pub async fn read(&self, version: Version<'_>) -> Result<Option<String>, SecretError> {
        let request = self.client.get_secret_value().secret_id(&self.id);
        let request = match version {
            Version::Current => request.version_stage(CURRENT),
            Version::Pending(token) => request.version_id(token).version_stage(PENDING),
        };
        match request.send().await {
            Ok(answer) => Ok(answer.secret_string),
            Err(error) if error.code() == Some("ResourceNotFoundException") => Ok(None),
            Err(error) => Err(unavailable("GetSecretValue", &error)),
        }
    }

    /// Writes what the rotation with this token makes.
    pub async fn write_pending(&self, token: &str, value: String) -> Result<(), SecretError> {
        let request = self.client.put_secret_value().secret_id(&self.id).client_request_token(token);
        let sent = request.secret_string(value).version_stages(PENDING).send().await;
        sent.map(drop).map_err(|error| unavailable("PutSecretValue", &error))
    }

    /// Makes the version of this token the one that everybody reads, if it is not yet.
    pub async fn make_current(&self, token: &str) -> Result<(), SecretError> {
        let described = self.client.describe_secret().secret_id(&self.id).send().await;
        let described = described.map_err(|error| unavailable("DescribeSecret", &error))?;
        let versions = described.version_ids_to_stages.unwrap_or_default();
        let before = versions
            .into_iter()
            .find(|(_, stages)| stages.iter().any(|stage| stage == CURRENT))
            .map(|(id, _)| id);
        if before.as_deref() == Some(token) {
            return Ok(());
        }
        let request = self.client.update_secret_version_stage().secret_id(&self.id).version_stage(CURRENT);
        let sent = request.move_to_version_id(token).set_remove_from_version_id(before).send().await;
        sent.map(drop).map_err(|error| unavailable("UpdateSecretVersionStage", &error))
    }
}

fn unavailable<E: ProvideErrorMetadata, R>(operation: &'static str, error: &SdkError<E, R>) -> SecretError {
    // Its message is left out: what it quotes is not ours to say.
    let code = error.as_service_error().and_then(ProvideErrorMetadata::code).unwrap_or("none");
    SecretError::Unavailable { operation, code: code.to_owned() }
}

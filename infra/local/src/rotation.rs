//! Rotations, as Secrets Manager has them done: a function called for each step.

use serde_json::{Value, json};

use crate::function::Function;
use crate::invocation::{self, Failure};
use crate::secrets::{NAME, Secrets};

/// How long a step may take.
const LIMIT: std::time::Duration = std::time::Duration::from_secs(60);

const STEPS: [&str; 4] = ["createSecret", "setSecret", "testSecret", "finishSecret"];

/// Who rotates, and what.
#[derive(Clone)]
pub(crate) struct Rotation {
    secrets: Secrets,
    functions: Vec<Function>,
}

impl Rotation {
    /// By those of the functions that look after the secret.
    pub(crate) fn new(secrets: Secrets, functions: &[Function]) -> Self {
        let functions = functions.iter().filter(|function| function.is_called_at_start).cloned().collect();
        Self { secrets, functions }
    }

    /// Calls them with nothing: what the secret has is to be known everywhere.
    pub(crate) async fn prepare(&self) -> Result<(), Failure> {
        self.call(&json!({})).await
    }

    /// All steps, once.
    pub(crate) async fn rotate(&self) -> Result<(), Failure> {
        let token = self.secrets.begin_rotation();
        for step in STEPS {
            self.call(&json!({"Step": step, "SecretId": NAME, "ClientRequestToken": token})).await?;
        }
        Ok(())
    }

    async fn call(&self, event: &Value) -> Result<(), Failure> {
        for function in &self.functions {
            invocation::invoke(function, event.clone(), LIMIT).await?;
        }
        Ok(())
    }
}

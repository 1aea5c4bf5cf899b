//! One invocation of a function, as Lambda makes it: with a context and a deadline, and a crash that stays its own.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lambda_runtime::{Config, Context};
use serde_json::Value;

use crate::function::Function;
use crate::identifier;
use crate::surroundings::{ACCOUNT, REGION};

/// Why an invocation gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The function returned an error or crashed.
    #[error("{0}")]
    Error(String),
    /// The function did not answer in time.
    #[error("no answer within {} s", .0.as_secs())]
    TimedOut(Duration),
}

/// Invokes `function` and waits for its answer, at most for `limit`.
pub async fn invoke(function: &Function, event: Value, limit: Duration) -> Result<Value, Failure> {
    let answer = (function.invoke)(event, context(function.name, limit));
    let mut running = tokio::spawn(answer);
    match tokio::time::timeout(limit, &mut running).await {
        Ok(Ok(answer)) => answer.map_err(Failure::Error),
        Ok(Err(crash)) => Err(Failure::Error(format!("the function crashed: {crash}"))),
        Err(_) => {
            running.abort();
            Err(Failure::TimedOut(limit))
        }
    }
}

fn context(name: &str, limit: Duration) -> Context {
    let mut context = Context::default();
    // Lambda's deadline is the system's time, whatever the product's clock was advanced by.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    context.request_id = identifier::fresh();
    context.deadline = u64::try_from((now + limit).as_millis()).unwrap_or(u64::MAX);
    context.invoked_function_arn = format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}");
    context.env_config = Arc::new(Config {
        function_name: name.to_owned(),
        memory: 256,
        version: "$LATEST".to_owned(),
        log_stream: "local".to_owned(),
        log_group: format!("/aws/lambda/{name}"),
    });
    context
}

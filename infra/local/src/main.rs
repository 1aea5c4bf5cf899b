//! `cargo local`: the whole product on this machine.

use std::io;
use std::process::ExitCode;

use clap::Parser;
use local::arguments::Arguments;
use local::functions;
use local::run::{Pieces, exit_code, run};
use serde_json::json;
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_target(false)
        .with_writer(io::stderr)
        .init();
    let pieces = Pieces {
        table: || {
            json!({
                "TableName": "glueconnect",
                "KeySchema": [
                    {"AttributeName": "pk", "KeyType": "HASH"},
                    {"AttributeName": "sk", "KeyType": "RANGE"},
                ],
                "AttributeDefinitions": [
                    {"AttributeName": "pk", "AttributeType": "S"},
                    {"AttributeName": "sk", "AttributeType": "S"},
                ],
                "BillingMode": "PAY_PER_REQUEST",
                "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES"},
            })
        },
        functions: functions::all,
        variables: functions::variables,
        generate_keys: || Ok(json!({ "keys": [] }).to_string()),
        demo: None,
    };
    exit_code(run(arguments, pieces).await)
}

//! A product with functions of the test's own.

use environment::Clock;
use local::surroundings::Surroundings;
use local::{Function, Options, Ports, Product, Storage};
use serde_json::{Value, json};

use crate::http::{Answer, send};

/// How to start with these functions, in memory, on free ports.
pub fn options(functions: impl FnOnce(&Surroundings) -> Vec<Function> + Send + 'static) -> Options {
    Options {
        ports: Ports::FREE,
        storage: Storage::Memory,
        clock: Clock::system(),
        table: table(),
        functions: Box::new(move |surroundings| Ok(functions(surroundings))),
        generate_keys: || Ok("the keys".to_owned()),
        front: true,
        sign_up: local::SignUp::Open,
        origins: local::Origins::default(),
    }
}

/// A product with these functions, in memory.
pub async fn product(functions: Vec<Function>) -> Product {
    Product::start(options(|_| functions)).await.unwrap()
}

/// A table as the product's is, with an index.
pub fn table() -> Value {
    json!({
        "TableName": "glueconnect",
        "KeySchema": [
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        "AttributeDefinitions": [
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
            {"AttributeName": "due", "AttributeType": "S"},
        ],
        "GlobalSecondaryIndexes": [{
            "IndexName": "due",
            "KeySchema": [{"AttributeName": "due", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }],
        "BillingMode": "PAY_PER_REQUEST",
        "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    })
}

/// DynamoDB wants one, and the local one believes any.
const SIGNATURE: &str = "AWS4-HMAC-SHA256 Credential=local/20261121/eu-central-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0";

/// A call of DynamoDB.
pub async fn dynamodb(product: &Product, operation: &str, request: Value) -> Answer {
    dynamodb_as(product, operation, request, &[]).await
}

/// The same, with these headers besides.
pub async fn dynamodb_as(
    product: &Product,
    operation: &str,
    request: Value,
    besides: &[(&str, &str)],
) -> Answer {
    let target = format!("DynamoDB_20120810.{operation}");
    let headers = [
        ("content-type", "application/x-amz-json-1.0"),
        ("x-amz-target", target.as_str()),
        ("x-amz-date", "20261121T080000Z"),
        ("authorization", SIGNATURE),
    ];
    let headers = [&headers, besides].concat();
    send(&product.dynamodb_url, "POST /", &headers, request.to_string().as_bytes()).await
}

/// Puts an item under this key.
pub async fn put(product: &Product, key: &str) {
    let item = json!({"pk": {"S": "A#1"}, "sk": {"S": key}});
    let answer = dynamodb(product, "PutItem", json!({"TableName": "glueconnect", "Item": item})).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

/// A folder of the test's own, removed at its end.
pub struct Folder(pub std::path::PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("glueconnect-local-{}-{name}", std::process::id()));
        Self(path.join("data"))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(self.0.parent().unwrap());
    }
}

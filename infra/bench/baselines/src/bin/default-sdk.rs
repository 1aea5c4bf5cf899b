//! A function that reads one item with the AWS SDK as its guide sets it up, every feature left at its default.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use lambda_http::{Body, Error, Request, Response, run, service_fn, tracing};

#[tokio::main]
async fn main() -> Result<(), Error> {
    tracing::init_default_subscriber();
    let client = &Client::new(&aws_config::load_from_env().await);
    let table = &std::env::var("TABLE_NAME")?;
    run(service_fn(move |_: Request| async move {
        let read = client
            .get_item()
            .table_name(table)
            .key("pk", AttributeValue::S("KEYS".to_owned()))
            .key("sk", AttributeValue::S("PUBLIC".to_owned()))
            .send()
            .await?;
        let attributes = read.item.ok_or("there is no such item")?.len();
        Ok::<_, Error>(Response::builder().body(Body::from(attributes.to_string()))?)
    }))
    .await
}

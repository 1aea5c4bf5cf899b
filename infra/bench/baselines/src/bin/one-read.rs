//! The leanest function that reads one item with the AWS SDK: ring, credentials and region from the variables that Lambda sets,
//! one thread. What a function of the product does beyond this is its own.

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_dynamodb::{Client, Config};
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use lambda_http::{Body, Error, Request, Response, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let variable = |name: &str| std::env::var(name);
    let credentials = Credentials::new(
        variable("AWS_ACCESS_KEY_ID")?,
        variable("AWS_SECRET_ACCESS_KEY")?,
        variable("AWS_SESSION_TOKEN").ok(),
        None,
        "environment",
    );
    let http = aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(variable("AWS_REGION")?))
        .credentials_provider(credentials)
        .endpoint_url(variable("AWS_ENDPOINT_URL_DYNAMODB")?)
        .http_client(http);
    let client = &Client::from_conf(config.build());
    let table = &variable("TABLE_NAME")?;
    run(service_fn(move |_: Request| async move {
        let read = client
            .get_item()
            .table_name(table)
            .key("pk", AttributeValue::S("KEYS".to_owned()))
            .key("sk", AttributeValue::S("PUBLIC".to_owned()))
            .consistent_read(true)
            .send()
            .await?;
        let attributes = read.item.ok_or("there is no such item")?.len();
        Ok::<_, Error>(Response::builder().body(Body::from(attributes.to_string()))?)
    }))
    .await
}

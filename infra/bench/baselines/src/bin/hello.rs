//! The least that a function in Rust does: `lambda_http` with its default features, and one answer.

use lambda_http::{Body, Error, Request, Response, run, service_fn, tracing};

#[tokio::main]
async fn main() -> Result<(), Error> {
    tracing::init_default_subscriber();
    let hello = async |_: Request| Ok::<_, Error>(Response::builder().body(Body::from("hello"))?);
    run(service_fn(hello)).await
}

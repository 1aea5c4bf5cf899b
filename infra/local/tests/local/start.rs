//! Starting, and what stands in its way.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::future::BoxFuture;
use local::demo::{self, Demo};
use local::run::SeedDemo;
use local::{Client, Options, Ports, Product, Storage, functions};
use serde_json::json;
use tokio::net::TcpListener;

use crate::http::get;
use crate::stub::{Folder, dynamodb, options, put, table};

fn stored_in(folder: &Folder) -> Options {
    Options { storage: Storage::Dir(folder.0.clone()), ..options(|_| Vec::new()) }
}

#[tokio::test]
async fn a_start_does_little_and_answers_at_once() {
    // How long it takes hangs on the machine; what it does is counted.
    let asked = Arc::new(AtomicUsize::new(0));
    let made = Arc::clone(&asked);
    let functions = move |_: &_| {
        made.fetch_add(1, Ordering::SeqCst);
        Vec::new()
    };
    let product = Product::start(options(functions)).await.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 1, "its functions are made once");
    let scan = dynamodb(&product, "Scan", json!({"TableName": "glueconnect"})).await;
    assert_eq!(scan.json()["Count"], 0, "nothing is written at a start");
    assert_eq!(product.surroundings.keys, "the keys");
    assert_eq!(product.surroundings.public_url, product.api_url);
    product.stop().await;
}

#[tokio::test]
async fn two_products_in_memory_share_nothing() {
    let (one, other) = (Product::start(options(|_| Vec::new())), Product::start(options(|_| Vec::new())));
    let (one, other) = (one.await.unwrap(), other.await.unwrap());
    put(&one, "a").await;
    let scan = json!({"TableName": "glueconnect"});
    assert_eq!(dynamodb(&one, "Scan", scan.clone()).await.json()["Count"], 1);
    assert_eq!(dynamodb(&other, "Scan", scan).await.json()["Count"], 0);
}

#[tokio::test]
async fn data_and_keys_are_kept() {
    let folder = Folder::new("kept");
    let product = Product::start(stored_in(&folder)).await.unwrap();
    assert!(product.is_new);
    put(&product, "a").await;
    product.stop().await;
    let other_keys = || Ok("other keys".to_owned());
    let product = Product::start(Options { generate_keys: other_keys, ..stored_in(&folder) }).await.unwrap();
    assert!(!product.is_new);
    assert_eq!(product.surroundings.keys, "the keys");
    let scan = dynamodb(&product, "Scan", json!({"TableName": "glueconnect"})).await;
    assert_eq!(scan.json()["Count"], 1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(folder.0.join("keys.json")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "a secret is its owner's");
    }
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = taken.local_addr().unwrap().port();
    let ports = Ports { control: port, ..Ports::FREE };
    let error = Product::start(Options { ports, ..options(|_| Vec::new()) }).await.err().unwrap().to_string();
    assert!(error.contains(&format!("port {port}")) && error.contains("--port"), "{error}");
}

#[tokio::test]
async fn a_folder_has_one_process_at_a_time() {
    let folder = Folder::new("lock");
    let product = Product::start(stored_in(&folder)).await.unwrap();
    let error = Product::start(stored_in(&folder)).await.err().unwrap().to_string();
    assert!(error.contains("in use by another process") && error.contains("--data"), "{error}");
    product.stop().await;
    Product::start(stored_in(&folder)).await.unwrap();
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_named() {
    let folder = Folder::new("file");
    std::fs::create_dir_all(folder.0.parent().unwrap()).unwrap();
    std::fs::write(&folder.0, "a file").unwrap();
    let error = Product::start(stored_in(&folder)).await.err().unwrap().to_string();
    assert!(error.contains("cannot be used") && error.contains("data"), "{error}");
}

#[tokio::test]
async fn a_table_of_another_version_is_refused() {
    let folder = Folder::new("version");
    Product::start(stored_in(&folder)).await.unwrap().stop().await;
    let mut other = table();
    other["GlobalSecondaryIndexes"][0]["IndexName"] = json!("other");
    let error =
        Product::start(Options { table: other, ..stored_in(&folder) }).await.err().unwrap().to_string();
    assert!(error.contains("another version") && error.contains("Remove"), "{error}");
}

#[tokio::test]
async fn the_services_stand_without_the_api() {
    let product = Product::start(Options { front: false, ..options(|_| Vec::new()) }).await.unwrap();
    assert_eq!(get(&product.control_url, "/store").await.status, 200);
    assert_eq!(product.surroundings.public_url, "http://127.0.0.1:0");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_services_have_the_demonstration_without_the_api() {
    let pieces = functions::pieces(demo::seed);
    let functions = Box::new(pieces.functions);
    let served = options(|_| Vec::new());
    let product = Product::start(Options {
        table: (pieces.table)(),
        functions,
        generate_keys: pieces.generate_keys,
        front: false,
        ..served
    })
    .await
    .unwrap();
    demo::seed(&product).await.unwrap();
    let waiting = product.mailbox.mails_for("paul@elmstreet.example").pop().unwrap().link().unwrap();
    assert!(waiting.starts_with(&product.surroundings.public_url), "{waiting}");
    let lent = product.lend_api().await.unwrap();
    let nobody = Client::new(&lent.url);
    assert!(nobody.sign_in("acme", "liam@acme.example", demo::PASSWORD).await.unwrap().is_ok());
    let url = lent.url.clone();
    drop(lent);
    let gone = async { while is_answered(&url).await {} };
    tokio::time::timeout(Duration::from_secs(10), gone).await.unwrap();
}

/// Whether somebody listens there.
async fn is_answered(url: &str) -> bool {
    Client::new(url).get("/health").await.is_ok()
}

#[tokio::test]
async fn a_demonstration_can_be_seeded_through_the_running_product() {
    fn seed(product: &Product) -> BoxFuture<'_, Result<Demo, String>> {
        Box::pin(async move {
            put(product, "demo").await;
            product.drain().await.map_err(|error| error.to_string())?;
            Ok(Demo { sign_in: format!("Sign in at {}", product.api_url) })
        })
    }
    let seed: SeedDemo = seed;
    let product = Product::start(options(|_| Vec::new())).await.unwrap();
    assert_eq!(seed(&product).await.unwrap().sign_in, format!("Sign in at {}", product.api_url));
}

//! What DynamoDB refuses and the embedded database does not: requests for an item that is being written in or beside a transaction at the
//! same moment. By "Amazon DynamoDB Transactions: How it works", "Transaction conflict handling in DynamoDB":
//!
//! - a write of one item is refused while a `TransactWriteItems` has the item;
//! - a `TransactWriteItems` is refused while another one has one of its items;
//! - a `TransactGetItems` is refused while a write of any kind has one of its items.
//!
//! Reads without a transaction are never refused.

use std::collections::HashMap;
use std::net::TcpListener as Listener;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use reqwest::Client;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// How long a write has its items, before it is carried out: what DynamoDB takes to prepare one.
const PREPARED_FOR: Duration = Duration::from_millis(4);

/// Between the functions and the embedded database.
#[derive(Debug, Clone, Default)]
pub struct Contention {
    held: Arc<Mutex<HashMap<Item, Holders>>>,
    conflicts: Arc<AtomicU64>,
}

type Item = (String, String);

/// The writes that have an item.
#[derive(Debug, Default, Clone, Copy)]
struct Holders {
    transactions: u32,
    single: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    TransactWrite,
    TransactGet,
    Write,
}

impl Kind {
    fn of(operation: &str) -> Option<Self> {
        match operation {
            "TransactWriteItems" => Some(Self::TransactWrite),
            "TransactGetItems" => Some(Self::TransactGet),
            "PutItem" | "UpdateItem" | "DeleteItem" => Some(Self::Write),
            _ => None,
        }
    }

    fn collides_with(self, holders: Holders) -> bool {
        match self {
            Self::Write | Self::TransactWrite => holders.transactions > 0,
            Self::TransactGet => holders.transactions + holders.single > 0,
        }
    }
}

/// The database behind it, and what is under way.
#[derive(Clone)]
struct Behind {
    url: String,
    client: Client,
    contention: Contention,
}

impl Contention {
    /// How many requests were refused so far.
    pub fn conflicts(&self) -> u64 {
        self.conflicts.load(Ordering::SeqCst)
    }

    /// Stands before the database at this address, and answers where.
    pub(crate) fn stand_before(&self, url: &str) -> String {
        let listener = Listener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let listener = TcpListener::from_std(listener).unwrap();
        let behind = Behind { url: url.to_owned(), client: Client::new(), contention: self.clone() };
        let app = Router::new().fallback(carry).with_state(behind);
        tokio::spawn(async move { axum::serve(listener, app).await });
        address
    }

    /// Takes these items for a request, if nobody has them who must not; otherwise says of each whether somebody has.
    fn take(&self, kind: Kind, items: &[Item]) -> Result<Taken<'_>, Vec<bool>> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let collides = |item: &Item| held.get(item).is_some_and(|holders| kind.collides_with(*holders));
        let collisions: Vec<bool> = items.iter().map(collides).collect();
        if collisions.contains(&true) {
            self.conflicts.fetch_add(1, Ordering::SeqCst);
            return Err(collisions);
        }
        for item in items {
            let holders = held.entry(item.clone()).or_default();
            match kind {
                Kind::TransactWrite => holders.transactions += 1,
                Kind::Write => holders.single += 1,
                Kind::TransactGet => {}
            }
        }
        Ok(Taken { contention: self, kind, items: items.to_vec() })
    }
}

/// Items that a request has until it is answered.
struct Taken<'a> {
    contention: &'a Contention,
    kind: Kind,
    items: Vec<Item>,
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        let mut held = self.contention.held.lock().unwrap_or_else(PoisonError::into_inner);
        for item in &self.items {
            let Some(holders) = held.get_mut(item) else { continue };
            match self.kind {
                Kind::TransactWrite => holders.transactions -= 1,
                Kind::Write => holders.single -= 1,
                Kind::TransactGet => {}
            }
            if holders.transactions + holders.single == 0 {
                held.remove(item);
            }
        }
    }
}

fn key(of: &Value) -> Option<Item> {
    let text = |name: &str| of[name]["S"].as_str().map(str::to_owned);
    Some((text("pk")?, text("sk")?))
}

/// The items of a request, in its order.
fn items(kind: Kind, request: &Value) -> Vec<Item> {
    let each = |part: &Value| key(&part["Key"]).or_else(|| key(&part["Item"])).unwrap();
    match kind {
        Kind::Write => vec![each(request)],
        Kind::TransactWrite | Kind::TransactGet => {
            let parts = request["TransactItems"].as_array().unwrap();
            parts.iter().flat_map(|part| part.as_object().unwrap().values().map(each)).collect()
        }
    }
}

fn refusal(kind: Kind, collisions: &[bool]) -> Response<Body> {
    let name = |name: &str| format!("com.amazonaws.dynamodb.v20120810#{name}");
    let said = if kind == Kind::Write {
        json!({"__type": name("TransactionConflictException"), "message": "Transaction is ongoing for the item"})
    } else {
        let code = |collides: &bool| if *collides { "TransactionConflict" } else { "None" };
        let reasons: Vec<Value> = collisions.iter().map(|collides| json!({"Code": code(collides)})).collect();
        json!({"__type": name("TransactionCanceledException"), "Message": "Transaction cancelled",
            "CancellationReasons": reasons})
    };
    let answer = Response::builder().status(StatusCode::BAD_REQUEST);
    answer.header("content-type", "application/x-amz-json-1.0").body(said.to_string().into()).unwrap()
}

async fn carry(State(behind): State<Behind>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let operation =
        parts.headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    let kind = operation.rsplit('.').next().and_then(Kind::of);
    let taken = match kind {
        None => None,
        Some(kind) => {
            let request: Value = serde_json::from_slice(&body).unwrap();
            match behind.contention.take(kind, &items(kind, &request)) {
                Ok(taken) => Some(taken),
                Err(collisions) => return refusal(kind, &collisions),
            }
        }
    };
    if kind.is_some_and(|kind| kind != Kind::TransactGet) {
        tokio::time::sleep(PREPARED_FOR).await;
    }
    let answer = match behind.client.post(&behind.url).headers(parts.headers).body(body).send().await {
        Ok(sent) => {
            let answer = Response::builder().status(sent.status());
            let answer =
                sent.headers().iter().fold(answer, |answer, (name, value)| answer.header(name, value));
            answer.body(sent.bytes().await.unwrap_or_default().into())
        }
        // The story is over, and the database has gone.
        Err(_) => Response::builder().status(StatusCode::BAD_GATEWAY).body(Body::empty()),
    };
    drop(taken);
    answer.unwrap()
}

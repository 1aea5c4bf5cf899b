//! What cannot be written into the activity log is not answered.

use std::net::TcpListener as Listener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use environment::Clock;
use journeys::{Client, House, expect, refused};
use local::{Options, Ports, Product, Storage, functions};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// Stands between the functions and the table, and once told so lets no write through.
#[derive(Clone, Default)]
struct Gate {
    is_shut: Arc<AtomicBool>,
}

impl Gate {
    fn stand_before(&self, url: &str) -> String {
        let listener = Listener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let here = format!("http://{}", listener.local_addr().unwrap());
        let (gate, there) = (self.clone(), url.trim_start_matches("http://").to_owned());
        tokio::spawn(async move {
            let listener = TcpListener::from_std(listener).unwrap();
            while let Ok((near, _)) = listener.accept().await {
                let far = TcpStream::connect(&there).await.unwrap();
                let ((from_near, to_near), (from_far, to_far)) = (near.into_split(), far.into_split());
                let gate = gate.clone();
                tokio::spawn(async move {
                    tokio::select! {
                        () = gate.carry(from_near, to_far) => {}
                        () = Self::default().carry(from_far, to_near) => {}
                    }
                });
            }
        });
        here
    }

    async fn carry(self, mut from: OwnedReadHalf, mut to: OwnedWriteHalf) {
        let mut some = vec![0; 65_536];
        while let Ok(length @ 1..) = from.read(&mut some).await {
            let text = String::from_utf8_lossy(&some[..length]);
            let is_write = text.contains(".TransactWriteItems") || text.contains(".PutItem");
            if is_write && self.is_shut.load(Ordering::SeqCst) || to.write_all(&some[..length]).await.is_err()
            {
                return;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_or_refusal_that_cannot_be_written_down_is_not_answered() {
    let gate = Gate::default();
    let pieces = functions::pieces(local::demo::seed);
    let standing = gate.clone();
    let product = Product::start(Options {
        ports: Ports::FREE,
        storage: Storage::Memory,
        clock: Clock::system(),
        table: (pieces.table)(),
        functions: Box::new(move |around| {
            let mut around = around.clone();
            around.dynamodb_url = standing.stand_before(&around.dynamodb_url);
            (pieces.functions)(&around)
        }),
        generate_keys: pieces.generate_keys,
        front: true,
    });
    let product = product.await.unwrap();
    let nobody = Client::new(&product.api_url);
    let house = House { product, nobody };
    let account = house.account("acme").await;
    let ada = &account.administrator;
    expect(ada.get("/organizations").await.unwrap(), 200);
    gate.is_shut.store(true, Ordering::SeqCst);
    refused(ada.get("/organizations").await.unwrap(), 503, "unavailable");
    refused(ada.get("/users/12345").await.unwrap(), 503, "unavailable");
    // What the log does not keep is answered as ever.
    expect(ada.get("/session").await.unwrap(), 200);
    gate.is_shut.store(false, Ordering::SeqCst);
    expect(ada.get("/organizations").await.unwrap(), 200);
    refused(ada.get("/users/12345").await.unwrap(), 404, "not-found");
}

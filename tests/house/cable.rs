//! A cable between the functions and a service, which a test can cut, and on which it can listen. Every house has them: what
//! is called is heard there.

use std::collections::BTreeMap;
use std::net::TcpListener as Listener;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};

use crate::calls::{caller, header};
use crate::record::{Calls, Ear};

/// Carries every connection through, until it is cut.
#[derive(Debug, Clone, Default)]
pub struct Cable {
    is_cut: Arc<AtomicBool>,
    refused: Arc<Mutex<Option<&'static str>>>,
    lost: Arc<Mutex<Option<&'static str>>>,
    heard: Arc<Mutex<Vec<u8>>>,
    exchanges: Arc<Mutex<BTreeMap<u64, Exchange>>>,
    /// The number of the next exchange.
    next: Arc<AtomicU64>,
    /// How many requests there were.
    asked: Arc<watch::Sender<u64>>,
    /// No answer comes through before there were so many.
    awaited: Arc<AtomicU64>,
    held: Arc<Held>,
    /// Whether anybody wants to know what was said word by word.
    is_kept: bool,
    calls: Calls,
}

/// The answer that is kept back, to the first request with this word in it.
#[derive(Debug, Default)]
struct Held {
    word: Mutex<Option<&'static str>>,
    is_here: Notify,
    let_go: Notify,
}

/// A request to DynamoDB, and what came back.
#[derive(Debug, Default)]
struct Exchange {
    function: String,
    operation: String,
    answer: Vec<u8>,
}

impl Exchange {
    /// What the head of a request says.
    fn begun_with(head: &str) -> Self {
        let operation = header(head, "x-amz-target").rsplit('.').next().unwrap_or_default().to_owned();
        Self { function: caller(head), operation, answer: Vec::new() }
    }

    /// The capacity units that it used, as the answer says.
    fn units(&self) -> f64 {
        let said = String::from_utf8_lossy(&self.answer);
        let number = |rest: &str| {
            let end = rest.find(|end: char| !end.is_ascii_digit() && end != '.').unwrap_or(rest.len());
            rest[..end].parse::<f64>().unwrap_or_default()
        };
        said.split("\"CapacityUnits\":").skip(1).map(number).sum()
    }

    fn is_read(&self) -> bool {
        ["BatchGetItem", "GetItem", "Query", "Scan", "TransactGetItems"].contains(&self.operation.as_str())
    }
}

/// What a function asked of DynamoDB.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Cost {
    /// Requests.
    pub requests: u32,
    /// Units of reading.
    pub read: f64,
    /// Units of writing.
    pub write: f64,
}

impl Cable {
    /// One on which calls are heard, and nothing is kept of what is said.
    pub(crate) fn new(calls: &Calls) -> Self {
        Self { calls: calls.clone(), ..Self::default() }
    }

    /// One that keeps what is said, for a test that listens.
    pub(crate) fn that_keeps(calls: &Calls) -> Self {
        Self { is_kept: true, ..Self::new(calls) }
    }

    /// Lays the cable to this address, and answers where its near end is.
    pub(crate) fn lay(&self, url: &str) -> String {
        let far_end = url.trim_start_matches("http://").to_owned();
        let near_end = Listener::bind("127.0.0.1:0").unwrap();
        near_end.set_nonblocking(true).unwrap();
        let url = format!("http://{}", near_end.local_addr().unwrap());
        let near_end = TcpListener::from_std(near_end).unwrap();
        let cable = self.clone();
        tokio::spawn(async move {
            while let Ok((connection, _)) = near_end.accept().await {
                tokio::spawn(cable.clone().carry(connection, far_end.clone()));
            }
        });
        url
    }

    /// From now on nothing comes through, in either direction.
    pub fn cut(&self) {
        self.is_cut.store(true, Ordering::SeqCst);
    }

    /// From now on no request comes through that has this word in it.
    pub fn refuse(&self, word: &'static str) {
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = Some(word);
    }

    /// From now on the answer to every request that has this word in it is lost on the way back.
    pub fn lose_answers_to(&self, word: &'static str) {
        *self.lost.lock().unwrap_or_else(PoisonError::into_inner) = Some(word);
    }

    /// Lets no answer through before so many requests more are on their way. Whoever asks one after the other gets none, ever.
    pub fn wait_for(&self, requests: u64) {
        self.awaited.store(*self.asked.borrow() + requests, Ordering::SeqCst);
    }

    /// The answer to the next request that has this word in it waits for [`Self::let_go`]. All others come through.
    pub fn hold_answer_to(&self, word: &'static str) {
        *self.held.word.lock().unwrap_or_else(PoisonError::into_inner) = Some(word);
    }

    /// Waits until the answer to keep back is there: what was asked for is done.
    pub async fn holds_one(&self) {
        self.held.is_here.notified().await;
    }

    /// The answer that is kept back comes through.
    pub fn let_go(&self) {
        self.held.let_go.notify_one();
    }

    /// Whether this is the request whose answer is to be kept back; no other is after it.
    fn holds_answer_to(&self, said: &[u8]) -> bool {
        let mut word = self.held.word.lock().unwrap_or_else(PoisonError::into_inner);
        let is_it = says(said, *word);
        if is_it {
            *word = None;
        }
        is_it
    }

    fn refuses(&self, said: &[u8]) -> bool {
        says(said, *self.refused.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn loses_answer_to(&self, said: &[u8]) -> bool {
        says(said, *self.lost.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// From now on everything comes through again.
    pub fn mend(&self) {
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = None;
        *self.lost.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.is_cut.store(false, Ordering::SeqCst);
    }

    /// Everything that the functions said on it so far.
    pub fn heard(&self) -> String {
        String::from_utf8_lossy(&self.heard.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }

    /// Forgets everything that was heard so far, so that what comes next can be counted.
    pub fn forget(&self) {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.exchanges.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The requests that this function made of DynamoDB so far, by name.
    pub fn operations_of(&self, function: &str) -> Vec<String> {
        let exchanges = self.exchanges.lock().unwrap_or_else(PoisonError::into_inner);
        let own = exchanges.values().filter(|exchange| exchange.function == function);
        own.map(|exchange| exchange.operation.clone()).collect()
    }

    /// Waits until this function has made so many requests of this name.
    pub async fn hears(&self, function: &str, operation: &str, requests: usize) {
        let mut asked = self.asked.subscribe();
        let made = || self.operations_of(function).iter().filter(|made| *made == operation).count();
        while made() < requests && asked.changed().await.is_ok() {}
    }

    /// What each function that somebody asks asked of DynamoDB so far: what the schedules do meanwhile is left out.
    pub fn costs_of_requests(&self) -> BTreeMap<String, Cost> {
        let mut costs = self.costs();
        costs.retain(|function, _| !["close-accounts", "expire-invitations"].contains(&function.as_str()));
        costs
    }

    /// What each function asked of DynamoDB so far.
    pub fn costs(&self) -> BTreeMap<String, Cost> {
        let exchanges = self.exchanges.lock().unwrap_or_else(PoisonError::into_inner);
        let mut costs: BTreeMap<String, Cost> = BTreeMap::new();
        for exchange in exchanges.values() {
            let cost = costs.entry(exchange.function.clone()).or_default();
            cost.requests += 1;
            *(if exchange.is_read() { &mut cost.read } else { &mut cost.write }) += exchange.units();
        }
        costs
    }

    async fn carry(self, near: TcpStream, far_end: String) {
        if self.is_cut.load(Ordering::SeqCst) {
            return;
        }
        let Ok(far) = TcpStream::connect(far_end).await else { return };
        // The connection's newest exchange: one comes after the other on it.
        let number = AtomicU64::new(u64::MAX);
        let (is_lost, is_held) = (AtomicBool::new(false), AtomicBool::new(false));
        let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
        let mut ear = self.calls.ear();
        tokio::select! {
            () = self.pass(near_in, far_out, Way::There(&mut ear, &number), &is_lost, &is_held) => {}
            () = self.pass(far_in, near_out, Way::Back(&number), &is_lost, &is_held) => {}
        }
    }

    fn keep_answer(&self, number: u64, said: &[u8]) {
        let mut exchanges = self.exchanges.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(exchange) = exchanges.get_mut(&number) {
            exchange.answer.extend(said);
        }
    }

    async fn pass(
        &self,
        mut from: impl AsyncReadExt + Unpin,
        mut to: impl AsyncWriteExt + Unpin,
        mut way: Way<'_>,
        is_lost: &AtomicBool,
        is_held: &AtomicBool,
    ) {
        let mut some = [0; 16 * 1024];
        while let Ok(count @ 1..) = from.read(&mut some).await {
            let said = &some[..count];
            if self.is_cut.load(Ordering::SeqCst) {
                return;
            }
            match &mut way {
                Way::There(ear, number) => {
                    ear.hear(said);
                    if self.is_kept && says(said, Some("DynamoDB_20120810.")) {
                        let exchange = Exchange::begun_with(&String::from_utf8_lossy(said));
                        let new = self.next.fetch_add(1, Ordering::SeqCst);
                        number.store(new, Ordering::SeqCst);
                        self.exchanges.lock().unwrap_or_else(PoisonError::into_inner).insert(new, exchange);
                        self.asked.send_modify(|asked| *asked += 1);
                    }
                    if self.refuses(said) {
                        return;
                    }
                    if self.loses_answer_to(said) {
                        is_lost.store(true, Ordering::SeqCst);
                    }
                    if self.holds_answer_to(said) {
                        is_held.store(true, Ordering::SeqCst);
                    }
                    if self.is_kept {
                        self.heard.lock().unwrap_or_else(PoisonError::into_inner).extend(said);
                    }
                }
                Way::Back(number) => {
                    if is_held.swap(false, Ordering::SeqCst) {
                        self.held.is_here.notify_one();
                        self.held.let_go.notified().await;
                    }
                    if is_lost.load(Ordering::SeqCst) {
                        return;
                    }
                    self.keep_answer(number.load(Ordering::SeqCst), said);
                    let awaited = self.awaited.load(Ordering::SeqCst);
                    let mut asked = self.asked.subscribe();
                    if asked.wait_for(|asked| *asked >= awaited).await.is_err() {
                        return;
                    }
                }
            }
            if to.write_all(said).await.is_err() {
                return;
            }
        }
    }
}

/// Requests go there, and are heard; answers come back, to the exchange with this number.
enum Way<'a> {
    There(&'a mut Ear, &'a AtomicU64),
    Back(&'a AtomicU64),
}

fn says(said: &[u8], word: Option<&str>) -> bool {
    word.is_some_and(|word| said.windows(word.len()).any(|some| some == word.as_bytes()))
}

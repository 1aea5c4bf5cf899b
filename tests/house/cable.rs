//! A cable between the functions and a service, which a test can cut, and on which it can listen.

use std::net::TcpListener as Listener;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// Carries every connection through, until it is cut.
#[derive(Debug, Clone, Default)]
pub struct Cable {
    is_cut: Arc<AtomicBool>,
    refused: Arc<Mutex<Option<&'static str>>>,
    lost: Arc<Mutex<Option<&'static str>>>,
    heard: Arc<Mutex<Vec<u8>>>,
    /// What came back, connection by connection.
    answered: Arc<Mutex<Vec<Vec<u8>>>>,
    delay_millis: Arc<AtomicU64>,
    held: Arc<Held>,
}

/// The answer that is kept back, to the first request with this word in it.
#[derive(Debug, Default)]
struct Held {
    word: Mutex<Option<&'static str>>,
    let_go: Notify,
}

impl Cable {
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

    /// From now on every answer takes so much longer.
    pub fn delay(&self, by: Duration) {
        self.delay_millis.store(u64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }

    /// The answer to the next request that has this word in it waits for [`Self::let_go`]. All others come through.
    pub fn hold_answer_to(&self, word: &'static str) {
        *self.held.word.lock().unwrap_or_else(PoisonError::into_inner) = Some(word);
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
        let mut answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        answered.iter_mut().for_each(Vec::clear);
    }

    /// The requests that were made of DynamoDB so far, by name.
    pub fn operations(&self) -> Vec<String> {
        self.heard()
            .lines()
            .filter(|line| line.to_lowercase().starts_with("x-amz-target:"))
            .map(|line| line.rsplit('.').next().unwrap_or_default().trim().to_owned())
            .collect()
    }

    /// The capacity units that DynamoDB said so far it used.
    pub fn capacity(&self) -> f64 {
        let answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        let units = |said: &Vec<u8>| -> f64 {
            let said = String::from_utf8_lossy(said).into_owned();
            let number = |rest: &str| {
                let end = rest.find(|end: char| !end.is_ascii_digit() && end != '.').unwrap_or(rest.len());
                rest[..end].parse::<f64>().unwrap_or_default()
            };
            said.split("\"CapacityUnits\":").skip(1).map(number).sum()
        };
        answered.iter().map(units).sum()
    }

    async fn carry(self, near: TcpStream, far_end: String) {
        if self.is_cut.load(Ordering::SeqCst) {
            return;
        }
        let Ok(far) = TcpStream::connect(far_end).await else { return };
        let number = {
            let mut answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
            answered.push(Vec::new());
            answered.len() - 1
        };
        let (is_lost, is_held) = (AtomicBool::new(false), AtomicBool::new(false));
        let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
        tokio::select! {
            () = self.pass(near_in, far_out, None, &is_lost, &is_held) => {}
            () = self.pass(far_in, near_out, Some(number), &is_lost, &is_held) => {}
        }
    }

    async fn pass(
        &self,
        mut from: impl AsyncReadExt + Unpin,
        mut to: impl AsyncWriteExt + Unpin,
        answers: Option<usize>,
        is_lost: &AtomicBool,
        is_held: &AtomicBool,
    ) {
        let mut some = [0; 16 * 1024];
        while let Ok(count @ 1..) = from.read(&mut some).await {
            if self.is_cut.load(Ordering::SeqCst) || answers.is_none() && self.refuses(&some[..count]) {
                return;
            }
            if answers.is_none() && self.loses_answer_to(&some[..count]) {
                is_lost.store(true, Ordering::SeqCst);
            }
            if answers.is_none() && self.holds_answer_to(&some[..count]) {
                is_held.store(true, Ordering::SeqCst);
            }
            if answers.is_some() && is_held.swap(false, Ordering::SeqCst) {
                self.held.let_go.notified().await;
            }
            if answers.is_some() && is_lost.load(Ordering::SeqCst) {
                return;
            }
            match answers {
                None => self.heard.lock().unwrap_or_else(PoisonError::into_inner).extend(&some[..count]),
                Some(number) => {
                    let mut answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
                    answered[number].extend(&some[..count]);
                }
            }
            let delay = self.delay_millis.load(Ordering::SeqCst);
            if answers.is_some() && delay > 0 {
                tokio::time::sleep(Duration::from_millis(delay)).await;
            }
            if to.write_all(&some[..count]).await.is_err() {
                return;
            }
        }
    }
}

fn says(said: &[u8], word: Option<&str>) -> bool {
    word.is_some_and(|word| said.windows(word.len()).any(|some| some == word.as_bytes()))
}

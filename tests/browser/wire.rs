//! The wire between a browser and the product: a test hears there what is asked, and has an answer fail, get lost or wait.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use journeys::House;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// One request, and what came back.
#[derive(Debug, Clone)]
pub struct Heard {
    /// Method and path, without what follows a question mark.
    pub what: String,
    /// The status of the answer; 0 if none came back.
    pub status: u16,
    /// How many bytes the answer had, its head included.
    pub bytes: usize,
}

/// What becomes of a request.
#[derive(Debug, Clone, Copy)]
enum Fault {
    /// It does not reach the product: what stands before it answers with this status.
    Answered(u16),
    /// It is carried out, and nobody learns of it.
    Lost,
    /// It is carried out, and its answer waits.
    Held,
}

/// A wire on which nothing is wrong, until a test says so.
#[derive(Debug, Clone, Default)]
pub struct Wire {
    faults: Arc<Mutex<BTreeMap<&'static str, Fault>>>,
    heard: Arc<Mutex<Vec<Heard>>>,
    is_here: Arc<Notify>,
    let_go: Arc<Notify>,
}

impl Wire {
    /// Puts a wire before the product: from now on the house tells browsers its near end.
    pub async fn before(house: &mut House) -> Self {
        let far_end = house.product.api_url.trim_start_matches("http://").to_owned();
        let near_end = TcpListener::bind("127.0.0.1:0").await.unwrap();
        house.product.api_url = format!("http://{}", near_end.local_addr().unwrap());
        let wire = Self::default();
        let carrier = wire.clone();
        tokio::spawn(async move {
            while let Ok((near, _)) = near_end.accept().await {
                tokio::spawn(carrier.clone().carry(near, far_end.clone()));
            }
        });
        wire
    }

    /// The next request that begins so, as `POST /users`, is answered with this status and never arrives.
    pub fn answers(&self, request: &'static str, status: u16) {
        self.faults.lock().unwrap().insert(request, Fault::Answered(status));
    }

    /// The next request that begins so is carried out; its answer is lost.
    pub fn loses(&self, request: &'static str) {
        self.faults.lock().unwrap().insert(request, Fault::Lost);
    }

    /// The next request that begins so is carried out; its answer waits for [`Self::lets_go`].
    pub fn holds(&self, request: &'static str) {
        self.faults.lock().unwrap().insert(request, Fault::Held);
    }

    /// Waits until an answer is held.
    pub async fn has_one(&self) {
        self.is_here.notified().await;
    }

    /// The answer that is held comes through.
    pub fn lets_go(&self) {
        self.let_go.notify_one();
    }

    /// Everything that was asked since this was asked last.
    pub fn heard(&self) -> Vec<Heard> {
        std::mem::take(&mut *self.heard.lock().unwrap())
    }

    /// How often this was asked, as `POST /users`, since [`Self::heard`] was.
    pub fn count(&self, what: &str) -> usize {
        self.heard.lock().unwrap().iter().filter(|heard| heard.what == what).count()
    }

    async fn carry(self, mut near: TcpStream, far_end: String) {
        // A browser opens connections that it may never need.
        let Some((head, body)) = request(&mut near).await else { return };
        let line = head.lines().next().unwrap_or_default();
        let address = line.rsplit_once(' ').map_or(line, |(address, _)| address);
        let what = address.split_once('?').map_or(address, |(path, _)| path).to_owned();
        let fault = {
            let mut faults = self.faults.lock().unwrap();
            let wanted = faults.keys().copied().find(|begin| what.starts_with(begin));
            wanted.and_then(|begin| faults.remove(begin))
        };
        let answer = match fault {
            Some(Fault::Answered(status)) => Some(refusal(status)),
            _ => answered(&far_end, &head, &body).await,
        };
        let (status, bytes) = answer.as_deref().map_or((0, 0), |answer| (status(answer), answer.len()));
        let status = if matches!(fault, Some(Fault::Lost)) { 0 } else { status };
        self.heard.lock().unwrap().push(Heard { what, status, bytes });
        match fault {
            Some(Fault::Lost) => return,
            Some(Fault::Held) => {
                self.is_here.notify_one();
                self.let_go.notified().await;
            }
            _ => {}
        }
        if let Some(answer) = answer {
            let _ = near.write_all(&answer).await;
            let _ = near.shutdown().await;
        }
    }
}

/// The head and the body of a request, if one comes.
async fn request(near: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut said = Vec::new();
    let mut some = [0; 16 * 1024];
    loop {
        let count = near.read(&mut some).await.ok().filter(|count| *count > 0)?;
        said.extend(&some[..count]);
        let Some(end) = said.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&said[..end]).into_owned();
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
        });
        let body = end + 4;
        while said.len() < body + length.unwrap_or_default() {
            let count = near.read(&mut some).await.ok().filter(|count| *count > 0)?;
            said.extend(&some[..count]);
        }
        return Some((head, said.split_off(body)));
    }
}

/// What the product answers. Each connection carries one exchange, so that nobody takes an end for a loss.
async fn answered(far_end: &str, head: &str, body: &[u8]) -> Option<Vec<u8>> {
    let mut far = TcpStream::connect(far_end).await.ok()?;
    let kept = |line: &&str| !line.to_ascii_lowercase().starts_with("connection:");
    let mut head = head.lines().filter(kept).collect::<Vec<_>>().join("\r\n");
    head.push_str("\r\nconnection: close\r\n\r\n");
    far.write_all(head.as_bytes()).await.ok()?;
    far.write_all(body).await.ok()?;
    let mut answer = Vec::new();
    far.read_to_end(&mut answer).await.ok()?;
    Some(answer)
}

/// As API Gateway says it.
fn refusal(status: u16) -> Vec<u8> {
    let body = r#"{"message":"Service Unavailable"}"#;
    let length = body.len();
    format!(
        "HTTP/1.1 {status} Refused\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
    .into_bytes()
}

fn status(answer: &[u8]) -> u16 {
    String::from_utf8_lossy(answer.get(9..12).unwrap_or_default()).parse().unwrap_or_default()
}

//! Requests that are sent again with an idempotency key: what a key looks like, which requests it works for, and what becomes
//! of one by what is known of the one before.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;
use crate::time::Timestamp;

/// How long an answer is given again.
pub const KEPT: Duration = Duration::from_secs(24 * 3_600);

/// How long a request counts as running: a little above the 29 seconds after which API Gateway gives up and Lambda stops it.
pub const HELD: Duration = Duration::from_secs(35);

/// The longest key.
pub const LONGEST_KEY: usize = 255;

/// In so many seconds it is worth asking again the outcome of a request that is running: few take longer.
const RETRY_AFTER: u32 = 1;

/// The text cannot be an idempotency key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "send one `Idempotency-Key` with 1 to {LONGEST_KEY} printable ASCII characters, such as a random UUID"
)]
pub struct NotAKey;

/// Whether the text can be an idempotency key.
pub fn check_key(text: &str) -> Result<(), NotAKey> {
    let is_plain = text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    if is_plain && (1..=LONGEST_KEY).contains(&text.len()) { Ok(()) } else { Err(NotAKey) }
}

/// Whether a request by this method to this address is carried out once for each idempotency key. Every sign-in is its own, and
/// what a second factor is made of is kept nowhere: repeating these is harmless, or refused.
#[must_use]
pub fn is_once(method: &str, segments: &[&str]) -> bool {
    let is_kept_nowhere = matches!(
        segments,
        ["sessions"]
            | ["session", ..]
            | ["users", _, "mfa" | "password", ..]
            | ["password-resets" | "subdomain-reminders", ..]
    );
    method == "POST" && !is_kept_nowhere
}

/// The right to carry out a request with an idempotency key: every change that it makes asks that the right is still its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyLock {
    /// Where the request is noted: partition key.
    pub pk: String,
    /// Sort key.
    pub sk: String,
    /// Which of the requests with this key may change something.
    pub token: String,
}

/// What is kept of an answer, to give it again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The status code.
    pub status: u16,
    /// Whether it is a page for people; a JSON:API document otherwise.
    pub is_page: bool,
    /// Where what was created is to be found.
    pub location: Option<String>,
    /// The body, or what stands in its place where it holds a secret.
    pub body: Option<String>,
}

/// What is known of the request before with the same key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Earlier {
    /// Whether it was the same request: method, address, query and body.
    pub is_same: bool,
    /// Whether it changed something.
    pub is_done: bool,
    /// Whether its answer is there.
    pub has_answer: bool,
    /// It runs until then at most.
    pub held_until: Timestamp,
    /// From this moment on it counts for nothing.
    pub ends_at: Timestamp,
}

/// What a request comes to, by the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdempotencyDecision {
    /// It is a new one: the one before is too long ago, or changed nothing and said so.
    New,
    /// It takes the place of the one before, which ended without having changed anything.
    Instead,
    /// It gets the answer of the one before.
    Again,
}

impl Earlier {
    /// What a request comes to now.
    pub fn turn(&self, now: Timestamp) -> Result<IdempotencyDecision, Refusal> {
        if self.ends_at <= now {
            Ok(IdempotencyDecision::New)
        } else if !self.is_same {
            Err(Refusal::IdempotencyKeyReused)
        } else if self.has_answer {
            Ok(IdempotencyDecision::Again)
        } else if now < self.held_until {
            Err(Refusal::IdempotencyKeyInUse { seconds: RETRY_AFTER })
        } else if self.is_done {
            Err(Refusal::AlreadyDone)
        } else {
            Ok(IdempotencyDecision::Instead)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(1_800_000_000_000 + seconds * 1_000)
    }

    fn earlier(is_same: bool, is_done: bool, has_answer: bool) -> Earlier {
        Earlier { is_same, is_done, has_answer, held_until: at(0).after(HELD), ends_at: at(0).after(KEPT) }
    }

    #[test]
    fn a_key_is_some_printable_text() {
        for good in ["1", "5f0c7f3e-8a5a-4f0a-9a35-5f5c3c1f2d11", "with a space", &"k".repeat(255)] {
            assert_eq!(check_key(good), Ok(()), "{good}");
        }
        for bad in ["", "\t", "a\nb", "\u{7f}", "schlüssel", &"k".repeat(256)] {
            assert_eq!(check_key(bad), Err(NotAKey), "{bad}");
        }
    }

    #[test]
    fn what_holds_a_secret_is_never_kept() {
        assert!(is_once("POST", &["users"]) && is_once("POST", &["users", "1", "invitation"]));
        assert!(!is_once("POST", &["sessions"]) && !is_once("POST", &["users", "1", "mfa"]));
        assert!(!is_once("POST", &["users", "1", "mfa", "verification"]));
        assert!(!is_once("PATCH", &["groups"]) && !is_once("GET", &["users"]));
    }

    #[test]
    fn what_becomes_of_a_second_request() {
        let running = Err(Refusal::IdempotencyKeyInUse { seconds: 1 });
        // The moment, whether the first is the same, has changed something, has an answer; what the second comes to.
        let cases = [
            (0, false, false, false, Err(Refusal::IdempotencyKeyReused)),
            (0, false, true, true, Err(Refusal::IdempotencyKeyReused)),
            (0, true, false, false, running.clone()),
            (34, true, true, false, running),
            (0, true, true, true, Ok(IdempotencyDecision::Again)),
            (86_399, true, false, true, Ok(IdempotencyDecision::Again)),
            (35, true, true, false, Err(Refusal::AlreadyDone)),
            (35, true, false, false, Ok(IdempotencyDecision::Instead)),
            (35, false, false, false, Err(Refusal::IdempotencyKeyReused)),
            (86_400, true, true, true, Ok(IdempotencyDecision::New)),
            (86_400, false, true, true, Ok(IdempotencyDecision::New)),
            (86_400, true, true, false, Ok(IdempotencyDecision::New)),
        ];
        for (seconds, is_same, is_done, has_answer, expected) in cases {
            let came_of_it = earlier(is_same, is_done, has_answer).turn(at(seconds));
            assert_eq!(came_of_it, expected, "{seconds} {is_same} {is_done} {has_answer}");
        }
    }
}

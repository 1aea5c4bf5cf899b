//! Turns at SES, which takes so many mails a second of a whole AWS account: its senders, however many, take them one after the other.

use std::time::Duration;

use policy::Timestamp;
use serde::Deserialize;

use crate::Store;
use crate::error::StoreError;
use crate::keys;
use crate::read::parse;
use crate::transaction::{Changes, Updated};

/// When the next mail may be handed over.
#[derive(Debug, Deserialize)]
struct Pace {
    next_at: Timestamp,
}

impl Store {
    /// Takes the next turn to hand over a mail, and answers when it comes: at once, or this pause after the last turn that
    /// anybody took.
    pub async fn turn_to_send(&self, pause: Duration, now: Timestamp) -> Result<Timestamp, StoreError> {
        let key = keys::pace();
        let at_once = Changes::default().only_if_past("next_at", now)?.set("next_at", now.after(pause))?;
        if let Updated::Done(_) = self.update_one(&key, &at_once).await? {
            return Ok(now);
        }
        let pause_ms = i64::try_from(pause.as_millis()).unwrap_or(i64::MAX);
        let behind_the_others = Changes::default().increase_by("next_at", pause_ms);
        match self.update_one(&key, &behind_the_others).await? {
            Updated::Done(changed) => Ok(parse::<Pace>(changed)?.next_at.before(pause)),
            // It has no condition.
            Updated::Refused(_) => Ok(now),
        }
    }
}

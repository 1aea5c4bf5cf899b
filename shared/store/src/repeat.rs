//! Requests with an idempotency key: noted before they are carried out, marked in the very transaction that changes something,
//! kept with their answer for a day. What is past is swept away by the table's TTL, and counts for nothing before that.

use futures::future::try_join_all;
use policy::repeat::{Earlier, HELD, IdempotencyDecision, KEPT, Kept};
use policy::{AccountId, IdempotencyLock, Refusal, Timestamp};
use serde::Deserialize;

use crate::error::StoreError;
use crate::keys::Key;
use crate::log::AuditContext;
use crate::patience::Patience;
use crate::read::parse;
use crate::table::TTL_ATTRIBUTE;
use crate::transaction::{Changes, Guard, Transaction, Updated, random};
use crate::usage::Requester;
use crate::{Store, keys};

/// So many bytes of an answer's body go into one item: below DynamoDB's 400 KB, with room for the rest of the item.
const PART: usize = 300_000;

/// Whose request it is. The same idempotency key of two of them has nothing to do with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// Of someone known, in this account.
    Known(AccountId, Requester),
    /// Of anyone.
    Nobody,
}

impl Whose {
    fn stored_as(self, name: &str) -> Key {
        match self {
            Self::Known(account, Requester::User(user)) => keys::request_of_user(account, user, name),
            Self::Known(account, Requester::Key(key)) => keys::request_of_api_key(account, key, name),
            Self::Known(account, Requester::Visitor(connection, user)) => {
                keys::request_of_visitor(account, connection, user, name)
            }
            Self::Nobody => keys::request_of_nobody(name),
        }
    }
}

/// A request with an idempotency key.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The caller that the idempotency key belongs to.
    pub whose: Whose,
    /// The hash of the idempotency key.
    pub name: &'a str,
    /// By which the same request is known again.
    pub fingerprint: &'a str,
}

/// What a request comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// It is carried out, with this right.
    First(IdempotencyLock),
    /// It was carried out before; this is the answer.
    Again(Kept),
}

#[derive(Debug, Deserialize)]
struct Record {
    token: String,
    fingerprint: String,
    held_until: Timestamp,
    ends_at: Timestamp,
    #[serde(default)]
    done: bool,
    answer: Option<Kept>,
    #[serde(default)]
    parts: usize,
}

#[derive(Debug, Deserialize)]
struct Part {
    sk: String,
    body: String,
}

fn place(ticket: &IdempotencyLock) -> Key {
    Key { pk: ticket.pk.clone(), sk: ticket.sk.clone() }
}

fn own(ticket: &IdempotencyLock) -> Result<Changes, StoreError> {
    Changes::default().only_if("token", &ticket.token)
}

/// The text in parts of at most so many bytes, none of them cut within a character.
fn parts(text: &str, size: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (part, next) = rest.split_at(rest.floor_char_boundary(size.max(4)));
        parts.push(part);
        rest = next;
    }
    parts
}

impl Transaction<'_> {
    /// Marks the request as done, once, if it came with an idempotency key; refused with [`Guard::IdempotencyLock`] if another one has
    /// taken its place. So nothing is changed twice, and what is changed is known to be.
    pub(crate) fn mark_done(&mut self, act: &AuditContext) -> Result<(), StoreError> {
        if let Some(ticket) = &act.ticket
            && self.takes_ticket()
        {
            self.update(&place(ticket), &own(ticket)?.set("done", true)?, Guard::IdempotencyLock);
        }
        Ok(())
    }
}

impl Store {
    /// Notes a request before it is carried out, or says the outcome of the same one before. `is_same` compares fingerprints.
    /// One write; where there was a request before that counts for nothing any more, two.
    pub async fn begin(
        &self,
        request: Request<'_>,
        is_same: impl Fn(&str) -> bool,
        now: Timestamp,
    ) -> Result<Result<Begun, Refusal>, StoreError> {
        let key = request.whose.stored_as(request.name);
        let token = format!("{:016x}{:016x}", random()?, random()?);
        let ticket = IdempotencyLock { pk: key.pk.clone(), sk: key.sk.clone(), token };
        let noted = |conditions: Changes| {
            let ends_at = now.after(KEPT);
            let noted = conditions
                .set("token", &ticket.token)?
                .set("fingerprint", request.fingerprint)?
                .set("held_until", now.after(HELD))?
                .set("ends_at", ends_at)?
                .set(TTL_ATTRIBUTE, ends_at.as_seconds())?;
            Ok::<_, StoreError>(noted.remove("done").remove("answer").remove("parts"))
        };
        let mut conditions = Changes::default().only_if_new();
        let mut patience = Patience::for_a_request();
        loop {
            let stored = match self.update_one(&key, &noted(conditions)?).await? {
                Updated::Done(_) => return Ok(Ok(Begun::First(ticket))),
                Updated::Refused(item) => item.map(parse::<Record>).transpose()?,
            };
            conditions = match stored {
                None => Changes::default().only_if_new(),
                Some(record) => {
                    let as_read = Changes::default().only_if("token", &record.token)?;
                    match record.earlier(&is_same).turn(now) {
                        Ok(IdempotencyDecision::New) => as_read,
                        Ok(IdempotencyDecision::Instead) => as_read.only_if_without("done"),
                        Ok(IdempotencyDecision::Again) => return self.whole(&key, record).await.map(Ok),
                        Err(refusal) => return Ok(Err(refusal)),
                    }
                }
            };
            patience.next_try().ok_or(StoreError::Busy)?.await;
        }
    }

    async fn whole(&self, key: &Key, record: Record) -> Result<Begun, StoreError> {
        let Record { token, answer, parts, .. } = record;
        let mut answer = answer.unwrap_or_default();
        if parts > 0 {
            let wanted: Vec<Key> = (0..parts).map(|part| keys::part_of_answer(key, &token, part)).collect();
            let mut found: Vec<Part> = self.get_many(&wanted).await?;
            if found.len() < parts {
                return Err(StoreError::Unreadable("a part of an answer is missing".to_owned()));
            }
            found.sort_by(|one, other| one.sk.cmp(&other.sk));
            answer.body = Some(found.into_iter().map(|part| part.body).collect());
        }
        Ok(Begun::Again(answer))
    }

    /// Keeps the answer to a request, so that the same one gets it again. False if another request has taken its place.
    pub async fn keep_answer(
        &self,
        ticket: &IdempotencyLock,
        answer: &Kept,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let key = place(ticket);
        let parts = parts(answer.body.as_deref().unwrap_or_default(), PART);
        let mut kept = answer.clone();
        let mut changes = own(ticket)?.set("done", true)?;
        if parts.len() > 1 {
            let ttl = now.after(KEPT).as_seconds();
            let parts = parts.into_iter().enumerate();
            let written = try_join_all(parts.map(|(number, part)| self.keep_part(ticket, number, part, ttl)));
            changes = changes.set("parts", written.await?.len())?;
            kept.body = None;
        }
        let changes = changes.set("answer", kept)?;
        Ok(matches!(self.update_one(&key, &changes).await?, Updated::Done(_)))
    }

    async fn keep_part(
        &self,
        ticket: &IdempotencyLock,
        number: usize,
        part: &str,
        ttl: i64,
    ) -> Result<(), StoreError> {
        let key = keys::part_of_answer(&place(ticket), &ticket.token, number);
        let changes = Changes::default().only_if_new().set("body", part)?.set(TTL_ATTRIBUTE, ttl)?;
        // One that is there already is this one: the token is in its key.
        self.update_one(&key, &changes).await.map(drop)
    }

    /// Forgets a request that came to nothing, so that it can be made again, also in other words. One that changed something
    /// before it failed stays what it is, and runs no longer.
    pub async fn give_up(&self, ticket: &IdempotencyLock) -> Result<(), StoreError> {
        let key = place(ticket);
        let past = Timestamp::from_millis(0);
        // Without its token, a transaction that is still on its way finds the right gone.
        let forgotten = own(ticket)?.only_if_without("done").set("token", "none")?.set("ends_at", past)?;
        if let Updated::Refused(_) = self.update_one(&key, &forgotten).await? {
            self.update_one(&key, &own(ticket)?.set("held_until", past)?).await?;
        }
        Ok(())
    }
}

impl Record {
    fn earlier(&self, is_same: impl Fn(&str) -> bool) -> Earlier {
        Earlier {
            is_same: is_same(&self.fingerprint),
            is_done: self.done,
            has_answer: self.answer.is_some(),
            held_until: self.held_until,
            ends_at: self.ends_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_whole_characters_and_together_the_text() {
        let text = "aé漢🙂".repeat(50);
        for size in [1, 4, 5, 7, 1_000] {
            let parts = parts(&text, size);
            assert_eq!(parts.concat(), text);
            assert!(parts.iter().all(|part| !part.is_empty() && part.len() <= size.max(4)), "{size}");
        }
        assert!(parts("", 4).is_empty());
    }
}

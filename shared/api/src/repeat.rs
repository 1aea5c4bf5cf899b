//! Requests with an idempotency key: carried out once, answered each time. A caller's are looked at where the caller is let in;
//! those that need no caller ask for themselves, with [`Api::earlier`].

use policy::{Refusal, repeat};
use store::repeat::{Begun, Request, Whose};
use tokens::{Fingerprint, fingerprint};
use web::request::IDEMPOTENCY_KEY;
use web::{Answer, Call, Fault};

use crate::{Api, Failure};

impl Api {
    /// The answer that was given to this very request before, if it came with an idempotency key and needs no caller. From here
    /// on the request is the one that is carried out, and what it changes is changed once.
    pub async fn earlier(&self, call: &Call) -> Result<Option<Answer>, Failure> {
        self.begin(call, Whose::Nobody).await
    }

    /// The same for a request of somebody who is let in now: nobody else hears the outcome of it.
    pub(crate) async fn begin(&self, call: &Call, whose: Whose) -> Result<Option<Answer>, Failure> {
        let (method, segments) = call.route();
        // A question whose answer may be another one tomorrow is asked again each time.
        if method != "POST" || call.noted.changes_nothing() {
            return Ok(None);
        }
        let Some(key) = call.idempotency_key()? else { return Ok(None) };
        // A request that is tried again inside has begun before.
        if call.noted.ticket().is_some() || !repeat::is_once(method, &segments) {
            return Ok(None);
        }
        let own = Fingerprint::of(key, &call.content()).ok_or_else(Fault::unavailable)?;
        let is_slow = whose == Whose::Nobody;
        let stored =
            if is_slow { own.slow().map_err(|_| Fault::unavailable())? } else { own.as_stored().to_owned() };
        let is_same = |earlier: &str| if is_slow { own.is_slow(earlier) } else { own.is(earlier) };
        let name = fingerprint::name_of(key);
        let request = Request { whose, name: &name, fingerprint: &stored };
        match self.store.begin(request, is_same, call.now).await? {
            Ok(Begun::First(ticket)) => {
                call.noted.hold(ticket);
                Ok(None)
            }
            Ok(Begun::Again(answer)) => Ok(Some(Answer::again(answer))),
            Err(refusal) => Err(in_header(refusal)),
        }
    }

    /// Keeps the outcome of a request that was carried out, or forgets that it came: what was refused may be asked again.
    pub(crate) async fn settle(&self, call: &Call, outcome: &Result<Answer, Failure>) {
        let Some(ticket) = call.noted.ticket() else { return };
        let settled = match outcome {
            Ok(answer) if answer.status().as_u16() < 400 => {
                self.store.keep_answer(&ticket, &answer.kept(), call.now).await.map(drop)
            }
            _ => self.store.give_up(&ticket).await,
        };
        // What was changed is marked as done; whoever asks again hears that.
        if let Err(error) = settled {
            tracing::warn!(request_id = call.request_id, %error, "the outcome of a request was not kept");
        }
    }
}

/// A refusal for the sake of the idempotency key.
pub(crate) fn in_header(refusal: Refusal) -> Failure {
    Fault::from(refusal).in_header(IDEMPOTENCY_KEY).into()
}

/// That another request with the same key has taken the place of this one.
pub(crate) fn overtaken() -> Failure {
    in_header(Refusal::IdempotencyKeyInUse { seconds: 1 })
}

//! What every function of the HTTP API does around its use case: who calls, what went wrong, how resources are shown.
//!
//! Functions use this crate. It brings together `web`, `store` and `tokens`, which do not know each other.
//!
//! # The course of a request
//!
//! 1. [`Api::call`] takes the request apart and notes the time that counts for all of it.
//! 2. [`Api::caller`] finds out who calls, and reads their account, role and security revision in one round trip. The result is a
//!    [`Caller`]; whether it is a user or an API key is in its [`Principal`].
//! 3. The use case reads its facts, asks `policy`, and writes once. Whatever can go wrong is a [`Failure`].
//! 4. [`Api::answer`] writes reads and refusals to the activity log, keeps the answer for a repeated request with the same idempotency key, and
//!    sends it. If the log cannot be written, the answer is 503.
//!
//! # What functions share
//!
//! | what | where |
//! |---|---|
//! | resources as JSON:API shows them, and documents around them | [`show`], [`document`], [`types`] |
//! | changes: versions, from what to what, and who would gain or lose what | [`change`], [`changed`], [`foreseen`] |
//! | signing in, browsers, second factors, attempts | [`credentials`], [`browser`], [`second_factor`], [`attempts`], [`session`] |
//! | links in mails, resending, who vouches for an invitation | [`link`], [`resend`], [`Vouching`] |
//! | people of a delegate, connections | [`guests`], [`connections`] |

mod act;
mod activity;
mod ancestors;
pub mod attempts;
pub mod browser;
mod caller;
pub mod change;
pub mod changed;
mod claim;
pub mod connections;
pub mod credentials;
pub mod document;
mod failure;
pub mod foreseen;
pub mod guests;
pub mod keys;
mod labels;
mod limits;
pub mod link;
mod named;
mod repeat;
pub mod resend;
pub mod restrictions;
pub mod second_factor;
pub mod session;
pub mod show;
mod sponsor;
mod stranded;
pub mod types;

use environment::Clock;
use environment::aws::aws_config;
use environment::metrics::{self, Unit};
use environment::variables::required;
use lambda_http::{Body, Request, Response};
use policy::{Limits, Timestamp};
use store::capacity::used;
use store::{Readable, Store};
use web::request::is_at;
use web::{Answer, Call, Fault, Faults};

pub use act::act_at_home;
pub use caller::{Caller, Principal, SignedInUser};
pub use claim::{ClaimedCaller, identity};
pub use failure::Failure;
pub use keys::Keys;
pub use labels::Labels;
pub use sponsor::{Sponsors, Vouch, Vouching};
pub use stranded::Stranded;

/// What a function of the API works with, built once, outside the handler.
#[derive(Debug, Clone)]
pub struct Api {
    /// The table.
    pub store: Store,
    /// The keys that sessions and links are verified with. Nothing can be signed with them.
    pub keys: Keys,
    /// Where `now` comes from.
    pub clock: Clock,
    /// How much may be asked of the product.
    pub limits: Limits,
}

impl Api {
    /// As the environment says: `TABLE_NAME`, the limits if others than ours are wanted, and what AWS sets. Warmed up.
    pub async fn from_environment() -> Result<Self, lambda_http::Error> {
        environment::logging::start_logging();
        let store = Store::new(&aws_config()?, required("TABLE_NAME")?);
        let (keys, clock) = (Keys::new(store.clone()), Clock::system());
        let api = Self { store, keys, clock, limits: limits::from_environment()? };
        api.warm_up().await;
        Ok(api)
    }

    /// Does what is better done at a function's start than with its first request: reads the public keys.
    pub async fn warm_up(&self) {
        self.keys.warm_up(self.clock.now()).await;
    }

    /// The name of the key that signs the links of new invitations.
    pub async fn signing_key(&self, call: &Call) -> Result<String, Failure> {
        let kid = self.keys.current_kid(call.now).await?;
        kid.map(|kid| kid.to_string()).ok_or_else(|| Fault::unavailable().into())
    }

    /// Those of these items that can be read. The others are left alone, and told of: what one account wrote, or a newer version,
    /// keeps nobody else waiting.
    #[must_use]
    pub fn readable<T>(&self, call: &Call, read: Readable<T>) -> Vec<T> {
        metrics::measure_unreadable(call.now, &read.unreadable);
        read.items
    }

    /// Takes a request apart, at the moment that counts for all that it does.
    #[must_use]
    pub fn call(&self, request: Request) -> Call {
        Call::new(request, self.clock.now())
    }

    /// Answers a call with the outcome of it, whatever that was, once the activity log has it: a read or a refusal that
    /// cannot be written down there is answered with 503. Keeps the answer for the same request with the same idempotency
    /// key. Says in the function's own log how it ended.
    pub async fn answer(
        &self,
        function: &'static str,
        call: &Call,
        outcome: Result<Answer, Failure>,
    ) -> Response<Body> {
        let outcome = match self.keep(call, &outcome).await {
            Ok(()) => outcome,
            Err(error) => Err(error.into()),
        };
        self.settle(call, &outcome).await;
        finish(function, call, outcome, self.clock.now())
    }
}

/// Answers a call that is about nobody and that no table is asked for: nothing but the function's own log learns of it.
#[must_use]
pub fn answer(
    function: &'static str,
    call: &Call,
    outcome: Result<Answer, Faults>,
    now: Timestamp,
) -> Response<Body> {
    finish(function, call, outcome.map_err(Failure::from), now)
}

/// The same, where it is refused.
#[must_use]
pub fn refuse(function: &'static str, call: &Call, failure: Failure, now: Timestamp) -> Response<Body> {
    finish(function, call, Err(failure), now)
}

/// The outcome of a call as it is sent, once the function's own log has it.
fn finish(
    function: &'static str,
    call: &Call,
    outcome: Result<Answer, Failure>,
    now: Timestamp,
) -> Response<Body> {
    let word = activity::ending(&outcome).map_or("unavailable", |(_, word)| word);
    let answer = outcome.unwrap_or_else(|failure| {
        if let Failure::Store(error) = &failure {
            tracing::error!(function, request_id = call.request_id, %error, "the store did not answer");
        }
        failure.into()
    });
    let answer = answer.unless_known(call).within_limits(call);
    tell(function, call, word, &answer, now);
    answer.into_response(call)
}

/// One line for each request: whose account it was about and how it ended, and neither a person nor what was said.
fn tell(function: &'static str, call: &Call, outcome: &'static str, answer: &Answer, now: Timestamp) {
    let account = call.noted.who().map(|act| act.account.to_string());
    let used = used();
    tracing::info!(
        function,
        request_id = call.request_id,
        account,
        status = answer.status().as_u16(),
        outcome,
        read_units = used.read,
        write_units = used.write,
        duration_ms = now.as_millis().saturating_sub(call.now.as_millis()),
        "answered"
    );
    if answer.status().as_u16() == 429 {
        metrics::measure(now, Some(("Reason", outcome)), "RequestsRefusedByLimit", Unit::Count, 1.0);
    }
}

/// What a function answers to a route that is not one of its own: 405 if the address is, 404 if not.
#[must_use]
pub fn no_such_route(routes: &[web::Route], call: &Call) -> Failure {
    let (_, segments) = call.route();
    let is_known = routes.iter().any(|route| is_at(route.path, &segments));
    if is_known { Fault::method_not_allowed().into() } else { Fault::unknown().into() }
}

//! What an operator asks for: to close an account whose Administrators are gone, or to keep it after all.

use lambda_runtime::Error;
use policy::closing::{self, Asked as Answered};
use policy::log::Changed;
use policy::{AccountId, Actor, Change, Judged, Refusal, Subdomain, Timestamp, Touch, judge};
use serde::Deserialize;
use store::account::Membership;
use store::{AuditContext, ChangeError, until_current};

use crate::Closing;

/// What the mails and the log call who asks.
const OPERATOR: &str = "The operator";

/// Which account, and its subdomain once more: nobody closes one by a slip of the hand.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Asked {
    account_id: AccountId,
    confirm: Subdomain,
}

/// Why not.
#[derive(Debug, thiserror::Error)]
enum NotDone {
    #[error("there is no account of this id")]
    Unknown,
    #[error("refused: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Refused(Vec<Refusal>),
    #[error(transparent)]
    Change(#[from] ChangeError),
}

impl store::MaybeStale for NotDone {
    fn is_stale(&self) -> bool {
        matches!(self, Self::Change(error) if error.is_stale())
    }
}

impl From<Refusal> for NotDone {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(vec![refusal])
    }
}

pub async fn close(closing: &Closing, asked: &Asked) -> Result<(), Error> {
    let now = closing.clock.now();
    Ok(until_current!(begin(closing, asked, now))?)
}

pub async fn keep(closing: &Closing, asked: &Asked) -> Result<(), Error> {
    let now = closing.clock.now();
    Ok(until_current!(stop(closing, asked, now))?)
}

async fn begin(closing: &Closing, asked: &Asked, now: Timestamp) -> Result<(), NotDone> {
    let found = found(closing, asked).await?;
    let account = &found.account;
    let confirmed = (&asked.confirm, &account.subdomain);
    let by = (None, OPERATOR.to_owned());
    let Answered::Begins(begun) = closing::ask(account.closing.as_ref(), confirmed, by, now)? else {
        return Ok(());
    };
    let act = act(account.id, (None, Some(begun.closes_at)), now);
    let administrators = &found.security.administrator_ids;
    closing.store.begin_closing(account, &begun, administrators, &judged(&found, now)?, &act).await?;
    Ok(())
}

async fn stop(closing: &Closing, asked: &Asked, now: Timestamp) -> Result<(), NotDone> {
    let found = found(closing, asked).await?;
    let account = &found.account;
    closing::confirm(&asked.confirm, &account.subdomain)?;
    let Some(closes_at) = account.closes_at() else { return Ok(()) };
    let act = act(account.id, (Some(closes_at), None), now);
    let administrators = &found.security.administrator_ids;
    let judged = judged(&found, now)?;
    closing.store.stop_closing(account, OPERATOR.to_owned(), administrators, &judged, &act).await?;
    Ok(())
}

async fn found(closing: &Closing, asked: &Asked) -> Result<Membership, NotDone> {
    let found = closing.store.open_account_of(asked.account_id).await.map_err(ChangeError::from)?;
    found.ok_or(NotDone::Unknown)
}

fn judged(found: &Membership, now: Timestamp) -> Result<Judged, NotDone> {
    let facts = found.account.facts_of_change(&found.security, now);
    let change = Change { touches: vec![Touch::Closing], ..Change::default() };
    judge(&Actor::operator(), &change, facts).map_err(NotDone::Refused)
}

/// The entry is the product's own, and says from what date to what date.
fn act(
    account: AccountId,
    (from, to): (Option<Timestamp>, Option<Timestamp>),
    now: Timestamp,
) -> AuditContext {
    let date = |at: Option<Timestamp>| at.map(|at| at.to_string());
    let changed = Changed::new("closing-at", date(from), date(to));
    AuditContext::of_the_product(account, now).changing(vec![changed])
}

//! One step of erasing a person from the activity log of an account: of a user who was removed, or of a person of a delegate, who are
//! known in it by id or by address.
//!
//! A step reads some thousand entries, by rising time, and says where the next one goes on. It may be done again: what was erased stays
//! erased. Its own entry is written before anything is erased, and names nobody.

use std::collections::BTreeSet;
use std::str::FromStr;

use api::document::Data;
use api::{Api, Caller, Failure};
use policy::log::Forgotten;
use policy::{AccountId, EmailAddress, LogEntryId, Timestamp, UserId};
use store::{LogSpan, Subject};
use web::body::{Attribute, Kind};
use web::{Answer, Body, Call, Fault};

use crate::shown::Erasure;

/// Entries that one step looks at.
const AT_ONCE: usize = 2_000;

/// Ids of one person that are kept in mind from step to step.
const IDS: usize = 50;

/// Who is to be erased, and from where on.
pub const BODY: Body = Body::making(
    "erasures",
    &[
        Attribute::optional(
            "email",
            Kind::Email,
            "The person's e-mail address. Finds them under every id that they had in this account. Either this or `user-id`.",
        ),
        Attribute::optional(
            "user-id",
            Kind::Id,
            "The id of the user, here or in the delegate's account. Finds only what is under this id. Either this or `email`.",
        ),
        Attribute::required(
            "confirm",
            Kind::Text(1, 320),
            "The same e-mail address or id again. What is erased cannot be brought back.",
        ),
        Attribute::optional("after", Kind::Text(1, 1_000), "What the answer to the step before said."),
    ],
);

pub async fn erase(api: &Api, call: &Call) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    let caller = api.caller(call).await?;
    caller.standing().may_administer()?;
    let (wanted, after) = read(call)?;
    api.fresh(call, caller.person()?).await?;
    let account = caller.account.id;
    is_gone(api, account, &wanted).await?;
    let mut person = known(api, account, wanted, &after).await?;
    let id = person.ids.first().filter(|_| person.email.is_none());
    let subject = Subject::new("erasures", id.map(UserId::to_string).unwrap_or_default(), "");
    api.store.record(&caller.act(call), "create", "allowed", &subject).await?;
    let span = span(&caller, call.now, &after);
    let done = api.store.erase_from_log(account, &mut person, span, AT_ONCE).await?;
    let next =
        done.last.map(|(month, entry)| After { month, entry: Some(entry), ids: person.ids }.to_string());
    let step = Erasure::of(api.store.ids().next(call.now), done.read, done.erased, next);
    Ok(Answer::ok(&Data { data: step }))
}

/// Who is meant, and from where on.
fn read(call: &Call) -> Result<(Forgotten, After), Failure> {
    let mut resource = call.document()?.one(&BODY)?;
    let attributes = &mut resource.attributes;
    let email: Option<EmailAddress> = attributes.optional("email", str::parse);
    let id: Option<UserId> = attributes.optional("user-id", str::parse);
    let confirm = attributes.required("confirm", |text| Ok::<_, String>(text.trim().to_lowercase()));
    let after: Option<After> = attributes.optional("after", str::parse);
    resource.finish()?;
    let named = match (&email, &id) {
        (Some(email), None) => email.to_string(),
        (None, Some(id)) => id.to_string(),
        _ => {
            let detail = "Send either `email` or `user-id`.";
            return Err(Fault::unacceptable("email-or-user-id", detail).at("/data/attributes").into());
        }
    };
    if confirm.as_ref() != Some(&named) {
        let detail = "`confirm` must be the same e-mail address or id again.";
        return Err(Fault::unacceptable("not-confirmed", detail).at("/data/attributes/confirm").into());
    }
    let person = Forgotten { ids: id.into_iter().collect(), email };
    Ok((person, after.unwrap_or_default()))
}

/// Refuses to erase who is still a user: the next thing that they do would be under their name again.
async fn is_gone(api: &Api, account: AccountId, wanted: &Forgotten) -> Result<(), Failure> {
    let by_email = match &wanted.email {
        Some(email) => api.store.user_id_by_email(account, email).await?,
        None => None,
    };
    let mut is_there = by_email.is_some();
    for id in &wanted.ids {
        is_there |= api.store.user(account, *id).await?.is_some();
    }
    if is_there {
        let detail = "This person is still a user of the account, or invited. Remove the user first.";
        return Err(Fault::conflict("still-a-user", detail).into());
    }
    Ok(())
}

/// The person with the ids that are known by now: those of earlier steps, and of one who came from another account.
async fn known(
    api: &Api,
    account: AccountId,
    wanted: Forgotten,
    after: &After,
) -> Result<Forgotten, Failure> {
    let Some(email) = &wanted.email else { return Ok(wanted) };
    let visitors = api.store.all_visitors(account).await?;
    let visitors = visitors.into_iter().filter(|visitor| visitor.email == *email);
    let ids: BTreeSet<UserId> =
        visitors.map(|visitor| visitor.user_id).chain(after.ids.iter().copied()).collect();
    Ok(Forgotten { ids, ..wanted })
}

/// What is left of the log.
fn span(caller: &Caller, now: Timestamp, after: &After) -> LogSpan {
    let mut months = caller.account.created_at.months_until(now);
    months.retain(|month| *month >= after.month);
    LogSpan { months, since: None, after: after.entry, backwards: false }
}

/// Where a step goes on: behind this entry of this month, with the ids of the person that were learned.
#[derive(Debug, Default)]
struct After {
    month: String,
    entry: Option<LogEntryId>,
    ids: BTreeSet<UserId>,
}

impl std::fmt::Display for After {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ids: Vec<String> = self.entry.iter().map(ToString::to_string).collect();
        let ids = ids.into_iter().chain(self.ids.iter().take(IDS).map(ToString::to_string));
        write!(out, "{}", std::iter::once(self.month.clone()).chain(ids).collect::<Vec<_>>().join("-"))
    }
}

/// The text is not one that a step answered.
const NOT_OURS: &str = "must be what the answer to the step before said";

impl FromStr for After {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let mut parts = text.split('-');
        let month =
            parts.next().filter(|month| month.len() == 6 && month.bytes().all(|byte| byte.is_ascii_digit()));
        let entry = parts.next().and_then(|entry| entry.parse().ok());
        let ids: Option<BTreeSet<UserId>> = parts.map(|id| id.parse().ok()).collect();
        match (month, entry, ids) {
            (Some(month), Some(entry), Some(ids)) => {
                Ok(Self { month: month.to_owned(), entry: Some(entry), ids })
            }
            _ => Err(NOT_OURS),
        }
    }
}

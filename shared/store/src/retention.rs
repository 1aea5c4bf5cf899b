//! For how long an account keeps its activity log. The schedule gives entries that are older a moment from which on DynamoDB removes
//! them: so no function of ours may remove an entry, and an account's log goes at the pace of the schedule, some at a time.

use aws_sdk_dynamodb::types::AttributeValue;
use policy::log::LogRetention;
use policy::{AccountId, LogEntryId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::log::{AuditContext, Subject};
use crate::read::{Item, side_by_side};
use crate::table::TTL_ATTRIBUTE;
use crate::transaction::{ChangeError, Changes, Guard, Transaction, Updated};
use crate::{Account, Key, LogSpan, Store, keys};

/// Entries that are read at once.
const AT_ONCE: usize = 500;

/// For how long an account's log is kept, and how far that is carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    /// Whose log.
    pub account_id: AccountId,
    /// When the account was opened: no entry is older.
    pub opened_at: Timestamp,
    /// So long; for ever from now on, if it does not say.
    #[serde(default)]
    pub kept_for: Option<LogRetention>,
    /// Entries of the months before this one may be gone; none ever were, if it does not say.
    #[serde(default)]
    pub gone_before: Option<String>,
    /// The month that is next to be looked through.
    #[serde(default)]
    pub next_month: Option<String>,
    /// Behind this entry of it.
    #[serde(default)]
    pub next_after: Option<LogEntryId>,
    /// When the schedule looks at it again.
    #[serde(default)]
    pub due_at: Option<Timestamp>,
}

impl Transaction<'_> {
    /// Has the schedule carry out from now on that an account keeps its log so long. What is gone stays noted.
    pub(crate) fn keep_log_for(&mut self, account: &Account, now: Timestamp) -> Result<(), StoreError> {
        let kept_for = account.log_retention;
        let changes = Changes::default()
            .set("account_id", account.id)?
            .set("opened_at", account.created_at)?
            .set("kept_for", kept_for)?
            .set("due_shard", kept_for.map(|_| keys::due_shard_of_account(account.id)))?
            .set("due_at", kept_for.map(|_| now))?
            .remove("next_month")
            .remove("next_after");
        self.update(&keys::log_retention(account.id), &changes, Guard::Version);
        Ok(())
    }
}

impl Store {
    /// For how long an account's log is kept; none if that was never said.
    pub async fn log_retention(&self, account: AccountId) -> Result<Option<Retention>, StoreError> {
        self.get(&keys::log_retention(account)).await
    }

    /// Marks up to `limit` entries that are older than the account keeps them, so that DynamoDB removes them, and notes how far it
    /// came. Answers how many it marked. Before the first of a month is marked it is noted, and told in the log, that the month goes.
    /// A step that was cut off is done again.
    pub async fn outlive(
        &self,
        account: AccountId,
        now: Timestamp,
        limit: usize,
    ) -> Result<usize, ChangeError> {
        let Some(retention) = self.log_retention(account).await? else { return Ok(0) };
        let Some(kept_for) = retention.kept_for else { return Ok(0) };
        if retention.due_at.is_none_or(|due_at| due_at > now) {
            return Ok(0);
        }
        let first_kept = kept_for.first_kept(now);
        let begins = retention.next_month.clone().unwrap_or_else(|| retention.opened_at.month());
        let mut months = retention.opened_at.months_until(now);
        months.retain(|month| *month >= begins && *month < first_kept);
        if months.is_empty() {
            self.note_outlived(&retention, &begins, None, now.next_month()).await?;
            return Ok(0);
        }
        if retention.gone_before.as_ref().is_none_or(|gone| *gone < first_kept) {
            self.tell_of_going(&retention, &first_kept, now).await?;
        }
        let after = retention.next_after.filter(|_| retention.next_month.is_some());
        let span = LogSpan { months, since: None, after, backwards: false };
        let (marked, last) = self.mark_outlived(account, span, now, limit).await?;
        match last {
            Some((month, entry)) => self.note_outlived(&retention, &month, Some(entry), now).await?,
            None => self.note_outlived(&retention, &first_kept, None, now.next_month()).await?,
        }
        Ok(marked)
    }

    /// Marks the entries of a span; answers the last one that was looked at, if there are more.
    async fn mark_outlived(
        &self,
        account: AccountId,
        span: LogSpan,
        now: Timestamp,
        limit: usize,
    ) -> Result<(usize, Option<(String, LogEntryId)>), StoreError> {
        let mut walk = self.walk_log(account, span);
        let (mut read, mut marked, mut last) = (0, 0, None);
        while read < limit && !walk.is_over() {
            let items = walk.read_items(AT_ONCE.min(limit - read)).await?;
            read += items.len();
            last = items.last().and_then(place).or(last);
            let open = items.into_iter().filter(|item| !item.contains_key(TTL_ATTRIBUTE));
            let done = side_by_side(open.map(|item| self.mark(item, now))).await?;
            marked += done.into_iter().filter(|is_marked| *is_marked).count();
        }
        Ok((marked, last.filter(|_| !walk.is_over())))
    }

    /// Has DynamoDB remove an entry from now on. False if it is gone.
    async fn mark(&self, item: Item, now: Timestamp) -> Result<bool, StoreError> {
        let Some(key) = Key::of(&item) else { return Ok(false) };
        let changes = Changes::default().only_if_there().set(TTL_ATTRIBUTE, now.as_seconds())?;
        Ok(matches!(self.update_one(&key, &changes).await?, Updated::Done(_)))
    }

    /// Notes that the months before this one go, with an entry in the log.
    async fn tell_of_going(
        &self,
        retention: &Retention,
        first_kept: &str,
        now: Timestamp,
    ) -> Result<(), ChangeError> {
        let account = retention.account_id;
        let changes = unchanged(retention)?.set("gone_before", first_kept)?;
        let mut transaction = self.transaction();
        transaction.update(&keys::log_retention(account), &changes, Guard::Version);
        let act = AuditContext::of_the_product(account, now);
        let act = act.telling("kept-since", retention.gone_before.as_deref(), Some(first_kept));
        self.log(&mut transaction, &act, "delete", &Subject::new("logs", "", ""))?;
        self.commit(transaction).await
    }

    /// Notes how far it came, and when to go on. Nothing, if the account says something else by now.
    async fn note_outlived(
        &self,
        retention: &Retention,
        month: &str,
        after: Option<LogEntryId>,
        due_at: Timestamp,
    ) -> Result<(), StoreError> {
        let changes = unchanged(retention)?
            .set("next_month", month)?
            .set("next_after", after)?
            .set("due_at", due_at)?;
        self.update_one(&keys::log_retention(retention.account_id), &changes).await.map(drop)
    }
}

/// On the condition that the account still says so, and no other run is further.
fn unchanged(retention: &Retention) -> Result<Changes, StoreError> {
    let changes = Changes::default().only_if("kept_for", retention.kept_for)?;
    match &retention.next_month {
        Some(month) => changes.only_if("next_month", month),
        None => Ok(changes.only_if_without("next_month")),
    }
}

/// The month and the id of an entry.
fn place(item: &Item) -> Option<(String, LogEntryId)> {
    let (_, month) = keys::log_of(item.get("pk")?.as_s().ok()?)?;
    let id = item.get("sk").map(AttributeValue::as_s)?.ok()?.trim_start_matches('0').parse().ok()?;
    Some((month.to_owned(), id))
}

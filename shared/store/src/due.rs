//! What the schedule has to look at: invitations past their end, and mail that was not sent when it should have been.

use aws_sdk_dynamodb::types::AttributeValue;
use policy::delivery::OVERDUE;
use policy::invitation::State;
use policy::{AccountId, Timestamp};
use serde::Deserialize;

use crate::error::StoreError;
use crate::keys::{account_of, closing_shard, due_shard_number};
use crate::log::{AuditContext, Subject};
use crate::read::{Item, Readable, parse};
use crate::table::DUE_INDEX;
use crate::transaction::{ChangeError, Changes, Guard};
use crate::{Invitation, Key, Store};

/// One page of the index: where what is due stands, soonest first.
#[derive(Debug, Default)]
pub struct DuePage {
    /// What to read, each with the moment at which it is due.
    pub keys: Vec<(Timestamp, Key)>,
    next: Option<Item>,
}

impl DuePage {
    /// Whether this was the shard's last page.
    #[must_use]
    pub fn is_last(&self) -> bool {
        self.next.is_none()
    }
}

#[derive(Deserialize)]
struct Pointer {
    pk: String,
    sk: String,
    due_at: Timestamp,
}

impl Store {
    /// What the index has in this shard that is due at `now`, a page at a time, soonest first. Each page is up to a megabyte: some
    /// thousands of keys.
    pub async fn due_keys(
        &self,
        shard: u64,
        now: Timestamp,
        after: Option<DuePage>,
    ) -> Result<DuePage, StoreError> {
        self.due_in(due_shard_number(shard), now, after).await
    }

    /// The accounts to be closed at `now`, and the closed ones of which something is left to remove, soonest first: as many as a
    /// page has. What is beyond is still there for the next run. The index may be behind.
    pub async fn closings_due(&self, now: Timestamp) -> Result<Vec<AccountId>, StoreError> {
        let page = self.due_in(closing_shard(), now, None).await?;
        Ok(page.keys.iter().filter_map(|(_, key)| account_of(&key.pk)).collect())
    }

    async fn due_in(
        &self,
        shard: String,
        now: Timestamp,
        after: Option<DuePage>,
    ) -> Result<DuePage, StoreError> {
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(DUE_INDEX)
            .key_condition_expression("due_shard = :shard AND due_at <= :now")
            .expression_attribute_values(":shard", AttributeValue::S(shard))
            .expression_attribute_values(":now", AttributeValue::N(now.as_millis().to_string()))
            .set_exclusive_start_key(after.and_then(|page| page.next))
            .send()
            .await
            .map_err(|error| StoreError::from_sdk("Query", &error))?;
        let pointers: Vec<Pointer> =
            answer.items.unwrap_or_default().into_iter().map(parse).collect::<Result<_, _>>()?;
        let keys = pointers
            .into_iter()
            .map(|pointer| (pointer.due_at, Key { pk: pointer.pk, sk: pointer.sk }))
            .collect();
        Ok(DuePage { keys, next: answer.last_evaluated_key })
    }

    /// The invitations that stand there now. The index may be behind: judge these, not the index.
    pub async fn due(&self, keys: &[Key]) -> Result<Readable<Invitation>, StoreError> {
        self.get_readable(keys).await
    }

    /// Notes in the log, once, that an invitation is past its end, and takes it off the schedule's list.
    pub async fn note_expiry(
        &self,
        expired: &Invitation,
        name: &str,
        act: &AuditContext,
    ) -> Result<(), ChangeError> {
        let changes = Changes::default()
            .only_if("generation", expired.generation)?
            .only_if("state", State::Open)?
            .only_if("due_shard", &expired.due_shard)?
            .set("expiry_noted_at", act.at)?
            .remove("due_shard")
            .remove("due_at");
        let mut transaction = self.transaction();
        transaction.update(&expired.key(), &changes, Guard::Invitation);
        // As the API calls a user before and after it.
        let act = act.telling("status", Some("invited"), Some("expired"));
        self.log(&mut transaction, &act, "update", &Subject::new("invitations", expired.user_id, name))?;
        self.commit(transaction).await
    }

    /// Touches an unsent invitation, so that the table's stream brings it to those who send. False if it changed meanwhile,
    /// or if someone is sending it. The claim of one who died over it is taken off: who sends is not told of claimed mail.
    pub async fn nudge(&self, unsent: &Invitation, now: Timestamp) -> Result<bool, StoreError> {
        let changes = Changes::default()
            .only_if("generation", unsent.generation)?
            .only_if("due_at", unsent.due_at)?
            .only_if("delivery", unsent.delivery)?
            .only_if_past("claimed_until", now)?
            .remove("claimed_until")
            .set("due_at", now.after(OVERDUE).min(unsent.expires_at))?
            .increase("nudges");
        self.change_invitation(unsent, changes).await
    }

    /// Takes an invitation off the list, or sets when to look again: its end if the mail is out.
    pub async fn settle_due(&self, looked_at: &Invitation) -> Result<bool, StoreError> {
        let changes = Changes::default().only_if("due_at", looked_at.due_at)?;
        let changes = match looked_at.state {
            State::Accepted => changes.remove("due_shard").remove("due_at"),
            State::Open => changes.set("due_at", looked_at.expires_at)?,
        };
        self.change_invitation(looked_at, changes).await
    }

    /// Takes it off the schedule's list, whatever became of it.
    pub async fn forget_due(&self, looked_at: &Invitation) -> Result<bool, StoreError> {
        let changes =
            Changes::default().only_if("due_at", looked_at.due_at)?.remove("due_shard").remove("due_at");
        self.change_invitation(looked_at, changes).await
    }

    /// The invitation that a record of the table's stream is about, as it is stored now.
    pub async fn invitation_of_record(&self, pk: &str, sk: &str) -> Result<Option<Invitation>, StoreError> {
        self.get(&Key { pk: pk.to_owned(), sk: sk.to_owned() }).await
    }
}

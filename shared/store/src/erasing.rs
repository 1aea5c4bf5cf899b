//! Erasing a person from the activity log: entries keep the act and lose the name, and their seals still verify.

use std::collections::{BTreeSet, HashMap};

use policy::log::{Forgotten, Mentions};
use policy::{AccountId, LogEntryId};
use seals::{CHANGES, ERASED, Hash, SALT, SALTS, SEALED_AS, erasure, part_of_change};

use crate::error::StoreError;
use crate::read::{Item, parse, side_by_side};
use crate::transaction::{Changes, Updated};
use crate::{Key, LogEntry, LogSpan, Store};

/// Entries that are read at once.
const AT_ONCE: usize = 500;

/// What one step of an erasure did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Erased {
    /// How many entries were looked at.
    pub read: usize,
    /// How many of them named the person, and do so no more.
    pub erased: usize,
    /// The month and the id of the last entry that was looked at; none at the end of the log.
    pub last: Option<(String, LogEntryId)>,
}

impl Store {
    /// Erases a person from up to `limit` entries of a part of the log, which is read by rising time. Ids of the person that entries
    /// have beside the address are learned on the way. What was erased already stays so: a step may be done again.
    pub async fn erase_from_log(
        &self,
        account: AccountId,
        person: &mut Forgotten,
        span: LogSpan,
        limit: usize,
    ) -> Result<Erased, StoreError> {
        let mut walk = self.walk_log(account, span);
        let mut done = Erased::default();
        while done.read < limit && !walk.is_over() {
            let items = walk.read_items(AT_ONCE.min(limit - done.read)).await?;
            let mut found = Vec::new();
            for item in items {
                let entry: LogEntry = parse(item.clone())?;
                let told = entry.told();
                person.learn(&told);
                let parts = parts(&person.mentions(&told));
                found.extend((!parts.is_empty()).then_some((item, parts)));
                done.last = Some((entry.created_at.month(), entry.id));
                done.read += 1;
            }
            let erased = found.into_iter().map(|(item, parts)| self.erase_parts(item, parts));
            done.erased += side_by_side(erased).await?.into_iter().filter(|is_erased| *is_erased).count();
        }
        if walk.is_over() {
            done.last = None;
        }
        Ok(done)
    }

    /// Erases these parts of an entry; false if it has none of them. On the condition that nobody else erased something of it meanwhile:
    /// then it is looked at again.
    async fn erase_parts(&self, item: Item, parts: BTreeSet<String>) -> Result<bool, StoreError> {
        let mut stored = Some(item);
        while let Some(item) = stored {
            let Some(key) = Key::of(&item) else { return Ok(false) };
            let before: HashMap<String, Hash> = match item.get(ERASED) {
                Some(before) => serde_dynamo::from_attribute_value(before.clone())?,
                None => HashMap::new(),
            };
            let plain: HashMap<String, serde_dynamo::AttributeValue> =
                serde_dynamo::Item::from(item).into_inner();
            let Some(erasure) = erasure(&plain, &parts) else { return Ok(false) };
            let unchanged = Changes::default().only_if_there();
            let unchanged = if before.is_empty() {
                unchanged.only_if_without(ERASED)
            } else {
                unchanged.only_if(ERASED, &before)?
            };
            let mut changes = unchanged.set(ERASED, &erasure.erased)?.remove(SALT);
            if let Some(salts) = &erasure.salts {
                changes = changes.set(SALTS, salts)?;
            }
            if let Some(hash) = erasure.sealed_as {
                changes = changes.set(SEALED_AS, hash)?;
            }
            if let Some(left) = erasure.changes {
                changes = changes.set_value(CHANGES, serde_dynamo::AttributeValue::L(left).into());
            }
            let changes = erasure.removed.iter().fold(changes, |changes, part| changes.remove(part));
            match self.update_one(&key, &changes).await? {
                Updated::Done(_) => return Ok(true),
                Updated::Refused(now) => stored = now,
            }
        }
        Ok(false)
    }
}

/// The parts of an entry that are meant.
fn parts(mentions: &Mentions) -> BTreeSet<String> {
    let actor = ["user_name", "ip_address", "user_agent"].into_iter().filter(|_| mentions.actor);
    let thing = [("resource_id", mentions.resource_id), ("resource_name", mentions.resource_name)];
    let thing = thing.into_iter().filter_map(|(part, is_meant)| is_meant.then_some(part));
    let changes = mentions.changes.iter().copied().map(part_of_change);
    actor.chain(thing).map(str::to_owned).chain(changes).collect()
}

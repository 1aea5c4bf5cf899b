//! What a change changes, from what to what, for the activity log: the difference between two states of a thing as the API shows
//! them. What is not shown, as a hash or a link, cannot get in.

use std::collections::{BTreeMap, BTreeSet};

use policy::AccountId;
use policy::log::{CHANGES, Changed, NAMED};
use serde::Serialize;
use serde_json::Value;

use crate::document::as_read;
use crate::{Api, Failure};

/// What is no change that anybody made: it follows from it, or is said by others.
const LEFT_OUT: [&str; 11] = [
    "version",
    "updated-at",
    "created-at",
    "reputation",
    "key",
    "invitation-delivery",
    "invitation-state",
    "set-by-id",
    "set-by-name",
    // Told by their names.
    "organization-type-id",
    "organization-status-id",
];

impl Api {
    /// What is different in a thing of this account after a change. Before it is made, and after it is removed, it is `()`.
    /// Groups, organizations and users are named as they are called now, the first [`NAMED`] of each.
    pub async fn changed(
        &self,
        account: AccountId,
        before: &impl Serialize,
        after: &impl Serialize,
    ) -> Result<Vec<Changed>, Failure> {
        let changed = self.each_changed(account, &[(as_read(before), as_read(after))]).await?;
        Ok(changed.into_iter().next().unwrap_or_default())
    }

    /// The same of many things, each as it is read before and after. Names are read once for all of them.
    pub async fn each_changed(
        &self,
        account: AccountId,
        things: &[(Value, Value)],
    ) -> Result<Vec<Vec<Changed>>, Failure> {
        let mut changes: Vec<Vec<Changed>> =
            things.iter().map(|(before, after)| of_attributes(before, after)).collect();
        for relationship in ["groups", "organizations", "users"] {
            let moved: Vec<(Vec<u64>, Vec<u64>)> =
                things.iter().map(|(before, after)| gone_and_come(before, after, relationship)).collect();
            let first = |ids: &[u64]| ids.iter().copied().take(NAMED).collect::<Vec<_>>();
            let ids: BTreeSet<u64> =
                moved.iter().flat_map(|(gone, come)| [first(gone), first(come)]).flatten().collect();
            if ids.is_empty() {
                continue;
            }
            let names = self.names(account, relationship, &ids).await?;
            for (changes, (gone, come)) in changes.iter_mut().zip(&moved) {
                if !(gone.is_empty() && come.is_empty()) {
                    changes.push(Changed::new(relationship, named(gone, &names), named(come, &names)));
                }
            }
        }
        changes.iter_mut().for_each(|changes| changes.truncate(CHANGES));
        Ok(changes)
    }

    async fn names(
        &self,
        account: AccountId,
        relationship: &str,
        ids: &BTreeSet<u64>,
    ) -> Result<BTreeMap<u64, String>, Failure> {
        Ok(match relationship {
            "groups" => {
                let ids = ids.iter().filter_map(|id| (*id).try_into().ok()).collect();
                let found = self.store.groups_by_id(account, &ids).await?;
                found.into_iter().map(|group| (group.id.number(), group.name)).collect()
            }
            "organizations" => {
                let ids = ids.iter().filter_map(|id| (*id).try_into().ok()).collect();
                let found = self.store.organizations_by_id(account, &ids).await?;
                found.into_iter().map(|organization| (organization.id.number(), organization.name)).collect()
            }
            _ => {
                let ids: Vec<_> = ids.iter().filter_map(|id| (*id).try_into().ok()).collect();
                let found = self.store.users_by_id(account, &ids).await?;
                found.into_iter().map(|user| (user.id.number(), user.name())).collect()
            }
        })
    }
}

fn of_attributes(before: &Value, after: &Value) -> Vec<Changed> {
    let of = |thing: &Value, name: &str| thing.pointer(&format!("/attributes/{name}")).and_then(words);
    let known = |thing: &Value| {
        let attributes = thing.get("attributes").and_then(Value::as_object);
        attributes.map(|attributes| attributes.keys().cloned().collect::<Vec<_>>()).unwrap_or_default()
    };
    let names: BTreeSet<String> = known(before).into_iter().chain(known(after)).collect();
    // A person's name is told by its two halves.
    let is_left_out = |name: &str| {
        LEFT_OUT.contains(&name)
            || (name == "name" && names.contains("first-name"))
            || name.starts_with("ancestor")
    };
    let told = names.iter().filter(|name| !is_left_out(name));
    of_each(told.map(|name| (name.as_str(), of(before, name), of(after, name))))
}

/// What is different among these: each with its name, what it was and what it is. An empty text says nothing.
pub fn of_each<'a>(all: impl IntoIterator<Item = (&'a str, Option<String>, Option<String>)>) -> Vec<Changed> {
    let said = |text: Option<String>| text.filter(|text| !text.is_empty());
    all.into_iter()
        .map(|(name, from, to)| Changed::new(name, said(from), said(to)))
        .filter(|changed| changed.from != changed.to)
        .collect()
}

/// A value as people read it; none for what says nothing: absent, null, empty, and no where a thing is made or removed.
fn words(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Bool(yes) => Some(yes.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(all) if !all.is_empty() => {
            let texts: Option<Vec<&str>> = all.iter().map(Value::as_str).collect();
            texts.map(|texts| texts.join(", "))
        }
        _ => None,
    }
}

/// What is not in a relationship any more, and what is new in it.
fn gone_and_come(before: &Value, after: &Value, relationship: &str) -> (Vec<u64>, Vec<u64>) {
    let (had, has) = (ids(before, relationship), ids(after, relationship));
    (had.difference(&has).copied().collect(), has.difference(&had).copied().collect())
}

fn ids(thing: &Value, relationship: &str) -> BTreeSet<u64> {
    let data = thing.pointer(&format!("/relationships/{relationship}/data")).and_then(Value::as_array);
    data.into_iter().flatten().filter_map(|one| one.get("id")?.as_str()?.parse().ok()).collect()
}

/// Things by their names and ids, for the log: `Bakery (17), Mill (18) and 3 more`; none for nothing. Without a name the id is said alone.
#[must_use]
pub fn named(ids: &[u64], names: &BTreeMap<u64, String>) -> Option<String> {
    if ids.is_empty() {
        return None;
    }
    let called = |id: &u64| names.get(id).map_or_else(|| id.to_string(), |name| format!("{name} ({id})"));
    let first = ids.iter().take(NAMED).map(called).collect::<Vec<_>>().join(", ");
    let more = ids.len().saturating_sub(NAMED);
    Some(if more > 0 { format!("{first} and {more} more") } else { first })
}

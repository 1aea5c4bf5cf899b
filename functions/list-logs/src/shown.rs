//! An entry of the log, and what a page of it says.

use api::types::{Logs, UserMetrics};
use lists::Listed as _;
use policy::{Action, Role};
use schemars::JsonSchema;
use serde::Serialize;
use store::LogEntry;
use store::log::Changed;
use web::{Id, Time, Word, list};

use crate::metrics::Row;

/// One entry of the activity log.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "LogEntry")]
pub struct Entry {
    r#type: Logs,
    id: Id,
    attributes: EntryAttributes,
}

/// What was done, by whom, and the outcome.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "LogEntryAttributes")]
struct EntryAttributes {
    created_at: Time,
    #[schemars(with = "Word<Action>")]
    action: String,
    resource_type: String,
    /// Empty if it has no id.
    resource_id: String,
    /// The name at that time.
    resource_name: String,
    organization_id: Option<Id>,
    organization_name: Option<String>,
    /// The user; `null` for an API key, and for the product itself.
    user_id: Option<Id>,
    /// The name at that time; a key is called `API key <name>`.
    user_name: Option<String>,
    api_key_id: Option<Id>,
    /// The account that the user belongs to.
    account_id: Option<Id>,
    account_name: Option<String>,
    /// In a delegate's log: the host in which its user acted.
    host_id: Option<Id>,
    role_name: Option<Word<Role>>,
    /// `allowed`, or the code of the refusal.
    outcome: String,
    ip_address: Option<String>,
    user_agent: Option<String>,
    /// The changed attributes with old and new values; empty if nothing was changed.
    changes: Vec<Change>,
    /// The attributes that were erased because they named a person.
    erased: Vec<String>,
}

/// One change.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "LogChange")]
struct Change {
    /// The name of the attribute or relationship.
    name: String,
    /// The old value; for a relationship, what was removed. `null` for none.
    from: Option<String>,
    /// The new value; for a relationship, what was added. `null` for none.
    to: Option<String>,
}

impl From<&Changed> for Change {
    fn from(changed: &Changed) -> Self {
        Self { name: changed.name.clone(), from: changed.from.clone(), to: changed.to.clone() }
    }
}

impl From<&LogEntry> for Entry {
    fn from(entry: &LogEntry) -> Self {
        Self {
            r#type: Logs,
            id: entry.id.into(),
            attributes: EntryAttributes {
                created_at: Time(entry.created_at),
                action: entry.action.clone(),
                resource_type: entry.resource_type.clone(),
                resource_id: entry.resource_id.clone(),
                resource_name: entry.resource_name.clone(),
                organization_id: entry.organization_id.map(Id::from),
                organization_name: entry.organization_name.clone(),
                user_id: entry.user_id.map(Id::from),
                user_name: entry.user_name.clone(),
                api_key_id: entry.api_key_id.map(Id::from),
                account_id: entry.account_id.map(Id::from),
                account_name: entry.account_name.clone(),
                host_id: entry.host_id.map(Id::from),
                role_name: entry.role.map(Word),
                outcome: entry.outcome.clone(),
                ip_address: entry.ip_address.clone(),
                user_agent: entry.user_agent.clone(),
                changes: entry.changes.iter().map(Change::from).collect(),
                erased: entry.erased_attributes().iter().map(|name| name.replace('_', "-")).collect(),
            },
        }
    }
}

/// Data about a page of the log.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "LogMeta", extend("additionalProperties" = false))]
pub struct Meta {
    #[serde(flatten)]
    pub(crate) list: list::Meta,
    /// Whether users of other accounts can appear in it.
    pub(crate) account_column: bool,
}

/// What one user did on one day, in one organization or in none, with resources of one type.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "UserMetric")]
pub struct Metric {
    r#type: UserMetrics,
    id: Id,
    attributes: MetricAttributes,
}

/// Number of times for each action.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "UserMetricAttributes")]
struct MetricAttributes {
    user_id: Id,
    organization_id: Option<Id>,
    resource_type: String,
    /// The day, in UTC.
    date: String,
    created: u64,
    viewed: u64,
    edited: u64,
    deleted: u64,
}

impl From<&Row> for Metric {
    fn from(row: &Row) -> Self {
        Self {
            r#type: UserMetrics,
            id: row.number().into(),
            attributes: MetricAttributes {
                user_id: row.place.user.into(),
                organization_id: row.place.organization.map(Id::from),
                resource_type: row.place.resource_type.clone(),
                date: row.place.date.clone(),
                created: row.counts.created,
                viewed: row.counts.viewed,
                edited: row.counts.edited,
                deleted: row.counts.deleted,
            },
        }
    }
}

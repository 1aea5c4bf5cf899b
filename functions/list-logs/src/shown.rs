//! An entry of the log, and what a page of it says.

use api::types::Logs;
use policy::{Action, Role};
use schemars::JsonSchema;
use serde::Serialize;
use store::LogEntry;
use web::{Id, Time, Word, list};

/// One entry of the activity log.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "LogEntry")]
pub struct Entry {
    r#type: Logs,
    id: Id,
    attributes: EntryAttributes,
}

/// What was done, by whom, and what came of it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "LogEntryAttributes")]
struct EntryAttributes {
    created_at: Time,
    #[schemars(with = "Word<Action>")]
    action: String,
    resource_type: String,
    /// Empty for what has no id.
    resource_id: String,
    /// The name at that time.
    resource_name: String,
    organization_id: Option<Id>,
    organization_name: Option<String>,
    /// Who; `null` for a key, and for the product itself.
    user_id: Option<Id>,
    /// The name at that time; a key is called `API key <name>`.
    user_name: Option<String>,
    api_key_id: Option<Id>,
    /// The account that they belong to.
    account_id: Option<Id>,
    account_name: Option<String>,
    /// In a delegate's log: the host that its user was inside.
    host_id: Option<Id>,
    role_name: Option<Word<Role>>,
    /// `allowed`, or the code of the refusal.
    outcome: String,
    ip_address: Option<String>,
    user_agent: Option<String>,
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
            },
        }
    }
}

/// What a page says of itself and of the log.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "LogMeta", extend("additionalProperties" = false))]
pub struct Meta {
    #[serde(flatten)]
    pub(crate) list: list::Meta,
    /// Whether users of other accounts can be among those who acted.
    pub(crate) account_column: bool,
}

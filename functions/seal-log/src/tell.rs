//! Tells others what was done: every entry of a change is an event on EventBridge, once it is sealed.

use std::time::Duration;

use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::config::Builder;
use aws_sdk_eventbridge::config::retry::RetryConfig;
use aws_sdk_eventbridge::config::timeout::TimeoutConfig;
use aws_sdk_eventbridge::error::ProvideErrorMetadata;
use aws_sdk_eventbridge::primitives::DateTime;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use environment::aws::SdkConfig;
use environment::metrics::{self, Unit};
use policy::log::{By, Changed, SOURCE, event_type, is_told_with_values};
use policy::{AccountId, Timestamp};
use serde::Serialize;
use store::log::LogEntry;

/// So many events EventBridge takes at once.
const AT_ONCE: usize = 10;

/// How long one attempt to hand over events may take; two are made.
const LONGEST_ATTEMPT: Duration = Duration::from_secs(3);

/// For so long an event that EventBridge does not take is tried again. Then it is given up, so that nothing there holds up the seals
/// for good.
const PATIENCE: Duration = Duration::from_secs(3_600);

/// The bus that is told.
#[derive(Debug, Clone)]
pub struct Bus {
    client: Client,
    name: String,
}

/// What an event says: ids and words, no name, no address of anybody, no secret. `docs/events.schema.json` describes it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Detail<'a> {
    /// Of the entry, in the log of this account: rises with time, and is the same when the event comes again.
    entry_id: String,
    account_id: String,
    at: String,
    action: &'a str,
    resource_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    organization_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    api_key_id: Option<String>,
    /// The account that they belong to.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_account_id: Option<String>,
    /// In the events of a delegate: the host that its user was inside.
    #[serde(skip_serializing_if = "Option::is_none")]
    host_account_id: Option<String>,
    changes: Vec<Change<'a>>,
}

#[derive(Debug, Serialize)]
struct Change<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<&'a str>,
}

impl Bus {
    /// The bus of this name, over a client of its own; build it once.
    #[must_use]
    pub fn new(config: &SdkConfig, name: String) -> Self {
        let builder = Builder::from(config)
            .retry_config(RetryConfig::standard().with_max_attempts(2))
            .timeout_config(TimeoutConfig::builder().operation_attempt_timeout(LONGEST_ATTEMPT).build());
        Self { client: Client::from_conf(builder.build()), name }
    }

    /// Tells these entries of one account's log, in their order; false if some are to come again. Once EventBridge has not answered as
    /// it should it counts as down, and is left alone until the next batch: waiting for it would take the time of the seals.
    pub async fn tell(
        &self,
        account: AccountId,
        entries: &[LogEntry],
        now: Timestamp,
        is_down: &mut bool,
    ) -> bool {
        let told: Vec<(&LogEntry, String)> =
            entries.iter().filter_map(|entry| Some((entry, type_of(entry)?))).collect();
        for some in told.chunks(AT_ONCE) {
            if !*is_down {
                let Err(reason) = self.put(account, some).await else { continue };
                tracing::warn!(%account, reason, "EventBridge did not take an event");
                *is_down = true;
            }
            if some.iter().any(|(entry, _)| entry.created_at.after(PATIENCE) > now) {
                return false;
            }
            for (entry, _) in some {
                tracing::error!(%account, entry = %entry.id, "an event is given up");
                metrics::measure(now, None, "EventsNotTold", Unit::Count, 1.0);
            }
        }
        true
    }

    /// Why not, if it did not take all of them: the code of its refusal.
    async fn put(&self, account: AccountId, entries: &[(&LogEntry, String)]) -> Result<(), String> {
        let mut request = self.client.put_events();
        for (entry, kind) in entries {
            let detail = serde_json::to_string(&detail(account, entry)).map_err(|error| error.to_string())?;
            let event = PutEventsRequestEntry::builder()
                .event_bus_name(&self.name)
                .source(SOURCE)
                .detail_type(kind)
                .time(DateTime::from_millis(entry.created_at.as_millis()))
                .detail(detail);
            request = request.entries(event.build());
        }
        let answer = request
            .send()
            .await
            .map_err(|error| error.code().map_or_else(|| "no answer".to_owned(), str::to_owned))?;
        let refused = answer.entries().iter().find_map(|one| one.error_code());
        refused.map_or(Ok(()), |code| Err(code.to_owned()))
    }
}

fn type_of(entry: &LogEntry) -> Option<String> {
    let by = match entry.user_id {
        Some(user) if user.to_string() == entry.resource_id => By::Themselves,
        None if entry.api_key_id.is_none() => By::Product,
        _ => By::Another,
    };
    event_type(&entry.action, &entry.outcome, &entry.resource_type, by, &entry.changes)
}

fn detail<'a>(account: AccountId, entry: &'a LogEntry) -> Detail<'a> {
    Detail {
        entry_id: entry.id.to_string(),
        account_id: account.to_string(),
        at: entry.created_at.to_string(),
        action: &entry.action,
        resource_type: &entry.resource_type,
        // A person of another account whose id nobody knows yet is called by their address there.
        resource_id: Some(entry.resource_id.as_str()).filter(|id| !id.is_empty() && !id.contains('@')),
        organization_id: entry.organization_id.as_ref().map(|id| id.to_string()),
        user_id: entry.user_id.as_ref().map(|id| id.to_string()),
        api_key_id: entry.api_key_id.as_ref().map(|id| id.to_string()),
        user_account_id: entry.account_id.as_ref().map(|id| id.to_string()),
        host_account_id: entry.host_id.as_ref().map(|id| id.to_string()),
        changes: entry.changes.iter().map(change).collect(),
    }
}

fn change(changed: &Changed) -> Change<'_> {
    let with_values = is_told_with_values(&changed.name);
    Change {
        name: &changed.name,
        from: changed.from.as_deref().filter(|_| with_values),
        to: changed.to.as_deref().filter(|_| with_values),
    }
}

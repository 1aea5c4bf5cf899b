//! What CloudWatch counts: lines in its embedded metric format on standard output. Nothing is written before
//! [`to_standard_output`], so that tests and the local product stay quiet.

use std::io::{self, Write};
use std::sync::{Mutex, OnceLock, PoisonError};

use policy::Timestamp;
use serde_json::{Map, Value, json};

use crate::variables::optional;

/// Where all of them are in CloudWatch, unless `METRICS_NAMESPACE` names another place.
const NAMESPACE: &str = "glueconnect";

/// What a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// So many.
    Count,
    /// So long.
    Seconds,
}

impl Unit {
    const fn name(self) -> &'static str {
        match self {
            Self::Count => "Count",
            Self::Seconds => "Seconds",
        }
    }
}

enum Output {
    Standard { namespace: String },
    Kept(Mutex<Vec<String>>),
}

static OUTPUT: OnceLock<Output> = OnceLock::new();

/// From now on lines go to standard output, where Lambda picks them up, for the namespace that `METRICS_NAMESPACE` names.
pub fn to_standard_output() {
    let namespace = || optional("METRICS_NAMESPACE").unwrap_or_else(|| NAMESPACE.to_owned());
    OUTPUT.get_or_init(|| Output::Standard { namespace: namespace() });
}

/// From now on lines are kept, for a test.
pub fn keep() {
    OUTPUT.get_or_init(|| Output::Kept(Mutex::default()));
}

/// The lines that were kept.
#[must_use]
pub fn kept() -> Vec<String> {
    match OUTPUT.get() {
        Some(Output::Kept(lines)) => lines.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        _ => Vec::new(),
    }
}

/// Tells one measurement. `dimension` is a name and one of few values: each makes a metric of its own, and costs.
pub fn measure(now: Timestamp, dimension: Option<(&str, &str)>, metric: &str, unit: Unit, value: f64) {
    let Some(output) = OUTPUT.get() else { return };
    let line = |namespace: &str| line(namespace, now, dimension, metric, unit, value);
    match output {
        // Whoever cannot be told is not told.
        Output::Standard { namespace } => {
            drop(io::stdout().write_all(format!("{}\n", line(namespace)).as_bytes()));
        }
        Output::Kept(lines) => lines.lock().unwrap_or_else(PoisonError::into_inner).push(line(NAMESPACE)),
    }
}

/// Tells of items that this version cannot read, and leaves alone: each in the log, by its keys, and all of them as a number.
pub fn measure_unreadable(now: Timestamp, items: &[String]) {
    for item in items {
        tracing::error!(item, "an item cannot be read; it is left alone");
        measure(now, None, "UnreadableItems", Unit::Count, 1.0);
    }
}

fn line(
    namespace: &str,
    now: Timestamp,
    dimension: Option<(&str, &str)>,
    metric: &str,
    unit: Unit,
    value: f64,
) -> String {
    let names: Vec<&str> = dimension.iter().map(|(name, _)| *name).collect();
    let mut line = Map::new();
    let metrics = json!([{
        "Namespace": namespace,
        "Dimensions": [names],
        "Metrics": [{"Name": metric, "Unit": unit.name()}],
    }]);
    line.insert("_aws".to_owned(), json!({"Timestamp": now.as_millis(), "CloudWatchMetrics": metrics}));
    if let Some((name, value)) = dimension {
        line.insert(name.to_owned(), json!(value));
    }
    line.insert(metric.to_owned(), json!(value));
    Value::Object(line).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_what_cloudwatch_reads() {
        let now = Timestamp::from_millis(1_767_225_600_000);
        let line = line("acme", now, Some(("Reason", "user-suspended")), "ChecksDenied", Unit::Count, 2.0);
        let line: Value = serde_json::from_str(&line).unwrap();
        let expected = json!({
            "_aws": {
                "Timestamp": 1_767_225_600_000_i64,
                "CloudWatchMetrics": [{
                    "Namespace": "acme",
                    "Dimensions": [["Reason"]],
                    "Metrics": [{"Name": "ChecksDenied", "Unit": "Count"}],
                }],
            },
            "Reason": "user-suspended",
            "ChecksDenied": 2.0,
        });
        assert_eq!(line, expected);
        let plain = super::line("acme", now, None, "MailDelay", Unit::Seconds, 0.5);
        assert!(plain.contains(r#""Dimensions":[[]]"#) && plain.contains(r#""MailDelay":0.5"#), "{plain}");
    }
}

//! What CloudWatch counts: lines in its embedded metric format on standard output. Nothing is written before
//! [`to_standard_output`], so that tests and the local product stay quiet.

use std::io::{self, Write};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

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

/// Tells of each of these how many there were; of what there was none nothing is told.
pub fn measure_counts(now: Timestamp, counts: &[(&str, usize)]) {
    for (metric, count) in counts.iter().filter(|(_, count)| *count > 0) {
        let count = f64::from(u32::try_from(*count).unwrap_or(u32::MAX));
        measure(now, None, metric, Unit::Count, count);
    }
}

/// What happens so often that a line for each would cost more than the work: the first is told at once, then up to a hundred
/// together, or those of a minute with the next one. What a process has not told when it ends is lost.
pub fn measure_often(
    now: Timestamp,
    dimension: (&'static str, &'static str),
    metric: &'static str,
    many: f64,
) {
    let mut untold = UNTOLD.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(many) = due(&mut untold, now, dimension, metric, many) {
        measure(now, Some(dimension), metric, Unit::Count, many);
    }
}

/// How many are to be told now, with those that were kept back.
fn due(
    untold: &mut Vec<Untold>,
    now: Timestamp,
    dimension: (&'static str, &'static str),
    metric: &'static str,
    many: f64,
) -> Option<f64> {
    let kept = untold.iter_mut().find(|kept| kept.dimension == dimension && kept.metric == metric);
    let Some(kept) = kept else {
        untold.push(Untold { dimension, metric, many: 0.0, since: now });
        return Some(many);
    };
    kept.many += many;
    let is_due = kept.many >= TOGETHER || now < kept.since || now >= kept.since.after(FOR_A_MINUTE);
    is_due.then(|| {
        kept.since = now;
        std::mem::take(&mut kept.many)
    })
}

/// So many are told together.
const TOGETHER: f64 = 100.0;
/// None waits for longer than this, if another one comes.
const FOR_A_MINUTE: Duration = Duration::from_secs(60);

/// What was counted, and is told later. There are as many as names of such metrics and their dimensions: a few.
static UNTOLD: Mutex<Vec<Untold>> = Mutex::new(Vec::new());

struct Untold {
    dimension: (&'static str, &'static str),
    metric: &'static str,
    many: f64,
    since: Timestamp,
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
    fn what_happens_often_is_told_a_hundred_together_or_a_minute_later() {
        let now = Timestamp::from_millis(1_767_225_600_000);
        let mut untold = Vec::new();
        let mut happens = |at| due(&mut untold, at, ("Reason", "so"), "Often", 1.0);
        let told: Vec<f64> = (0..150).filter_map(|_| happens(now)).collect();
        assert_eq!(told, [1.0, 100.0], "the first, and the next hundred");
        assert_eq!(happens(now.after(FOR_A_MINUTE)), Some(50.0), "a minute later the rest");
        assert_eq!(happens(now), Some(1.0), "a clock that was put back keeps nothing waiting");
    }

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

//! The log: one JSON object a line on standard output, where Lambda picks it up.

use std::io;

use tracing::Subscriber;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::metrics;
use crate::variables::optional;

/// Starts the log at the level that `LOG_LEVEL` names (`error`, `warn`, `info`, `debug`, `trace`), otherwise `info`.
///
/// A second call does nothing.
pub fn start_logging() {
    let level = optional("LOG_LEVEL").and_then(|name| name.parse().ok()).unwrap_or(LevelFilter::INFO);
    let _already_started = log(level, io::stdout).try_init();
    metrics::to_standard_output();
}

fn log<W>(level: LevelFilter, output: W) -> impl Subscriber + Send + Sync
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines =
        tracing_subscriber::fmt::layer().json().flatten_event(true).with_span_list(false).with_writer(output);
    tracing_subscriber::registry().with(lines).with(quiet(level))
}

/// Whatever the level, other people's crates keep to themselves what a log must not hold: below these levels they
/// write out whole requests (passwords) and how they were signed.
fn quiet(level: LevelFilter) -> Targets {
    let (warnings, infos) = (level.min(LevelFilter::WARN), level.min(LevelFilter::INFO));
    let transport = ["aws_", "h2", "hyper", "rustls", "tower"].map(|prefix| (prefix, warnings));
    Targets::new().with_default(level).with_targets(transport).with_target("lambda_", infos)
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use serde_json::Value;

    use super::*;

    #[derive(Clone, Default)]
    struct Captured(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Captured {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(level: LevelFilter, events: impl FnOnce()) -> Vec<Value> {
        let captured = Captured::default();
        let output = captured.clone();
        tracing::subscriber::with_default(log(level, move || output.clone()), events);
        let text = String::from_utf8(captured.0.lock().unwrap().clone()).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn a_line_is_a_json_object_with_its_fields_and_the_request_that_it_belongs_to() {
        let lines = logged(LevelFilter::INFO, || {
            let _request = tracing::info_span!("request", request_id = "r-1").entered();
            tracing::info!(account = 7, "opened");
            tracing::debug!("not at this level");
        });
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert_eq!(lines[0]["message"], "opened");
        assert_eq!(lines[0]["account"], 7);
        assert_eq!(lines[0]["level"], "INFO");
        assert_eq!(lines[0]["span"]["request_id"], "r-1");
    }

    #[test]
    fn crates_that_see_requests_are_quiet_at_every_level() {
        let lines = logged(LevelFilter::TRACE, || {
            tracing::info!(target: "aws_smithy_runtime::client", "a request with its body");
            tracing::debug!(target: "aws_sigv4::http_request", "how it was signed");
            tracing::info!(target: "hyper_util::client", "a connection");
            tracing::trace!(target: "lambda_runtime::layers", "a raw event");
            tracing::warn!(target: "aws_smithy_runtime::client", "a retry");
            tracing::trace!("our own");
        });
        let messages: Vec<&str> = lines.iter().filter_map(|line| line["message"].as_str()).collect();
        assert_eq!(messages, ["a retry", "our own"]);
        let lines = logged(LevelFilter::ERROR, || tracing::warn!(target: "aws_config", "a warning"));
        assert!(lines.is_empty(), "a stricter level holds for them too");
    }

    #[test]
    fn starting_twice_is_harmless() {
        start_logging();
        start_logging();
    }
}

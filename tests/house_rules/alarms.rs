//! What sets each alarm off, and what does not: a story in numbers for each, judged as CloudWatch judges the template's own figures.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::template::{ALARM, Template, words};

/// Nothing was measured in a period.
const NOTHING: Option<f64> = None;

/// A row of periods, each with what was measured in it.
type Periods = &'static [Option<f64>];

/// What happens, and what CloudWatch measures of it in each of the alarm's periods, the newest last.
struct Story {
    /// The metric; the alarm's name, where two alarms look at one.
    of: &'static str,
    sets_off: (&'static str, Periods),
    does_not: (&'static str, Periods),
}

/// What throttles are, of reads and of writes alike.
const A_FULL_PARTITION: (&str, Periods) =
    ("three minutes of a partition that is full", &[Some(12.0), Some(60.0), Some(10.0), NOTHING, NOTHING]);
const A_GROWING_TABLE: (&str, Periods) =
    ("some throttles while the table grows", &[Some(9.0), Some(40.0), Some(30.0), Some(3.0), NOTHING]);

const STORIES: &[Story] = &[
    Story {
        of: "5xx",
        sets_off: (
            "three minutes of five with an error",
            &[Some(1.0), Some(0.0), Some(4.0), NOTHING, Some(1.0)],
        ),
        does_not: ("a burst of one minute", &[Some(0.0), Some(0.0), Some(90.0), Some(0.0), NOTHING]),
    },
    Story {
        of: "Latency",
        sets_off: ("a quarter of an hour of slow answers", &[Some(3_000.0), Some(9_000.0), Some(3_100.0)]),
        does_not: ("ten minutes of them", &[Some(400.0), Some(9_000.0), Some(9_000.0)]),
    },
    Story {
        of: "Errors",
        sets_off: (
            "a function fails in two minutes of five",
            &[Some(1.0), NOTHING, NOTHING, Some(1.0), Some(0.0)],
        ),
        does_not: (
            "it fails once, and nobody calls it again",
            &[NOTHING, NOTHING, Some(1.0), NOTHING, NOTHING],
        ),
    },
    Story {
        of: "Throttles",
        sets_off: (
            "a function is held back in three minutes of five",
            &[Some(1.0), Some(8.0), Some(0.0), Some(2.0), NOTHING],
        ),
        does_not: ("in two of them", &[Some(1.0), Some(8.0), Some(0.0), NOTHING, NOTHING]),
    },
    Story {
        of: "TransactionConflict",
        sets_off: (
            "a script changes rights for a quarter of an hour",
            &[Some(300.0), Some(2_000.0), Some(900.0)],
        ),
        does_not: ("an import of five minutes", &[Some(0.0), Some(2_000.0), Some(20.0)]),
    },
    Story { of: "ReadThrottleEvents", sets_off: A_FULL_PARTITION, does_not: A_GROWING_TABLE },
    Story { of: "WriteThrottleEvents", sets_off: A_FULL_PARTITION, does_not: A_GROWING_TABLE },
    Story {
        of: "FailedAttempts",
        sets_off: (
            "hundreds of guesses, a quarter of an hour long",
            &[Some(300.0), Some(450.0), Some(700.0)],
        ),
        does_not: (
            "an office that forgot its passwords after a holiday",
            &[Some(80.0), Some(299.0), Some(120.0)],
        ),
    },
    Story {
        of: "Reputation.BounceRate",
        sets_off: ("three of a hundred mails came back", &[Some(0.03)]),
        does_not: ("one of a hundred", &[Some(0.01)]),
    },
    Story {
        of: "Reputation.ComplaintRate",
        sets_off: ("one reader in two thousand complains", &[Some(0.0005)]),
        does_not: ("one in ten thousand", &[Some(0.0001)]),
    },
    Story {
        of: "DaysToExpiry",
        sets_off: ("the certificate was not renewed", &[Some(20.0)]),
        does_not: ("it is renewed sixty days before its end", &[Some(60.0)]),
    },
    Story {
        of: "SuccessPercent",
        sets_off: ("the prober fails, and then does not run", &[Some(100.0), Some(0.0), NOTHING]),
        does_not: ("one try of three was lost", &[Some(100.0), Some(0.0), Some(100.0)]),
    },
    Story {
        of: "ApproximateNumberOfMessagesVisible",
        sets_off: ("something was given up", &[Some(1.0)]),
        does_not: ("the queue is empty, and not measured after some hours", &[NOTHING]),
    },
    Story {
        of: "OldestUnsentMail",
        sets_off: ("the schedule does not run, so nobody looks", &[NOTHING, NOTHING]),
        does_not: ("SES had an outage of ten minutes", &[Some(620.0), Some(0.0)]),
    },
    Story {
        of: "UnreadableItems",
        sets_off: ("an item stays as it cannot be read", &[Some(5.0), Some(5.0), Some(5.0)]),
        does_not: ("one was repaired at once", &[Some(2.0), NOTHING, NOTHING]),
    },
    Story {
        of: "LeftToTheNextRun",
        sets_off: (
            "half an hour is not enough for what is due",
            &[Some(9_000.0), Some(7_000.0), Some(5_000.0), Some(3_000.0), Some(1_000.0), Some(10.0)],
        ),
        does_not: (
            "ten thousand invitations end together and are done in twenty minutes",
            &[Some(7_000.0), Some(4_000.0), Some(900.0), Some(0.0), Some(0.0), Some(0.0)],
        ),
    },
    Story {
        of: "SealLogBehind",
        sets_off: (
            "entries wait for an hour",
            &[Some(3_600_000.0), Some(3_660_000.0), Some(3_720_000.0), Some(3_780_000.0), Some(3_840_000.0)],
        ),
        does_not: (
            "sealing was held up for forty minutes",
            &[Some(2_100_000.0), Some(2_160_000.0), Some(2_220_000.0), Some(2_280_000.0), Some(2_340_000.0)],
        ),
    },
    Story {
        of: "SendInvitesBehind",
        sets_off: (
            "an import of 10,000 at 14 mails a second",
            &[Some(300_000.0), Some(360_000.0), Some(420_000.0), Some(480_000.0), Some(540_000.0)],
        ),
        does_not: (
            "one of 3,000, which takes less than four minutes",
            &[Some(100_000.0), Some(160_000.0), Some(210_000.0), Some(1_000.0), NOTHING],
        ),
    },
    Story {
        of: "EventsNotTold",
        sets_off: ("one event was given up", &[Some(1.0)]),
        does_not: ("all were told", &[NOTHING]),
    },
    Story {
        of: "NumberOfBackupJobsCompleted",
        sets_off: ("a night without a copy", &[NOTHING]),
        does_not: ("a night with one", &[Some(1.0)]),
    },
    Story {
        of: "NumberOfCopyJobsFailed",
        sets_off: ("the other vault lets nobody in", &[Some(1.0)]),
        does_not: ("an hour without copies", &[NOTHING]),
    },
];

/// Whether the alarm is on after these periods: so many of the last ones are beyond the threshold, what is missing counted as it says.
fn is_on(alarm: &Value, periods: Periods) -> bool {
    let looked_at = usize::try_from(alarm["EvaluationPeriods"].as_u64().unwrap()).unwrap();
    let needed =
        alarm["DatapointsToAlarm"].as_u64().map_or(looked_at, |needed| usize::try_from(needed).unwrap());
    assert_eq!(periods.len(), looked_at, "a story has as many periods as the alarm looks at");
    let threshold = alarm["Threshold"].as_f64().unwrap();
    let beyond = |value: &f64| match words(&alarm["ComparisonOperator"]).as_str() {
        "GreaterThanOrEqualToThreshold" => *value >= threshold,
        "LessThanThreshold" => *value < threshold,
        other => panic!("{other} is new to this test"),
    };
    let missing = match words(&alarm["TreatMissingData"]).as_str() {
        "breaching" => true,
        "notBreaching" => false,
        other => panic!("{other} is new to this test"),
    };
    periods.iter().filter(|period| period.as_ref().map_or(missing, beyond)).count() >= needed
}

#[test]
fn each_alarm_is_set_off_by_what_it_is_for_and_not_by_less() {
    let template = Template::read();
    let mut told = BTreeSet::new();
    for (name, alarm) in template.of_type(ALARM) {
        let metric = words(&alarm["MetricName"]);
        let story = STORIES.iter().find(|story| story.of == name || story.of == metric);
        let Story { of, sets_off, does_not } =
            story.unwrap_or_else(|| panic!("{name}: nothing is told of {metric}"));
        assert!(is_on(alarm, sets_off.1), "{name} stays off: {}", sets_off.0);
        assert!(!is_on(alarm, does_not.1), "{name} goes off: {}", does_not.0);
        told.insert(*of);
    }
    assert_eq!(told.len(), STORIES.len(), "a story without its alarm");
}

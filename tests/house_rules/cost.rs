//! `docs/cost.md`, worked out from its own prices and measurements, from what a journey counted and from the template.
//! `UPDATE_TABLES=1` writes the figures anew.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::house_map::{root, text};
use crate::template::{Template, resource_name};

const PAGE: &str = "docs/cost.md";
const COUNTED: &str = "tests/tables/cost-of-acts.txt";

/// Below this everything is worked out.
const RESULT: &str = "\n## What it comes to\n";

/// Lambda's words: with so many megabytes a function has one core.
const MEGABYTES_OF_A_CORE: f64 = 1_769.0;
/// How long a request to the table takes, as the page says.
const WAIT_MS: f64 = 5.0;
/// API Gateway's line for a request, as the page says.
const ACCESS_LINE: f64 = 210.0;
/// A month has 30 days, and the schedule runs every minute.
const MINUTES: f64 = 30.0 * 24.0 * 60.0;

/// What is asked: acts and how often each is done, and what else is charged meanwhile.
struct Question {
    name: &'static str,
    acts: &'static [(&'static str, f64)],
    /// Requests of clients.
    requests: f64,
    mails: f64,
    /// Events and runs of schedules.
    events: f64,
    is_month: bool,
}

const QUESTIONS: [Question; 6] = [
    Question {
        name: "a million access checks, one by one",
        acts: &[("ten access checks, one by one", 1e5)],
        requests: 1e6,
        mails: 0.0,
        events: 0.0,
        is_month: false,
    },
    Question {
        name: "a million access checks, twenty in a request",
        acts: &[("twenty access checks in one request", 5e4)],
        requests: 5e4,
        mails: 0.0,
        events: 0.0,
        is_month: false,
    },
    Question {
        name: "a thousand invitations, one by one",
        acts: &[("an invitation", 1e3), ("a mail's delivery", 1e3)],
        requests: 1e3,
        mails: 1e3,
        events: 1e3,
        is_month: false,
    },
    Question {
        name: "a thousand invitations in two requests",
        acts: &[("500 invitations in one request", 2.0), ("a mail's delivery", 1e3)],
        requests: 2.0,
        mails: 1e3,
        events: 1e3,
        is_month: false,
    },
    Question {
        name: "a thousand acceptances",
        acts: &[("an acceptance", 1e3)],
        requests: 1e3,
        mails: 0.0,
        events: 0.0,
        is_month: false,
    },
    Question {
        name: "an idle month",
        acts: &[("a run of the schedule", MINUTES)],
        requests: 0.0,
        mails: 0.0,
        events: MINUTES,
        is_month: true,
    },
];

/// How often what was measured is done in one act, and how often at most a function is run and its line written for it.
fn contained(act: &str) -> (f64, f64) {
    match act.split(' ').next() {
        Some("500") => (500.0, 500.0),
        Some("twenty") => (20.0, 1.0),
        Some("ten") => (10.0, 10.0),
        _ => (1.0, 1.0),
    }
}

/// The rows of a table below a heading of the page: the first cell, and the numbers of the others.
fn rows(page: &str, heading: &str) -> BTreeMap<String, Vec<f64>> {
    let (_, rest) =
        page.split_once(&format!("\n## {heading}\n")).unwrap_or_else(|| panic!("{PAGE}: {heading}"));
    let section = rest.split("\n## ").next().unwrap_or_default();
    let cells = |line: &str| -> Vec<String> {
        line.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`').to_owned()).collect()
    };
    let rows = section.lines().filter(|line| line.starts_with('|')).skip(2).map(cells);
    let numbers =
        |cells: &[String]| cells.iter().filter_map(|cell| cell.replace(',', "").parse().ok()).collect();
    rows.map(|cells| (cells[0].clone(), numbers(&cells[1..]))).collect()
}

/// What was counted: for each act the functions with their requests, units of reading and of writing.
pub fn counted() -> BTreeMap<String, Vec<(String, [f64; 3])>> {
    let mut acts: BTreeMap<String, Vec<(String, [f64; 3])>> = BTreeMap::new();
    for line in text(COUNTED).lines().skip(5) {
        let (act, rest) = line.split_at(37);
        let mut words = rest.split_whitespace();
        let function = words.next().unwrap_or_default().to_owned();
        let numbers: Vec<f64> = words.map(|word| word.parse().unwrap()).collect();
        let counted = numbers.try_into().unwrap_or_else(|_| panic!("{COUNTED}: {line}"));
        acts.entry(act.trim_end().to_owned()).or_default().push((function, counted));
    }
    acts
}

/// The memory of a function, in megabytes.
fn memory(template: &Template, function: &str) -> f64 {
    let own = template.at(&format!("/Resources/{}/Properties/MemorySize", resource_name(function)));
    let everyones = template.at("/Globals/Function/MemorySize");
    own.as_f64().or_else(|| everyones.as_f64()).unwrap()
}

/// What a question comes to, by the names of the prices.
fn charged(question: &Question, page: &str, template: &Template) -> Vec<(&'static str, f64)> {
    let measured = rows(page, "Measured");
    let acts = counted();
    let of = |function: &str| -> (f64, f64) {
        let known = |function: &str| {
            let mut named = measured.iter().filter(|(name, _)| name.split(',').next() == Some(function));
            named.next().map(|(_, numbers)| numbers)
        };
        let known = known(function).or_else(|| known("seal-log"));
        let numbers = known.unwrap_or_else(|| panic!("{PAGE} has no measurement of {function}"));
        (numbers[0], numbers[1])
    };
    let (mut runs, mut seconds, mut reads, mut writes) = (0.0, 0.0, 0.0, 0.0);
    let mut bytes = question.requests * ACCESS_LINE;
    for (act, times) in question.acts {
        for (function, [requests, read, write]) in &acts[*act] {
            let (cpu, log) = of(function);
            let megabytes = memory(template, function);
            let slower = (MEGABYTES_OF_A_CORE / megabytes).max(1.0);
            let (works, invocations) = contained(act);
            let ms = cpu * works * slower + requests * WAIT_MS;
            runs += times * invocations;
            seconds += times * ms / 1e3 * megabytes / 1024.0;
            reads += times * read;
            writes += times * write;
            bytes += times * invocations * log;
        }
    }
    let month = |many: usize| if question.is_month { f64::from(u32::try_from(many).unwrap()) } else { 0.0 };
    // Without those of what has to be chosen: a domain, an edge, the prober.
    let is_usual = |name: &&str| {
        let condition = template.at(&format!("/Resources/{name}/Condition"));
        condition == "IsWatched" || condition == "IsGradual"
    };
    let alarms = template.of_type("AWS::CloudWatch::Alarm").into_keys().filter(is_usual).count();
    let dashboards = template.of_type("AWS::CloudWatch::Dashboard").len();
    let secrets = template.of_type("AWS::SecretsManager::Secret").len();
    vec![
        ("HTTP API requests", question.requests / 1e6),
        ("Lambda requests", runs / 1e6),
        ("Lambda duration", seconds),
        ("DynamoDB reads", reads / 1e6),
        ("DynamoDB writes", writes / 1e6),
        ("SES mails", question.mails / 1e3),
        ("EventBridge events and schedules", question.events / 1e6),
        ("CloudWatch logs", bytes / 1e9),
        // In an idle month: how many invitations expired, and how long the oldest unsent mail has been waiting.
        ("CloudWatch metrics", month(2)),
        ("CloudWatch alarms", month(alarms)),
        ("CloudWatch dashboards", month(dashboards)),
        // The schedule's role alone is at work.
        ("KMS requests", if question.is_month { MINUTES / 5.0 / 1e4 } else { 0.0 }),
        ("Secrets Manager", month(secrets)),
    ]
}

#[test]
fn the_costs_are_worked_out_from_what_is_counted_and_measured() {
    let page = text(PAGE);
    let template = Template::read();
    let prices = rows(&page, "Prices");
    let mut result = String::from("\n|");
    let mut columns: Vec<Vec<(&str, f64)>> = Vec::new();
    for question in &QUESTIONS {
        let amounts = charged(question, &page, &template);
        let named = prices.keys().all(|price| amounts.iter().any(|(name, _)| name == price));
        assert!(named, "a price that nothing is charged with");
        columns.push(amounts.into_iter().map(|(name, amount)| (name, amount * prices[name][0])).collect());
        write!(result, " | {}", question.name).unwrap();
    }
    result += " |\n|---";
    result += &"|---:".repeat(columns.len());
    result += "|\n";
    let mut totals = vec![0.0; columns.len()];
    for (row, (name, _)) in columns[0].iter().enumerate() {
        write!(result, "| {name}").unwrap();
        for (column, total) in columns.iter().zip(&mut totals) {
            let dollars = column[row].1;
            *total += dollars;
            write!(result, " | {}", shown(dollars)).unwrap();
        }
        result += " |\n";
    }
    result += "| **together**";
    for total in totals {
        write!(result, " | **{}**", shown(total)).unwrap();
    }
    result += " |\n";
    let (before, rest) = page.split_once(RESULT).unwrap_or_else(|| panic!("{PAGE} has no result"));
    let after = rest.trim_start().split_once("\n\n").map_or("", |(_, after)| after);
    let worked_out = format!("{before}{RESULT}{result}\n{after}");
    if std::env::var_os("UPDATE_TABLES").is_some() {
        std::fs::write(root().join(PAGE), &worked_out).unwrap();
    }
    let known = text(PAGE);
    assert!(known == worked_out, "{PAGE} says otherwise; UPDATE_TABLES=1 writes it anew:\n{result}");
}

/// Dollars, to a thousandth of one; nothing is a dash.
fn shown(dollars: f64) -> String {
    if dollars == 0.0 { "–".to_owned() } else { format!("{dollars:.3}") }
}

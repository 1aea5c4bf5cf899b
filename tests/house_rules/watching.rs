//! What watches the product on AWS: alarms, the dashboard, saved queries and the filters of the runbook, each held against the
//! names that are measured and the lines that are written.

use std::collections::{BTreeMap, BTreeSet};

use environment::metrics;
use journeys::{Grants, House, check, expect};
use serde_json::{Value, json};

use crate::house_map::{names_in, root, text};
use crate::lines::code;
use crate::template::{ALARM, Template, reference, resource_name, words};

/// A metric as CloudWatch knows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Metric {
    namespace: String,
    name: String,
    dimensions: BTreeMap<String, String>,
}

/// Lines of CloudWatch's embedded metric format, as the metrics that they make.
fn made_by(lines: &[String]) -> BTreeSet<Metric> {
    let metric = |line: &String| {
        let line: Value = serde_json::from_str(line).unwrap();
        let told = &line["_aws"]["CloudWatchMetrics"][0];
        let names = told["Dimensions"][0].as_array().unwrap();
        Metric {
            namespace: words(&told["Namespace"]),
            name: words(&told["Metrics"][0]["Name"]),
            dimensions: names.iter().map(|name| (words(name), words(&line[words(name)]))).collect(),
        }
    };
    lines.iter().map(metric).collect()
}

/// A journey through everything that is counted by reason, and what it was told.
async fn recorded() -> Vec<String> {
    metrics::keep();
    let house = House::start().await;
    let account = house.account("acme").await;
    let bakery = account.organization("Bakery").await;
    let spare = account.organization("Spare").await;
    let (_, id) = account.invite("ben", "Lite", Grants::organizations(&[&bakery])).await;
    let (ann, _) = account.user(&house, "ann", "Lite", Grants::organizations(&[&bakery])).await;
    check(&ann, "read", &bakery).await;
    check(&ann, "read", &spare).await;
    let path = format!("/users/{id}/invitation");
    for _ in 0..9 {
        expect(account.administrator.post(&path, &json!({})).await.unwrap(), 202);
    }
    expect(account.administrator.post(&path, &json!({})).await.unwrap(), 429);
    assert!(house.nobody.sign_in("acme", "ann@acme.example", "a wrong password").await.unwrap().is_err());
    house.product.drain().await.unwrap();
    house.product.ses.set(local::Mode::Reject);
    account.invite("late", "Lite", Grants::organizations(&[&bakery])).await;
    house.product.drain().await.unwrap();
    house.run_schedule().await;
    metrics::kept()
}

/// A search of CloudWatch, as far as its rules are beyond doubt: a schema, and terms in quotes, which are compared as they are.
/// How it takes names apart for a term without quotes is not written down well enough to be relied on.
struct Search {
    namespace: String,
    dimensions: BTreeSet<String>,
    terms: Vec<(Option<String>, String)>,
}

impl Search {
    fn read(expression: &str) -> Self {
        let inner = expression.strip_prefix("SEARCH('{").and_then(|rest| rest.split_once('}'));
        let (schema, rest) = inner.unwrap_or_else(|| panic!("{expression} has no schema"));
        let mut names = schema.split(',').map(|name| name.trim().trim_matches('"').to_owned());
        let namespace = names.next().unwrap();
        let terms = rest.split("',").next().unwrap();
        let terms = terms.split_whitespace().map(|term| {
            let (designator, value) = match term.split_once('=') {
                Some((designator, value)) => (Some(designator.to_owned()), value),
                None => (None, term),
            };
            let exact = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
            (
                designator,
                exact.unwrap_or_else(|| panic!("{term} in {expression} is not in quotes")).to_owned(),
            )
        });
        Self { namespace, dimensions: names.collect(), terms: terms.collect() }
    }

    fn finds(&self, metric: &Metric) -> bool {
        let fits = |(designator, value): &(Option<String>, String)| match designator.as_deref() {
            Some("MetricName") => metric.name == *value,
            Some(dimension) => metric.dimensions.get(dimension) == Some(value),
            None => {
                metric.name == *value
                    || metric.dimensions.iter().any(|(name, is)| name == value || is == value)
            }
        };
        self.namespace == metric.namespace
            && self.dimensions == metric.dimensions.keys().cloned().collect()
            && self.terms.iter().all(fits)
    }
}

/// The dashboard as it is made for a stack of this name.
fn dashboard(stack: &str) -> Value {
    let template = Template::read();
    let body =
        words(&template.properties("Dashboard", "AWS::CloudWatch::Dashboard")["DashboardBody"]["Fn::Sub"][0]);
    let body = body.replace("${AWS::StackName}", stack);
    serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error}: {body}"))
}

/// Every search of the dashboard, and every metric that it names, with CloudWatch's short forms written out.
fn shown(dashboard: &Value) -> (Vec<String>, Vec<Vec<String>>) {
    let (mut searches, mut rows) = (Vec::new(), Vec::new());
    for widget in dashboard["widgets"].as_array().unwrap() {
        let mut before: Vec<String> = Vec::new();
        for row in widget["properties"]["metrics"].as_array().into_iter().flatten() {
            let row = row.as_array().unwrap();
            if let Some(expression) = row[0]["expression"].as_str() {
                searches.push(expression.to_owned());
                continue;
            }
            let told: Vec<String> = row.iter().filter_map(Value::as_str).map(str::to_owned).collect();
            let whole = match told.split_first() {
                Some((first, rest)) if first == "..." => {
                    [&before[..before.len() - rest.len()], rest].concat()
                }
                _ => told,
            };
            rows.push(whole.clone());
            before = whole;
        }
    }
    (searches, rows)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_search_of_the_dashboard_finds_something() {
    let metrics = made_by(&recorded().await);
    let (searches, _) = shown(&dashboard("glueconnect"));
    assert!(searches.len() > 4, "{searches:?}");
    for search in searches {
        let read = Search::read(&search);
        assert!(metrics.iter().any(|metric| read.finds(metric)), "{search} finds none of {metrics:#?}");
    }
}

#[test]
fn a_term_in_quotes_is_no_beginning() {
    let errors = |function: &str| Metric {
        namespace: "AWS/Lambda".to_owned(),
        name: "Errors".to_owned(),
        dimensions: [("FunctionName".to_owned(), function.to_owned())].into(),
    };
    let search =
        Search::read(r#"SEARCH('{AWS/Lambda,FunctionName} MetricName="Errors" "acme-"', 'Sum', 300)"#);
    assert!(!search.finds(&errors("acme-check-access")) && search.finds(&errors("acme-")));
}

/// Every name that the code measures something by.
fn measured() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let folders = names_in("functions").into_iter().map(|name| format!("functions/{name}/src"));
    for folder in folders.chain(["shared/api/src".to_owned()]) {
        for file in names_in(&folder).iter().filter(|file| file.ends_with(".rs")) {
            let code = text(&format!("{folder}/{file}"));
            if !(code.contains("metrics::measure(") || code.contains("metrics::measure_often(")) {
                continue;
            }
            let is_name = |word: &&str| {
                word.len() > 6
                    && word.starts_with(|letter: char| letter.is_ascii_uppercase())
                    && word.bytes().all(|byte| byte.is_ascii_alphabetic())
            };
            names.extend(code.split('"').skip(1).step_by(2).filter(is_name).map(str::to_owned));
        }
    }
    names
}

#[test]
fn the_dashboard_shows_what_is_measured_and_nothing_else_of_ours() {
    let (searches, rows) = shown(&dashboard("acme"));
    let searched = searches.iter().map(|search| {
        let read = Search::read(search);
        assert_eq!(read.namespace, "acme", "{search}");
        read.terms[0].1.clone()
    });
    let named = rows.iter().filter(|row| row[0] == "acme").map(|row| row[1].clone());
    let shown: BTreeSet<String> = searched.chain(named).collect();
    let measured = measured();
    assert!(measured.len() > 8, "{measured:?}");
    assert_eq!(shown, measured, "what the dashboard shows, and what the code measures");
    let variables = Template::read().at("/Globals/Function/Environment/Variables").clone();
    assert_eq!(variables["METRICS_NAMESPACE"], reference("AWS::StackName"));
}

#[test]
fn the_dashboard_names_every_function_and_every_queue() {
    let template = Template::read();
    let (_, rows) = shown(&dashboard("acme"));
    let named = |namespace: &str, metric: &str| -> BTreeSet<String> {
        let these = rows.iter().filter(|row| row[0] == namespace && row[1] == metric);
        these.map(|row| row[3].trim_matches(['$', '{', '}']).to_owned()).collect()
    };
    let functions: BTreeSet<String> = names_in("functions").iter().map(|name| resource_name(name)).collect();
    for metric in ["Errors", "Throttles"] {
        assert_eq!(named("AWS/Lambda", metric), functions, "{metric}");
    }
    let queues: BTreeSet<String> =
        template.of_type("AWS::SQS::Queue").into_keys().map(|queue| format!("{queue}.QueueName")).collect();
    assert_eq!(named("AWS/SQS", "ApproximateAgeOfOldestMessage"), queues);
    for (namespace, metric) in [
        ("AWS/ApiGateway", "Latency"),
        ("AWS/DynamoDB", "TransactionConflict"),
        ("AWS/SES", "Reputation.BounceRate"),
        ("AWS/Billing", "EstimatedCharges"),
    ] {
        assert!(rows.iter().any(|row| row[0] == namespace && row[1] == metric), "{namespace} {metric}");
    }
}

/// A heading as a page links to it.
fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase().replace(' ', "-");
    kept.chars().filter(|letter| letter.is_alphanumeric() || *letter == '-').collect()
}

/// The headings of the runbook below this one.
fn headings(below: Option<&str>) -> Vec<String> {
    let page = text("docs/operating.md");
    let part = match below {
        None => page.clone(),
        Some(below) => {
            let (_, rest) = page.split_once(&format!("\n## {below}\n")).unwrap();
            rest.split("\n## ").next().unwrap().to_owned()
        }
    };
    part.lines().filter_map(|line| line.strip_prefix("### ").map(anchor)).collect()
}

#[test]
fn every_alarm_is_there_for_somebody_and_links_to_its_heading() {
    let template = Template::read();
    let everywhere = headings(None);
    let mut linked = BTreeSet::new();
    for (name, alarm) in template.of_type(ALARM) {
        let condition = words(template.at(&format!("/Resources/{name}/Condition")));
        let told = json!([reference("Alarms")]);
        if condition == "IsGradual" {
            // CodeDeploy asks for it, whoever else is told.
            let actions = json!({"Fn::If": ["IsWatched", told, reference("AWS::NoValue")]});
            assert_eq!(alarm["AlarmActions"], actions, "{name}");
        } else {
            let is_watched = template.at(&format!("/Conditions/{condition}/Fn::And/0/Condition"));
            assert!(condition == "IsWatched" || is_watched == "IsWatched", "{name}: nobody may be listening");
            assert_eq!((&alarm["AlarmActions"], &alarm["OKActions"]), (&told, &told), "{name}");
        }
        let description = words(&alarm["AlarmDescription"]["Fn::Sub"]);
        let (said, heading) =
            description.split_once(" ${Runbook}#").unwrap_or_else(|| panic!("{name}: no link"));
        assert!(said.ends_with('.'), "{name}: {said}");
        assert!(everywhere.contains(&heading.to_owned()), "{name}: no heading \"{heading}\"");
        linked.insert(heading.to_owned());
    }
    let is_watched = json!({"Fn::Not": [{"Fn::Equals": [reference("AlarmAddress"), ""]}]});
    assert_eq!(template.at("/Conditions/IsWatched"), &is_watched);
    assert_eq!(template.at("/Resources/Alarms/Condition"), "IsWatched");
    // And the other way round. The budget is AWS's own mail, and has no room for a link.
    linked.insert("the-month-costs-more".to_owned());
    for heading in headings(Some("Alarms")) {
        assert!(linked.contains(&heading), "no alarm leads to {heading}");
    }
}

/// What an alarm looks at under our own name is measured, by that dimension or by none.
#[test]
fn every_alarm_on_our_own_metrics_looks_at_one_that_is_measured() {
    let measured = measured();
    let all = Template::read();
    let own: Vec<_> = all
        .of_type(ALARM)
        .into_iter()
        .filter(|(_, alarm)| alarm["Namespace"] == reference("AWS::StackName"))
        .collect();
    assert!(own.len() > 3);
    for (name, alarm) in own {
        assert!(measured.contains(&words(&alarm["MetricName"])), "{name}");
        let reason = alarm["Dimensions"].as_array().is_some();
        assert!(!reason || alarm["Dimensions"][0]["Name"] == "Reason", "{name}");
    }
}

/// What one line of the log can say: the names of its fields, and its message.
struct Written {
    fields: BTreeSet<String>,
    messages: BTreeSet<String>,
}

/// What the code under these folders writes to the log.
fn written(folders: &[&str]) -> Written {
    let lines: Vec<String> = code(folders).into_iter().map(|line| line.code).collect();
    let whole = lines.join("\n");
    let mut fields: BTreeSet<String> =
        ["timestamp", "level", "message", "target", "span", "@timestamp", "@log", "@message"]
            .map(str::to_owned)
            .into();
    let mut messages = BTreeSet::new();
    for level in ["error", "warn", "info", "debug", "trace"] {
        for call in whole.split(&format!("tracing::{level}!(")).skip(1) {
            for argument in arguments(call) {
                match argument.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
                    Some(message) => drop(messages.insert(message.to_owned())),
                    None => {
                        let name = argument.split('=').next().unwrap_or_default().trim();
                        let name = name.trim_start_matches(['%', '?']).rsplit('.').next().unwrap_or_default();
                        fields.insert(name.to_owned());
                    }
                }
            }
        }
    }
    Written { fields, messages }
}

/// The arguments of a call that has just been opened.
fn arguments(call: &str) -> Vec<String> {
    let (mut depth, mut quoted, mut all, mut one) = (0, false, Vec::new(), String::new());
    for letter in call.chars() {
        match letter {
            '"' => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted && depth == 0 => break,
            ')' | ']' | '}' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => {
                all.push(std::mem::take(&mut one).trim().to_owned());
                continue;
            }
            _ => {}
        }
        one.push(letter);
    }
    all.push(one.trim().to_owned());
    all.retain(|argument| !argument.is_empty());
    all
}

/// The line that the API writes for each request, filled in.
fn access_line() -> Value {
    let format = words(Template::read().at("/Resources/Api/Properties/AccessLogSettings/Format"));
    let filled: String = format
        .split("$context.")
        .enumerate()
        .map(|(place, part)| match part.split_once('"') {
            Some((variable, rest)) if place > 0 => {
                let value = match variable {
                    "status" => "503",
                    "routeKey" => "POST /sessions",
                    _ => "x",
                };
                format!("{value}\"{rest}")
            }
            _ => part.to_owned(),
        })
        .collect();
    serde_json::from_str(&filled).unwrap_or_else(|error| panic!("{error}: {filled}"))
}

/// Words of Logs Insights that name no field.
const INSIGHTS: [&str; 22] = [
    "fields",
    "filter",
    "stats",
    "sort",
    "limit",
    "by",
    "as",
    "and",
    "or",
    "not",
    "like",
    "in",
    "desc",
    "asc",
    "count",
    "sum",
    "avg",
    "max",
    "min",
    "pct",
    "latest",
    "ispresent",
];

/// The fields that a query asks for, and the texts that it compares the message with.
fn asked(query: &str) -> (BTreeSet<String>, Vec<String>) {
    let messages = query.split("message = \"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
    let messages = messages.collect();
    // Neither what is compared with nor what only gets its name here is a field.
    let plain: String = query.split('"').step_by(2).collect::<Vec<_>>().join(" ");
    let plain: String = plain.split('/').step_by(2).collect::<Vec<_>>().join(" ");
    let split = |letter: char| !(letter.is_alphanumeric() || letter == '_' || letter == '@' || letter == '.');
    let tokens: Vec<&str> = plain.split(split).filter(|token| !token.is_empty()).collect();
    let made: BTreeSet<&str> = tokens.windows(2).filter(|pair| pair[0] == "as").map(|pair| pair[1]).collect();
    let is_field = |token: &&&str| {
        !INSIGHTS.contains(token)
            && !made.contains(**token)
            && !token.starts_with(|letter: char| letter.is_ascii_digit())
    };
    let fields = tokens.iter().filter(is_field).map(|token| (*token).to_owned()).collect();
    (fields, messages)
}

#[test]
fn every_saved_query_asks_for_what_is_written() {
    let template = Template::read();
    let functions = written(&["functions", "shared"]);
    let of_the_api: BTreeSet<String> = access_line().as_object().unwrap().keys().cloned().collect();
    let queries = template.of_type("AWS::Logs::QueryDefinition");
    assert!(queries.len() > 5);
    let logs: BTreeSet<String> =
        names_in("functions").iter().map(|name| format!("{}Log", resource_name(name))).collect();
    for (name, query) in queries {
        let groups: BTreeSet<String> =
            query["LogGroupNames"].as_array().unwrap().iter().map(|group| words(&group["Ref"])).collect();
        let (fields, messages) = asked(&words(&query["QueryString"]));
        assert!(!fields.is_empty(), "{name}");
        let is_the_apis = groups == BTreeSet::from(["ApiLog".to_owned()]);
        assert!(is_the_apis || groups == logs || groups.len() == 1, "{name}: not the logs of all functions");
        let known = if is_the_apis { &of_the_api } else { &functions.fields };
        for field in fields {
            assert!(known.contains(&field), "{name}: no line has {field}");
        }
        for message in messages {
            assert!(functions.messages.contains(&message), "{name}: no line says {message:?}");
        }
    }
}

/// The filters and queries of the runbook, too.
#[test]
fn every_filter_of_the_runbook_finds_what_is_written() {
    let written = written(&["functions", "shared"]);
    let access = access_line();
    let page = text("docs/operating.md");
    let mut seen = 0;
    for line in page.lines() {
        if let Some((_, rest)) = line.split_once("--filter-pattern '{ $.") {
            seen += 1;
            let (field, value) = rest.split('}').next().unwrap().split_once(" = ").unwrap();
            let value = value.trim().trim_matches('"');
            if line.contains("/aws/vendedlogs/apis/") {
                let found = access[field].as_str().unwrap_or_else(|| panic!("{line}: {field} is no text"));
                let fits = value.strip_suffix('*').map_or(found == value, |start| found.starts_with(start));
                assert!(fits, "{line}: {found}");
            } else {
                assert!(field == "message" && written.messages.contains(value), "{line}");
            }
        } else if let Some((_, rest)) = line.split_once("--filter '\"") {
            seen += 1;
            let phrase = rest.split('"').next().unwrap();
            assert!(written.messages.iter().any(|message| message.contains(phrase)), "{line}");
        } else if let Some((_, rest)) = line.split_once("--filter ").filter(|_| line.contains("sam logs")) {
            seen += 1;
            assert!(rest.starts_with("ERROR"), "{line}: every line has its level, and else what a law knows");
        }
    }
    assert!(seen > 5, "{seen}");
}

/// Lambda's filter of levels, as it documents it: what names no level it knows counts as INFO.
fn passes_lambda(line: &Value, least: &str) -> bool {
    const LEVELS: [&str; 6] = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
    let rank = |level: &str| LEVELS.iter().position(|known| *known == level);
    let own = line["level"].as_str().and_then(rank).or_else(|| rank("INFO"));
    own >= rank(least)
}

#[tokio::test(flavor = "multi_thread")]
async fn lambda_lets_through_every_line_that_a_function_writes() {
    let template = Template::read();
    let logging = template.at("/Globals/Function/LoggingConfig");
    assert_eq!(logging["LogFormat"], "JSON");
    // Without a level of its own, Lambda takes INFO.
    let least = logging["ApplicationLogLevel"].as_str().unwrap_or("INFO");
    for level in template.at("/Parameters/LogLevel/AllowedValues").as_array().unwrap() {
        let line = json!({"level": words(level).to_uppercase(), "message": "something"});
        assert!(passes_lambda(&line, least), "LogLevel={level} has no effect");
    }
    let metrics = recorded().await;
    for line in metrics {
        assert!(passes_lambda(&serde_json::from_str(&line).unwrap(), least), "a metric is lost: {line}");
    }
}

#[test]
fn the_pages_that_alarms_lead_to_are_there() {
    assert!(root().join(words(Template::read().at("/Parameters/Runbook/Default"))).exists());
}

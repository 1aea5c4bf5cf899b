//! A call of AWS as IAM sees it: who makes it, the action, the resource, and of the table the kind of partition. A
//! transaction is what its entries do; a batch is one action on each of its partitions.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value;
use store::keys;

/// One call, without what differs from one account, person or thing to the next. Shown as a row of the table of calls.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Call {
    /// The function's name; `nobody`, if the request did not say it.
    pub function: String,
    /// As in `dynamodb:GetItem`.
    pub action: String,
    /// As in `table/glueconnect/index/due`.
    pub resource: String,
    /// The kind of partition, or the address that a mail is from; empty where neither is asked about.
    pub key: String,
}

impl fmt::Display for Call {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { function, action, resource, key } = self;
        let row = format!("{function:<21} {action:<40} {resource:<28} {key}");
        formatter.write_str(row.trim_end())
    }
}

impl Call {
    /// What a row says.
    pub fn from_row(row: &str) -> Self {
        let mut words = row.split_whitespace().map(str::to_owned);
        let mut next = || words.next().unwrap_or_default();
        Self { function: next(), action: next(), resource: next(), key: next() }
    }

    /// The calls that an HTTP request makes.
    pub(crate) fn in_request(head: &str, body: &[u8]) -> BTreeSet<Self> {
        let function = caller(head);
        let request: Value = serde_json::from_slice(body).unwrap_or_default();
        let made = match header(head, "x-amz-target").split_once('.') {
            Some(("DynamoDB_20120810", operation)) => of_dynamodb(operation, &request),
            Some(("secretsmanager", operation)) => {
                vec![(
                    format!("secretsmanager:{operation}"),
                    format!("secret/{}", text(&request["SecretId"])),
                    String::new(),
                )]
            }
            Some(("AWSEvents", operation)) => of_events(operation, &request),
            _ if head.starts_with("POST /v2/email/outbound-emails ") => of_ses(&request),
            _ => vec![(
                head.lines().next().unwrap_or_default().replace(' ', "-"),
                "unknown".to_owned(),
                String::new(),
            )],
        };
        made.into_iter()
            .map(|(action, resource, key)| Self { function: function.clone(), action, resource, key })
            .collect()
    }
}

/// A header of a request; empty if it has none of this name.
pub(crate) fn header(head: &str, name: &str) -> String {
    let named = |line: &str| {
        let (known, value) = line.split_once(':')?;
        known.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    };
    head.lines().find_map(named).unwrap_or_default()
}

/// Which function makes a request; `nobody`, if it does not say.
pub(crate) fn caller(head: &str) -> String {
    let agent = header(head, "user-agent");
    agent.split(' ').find_map(|word| word.strip_prefix("app/")).unwrap_or("nobody").to_owned()
}

/// Action, resource and key.
type Made = (String, String, String);

fn of_dynamodb(operation: &str, request: &Value) -> Vec<Made> {
    match operation {
        "BatchGetItem" => {
            let tables = request["RequestItems"].as_object().into_iter().flatten();
            let keys = |(table, asked): (&String, &Value)| -> Vec<Made> {
                let keys = asked["Keys"].as_array().into_iter().flatten();
                // What rights are read from is read in a transaction while they change, whether or not this story met that.
                let is_of_rights = keys.clone().any(|key| text(&key["sk"]["S"]) == "SECURITY");
                let operations = [operation].into_iter().chain(is_of_rights.then_some("GetItem"));
                operations
                    .flat_map(|operation| keys.clone().map(|key| on_table(operation, table, key)))
                    .collect()
            };
            tables.flat_map(keys).collect()
        }
        "TransactGetItems" | "TransactWriteItems" => {
            let entries = request["TransactItems"].as_array().into_iter().flatten();
            let parts = entries.flat_map(|entry| entry.as_object().into_iter().flatten());
            parts
                .map(|(verb, part)| on_table(&format!("{verb}Item"), text(&part["TableName"]), item(part)))
                .collect()
        }
        "Query" => {
            let condition = text(&request["KeyConditionExpression"]);
            let asked =
                condition.split(" AND ").next().unwrap_or_default().split(" = ").nth(1).unwrap_or_default();
            let pk = text(&request["ExpressionAttributeValues"][asked]["S"]);
            let table = text(&request["TableName"]);
            let resource = match request["IndexName"].as_str() {
                Some(index) => format!("table/{table}/index/{index}"),
                None => format!("table/{table}"),
            };
            vec![("dynamodb:Query".to_owned(), resource, kind(pk))]
        }
        _ => vec![on_table(operation, text(&request["TableName"]), item(request))],
    }
}

/// Where the key of a request about one item is.
fn item(request: &Value) -> &Value {
    request.get("Key").unwrap_or(&request["Item"])
}

fn on_table(action: &str, table: &str, key: &Value) -> Made {
    (format!("dynamodb:{action}"), format!("table/{table}"), kind(text(&key["pk"]["S"])))
}

/// Sending by a configuration set is asked of both, the sender's identity and the set.
fn of_ses(request: &Value) -> Vec<Made> {
    let from = text(&request["FromEmailAddress"]);
    let address = from.rsplit_once('<').map_or(from, |(_, address)| address.trim_end_matches('>')).to_owned();
    let mut resources = vec!["identity".to_owned()];
    resources
        .extend(request["ConfigurationSetName"].as_str().map(|name| format!("configuration-set/{name}")));
    resources.into_iter().map(|resource| ("ses:SendEmail".to_owned(), resource, address.clone())).collect()
}

/// Each bus that is told something.
fn of_events(operation: &str, request: &Value) -> Vec<Made> {
    let buses: BTreeSet<&str> = request["Entries"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|entry| text(&entry["EventBusName"]))
        .collect();
    buses
        .into_iter()
        .map(|bus| (format!("events:{operation}"), format!("event-bus/{bus}"), String::new()))
        .collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The kind of a partition: its key, with a name for whatever differs from one to the next, as in `A#<account>#USERS`.
pub fn kind(pk: &str) -> String {
    let mut before = "";
    // A month of the log is one kind, whichever of its partitions.
    let pk = keys::log_of(pk).map_or(pk.to_owned(), |(account, month)| format!("A#{account}#LOG#{month}"));
    let named: Vec<String> = pk
        .split('#')
        .map(|part| {
            let varies = match std::mem::replace(&mut before, part) {
                "A" => "<account>",
                "USER" => "<user>",
                "GROUP" => "<group>",
                "CONNECTION" => "<connection>",
                "DELEGATE" => "<delegate>",
                "LOG" => "<month>",
                "DUE" => "<shard>",
                "RECIPIENT" | "PERSON" => "<address>",
                "SOURCE" => "<network>",
                "ATTEMPTS" => "<subdomain>",
                "SUBDOMAIN" => "<subdomain>",
                "IDEMPOTENCY" => "<key>",
                _ => return part.to_owned(),
            };
            before = "";
            varies.to_owned()
        })
        .collect();
    named.join("#")
}

//! What the roles of the template allow, and what they never do.

use std::collections::BTreeSet;

use iam_rs::Arn;
use journeys::calls::Call;
use local::functions::TABLE;
use serde_json::{Value, json};

use crate::house_map::names_in;
use crate::partitions::partitions;
use crate::policies::{Policy, requests};
use crate::template::{Template, attribute, reference, resource_name, words};

/// The one that sends mail.
const SENDER: &str = "SendInvitesRole";

/// The functions that change entries of the log: the one what can name a person, the other from when on DynamoDB may remove them.
pub const CHANGE_ENTRIES: [&str; 2] = ["erase-person", "expire-invitations"];

/// The one of the prober from outside.
const PROBER: &str = "ProberRole";

/// The actions on the table that a role may allow. Each names keys; a Scan, which names none, is not among them.
const ON_THE_TABLE: [&str; 7] = [
    "dynamodb:BatchGetItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
];

/// The actions on its stream.
const ON_THE_STREAM: [&str; 4] =
    ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"];

/// A statement of a policy, and whose policy it is.
struct Statement {
    role: String,
    is_allowed: bool,
    actions: Vec<String>,
    resources: Vec<Value>,
    condition: Value,
}

impl Statement {
    fn read(role: &str, statement: &Value) -> Self {
        // One that is there where it is wanted, or not at all.
        let statement = match statement.get("Fn::If") {
            Some(choice) if choice[2] == reference("AWS::NoValue") => &choice[1],
            _ => statement,
        };
        for name in statement.as_object().unwrap().keys() {
            let is_plain = ["Effect", "Action", "Resource", "Condition"].contains(&name.as_str());
            assert!(is_plain, "{role}: {name} says more than it seems");
        }
        Self {
            role: role.to_owned(),
            is_allowed: statement["Effect"] == "Allow",
            actions: listed(&statement["Action"]).iter().map(words).collect(),
            resources: listed(&statement["Resource"]),
            condition: statement["Condition"].clone(),
        }
    }

    /// The patterns of the partitions that an allowed action on the table is for.
    fn patterns(&self) -> Vec<String> {
        let patterns = &self.condition["ForAllValues:StringLike"]["dynamodb:LeadingKeys"];
        listed(patterns).iter().map(words).collect()
    }

    fn allows_on_the_table(&self) -> bool {
        self.is_allowed && self.actions.iter().any(|action| ON_THE_TABLE.contains(&action.as_str()))
    }
}

fn listed(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items.clone(),
        Value::Null => Vec::new(),
        one => vec![one.clone()],
    }
}

/// Every statement of every role and of the policies that several have.
fn statements(template: &Template) -> Vec<Statement> {
    let mut found = Vec::new();
    for (role, properties) in template.of_type("AWS::IAM::Role") {
        for policy in listed(&properties["Policies"]) {
            let of_policy = listed(&policy["PolicyDocument"]["Statement"]);
            found.extend(of_policy.iter().map(|statement| Statement::read(role, statement)));
        }
    }
    for (policy, properties) in template.of_type("AWS::IAM::ManagedPolicy") {
        let of_policy = listed(&properties["PolicyDocument"]["Statement"]);
        found.extend(of_policy.iter().map(|statement| Statement::read(policy, statement)));
    }
    found
}

#[test]
fn a_function_has_a_role_that_lambda_alone_assumes_and_that_writes_to_its_own_log() {
    let template = Template::read();
    let statements = statements(&template);
    let mut roles = BTreeSet::new();
    for name in names_in("functions") {
        let id = resource_name(&name);
        let role = format!("{id}Role");
        let properties = template.properties(&role, "AWS::IAM::Role");
        let lambda = json!({"Service": "lambda.amazonaws.com"});
        let trusted = json!({"Effect": "Allow", "Principal": lambda, "Action": "sts:AssumeRole"});
        assert_eq!(listed(&properties["AssumeRolePolicyDocument"]["Statement"]), [trusted], "{role}");
        let keeps = if CHANGE_ENTRIES.contains(&name.as_str()) { "KeepActs" } else { "KeepLog" };
        let shared = json!([
            reference(keeps),
            {"Fn::If": ["IsTraced", reference("SendTraces"), reference("AWS::NoValue")]},
        ]);
        assert_eq!(properties["ManagedPolicyArns"], shared, "{role}");
        let logs = statements.iter().filter(|statement| statement.role == role && is_of(statement, "logs:"));
        let logs: Vec<_> = logs.flat_map(|statement| statement.resources.clone()).collect();
        assert_eq!(logs, [attribute(&format!("{id}Log"), "Arn")], "{role}");
        roles.insert(role);
    }
    // What asks from outside has a role that reaches nothing of the product.
    roles.insert(PROBER.to_owned());
    for statement in statements.iter().filter(|statement| statement.role == PROBER) {
        let reaches = |service: &str| statement.actions.iter().any(|action| action.starts_with(service));
        assert!(!["dynamodb:", "secretsmanager:", "ses:", "lambda:"].into_iter().any(reaches), "{PROBER}");
    }
    // Of the policies that AWS keeps, one is used, by what makes the backups.
    let by_aws = |properties: &&Value| properties["ManagedPolicyArns"].to_string().contains(":iam::aws:");
    let with_those: Vec<_> =
        template.of_type("AWS::IAM::Role").into_iter().filter(|(_, properties)| by_aws(properties)).collect();
    assert_eq!(with_those.iter().map(|(role, _)| *role).collect::<Vec<_>>(), ["BackupRole"]);
    let backup = json!({"Service": "backup.amazonaws.com"});
    assert_eq!(with_those[0].1["AssumeRolePolicyDocument"]["Statement"][0]["Principal"], backup);
    // What starts a schedule has a role too, which is good for that alone.
    for role in template.of_type("AWS::IAM::Role").into_keys().filter(|role| !roles.contains(*role)) {
        let allowed = statements.iter().filter(|statement| statement.role == role);
        for action in allowed.flat_map(|statement| &statement.actions) {
            assert!(
                ["lambda:InvokeFunction", "sqs:SendMessage"].contains(&action.as_str()),
                "{role}: {action}"
            );
        }
    }
}

fn is_of(statement: &Statement, service: &str) -> bool {
    statement.actions.iter().any(|action| action.starts_with(service))
}

#[test]
fn nothing_is_allowed_on_everything_but_where_aws_knows_no_less() {
    for statement in statements(&Template::read()) {
        let Statement { role, actions, resources, condition, .. } = &statement;
        assert!(!actions.is_empty() && !resources.is_empty(), "{role}");
        for action in actions {
            assert!(!action.contains('*'), "{role}: {action}");
        }
        let has_wildcard = resources.iter().any(|resource| resource.to_string().contains('*'));
        // X-Ray has no resources. In the sandbox of SES whoever gets mail is a resource too, and nobody knows them before;
        // the sender is bound all the same.
        // Synthetics looks for its bucket among all, names its log itself, and metrics have no resources.
        let knows_no_less = role == PROBER
            || role == "SendTraces" && is_of(&statement, "xray:")
            || role == SENDER && condition["StringEquals"]["ses:FromAddress"] == reference("SenderAddress");
        assert!(!has_wildcard || knows_no_less, "{role}: {actions:?} on {resources:?}");
    }
}

#[test]
fn one_role_alone_sends_mail_and_from_one_address() {
    let template = Template::read();
    let sending: Vec<_> =
        statements(&template).into_iter().filter(|statement| is_of(statement, "ses:")).collect();
    assert_eq!(sending.len(), 1);
    assert_eq!((sending[0].role.as_str(), sending[0].is_allowed), (SENDER, true));
    assert_eq!(sending[0].actions, ["ses:SendEmail"]);
    assert_eq!(
        sending[0].condition,
        json!({"StringEquals": {"ses:FromAddress": reference("SenderAddress")}})
    );
}

#[test]
fn one_role_alone_tells_others_and_on_the_stacks_own_bus() {
    let all = statements(&Template::read());
    let telling: Vec<_> = all.iter().filter(|statement| is_of(statement, "events:")).collect();
    assert_eq!(telling.len(), 1);
    assert_eq!((telling[0].role.as_str(), telling[0].is_allowed), ("SealLogRole", true));
    assert_eq!(telling[0].actions, ["events:PutEvents"]);
    assert_eq!(telling[0].resources, [attribute("EventBus", "Arn")]);
}

#[test]
fn the_secret_keys_are_read_by_those_who_sign() {
    let template = Template::read();
    let mut readers: Vec<String> = statements(&template)
        .into_iter()
        .filter(|statement| statement.actions.iter().any(|action| action == "secretsmanager:GetSecretValue"))
        .inspect(|statement| assert_eq!(statement.resources, [reference("SigningKeys")]))
        .map(|statement| statement.role)
        .collect();
    readers.sort_unstable();
    // And by the one that makes them.
    let expected = [
        "AcceptInviteRole",
        "ManageMfaRole",
        "ManagePasswordsRole",
        "RotateKeysRole",
        "SendInvitesRole",
        "SignInRole",
    ];
    assert_eq!(readers, expected);
}

/// The stack's own table, or the restored one that took its place.
fn table_in_use() -> Value {
    let parts = json!({"Fn::Split": ["/stream/", reference("RestoredStreamArn")]});
    json!({"Fn::If": ["IsRestored", {"Fn::Select": [0, parts]}, attribute("Table", "Arn")]})
}

#[test]
fn the_table_is_open_by_partitions_alone() {
    for statement in statements(&Template::read()) {
        let role = &statement.role;
        let on_dynamodb = statement.actions.iter().filter(|action| action.starts_with("dynamodb:"));
        if !statement.is_allowed || on_dynamodb.clone().count() == 0 {
            continue;
        }
        let is_all = |known: &[&str]| on_dynamodb.clone().all(|action| known.contains(&action.as_str()));
        if is_all(&ON_THE_STREAM) {
            let from_template = attribute("Table", "StreamArn");
            let stream = json!({"Fn::If": ["IsRestored", reference("RestoredStreamArn"), from_template]});
            assert_eq!(statement.resources, [stream], "{role}");
            continue;
        }
        assert!(is_all(&ON_THE_TABLE), "{role}: {:?}", statement.actions);
        assert!(!statement.patterns().is_empty(), "{role}: {:?} anywhere", statement.actions);
        // Of a request that names no key, ForAllValues says that all its keys fit.
        let names_a_key = json!({"dynamodb:LeadingKeys": "false"});
        assert_eq!(statement.condition["Null"], names_a_key, "{role}: {:?}", statement.actions);
        let table = table_in_use();
        let index =
            json!({"Fn::Sub": [format!("${{Arn}}/index/{}", store::table::DUE_INDEX), {"Arn": table}]});
        assert!(statement.resources == [table] || statement.resources == [index], "{role}");
    }
}

#[test]
fn a_request_that_names_no_key_is_denied_whatever_it_asks_for() {
    let template = Template::read();
    for function in names_in("functions") {
        let policy = Policy::of(&template, &function);
        for action in ON_THE_TABLE {
            let call = Call {
                function: function.clone(),
                action: action.to_owned(),
                resource: format!("table/{TABLE}"),
                key: String::new(),
            };
            assert!(requests(&call).iter().all(|request| !policy.allows(request)), "{call}");
        }
    }
}

#[test]
fn nobody_removes_an_entry_of_the_log_and_two_roles_alone_change_what_they_are_for() {
    let template = Template::read();
    let statements = statements(&template);
    for entry in partitions().remove("A#<account>#LOG#<month>").unwrap() {
        for statement in statements.iter().filter(|statement| statement.allows_on_the_table()) {
            let reaches = statement.patterns().iter().any(|pattern| Arn::wildcard_match(&entry, pattern));
            for action in statement.actions.iter().filter(|_| reaches) {
                let role = statement.role.as_str();
                let reads = ["ListLogsRole", "ErasePersonRole", "ExpireInvitationsRole"];
                let is_read = action == "dynamodb:Query" && reads.contains(&role);
                let changed = match (action.as_str(), role) {
                    ("dynamodb:UpdateItem", "ErasePersonRole") => {
                        let beside = [seals::CHANGES, "salt", "salts", "erased", "sealed_as"];
                        seals::PARTS.into_iter().chain(beside).collect()
                    }
                    ("dynamodb:UpdateItem", "ExpireInvitationsRole") => vec![store::table::TTL_ATTRIBUTE],
                    _ => Vec::new(),
                };
                assert!(is_read || !changed.is_empty() || action == "dynamodb:PutItem", "{role}: {action}");
                if !changed.is_empty() {
                    let allowed = &statement.condition["ForAllValues:StringEquals"]["dynamodb:Attributes"];
                    let allowed = listed(allowed);
                    let allowed: BTreeSet<&str> = allowed.iter().map(|one| one.as_str().unwrap()).collect();
                    assert_eq!(allowed, changed.into_iter().chain(["pk", "sk"]).collect(), "{role}");
                }
            }
        }
        // Each function's role has this one besides, whatever comes to be written in its own.
        for action in ["UpdateItem", "DeleteItem", "BatchWriteItem", "PartiQLUpdate", "PartiQLDelete"] {
            let denied = statements.iter().any(|statement| {
                let patterns = &statement.condition["ForAnyValue:StringLike"]["dynamodb:LeadingKeys"];
                statement.role == "KeepLog"
                    && !statement.is_allowed
                    && statement.resources == [table_in_use()]
                    && statement.actions.contains(&format!("dynamodb:{action}"))
                    && listed(patterns).iter().any(|pattern| Arn::wildcard_match(&entry, &words(pattern)))
            });
            assert!(denied, "{action} of {entry}");
        }
    }
}

#[test]
fn a_pattern_is_for_one_kind_of_partition() {
    let partitions = partitions();
    let mut used = BTreeSet::new();
    for statement in statements(&Template::read()) {
        if !statement.allows_on_the_table() {
            continue;
        }
        let patterns = statement.patterns();
        for pattern in &patterns {
            let kinds: Vec<_> = partitions
                .iter()
                .filter(|(_, samples)| samples.iter().any(|sample| Arn::wildcard_match(sample, pattern)))
                .collect();
            let [(kind, samples)] = kinds.as_slice() else {
                panic!("{}: {pattern} is for {kinds:?}", statement.role);
            };
            used.insert((*kind).clone());
            // Where digits are counted, a pattern stands there for each length.
            for sample in *samples {
                let is_open = patterns.iter().any(|other| Arn::wildcard_match(sample, other));
                assert!(is_open, "{}: {pattern}, and not {sample}", statement.role);
            }
        }
    }
    let all: BTreeSet<String> = partitions.into_keys().collect();
    assert_eq!(used, all, "a kind of partition that nobody may read or write");
}

#[test]
fn patterns_are_compared_as_iam_does() {
    for (pattern, text, is) in [
        ("A#*#USERS", "A#7#USERS", true),
        ("A#*#USERS", "A#7#CONNECTION#9#USERS", true),
        ("A#?#USERS", "A#7#CONNECTION#9#USERS", false),
        ("A#?", "A#17", false),
        ("A#*", "A#", true),
        ("KEYS", "KEYS#", false),
    ] {
        assert_eq!(Arn::wildcard_match(text, pattern), is, "{pattern} and {text}");
    }
}

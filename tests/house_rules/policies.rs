//! The policies of the template's roles, evaluated as IAM does: by `iam-rs`, with an AWS account and a deployment made up.

use std::collections::BTreeSet;

use iam_rs::{
    Arn, Context, ContextValue, Decision, IAMPolicy, IAMRequest, PolicyEvaluator, Principal, PrincipalId,
};
use journeys::calls::Call;
use local::functions::{CONFIGURATION_SET, SENDER_ADDRESS, TABLE};
use local::surroundings::{ACCOUNT, REGION};
use serde_json::{Value, json};

use crate::partitions::partitions;
use crate::template::{Template, resource_name};

/// The one condition on what is called in the table.
pub const LEADING_KEYS: &str = "/Condition/ForAllValues:StringLike/dynamodb:LeadingKeys";

/// What a function may do: the statements of its role, and of the policies that its role shares with others.
#[derive(Clone)]
pub struct Policy {
    pub statements: Vec<Value>,
}

/// One thing that a policy allows: an action, on one resource, or on the partitions of one pattern.
#[derive(Debug, Clone)]
pub struct Permission {
    statement: usize,
    pub action: String,
    /// Where in the statement the one resource or pattern stands in a list, and which it is.
    list: &'static str,
    pub on: String,
}

impl Policy {
    /// That of this function's role, where it is deployed with traces, past SES's sandbox.
    pub fn of(template: &Template, function: &str) -> Self {
        let role = template.properties(&format!("{}Role", resource_name(function)), "AWS::IAM::Role");
        let mut documents: Vec<&Value> =
            role["Policies"].as_array().unwrap().iter().map(|policy| &policy["PolicyDocument"]).collect();
        for shared in role["ManagedPolicyArns"].as_array().unwrap() {
            let name = chosen(shared)["Ref"].as_str().unwrap();
            documents.push(&template.properties(name, "AWS::IAM::ManagedPolicy")["PolicyDocument"]);
        }
        let statements = documents.into_iter().flat_map(|document| document["Statement"].as_array().unwrap());
        Self { statements: statements.map(plain).collect() }
    }

    /// The same, with this statement besides.
    pub fn with(mut self, statement: Value) -> Self {
        self.statements.push(statement);
        self
    }

    /// What is decided on a request.
    pub fn decides(&self, request: &IAMRequest) -> Decision {
        let document = json!({"Version": "2012-10-17", "Statement": self.statements});
        let policy: IAMPolicy = serde_json::from_value(document).unwrap();
        PolicyEvaluator::with_policies(vec![policy]).evaluate(request).unwrap().decision
    }

    /// Whether a request is allowed.
    pub fn allows(&self, request: &IAMRequest) -> bool {
        self.decides(request) == Decision::Allow
    }

    /// Everything that is allowed, one by one.
    pub fn permissions(&self) -> Vec<Permission> {
        let mut all = Vec::new();
        let allowing =
            self.statements.iter().enumerate().filter(|(_, statement)| statement["Effect"] == "Allow");
        for (statement, says) in allowing {
            let list = if says.pointer(LEADING_KEYS).is_some() { LEADING_KEYS } else { "/Resource" };
            for action in texts(&says["Action"]) {
                for on in texts(says.pointer(list).unwrap()) {
                    all.push(Permission { statement, action: action.clone(), list, on });
                }
            }
        }
        all
    }

    /// The same, with one thing less.
    pub fn without(&self, permission: &Permission) -> Self {
        let mut less = self.clone();
        let whole = less.statements.remove(permission.statement);
        let mut others = whole.clone();
        let actions: Vec<String> =
            texts(&whole["Action"]).into_iter().filter(|action| *action != permission.action).collect();
        if !actions.is_empty() {
            others["Action"] = json!(actions);
            less.statements.push(others);
        }
        let mut rest = whole;
        rest["Action"] = json!(permission.action);
        let list = rest.pointer_mut(permission.list).unwrap();
        let left: Vec<String> = texts(list).into_iter().filter(|on| *on != permission.on).collect();
        *list = json!(left);
        if !left.is_empty() {
            less.statements.push(rest);
        }
        less
    }
}

/// The requests that a call stands for: of a kind of partition one for each example.
pub fn requests(call: &Call) -> Vec<IAMRequest> {
    let contexts: Vec<(&str, ContextValue)> = match call.action.split_once(':').unwrap_or_default().0 {
        "dynamodb" if !call.key.is_empty() => {
            let kinds = partitions();
            let keys = kinds.get(&call.key).unwrap_or_else(|| panic!("{call}: no such kind of partition"));
            let one = |key: &String| ("dynamodb:LeadingKeys", ContextValue::StringList(vec![key.clone()]));
            keys.iter().map(one).collect()
        }
        "ses" => vec![("ses:FromAddress", ContextValue::String(call.key.clone()))],
        _ => Vec::new(),
    };
    let request = |context| {
        let lambda = Principal::Aws(PrincipalId::String(ACCOUNT.to_owned()));
        let resource = Arn::parse(&arn(&call.resource)).unwrap();
        IAMRequest::new_with_context(lambda, call.action.clone(), resource, context)
    };
    if contexts.is_empty() {
        return vec![request(Context::new())];
    }
    let with = |(key, value): (&str, ContextValue)| Context::with_data([(key.to_owned(), value)].into());
    contexts.into_iter().map(|context| request(with(context))).collect()
}

/// What Lambda itself does in the name of a function's role, as the template asks it to: it writes the log, sends traces, reads
/// the stream, and puts what was given up into a queue.
pub fn by_lambda(template: &Template, function: &str) -> BTreeSet<Call> {
    let id = resource_name(function);
    let call = |action: &str, resource: String| Call {
        function: function.to_owned(),
        action: action.to_owned(),
        resource,
        key: String::new(),
    };
    let mut calls: BTreeSet<Call> = ["logs:CreateLogStream", "logs:PutLogEvents"]
        .map(|action| call(action, format!("log-group/{id}Log")))
        .into_iter()
        .chain(
            ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
                .map(|action| call(action, "trace".to_owned())),
        )
        .collect();
    let properties = template.properties(&id, "AWS::Serverless::Function");
    let mut given_up = |settings: &Value| {
        let queue = &settings["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0];
        calls.extend(queue.as_str().map(|queue| call("sqs:SendMessage", format!("queue/{queue}"))));
    };
    given_up(&properties["EventInvokeConfig"]);
    let mappings = template.events(&id, "DynamoDB");
    mappings.iter().for_each(|mapping| given_up(mapping));
    if !mappings.is_empty() {
        let actions = ["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"];
        calls.extend(actions.map(|action| call(&format!("dynamodb:{action}"), "stream".to_owned())));
    }
    calls
}

/// The name of a resource, as rows have it, written out.
fn arn(resource: &str) -> String {
    let (kind, name) = resource.split_once('/').unwrap_or((resource, ""));
    match kind {
        "table" => format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:{resource}"),
        "stream" => {
            format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{TABLE}/stream/2026-11-22T00:00:00.000")
        }
        "identity" => format!("arn:aws:ses:{REGION}:{ACCOUNT}:identity/glueconnect.example"),
        "configuration-set" => format!("arn:aws:ses:{REGION}:{ACCOUNT}:{resource}"),
        "secret" => format!("arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}-a1b2c3"),
        "log-group" => format!("arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{name}:log-stream:live"),
        "event-bus" => format!("arn:aws:events:{REGION}:{ACCOUNT}:{resource}"),
        "queue" => format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"),
        "trace" => format!("arn:aws:xray:{REGION}:{ACCOUNT}:trace"),
        _ => panic!("{resource} has no ARN here"),
    }
}

/// A statement as CloudFormation makes it from the template.
fn plain(value: &Value) -> Value {
    let value = chosen(value);
    match value {
        Value::Array(items) => {
            items.iter().filter(|item| chosen(item)["Ref"] != "AWS::NoValue").map(plain).collect()
        }
        Value::Object(fields) => match fields.iter().next() {
            Some((name, told)) if name == "Ref" => json!(named(told.as_str().unwrap())),
            Some((name, told)) if name == "Fn::GetAtt" => {
                json!(named(&format!("{}.{}", told[0].as_str().unwrap(), told[1].as_str().unwrap())))
            }
            Some((name, told)) if name == "Fn::Sub" => match told.as_array() {
                None => json!(filled(told.as_str().unwrap())),
                Some(parts) => {
                    let text = parts[0].as_str().unwrap().to_owned();
                    json!(parts[1].as_object().unwrap().iter().fold(text, |text, (name, value)| {
                        text.replace(&format!("${{{name}}}"), plain(value).as_str().unwrap())
                    }))
                }
            },
            _ => fields.iter().map(|(name, field)| (name.clone(), plain(field))).collect(),
        },
        other => other.clone(),
    }
}

/// What stands there in the end, if the template leaves a choice.
fn chosen(value: &Value) -> &Value {
    let Some(choice) = value.get("Fn::If") else { return value };
    chosen(match choice[0].as_str() {
        Some("IsTraced" | "TellsEvents") => &choice[1],
        Some("IsRestored" | "IsSandboxed") => &choice[2],
        other => panic!("{other:?} has not been decided here"),
    })
}

fn filled(text: &str) -> String {
    let mut parts = text.split("${");
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once('}').unwrap();
        filled += &named(name);
        filled += rest;
    }
    filled
}

/// What the name of a parameter, a resource or its attribute stands for.
fn named(name: &str) -> String {
    match name {
        "AWS::Partition" => "aws".to_owned(),
        "AWS::Region" => REGION.to_owned(),
        "AWS::AccountId" => ACCOUNT.to_owned(),
        "Table.Arn" => arn(&format!("table/{TABLE}")),
        "Table.StreamArn" => arn("stream"),
        "EventBus.Arn" => arn(&format!("event-bus/{}", local::events::BUS)),
        "SigningKeys" => arn(&format!("secret/{}", local::secrets::NAME)),
        "SenderAddress" => SENDER_ADDRESS.to_owned(),
        "SenderIdentity" => "glueconnect.example".to_owned(),
        "ConfigurationSet" => CONFIGURATION_SET.to_owned(),
        _ => match name.split_once('.') {
            Some((log, "Arn")) if log.ends_with("Log") => {
                format!("arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{log}:*")
            }
            Some((queue, "Arn")) if queue.ends_with("Failures") => arn(&format!("queue/{queue}")),
            _ => panic!("{name} has not been made up here"),
        },
    }
}

/// A list of texts, or one.
pub fn texts(value: &Value) -> Vec<String> {
    let all = value.as_array().map_or_else(|| vec![value], |items| items.iter().collect());
    all.into_iter()
        .map(|text| text.as_str().unwrap_or_else(|| panic!("{text} is no text")).to_owned())
        .collect()
}

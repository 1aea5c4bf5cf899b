//! The template for AWS, held against the functions and the local product: who is there, what calls whom, what watches it.
//! What the roles allow is in `roles.rs`.

use std::collections::{BTreeMap, BTreeSet};

use journeys::House;
use local::Function;
use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value, json};

use crate::house_map::{HouseMap, names_in, text};

/// `infra/template.yaml` with its short tags written out: `!Ref Table` is `{"Ref": "Table"}`.
pub struct Template(Value);

impl Template {
    /// As it is in the house.
    pub fn read() -> Self {
        Self::of("infra/template.yaml")
    }

    /// Another one of the house.
    pub fn of(path: &str) -> Self {
        let documents = text(path);
        let documents = Yaml::load_from_str(&documents).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(documents.len(), 1);
        Self(written_out(&documents[0]))
    }

    /// What stands at this pointer; null if nothing does.
    pub fn at(&self, pointer: &str) -> &Value {
        self.0.pointer(pointer).unwrap_or(&Value::Null)
    }

    /// The properties of a resource, which must be of this type.
    pub fn properties(&self, resource: &str, kind: &str) -> &Value {
        let found = self.at(&format!("/Resources/{resource}"));
        assert_eq!(found["Type"], kind, "{resource}");
        &found["Properties"]
    }

    /// Every resource of this type, by its name.
    pub fn of_type(&self, kind: &str) -> BTreeMap<&str, &Value> {
        let resources = self.at("/Resources").as_object().unwrap();
        let these = resources.iter().filter(|(_, resource)| resource["Type"] == kind);
        these.map(|(name, resource)| (name.as_str(), &resource["Properties"])).collect()
    }

    /// The functions by the names of their resources.
    fn functions(&self) -> BTreeMap<&str, &Value> {
        self.of_type(FUNCTION)
    }

    /// The events of a function that are of this type.
    pub fn events(&self, function: &str, kind: &str) -> Vec<&Value> {
        let events = self.properties(function, FUNCTION)["Events"].as_object();
        let these = events.into_iter().flatten().filter(|(_, event)| event["Type"] == kind);
        these.map(|(_, event)| &event["Properties"]).collect()
    }
}

const FUNCTION: &str = "AWS::Serverless::Function";
pub const ALARM: &str = "AWS::CloudWatch::Alarm";

fn written_out(node: &Yaml<'_>) -> Value {
    match node {
        Yaml::Value(Scalar::Null) => Value::Null,
        Yaml::Value(Scalar::Boolean(is)) => json!(is),
        Yaml::Value(Scalar::Integer(number)) => json!(number),
        Yaml::Value(Scalar::FloatingPoint(number)) => json!(number.0),
        Yaml::Value(Scalar::String(text)) => json!(text),
        Yaml::Sequence(items) => Value::Array(items.iter().map(written_out).collect()),
        Yaml::Mapping(fields) => {
            let named = |(name, value): (&Yaml<'_>, &Yaml<'_>)| {
                (
                    name.as_str().unwrap_or_else(|| panic!("{name:?} is no name")).to_owned(),
                    written_out(value),
                )
            };
            Value::Object(fields.iter().map(named).collect::<Map<_, _>>())
        }
        Yaml::Tagged(tag, value) => tagged(&tag.suffix, written_out(value)),
        other => panic!("{other:?} has no place in a template"),
    }
}

/// CloudFormation's short form of its own functions.
fn tagged(tag: &str, value: Value) -> Value {
    match (tag, value) {
        ("Ref" | "Condition", value) => json!({ tag: value }),
        ("GetAtt", Value::String(path)) => {
            let (resource, attribute) = path.split_once('.').unwrap_or_else(|| panic!("!GetAtt {path}"));
            json!({"Fn::GetAtt": [resource, attribute]})
        }
        (_, value) => json!({ format!("Fn::{tag}"): value }),
    }
}

/// `check-access` is `CheckAccess` in the template, where names have no hyphens.
pub fn resource_name(function: &str) -> String {
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    function.split('-').map(capital).collect()
}

/// What the name of a resource stands for, elsewhere in the template.
pub fn reference(resource: &str) -> Value {
    json!({ "Ref": resource })
}

/// An attribute of a resource, elsewhere in the template.
pub fn attribute(resource: &str, name: &str) -> Value {
    json!({ "Fn::GetAtt": [resource, name] })
}

#[test]
fn every_function_has_a_resource_a_role_a_log_and_alarms_of_its_own() {
    let template = Template::read();
    let names: BTreeSet<String> = names_in("functions").iter().map(|name| resource_name(name)).collect();
    let there: BTreeSet<String> = template.functions().into_keys().map(str::to_owned).collect();
    assert_eq!(there, names, "the template's functions, and the folders under functions/");
    for name in names_in("functions") {
        let id = resource_name(&name);
        let function = template.properties(&id, FUNCTION);
        assert_eq!(function["FunctionName"], json!({"Fn::Sub": format!("${{AWS::StackName}}-{name}")}));
        assert_eq!(function["CodeUri"], format!("../target/lambda/{name}/"));
        assert_eq!(function["Role"], attribute(&format!("{id}Role"), "Arn"), "{name}");
        assert_eq!(function["AutoPublishAliasAllProperties"], true, "{name}");

        let log = template.properties(&format!("{id}Log"), "AWS::Logs::LogGroup");
        assert_eq!(function["LoggingConfig"], json!({"LogGroup": reference(&format!("{id}Log"))}), "{name}");
        let expected = json!({"Fn::Sub": format!("/aws/lambda/${{AWS::StackName}}-{name}")});
        assert_eq!(log["LogGroupName"], expected);
        assert!(log["RetentionInDays"]["Ref"].is_string(), "{name} keeps its log for ever");

        for metric in ["Errors", "Throttles"] {
            let alarm = template.properties(&format!("{id}{metric}"), ALARM);
            assert_eq!(alarm["MetricName"], metric);
            assert_eq!(
                alarm["Dimensions"],
                json!([{"Name": "FunctionName", "Value": reference(&id)}]),
                "{name}"
            );
        }
        let preference = &function["DeploymentPreference"];
        if preference["Type"] == "AllAtOnce" {
            // Two versions never answer side by side, so there is nothing to compare.
            assert_eq!(preference["Alarms"], Value::Null, "{name}");
            continue;
        }
        // What takes a version back looks at that version alone: otherwise nobody could deploy what mends a failing function.
        let broken = format!("{id}Broken");
        let rolls_back = json!({"Fn::If": ["IsGradual", [reference(&broken)], [reference("AWS::NoValue")]]});
        assert_eq!(preference["Alarms"], rolls_back, "{name}");
        let alarm = template.properties(&broken, ALARM);
        let dimensions = json!([
            {"Name": "FunctionName", "Value": reference(&id)},
            {"Name": "Resource", "Value": {"Fn::Sub": format!("${{{id}}}:live")}},
            {"Name": "ExecutedVersion", "Value": attribute(&id, "Version.Version")},
        ]);
        assert_eq!((&alarm["MetricName"], &alarm["Dimensions"]), (&json!("Errors"), &dimensions), "{name}");
        assert_eq!(
            alarm["TreatMissingData"], "notBreaching",
            "{name}: after a deployment nothing is measured"
        );
    }
    let gradual = json!({"Fn::Not": [{"Fn::Equals": [reference("Deployment"), "AllAtOnce"]}]});
    assert_eq!(template.at("/Conditions/IsGradual"), &gradual);
    assert!(template.at("/Globals/Function/AutoPublishAlias").is_string());
    assert_eq!(template.at("/Globals/Function/DeploymentPreference/Type")["Ref"], "Deployment");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_routes_of_template_router_and_local_product_are_those_of_the_functions() {
    let template = Template::read();
    let map = HouseMap::draw();
    let router = map.workspace_metadata()["lambda"]["watch"]["router"].as_object().unwrap();
    let house = House::start().await;
    for function in local_functions(&house) {
        let name = function.name;
        let own: BTreeSet<(String, String)> =
            function.routes.iter().map(|route| (route.method.to_owned(), route.path.to_owned())).collect();
        let (rest, routed): (Vec<&Value>, Vec<&Value>) = template
            .events(&resource_name(name), "HttpApi")
            .into_iter()
            .partition(|event| event.get("Path").is_none() && event.get("Method").is_none());
        assert_eq!(rest.len(), usize::from(function.answers_the_rest), "{name} and $default in the template");
        let in_template: Vec<(String, String)> =
            routed.into_iter().map(|event| (words(&event["Method"]), words(&event["Path"]))).collect();
        assert_eq!(in_template.len(), own.len(), "{name} has a route twice in the template");
        assert_eq!(in_template.into_iter().collect::<BTreeSet<_>>(), own, "{name} in the template");
        let in_router: BTreeSet<(String, String)> = router
            .iter()
            .flat_map(|(path, entries)| listed(entries).iter().map(move |entry| (path, entry)))
            .filter(|(_, entry)| entry["function"] == name)
            .map(|(path, entry)| (words(&entry["method"]), as_in_the_template(path)))
            .collect();
        assert_eq!(in_router, own, "{name} in the root Cargo.toml, workspace.metadata.lambda.watch.router");
        let is_given_the_rest = router.get("/{*rest}").is_some_and(|given| given == name);
        assert_eq!(is_given_the_rest, function.answers_the_rest, "{name} in the root Cargo.toml");
    }
    let known = names_in("functions");
    for (path, entries) in router {
        for entry in listed(entries) {
            let function = words(&entry["function"]);
            assert!(known.contains(&function), "{path} in the root Cargo.toml: there is no {function}");
        }
    }
}

/// The router writes `{*page}` what an HTTP API writes `{page+}`: all that is left of the path.
pub fn as_in_the_template(path: &str) -> String {
    match path.split_once("{*") {
        Some((start, rest)) => format!("{start}{{{}+}}", rest.trim_end_matches('}')),
        None => path.to_owned(),
    }
}

/// The entries of a path in the router, method by method. One that has a function for whatever is sent there has none.
pub fn listed(entries: &Value) -> &[Value] {
    entries.as_array().map_or(&[], Vec::as_slice)
}

/// The text that must stand here.
pub fn words(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

fn local_functions(house: &House) -> Vec<Function> {
    local::functions::all(&house.product.surroundings).unwrap()
}

#[test]
fn the_api_remembers_nothing_of_anyones_rights() {
    // An authorizer keeps its answer for a while, unless it is told not to. There is none.
    let template = Template::read();
    assert_eq!(template.of_type("AWS::Serverless::HttpApi").into_keys().collect::<Vec<_>>(), ["Api"]);
    assert_eq!(template.at("/Resources/Api/Properties/Auth"), &Value::Null);
    assert_eq!(template.at("/Globals/HttpApi"), &Value::Null);
    assert!(template.of_type("AWS::ApiGatewayV2::Authorizer").is_empty());
    for function in template.functions().into_keys() {
        for event in template.events(function, "HttpApi") {
            assert_eq!(event["ApiId"], reference("Api"), "{function}");
            let keys: Vec<&String> = event.as_object().unwrap().keys().collect();
            assert!(keys == ["ApiId", "Method", "Path"] || keys == ["ApiId"], "{function}: {keys:?}");
        }
    }
}

#[test]
fn the_limits_are_the_usual_ones_unless_they_are_set() {
    let template = Template::read();
    let usual = policy::Limits::default();
    for (parameter, variable, limit) in [
        ("RequestsPerFiveMinutes", "REQUESTS_PER_FIVE_MINUTES", usual.requests),
        ("InvitationsPerHour", "INVITATIONS_PER_HOUR", usual.invitations),
        ("MailsPerRecipientPerDay", "MAILS_PER_RECIPIENT_PER_DAY", usual.mails),
    ] {
        assert_eq!(template.at(&format!("/Parameters/{parameter}/Default")), limit, "{parameter}");
        let given = template.at(&format!("/Globals/Function/Environment/Variables/{variable}"));
        assert_eq!(given, &reference(parameter));
        assert!(text("shared/api/src/limits.rs").contains(variable), "{variable}");
    }
}

#[test]
fn sign_up_is_closed_unless_it_is_opened() {
    let template = Template::read();
    assert_eq!(template.at("/Parameters/PublicSignUp/Default"), "false");
    assert_eq!(
        template.at("/Conditions/IsOpen"),
        &json!({"Fn::Equals": [reference("PublicSignUp"), "true"]})
    );
    let limits = &template.properties("Api", "AWS::Serverless::HttpApi")["RouteSettings"]["POST /accounts"];
    for limit in ["ThrottlingRateLimit", "ThrottlingBurstLimit"] {
        let chosen = &limits[limit]["Fn::If"];
        assert_eq!((&chosen[0], &chosen[2]), (&json!("IsOpen"), &json!(0)), "{limit}");
    }
    // A throttle is best effort: it is the function that refuses, and it is open where it is told so and nowhere else.
    let function = template.properties("OpenAccount", "AWS::Serverless::Function");
    let told = &function["Environment"]["Variables"]["SIGN_UP"];
    assert_eq!(told, &json!({"Fn::If": ["IsOpen", "open", "closed"]}));
    assert_eq!(local::SignUp::from_text(Some("open")), local::SignUp::Open);
    for closed in [Some("closed"), Some(""), Some("opened"), None] {
        assert_eq!(local::SignUp::from_text(closed), local::SignUp::Closed, "{closed:?}");
    }
}

#[test]
fn pages_from_elsewhere_may_do_what_they_may_at_home_and_only_where_it_is_said_whose() {
    let template = Template::read();
    assert_eq!(template.at("/Parameters/AllowedOrigins/Default"), "");
    // One choice for all of it: of a choice for each part, SAM takes the first for the whole.
    let chosen = &template.properties("Api", "AWS::Serverless::HttpApi")["CorsConfiguration"]["Fn::If"];
    let list = |text: &str| json!(text.split(',').collect::<Vec<_>>());
    let remembered: u64 = local::cross_origin::REMEMBERED.parse().unwrap();
    let expected = json!({
        "AllowOrigins": {"Fn::Split": [",", reference("AllowedOrigins")]},
        "AllowMethods": list(local::cross_origin::METHODS),
        "AllowHeaders": list(local::cross_origin::SENT),
        "ExposeHeaders": list(local::cross_origin::READ),
        "MaxAge": remembered,
    });
    assert_eq!(chosen, &json!(["HasOrigins", expected, {"Ref": "AWS::NoValue"}]));
}

#[test]
fn no_log_of_the_api_holds_a_link() {
    let format = words(Template::read().at("/Resources/Api/Properties/AccessLogSettings/Format"));
    assert!(format.contains("$context.routeKey"), "{format}");
    for revealing in ["$context.path", "authorizer", "$context.customDomain"] {
        assert!(!format.contains(revealing), "{format}");
    }
    assert!(serde_json::from_str::<Value>(&format).is_ok(), "{format}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stream_feeds_those_whom_it_feeds_at_home_and_loses_nothing() {
    let template = Template::read();
    let house = House::start().await;
    for function in local_functions(&house) {
        let (name, id) = (function.name, resource_name(function.name));
        let mappings = template.events(&id, "DynamoDB");
        assert_eq!(mappings.len(), usize::from(function.stream.is_some()), "{name}");
        let Some(stream) = function.stream else { continue };
        let mapping = mappings[0];
        assert_eq!(mapping["StartingPosition"], "TRIM_HORIZON", "{name}");
        assert_eq!(mapping["FunctionResponseTypes"], json!(["ReportBatchItemFailures"]), "{name}");
        assert_eq!(mapping["BisectBatchOnFunctionError"], true, "{name}");
        let age = mapping["MaximumRecordAgeInSeconds"].as_u64().unwrap_or_default();
        assert!((60..86_400).contains(&age), "{name}: the stream forgets a record after a day");
        let retries = if stream.attempts == u32::MAX { -1 } else { i64::from(stream.attempts) - 1 };
        assert_eq!(mapping["MaximumRetryAttempts"], retries, "{name}: infra/local/src/functions.rs differs");
        let queue = format!("{id}Failures");
        let destination = json!({"Type": "SQS", "Destination": attribute(&queue, "Arn")});
        assert_eq!(mapping["DestinationConfig"]["OnFailure"], destination, "{name}");
        let behind = template.properties(&format!("{id}Behind"), ALARM);
        assert_eq!(behind["MetricName"], "IteratorAge", "{name}");

        // What the filter lets through, the function wants; and it lets through what the function is for.
        let filters = mapping["FilterCriteria"]["Filters"].as_array().unwrap();
        assert_eq!(filters.len(), 1, "{name}");
        let pattern: Value = serde_json::from_str(&words(&filters[0]["Pattern"])).unwrap();
        let event: Value = serde_json::from_str(&filled(&text(&format!("events/{name}.json")))).unwrap();
        for record in event["Records"].as_array().unwrap() {
            assert!(passes(&pattern, record), "{name} is not given {record}");
            for (change, changed) in changes(record) {
                assert!(
                    passes(&pattern, &changed) == (stream.wants)(&changed),
                    "{name} and its filter differ about {change}: {changed}"
                );
            }
        }
    }
}

/// An events file with the number 7 wherever it leaves one open.
fn filled(event: &str) -> String {
    let open = event.split('<').skip(1).filter_map(|rest| rest.split_once('>'));
    let names: BTreeSet<&str> = open.map(|(name, _)| name).collect();
    names.into_iter().fold(event.to_owned(), |event, name| event.replace(&format!("<{name}>"), "7"))
}

/// Other records, made out of this one.
fn changes(record: &Value) -> Vec<(&'static str, Value)> {
    let with = |pointer: &str, name: &str, value: Value| {
        let mut changed = record.clone();
        changed.pointer_mut(pointer).unwrap()[name] = value;
        changed
    };
    let mut removed = with("", "eventName", json!("REMOVE"));
    let old = removed["dynamodb"]["NewImage"].take();
    removed["dynamodb"].as_object_mut().unwrap().remove("NewImage");
    removed["dynamodb"]["OldImage"] = old;
    let mut factor = with("/dynamodb/Keys", "sk", json!({"S": "0000000000000007#MFA"}));
    factor["dynamodb"]["NewImage"] = json!({
        "pk": {"S": "A#7#CREDENTIALS"}, "sk": {"S": "0000000000000007#MFA"}, "secret": {"S": "JBSWY3DP"},
    });
    factor["dynamodb"]["Keys"]["pk"] = json!({"S": "A#7#CREDENTIALS"});
    vec![
        ("one removed", removed),
        ("a second factor", factor),
        ("one changed", with("", "eventName", json!("MODIFY"))),
        ("a mail that left", with("/dynamodb/NewImage", "delivery", json!({"S": "sent"}))),
        ("a mail that was refused", with("/dynamodb/NewImage", "delivery", json!({"S": "failed"}))),
        (
            "a mail that someone is sending",
            with("/dynamodb/NewImage", "claimed_until", json!({"N": "1767225600000"})),
        ),
    ]
}

/// Lambda's filter rules, as far as the template uses them: a list of texts or of `prefix` and `exists`.
fn passes(pattern: &Value, record: &Value) -> bool {
    pattern.as_object().unwrap().iter().all(|(name, rule)| match rule {
        Value::Array(rules) => rules.iter().any(|rule| {
            let found = record.get(name);
            match rule.as_object().and_then(|rule| rule.iter().next()) {
                None => found == Some(rule),
                Some((key, start)) if key == "prefix" => {
                    found.and_then(Value::as_str).is_some_and(|text| text.starts_with(&words(start)))
                }
                Some((key, wanted)) if key == "exists" => found.is_some() == wanted.as_bool().unwrap(),
                Some(other) => panic!("{other:?} is new to this test"),
            }
        }),
        deeper => passes(deeper, record.get(name).unwrap_or(&json!({}))),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schedule_runs_what_it_runs_at_home() {
    let template = Template::read();
    let house = House::start().await;
    let at_home: Vec<Function> =
        local_functions(&house).into_iter().filter(|function| function.schedule.is_some()).collect();
    assert_eq!(template.of_type("AWS::Scheduler::Schedule").len(), at_home.len());
    for function in at_home {
        let id = resource_name(function.name);
        let schedule = template.properties(&format!("{id}Schedule"), "AWS::Scheduler::Schedule");
        let minutes = function.schedule.unwrap().every.as_secs() / 60;
        // One is written differently from two.
        let rate = match minutes {
            1 => "rate(1 minute)",
            60 => "rate(1 hour)",
            other => panic!("every {other} minutes is new to this test"),
        };
        assert_eq!(schedule["ScheduleExpression"], rate);
        let target = &schedule["Target"];
        assert_eq!(target["Arn"], reference(&format!("{id}.Alias")));
        assert_eq!(target["DeadLetterConfig"]["Arn"], attribute(&format!("{id}Failures"), "Arn"));
    }
}

/// What SES tells at home goes through the rule on AWS, and what the rule asks for is published.
#[tokio::test(flavor = "multi_thread")]
async fn ses_tells_those_whom_it_tells_at_home() {
    let template = Template::read();
    let house = House::start().await;
    for function in local_functions(&house) {
        let (name, id) = (function.name, resource_name(function.name));
        let rules = template.events(&id, "EventBridgeRule");
        assert_eq!(rules.len(), usize::from(function.is_told_of_mail), "{name}");
        let Some(rule) = rules.first() else { continue };
        let mut pattern = rule["Pattern"].clone();
        let tag = pattern["detail"]["mail"]["tags"]["ses:configuration-set"].take();
        assert_eq!(tag, json!([reference("ConfigurationSet")]), "{name}");
        pattern.as_object_mut().unwrap().remove("detail");
        for file in names_in("events").iter().filter(|file| file.starts_with(name)) {
            let event: Value = serde_json::from_str(&text(&format!("events/{file}"))).unwrap();
            assert!(passes(&pattern, &event), "{name} is not given events/{file}");
            assert_eq!(event["detail"]["mail"]["tags"]["ses:configuration-set"], json!(["glueconnect"]));
        }
        assert_eq!(rule["DeadLetterConfig"]["Arn"], attribute(&format!("{id}Failures"), "Arn"), "{name}");
        let asked = pattern["detail-type"].as_array().unwrap().len();
        let published = &template.properties("MailEvents", "AWS::SES::ConfigurationSetEventDestination")["EventDestination"]
            ["MatchingEventTypes"];
        assert_eq!(published.as_array().unwrap().len(), asked, "{published}");
    }
    let sender = template.properties("SendInvites", FUNCTION);
    assert_eq!(sender["Environment"]["Variables"]["CONFIGURATION_SET"], reference("ConfigurationSet"));
}

/// What the DNS is told is what SES looks for there.
#[test]
fn the_outputs_name_all_that_the_dns_of_the_mail_domain_needs() {
    let template = Template::read();
    let identity = template.properties("MailIdentity", "AWS::SES::EmailIdentity");
    assert_eq!(identity["EmailIdentity"], reference("MailDomain"));
    let return_path = words(&identity["MailFromAttributes"]["MailFromDomain"]["Fn::Sub"]);
    let value = |output: &str| words(template.at(&format!("/Outputs/{output}/Value/Fn::Sub")));
    for key in 1..=3 {
        let record =
            format!("${{MailIdentity.DkimDNSTokenName{key}}} CNAME ${{MailIdentity.DkimDNSTokenValue{key}}}");
        assert_eq!(value(&format!("MailDnsKey{key}")), record);
    }
    let back = value("MailDnsReturnPath");
    assert_eq!(back, format!("{return_path} MX 10 feedback-smtp.${{AWS::Region}}.amazonses.com"));
    let senders = value("MailDnsReturnPathSenders");
    assert!(senders.starts_with(&format!("{return_path} TXT \"v=spf1 ")), "{senders}");
    assert!(value("MailDnsPolicy").starts_with("_dmarc.${MailDomain} TXT \"v=DMARC1; "));
    let outputs = template.at("/Outputs").as_object().unwrap();
    for (name, output) in outputs.iter().filter(|(name, _)| name.starts_with("MailDns")) {
        assert_eq!(output["Condition"], "MakesMailIdentity", "{name}");
        assert!(text("docs/operating.md").contains(&format!("`{name}")), "{name} in docs/operating.md");
    }
    let same = json!({"Fn::Equals": [reference("MailDomain"), reference("SenderIdentity")]});
    assert_eq!(template.at("/Rules/MailDomainIsTheIdentity/Assertions/0/Assert"), &same);
}

/// Whoever waits for a turn and then for SES, with each mail of a batch, is not killed in the middle.
#[test]
fn mails_are_handed_over_no_faster_than_ses_allows_and_a_batch_of_them_has_its_time() {
    let template = Template::read();
    let sender = template.properties("SendInvites", FUNCTION);
    let rate = json!({"Fn::If": ["IsSandboxed", 1, reference("MailsPerSecond")]});
    assert_eq!(sender["Environment"]["Variables"]["MAILS_PER_SECOND"], rate);
    assert_eq!(template.at("/Parameters/MailsPerSecond/Default"), 14);
    let seconds = |file: &str, constant: &str| -> u64 {
        let code = text(file);
        let (_, rest) =
            code.split_once(&format!("const {constant}: Duration = Duration::from_secs(")).unwrap();
        rest.split(')').next().unwrap().parse().unwrap()
    };
    let turn = seconds("functions/send-invites/src/send.rs", "LONGEST_WAIT");
    let hand_over = seconds("shared/mail/src/ses.rs", "LONGEST_SEND");
    let batch = sender["Events"]["UnsentMail"]["Properties"]["BatchSize"].as_u64().unwrap();
    assert!(batch * (turn + hand_over) <= sender["Timeout"].as_u64().unwrap());
}

/// No bus, no permission and no call, unless somebody wants to follow.
#[test]
fn others_are_told_where_it_is_wanted_and_nowhere_else() {
    let template = Template::read();
    assert_eq!(template.at("/Parameters/EventsOut/Default"), "false");
    let wanted = json!({"Fn::Equals": [reference("EventsOut"), "true"]});
    assert_eq!(template.at("/Conditions/TellsEvents"), &wanted);
    assert_eq!(template.at("/Resources/EventBus/Condition"), "TellsEvents");
    let told = &template.properties("SealLog", FUNCTION)["Environment"]["Variables"]["EVENT_BUS"];
    assert_eq!(told, &json!({"Fn::If": ["TellsEvents", reference("EventBus"), ""]}));
    let statements =
        &template.properties("SealLogRole", "AWS::IAM::Role")["Policies"][0]["PolicyDocument"]["Statement"];
    let of_events =
        statements.as_array().unwrap().iter().filter(|one| one.to_string().contains("events:PutEvents"));
    assert!(of_events.map(|one| assert_eq!(one["Fn::If"][0], "TellsEvents")).count() == 1);
    let alarm = template.at("/Resources/EventsAreNotTold/Condition");
    assert_eq!(alarm, "WatchesEvents");
}

/// SES's own list holds for every account of the product and does not end. One account's bounce must not close an address to all.
#[test]
fn a_bounce_closes_an_address_to_nobody_but_the_account_that_wrote() {
    let set =
        Template::read().properties("ConfigurationSet", "AWS::SES::ConfigurationSet")["SuppressionOptions"]
            .clone();
    assert_eq!(set, json!({"SuppressedReasons": ["COMPLAINT"]}));
}

/// A run that is killed says nothing of what it left, and the next one begins with the same.
#[test]
fn a_run_of_the_schedule_ends_before_it_is_killed_and_before_the_next_begins() {
    let runs = [
        ("ExpireInvitations", "functions/expire-invitations/src/sweep.rs"),
        ("CloseAccounts", "functions/close-accounts/src/close.rs"),
    ];
    for (function, file) in runs {
        let run = text(file);
        let (_, rest) = run.split_once("const LONG_ENOUGH: i64 = ").unwrap();
        let long_enough: u64 = rest.split(';').next().unwrap().replace('_', "").parse().unwrap();
        let timeout = Template::read().properties(function, FUNCTION)["Timeout"].as_u64().unwrap();
        assert!(timeout < 60, "a minute later the next one begins");
        // A batch that has just begun may have to wait for the table three times over.
        assert!(long_enough + 10_000 <= timeout * 1_000, "{function}: {long_enough} ms, and {timeout} s");
    }
}

/// API Gateway keeps them apart from the routes, and refuses settings of a route that is gone in the same moment. So none of
/// these can be renamed or removed in one deployment: docs/operating.md says how, and whoever changes this list does so.
#[test]
fn the_routes_with_limits_of_their_own_are_these() {
    const STICKY: [&str; 5] = [
        "POST /accounts",
        "POST /connection-invitations/{token}",
        "POST /invitations/{token}",
        "POST /session/renewals",
        "POST /sessions",
    ];
    let template = Template::read();
    let settings = &template.properties("Api", "AWS::Serverless::HttpApi")["RouteSettings"];
    let with_settings: BTreeSet<&str> = settings.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(with_settings, BTreeSet::from(STICKY));
    let functions: Vec<&str> = template.functions().into_keys().collect();
    let events = functions.into_iter().flat_map(|function| template.events(function, "HttpApi"));
    let routes: BTreeSet<String> = events
        .filter(|event| event.get("Path").is_some())
        .map(|event| format!("{} {}", words(&event["Method"]), words(&event["Path"])))
        .collect();
    for route in STICKY {
        assert!(routes.contains(route), "{route} has limits and is no route");
    }
    assert!(text("docs/operating.md").contains("### A route that has limits of its own"));
}

#[test]
fn whoever_looks_after_it_hears_of_every_queue() {
    let template = Template::read();
    let watched: BTreeSet<&str> = template
        .of_type(ALARM)
        .into_values()
        .filter(|alarm| alarm["MetricName"] == "ApproximateNumberOfMessagesVisible")
        .map(|alarm| alarm["Dimensions"][0]["Value"]["Fn::GetAtt"][0].as_str().unwrap())
        .collect();
    let queues: BTreeSet<&str> = template.of_type("AWS::SQS::Queue").into_keys().collect();
    assert_eq!(watched, queues);
}

#[test]
fn the_table_is_the_one_that_the_store_describes() {
    let template = Template::read();
    let table = template.properties("Table", "AWS::DynamoDB::Table");
    let described = store::table::definition("glueconnect");
    for name in ["BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes"] {
        assert_eq!(table[name], described[name], "{name}");
    }
    let stream = "StreamViewType";
    assert_eq!(table["StreamSpecification"][stream], described["StreamSpecification"][stream]);
    assert_eq!(table["TimeToLiveSpecification"]["AttributeName"], store::table::TTL_ATTRIBUTE);
    for (part, is_on) in [
        ("TimeToLiveSpecification", "Enabled"),
        ("PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled"),
        ("SSESpecification", "SSEEnabled"),
    ] {
        assert_eq!(table[part][is_on], true, "{part}");
    }
    assert_eq!(table["DeletionProtectionEnabled"], true);
    for policy in ["DeletionPolicy", "UpdateReplacePolicy"] {
        assert_eq!(template.at(&format!("/Resources/Table/{policy}")), "Retain");
    }
}

/// A restored table takes the place of the stack's own wherever that is named: in the functions' variable, in what watches it, in
/// what backs it up. (The roles' laws have those.) The ARN of its stream names it.
#[test]
fn a_restored_table_takes_the_place_of_the_other_everywhere() {
    let template = Template::read();
    // With a stroke more, so that there is a second part even where the parameter is empty.
    let parts = json!({"Fn::Split": ["/", {"Fn::Sub": "${RestoredStreamArn}/"}]});
    let name = json!({"Fn::If": ["IsRestored", {"Fn::Select": [1, parts]}, reference("Table")]});
    assert_eq!(template.at("/Globals/Function/Environment/Variables/TABLE_NAME"), &name);
    assert_eq!(template.at("/Outputs/TableName/Value"), &name);
    let watches = template
        .of_type(ALARM)
        .into_values()
        .flat_map(|alarm| alarm["Dimensions"].as_array().into_iter().flatten())
        .filter(|dimension| dimension["Name"] == "TableName");
    assert_eq!(watches.map(|dimension| assert_eq!(dimension["Value"], name)).count(), 3);
    let dashboard =
        &template.properties("Dashboard", "AWS::CloudWatch::Dashboard")["DashboardBody"]["Fn::Sub"];
    assert_eq!(dashboard[1]["TableInUse"], name);
    // Nothing else names the stack's own table alone.
    let all = template.at("/Resources").to_string() + &template.at("/Outputs").to_string();
    let named = all.matches(r#"{"Ref":"Table"}"#).count() + all.matches(r#"["Table","#).count();
    let chosen = all.matches(r#"{"Fn::If":["IsRestored","#).count();
    assert_eq!(named, chosen);
    assert!(!all.contains("${Table}") && !all.contains("${Table."), "a text that names it");

    // As CloudFormation takes such an ARN apart.
    let arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/glueconnect-production-Table-1A2B-restored/stream/2026-11-22T00:00:00.000";
    assert_eq!(arn.split('/').nth(1), Some("glueconnect-production-Table-1A2B-restored"));
    assert!(
        arn.split("/stream/").next().unwrap().ends_with(":table/glueconnect-production-Table-1A2B-restored")
    );
}

/// What people entered, what signs for them and the copies of it. The key lets in whoever may use these, through these services.
#[test]
fn a_key_of_ones_own_is_for_all_that_is_stored() {
    let template = Template::read();
    assert_eq!(template.at("/Parameters/KeyArn/Default"), "");
    let chosen = json!({"Fn::If": ["HasKey", reference("KeyArn"), reference("AWS::NoValue")]});
    let table = &template.properties("Table", "AWS::DynamoDB::Table")["SSESpecification"];
    assert_eq!(table["KMSMasterKeyId"], chosen);
    assert_eq!(table["SSEType"], json!({"Fn::If": ["HasKey", "KMS", reference("AWS::NoValue")]}));
    assert_eq!(template.properties("SigningKeys", "AWS::SecretsManager::Secret")["KmsKeyId"], chosen);
    assert_eq!(template.properties("Vault", "AWS::Backup::BackupVault")["EncryptionKeyArn"], chosen);
    let own = Template::of("infra/key.yaml");
    assert_eq!(own.at("/Resources/Key/DeletionPolicy"), "Retain");
    let users =
        &own.properties("Key", "AWS::KMS::Key")["KeyPolicy"]["Statement"][1]["Condition"]["StringEquals"];
    assert_eq!(users["kms:CallerAccount"], reference("AWS::AccountId"));
    let services = users["kms:ViaService"].as_array().unwrap().iter().map(|one| words(&one["Fn::Sub"]));
    let services: Vec<String> = services.map(|one| one.split('.').next().unwrap().to_owned()).collect();
    assert_eq!(services, ["backup", "dynamodb", "secretsmanager"]);
}

#[test]
fn a_function_is_given_the_variables_that_it_cannot_do_without_and_no_secret() {
    let template = Template::read();
    let everyones = template.at("/Globals/Function/Environment/Variables").as_object().unwrap();
    for name in names_in("functions") {
        let main = text(&format!("functions/{name}/src/main.rs"));
        let mut code = main.clone();
        if main.contains("Api::from_environment") {
            code.push_str(&text("shared/api/src/lib.rs"));
        }
        if main.contains("Signer::from_environment") {
            code.push_str(&text("shared/signing/src/signer.rs"));
        }
        let own = &template.properties(&resource_name(&name), FUNCTION)["Environment"]["Variables"];
        let given: BTreeSet<&String> =
            everyones.keys().chain(own.as_object().into_iter().flat_map(Map::keys)).collect();
        for read in code.split("required(\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            let is_given = given.iter().any(|given| *given == read);
            assert!(is_given, "{name} and {read}");
        }
    }
    assert!(
        !text("infra/template.yaml").contains("{{resolve:"),
        "whoever sees a function's settings sees that"
    );
}

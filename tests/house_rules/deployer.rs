//! Who deploys, `infra/deployer.yaml`, held against what there is to deploy: CloudFormation may make and change every kind of
//! resource of the template, under the stack's name, and nothing else.

use std::collections::BTreeSet;

use iam_rs::{
    Arn, Context, ContextValue, Decision, IAMPolicy, IAMRequest, PolicyEvaluator, Principal, PrincipalId,
};
use serde_json::{Value, json};

use crate::policies::texts;
use crate::template::{Template, words};

const STACK: &str = "glueconnect-production";
const OTHER: &str = "payroll-production";

/// What CloudFormation does with a kind of resource, on the ARN of an example. `<stack>` is the stack's name.
type Need = (&'static str, &'static str, &'static [&'static str]);

/// By the documented handlers of each kind, as far as the template uses it.
const NEEDS: &[Need] = &[
    (
        "AWS::Lambda::Function",
        "arn:aws:lambda:eu-central-1:123456789012:function:<stack>-check-access",
        &[
            "lambda:CreateFunction",
            "lambda:DeleteFunction",
            "lambda:GetFunction",
            "lambda:GetFunctionConfiguration",
            "lambda:ListTags",
            "lambda:TagResource",
            "lambda:UntagResource",
            "lambda:UpdateFunctionCode",
            "lambda:UpdateFunctionConfiguration",
        ],
    ),
    (
        "AWS::Lambda::Version",
        "arn:aws:lambda:eu-central-1:123456789012:function:<stack>-check-access",
        &["lambda:GetProvisionedConcurrencyConfig", "lambda:ListVersionsByFunction", "lambda:PublishVersion"],
    ),
    (
        "AWS::Lambda::Alias",
        "arn:aws:lambda:eu-central-1:123456789012:function:<stack>-check-access",
        &["lambda:CreateAlias", "lambda:DeleteAlias", "lambda:GetAlias", "lambda:UpdateAlias"],
    ),
    (
        "AWS::Lambda::Permission",
        "arn:aws:lambda:eu-central-1:123456789012:function:<stack>-check-access",
        &["lambda:AddPermission", "lambda:GetPolicy", "lambda:RemovePermission"],
    ),
    (
        "AWS::Lambda::EventInvokeConfig",
        "arn:aws:lambda:eu-central-1:123456789012:function:<stack>-record-delivery",
        &[
            "lambda:DeleteFunctionEventInvokeConfig",
            "lambda:GetFunctionEventInvokeConfig",
            "lambda:PutFunctionEventInvokeConfig",
            "lambda:UpdateFunctionEventInvokeConfig",
        ],
    ),
    (
        "AWS::Lambda::EventSourceMapping",
        "arn:aws:lambda:eu-central-1:123456789012:event-source-mapping:0d9a",
        &[
            "lambda:CreateEventSourceMapping",
            "lambda:DeleteEventSourceMapping",
            "lambda:GetEventSourceMapping",
            "lambda:UpdateEventSourceMapping",
        ],
    ),
    (
        "AWS::IAM::Role",
        "arn:aws:iam::123456789012:role/<stack>-CheckAccessRole-1A2B",
        &[
            "iam:AttachRolePolicy",
            "iam:CreateRole",
            "iam:DeleteRole",
            "iam:DeleteRolePolicy",
            "iam:DetachRolePolicy",
            "iam:GetRole",
            "iam:GetRolePolicy",
            "iam:ListAttachedRolePolicies",
            "iam:ListRolePolicies",
            "iam:PassRole",
            "iam:PutRolePolicy",
            "iam:TagRole",
            "iam:UntagRole",
            "iam:UpdateAssumeRolePolicy",
            "iam:UpdateRole",
        ],
    ),
    (
        "AWS::IAM::ManagedPolicy",
        "arn:aws:iam::123456789012:policy/<stack>-KeepLog-1A2B",
        &[
            "iam:CreatePolicy",
            "iam:CreatePolicyVersion",
            "iam:DeletePolicy",
            "iam:DeletePolicyVersion",
            "iam:GetPolicy",
            "iam:GetPolicyVersion",
            "iam:ListEntitiesForPolicy",
            "iam:ListPolicyVersions",
        ],
    ),
    (
        "AWS::CodeDeploy::Application",
        "arn:aws:codedeploy:eu-central-1:123456789012:application:<stack>-ServerlessDeploymentApplication-1A2B",
        &[
            "codedeploy:CreateApplication",
            "codedeploy:DeleteApplication",
            "codedeploy:GetApplication",
            "codedeploy:GetApplicationRevision",
            "codedeploy:RegisterApplicationRevision",
        ],
    ),
    (
        "AWS::CodeDeploy::DeploymentGroup",
        "arn:aws:codedeploy:eu-central-1:123456789012:deploymentgroup:<stack>-ServerlessDeploymentApplication-1A2B/x",
        &[
            "codedeploy:CreateDeployment",
            "codedeploy:CreateDeploymentGroup",
            "codedeploy:DeleteDeploymentGroup",
            "codedeploy:GetDeployment",
            "codedeploy:GetDeploymentGroup",
            "codedeploy:StopDeployment",
            "codedeploy:UpdateDeploymentGroup",
        ],
    ),
    (
        "AWS::CodeDeploy::DeploymentGroup",
        "arn:aws:codedeploy:eu-central-1:123456789012:deploymentconfig:CodeDeployDefault.LambdaCanary10Percent5Minutes",
        &["codedeploy:GetDeploymentConfig"],
    ),
    (
        "AWS::DynamoDB::Table",
        "arn:aws:dynamodb:eu-central-1:123456789012:table/<stack>-Table-1A2B",
        &[
            "dynamodb:CreateTable",
            "dynamodb:DescribeContinuousBackups",
            "dynamodb:DescribeContributorInsights",
            "dynamodb:DescribeKinesisStreamingDestination",
            "dynamodb:DescribeTable",
            "dynamodb:DescribeTimeToLive",
            "dynamodb:GetResourcePolicy",
            "dynamodb:ListTagsOfResource",
            "dynamodb:TagResource",
            "dynamodb:UntagResource",
            "dynamodb:UpdateContinuousBackups",
            "dynamodb:UpdateTable",
            "dynamodb:UpdateTimeToLive",
        ],
    ),
    (
        "AWS::SecretsManager::Secret",
        "arn:aws:secretsmanager:eu-central-1:123456789012:secret:SigningKeys-1A2B",
        &[
            "secretsmanager:CreateSecret",
            "secretsmanager:DescribeSecret",
            "secretsmanager:TagResource",
            "secretsmanager:UntagResource",
            "secretsmanager:UpdateSecret",
        ],
    ),
    ("AWS::SecretsManager::Secret", "*", &["secretsmanager:GetRandomPassword"]),
    (
        "AWS::SecretsManager::RotationSchedule",
        "arn:aws:secretsmanager:eu-central-1:123456789012:secret:SigningKeys-1A2B",
        &["secretsmanager:CancelRotateSecret", "secretsmanager:RotateSecret"],
    ),
    (
        "AWS::Logs::LogGroup",
        "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/<stack>-check-access",
        &[
            "logs:CreateLogGroup",
            "logs:DeleteLogGroup",
            "logs:DeleteRetentionPolicy",
            "logs:ListTagsForResource",
            "logs:PutRetentionPolicy",
            "logs:TagResource",
            "logs:UntagResource",
        ],
    ),
    (
        "AWS::Logs::QueryDefinition",
        "*",
        &[
            "logs:DeleteQueryDefinition",
            "logs:DescribeLogGroups",
            "logs:DescribeQueryDefinitions",
            "logs:PutQueryDefinition",
        ],
    ),
    (
        "AWS::ApiGatewayV2::Api",
        "arn:aws:apigateway:eu-central-1::/apis/a1b2c3",
        &["apigateway:DELETE", "apigateway:GET", "apigateway:PATCH", "apigateway:POST", "apigateway:PUT"],
    ),
    (
        // The API's log is delivered by a service that has no resources.
        "AWS::ApiGatewayV2::Stage",
        "*",
        &[
            "logs:CreateLogDelivery",
            "logs:DeleteLogDelivery",
            "logs:DescribeResourcePolicies",
            "logs:GetLogDelivery",
            "logs:ListLogDeliveries",
            "logs:PutResourcePolicy",
            "logs:UpdateLogDelivery",
        ],
    ),
    (
        "AWS::ApiGatewayV2::DomainName",
        "arn:aws:apigateway:eu-central-1::/domainnames/glueconnect.example.com",
        &["apigateway:DELETE", "apigateway:GET", "apigateway:PATCH", "apigateway:POST"],
    ),
    (
        "AWS::ApiGatewayV2::ApiMapping",
        "arn:aws:apigateway:eu-central-1::/domainnames/glueconnect.example.com/apimappings/1",
        &["apigateway:DELETE", "apigateway:GET", "apigateway:PATCH", "apigateway:POST"],
    ),
    (
        "AWS::CertificateManager::Certificate",
        "*",
        &[
            "acm:AddTagsToCertificate",
            "acm:DeleteCertificate",
            "acm:DescribeCertificate",
            "acm:ListTagsForCertificate",
            "acm:RequestCertificate",
        ],
    ),
    (
        "AWS::Route53::RecordSet",
        "arn:aws:route53:::hostedzone/Z0000000000000000000",
        &["route53:ChangeResourceRecordSets", "route53:GetHostedZone", "route53:ListResourceRecordSets"],
    ),
    ("AWS::Route53::RecordSet", "arn:aws:route53:::change/C1", &["route53:GetChange"]),
    (
        "AWS::SQS::Queue",
        "arn:aws:sqs:eu-central-1:123456789012:<stack>-SendInvitesFailures-1A2B",
        &[
            "sqs:CreateQueue",
            "sqs:DeleteQueue",
            "sqs:GetQueueAttributes",
            "sqs:ListQueueTags",
            "sqs:TagQueue",
            "sqs:UntagQueue",
        ],
    ),
    (
        "AWS::SQS::QueuePolicy",
        "arn:aws:sqs:eu-central-1:123456789012:<stack>-RecordDeliveryFailures-1A2B",
        &["sqs:SetQueueAttributes"],
    ),
    (
        "AWS::SNS::Topic",
        "arn:aws:sns:eu-central-1:123456789012:<stack>-Alarms-1A2B",
        &[
            "sns:CreateTopic",
            "sns:DeleteTopic",
            "sns:GetTopicAttributes",
            "sns:ListTagsForResource",
            "sns:SetTopicAttributes",
            "sns:TagResource",
            "sns:UntagResource",
        ],
    ),
    (
        "AWS::SNS::Subscription",
        "arn:aws:sns:eu-central-1:123456789012:<stack>-Alarms-1A2B",
        &[
            "sns:GetSubscriptionAttributes",
            "sns:ListSubscriptionsByTopic",
            "sns:Subscribe",
            "sns:Unsubscribe",
        ],
    ),
    (
        "AWS::CloudWatch::Alarm",
        "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:<stack>-MailIsStuck-1A2B",
        &[
            "cloudwatch:DeleteAlarms",
            "cloudwatch:DescribeAlarms",
            "cloudwatch:ListTagsForResource",
            "cloudwatch:PutMetricAlarm",
            "cloudwatch:TagResource",
            "cloudwatch:UntagResource",
        ],
    ),
    (
        "AWS::CloudWatch::Dashboard",
        "arn:aws:cloudwatch::123456789012:dashboard/<stack>",
        &["cloudwatch:DeleteDashboards", "cloudwatch:GetDashboard", "cloudwatch:PutDashboard"],
    ),
    (
        "AWS::Events::Rule",
        "arn:aws:events:eu-central-1:123456789012:rule/<stack>-RecordDeliveryMailEvent-1A2B",
        &[
            "events:DeleteRule",
            "events:DescribeRule",
            "events:ListTargetsByRule",
            "events:PutRule",
            "events:PutTargets",
            "events:RemoveTargets",
        ],
    ),
    (
        "AWS::Events::EventBus",
        "arn:aws:events:eu-central-1:123456789012:event-bus/<stack>",
        &[
            "events:CreateEventBus",
            "events:DeleteEventBus",
            "events:DescribeEventBus",
            "events:ListTagsForResource",
            "events:TagResource",
            "events:UntagResource",
            "events:UpdateEventBus",
        ],
    ),
    (
        "AWS::Scheduler::Schedule",
        "arn:aws:scheduler:eu-central-1:123456789012:schedule/default/<stack>-ExpireInvitationsSchedule-1A2B",
        &[
            "scheduler:CreateSchedule",
            "scheduler:DeleteSchedule",
            "scheduler:GetSchedule",
            "scheduler:UpdateSchedule",
        ],
    ),
    (
        "AWS::SES::ConfigurationSet",
        "arn:aws:ses:eu-central-1:123456789012:configuration-set/ConfigurationSet-1A2B",
        &[
            "ses:CreateConfigurationSet",
            "ses:DeleteConfigurationSet",
            "ses:GetConfigurationSet",
            "ses:PutConfigurationSetDeliveryOptions",
            "ses:PutConfigurationSetReputationOptions",
            "ses:PutConfigurationSetSendingOptions",
            "ses:PutConfigurationSetSuppressionOptions",
        ],
    ),
    (
        "AWS::SES::ConfigurationSetEventDestination",
        "arn:aws:ses:eu-central-1:123456789012:configuration-set/ConfigurationSet-1A2B",
        &[
            "ses:CreateConfigurationSetEventDestination",
            "ses:DeleteConfigurationSetEventDestination",
            "ses:GetConfigurationSetEventDestinations",
            "ses:UpdateConfigurationSetEventDestination",
        ],
    ),
    (
        "AWS::SES::EmailIdentity",
        "arn:aws:ses:eu-central-1:123456789012:identity/example.com",
        &[
            "ses:CreateEmailIdentity",
            "ses:DeleteEmailIdentity",
            "ses:GetEmailIdentity",
            "ses:PutEmailIdentityConfigurationSetAttributes",
            "ses:PutEmailIdentityDkimAttributes",
            "ses:PutEmailIdentityDkimSigningAttributes",
            "ses:PutEmailIdentityFeedbackAttributes",
            "ses:PutEmailIdentityMailFromAttributes",
        ],
    ),
    (
        "AWS::Backup::BackupVault",
        "arn:aws:backup:eu-central-1:123456789012:backup-vault:<stack>-0d9a1b2c",
        &[
            "backup:CreateBackupVault",
            "backup:DescribeBackupVault",
            "backup:GetBackupVaultAccessPolicy",
            "backup:GetBackupVaultNotifications",
            "backup:ListTags",
            "backup:TagResource",
            "backup:UntagResource",
        ],
    ),
    ("AWS::Backup::BackupVault", "*", &["backup-storage:MountCapsule"]),
    (
        "AWS::Backup::BackupVault",
        "arn:aws:kms:eu-central-1:123456789012:key/0d9a1b2c",
        &["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey", "kms:RetireGrant"],
    ),
    (
        "AWS::Backup::BackupPlan",
        "arn:aws:backup:eu-central-1:123456789012:backup-plan:0d9a1b2c",
        &[
            "backup:CreateBackupPlan",
            "backup:DeleteBackupPlan",
            "backup:GetBackupPlan",
            "backup:ListTags",
            "backup:TagResource",
            "backup:UntagResource",
            "backup:UpdateBackupPlan",
        ],
    ),
    (
        "AWS::Backup::BackupSelection",
        "arn:aws:backup:eu-central-1:123456789012:backup-plan:0d9a1b2c",
        &["backup:CreateBackupSelection", "backup:DeleteBackupSelection", "backup:GetBackupSelection"],
    ),
    (
        "AWS::Budgets::Budget",
        "arn:aws:budgets::123456789012:budget/<stack>",
        &["budgets:ModifyBudget", "budgets:ViewBudget"],
    ),
    (
        "AWS::S3::Bucket",
        "arn:aws:s3:::<stack>-proberresults-1a2b",
        &[
            "s3:CreateBucket",
            "s3:GetBucketLocation",
            "s3:GetBucketPublicAccessBlock",
            "s3:GetLifecycleConfiguration",
            "s3:PutBucketPublicAccessBlock",
            "s3:PutLifecycleConfiguration",
        ],
    ),
    (
        "AWS::Synthetics::Canary",
        "arn:aws:synthetics:eu-central-1:123456789012:canary:gc-0d9a1b2c",
        &[
            "synthetics:CreateCanary",
            "synthetics:DeleteCanary",
            "synthetics:GetCanary",
            "synthetics:StartCanary",
            "synthetics:StopCanary",
            "synthetics:TagResource",
            "synthetics:UpdateCanary",
        ],
    ),
    (
        "AWS::Synthetics::Canary",
        "arn:aws:lambda:eu-central-1:123456789012:function:cwsyn-gc-0d9a1b2c-1",
        &[
            "lambda:AddPermission",
            "lambda:CreateFunction",
            "lambda:PublishVersion",
            "lambda:UpdateFunctionCode",
        ],
    ),
    (
        "AWS::Synthetics::Canary",
        "arn:aws:lambda:eu-central-1:123456789012:layer:cwsyn-gc-0d9a1b2c-1",
        &["lambda:DeleteLayerVersion", "lambda:GetLayerVersion", "lambda:PublishLayerVersion"],
    ),
    (
        "AWS::CloudFront::Distribution",
        "arn:aws:cloudfront::123456789012:distribution/E1A2B3",
        &[
            "cloudfront:CreateDistribution",
            "cloudfront:DeleteDistribution",
            "cloudfront:GetDistribution",
            "cloudfront:GetDistributionConfig",
            "cloudfront:ListTagsForResource",
            "cloudfront:TagResource",
            "cloudfront:UntagResource",
            "cloudfront:UpdateDistribution",
        ],
    ),
    (
        "AWS::CloudFront::Distribution",
        "arn:aws:wafv2:us-east-1:123456789012:global/webacl/firewall/1",
        &["wafv2:GetWebACL"],
    ),
    // What CloudFormation reads itself.
    ("files", "arn:aws:s3:::files/functions.zip", &["s3:GetObject"]),
];

/// The transform is AWS's own: its ARN has no number of an account, which the evaluator does not take.
const TRANSFORM: (&str, &str) = (
    "cloudformation:CreateChangeSet",
    "arn:aws:cloudformation:eu-central-1:aws:transform/Serverless-2016-10-31",
);

/// What `AWS::Serverless` becomes.
const MADE_BY_SAM: [&str; 13] = [
    "AWS::ApiGatewayV2::Api",
    "AWS::ApiGatewayV2::Stage",
    "AWS::CodeDeploy::Application",
    "AWS::CodeDeploy::DeploymentGroup",
    "AWS::Events::Rule",
    "AWS::IAM::Role",
    "AWS::Lambda::Alias",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Function",
    "AWS::Lambda::Permission",
    "AWS::Lambda::Version",
    "AWS::SQS::QueuePolicy",
];

/// The statements of the role with which CloudFormation works, for the stack of this name.
fn statements() -> Vec<Value> {
    let deployer = Template::of("infra/deployer.yaml");
    let policies = deployer.properties("Maker", "AWS::IAM::Role")["ManagedPolicyArns"].as_array().unwrap();
    let names = policies.iter().map(|policy| words(&policy["Ref"]));
    let documents =
        names.map(|name| deployer.properties(&name, "AWS::IAM::ManagedPolicy")["PolicyDocument"].clone());
    documents
        .flat_map(|document| document["Statement"].as_array().unwrap().clone())
        .map(|one| plain(&one))
        .collect()
}

fn plain(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::Object(fields) => match fields.iter().next() {
            Some((name, choice)) if name == "Fn::If" => plain(&choice[1]),
            Some((name, text)) if name == "Fn::Sub" => json!(filled(&words(text))),
            _ => fields.iter().map(|(name, field)| (name.clone(), plain(field))).collect(),
        },
        other => other.clone(),
    }
}

fn filled(text: &str) -> String {
    let known = [
        ("${AWS::Partition}", "aws"),
        ("${AWS::Region}", "eu-central-1"),
        ("${AWS::AccountId}", "123456789012"),
        ("${StackName}", STACK),
        ("${HostedZoneId}", "Z0000000000000000000"),
        ("${MailDomain}", "example.com"),
        ("${Files.Arn}", "arn:aws:s3:::files"),
    ];
    let filled = known.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value));
    assert!(!filled.contains("${"), "{filled}");
    filled
}

fn allows(statements: &[Value], action: &str, resource: &str) -> bool {
    let document = json!({"Version": "2012-10-17", "Statement": statements});
    let policy: IAMPolicy = serde_json::from_value(document).unwrap();
    let passed = ("iam:PassedToService".to_owned(), ContextValue::String("lambda.amazonaws.com".to_owned()));
    let via =
        ("kms:ViaService".to_owned(), ContextValue::String("backup.eu-central-1.amazonaws.com".to_owned()));
    let context = match action {
        "iam:PassRole" => Context::with_data([passed].into()),
        _ if action.starts_with("kms:") => Context::with_data([via].into()),
        _ => Context::new(),
    };
    let principal = Principal::Aws(PrincipalId::String("123456789012".to_owned()));
    // Where an action knows no resource, any will do.
    let resource = if resource == "*" { "arn:aws:logs:eu-central-1:123456789012:any" } else { resource };
    let request = IAMRequest::new_with_context(principal, action, Arn::parse(resource).unwrap(), context);
    PolicyEvaluator::with_policies(vec![policy]).evaluate(&request).unwrap().decision == Decision::Allow
}

#[test]
fn everything_in_the_template_can_be_deployed() {
    let template = Template::read();
    let kinds =
        template.at("/Resources").as_object().unwrap().values().map(|resource| words(&resource["Type"]));
    let kinds: BTreeSet<String> = kinds
        .filter(|kind| !kind.starts_with("AWS::Serverless::"))
        .chain(MADE_BY_SAM.map(str::to_owned))
        .collect();
    let known: BTreeSet<String> =
        NEEDS.iter().map(|(kind, _, _)| (*kind).to_owned()).filter(|kind| kind != "files").collect();
    assert_eq!(
        kinds, known,
        "kinds of resources in the template, and those that the deployer is held against"
    );
    let statements = statements();
    let transforms =
        statements.iter().any(|one| one["Action"] == TRANSFORM.0 && one["Resource"] == TRANSFORM.1);
    assert!(transforms, "{TRANSFORM:?}");
    for (kind, resource, actions) in NEEDS {
        for action in *actions {
            let own = resource.replace("<stack>", STACK);
            assert!(allows(&statements, action, &own), "{kind}: {action} on {own}");
            if resource.contains("<stack>") {
                let other = resource.replace("<stack>", OTHER);
                assert!(!allows(&statements, action, &other), "{kind}: {action} on {other}, another stack's");
            }
        }
    }
}

/// IAM refuses a managed policy of more than 6,144 characters, blanks not counted, and a role with more than ten of them.
#[test]
fn no_policy_of_the_deployer_is_larger_than_iam_takes() {
    let deployer = Template::of("infra/deployer.yaml");
    let policies = deployer.of_type("AWS::IAM::ManagedPolicy");
    assert!((1..=10).contains(&policies.len()));
    for (name, policy) in policies {
        let document = plain(&policy["PolicyDocument"]).to_string();
        let characters = document.chars().filter(|one| !one.is_whitespace()).count();
        // Names of stacks, zones and domains can be longer than those of the example.
        assert!(characters <= 5_000, "{name}: {characters} of 6,144 characters");
    }
    let attached =
        deployer.properties("Maker", "AWS::IAM::Role")["ManagedPolicyArns"].as_array().unwrap().len();
    assert_eq!(attached, deployer.of_type("AWS::IAM::ManagedPolicy").len());
}

#[test]
fn the_deployer_may_do_nothing_that_no_resource_needs_and_reads_nothing_of_the_product() {
    let needed = NEEDS.iter().flat_map(|(_, _, actions)| actions.iter().copied());
    let needed: BTreeSet<&str> = needed.chain([TRANSFORM.0]).collect();
    for statement in statements() {
        for action in texts(&statement["Action"]) {
            assert!(needed.contains(action.as_str()), "{action} is needed by nothing");
        }
        assert_eq!(statement["Effect"], "Allow");
    }
    for never in [
        "dynamodb:DeleteTable",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:Scan",
        "backup:DeleteBackupVault",
        "backup:DeleteRecoveryPoint",
        "backup:StartRestoreJob",
        "lambda:InvokeFunction",
        "secretsmanager:DeleteSecret",
        "secretsmanager:GetSecretValue",
        "ses:SendEmail",
        "iam:CreateUser",
        "iam:CreateAccessKey",
    ] {
        assert!(!needed.contains(never), "{never}");
    }
}

#[test]
fn the_pipeline_is_that_of_one_repository_and_one_environment_and_hands_on_to_one_role() {
    let deployer = Template::of("infra/deployer.yaml");
    let pipeline = deployer.properties("Pipeline", "AWS::IAM::Role");
    let trust = &pipeline["AssumeRolePolicyDocument"]["Statement"];
    assert_eq!(trust.as_array().map(Vec::len), Some(1));
    assert_eq!(
        trust[0]["Condition"],
        json!({"StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": {"Fn::Sub": "repo:${Repository}:environment:${Environment}"},
        }})
    );
    for statement in pipeline["Policies"][0]["PolicyDocument"]["Statement"].as_array().unwrap() {
        let actions = texts(&statement["Action"]);
        for action in &actions {
            assert!(!action.contains('*'), "{action}");
            let service = action.split(':').next().unwrap();
            assert!(["cloudformation", "s3", "iam"].contains(&service), "{action}");
        }
        if actions.iter().any(|action| action == "iam:PassRole") {
            assert_eq!(statement["Resource"], json!({"Fn::GetAtt": ["Maker", "Arn"]}));
        }
    }
}

"""Tries on a deployed stack what only AWS can show: what IAM does with leading keys inside transactions; whether throttles,
rotation, SES's events, the schedule and the roll-back work; and whether everything is as the template wants it. Prints a table.
Ends with 1 if anything is wrong; what could not be found out is unknown, and no fault."""

import argparse
import concurrent.futures
import http.client
import json
import secrets
import socket
import ssl
import sys
import time
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

OK, WRONG, UNKNOWN, LEFT = "ok", "WRONG", "unknown", "not asked"

# Of these the emulator says nothing about AWS, whatever it answers.
NOT_BY_AN_EMULATOR = {
    "keys": "an emulator that knows dynamodb:LeadingKeys not at all says nothing about AWS",
    "throttles": "it keeps the limits and lets everything through",
    "rotation": "its Secrets Manager calls no function by itself",
    "mail events": "its SES tells no events",
    "roll-back": "it has no CodeDeploy",
    "alarms": "nobody confirms a subscription there",
    "log level": "it keeps no such setting",
    "table": "it keeps these settings in memory or not at all",
    "suppression": "its SES has no such list",
    "room": "it has no such limit",
    "saved queries": "it does not make them",
    "sender": "its SES is asked by other names",
}

# What is not even tried there, since it would only be waited for.
IN_VAIN = {"keys", "mail events"}


class Stack:
    """A deployed stack: its resources, outputs and parameters, and clients for it."""

    def __init__(self, name, api_address):
        self.name, self.api_address = name, api_address
        self.config = Config(retries={"max_attempts": 3, "mode": "standard"})
        cloudformation = self.client("cloudformation")
        stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        self.outputs = {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}
        self.parameters = {one["ParameterKey"]: one["ParameterValue"] for one in stack.get("Parameters", [])}
        pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=name)
        all_of_them = [one for page in pages for one in page["StackResourceSummaries"]]
        self.physical = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in all_of_them}
        self.types = {one["LogicalResourceId"]: one["ResourceType"] for one in all_of_them}

    def client(self, service, session=None):
        given = {} if session is None else {
            "aws_access_key_id": session["AccessKeyId"], "aws_secret_access_key": session["SecretAccessKey"],
            "aws_session_token": session["SessionToken"]}
        return boto3.client(service, config=self.config, **given)

    def of_type(self, kind):
        return [name for name, found in self.types.items() if found == kind]

    def ask(self, method, path, body=None, at=None):
        """Status and text of what the API answers, by the name that people use or at another one."""
        url = urlsplit(at or self.outputs["PublicUrl"])
        if self.api_address:
            connection = http.client.HTTPConnection(self.api_address, timeout=30)
        elif url.scheme == "https":
            connection = http.client.HTTPSConnection(url.netloc, timeout=30)
        else:
            connection = http.client.HTTPConnection(url.netloc, timeout=30)
        try:
            connection.request(method, path, body, {"host": url.netloc, "content-type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        finally:
            connection.close()

    def lines(self, function, phrase, seconds):
        """Lines of a function's log of the last seconds that have this phrase."""
        since = int((time.time() - seconds) * 1000)
        pages = self.client("logs").get_paginator("filter_log_events").paginate(
            logGroupName=f"/aws/lambda/{self.name}-{function}", startTime=since)
        return [event["message"] for page in pages for event in page["events"] if phrase in event["message"]]


def wait(seconds, found):
    until = time.monotonic() + seconds
    while True:
        value = found()
        if value or time.monotonic() > until:
            return value
        time.sleep(2)


# ------------------------------------------------------------------------------------------------------------------------
# What IAM does with leading keys. On a table of its own, with a role of its own, both gone afterwards.
# ------------------------------------------------------------------------------------------------------------------------


class Keys:
    """A role that may put into `put-*`, update in `update-*`, look at `look-*` and read `read-*`, and never update `log-*`."""

    def __init__(self, stack):
        self.stack = stack
        self.name = f"{stack.name}-probe-{secrets.token_hex(4)}"
        self.owner = stack.client("dynamodb")
        self.iam = stack.client("iam")
        self.role = False

    def __enter__(self):
        try:
            return self.made()
        except BaseException:
            self.__exit__()
            raise

    def made(self):
        self.owner.create_table(
            TableName=self.name, BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}])
        self.owner.get_waiter("table_exists").wait(TableName=self.name, WaiterConfig={"Delay": 2, "MaxAttempts": 60})
        table = self.owner.describe_table(TableName=self.name)["Table"]["TableArn"]
        account = self.stack.client("sts").get_caller_identity()["Account"]
        # The caller alone takes this role on; its account stands for it, since a role that is assumed has another name.
        trust = {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "sts:AssumeRole"}]}
        role = self.iam.create_role(RoleName=self.name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
        self.role = True

        def allow(action, *patterns):
            return {"Effect": "Allow", "Action": f"dynamodb:{action}", "Resource": table, "Condition": {
                "Null": {"dynamodb:LeadingKeys": "false"},
                "ForAllValues:StringLike": {"dynamodb:LeadingKeys": list(patterns)}}}

        statements = [
            allow("GetItem", "read-*"), allow("BatchGetItem", "read-*"), allow("PutItem", "put-*"),
            allow("UpdateItem", "update-*", "log-*"), allow("ConditionCheckItem", "look-*"),
            {"Effect": "Deny", "Action": "dynamodb:UpdateItem", "Resource": table,
             "Condition": {"ForAnyValue:StringLike": {"dynamodb:LeadingKeys": "log-*"}}}]
        self.iam.put_role_policy(RoleName=self.name, PolicyName="probe", PolicyDocument=json.dumps(
            {"Version": "2012-10-17", "Statement": statements}))

        def assumed():
            try:
                session = self.stack.client("sts").assume_role(RoleArn=role, RoleSessionName="probe")["Credentials"]
                self.table = self.stack.client("dynamodb", session)
                return self.tried(lambda: self.table.get_item(TableName=self.name, Key=key("read-1"))) == "allowed"
            except ClientError:
                return False

        # A new role is not known everywhere at once.
        if not wait(90, assumed):
            raise RuntimeError("the probe's role cannot read even what it may")
        return self

    def __exit__(self, *_):
        if self.role:
            for undo in (lambda: self.iam.delete_role_policy(RoleName=self.name, PolicyName="probe"),
                         lambda: self.iam.delete_role(RoleName=self.name)):
                try:
                    undo()
                except ClientError as error:
                    print(f"left behind: role {self.name}: {code(error)}", file=sys.stderr)
        try:
            self.owner.delete_table(TableName=self.name)
        except ClientError as error:
            print(f"left behind: table {self.name}: {code(error)}", file=sys.stderr)

    def tried(self, call):
        try:
            call()
            return "allowed"
        except ClientError as error:
            if code(error) in ("AccessDeniedException", "AccessDenied"):
                return "denied"
            raise

    def write(self, *parts):
        return self.tried(lambda: self.table.transact_write_items(TransactItems=[part(self.name) for part in parts]))

    def read(self, *partitions):
        gets = [{"Get": {"TableName": self.name, "Key": key(one)}} for one in partitions]
        return self.tried(lambda: self.table.transact_get_items(TransactItems=gets))

    def batch(self, *partitions):
        keys = {self.name: {"Keys": [key(one) for one in partitions]}}
        return self.tried(lambda: self.table.batch_get_item(RequestItems=keys))


def key(partition):
    return {"pk": {"S": partition}}


def put(partition):
    return lambda table: {"Put": {"TableName": table, "Item": key(partition)}}


def update(partition):
    return lambda table: {"Update": {"TableName": table, "Key": key(partition), "UpdateExpression": "SET a = :a",
                                     "ExpressionAttributeValues": {":a": {"S": "a"}}}}


def look(partition):
    return lambda table: {"ConditionCheck": {"TableName": table, "Key": key(partition),
                                             "ConditionExpression": "attribute_not_exists(pk)"}}


def leading_keys(stack):
    """Six questions, and what the answers mean."""
    with Keys(stack) as keys:
        asked = [
            ("one item of another's partition", "denied",
             keys.tried(lambda: keys.table.get_item(TableName=keys.name, Key=key("other-1")))),
            ("a batch with another's partition in it", "denied", keys.batch("read-1", "other-1")),
            ("a transaction, each part where it may", "allowed", keys.write(put("put-1"), update("update-1"), look("look-1"))),
            ("a transaction, one part where another one may", "denied", keys.write(put("put-2"), update("put-3"))),
            ("a transaction that updates the log", "denied", keys.write(put("put-4"), update("log-1"))),
            ("a reading transaction with another's partition in it", "denied", keys.read("read-1", "other-1")),
        ]
    for what, wanted, found in asked:
        yield f"keys: {what}", OK if found == wanted else WRONG, found if found == wanted else f"{found}, should be {wanted}"
    mixed, foreign = asked[2][2], asked[3][2]
    meaning = {
        ("allowed", "denied"): (OK, "each part of a transaction is asked with its own key"),
        ("denied", "denied"): (WRONG, "each part is asked with the keys of all, or with none: functions cannot write"),
        ("allowed", "allowed"): (WRONG, "parts are not asked for their keys: the partitions in the roles protect nothing there"),
    }
    yield "keys: what it means", *meaning.get((mixed, foreign), (WRONG, "nothing that makes sense"))


# ------------------------------------------------------------------------------------------------------------------------
# What must be so.
# ------------------------------------------------------------------------------------------------------------------------


def health(stack):
    status, text = stack.ask("GET", "/health")
    yield "answers: GET /health", OK if status == 200 else WRONG, f"{status}" + ("" if status == 200 else f": {text[:120]}")
    status, _ = stack.ask("GET", "/no-such-address")
    yield "answers: an address that is not there", OK if status == 404 else WRONG, str(status)
    if stack.parameters.get("PublicSignUp") != "true":
        status, _ = stack.ask("POST", "/accounts", "{}")
        yield "answers: sign-up is closed", OK if status in (403, 429) else WRONG, str(status)


def edge(stack):
    if not stack.parameters.get("OriginSecretHash"):
        yield "edge: what goes round it", LEFT, "there is none"
        return
    domains = stack.client("apigatewayv2").get_domain_name(DomainName=stack.parameters["DomainName"])
    target = domains["DomainNameConfigurations"][0]["ApiGatewayDomainName"]
    url = urlsplit(stack.outputs["PublicUrl"])
    # By the regional address, under the product's own name: whoever finds that address can do this.
    connection = RoundTheEdge(target, url.netloc)
    status, text = connection.ask("/health")
    is_refused = status == 403 and "not-through-the-edge" in text
    yield "edge: what goes round it", OK if is_refused else WRONG, f"{status}"


class RoundTheEdge:
    def __init__(self, target, name):
        self.target, self.name = target, name

    def ask(self, path):
        with socket.create_connection((self.target, 443), timeout=30) as plain:
            with ssl.create_default_context().wrap_socket(plain, server_hostname=self.name) as safe:
                safe.sendall(f"GET {path} HTTP/1.1\r\nhost: {self.name}\r\nconnection: close\r\n\r\n".encode())
                answer = b""
                while more := safe.recv(65536):
                    answer += more
        head, _, body = answer.decode(errors="replace").partition("\r\n\r\n")
        return int(head.split()[1]), body


def throttles(stack):
    """The gateway's limit of sign-ins is 20 a second, and 40 at once. What is sent is no document, so nobody's attempts count."""
    def once(_):
        return stack.ask("POST", "/sessions", "-")[0]

    with concurrent.futures.ThreadPoolExecutor(60) as pool:
        found = list(pool.map(once, range(300)))
    refused = found.count(429)
    yield "throttles: 300 sign-ins at once", OK if refused else WRONG, f"{refused} were refused"
    ours = [status for status in found if status >= 500]
    yield "throttles: the others", OK if not ours else WRONG, "no 5xx" if not ours else f"{len(ours)} with 5xx"


def schedule(stack):
    found = wait(90, lambda: stack.lines("expire-invitations", "schedule run", 150))
    yield "schedule: runs every minute", OK if found else WRONG, f"{len(found)} runs in the last two and a half minutes"
    failed = [line for line in found if '"outcome":"failed"' in line]
    yield "schedule: they end well", OK if found and not failed else WRONG, f"{len(failed)} failed"


def stream(stack):
    mappings = stack.client("lambda")
    for name in stack.of_type("AWS::Lambda::EventSourceMapping"):
        one = mappings.get_event_source_mapping(UUID=stack.physical[name])
        result = one.get("LastProcessingResult", "OK")
        is_well = one["State"] == "Enabled" and not result.startswith("PROBLEM")
        yield f"stream: {name}", OK if is_well else WRONG, f"{one['State']}, {result}"


def queues(stack):
    sqs = stack.client("sqs")
    for name in stack.of_type("AWS::SQS::Queue"):
        asked = sqs.get_queue_attributes(QueueUrl=stack.physical[name], AttributeNames=["ApproximateNumberOfMessages"])
        waiting = int(asked["Attributes"]["ApproximateNumberOfMessages"])
        yield f"queues: {name}", OK if waiting == 0 else WRONG, f"{waiting} messages"


def rotation(stack, now):
    vault, secret = stack.client("secretsmanager"), stack.physical["SigningKeys"]
    about = vault.describe_secret(SecretId=secret)
    is_on = about.get("RotationEnabled", False)
    yield "rotation: is switched on", OK if is_on else WRONG, "every ninety days" if is_on else "no"
    last = about.get("LastRotatedDate")
    yield "rotation: made the first key", OK if last else WRONG, str(last or "never")
    if not now:
        yield "rotation: now", LEFT, "--rotate does it"
        return

    def current():
        stages = vault.describe_secret(SecretId=secret)["VersionIdsToStages"]
        return next((version for version, named in stages.items() if "AWSCURRENT" in named), None)

    before = current()
    vault.rotate_secret(SecretId=secret)
    after = wait(180, lambda: current() != before)
    yield "rotation: now", OK if after else WRONG, "a new version is current" if after else "nothing within three minutes"


def mail_events(stack):
    """To SES's own simulator, which bounces. The mail is nobody's, so record-delivery looks at what it is told and leaves it."""
    sender = stack.parameters["SenderAddress"]
    began = time.time()
    stack.client("sesv2").send_email(
        FromEmailAddress=sender, Destination={"ToAddresses": ["bounce@simulator.amazonses.com"]},
        Content={"Simple": {"Subject": {"Data": "A probe"}, "Body": {"Text": {"Data": "It bounces."}}}},
        ConfigurationSetName=stack.outputs["ConfigurationSet"], EmailTags=[{"Name": "mail", "Value": "probe"}])
    told = wait(120, lambda: [line for line in stack.lines("record-delivery", "told of a mail", time.time() - began + 5)
                              if '"kind":"Bounce"' in line])
    yield "mail events: a bounce is told", OK if told else WRONG, "by SES's simulator" if told else "nothing within two minutes"


def sender(stack):
    ses = stack.client("sesv2")
    identity = ses.get_email_identity(EmailIdentity=stack.parameters["SenderIdentity"])
    verified = identity.get("VerifiedForSendingStatus", False)
    yield "sender: is verified", OK if verified else WRONG, stack.parameters["SenderIdentity"]
    account = ses.get_account()
    outside, said = account.get("ProductionAccessEnabled", False), stack.parameters.get("MailSandbox") == "true"
    yield ("sender: the sandbox is as it was said", OK if outside != said else WRONG,
           f"{'outside' if outside else 'inside'}, MailSandbox={str(said).lower()}")
    quota = account.get("SendQuota", {})
    yield "sender: may send", OK if account.get("SendingEnabled", False) else WRONG, f"{quota.get('MaxSendRate', 0):.0f} a second"


def suppression(stack):
    options = stack.client("sesv2").get_configuration_set(ConfigurationSetName=stack.outputs["ConfigurationSet"])
    reasons = options.get("SuppressionOptions", {}).get("SuppressedReasons", [])
    yield "suppression: by complaints alone", OK if reasons == ["COMPLAINT"] else WRONG, ", ".join(reasons) or "none"


def log_level(stack):
    found = {}
    for name in stack.of_type("AWS::Lambda::Function"):
        if name.startswith("Prober"):
            continue
        config = stack.client("lambda").get_function_configuration(FunctionName=stack.physical[name], Qualifier="live")
        found.setdefault(config.get("LoggingConfig", {}).get("ApplicationLogLevel"), []).append(name)
    lost = [name for level, names in found.items() if level != "TRACE" for name in names]
    yield "log level: Lambda drops nothing", OK if not lost else WRONG, "every function" if not lost else ", ".join(lost)


def table(stack):
    db, name = stack.client("dynamodb"), stack.outputs["TableName"]
    about = db.describe_table(TableName=name)["Table"]
    backups = db.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    ttl = db.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    points = backups.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus")
    for what, is_so in [
        ("cannot be deleted", about.get("DeletionProtectionEnabled", False)),
        ("can be restored to any second", points == "ENABLED"),
        ("forgets what is over", ttl.get("TimeToLiveStatus") in ("ENABLED", "ENABLING") and ttl.get("AttributeName") == "ttl"),
        ("has its stream", "LatestStreamArn" in about),
    ]:
        yield f"table: {what}", OK if is_so else WRONG, "yes" if is_so else "no"


def alarms(stack):
    if not stack.parameters.get("AlarmAddress"):
        yield "alarms: somebody is told", LEFT, "no AlarmAddress, and no alarms"
        return
    told = stack.client("sns").list_subscriptions_by_topic(TopicArn=stack.outputs["AlarmsTopic"])["Subscriptions"]
    confirmed = [one for one in told if one["SubscriptionArn"].startswith("arn:")]
    yield ("alarms: somebody is told", OK if confirmed else WRONG,
           f"{len(confirmed)} confirmed" if confirmed else "the mail of SNS has not been answered")
    pages = stack.client("cloudwatch").get_paginator("describe_alarms").paginate(AlarmNamePrefix=f"{stack.name}-", StateValue="ALARM")
    on = [alarm["AlarmName"] for page in pages for alarm in page["MetricAlarms"]]
    yield "alarms: none is on", OK if not on else WRONG, ", ".join(on) or "none"


def saved_queries(stack):
    found = stack.client("logs").describe_query_definitions(queryDefinitionNamePrefix=f"{stack.name}/")["queryDefinitions"]
    wanted = len(stack.of_type("AWS::Logs::QueryDefinition"))
    yield "saved queries: are there", OK if len(found) == wanted else WRONG, f"{len(found)} of {wanted}"


def room(stack):
    limit = stack.client("lambda").get_account_settings()["AccountLimit"]["ConcurrentExecutions"]
    yield "room: functions at once", OK if limit >= 100 else WRONG, f"{limit}; ask for a thousand under Service Quotas" if limit < 100 else str(limit)


def roll_back(stack, now):
    """A deployment of report-health to a version like the one before, whose alarm is set off by hand: CodeDeploy must take it back."""
    deploy, functions = stack.client("codedeploy"), stack.client("lambda")
    application, group = stack.physical["ServerlessDeploymentApplication"], stack.physical["ReportHealthDeploymentGroup"]
    about = deploy.get_deployment_group(applicationName=application, deploymentGroupName=group)["deploymentGroupInfo"]
    is_gradual = stack.parameters.get("Deployment") != "AllAtOnce"
    has_alarm = about.get("alarmConfiguration", {}).get("enabled", False)
    yield ("roll-back: the alarm is CodeDeploy's", OK if has_alarm == is_gradual else WRONG,
           "it is asked" if has_alarm else "AllAtOnce asks none")
    if not now or not is_gradual:
        yield "roll-back: a new version is taken back", LEFT, "--roll-back does it" if is_gradual else "AllAtOnce takes nothing back"
        return
    function = stack.physical["ReportHealth"]
    before = functions.get_alias(FunctionName=function, Name="live")["FunctionVersion"]
    described = functions.get_function_configuration(FunctionName=function).get("Description", "")
    functions.update_function_configuration(FunctionName=function, Description="probe of the roll-back")
    functions.get_waiter("function_updated_v2").wait(FunctionName=function)
    after = functions.publish_version(FunctionName=function)["Version"]
    functions.update_function_configuration(FunctionName=function, Description=described)
    try:
        spec = {"version": 0.0, "Resources": [{"it": {"Type": "AWS::Lambda::Function", "Properties": {
            "Name": function, "Alias": "live", "CurrentVersion": before, "TargetVersion": after}}}]}
        deployment = deploy.create_deployment(
            applicationName=application, deploymentGroupName=group,
            revision={"revisionType": "AppSpecContent", "appSpecContent": {"content": json.dumps(spec)}})["deploymentId"]

        def status():
            return deploy.get_deployment(deploymentId=deployment)["deploymentInfo"]["status"]

        wait(60, lambda: status() == "InProgress")
        stack.client("cloudwatch").set_alarm_state(
            AlarmName=stack.physical["ReportHealthBroken"], StateValue="ALARM", StateReason="a probe of the roll-back")
        ended = wait(180, lambda: status() in ("Stopped", "Failed", "Succeeded"))
        found = status() if ended else "still in progress"

        def is_back():
            alias = functions.get_alias(FunctionName=function, Name="live")
            return alias["FunctionVersion"] == before and not alias.get("RoutingConfig", {}).get("AdditionalVersionWeights")

        back = wait(120, is_back)
        yield ("roll-back: a new version is taken back", OK if back and found == "Stopped" else WRONG,
               f"{found}; {'the version before answers' if back else 'the alias still has the new one'}")
    finally:
        alias = functions.get_alias(FunctionName=function, Name="live")
        if alias["FunctionVersion"] == before and not alias.get("RoutingConfig", {}).get("AdditionalVersionWeights"):
            functions.delete_function(FunctionName=function, Qualifier=after)


CHECKS = ["health", "keys", "throttles", "schedule", "stream", "queues", "rotation", "mail events", "roll-back", "edge", "alarms",
          "sender", "suppression", "table", "log level", "saved queries", "room"]


def rows(stack, asked):
    made = {
        "health": lambda: health(stack), "keys": lambda: leading_keys(stack), "throttles": lambda: throttles(stack),
        "schedule": lambda: schedule(stack), "stream": lambda: stream(stack), "queues": lambda: queues(stack),
        "rotation": lambda: rotation(stack, asked.rotate), "mail events": lambda: mail_events(stack),
        "roll-back": lambda: roll_back(stack, asked.roll_back), "edge": lambda: edge(stack),
        "alarms": lambda: alarms(stack), "sender": lambda: sender(stack), "suppression": lambda: suppression(stack),
        "table": lambda: table(stack), "log level": lambda: log_level(stack), "saved queries": lambda: saved_queries(stack),
        "room": lambda: room(stack),
    }
    for name in CHECKS:
        reason = NOT_BY_AN_EMULATOR.get(name) if asked.emulator else None
        if reason and name in IN_VAIN:
            yield name, UNKNOWN, reason
            continue
        try:
            for what, verdict, found in made[name]():
                # Nor does a good answer of an emulator say anything of these.
                is_unknown = reason and verdict != LEFT
                yield (what, UNKNOWN, f"{reason} (here: {found})") if is_unknown else (what, verdict, found)
        except (ClientError, BotoCoreError, OSError, RuntimeError, KeyError) as error:
            said = f"{code(error)}: {error}" if isinstance(error, ClientError) else f"{type(error).__name__}: {error}"
            if reason:
                yield name, UNKNOWN, f"{reason} (here: {said[:120]})"
            else:
                yield name, WRONG, said[:200]


def code(error):
    return error.response.get("Error", {}).get("Code", "")


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--stack", required=True, help="the stack's name")
    arguments.add_argument("--rotate", action="store_true", help="rotate the signing keys now, which signs nobody out")
    arguments.add_argument("--roll-back", action="store_true", help="deploy report-health anew, set its alarm off, see it taken back")
    arguments.add_argument("--emulator", action="store_true", help="this is an emulator: what it cannot show is unknown")
    arguments.add_argument("--api-address", metavar="HOST:PORT", help="ask the API there, by plain HTTP, under its own name")
    asked = arguments.parse_args()
    stack = Stack(asked.stack, asked.api_address)
    count = {OK: 0, WRONG: 0, UNKNOWN: 0, LEFT: 0}
    print(f"| {'what':<58} | {'':<9} | found |\n|{'-' * 60}|{'-' * 11}|-------|", flush=True)
    for what, verdict, found in rows(stack, asked):
        count[verdict] += 1
        print(f"| {what:<58} | {verdict:<9} | {found} |", flush=True)
    print(f"\n{', '.join(f'{number} {verdict}' for verdict, number in count.items() if number)}")
    sys.exit(1 if count[WRONG] else 0)


if __name__ == "__main__":
    main()

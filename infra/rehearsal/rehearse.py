"""A deployment rehearsed: the template, after the SAM transform, on an emulator of AWS that begins empty, with the release
binaries; then the README's walk against the deployed API, and a scheduled expiry. README.md beside this says more."""

import argparse
import hashlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import time
import urllib.request
import uuid
import zipfile
from contextlib import contextmanager
from pathlib import Path

from api import Client, seed, wait_for
from botocore.exceptions import ClientError, WaiterError
from emulator import REGION, Emulator
from mailbox import Mailbox
from takes import Takes
from template import Template, parameters_of

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests" / "readme"))
import walk  # noqa: E402

FOLDER = ROOT / "target" / "rehearsal"
ENVIRONMENT = "dev"
STACK = "glueconnect-dev"
BUCKET = "rehearsal-code"
TELLER = "rehearsal.ses"

# What is true of AWS and not rehearsed here, and why.
LEFT_OUT = [
    ("limits on requests (DefaultRouteSettings, RouteSettings)", "the emulator keeps them and lets everything through"),
    ("the API's access log", "the emulator writes none"),
    ("partial batches, bisecting and retries of the stream's mappings", "the emulator repeats a batch whole"),
    ("gradual deployment", "the emulator has no CodeDeploy"),
    ("alarms", "they are made; nothing in a walk sets one off"),
    ("a domain of one's own, its certificate and DNS", f"the environment {ENVIRONMENT} has none; the API speaks HTTP"),
    ("SES telling what becomes of a mail", "the emulator's keeps the event destination and tells it nothing"),
    ("SES's sandbox, its limits and its TLS", "the emulator's SES takes every mail"),
    ("backups, TTL and encryption of the table", "they are set; the emulator keeps everything in memory"),
    ("GET /health at the API's own name", "the emulator answers this path itself; it is asked by another address"),
    ("start times, memory limits and frozen processes", "functions run as ordinary processes of this machine"),
]


class Rehearsal:
    def __init__(self, binaries, release=None):
        """`release` is the folder of an unpacked one; without it the repository is deployed."""
        self.binaries, self.release = binaries, release
        self.template = Template((release or ROOT / "infra") / "template.yaml")
        self.emulator = Emulator(FOLDER)
        self.began = time.monotonic()
        self.left_out = list(LEFT_OUT)
        self.ran = set()

    @contextmanager
    def phase(self, name):
        began = time.monotonic()
        print(f"\n== {name}", flush=True)
        yield
        print(f"   {time.monotonic() - began:.1f} s", flush=True)

    def run(self):
        with self.phase("The emulator"):
            self.emulator.start()
            stacks = self.emulator.client("cloudformation").list_stacks()["StackSummaries"]
            say(f"it has {len(stacks)} stacks")
        with self.phase("The template"):
            self.package()
        with self.phase("The stack"):
            self.deploy()
        with self.phase("The roles"):
            self.try_a_role()
        with self.phase("The routes"):
            self.add_routes()
        with self.phase("The first key"):
            self.make_key()
        with self.phase("The demonstration"):
            self.seed()
        with self.phase("The README's walk"):
            self.walk()
        with self.phase("What the stream brought"):
            self.look_at_stream()
        with self.phase("What the walk has no use for"):
            self.call_the_others()
        with self.phase("What it takes"):
            self.measure()
        with self.phase("What becomes of a mail"):
            self.bounce()
        with self.phase("A scheduled expiry"):
            self.expire()
        with self.phase("What ran"):
            self.look_at_functions()
        with self.phase("The probe"):
            self.probe()
        print("\n== Left out")
        for what, why in self.left_out:
            print(f"   left out: {what}: {why}")
        print(f"\nIt went well, in {time.monotonic() - self.began:.0f} s.")

    def package(self):
        """What `sam package` and the SAM transform do."""
        s3 = self.emulator.client("s3")
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        functions = self.template.functions
        missing = [folder for folder in functions.values() if not (self.binaries / folder / "bootstrap").exists()]
        if missing:
            raise SystemExit(f"no binary in {self.binaries} for: {', '.join(missing)}")
        keys = {}
        for name, folder in functions.items():
            packed = self.release and self.release / "functions" / f"{folder}.zip"
            code = packed.read_bytes() if packed else zipped(self.binaries / folder / "bootstrap")
            keys[name] = f"{folder}.zip"
            s3.put_object(Bucket=BUCKET, Key=keys[name], Body=code)
        self.template.take_code_from(BUCKET, keys)
        self.template.without_gradual_deployment()
        self.template.with_filters_of_the_emulator()
        self.template.with_secrets_by_arn()
        self.template.with_events_from(TELLER)
        self.template.with_mail_policies_of_the_emulator()
        self.template.without_rotation_schedule()
        self.template.without_leading_keys()
        self.template.without_what_the_emulator_does_not_know()
        self.parameters = parameters_of((self.release or ROOT) / "samconfig.toml", ENVIRONMENT)
        body = self.template.expand(self.parameters, REGION)
        s3.put_object(Bucket=BUCKET, Key="template.json", Body=body.encode())
        (FOLDER / "template.json").write_text(body)
        say(f"{len(functions)} functions, {len(self.template.cloudformation['Resources'])} resources after the transform")
        for what, why in self.template.changed:
            say(f"changed: {what}: {why}")

    def deploy(self):
        ses = self.emulator.client("sesv2")
        ses.create_email_identity(EmailIdentity=self.parameters["SenderIdentity"])
        cloudformation = self.emulator.client("cloudformation")
        cloudformation.create_stack(
            StackName=STACK, TemplateURL=f"{self.emulator.url}/{BUCKET}/template.json", Capabilities=["CAPABILITY_IAM"],
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in self.parameters.items()])
        try:
            waiter = cloudformation.get_waiter("stack_create_complete")
            waiter.wait(StackName=STACK, WaiterConfig={"Delay": 1, "MaxAttempts": 120})
        except WaiterError:
            for event in cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]:
                if "FAILED" in event["ResourceStatus"]:
                    say(f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason')}")
            raise SystemExit("the stack was not made") from None
        self.physical = {}
        for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=STACK):
            for one in page["StackResourceSummaries"]:
                self.physical[one["LogicalResourceId"]] = one["PhysicalResourceId"]
        stack = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
        self.outputs = {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
        say(f"{stack['StackStatus']}: {len(self.physical)} resources; {self.outputs['PublicUrl']}")

    def try_a_role(self):
        """Whether policies are asked at all, and how closely: with a twin of a function's role, since the function's own is
        Lambda's alone."""
        iam, twin = self.emulator.client("iam"), "twin-of-check-access"
        policy = iam.get_role_policy(RoleName=self.physical["CheckAccessRole"], PolicyName="check-access")["PolicyDocument"]
        trust = {"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}
        role = iam.create_role(RoleName=twin, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
        iam.put_role_policy(RoleName=twin, PolicyName="check-access", PolicyDocument=json.dumps(policy))
        session = self.emulator.client("sts").assume_role(RoleArn=role, RoleSessionName="twin")["Credentials"]
        table, name = self.emulator.client("dynamodb", session), self.physical["Table"]
        if not is_denied(lambda: table.scan(TableName=name)):
            raise SystemExit("check-access may scan the table: the emulator asks no policies")
        say("check-access is denied a Scan of the table")
        strange = {"pk": {"S": "a partition of nobody"}, "sk": {"S": "-"}}
        if is_denied(lambda: table.get_item(TableName=name, Key=strange)):
            say("and a partition that is not its own")
        else:
            self.left_out.append(("the partitions in the roles (dynamodb:LeadingKeys)",
                                  "the emulator decides by action and table, and let check-access read a strange partition"))
        iam.delete_role_policy(RoleName=twin, PolicyName="check-access")
        iam.delete_role(RoleName=twin)

    def add_routes(self):
        """The emulator keeps the API's OpenAPI body without reading it."""
        gateway = self.emulator.client("apigatewayv2")
        api = self.physical["Api"]
        wanted = self.template.routes()
        there = gateway.get_routes(ApiId=api)["Items"]
        if there:
            say(f"CloudFormation made {len(there)} of {len(wanted)} routes")
        else:
            self.left_out.append(("the import of the API's routes",
                                  "the emulator's CloudFormation does not read the OpenAPI body; added one by one"))
        integrations = {}
        for route, (alias, payload) in wanted.items():
            if route in [one["RouteKey"] for one in there]:
                continue
            if alias not in integrations:
                uri = (f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{self.physical[alias]}/invocations")
                made = gateway.create_integration(ApiId=api, IntegrationType="AWS_PROXY", IntegrationMethod="POST",
                                                  IntegrationUri=uri, PayloadFormatVersion=payload)
                integrations[alias] = made["IntegrationId"]
            gateway.create_route(ApiId=api, RouteKey=route, Target=f"integrations/{integrations[alias]}")
        say(f"{len(wanted)} routes to {len(integrations)} functions")

    def make_key(self):
        """As Secrets Manager does with the first deployment: it calls the function, step by step."""
        self.left_out.append(("Secrets Manager calling rotate-keys",
                              "the emulator's RotateSecret is a stub; the rehearsal sends the four steps itself"))
        functions, token = self.emulator.client("lambda"), str(uuid.uuid4())
        for step in ("createSecret", "setSecret", "testSecret", "finishSecret"):
            event = {"Step": step, "SecretId": self.outputs["SigningKeys"], "ClientRequestToken": token}
            done = functions.invoke(FunctionName=self.physical["RotateKeys"], Payload=json.dumps(event))
            if "FunctionError" in done:
                raise SystemExit(f"{step}: {done['Payload'].read().decode()}")
            say(f"rotate-keys: {step}")
        self.note_running()

    def seed(self):
        self.mailbox = Mailbox(self.emulator.url)
        self.nobody = Client(self.outputs["PublicUrl"], self.emulator.port)
        with urllib.request.urlopen(f"{self.emulator.url}/_aws/execute-api/{self.physical['Api']}/health") as answer:
            say(f"GET /health: {answer.status} {answer.read().decode()}")
        described = self.nobody.call("GET", "/openapi.json")
        say(f"GET /openapi.json: OpenAPI {described['openapi']}, {len(described['paths'])} addresses")
        refused = self.nobody.call("GET", "/nowhere", expected=(404,))["errors"][0]
        say(f"GET /nowhere: {refused['status']} {refused['code']}")
        self.ada = seed(self.nobody, self.mailbox)
        say(f"the account acme, opened over the API; {len(self.mailbox.mails())} mails, 2 of them accepted")
        self.note_running()

    def walk(self):
        mine = walk.run(ROOT / "README.md", self.outputs["PublicUrl"], self.mailbox.url, self.emulator.port, FOLDER)
        for printed, told in mine:
            for line in printed.splitlines():
                say(f"| {line}" if line else "|")
            if printed != told:
                raise SystemExit(f"the README says otherwise:\n{told}")
        say(f"{len(mine)} blocks, word by word what the README says")
        self.note_running()

    def look_at_stream(self):
        """Mail was brought by the one mapping, which the walk saw; seals are written by what the other one calls."""
        table = self.physical["Table"]
        seals, took = wait_for("a seal of the log", 60, lambda: self.items(
            "begins_with(pk, :a) AND contains(pk, :seals)", {":a": {"S": "A#"}, ":seals": {"S": "#SEALS"}}))
        say(f"send-invites sent {len(self.mailbox.mails())} mails, seal-log wrote {len(seals)} items within {took:.1f} s")
        mappings = self.emulator.client("lambda").list_event_source_mappings()["EventSourceMappings"]
        for mapping in mappings:
            name = mapping["FunctionArn"].split(":function:")[1]
            say(f"mapping of {table}'s stream to {name}: {mapping['State']}")
        self.note_running()

    def call_the_others(self):
        """One request to each function of the API that neither the demonstration nor the walk called."""
        ada = self.ada.call("GET", "/session")["data"]["attributes"]["user-id"]
        olga = self.ada.person("olga@bluebird.example")["id"]
        for method, path, expected in [
            ("GET", "/account", 200), ("GET", "/api-keys", 200), ("GET", "/connections", 200), ("GET", "/providers", 200),
            ("GET", "/logs?page%5Bsize%5D=10", 200), ("GET", "/access/review", 200),
            ("POST", f"/users/{ada}/mfa", 201), ("POST", f"/users/{olga}/invitation", 202),
            ("GET", "/connection-invitations/none", 404),
        ]:
            self.ada.call(method, path, expected=(expected,))
            say(f"{method} {path.split('?')[0].replace(ada, '{id}').replace(olga, '{id}')}: {expected}")
        self.note_running()

    def measure(self):
        """The CPU time of each act, for docs/cost.md: that of the functions' processes before and after many of them."""
        takes = Takes(lambda: self.emulator.running(self.binaries), self.logged)
        for line in takes.of(self.ada, self.nobody, self.mailbox, self.sweep):
            say(line)
        self.note_running()

    def logged(self, folder):
        """The bytes that CloudWatch charges for in a function's log so far: each line, and 26 for each."""
        pages = self.emulator.client("logs").get_paginator("filter_log_events").paginate(
            logGroupName=f"/aws/lambda/{STACK}-{folder}")
        return sum(len(event["message"].encode()) + 26 for page in pages for event in page["events"])

    def sweep(self):
        done = self.emulator.client("lambda").invoke(FunctionName=self.physical["ExpireInvitations"], Payload=b"{}")
        if "FunctionError" in done:
            raise SystemExit(f"expire-invitations: {done['Payload'].read().decode()}")

    def bounce(self):
        """The emulator's SES tells nothing, so the rehearsal tells on the event bus what SES would tell there of a mail."""
        address = "cy@bluebird.example"
        cy = self.ada.person(address)
        key = self.invitation_of(cy)
        event = json.loads((ROOT / "events" / "record-delivery.json").read_text())
        mail = event["detail"]["mail"]
        mail["messageId"] = self.mailbox.mails(address)[-1]["messageId"]
        mail["destination"] = mail["commonHeaders"]["to"] = [address]
        mail["tags"] |= {"ses:configuration-set": [self.outputs["ConfigurationSet"]], "user": [cy["id"]],
                         "account": [key["pk"]["S"].split("#")[1]]}
        event["detail"]["bounce"]["bouncedRecipients"][0]["emailAddress"] = address
        sent = self.emulator.client("events").put_events(Entries=[{
            "Source": TELLER, "DetailType": event["detail-type"], "Detail": json.dumps(event["detail"])}])
        if sent["FailedEntryCount"]:
            raise SystemExit(f"the event bus refused: {sent['Entries']}")
        wait_for("the bounce to be noted", 60,
                 lambda: self.ada.person(address)["attributes"]["invitation-delivery"] == "bounced")
        say(f"{event['detail-type']}, told by the rehearsal: Cy's mail is bounced")
        self.note_running()

    def invitation_of(self, user):
        [found] = self.items("sk = :sk AND contains(pk, :user)", {
            ":sk": {"S": "INVITATION"}, ":user": {"S": f"#USER#{user['id']}"}})
        return {name: found[name] for name in ("pk", "sk")}

    def expire(self):
        """The clock of the functions is this machine's, so the invitation is made older instead."""
        olga = self.ada.person("olga@bluebird.example")
        say(f"Olga, before: {olga['attributes']['status']}")
        key = self.invitation_of(olga)
        past = {"N": str(int(time.time() * 1000) - 1000)}
        table = self.emulator.client("dynamodb")
        table.update_item(TableName=self.physical["Table"], Key=key, UpdateExpression="SET expires_at = :past, due_at = :past",
                          ExpressionAttributeValues={":past": past})
        self.left_out.append(("four days of waiting", "functions have the machine's clock; an invitation's end was set back"))

        def noted():
            return table.get_item(TableName=self.physical["Table"], Key=key)["Item"].get("expiry_noted_at")

        _, took = wait_for("the schedule", 120, noted)
        say(f"the schedule ran expire-invitations after {took:.0f} s")
        say(f"Olga, after: {self.ada.person('olga@bluebird.example')['attributes']['status']}")
        self.note_running()

    def look_at_functions(self):
        functions = self.emulator.client("lambda")
        runtimes = {}
        for name in self.template.functions:
            config = functions.get_function_configuration(FunctionName=self.physical[name], Qualifier="live")
            runtimes.setdefault(config["Runtime"], []).append(name)
        say(", ".join(f"{len(names)} functions of {runtime}" for runtime, names in runtimes.items()))
        say(f"seen as processes of the given binaries: {', '.join(sorted(self.ran))}")
        idle = sorted(set(self.template.functions.values()) - self.ran)
        if idle:
            raise SystemExit(f"nothing called {', '.join(idle)}")
        queues = self.emulator.client("sqs")
        for queue in self.template.of_type("AWS::SQS::Queue"):
            asked = queues.get_queue_attributes(QueueUrl=self.physical[queue], AttributeNames=["ApproximateNumberOfMessages"])
            waiting = asked["Attributes"]["ApproximateNumberOfMessages"]
            if waiting != "0":
                raise SystemExit(f"{waiting} messages in {queue}")
        say("nothing in the queues of what failed")
        say(f"the emulator's memory: {self.emulator.megabytes()} MB at most")

    def probe(self):
        """As an operator runs it, against the emulator: what that cannot show is unknown."""
        tools = Path(sys.executable).parent.parent
        environment = {"PATH": os.environ["PATH"], "HOME": str(FOLDER), "PROBE_TOOLS": str(tools), "AWS_ENDPOINT_URL": self.emulator.url,
                       "AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
        probe = (self.release or ROOT) / "infra" / "probe" / "run"
        asked = subprocess.run(
            [str(probe), "--stack", STACK, "--emulator", "--api-address", f"127.0.0.1:{self.emulator.port}"],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600)
        for line in asked.stdout.splitlines():
            say(line)
        if asked.returncode:
            raise SystemExit("the probe found something wrong")

    def items(self, condition, values):
        pages = self.emulator.client("dynamodb").get_paginator("scan").paginate(
            TableName=self.physical["Table"], FilterExpression=condition, ExpressionAttributeValues=values)
        return [item for page in pages for item in page["Items"]]

    def note_running(self):
        self.ran |= set(self.emulator.running(self.binaries))


def unpacked(archive):
    """The folder of a release, with its checksums looked at, and its binaries as files besides, by which processes are known."""
    place = FOLDER / "release"
    shutil.rmtree(place, ignore_errors=True)
    with tarfile.open(archive) as tar:
        tar.extractall(place, filter="data")
    [folder] = place.iterdir()
    for line in (folder / "SHA256SUMS").read_text().splitlines():
        digest, path = line.split("  ", 1)
        if hashlib.sha256((folder / path).read_bytes()).hexdigest() != digest:
            raise SystemExit(f"{path} in {archive} is not what its checksum says")
    for packed in (folder / "functions").glob("*.zip"):
        with zipfile.ZipFile(packed) as files:
            files.extract("bootstrap", folder / "binaries" / packed.stem)
    say(f"{folder.name}, as its checksums say")
    return folder


def zipped(binary):
    """The same bytes for the same binary, so that only what changed is published anew."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        entry = zipfile.ZipInfo("bootstrap", (1980, 1, 1, 0, 0, 0))
        entry.external_attr = 0o755 << 16
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, binary.read_bytes(), compresslevel=1)
    return buffer.getvalue()


def is_denied(call):
    try:
        call()
    except ClientError as error:
        if error.response["Error"]["Code"] == "AccessDeniedException":
            return True
        raise
    return False


def say(text):
    print(f"   {text}", flush=True)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--binaries", type=Path, default=ROOT / "target" / "lambda")
    arguments.add_argument("--release", type=Path, help="an archive that infra/release/run has made, in place of the repository")
    asked = arguments.parse_args()
    shutil.rmtree(FOLDER / "state", ignore_errors=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    release = unpacked(asked.release) if asked.release else None
    rehearsal = Rehearsal(release / "binaries" if release else asked.binaries.resolve(), release)
    try:
        rehearsal.run()
    except BaseException:
        print(f"\nIt did not go well. What the emulator and the functions said is in {rehearsal.emulator.log.relative_to(ROOT)}", flush=True)
        raise
    finally:
        rehearsal.emulator.stop()
        shutil.rmtree(FOLDER / "state", ignore_errors=True)


if __name__ == "__main__":
    main()

"""The template, as `sam deploy` would hand it to CloudFormation, with what the emulator cannot take set aside."""

import json
import os
import re
from pathlib import Path

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

try:
    import tomllib
except ModuleNotFoundError:
    import tomli as tomllib


# Kinds of resources that the emulator refuses.
UNKNOWN = ["AWS::Logs::QueryDefinition"]


class Template:
    def __init__(self, file: Path):
        self.file = file
        self.sam = yaml_parse(file.read_text())
        # `../target/lambda/sign-in/` in the repository, `functions/sign-in.zip` in a release.
        self.functions = {name: Path(function["Properties"]["CodeUri"]).stem
                          for name, function in self.of_type("AWS::Serverless::Function").items()}
        self.changed = []
        self.cloudformation = None

    @property
    def resources(self):
        return self.sam["Resources"]

    def of_type(self, kind):
        return {name: resource for name, resource in self.resources.items() if resource["Type"] == kind}

    def change(self, what, why):
        self.changed.append((what, why))

    def without_gradual_deployment(self):
        self.sam["Globals"]["Function"].pop("DeploymentPreference")
        for function in self.of_type("AWS::Serverless::Function").values():
            function["Properties"].pop("DeploymentPreference", None)
        self.change("DeploymentPreference is taken off every function", "the emulator has no CodeDeploy")

    def without_rotation_schedule(self):
        schedules = self.of_type("AWS::SecretsManager::RotationSchedule")
        for name in schedules:
            del self.resources[name]
        self.change(f"{', '.join(schedules)} is left out",
                    "the emulator's Secrets Manager calls no function; the rehearsal calls it, step by step")

    def with_filters_of_the_emulator(self):
        """What is not there at all has no `N` in it either: AWS sees that, the emulator asks for the attribute itself."""
        leaf, attribute = '{"N": [{"exists": false}]}', '[{"exists": false}]'
        for name, function in self.of_type("AWS::Serverless::Function").items():
            for event in function["Properties"].get("Events", {}).values():
                for one in event["Properties"].get("FilterCriteria", {}).get("Filters", []):
                    if leaf in one["Pattern"]:
                        one["Pattern"] = one["Pattern"].replace(leaf, attribute)
                        self.change(f"{leaf} becomes {attribute} in the filter of {name}'s mapping",
                                    "the emulator looks for no leaf where the attribute is not there, and nothing would match")

    def with_events_from(self, source):
        for name, function in self.of_type("AWS::Serverless::Function").items():
            for event in function["Properties"].get("Events", {}).values():
                sources = event["Properties"].get("Pattern", {}).get("source", [])
                if "aws.ses" in sources:
                    sources.append(source)
                    self.change(f"{name} is told events of {source}, too",
                                "the emulator's SES tells none, and like AWS it lets nobody else speak for aws.ses")

    def with_secrets_by_arn(self):
        secrets = self.of_type("AWS::SecretsManager::Secret")

        def by_arn(part):
            if isinstance(part, dict):
                if part.get("Ref") in secrets:
                    return {"Fn::GetAtt": [part["Ref"], "Id"]}
                return {key: by_arn(value) for key, value in part.items()}
            return [by_arn(one) for one in part] if isinstance(part, list) else part

        self.sam = by_arn(self.sam)
        self.change(f"!Ref {', '.join(secrets)} becomes !GetAtt with Id, which is the same on AWS",
                    "the emulator's Ref of a secret is its name, which no policy matches")

    def with_mail_policies_of_the_emulator(self):
        for name, role in self.of_type("AWS::IAM::Role").items():
            for policy in role["Properties"].get("Policies", []):
                for statement in policy["PolicyDocument"]["Statement"]:
                    if statement["Action"] == "ses:SendEmail":
                        statement.pop("Condition")
                        statement["Resource"] = "*"
                        self.change(f"{name} may call ses:SendEmail on any resource and from any address",
                                    "the emulator tells its policies neither the identity nor ses:FromAddress")

    def without_leading_keys(self):
        """A key of a condition that is not there makes `Null` true, and every call of the table would be denied."""
        for name, resource in self.of_type("AWS::IAM::Role").items():
            for policy in resource["Properties"].get("Policies", []):
                for statement in policy["PolicyDocument"]["Statement"]:
                    statement.get("Condition", {}).pop("Null", None)
        self.change("Null is taken off the conditions of the roles",
                    "the emulator does not know dynamodb:LeadingKeys, so every call would seem to name no key")

    def without_what_the_emulator_does_not_know(self):
        """With the kinds of resources that it refuses, whether or not they would be made here."""
        for kind in UNKNOWN:
            names = list(self.of_type(kind))
            for name in names:
                del self.resources[name]
            if names:
                self.change(f"{', '.join(names)} {'is' if len(names) == 1 else 'are'} left out", f"the emulator knows no {kind}")

    def take_code_from(self, bucket, keys):
        """What `sam package` does: the code is in a bucket."""
        for name, key in keys.items():
            self.resources[name]["Properties"]["CodeUri"] = f"s3://{bucket}/{key}"

    def expand(self, parameters, region):
        """The SAM transform. Its own parameters have defaults, as in CloudFormation."""
        values = {name: one.get("Default", "") for name, one in self.sam["Parameters"].items()}
        values |= parameters
        os.environ["AWS_DEFAULT_REGION"] = region
        self.cloudformation = transform(self.sam, values, NoManagedPolicies())
        self.cloudformation.pop("Transform", None)
        return json.dumps(self.cloudformation, indent=1)

    def routes(self):
        """Every route of the API, with the logical name of the alias that answers it."""
        found = {}
        for api in self.cloudformation["Resources"].values():
            if api["Type"] != "AWS::ApiGatewayV2::Api":
                continue
            for path, methods in api["Properties"]["Body"]["paths"].items():
                for method, operation in methods.items():
                    integration = operation["x-amazon-apigateway-integration"]
                    alias = re.search(r"\$\{(\w+)\}/invocations", json.dumps(integration["uri"])).group(1)
                    key = path if path == "$default" else f"{method.upper()} {path}"
                    found[key] = (alias, integration["payloadFormatVersion"])
        return found


class NoManagedPolicies:
    """The template names no policy of AWS's own, so none is looked up."""

    @staticmethod
    def load():
        return {}


def parameters_of(samconfig: Path, environment):
    chosen = tomllib.loads(samconfig.read_text())[environment]["deploy"]["parameters"]["parameter_overrides"]
    return dict(pair.split("=", 1) for pair in chosen)

"""The product as `cargo local` runs it, with its demonstration account, as a process beside what is measured."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests"))
from ports import three_free_ports  # noqa: E402

PASSWORD = "glueconnect demo"


class Product:
    def __init__(self, binary: Path, log: Path):
        self.binary, self.log, self.port = binary, log, three_free_ports()
        self.api, self.control = f"http://127.0.0.1:{self.port}", f"http://127.0.0.1:{self.port + 1}"

    def __enter__(self):
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [self.binary, "--ephemeral", "--port", str(self.port)], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=os.environ | {"RUST_LOG": "info"}, start_new_session=True)
        until = time.monotonic() + 120
        while "Sign in" not in self.log.read_text(errors="replace"):
            if self.process.poll() is not None or time.monotonic() > until:
                self.__exit__()
                raise SystemExit(f"the product does not start: see {self.log}")
            time.sleep(0.1)
        return self

    def __exit__(self, *_):
        try:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(timeout=10)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def variables(self):
        """What a function that runs elsewhere needs, but for the address of the database."""
        control = self.control
        return {
            "AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_ENDPOINT_URL_SESV2": control, "AWS_ENDPOINT_URL_SECRETS_MANAGER": control,
            "AWS_ENDPOINT_URL_EVENTBRIDGE": control, "EVENT_BUS": "glueconnect", "PUBLIC_URL": self.api,
            "TABLE_NAME": "glueconnect", "SIGNING_KEYS_SECRET": "glueconnect-signing-keys",
            "SENDER_ADDRESS": "invitations@glueconnect.example", "SENDER_NAME": "glueconnect", "CONFIGURATION_SET": "glueconnect",
            "SIGN_UP": "open",
        }

    def forward(self, seconds):
        """Moves the product's clock."""
        body = json.dumps({"advance-seconds": seconds}).encode()
        request = urllib.request.Request(f"{self.control}/clock", body, {"content-type": "application/json"})
        urllib.request.urlopen(request).read()

    def link_for(self, email):
        """The path of the link in the newest mail to this address, once it has come."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with urllib.request.urlopen(f"{self.control}/store?to={quote(email)}") as answer:
                mails = json.load(answer)["emails"]
            if mails:
                lines = mails[-1]["body"]["text"].splitlines()
                return next(line for line in lines if line.startswith(self.api)).removeprefix(self.api)
            time.sleep(0.05)
        raise SystemExit(f"no mail has come to {email}")


class Caller:
    """Calls the API; without a token as nobody in particular."""

    def __init__(self, product: Product, token=None):
        self.product, self.token = product, token

    def call(self, method, path, data=None, accepted=()):
        headers = {"content-type": "application/json"}
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        body = None if data is None else json.dumps({"data": data}).encode()
        request = urllib.request.Request(self.product.api + path, body, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=600) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            text = error.read()
            if error.code not in accepted:
                raise SystemExit(f"{method} {path}: {error.code} {text.decode(errors='replace')[:2000]}") from None
        return json.loads(text) if text else None

    def signed_in(self, subdomain, email, password=PASSWORD):
        attributes = {"subdomain": subdomain, "email": email, "password": password}
        answer = self.call("POST", "/sessions", {"type": "sessions", "attributes": attributes})
        return Caller(self.product, answer["data"]["attributes"]["access-token"])

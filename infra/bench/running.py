"""The product as the benchmarks need it: started as the tests of other people's clients start it, called as the rehearsal calls it."""

import json
import sys
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path += [str(ROOT / "tests" / "clients"), str(ROOT / "infra" / "rehearsal")]
from api import PASSWORD, Client, identifiers  # noqa: E402, F401
from product import link_in, product  # noqa: E402, F401


def nobody(running):
    """A client without a token."""
    return Client(running.api, running.port)


def variables(running):
    """What a function that runs elsewhere needs, but for the address of the database."""
    control = running.mailbox
    return {
        "AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_ENDPOINT_URL_SESV2": control, "AWS_ENDPOINT_URL_SECRETS_MANAGER": control,
        "AWS_ENDPOINT_URL_EVENTBRIDGE": control, "EVENT_BUS": "glueconnect", "PUBLIC_URL": running.api,
        "TABLE_NAME": "glueconnect", "SIGNING_KEYS_SECRET": "glueconnect-signing-keys",
        "SENDER_ADDRESS": "invitations@glueconnect.example", "SENDER_NAME": "glueconnect", "CONFIGURATION_SET": "glueconnect",
        "SIGN_UP": "open",
    }


def forward(running, seconds):
    """Moves the product's clock."""
    body = json.dumps({"advance-seconds": seconds}).encode()
    request = urllib.request.Request(f"{running.mailbox}/clock", body, {"content-type": "application/json"})
    urllib.request.urlopen(request).read()


def link_for(running, email):
    """The path of the link in the newest mail to this address, once it has come."""
    mails = running.wait_for_mails(email, 1)
    if not mails:
        raise SystemExit(f"no mail has come to {email}")
    return link_in(mails[-1]).removeprefix(running.api)

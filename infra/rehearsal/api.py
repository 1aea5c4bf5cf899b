"""A client of the deployed API, as people have one, and the demonstration that the README's walk begins with."""

import http.client
import json
import time
from urllib.parse import quote, urlsplit

PASSWORD = "glueconnect demo"

# What infra/local/src/demo.rs has, as far as the walk and the expiry need it.
ORGANIZATIONS = [
    ("Bluebird Bakery", "Three shops, one oven monitor", None),
    ("Cedar Dental", "Practice in two locations", None),
    ("Cedar Dental North", "The northern practice", "Cedar Dental"),
    ("Elm Street Law", "Attorneys, four seats", None),
]
GROUPS = [("Cedar clients", "People at Cedar Dental", ["Cedar Dental", "Cedar Dental North"])]


class Refused(Exception):
    pass


class Client:
    def __init__(self, url, port, token=None):
        self.url, self.port, self.token = url, port, token

    def call(self, method, path, body=None, expected=(200, 201)):
        """The API's name is one below `localhost`, which not every resolver knows: it is said in `Host`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"host": urlsplit(self.url).netloc}
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        if body is not None:
            headers["content-type"] = "application/json"
            body = json.dumps({"data": body})
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        if answer.status not in expected:
            raise Refused(f"{method} {path.split('?')[0]}: {answer.status} {text}")
        return json.loads(text) if text else None

    def signed_in(self, subdomain, email):
        session = {"subdomain": subdomain, "email": email, "password": PASSWORD}
        answer = self.call("POST", "/sessions", {"type": "sessions", "attributes": session})
        return Client(self.url, self.port, answer["data"]["attributes"]["access-token"])

    def person(self, email):
        return self.call("GET", f"/users?filter%5Bemail%5D={quote(email)}")["data"][0]


def identifiers(kind, ids):
    return {"data": [{"type": kind, "id": one} for one in ids]}


def invite(client, email, first, last, role, organizations=(), groups=()):
    everywhere = not organizations and not groups
    attributes = {"email": email, "first-name": first, "last-name": last, "role-name": role,
                  "all-organizations": everywhere}
    relationships = {"organizations": identifiers("organizations", organizations),
                     "groups": identifiers("groups", groups)}
    client.call("POST", "/users", [{"type": "users", "attributes": attributes, "relationships": relationships}])


def seed(nobody, mailbox):
    """The account of the README, with a Manager, a Lite user and an invitation that nobody accepts."""
    account = {"name": "Acme IT Services", "subdomain": "acme", "email": "ada@acme.example", "first-name": "Ada",
               "last-name": "Admin", "password": PASSWORD}
    nobody.call("POST", "/accounts", {"type": "accounts", "attributes": account})
    ada = nobody.signed_in("acme", "ada@acme.example")
    organizations, groups = {}, {}
    for name, description, parent in ORGANIZATIONS:
        attributes = {"name": name, "description": description, "parent-id": organizations.get(parent)}
        made = ada.call("POST", "/organizations", {"type": "organizations", "attributes": attributes})
        organizations[name] = made["data"]["id"]
    for name, description, members in GROUPS:
        members = [organizations[member] for member in members]
        made = ada.call("POST", "/groups", {
            "type": "groups", "attributes": {"name": name, "description": description},
            "relationships": {"organizations": identifiers("organizations", members)}})
        groups[name] = made["data"]["id"]
    invite(ada, "mara@acme.example", "Mara", "Manager", "Manager")
    invite(ada, "liam@acme.example", "Liam", "Lite", "Lite", groups=[groups["Cedar clients"]])
    invite(ada, "olga@bluebird.example", "Olga", "Overdue", "Lite", [organizations["Bluebird Bakery"]])
    for email in ("mara@acme.example", "liam@acme.example"):
        link = mailbox.link_for(email)
        nobody.call("POST", urlsplit(link).path, {"type": "invitations", "attributes": {"password": PASSWORD}})
    mailbox.link_for("olga@bluebird.example")
    return ada


def wait_for(what, seconds, found):
    """What `found` returns as soon as it returns something, and how long that took."""
    began = time.monotonic()
    while time.monotonic() < began + seconds:
        value = found()
        if value:
            return value, time.monotonic() - began
        time.sleep(0.2)
    raise SystemExit(f"waited {seconds} s in vain for {what}")

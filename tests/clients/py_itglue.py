"""Drives the running product with py-itglue, as it comes from PyPI, and tells the story of it.

    py_itglue.py PRODUCT        PRODUCT is the binary behind `cargo local`

Starts the product with an empty folder on free ports, fills an account with 1,234 users, and stops it again at the end. What is
said on standard output is the same each time: ids stand there as names in angle brackets. What went wrong, and how long it took,
is said on standard error.
"""

import itertools
import json
import sys
import time
import urllib.parse

import requests
import structlog

# The client logs every step to standard output.
structlog.configure(logger_factory=structlog.ReturnLoggerFactory())

from itglue import (  # noqa: E402
    ITGlueAPIError,
    ITGlueAuthError,
    ITGlueClient,
    ITGlueConfig,
    ITGlueError,
    ITGlueNotFoundError,
    ITGlueValidationError,
    __version__,
)

from product import product  # noqa: E402

PASSWORD = "correct horse battery"
JSON_API = "application/vnd.api+json"
START = time.monotonic()
INVITED = 1_233
USERS = INVITED + 1
CLEO = "cleo@bakery.example"


class Story:
    """What is told, and how much of it was as it should be."""

    def __init__(self):
        self.chapters = self.requests = self.checks = self.differences = 0
        self.names = {}
        self.is_quiet = False

    def say(self, text=""):
        for value, name in self.names.items():
            text = text.replace(value, name)
        print(text, flush=True)

    def name(self, value, name):
        """Says this name from now on wherever the value stands."""
        self.names[value] = f"<{name}>"

    def chapter(self, title):
        self.chapters += 1
        self.say(f"\n{self.chapters}. {title}")

    def saw(self, response, *_, **__):
        """Tells of a request and of what came back."""
        self.requests += 1
        if self.is_quiet:
            return
        request = response.request
        address = urllib.parse.unquote_plus(request.path_url)
        self.say(f"   {request.method} {address}: {response.status_code}")

    def check(self, what, expected, found):
        self.checks += 1
        if expected == found:
            self.say(f"   ok: {what}")
        else:
            self.differences += 1
            self.say(f"   NOT SO: {what}: {expected!r} was expected, {found!r} was found")

    def refused(self, kind, what, call, *arguments, **named):
        """Calls what must be refused with this kind of error, and answers the error."""
        try:
            found = call(*arguments, **named)
        except ITGlueError as error:
            self.check(f"{what}: {kind.__name__}, {error}", kind, type(error))
            return error
        self.check(what, kind, found)
        return ITGlueError("nothing was refused")


class Person:
    """Someone with a session, over plain HTTP: for what the client has no call for."""

    def __init__(self, story, running):
        self.api = running.api
        self.session = requests.Session()
        self.session.headers["content-type"] = JSON_API
        self.session.hooks["response"].append(story.saw)

    def post(self, path, data):
        answer = self.session.post(self.api + path, data=json.dumps({"data": data}), timeout=120)
        return answer.status_code, answer.json()

    def sign_in(self, subdomain, email):
        attributes = {"subdomain": subdomain, "email": email, "password": PASSWORD}
        status, answer = self.post("/sessions", resource("sessions", attributes))
        self.session.headers["authorization"] = f"Bearer {answer['data']['attributes']['access-token']}"
        return status


def resource(kind, attributes, organizations=None):
    made = {"type": kind, "attributes": attributes}
    if organizations:
        data = [{"type": "organizations", "id": each} for each in organizations]
        made["relationships"] = {"organizations": {"data": data}}
    return made


def client_with(story, running, key):
    config = ITGlueConfig(
        api_key=key,
        base_url=running.api,
        # What the client allows itself before it sleeps; the product allows a key as much.
        requests_per_minute=3_000,
        requests_per_5_minutes=3_000,
        enable_caching=False,
        max_retries=0,
        timeout=120,
    )
    client = ITGlueClient(config)
    client.http_client.session.hooks["response"].append(story.saw)
    return client


def codes(error):
    """The codes and places of a refusal, as the client hands them on."""
    faults = error.details.get("errors", [])
    return [(fault["code"], *fault.get("source", {}).values()) for fault in faults]


def emails(users):
    return [user.email for user in users]


def tell(story, running):
    story.say(f"py-itglue {__version__} and the product")

    story.chapter("An account, a session and an API key, over plain HTTP")
    person = Person(story, running)
    opened = {"name": "Acme IT Services", "subdomain": "acme", "email": "admin@acme.example",
              "first-name": "Ada", "last-name": "Admin", "password": PASSWORD}
    status, _ = person.post("/accounts", resource("accounts", opened))
    story.check("the account is open", 201, status)
    story.check("its Administrator is signed in", 201, person.sign_in("acme", "admin@acme.example"))
    wanted = {"name": "Scripts", "role-name": "Administrator", "all-organizations": True}
    status, answer = person.post("/api-keys", resource("api-keys", wanted))
    story.check("there is a key", 201, status)
    key = answer["data"]["attributes"]["key"]
    client = client_with(story, running, key)

    story.chapter("An organization, made by the client")
    bakery = client.organizations.create(resource("organizations", {"name": "Bakery", "short-name": "BAK"}))
    story.name(bakery.id, "bakery-id")
    story.check("it has the name", "Bakery", bakery.name)
    story.check("its date can be read", True, bakery.created_at is not None and bakery.created_at.tzinfo is not None)

    story.chapter("A user, made by the client: users.create")
    cleo = client.users.create(resource(
        "users", {"email": CLEO, "first_name": "Cleo", "role_name": "Lite"}, [bakery.id]))
    story.name(cleo.id, "cleo-id")
    story.check("Cleo is invited, with the Lite role", (CLEO, "Cleo", "Lite", "invited"),
                (cleo.email, cleo.first_name, cleo.role_name, cleo.status))
    first = running.wait_for_mails(CLEO, 1)
    story.check("Cleo got one mail", 1, len(first))
    cleo = client.users.get(cleo.id)
    story.check("the client takes Cleo for invited, not for active", (True, False), (cleo.is_invited(), cleo.is_active()))
    story.check("the date of the invitation can be read", True, cleo.invitation_sent_at.tzinfo is not None)

    story.chapter("A user, changed by the client: users.update")
    user = client.users.update(cleo.id, resource("users", {"last-name": "Crumb", "role-name": "Read-only"}))
    story.check("Cleo has another role and a last name", ("Cleo", "Crumb", "Read-only"),
                (user.first_name, user.last_name, user.role_name))

    story.chapter("An invitation, sent again by the client: users.resend_invitation")
    # The contract's answer is 202. This release of the client knows 200, 201 and 204 alone, and calls anything else an error.
    try:
        client.users.resend_invitation(cleo.id)
        told = "the client is content"
    except ITGlueAPIError as error:
        told = f"the client raises ITGlueAPIError: {error}"
        if getattr(error.__cause__, "status_code", None) != 202:
            told += ", and it is not for the 202"
    story.check(f"accepted, and {told}", True, told.endswith("Unexpected status code: 202"))
    mails = running.wait_for_mails(CLEO, 2)
    story.check("two mails after", 2, len(mails))
    newer = {link_in(mail) for mail in mails} - {link_in(first[0])}
    story.check("the new one has another link", 1, len(newer))
    story.check("the old link has lost its force", (410, "invitation-superseded"), opens(link_in(first[0])))
    story.check("the new link opens", (200, None), opens(newer.pop()) if newer else None)

    story.chapter("An organization, renamed by the client: organizations.update")
    renamed = client.organizations.update(bakery.id, resource("organizations", {"name": "Bluebird Bakery"}))
    story.check("it has the new name, and the rest is as it was", ("Bluebird Bakery", "BAK"),
                (renamed.name, renamed.get_attribute("short-name")))
    found = client.organizations.get_by_name("Bluebird Bakery")
    story.check("it is found by the new name", bakery.id, found and found.id)
    story.check("and not by the old one", None, client.organizations.get_by_name("Bakery"))

    story.chapter("Deleting: users.delete and organizations.delete")
    client.users.delete(cleo.id)
    story.refused(ITGlueNotFoundError, "Cleo is gone", client.users.get, cleo.id)
    spare = client.organizations.create(resource("organizations", {"name": "Spare"}))
    story.name(spare.id, "spare-id")
    story.check("there are two organizations", ["Bluebird Bakery", "Spare"],
                [each.name for each in client.organizations.list_all(sort="name")])
    client.organizations.delete(spare.id)
    story.check("there is one", ["Bluebird Bakery"], [each.name for each in client.organizations.list_all()])
    users = client.users.list()
    story.check("there is one user, the Administrator", ["admin@acme.example"], emails(users))

    story.chapter("1,233 people are invited, up to 500 in one request, over plain HTTP")
    people = [f"person-{number:04}@bakery.example" for number in range(1, INVITED + 1)]
    ids = {}
    for start in range(0, INVITED, 500):
        some = people[start:start + 500]
        rows = [resource("users", {"email": email, "first-name": "Pat", "last-name": email[:11],
                                   "role-name": "Read-only"}, [bakery.id]) for email in some]
        status, answer = person.post("/users", rows)
        outcomes = [row["outcome"] for row in answer.get("meta", {}).get("results", [])]
        story.check(f"{len(some)} are invited", (201, ["invited"] * len(some)), (status, outcomes))
        ids.update((row["email"], row["user-id"]) for row in answer["meta"]["results"])
    story.check("each has an id of their own", INVITED, len(set(ids.values())))

    story.chapter("One of them accepts, over plain HTTP")
    # Theirs is among the first mails to leave. Those to the others may leave until the end.
    mails = running.wait_for_mails(people[0], 1)
    story.check("they got one mail", 1, len(mails))
    link = link_in(mails[0])
    story.is_quiet = True
    status, _ = Person(story, running).post(urllib.parse.urlsplit(link).path, resource("invitations", {"password": PASSWORD}))
    story.is_quiet = False
    story.check("they are in", 201, status)

    story.chapter("All users, page by page: users.list(page=…, per_page=100)")
    seen = []
    for page in itertools.count(1):
        users = client.users.list(page=page, per_page=100)
        seen += users.data
        if users.meta["next-page"] is None:
            break
    story.check(f"there are {USERS:,} users", USERS, len(seen))
    story.check("as many as the answers say", USERS, users.meta["total-count"])
    story.check("each of them once", {"admin@acme.example", *people}, set(emails(seen)))
    story.check("on 13 pages", (13, 13), (page, users.meta["total-pages"]))
    story.check("with the ids that they were given", ids, {user.email: user.id for user in seen if user.email in ids})
    admin = next(user for user in seen if user.email == "admin@acme.example")
    story.name(admin.id, "administrator-id")

    story.chapter("All users at once: users.list_all(per_page=500), which follows has-next-page")
    users = client.users.list_all(per_page=500)
    story.check("the same users in the same order", emails(seen), emails(users))

    story.chapter("All users, the client's two other ways, which follow next-page")
    walked = list(client.iterate_resources("/users", page_size=500))
    story.check("iterate_resources finds the same", emails(seen), [user["attributes"]["email"] for user in walked])
    walked = client.pagination.get_all_pages("/users", page_size=500)
    story.check("get_all_pages finds the same", emails(seen), [user["attributes"]["email"] for user in walked])

    story.chapter("Sorted: sort='-email'")
    users = client.users.list_all(per_page=1_000, sort="-email")
    story.check("from the last to the first", sorted(emails(seen), reverse=True), emails(users))

    story.chapter("One by e-mail: filter_params={'email': …}")
    someone = people[776]
    story.name(ids[someone], "user-id")
    story.name(ids[people[0]], "accepted-id")
    users = client.users.list(filter_params={"email": someone})
    story.check(f"{someone} alone", [(someone, ids[someone])], [(user.email, user.id) for user in users])
    users = client.users.list(filter_params={"email": "nobody@bakery.example"})
    story.check("nobody, for an address that nobody has", [], emails(users))

    story.chapter("Those who are invited: filter_params={'status': 'invited'}")
    users = client.users.list_all(per_page=500, filter_params={"status": "invited"})
    story.check("1,232: all but the Administrator and the one who accepted", people[1:], emails(users))
    users = client.users.list(filter_params={"status": "active"})
    story.check("and the other two are active", ["admin@acme.example", people[0]], emails(users))

    story.chapter("One by id: users.get")
    user = client.users.get(ids[someone])
    story.check("it is the one", (ids[someone], someone, "Read-only"), (user.id, user.email, user.role_name))
    story.check("their status is invited", "invited", user.status)
    story.check("there is none where there is no value", (None, None, None),
                (user.invitation_accepted_at, user.current_sign_in_at, user.last_sign_in_ip))
    story.check("their organization is in their relationships", [bakery.id], user.get_related_ids("organizations"))
    story.check("by get_by_id too", someone, client.users.get_by_id(ids[someone]).email)
    users = client.users.list(filter_params={"id": [ids[someone], ids[people[0]]]}, include=["organizations"])
    story.check("two by their ids", [people[0], someone], emails(users))
    story.check("and with them their organization", [bakery.id], [each["id"] for each in users.included])

    story.chapter("Refusals")
    stranger = client_with(story, running, key[:-9] + ("A" if key[-9] != "A" else "B") + key[-8:])
    story.refused(ITGlueAuthError, "a key with one other character", stranger.users.list)
    wanted = {"name": "Small", "role-name": "Read-only", "all-organizations": True}
    _, answer = person.post("/api-keys", resource("api-keys", wanted))
    small = client_with(story, running, answer["data"]["attributes"]["key"])
    story.refused(ITGlueAuthError, "a key whose role is too low", small.users.list)
    story.refused(ITGlueNotFoundError, "an unknown user", client.users.get, "1")
    story.refused(ITGlueNotFoundError, "an unknown organization", client.organizations.update, "1",
                  resource("organizations", {"name": "Nowhere"}))
    error = story.refused(ITGlueValidationError, "a role that is none", client.users.create,
                          resource("users", {"email": "dan@bakery.example", "role-name": "Baker"}, [bakery.id]))
    story.check("the client has the product's words for it", [("invalid", "/attributes/role-name")], codes(error))
    error = story.refused(ITGlueValidationError, "a filter that is none", client.users.list,
                          filter_params={"shoe-size": 44})
    story.check("the client has the product's words for it", [("unknown-parameter", "filter[shoe-size]")], codes(error))

    story.chapter("Helpers of this release that send `params` as if it were a parameter: refused, not answered with others")
    story.is_quiet = True
    helpers = [
        ("get_by_email", [someone]), ("search_by_name", ["Pat"]), ("filter_by_role", ["Lite"]),
        ("get_active_users", []), ("get_invited_users", []), ("get_my_glue_users", []),
        ("get_recently_active_users", []), ("get_top_reputation_users", []), ("search_users", [someone]),
    ]
    for name, arguments in helpers:
        story.refused(ITGlueAPIError, f"users.{name}", getattr(client.users, name), *arguments)

    story.chapter("Helpers that send attributes without a resource around them: refused")
    story.refused(ITGlueAPIError, "users.update_user_role", client.users.update_user_role, ids[someone], "Editor")
    organizations = client.organizations
    story.refused(ITGlueValidationError, "organizations.create_organization", organizations.create_organization,
                  "Butcher", "Client")
    story.refused(ITGlueValidationError, "organizations.update_status", organizations.update_status, bakery.id, "Active")
    story.is_quiet = False
    story.check("nothing was changed by that", "Read-only", client.users.get(ids[someone]).role_name)
    story.check("nothing was made by that", 1, organizations.list().meta["total-count"])

    story.chapter("Helpers that filter by what organizations do not have here: refused")
    story.is_quiet = True
    for name, arguments in [("list_by_status", ["Active"]), ("list_by_type", ["Client"]), ("get_active_organizations", []),
                            ("get_client_organizations", []), ("search_by_domain", ["bakery.example"])]:
        story.refused(ITGlueValidationError, f"organizations.{name}", getattr(organizations, name), *arguments)

    story.chapter("Helpers that fail before they ask anything, or after, whatever the answer is")
    for call in (client.get_resource_page, client.get_all_resources):
        # The message names the class from some release of Python on.
        try:
            call("/users")
            found = None
        except TypeError as error:
            found = type(error)
        story.check(f"{call.__name__}: TypeError", TypeError, found)
    try:
        client.users.create(resource("users", {"email": someone, "role-name": "Lite"}, [bakery.id]))
        found = None
    except ValueError as error:
        found = type(error).__name__
    story.check("users.create, for someone invited already: 201 with nobody in data, ValidationError of pydantic",
                "ValidationError", found)
    story.check("users.get_user_statistics counts nobody, in any account", 0, client.users.get_user_statistics()["total_users"])
    story.is_quiet = False

    for each in (client, stranger, small):
        each.close()


def link_in(mail):
    return next(word for word in mail["body"]["text"].split() if word.startswith("http") and "/invitations/" in word)


def opens(link):
    answer = requests.get(link, headers={"accept": JSON_API}, timeout=30)
    faults = answer.json().get("errors", [])
    return answer.status_code, faults[0]["code"] if faults else None


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    story = Story()
    with product(sys.argv[1]) as running:
        tell(story, running)
    story.say(f"\n{story.requests} requests, {story.checks} checks, {story.differences} differences")
    print(f"{time.monotonic() - START:.1f} s", file=sys.stderr)
    return 1 if story.differences else 0


if __name__ == "__main__":
    sys.exit(main())

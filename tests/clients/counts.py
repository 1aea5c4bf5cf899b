"""Counts 227 users and 4,838 entries of the log as clients do, to the last one.

    counts.py PRODUCT        PRODUCT is the binary behind `cargo local`

The package `itglue` from PyPI reads them itself. What the Ruby gem `itglue` and the PowerShell modules send, one page after the
other, is replayed as their sources have it, since they are in no registry that is used here.
"""

import json
import sys
import urllib.parse
import urllib.request

from product import product

import itglue

PASSWORD = "correct horse battery"
USERS = 227
ENTRIES = 4_838
# So many questions go into one request; each is an entry of the log.
AT_ONCE = 100


def ask(running, method, path, body=None, **headers):
    address = path if path.startswith("http") else running.api + path
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    data = None if body is None else json.dumps(body).encode()
    if data:
        headers["content-type"] = "application/vnd.api+json"
    request = urllib.request.Request(address, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def resource(kind, **attributes):
    return {"type": kind, "attributes": {name.replace("_", "-"): value for name, value in attributes.items()}}


def opened(running):
    """An account with so many users and entries, and the key of a program in it."""
    account = resource("accounts", name="Acme", subdomain="acme", email="ada@acme.example", password=PASSWORD,
                       first_name="Ada", last_name="Admin")
    ask(running, "POST", "/accounts", {"data": account})
    signing_in = resource("sessions", subdomain="acme", email="ada@acme.example", password=PASSWORD)
    session = ask(running, "POST", "/sessions", {"data": signing_in})["data"]["attributes"]
    ada = {"authorization": f"Bearer {session['access-token']}"}
    # Entries count for whoever makes them, so that three have to.
    keys = []
    for number in range(3):
        made = resource("api-keys", name=f"Sync {number}", role_name="Administrator")
        keys.append(ask(running, "POST", "/api-keys", {"data": made}, **ada)["data"]["attributes"]["key"])
    users = [resource("users", email=f"user{number}@acme.example", role_name="Editor", all_organizations=True)
             for number in range(1, USERS)]
    ask(running, "POST", "/users", {"data": users}, **ada)
    bakery = ask(running, "POST", "/organizations", {"data": resource("organizations", name="Bakery")}, **ada)
    fill_the_log(running, keys, bakery["data"]["id"])
    return keys[0]


def fill_the_log(running, keys, organization):
    question = resource("access-checks", action="read", organization_id=organization, record=True)
    missing = ENTRIES - ask(running, "GET", "/logs?page[size]=1", x_api_key=keys[0])["meta"]["total-count"]
    turn = 0
    while missing > 0:
        rows = [question] * min(missing, AT_ONCE)
        ask(running, "POST", "/access/check", {"data": rows}, x_api_key=keys[turn % len(keys)])
        missing -= len(rows)
        turn += 1


def as_the_gem(running, key, path):
    """The Ruby gem: as long as `meta.next-page` is something, `links.next` with the size said once more."""
    size = "page[size]=500"
    page = ask(running, "GET", f"{path}?{size}", x_api_key=key)
    rows = page["data"]
    while page["meta"]["next-page"] is not None:
        page = ask(running, "GET", f"{page['links']['next']}&{size}", x_api_key=key)
        rows += page["data"]
    return rows


def as_all_results(running, key, path):
    """Celerium.ITGlue with -AllResults: numbers up to `meta.total-pages`."""
    rows, number = [], 0
    while True:
        number += 1
        page = ask(running, "GET", f"{path}?page[size]=1000&page[number]={number}", x_api_key=key)
        rows += page["data"]
        if number >= page["meta"]["total-pages"]:
            return rows


def as_next_pages(running, key, path):
    """Scripts around itglue/powershellwrapper: the number that `meta.next-page` names."""
    page = ask(running, "GET", f"{path}?page[size]=1000", x_api_key=key)
    rows = page["data"]
    while number := page["meta"]["next-page"]:
        page = ask(running, "GET", f"{path}?page[size]=1000&page[number]={number}", x_api_key=key)
        rows += page["data"]
    return rows


def main():
    with product(sys.argv[1]) as running:
        key = opened(running)
        itglue.connection.set_credentials(api_key=key, api_url=running.api)
        ways = [
            (f"itglue {itglue.__version__}, from PyPI", itglue.connection.get),
            ("the gem's loop, replayed", lambda path: as_the_gem(running, key, path)),
            ("-AllResults, replayed", lambda path: as_all_results(running, key, path)),
            ("next-page by number, replayed", lambda path: as_next_pages(running, key, path)),
        ]
        # The log before the users: that users were read is one more entry.
        for path, there in (("/logs", ENTRIES), ("/users", USERS)):
            for name, read in ways:
                rows = read(path)
                different = len({row["id"] for row in rows})
                print(f"{path}, {name}: {different} of {there}" + ("" if different == len(rows) else ", some twice"))


main()

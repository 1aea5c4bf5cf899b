"""Drives the running product with three older clients, itglue and pytglue from PyPI and node-itglue from npm, and tells what works.

    others.py PRODUCT NODE        PRODUCT is the binary behind `cargo local`, NODE the folder in which node-itglue is installed

Starts the product with an empty folder, fills an account with 121 organizations, and stops it again. What is said on standard
output is the same each time.
"""

import json
import subprocess
import sys
import urllib.request

from product import product

import itglue
import pytglue

PASSWORD = "correct horse battery"
CUSTOMERS = 120


def post(running, path, data, token=None):
    headers = {"content-type": "application/vnd.api+json"}
    if token:
        headers["authorization"] = f"Bearer {token}"
    request = urllib.request.Request(running.api + path, json.dumps({"data": data}).encode(), headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)["data"]


def opened(running):
    """An account with 120 customers, two types, and the key of a program in it."""
    account = {"name": "Acme", "subdomain": "acme", "email": "ada@acme.example", "password": PASSWORD,
               "first-name": "Ada", "last-name": "Admin"}
    post(running, "/accounts", {"type": "accounts", "attributes": account})
    signing_in = {"subdomain": "acme", "email": "ada@acme.example", "password": PASSWORD}
    token = post(running, "/sessions", {"type": "sessions", "attributes": signing_in})["attributes"]["access-token"]
    for number in range(CUSTOMERS):
        post(running, "/organizations", {"type": "organizations", "attributes": {"name": f"Customer {number:03}"}}, token)
    for name in ("Customer", "Vendor"):
        post(running, "/organization_types", {"type": "organization-types", "attributes": {"name": name}}, token)
    post(running, "/organization_statuses", {"type": "organization-statuses", "attributes": {"name": "Active"}}, token)
    key = {"name": "Sync", "role-name": "Administrator"}
    return post(running, "/api-keys", {"type": "api-keys", "attributes": key}, token)["attributes"]["key"]


def tried(what, call):
    """What came of a call, in a line."""
    try:
        print(f"  {what}: {call()}")
    except Exception as error:  # What it raises is what is told.
        said = str(error).split("\n")[0]
        code = said.split('"code":"')[1].split('"')[0] if '"code":"' in said else said[:60]
        print(f"  {what}: {type(error).__name__}, {code}")


def with_itglue(running, key):
    print("itglue", itglue.__version__)
    itglue.connection.set_credentials(api_key=key, api_url=running.api)
    one = itglue.Organization.filter(name="Customer 007")
    tried("Organization.get, every page", lambda: len(itglue.Organization.get()))
    tried("Organization.filter by name", lambda: [found.get_attr("name") for found in one])
    tried("Organization.filter by nothing that is there", lambda: itglue.Organization.filter(name="Nobody"))
    tried("Organization.find", lambda: itglue.Organization.find(one[0].id).get_attr("name"))
    tried("Organization.find_by", lambda: itglue.Organization.find_by(name="Customer 008").get_attr("name"))
    tried("Organization.find of none", lambda: itglue.Organization.find(1))
    made = itglue.Organization(name="Bakery", short_name="B")
    tried("Organization.create", lambda: made.create().get_attr("name"))
    tried("Organization.save with another name", lambda: made.set_attributes(name="Bakery North").save().get_attr("name"))
    tried("Organization.first_or_create", lambda: itglue.Organization.first_or_create(name="Bakery North").id == made.id)
    tried("Organization.create twice", lambda: made.create())
    tried("Organization.delete", lambda: made.delete())
    tried("Organization.delete has removed it", lambda: itglue.Organization.filter(name="Bakery North"))
    tried("Configuration.get", lambda: itglue.Configuration.get())


def with_pytglue(running, key):
    print("pytglue 1.0.2")
    for name, address in pytglue.urlDict.items():
        pytglue.urlDict[name] = address.replace("https://api.itglue.com", running.api)
    tried("pytglue(key), which asks for configurations first", lambda: pytglue.pytglue(key))
    client = pytglue.pytglue.__new__(pytglue.pytglue)
    client.Connect(key, load_id=False)
    for name in ("organizations", "organization_types", "organization_statuses"):
        get = lambda all_of_it: client.common_get_request(pytglue.urlDict[name], None, return_all=all_of_it)  # noqa: E731
        tried(f"{name}, the first page", lambda: len(get(False)["data"]))
        tried(f"{name}, every page", lambda: len(get(True)["data"]))


def main():
    with product(sys.argv[1]) as running:
        key = opened(running)
        with_itglue(running, key)
        with_pytglue(running, key)
        sys.stdout.flush()
        subprocess.run(["node", f"{sys.argv[2]}/node_itglue.mjs", running.api, key], check=True)


main()

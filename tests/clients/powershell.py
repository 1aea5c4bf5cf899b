"""Sends what two PowerShell modules send, as their sources have it, and tells what comes back.

    powershell.py PRODUCT        PRODUCT is the binary behind `cargo local`

`itglue/powershellwrapper` gives parameters to Invoke-RestMethod, which encodes their names too, puts a slash behind addresses and
sends the resource of a change with nothing around it. `Celerium.ITGlue` writes its own query, with plain names, and wraps `data`.
"""

import json
import sys
import urllib.error
import urllib.parse
import urllib.request

from product import product

PASSWORD = "correct horse battery"


class Sender:
    def __init__(self, running, **headers):
        self.api = running.api
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def send(self, method, path, body=None, kind=None):
        data = None if body is None else json.dumps(body).encode()
        headers = dict(self.headers) | ({"content-type": kind} if kind else {})
        request = urllib.request.Request(self.api + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                text = answer.read()
                return answer.status, json.loads(text) if text else None
        except urllib.error.HTTPError as refused:
            return refused.code, json.load(refused)


def wrapper(path, of):
    """The query of itglue/powershellwrapper."""
    return path + "?" + urllib.parse.urlencode(of)


def celerium(path, of):
    """The query of Celerium.ITGlue."""
    return path + "?" + "&".join(f"{name}={urllib.parse.quote_plus(str(value))}" for name, value in of.items())


def told(what, answer):
    status, said = answer
    if said is None:
        print(f"  {what}: {status}")
    elif "errors" in said:
        print(f"  {what}: {status} " + ", ".join(error["code"] for error in said["errors"]))
    elif isinstance(said["data"], list):
        print(f"  {what}: {status}, {len(said['data'])} of {said.get('meta', {}).get('total-count', len(said['data']))}")
    else:
        print(f"  {what}: {status}, {said['data']['attributes'].get('name')}")
    return said


def opened(running):
    nobody = Sender(running)
    json_api = "application/vnd.api+json"
    account = {"name": "Acme", "subdomain": "acme", "email": "ada@acme.example", "password": PASSWORD,
               "first-name": "Ada", "last-name": "Admin"}
    nobody.send("POST", "/accounts", {"data": {"type": "accounts", "attributes": account}}, json_api)
    signing_in = {"subdomain": "acme", "email": "ada@acme.example", "password": PASSWORD}
    _, session = nobody.send("POST", "/sessions", {"data": {"type": "sessions", "attributes": signing_in}}, json_api)
    ada = Sender(running, authorization=f"Bearer {session['data']['attributes']['access-token']}")
    key = {"name": "Sync", "role-name": "Administrator"}
    _, made = ada.send("POST", "/api-keys", {"data": {"type": "api-keys", "attributes": key}}, json_api)
    return made["data"]["attributes"]["key"]


def resource(kind, **attributes):
    return {"type": kind, "attributes": attributes}


def with_wrapper(running, key):
    print("itglue/powershellwrapper, replayed")
    module = Sender(running, x_api_key=key, content_type="application/vnd.api+json")
    made = told("New-ITGlueOrganizations", module.send("POST", "/organizations/", {"data": resource("organizations", name="Happy Frog", short_name="HF")}))
    frog = made["data"]["id"]
    told("New-ITGlueOrganizations, a second one", module.send("POST", "/organizations/", {"data": resource("organizations", name="Smith, Jones & Co")}))
    told("New-ITGlueOrganizations with an alert", module.send("POST", "/organizations/", {"data": resource("organizations", name="X", alert="!")}))
    told("Get-ITGlueOrganizations", module.send("GET", "/organizations/"))
    told("Get-ITGlueOrganizations -filter_name, -sort", module.send("GET", wrapper("/organizations/", {"filter[name]": "happy frog", "sort": "-updated_at"})))
    told("Get-ITGlueOrganizations -filter_name with a comma", module.send("GET", wrapper("/organizations/", {"filter[name]": "Smith, Jones & Co"})))
    told("Get-ITGlueOrganizations -filter_created_at", module.send("GET", wrapper("/organizations/", {"filter[created_at]": "2020-01-01 00:00:00,*", "page[number]": 1, "page[size]": 1})))
    told("Get-ITGlueOrganizations -filter_exclude_id", module.send("GET", wrapper("/organizations/", {"filter[exclude][id]": frog})))
    told("Get-ITGlueOrganizations -filter_my_glue_account_id", module.send("GET", wrapper("/organizations/", {"filter[my_glue_account_id]": 1})))
    told("Get-ITGlueOrganizations -id", module.send("GET", f"/organizations/{frog}"))
    told("Set-ITGlueOrganizations -id", module.send("PATCH", f"/organizations/{frog}", {"data": resource("organizations", short_name="Frog")}))
    told("Get-ITGlueUsers -filter_role_name", module.send("GET", wrapper("/users/", {"filter[role_name]": "Administrator", "sort": "updated-at"})))
    told("Get-ITGlueUsers -filter_email", module.send("GET", wrapper("/users/", {"filter[email]": "ADA@acme.example"})))
    users = module.send("GET", "/users/")[1]["data"]
    told("Get-ITGlueUsers -id", module.send("GET", f"/users/{users[0]['id']}"))
    told("Set-ITGlueUsers -id", module.send("PATCH", f"/users/{users[0]['id']}", resource("users", last_name="Adams")))
    told("Get-ITGlueOrganizationTypes", module.send("GET", "/organization_types/"))
    told("Get-ITGlueConfigurations", module.send("GET", "/configurations/"))
    return frog, users[0]["id"]


def with_celerium(running, key, frog, ada):
    print("Celerium.ITGlue, replayed")
    module = Sender(running, x_api_key=key)
    kind = "application/vnd.api+json; charset=utf-8"
    made = told("New-ITGlueGroup", module.send("POST", "/groups", {"data": resource("groups", name="Desk", accounts_user_ids=[int(ada)])}, kind))
    group = made["data"]["id"]
    told("Set-ITGlueGroup -Id", module.send("PATCH", f"/groups/{group}", {"data": resource("groups", name="Help Desk")}, kind))
    told("Set-ITGlueGroup, many", module.send("PATCH", "/groups", {"data": [resource("groups", id=int(group), description="All")]}, kind))
    told("Set-ITGlueGroup, hide_from_my_glue", module.send("PATCH", f"/groups/{group}", {"data": resource("groups", hide_from_my_glue=True)}, kind))
    told("Get-ITGlueGroup -FilterName", module.send("GET", celerium("/groups", {"filter[name]": "Help Desk", "sort": "-created_at"})))
    told("Remove-ITGlueGroup -Id", module.send("DELETE", f"/groups/{group}"))
    told("Get-ITGlueUser -FilterID -PageSize", module.send("GET", celerium("/users", {"filter[id]": ada, "page[size]": 1000})))
    told("Get-ITGlueUser -FilterSalesForceID", module.send("GET", celerium("/users", {"filter[salesforce_id]": 7})))
    told("Get-ITGlueLog -FilterCreatedAt, as its help has it", module.send("GET", celerium("/logs", {"filter[created_at]": "2020-09-23, 2020-09-27", "sort": "created_at"})))
    told("Get-ITGlueLog -FilterCreatedAt, open, -AllResults behind the end", module.send("GET", celerium("/logs", {"filter[created_at]": "2099-01-01, *", "page[number]": 2})))
    told("Get-ITGlueUserMetric -FilterUserID", module.send("GET", celerium("/user_metrics", {"filter[user_id]": 7, "sort": "-viewed"})))
    told("Set-ITGlueOrganization, many", module.send("PATCH", "/organizations", {"data": [resource("organizations", id=int(frog), description="Ponds")]}, kind))
    told("Remove-ITGlueOrganization -FilterID", module.send("DELETE", celerium("/organizations", {"filter[id]": frog}), {"data": [resource("organizations", id=int(frog))]}, kind))
    told("Remove-ITGlueOrganization", module.send("DELETE", "/organizations", {"data": [resource("organizations", id=int(frog))]}, kind))
    told("Get-ITGlueOrganization -ID, removed", module.send("GET", f"/organizations/{frog}"))


def main():
    with product(sys.argv[1]) as running:
        key = opened(running)
        with_celerium(running, key, *with_wrapper(running, key))


main()

"""An account of the largest size that one is made for, and one of ten users beside it in the same product: what each route that reads
takes in the one, as a ratio to the other. Units are those that the function itself counts and logs; times are wall clock."""

import re
import statistics
import sys
import time
from urllib.parse import quote

from running import PASSWORD, Client, forward, identifiers, link_for, nobody

# The API takes so many in one request.
AT_ONCE = 500
# The product's limits are by the hour and by five minutes: the clock is moved on, so that making an account takes no days.
INVITATIONS_PER_HOUR = 10_000
REQUESTS_PER_FIVE_MINUTES = 2_500



class Making:
    """Makes an account through the API, as anyone would, and tells how far it is."""

    def __init__(self, product, subdomain: str):
        self.product, self.subdomain = product, subdomain
        self.requests, self.began = 0, time.monotonic()
        self.nobody = nobody(product)
        self.open(subdomain)
        self.ada = self.nobody.signed_in(subdomain, f"ada@{subdomain}.example")

    def open(self, subdomain):
        attributes = {"name": f"Account {subdomain}", "subdomain": subdomain, "email": f"ada@{subdomain}.example",
                      "first-name": "Ada", "last-name": "Admin", "password": PASSWORD}
        self.nobody.call("POST", "/accounts", {"type": "accounts", "attributes": attributes})

    def call(self, method, path, data):
        self.requests += 1
        if self.requests % REQUESTS_PER_FIVE_MINUTES == 0:
            self.move(301)
        return self.ada.call(method, path, data)["data"]

    def move(self, seconds):
        """The clock goes on, and a token that has ended meanwhile is replaced."""
        forward(self.product, seconds)
        self.ada = self.nobody.signed_in(self.subdomain, f"ada@{self.subdomain}.example")

    def tell(self, what, done, of):
        if done % max(of // 200, 1) == 0 or done == of:
            took = time.monotonic() - self.began
            print(f"\r  {self.subdomain}: {done} of {of} {what}, {took:.0f} s   ", end="" if done < of else "\n", file=sys.stderr, flush=True)

    def organizations(self, count):
        ids = []
        for number in range(count):
            attributes = {"name": f"Client {number:05}", "short-name": f"C{number:05}"}
            ids.append(self.call("POST", "/organizations", {"type": "organizations", "attributes": attributes})["id"])
            self.tell("organizations", number + 1, count)
        return ids

    def groups(self, count, organizations):
        ids, each = [], max(len(organizations) // max(count, 1), 1)
        for number in range(count):
            reached = organizations[number * each:(number + 1) * each] or organizations[:1]
            ids.append(self.call("POST", "/groups", {
                "type": "groups", "attributes": {"name": f"Team {number:04}"},
                "relationships": {"organizations": identifiers("organizations", reached)}})["id"])
            self.tell("groups", number + 1, count)
        return ids

    def users(self, count, groups):
        for start in range(0, count, AT_ONCE):
            if start and start % INVITATIONS_PER_HOUR == 0:
                self.move(3601)
            rows = [{
                "type": "users",
                "attributes": {"email": f"person{number:06}@{self.subdomain}.example", "first-name": f"Person {number:06}",
                               "last-name": "Client", "role-name": "Read-only"},
                "relationships": {"groups": identifiers("groups", [groups[number % len(groups)]])},
            } for number in range(start, min(start + AT_ONCE, count))]
            self.call("POST", "/users", rows)
            self.tell("users", start + len(rows), count)

    def connections(self, count, organizations):
        """Other accounts that are let in, each by its own Administrator's consent."""
        for number in range(count):
            other = f"{self.subdomain}-guest-{number:03}"
            self.open(other)
            offer = {"type": "connections", "attributes": {"subdomain": other, "maximum-role-name": "Editor"},
                     "relationships": {"organizations": identifiers("organizations", organizations[:1])}}
            self.call("POST", "/connections", offer)
            guest = self.nobody.signed_in(other, f"ada@{other}.example")
            link = link_for(self.product, f"ada@{other}.example")
            guest.call("POST", link, {"type": "connection-invitations", "attributes": {"decision": "accept"}})
            self.tell("connections", number + 1, count)
            # Accounts that are opened, and links that are followed, are counted by address, in windows of an hour and less.
            if number % 20 == 19:
                self.move(3601)


def made(product, subdomain, users, organizations, groups, connections):
    making = Making(product, subdomain)
    organization_ids = making.organizations(organizations)
    group_ids = making.groups(groups, organization_ids)
    making.users(users, group_ids)
    making.connections(connections, organization_ids)
    making.move(3601)
    return making


def routes(ada: Client, subdomain):
    """Each read that a console or a script does, with this account's ids in it."""
    first = {kind: ada.call("GET", f"/{kind}?page[size]=1")["data"][0]["id"] for kind in ("users", "organizations", "groups", "connections")}
    user, organization, group = first["users"], first["organizations"], first["groups"]
    yield "GET /session", "/session"
    yield "GET /account", "/account"
    yield "POST /access/check", organization
    yield "GET /access/organizations", "/access/organizations?page[after]="
    yield "GET /access/users", f"/access/users?filter[organization-id]={organization}&page[after]="
    yield "GET /access/review", "/access/review?page[after]="
    for kind in ("users", "organizations", "groups", "connections", "logs", "api-keys", "sessions"):
        yield f"GET /{kind}, the first page", f"/{kind}?page[size]=50"
    for kind in ("users", "organizations", "groups", "logs"):
        yield f"GET /{kind}, by cursor", f"/{kind}?page[size]=50&page[after]="
    yield "GET /users, page 2 by cursor", "next:/users?page[size]=5&page[after]="
    yield "GET /users by address", f"/users?filter[email]=person000003@{subdomain}.example"
    yield "GET /users, a search that one fits", "/users?filter[search]=person000003&page[after]="
    yield "GET /users, a search that nobody fits", "/users?filter[search]=nobody-at-all&page[after]="
    yield "GET /users of one group", f"/users?filter[group-id]={group}&page[after]="
    yield "GET /users by name, page 1", "/users?sort=name&page[size]=50"
    yield "GET /users/{id}", f"/users/{user}"
    yield "GET /organizations/{id}", f"/organizations/{organization}"
    yield "GET /groups/{id}", f"/groups/{group}"


def taken(product, ada: Client, path, times):
    """Milliseconds, the median, and the units that the function says it used."""
    if path.startswith("next:"):
        following = ada.call("GET", quote(path.removeprefix("next:"), safe="/?&=%"))["links"]["next"]
        path = following.removeprefix(product.api)
    clocked = []
    for _ in range(times):
        began = time.monotonic()
        if path.startswith("/"):
            ada.call("GET", quote(path, safe="/?&=%"), expected=(200, 400))
        else:
            ada.call("POST", "/access/check", {"type": "access-checks", "attributes": {"action": "read", "organization-id": path}})
        clocked.append(1000 * (time.monotonic() - began))
    return statistics.median(clocked), units(product)


def units(product):
    """Of the last answer, as the function's log line has it."""
    lines = [line for line in product.log.read_text(errors="replace")[-20_000:].splitlines() if "answered" in line and "read_units" in line]
    found = re.search(r"read_units=([\d.]+)", lines[-1]) if lines else None
    return float(found[1]) if found else float("nan")


def compared(product, small: Client, large: Client, times=5):
    """A row for each route: its units and its time in both accounts."""
    small_paths, large_paths = routes(small, "ten"), routes(large, "large")
    for (name, path), (_, large_path) in zip(small_paths, large_paths, strict=True):
        (small_ms, small_units), (large_ms, large_units) = taken(product, small, path, times), taken(product, large, large_path, times)
        yield name, f"{small_units:.1f}", f"{large_units:.1f}", f"{small_ms:.1f}", f"{large_ms / small_ms:.2f}"

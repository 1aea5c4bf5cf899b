"""What the acts of docs/cost.md take of a CPU: many of each, and the CPU time of the functions' processes before and after. Wall
clocks would tell how slow the emulator is."""

import time
from urllib.parse import urlsplit

from api import PASSWORD, identifiers

# The kernel counts CPU time in steps of ten milliseconds.
CHECKS = 300
INVITATIONS = 60
ACCEPTED = 12
SWEEPS = 60


class Takes:
    def __init__(self, cpu, logged):
        """`cpu` tells the milliseconds that each function's processes have taken so far, `logged` the bytes of a function's log."""
        self.cpu, self.logged = cpu, logged

    def of(self, ada, nobody, mailbox, sweep):
        """A line for each act and each function that it runs."""
        bakery = ada.call("GET", "/organizations?filter%5Bname%5D=Bluebird%20Bakery")["data"][0]["id"]
        question = {"type": "access-checks", "attributes": {"action": "read", "organization-id": bakery}}
        invited = [f"guest{number}@bluebird.example" for number in range(INVITATIONS)]

        def check():
            for _ in range(CHECKS):
                ada.call("POST", "/access/check", question)

        def invite():
            for email in invited:
                ada.call("POST", "/users", {
                    "type": "users", "attributes": {"email": email, "role-name": "Lite"},
                    "relationships": {"organizations": identifiers("organizations", [bakery])}})
            for email in invited:
                mailbox.link_for(email)

        def accept():
            for email in invited[:ACCEPTED]:
                link = urlsplit(mailbox.link_for(email)).path
                nobody.call("POST", link, {"type": "invitations", "attributes": {"password": PASSWORD}})

        def sweeps():
            for _ in range(SWEEPS):
                sweep()

        yield from self.each("an access check", CHECKS, check, ["check-access"])
        yield from self.each("an invitation", INVITATIONS, invite, ["create-users", "send-invites", "seal-log"])
        yield from self.each("an acceptance", ACCEPTED, accept, ["accept-invite"])
        yield from self.each("a run of the schedule", SWEEPS, sweeps, ["expire-invitations"])

    def each(self, what, times, act, functions):
        before, lines = self.settled(), [self.logged(name) for name in functions]
        act()
        after = self.settled()
        for name, bytes_before in zip(functions, lines, strict=True):
            took = (after.get(name, 0) - before.get(name, 0)) / times
            wrote = (self.logged(name) - bytes_before) / times
            yield f"{what}: {name} took {took:.1f} ms of a CPU and wrote {wrote:.0f} bytes of log, the mean of {times}"

    def settled(self):
        """Once the stream has brought everything: nobody's time moves any more."""
        # What runs by itself every minute may move meanwhile.
        known, now = None, self.cpu()
        while known is None or now | {"expire-invitations": 0} != known | {"expire-invitations": 0}:
            time.sleep(0.5)
            known, now = now, self.cpu()
        return now

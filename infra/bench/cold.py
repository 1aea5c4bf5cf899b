"""Cold starts and warm checks of release binaries, beside a function that only says hello, one that reads an item with the default SDK,
and the leanest that reads one item. All of one run, in turn, over TLS."""

import json
import statistics
import subprocess
import sys
from pathlib import Path

from lambda_runtime import Failed, Process, size
from running import ROOT, nobody, variables

HELLO, ONE_READ, DEFAULT_SDK, CHECK = "hello", "one-read", "default-sdk", "check-access"
# Their CPU is measured warm, too.
OFTEN = (HELLO, ONE_READ, CHECK)


class Cold:
    def __init__(self, product, functions: dict, baselines: dict, folder: Path):
        self.product, self.folder = product, folder
        self.functions, self.binaries = functions, baselines | functions
        self.values = values(product)
        self.taken = {name: [] for name in self.binaries}
        self.statuses = {}

    def run(self, rounds, warm):
        front = subprocess.Popen([sys.executable, ROOT / "infra/bench/tls.py", self.folder, str(self.product.port + 2)],
                                 stdout=subprocess.PIPE, text=True)
        try:
            self.database = f"https://localhost:{int(front.stdout.readline())}"
            self.write_roots()
            names = list(self.binaries)
            for number in range(rounds):
                turn = number % len(names)
                for name in names[turn:] + names[:turn]:
                    self.taken[name].append(self.one(name, warm if name in OFTEN else 0))
                print(f"\r  cold starts: round {number + 1} of {rounds}", end="", file=sys.stderr, flush=True)
            print(file=sys.stderr)
        finally:
            front.kill()
            front.wait()

    def write_roots(self):
        """What is trusted: for the product as many roots as it has compiled in, for the default SDK a system's whole list."""
        own = (self.folder / "ca.pem").read_text()
        amazon = (ROOT / "shared/environment/src/amazon-roots.pem").read_text()
        (self.folder / "few.pem").write_text(own + amazon)
        (self.folder / "all.pem").write_text(own + Path("/etc/ssl/certs/ca-certificates.crt").read_text())

    def one(self, name, warm):
        """One process from its start: CPU to its first answer, CPU of each further answer, the most memory."""
        roots = "all.pem" if name == DEFAULT_SDK else "few.pem"
        needed = variables(self.product) | {
            "AWS_ENDPOINT_URL_DYNAMODB": self.database, "SSL_CERT_FILE": str(self.folder / roots)}
        event = self.event(CHECK if name in (HELLO, ONE_READ, DEFAULT_SDK) else name)
        with Process(self.binaries[name], name, needed, self.folder / f"{name}.log") as process:
            try:
                answer, first = process.answer(event)
            except Failed as failed:
                answer, first = {"statusCode": f"failed: {failed}"}, process.cpu()
            if isinstance(answer, dict) and "statusCode" in answer:
                self.statuses[name] = answer["statusCode"]
            for _ in range(warm):
                process.answer(event)
            each = (process.cpu() - first) / warm if warm else None
            return {"first": first, "warm": each, "memory": process.megabytes()}

    def event(self, function):
        """The function's example event, with this product's token and ids."""
        text = (ROOT / "events" / f"{function}.json").read_text()
        for name, value in self.values.items():
            text = text.replace(f"<{name}>", value)
        return json.dumps(json.loads(text)).encode()

    def ratio(self, name, base, what):
        """The median over the rounds of what one took beside the other in the same round."""
        return statistics.median(one[what] / other[what] for one, other in zip(self.taken[name], self.taken[base], strict=True))

    def median(self, name, what):
        return statistics.median(one[what] for one in self.taken[name])

    def of_size(self, name, base):
        return size(self.binaries[name]) / size(self.binaries[base])

    def rows(self):
        """Each binary beside the one that says hello."""
        for name in self.binaries:
            warm = f"{self.ratio(name, HELLO, 'warm'):.2f}" if name in OFTEN else "–"
            yield (name, f"{self.median(name, 'first'):.1f}", f"{self.ratio(name, HELLO, 'first'):.2f}",
                   f"{size(self.binaries[name]):.2f}", f"{self.of_size(name, HELLO):.2f}",
                   f"{self.ratio(name, HELLO, 'memory'):.2f}", warm, self.statuses.get(name, "–"))


def values(product):
    """What the placeholders of the example events stand for here."""
    ada = nobody(product).signed_in("acme", "ada@acme.example")
    found = {"token": ada.token}
    for kind in ("organizations", "users", "groups", "connections", "api-keys"):
        rows = ada.call("GET", f"/{kind}")["data"]
        if rows:
            found[f"{kind.removesuffix('s')}-id"] = rows[0]["id"]
    return found

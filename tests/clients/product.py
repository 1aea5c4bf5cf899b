"""The product, started for a client and stopped again: in an empty folder, on free ports, at an address that only this machine has."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from contextlib import contextmanager
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))
from ports import three_free_ports  # noqa: E402

# The product is on this machine.
os.environ["NO_PROXY"] = "127.0.0.1"


class Product:
    """The product, running with a folder of its own."""

    def __init__(self, process, port, log):
        self.process, self.port, self.log = process, port, Path(log)
        self.api = f"http://127.0.0.1:{port}"
        self.mailbox = f"http://127.0.0.1:{port + 1}"

    def mails(self, address):
        query = urllib.parse.urlencode({"to": address})
        with urllib.request.urlopen(f"{self.mailbox}/store?{query}", timeout=30) as answer:
            return json.load(answer)["emails"]

    def wait_for_mails(self, address, count):
        """The mails to this address, once there are so many. They leave a moment after the answer."""
        end = time.monotonic() + 120
        while len(mails := self.mails(address)) < count and time.monotonic() < end:
            time.sleep(0.1)
        return mails


@contextmanager
def product(binary, demo=False):
    with tempfile.TemporaryDirectory() as folder:
        log_path = os.path.join(folder, "log")
        with open(log_path, "wb") as log:
            port = three_free_ports()
            command = [binary, "--port", str(port), "--data", os.path.join(folder, "data")]
            command += [] if demo else ["--no-demo"]
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        running = Product(process, port, log_path)
        try:
            wait_until_healthy(running, log_path)
            if demo:
                wait_for_demo(running, log_path)
            yield running
        except Exception:
            print(f"the product said:\n{text_of(log_path)}", file=sys.stderr)
            raise
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_until_healthy(running, log_path):
    end = time.monotonic() + 60
    while time.monotonic() < end and running.process.poll() is None:
        try:
            with urllib.request.urlopen(f"{running.api}/health", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"the product does not start:\n{text_of(log_path)}")


def wait_for_demo(running, log_path):
    """Until the demonstration account is there: then the product says where it is."""
    end = time.monotonic() + 60
    while running.mailbox not in text_of(log_path):
        if time.monotonic() > end:
            raise SystemExit(f"the demonstration account does not come:\n{text_of(log_path)}")
        time.sleep(0.1)


def text_of(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def link_in(mail):
    """The link that a mail's text shows on a line of its own."""
    return next(line for line in mail["body"]["text"].splitlines() if line.startswith("http"))

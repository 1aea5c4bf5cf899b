"""The emulator of AWS as a process: it begins empty, and is gone with everything in it when the rehearsal ends."""

import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import boto3
from botocore.config import Config

REGION = "eu-central-1"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Emulator:
    def __init__(self, folder: Path):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "emulator.log"
        self.state = folder / "state"
        self.state.mkdir(parents=True, exist_ok=True)
        # Nothing of the surroundings reaches the functions: not the caller's credentials, not a proxy.
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.state),
            "TMPDIR": str(self.state),
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self.port),
            "AWS_ENDPOINT_URL": self.url,
            "MINISTACK_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            # Every call is signed, and asked of its caller's policies.
            "AUTH": "true",
            # What else would listen.
            "SFTP_ENABLED": "0",
            "IOT_MTLS_ENABLED": "0",
        }
        self.process = None

    def start(self):
        command = [str(Path(sys.executable).with_name("ministack"))]
        with self.log.open("wb") as log:
            # A group of its own: the functions' processes are in it and end with it.
            self.process = subprocess.Popen(
                command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                start_new_session=True)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise SystemExit(f"the emulator ended at once: see {self.log}")
            try:
                with urllib.request.urlopen(f"{self.url}/_ministack/ready", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                pass
            time.sleep(0.1)
        raise SystemExit(f"the emulator does not answer: see {self.log}")

    def stop(self):
        if self.process is None:
            return
        for how in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, how)
                self.process.wait(timeout=10)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                pass

    def client(self, service, session=None):
        """Calls one of its services: as the owner of everything, or with what `AssumeRole` gave."""
        session = session or {"AccessKeyId": "test", "SecretAccessKey": "test"}
        return boto3.client(
            service, endpoint_url=self.url, region_name=REGION, aws_access_key_id=session["AccessKeyId"],
            aws_secret_access_key=session["SecretAccessKey"], aws_session_token=session.get("SessionToken"),
            config=Config(retries={"max_attempts": 1}, read_timeout=300, s3={"addressing_style": "path"},
                          proxies={}))

    def megabytes(self):
        """The most memory that the emulator itself had at once."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) // 1024

    def running(self, binaries: Path):
        """The functions that run at this moment as processes of the very binaries that were given, and the CPU time that they
        have taken so far, in milliseconds, all processes of a function together."""
        known = {digest(file): file.parent.name for file in binaries.glob("*/bootstrap")}
        found = {}
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if os.getpgid(int(process.name)) == self.process.pid and (process / "exe").readlink().name == "bootstrap":
                    name = known.get(digest(process / "exe"), "an unknown binary")
                    # The name of a process is in parentheses and may hold anything; user and system time are 12th and 13th after it.
                    fields = (process / "stat").read_text().rsplit(")", 1)[1].split()
                    ticks = int(fields[11]) + int(fields[12])
                    found[name] = found.get(name, 0) + ticks * 1000 / os.sysconf("SC_CLK_TCK")
            except (OSError, ValueError):
                continue
        return found


DIGESTS = {}


def digest(file: Path):
    """Of a binary's bytes, which are read once, however many processes run it and however often it is asked for."""
    stat = file.stat()
    identity = (stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns)
    if identity not in DIGESTS:
        DIGESTS[identity] = hashlib.sha256(file.read_bytes()).hexdigest()
    return DIGESTS[identity]

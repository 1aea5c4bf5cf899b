"""Lambda's side of its runtime API, for one process at a time: gives it events, takes its answers, and reads from the kernel what the
process has taken until then. Wall clocks are left to others: they tell how busy the machine is."""

import json
import os
import queue
import re
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SECONDS = 60


class Failed(Exception):
    pass


class Process:
    """A function's process. `with Process(...)` starts it and waits until it asks for its first event."""

    def __init__(self, binary: Path, name: str, variables: dict, log: Path):
        self.binary, self.name, self.variables, self.log = binary, name, variables, log
        self.asked, self.events, self.answers = queue.Queue(), queue.Queue(), queue.Queue()
        self.given = 0

    def __enter__(self):
        process = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):  # noqa: N802
                process.asked.put(None)
                event = process.events.get()
                if event is None:
                    self.close_connection = True
                    return
                process.given += 1
                until = int((time.time() + 30) * 1000)
                self.reply(200, {
                    "Content-Type": "application/json",
                    "Lambda-Runtime-Aws-Request-Id": f"00000000-0000-4000-8000-{process.given:012}",
                    "Lambda-Runtime-Deadline-Ms": str(until),
                    "Lambda-Runtime-Invoked-Function-Arn": f"arn:aws:lambda:eu-central-1:000000000000:function:{process.name}",
                }, event)

            def do_POST(self):  # noqa: N802
                body = self.body()
                process.answers.put((self.path.rsplit("/", 1)[1], body))
                self.reply(202, {}, b"")

            def body(self):
                if "chunked" not in self.headers.get("transfer-encoding", ""):
                    return self.rfile.read(int(self.headers.get("content-length", 0)))
                whole = b""
                while length := int(self.rfile.readline().split(b";")[0], 16):
                    whole += self.rfile.read(length)
                    self.rfile.readline()
                self.rfile.readline()
                return whole

            def reply(self, status, headers, body):
                self.send_response(status)
                for header, value in headers.items():
                    self.send_header(header, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        variables = {
            "PATH": "/usr/bin:/bin",
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self.server.server_address[1]}",
            "AWS_LAMBDA_FUNCTION_NAME": self.name,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
            "AWS_LAMBDA_FUNCTION_VERSION": "1",
            "AWS_LAMBDA_LOG_GROUP_NAME": "bench",
            "AWS_LAMBDA_LOG_STREAM_NAME": "bench",
            **self.variables,
        }
        with self.log.open("wb") as log:
            self.process = subprocess.Popen([self.binary], env=variables, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            self.wait(self.asked)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.events.put(None)
        self.server.shutdown()
        self.server.server_close()

    def wait(self, what):
        until = time.monotonic() + SECONDS
        while True:
            try:
                return what.get(timeout=0.2)
            except queue.Empty:
                if self.process.poll() is not None or time.monotonic() > until:
                    told = self.log.read_text(errors="replace")[-2000:]
                    raise Failed(f"{self.name} does not go on:\n{told}") from None

    def answer(self, event: bytes):
        """The answer to one event, and the milliseconds of CPU taken since the process began, when it came."""
        self.events.put(event)
        kind, body = self.wait(self.answers)
        took = self.cpu()
        if kind == "error":
            raise Failed(f"{self.name}: {body.decode(errors='replace')}")
        self.wait(self.asked)
        return json.loads(body or b"null"), took

    def cpu(self):
        threads = Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e6

    def megabytes(self):
        """The most memory that it had at once."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024


def size(binary: Path):
    return os.path.getsize(binary) / 1e6

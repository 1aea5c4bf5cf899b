"""The product with its functions run by `cargo lambda watch`, beside `cargo local --services`: the README's walk goes through it,
then every file of events/ is given to its function by `cargo lambda invoke`. README.md beside this says more."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path += [str(ROOT / "tests"), str(ROOT / "tests" / "readme")]
import walk  # noqa: E402
from ports import three_free_ports  # noqa: E402

FOLDER = ROOT / "target" / "cargo-lambda"
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
# The one test that is for this, among the laws of the house.
EVENTS = "answers::every_event_is_answered_alike_by_cargo_lambda_invoke"
BEGAN = time.monotonic()


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    os.environ |= {"NO_PROXY": "127.0.0.1", "CARGO_TERM_COLOR": "never"}
    port = three_free_ports()
    api, mailbox = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{port + 1}"
    local = [str(TARGET / "debug" / "local"), "--services", "--ephemeral", "--port", str(port)]
    watch = ["cargo", "lambda", "watch", "--ignore-changes", "--invoke-address", "127.0.0.1", "--invoke-port", str(port)]
    with running("local", local) as services:
        wait_for("cargo local --services", services, lambda: "Ctrl-C stops." in services.told())
        exported = [line.removeprefix("export ") for line in services.told().splitlines() if line.startswith("export ")]
        variables = dict(line.replace("'", "").split("=", 1) for line in exported)
        say(f"cargo local --services: {len(variables)} variables; {mailbox}")
        with running("watch", watch, variables) as watched:
            wait_for("cargo lambda watch", watched, lambda: is_listening(port))
            say(f"cargo lambda watch: {api}")
            go_for_the_walk(api, mailbox, port)
            try_every_event(port, mailbox)
            if "Compiling" in watched.told():
                raise SystemExit("cargo lambda watch has compiled what cargo build --bins had built already")
            say(f"nothing was compiled by cargo lambda watch; {watched.told().count('Running `')} functions ran")
    say("it went well")


def go_for_the_walk(api, mailbox, port):
    say("the README's walk:")
    blocks = walk.run(ROOT / "README.md", api, mailbox, port, FOLDER)
    for printed, told in blocks:
        for line in printed.splitlines():
            print(f"         | {line}".rstrip())
        if printed != told:
            raise SystemExit(f"the README says otherwise:\n{told}")
    say(f"{len(blocks)} blocks, word by word what the README says")


def try_every_event(port, mailbox):
    say("every event, by cargo lambda invoke:")
    test = ["cargo", "test", "--quiet", "--locked", "--test", "house_rules", "--",
            "--ignored", "--exact", EVENTS, "--nocapture"]
    with group(test, {"WATCH_PORT": str(port), "MAILBOX_URL": mailbox}, None) as process:
        if process.wait(timeout=600):
            raise SystemExit("an event was answered otherwise")
    say("every event is answered as in tests/tables/events-answered.txt")


class Process:
    def __init__(self, process, log):
        self.process, self.log = process, log

    def told(self):
        return self.log.read_text(errors="replace")


@contextmanager
def running(name, command, variables=None):
    """A process in the background; the end of what it said is shown if something goes wrong."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}.log"
    with open(path, "wb") as log, group(command, variables or {}, log) as process:
        try:
            yield Process(process, path)
        except BaseException:
            lines = path.read_text(errors="replace").splitlines()
            print(f"== {name}, the last lines of {path}:", *lines[-60:], sep="\n", file=sys.stderr, flush=True)
            raise


@contextmanager
def group(command, variables, output):
    """A process with all that it starts in turn. Whatever happens here, all of them end."""
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | variables, stdin=subprocess.DEVNULL, stdout=output,
                               stderr=output, start_new_session=True)
    try:
        yield process
    finally:
        stop(process)


def stop(process):
    """Kindly, and more firmly whoever does not listen."""
    try:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        print(f"does not end by itself: {' '.join(process.args)}", file=sys.stderr)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_for(what, one, is_so):
    until = time.monotonic() + 60
    while not is_so():
        if one.process.poll() is not None or time.monotonic() > until:
            raise SystemExit(f"{what} does not start")
        time.sleep(0.05)


def is_listening(port):
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def say(text):
    print(f"{time.monotonic() - BEGAN:6.1f} s {text}", flush=True)


if __name__ == "__main__":
    main()

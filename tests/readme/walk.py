"""The README's walk: its very blocks in one shell, and what they print beside what the README says they print."""

import os
import re
import subprocess
from pathlib import Path

MARK = "= end of block ="
API, MAILBOX = "http://127.0.0.1:9000", "http://127.0.0.1:9001"


def blocks(readme: Path):
    section = readme.read_text().split("\n## A walk\n")[1].split("\n## ")[0]
    found = []
    for kind, text in re.findall(r"\n```(\w+)\n(.*?)\n```", section, re.DOTALL):
        if kind == "sh":
            found.append([text, ""])
        elif kind == "text":
            found[-1][1] = text
    return found


def run(readme: Path, api, mailbox, port, folder: Path):
    """What was printed, and what should have been, block by block."""
    script = "".join(f"{text}\nprintf '%s\\n' '{MARK}'\n" for text, _ in blocks(readme))
    for written, real in ((API, api), (MAILBOX, mailbox)):
        if written not in script:
            raise SystemExit(f"the README's walk does not say {written}")
        script = script.replace(written, real)
    # Not every curl knows that names below `localhost` are this machine.
    host = api.removeprefix("http://").split(":")[0]
    (folder / ".curlrc").write_text(f"resolve = {host}:{port}:127.0.0.1\n")
    environment = {**os.environ, "CURL_HOME": str(folder), "NO_PROXY": "127.0.0.1,localhost,.localhost"}
    done = subprocess.run(["sh", "-eu", "-s"], input=script, text=True, capture_output=True, timeout=180, env=environment)
    if done.returncode or done.stderr:
        raise SystemExit(f"the walk ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    printed = re.sub(r"/invitations/\S+", "/invitations/…", done.stdout.replace(api, API))
    printed = [part.strip("\n") for part in printed.split(f"{MARK}\n")]
    return [(mine, told) for mine, (_, told) in zip(printed, blocks(readme), strict=False)]

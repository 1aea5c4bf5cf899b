"""Starts the product with its demonstration account, and walks through it with the compiled walk: walk_ts.py PRODUCT WALK."""

import subprocess
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))
from product import product  # noqa: E402

with product(sys.argv[1], demo=True) as running:
    subprocess.run(["node", sys.argv[2], running.api, running.mailbox], check=True)

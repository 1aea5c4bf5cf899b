"""What `infra/bench/run` prints. Ratios of one run: the figures of two runs, or of two machines, are not comparable."""

import argparse
import datetime
import tempfile
from pathlib import Path

import account
from cold import CHECK, HELLO, ONE_READ, Cold
from running import product


def main():
    parser = argparse.ArgumentParser(prog="infra/bench/run", description=__doc__)
    parser.add_argument("--baselines", type=Path, required=True)
    parser.add_argument("--functions", type=Path, required=True)
    parser.add_argument("--local", type=Path, required=True)
    parser.add_argument("--only", action="append", default=[], metavar="FUNCTION")
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--warm", type=int, default=200, help="further answers of each process")
    parser.add_argument("--users", type=int, default=100_000)
    parser.add_argument("--organizations", type=int, default=10_000)
    parser.add_argument("--groups", type=int, default=1_000)
    parser.add_argument("--connections", type=int, default=100)
    parser.add_argument("parts", nargs="*", choices=["cold", "account", "all"], default="all")
    arguments = parser.parse_args()
    parts = ("cold", "account") if "all" in arguments.parts else arguments.parts
    with tempfile.TemporaryDirectory() as folder, product(arguments.local, demo=True) as running:
        print(f"On {datetime.date.today()}.")
        if "cold" in parts:
            cold_starts(arguments, running, Path(folder))
        if "account" in parts:
            growth(arguments, running)


def cold_starts(arguments, product, folder):
    functions = {path.parent.name: path for path in sorted(arguments.functions.glob("*/bootstrap"))}
    wanted = arguments.only or list(functions)
    functions = {name: functions[name] for name in wanted}
    baselines = {name: arguments.baselines / name for name in (HELLO, ONE_READ, "default-sdk")}
    cold = Cold(product, functions, baselines, folder)
    cold.run(arguments.rounds, arguments.warm)
    table(("binary", "CPU to first answer, ms", "× hello", "size, MB", "× hello", "memory × hello", "warm CPU × hello", "first answer"),
          cold.rows())
    if CHECK not in functions:
        return
    others = [name for name in functions if name != CHECK]
    slowest = max(others, key=lambda name: cold.ratio(name, CHECK, "first"), default=None)
    largest = max(others, key=lambda name: cold.of_size(name, CHECK), default=None)
    rows = [
        ("check-access: CPU to its first answer, × hello", f"{cold.ratio(CHECK, HELLO, 'first'):.2f}", "1.8", "1.3"),
        ("its binary, × hello", f"{cold.of_size(CHECK, HELLO):.2f}", "2.2", "1.5"),
        ("its memory, × hello", f"{cold.ratio(CHECK, HELLO, 'memory'):.2f}", "1.8", "1.5"),
        ("a warm check: CPU, × one bare read", f"{cold.ratio(CHECK, ONE_READ, 'warm'):.2f}", "1.4", "1.1"),
    ]
    if slowest:
        rows += [
            (f"the slowest other function ({slowest}): CPU to first answer, × check-access", f"{cold.ratio(slowest, CHECK, 'first'):.2f}", "1.5", "–"),
            (f"the largest other function ({largest}): size, × check-access", f"{cold.of_size(largest, CHECK):.2f}", "1.5", "–"),
        ]
    table(("what", "today", "reach", "stretch"), rows)


def growth(arguments, product):
    small = account.made(product, "ten", 10, 10, 2, 1)
    large = account.made(product, "large", arguments.users, arguments.organizations, arguments.groups, arguments.connections)
    print(f"\nAn account of {arguments.users:,} users, {arguments.organizations:,} organizations, {arguments.groups:,} groups and "
          f"{arguments.connections:,} connections, beside one of ten users:")
    table(("route", "read units, ten users", "read units, large", "ms, ten users", "time, large × ten"),
          account.compared(product, small.ada, large.ada))


def table(heads, rows):
    print("\n| " + " | ".join(heads) + " |")
    print("|---|" + "---:|" * (len(heads) - 1))
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |", flush=True)


main()

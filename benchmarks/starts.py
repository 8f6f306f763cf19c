"""What commands take that answer and end: processor time of whole processes.

python -m benchmarks.starts --db topicwire.db [--rounds 5]

Each command runs once unmeasured, which compiles its sources, then in turn with the others;
medians are printed. The last row is one process that asks a hundred times.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
from collections import defaultdict

TYPER = ("-c", "import typer, typer.rich_utils")
SESSION = (
    "import sys, topics\n"
    "with topics.open(sys.argv[1]) as session:\n"
    "    for n in range(100):\n"
    "        session.search(f'arms deliveries to Damascus {n}')\n"
)


def measure(arguments: list[str]) -> float:
    """Run Python, and return the seconds of processor time that it took."""
    environment = {
        name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
    }
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, *arguments], env=environment, stdout=subprocess.DEVNULL, check=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--db", default="topicwire.db")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    asked = {
        "cluster, nothing new": ["cluster"],
        "search": ["search", "chemical weapons inspectors"],
        "story 2": ["story", "2"],
        "copies": ["copies"],
        "outlets": ["outlets"],
        "trends": ["trends"],
    }
    runs = {name: ["-m", "topicwire", *words, "--db", args.db] for name, words in asked.items()}
    runs |= {
        "import typer": [*TYPER],
        "--help": ["-m", "topicwire", "--help"],
        "100 searches": ["-c", SESSION, args.db],
    }
    for arguments in runs.values():
        measure(arguments)
    taken = defaultdict(list)
    for _ in range(args.rounds):
        for name, arguments in runs.items():
            taken[name].append(measure(arguments))
    for name, seconds in taken.items():
        print(f"{name:22}{statistics.median(seconds):6.2f} s of processor time")


if __name__ == "__main__":
    main()

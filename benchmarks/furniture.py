"""Print the lines that the furniture rules remove from real articles, to be read.

Usage: python -m benchmarks.furniture --data DIR [--file syria.jsonl.gz] [--rule caption]

Setting: every article of a JSON Lines file (742 on Syria from 65 outlets by default).
Output: the count of removed lines and characters by rule, the articles that lose more
than half of their text, then every removed line with its article's number and place.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections import Counter
from pathlib import Path

from embeddings.articles.furniture.finding import find_furniture
from embeddings.documents import Document


def main() -> None:
    """Read, remove, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--file", default="syria.jsonl.gz")
    parser.add_argument("--rule", default="", help="print only this rule's lines")
    parser.add_argument("--counts", action="store_true", help="print no lines")
    arguments = parser.parse_args()
    with gzip.open(arguments.data / arguments.file, "rt", encoding="utf-8") as stream:
        rows = [json.loads(line) for line in stream]
    lines: Counter[str] = Counter()
    characters: Counter[str] = Counter()
    printed, heavy = [], []
    started = time.perf_counter()
    for number, row in enumerate(sorted(rows, key=lambda row: row["id"])):
        text = row["text"]
        document = Document(row["id"], text, row.get("title") or "", row.get("source") or "")
        removals = find_furniture(document)
        gone = sum(removal.end - removal.start for removal in removals)
        if text and gone > len(text) / 2:
            heavy.append(f"{number:04d} {gone} of {len(text)} characters")
        for removal in removals:
            lines[removal.rule] += 1
            characters[removal.rule] += removal.end - removal.start
            place = 100 * removal.start // len(text)
            printed.append((removal.rule, f"{number:04d} {place:3d}% {removal.text}"))
    seconds = time.perf_counter() - started
    print(f"{len(rows)} articles, {sum(lines.values())} lines removed, {seconds:.2f} s")
    for rule, count in lines.most_common():
        print(f"  {rule:14s} {count:6d} lines {characters[rule]:8d} characters")
    print(f"articles that lose more than half: {len(heavy)}", *heavy, sep="\n  ")
    if not arguments.counts:
        for rule, line in sorted(printed):
            if arguments.rule in ("", rule):
                print(f"[{rule}] {line!r}")


if __name__ == "__main__":
    main()

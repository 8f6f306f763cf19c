"""Names of topics, judged by reading: a sheet of shuffled names, and what readers said of them.

A sheet (``python -m benchmarks.names ... --sheet FILE --seed N``) holds topics drawn by the seed,
as many of each corpus: three typical and three other passages of each, and its names by all
methods, shuffled, so that a reader does not know whose is whose. A reader writes a line for each
name: its number; ``p`` if it could be printed above these passages, else ``-``; ``s`` if it names
one subject, else ``-``; a short reason. Who named what is in ``FILE.key``.

    python -m benchmarks.name_sheets --key FILE.key VERDICTS [VERDICTS] [--keep OUT]

counts the verdicts, prints how far two readers agree (share alike, Cohen's kappa), and keeps
them without any article's text (a topic is the hashes of its typical passages).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.names import Level

WANTED = 60
SHOWN = 3
LENGTH = 220


def key_of(level: Level, at: int) -> str:
    """Return what a topic is known by: a hash of its passages' texts."""
    texts = sorted(level.texts[row] for row in level.members[at].tolist())
    return hashlib.blake2b("\0".join(texts).encode(), digest_size=8).hexdigest()


class Sheet:
    """Topics that may be drawn, with their names by each method."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._topics: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)

    def take(
        self,
        corpus: str,
        depth: int,
        level: Level,
        keys: Sequence[str],
        names: Mapping[str, Mapping[str, str]],
    ) -> None:
        """Add the topics of a level, with the names that each method has for them, by key.

        One met on a broader level is not added again.
        """
        for at, (key, topic) in enumerate(zip(keys, level.topics, strict=True)):
            others = [row for row in level.members[at].tolist() if row not in topic.representatives]
            picked = np.random.default_rng([self.seed, int(key, 16)]).permutation(others)[:SHOWN]
            self._topics[corpus].setdefault(
                key,
                {
                    "corpus": corpus,
                    "depth": depth,
                    "typical": [level.texts[row] for row in topic.representatives],
                    "other": [level.texts[row] for row in picked],
                    "names": {method: own[key] for method, own in names.items() if key in own},
                },
            )

    def write(self, path: Path, wanted: int = WANTED) -> None:
        """Draw topics by the seed, as many of each corpus, and write sheet and key."""
        draw, lines, key = np.random.default_rng(self.seed), [], []
        for corpus in sorted(self._topics):
            topics = self._topics[corpus]
            for one in draw.permutation(sorted(topics))[: wanted // len(self._topics)]:
                topic = topics[one]
                lines.append(f"\n## {topic['corpus']}")
                for kind in ("typical", "other"):
                    texts = [" ".join(text.split())[:LENGTH] for text in topic[kind]]
                    lines += [f"{kind}: {text}" for text in texts]
                # A name that several give is read once.
                names = sorted(set(topic["names"].values()))
                for name in (names[at] for at in draw.permutation(len(names))):
                    lines.append(f"{len(key) + 1}. {name}")
                    hashes = [
                        hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
                        for text in topic["typical"]
                    ]
                    entry = {"corpus": corpus, "depth": topic["depth"], "topic": hashes}
                    methods = sorted(m for m, own in topic["names"].items() if own == name)
                    key.append({**entry, "methods": methods, "name": name})
        path.write_text("\n".join(lines) + "\n", "utf-8")
        path.with_name(path.name + ".key").write_text(json.dumps(key, indent=0), "utf-8")


def read_verdicts(path: Path) -> dict[int, tuple[bool, bool, str]]:
    """Read a reader's lines: number, ``p`` or ``-``, ``s`` or ``-``, reason."""
    found = {}
    for line in path.read_text("utf-8").splitlines():
        words = line.split(maxsplit=3)
        if len(words) >= 3 and words[0].rstrip(".").isdigit():
            reason = words[3] if len(words) > 3 else ""
            found[int(words[0].rstrip("."))] = (words[1] == "p", words[2] == "s", reason)
    return found


def interval(right: int, asked: int, z: float = 1.96) -> tuple[float, float]:
    """Return Wilson's interval of a share (Wilson, 1927), of 95 % unless ``z`` says otherwise."""
    middle = (right + z * z / 2) / (asked + z * z)
    half = z * math.sqrt(right * (asked - right) / asked + z * z / 4) / (asked + z * z)
    return middle - half, middle + half


def agree(one: Sequence[bool], other: Sequence[bool]) -> tuple[float, float]:
    """Return the share of verdicts alike, and Cohen's kappa."""
    alike = sum(a == b for a, b in zip(one, other, strict=True)) / len(one)
    yes, no = sum(one) / len(one), sum(other) / len(other)
    chance = yes * no + (1 - yes) * (1 - no)
    return alike, (alike - chance) / (1 - chance) if chance < 1 else 1.0


def main() -> None:
    """Count verdicts by method, print agreement, keep them if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--key", type=Path, required=True)
    parser.add_argument("verdicts", type=Path, nargs="+")
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    key = json.loads(options.key.read_text("utf-8"))
    readers = [read_verdicts(path) for path in options.verdicts]
    judged = [n for n in range(1, len(key) + 1) if all(n in reader for reader in readers)]
    print(f"{len(judged)} of {len(key)} names judged by {len(readers)} readers")
    print(f"{'names':10}{'topics':>7}", *(f"{'printable':>11}{'one subject':>13}" for _ in readers))
    for method in sorted({method for n in judged for method in key[n - 1]["methods"]}):
        own = [n for n in judged if method in key[n - 1]["methods"]]
        shares = [
            "".join(f"{sum(r[n][k] for n in own) / len(own):{w}.0%}" for k, w in ((0, 11), (1, 13)))
            for r in readers
        ]
        print(f"{method:10}{len(own):7d}", *shares)
    if len(readers) == 2:
        for k, what in enumerate(("printable", "one subject")):
            alike, kappa = agree(*([reader[n][k] for n in judged] for reader in readers))
            print(f"agreement, {what}: {alike:.0%} alike, kappa {kappa:.2f}")
    if options.keep:
        kept = []
        for n in judged:
            said = [
                {"printable": r[n][0], "one_subject": r[n][1], "reason": r[n][2]} for r in readers
            ]
            topic = {name: key[n - 1][name] for name in ("corpus", "depth", "topic")}
            kept += [
                {**topic, "method": method, "name": key[n - 1]["name"], "readers": said}
                for method in key[n - 1]["methods"]
            ]
        lines = [json.dumps(one, ensure_ascii=False) for one in kept]
        options.keep.parent.mkdir(exist_ok=True)
        options.keep.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()

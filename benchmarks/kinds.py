"""Kinds of sharing, judged by reading: `python -m benchmarks.kinds draw|count ...`.

    draw DATABASE [DATABASE] --seed N --sheet FILE    as many groups of each, half across outlets
    count --key FILE.key.json VERDICTS [VERDICTS] [--keep OUT]

A sheet shows groups of copies that stand in several articles: of up to four articles outlet, date,
headline, the paragraph before, the text, and how many other paragraphs the articles share. A
reader writes a line for each: its number, a letter, a short reason. Of a database that was read but
not clustered copies are found here, by their words alone. ``count`` prints the share of groups
told rightly with its 95 % interval (Wilson), and how far two readers agree; it keeps verdicts
without any text (a group is the hashes of its paragraphs).
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.name_sheets import interval
from embeddings.corpus.store import CorpusStore
from embeddings.text.normalising import hash_text
from embeddings.words.copies import survey_copies
from topics.coverage.articles.articles import Article, gather_articles
from topics.coverage.reuse.sharing import tell_sharing
from topics.pipeline.coverage_tables import read_copies, read_pairs, read_stories
from topics.pipeline.furniture import read_furniture
from topics.pipeline.sharing import tell_all

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from embeddings.documents import Passage
    from topics.coverage.reuse.boilerplate import Copies

WANTED = 60
SHOWN = 4
LENGTH = 700
LETTERS = {
    "copied": "C",
    "quotation": "Q",
    "boilerplate": "B",
    "update": "U",
}
QUESTION = """Each item is a text that several articles have. Which kind is it?

C  copied reporting: what a reporter wrote, or an agency's text, that another outlet has too
Q  quotation of one speaker, statement, document, article or tweet, each in a frame of its own
B  a note on the author, an appeal, a disclaimer, a stock phrase, a label of the page
U  the same outlet's own reporting again: a version, correction, update, follow-up, background

Where a quotation stands in both with the same frame and more of the text beside it, it was copied
with it: C, or U within one outlet. Write a line for each item: number, letter, a short reason.
"""


class Corpus:
    """Articles with their groups of copies, and what kind of sharing each is told to be."""

    def __init__(self, path: Path) -> None:
        with CorpusStore.open(path) as store:
            self.passages: list[Passage] = store.passages()
            documents = {document.id: document for document in store.documents()}
            self.articles: list[Article] = gather_articles(self.passages, documents)
            self.groups: list[Copies] = read_copies(store, self.passages)
            if self.groups:
                number = {article.id: n for n, article in enumerate(self.articles)}
                stories = [[number[one] for one in ids] for ids in read_stories(store).values()]
                pairs = read_pairs(store, self.passages)
                furniture = read_furniture(store, self.passages)
                self.told = tell_all(
                    self.passages, self.articles, self.groups, pairs, furniture, stories
                ).groups
            else:
                sources = {key: one.source for key, one in documents.items()}
                found = survey_copies(self.passages, sources=sources).groups
                self.groups = [(one.members, one.short) for one in found]
                self.told, _ = tell_sharing(self.passages, self.articles, self.groups)
        self.where = {
            row: (n, place)
            for n, article in enumerate(self.articles)
            for place, row in enumerate(article.rows)
        }
        self.common: Counter[tuple[int, int]] = Counter()
        for rows, _ in self.groups:
            held = sorted({self.where[row][0] for row in rows})[:SHOWN]
            self.common.update((a, b) for a in held for b in held if a < b)

    def draw(self, wanted: int, random: np.random.Generator) -> list[int]:
        """Draw groups of several articles, as many across outlets as within one."""
        strata: dict[bool, list[int]] = defaultdict(list)
        for number, (rows, short) in enumerate(self.groups):
            if not short and len({self.where[row][0] for row in rows}) > 1:
                outlets = {self.articles[self.where[row][0]].document.source for row in rows}
                strata[len(outlets - {""}) != 1].append(number)
        drawn: list[int] = []
        for across in (True, False):
            of_side = sorted(strata[across], key=lambda n: self.key(n))
            drawn += random.permutation(of_side)[: wanted // 2].tolist()
        return drawn

    def key(self, number: int) -> list[str]:
        """Return what a group is known by: the hashes of its texts."""
        return sorted({hash_text(self.passages[r].body).hex() for r in self.groups[number][0]})

    def show(self, number: int) -> list[str]:
        """Return the lines of a sheet on a group."""
        rows = {self.where[row][0]: row for row in reversed(self.groups[number][0])}
        shown = sorted(rows.items())[:SHOWN]
        lines = [f"{len(rows)} articles"] if len(rows) > SHOWN else []
        for n, row in shown:
            document, place = self.articles[n].document, self.where[row][1]
            before = self.articles[n].rows[place - 1] if place else None
            lines.append(
                f"- {document.source or 'unknown outlet'}, {document.published or 'no date'}, "
                f"“{document.title}”, paragraph {place + 1} of {len(self.articles[n].rows)}"
            )
            if before is not None:
                lines.append(f"    before: … {flat(self.passages[before].body)[-160:]}")
            lines.append(f"    TEXT: {flat(self.passages[row].body)[:LENGTH]}")
        pairs = [(a, b) for a, _ in shown for b, _ in shown if a < b]
        shared = max(self.common[pair] for pair in pairs) - 1
        lines.append(f"  other paragraphs that two of these articles share: {shared}")
        return lines


def flat(text: str) -> str:
    """Return a text on one line."""
    return " ".join(text.split())


def draw(paths: Sequence[Path], seed: int, sheet: Path) -> None:
    """Write a sheet, and beside it its key."""
    random = np.random.default_rng(seed)
    lines, key = [QUESTION], []
    for path in paths:
        corpus = Corpus(path)
        for number in corpus.draw(WANTED // len(paths), random):
            key.append({"told": corpus.told[number], "group": corpus.key(number)})
            lines += [f"\n## {len(key)}", *corpus.show(number)]
    sheet.write_text("\n".join(lines) + "\n", "utf-8")
    sheet.with_suffix(".key.json").write_text(json.dumps(key, indent=0), "utf-8")


def read_verdicts(path: Path) -> dict[int, tuple[str, str]]:
    """Read a reader's lines: number, letter, reason."""
    found = {}
    for line in path.read_text("utf-8").splitlines():
        number, letter, reason = [*line.split(maxsplit=2), "", "", ""][:3]
        if number.rstrip(".").isdigit():
            found[int(number.rstrip("."))] = (letter.strip(".,:").upper(), reason)
    return found


def count(key: list[dict[str, Any]], paths: Sequence[Path], keep: Path | None) -> None:
    """Print how many were told rightly by each reader, and how far two agree."""
    readers = [read_verdicts(path) for path in paths]
    told = {n: LETTERS[entry["told"]] for n, entry in enumerate(key, 1)}
    for path, reader in zip(paths, readers, strict=True):
        judged = [n for n in told if n in reader]
        right = sum(reader[n][0] == told[n] for n in judged)
        low, high = interval(right, len(judged))
        print(f"{path.name}: {right} of {len(judged)} told rightly ({low:.2f} to {high:.2f})")
        for pair, number in Counter((told[n], reader[n][0]) for n in judged).most_common():
            print(f"    told {pair[0]}, read {pair[1]}: {number}")
    if len(readers) == 2:
        both = [n for n in told if all(n in reader for reader in readers)]
        alike = sum(readers[0][n][0] == readers[1][n][0] for n in both)
        print(f"two readers agree on {alike} of {len(both)}")
    if keep is not None:
        kept = [
            {**entry, "readers": [[*reader[n]] for reader in readers if n in reader]}
            for n, entry in enumerate(key, 1)
        ]
        lines = [json.dumps(one, ensure_ascii=False) for one in kept]
        keep.write_text("\n".join(lines) + "\n", "utf-8")


def run_sheets(
    about: str,
    draw: Callable[[list[Path], int, Path], None],
    count: Callable[[Any, list[Path], Path | None], None],
) -> None:
    """Draw a sheet, or count what readers said of one, as the command line asks."""
    parser = argparse.ArgumentParser(description=about.splitlines()[0])
    parts = parser.add_subparsers(dest="part", required=True)
    drawing = parts.add_parser("draw")
    drawing.add_argument("databases", type=Path, nargs="+")
    drawing.add_argument("--seed", type=int, required=True)
    drawing.add_argument("--sheet", type=Path, required=True)
    counting = parts.add_parser("count")
    counting.add_argument("--key", type=Path, required=True)
    counting.add_argument("verdicts", type=Path, nargs="+")
    counting.add_argument("--keep", type=Path)
    options = parser.parse_args()
    if options.part == "draw":
        draw(options.databases, options.seed, options.sheet)
    else:
        count(json.loads(options.key.read_text("utf-8")), options.verdicts, options.keep)


if __name__ == "__main__":
    run_sheets(__doc__ or "", draw, count)

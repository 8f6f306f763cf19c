"""Measure reuse by rule: `python -m benchmarks.reuse --data DIR [paragraphs articles many grades]`.

Paragraphs and whole articles of syria.jsonl are copied with graded edits (benchmarks/edits.py)
and hidden among all the others, which are of one subject: the nearest others by their words,
and articles of one outlet and month, are among them. Every source is used once at each rate.

    recall       copies found in one wording with their source, those included that are kept
                 apart since their facts conflict; of quotations, those found inside their host
    kept apart   of these, the ones not in the group of their source
    reported     copies whose changed figure or name ``compare`` calls a conflict
    wrong        relations of a copy to a text that is neither one that it was made of, nor
                 related to one of them without the copies

Part ``many`` makes 300 paragraphs and 60 articles by each edit at 30 %, and looks for each beside
its source alone: a cell of 20 or 30 cannot tell .95 from .99, and to search among all takes long.

Part ``grades`` ranks pairs of texts by one figure, in four grades: a copy (up to 10 % of the words
edited by rule), a light revision (20 and 30 %), a heavy one (the same update in words of another
annotator of ``timeline_updates``), and none (another update on the same event); two halves of the
updates, of which the share was chosen on neither.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.copies import paragraphs, rows
from benchmarks.edits import EDITS, RATES, find_name, has_figure, synonyms, typos
from embeddings.documents import Document, Passage
from embeddings.words.copies import CopySurvey, compare, survey_copies
from topics.coverage.relations.relations import Relation
from topics.coverage.relations.wordings import find_contained


@dataclass
class Made:
    """A text made from another one, which comes first in ``sources``, and some of a second."""

    edit: str
    rate: float
    sources: tuple[int, ...]
    text: str


@dataclass
class Tally:
    """What was found of the texts made by one edit, by rate."""

    found: dict[float, list[bool]] = field(default_factory=lambda: defaultdict(list))
    apart: list[bool] = field(default_factory=list)
    told: list[bool] = field(default_factory=list)


def make_paragraphs(bodies: list[str], rate: float, count: int, rng: random.Random) -> list[Made]:
    """Edit paragraphs of 25 words or more."""
    made = []
    free = [i for i, body in enumerate(bodies) if len(body.split()) >= 25]
    rng.shuffle(free)
    for kind, edit in EDITS.items():
        for i in _take(free, count, bodies, kind):
            other = rng.choice(free)
            text = " ".join(edit(bodies[i].split(), rate, rng, bodies[other]))
            made.append(Made(kind, rate, (i, other), text))
    for n in range(count):
        inner, outer = free.pop(), free.pop()
        light = (typos, synonyms)[n % 2]
        words = light(bodies[inner].split(), rate, rng, "")
        host = bodies[outer].split()
        at = rng.randrange(len(host) + 1)
        text = " ".join(host[:at] + words + host[at:])
        made.append(Made("quoted", rate, (inner, outer), text))
    return made


def make_articles(bodies: list[str], rate: float, count: int, rng: random.Random) -> list[Made]:
    """Edit articles of 200 words or more in six paragraphs or more."""
    made = []
    free = [i for i, b in enumerate(bodies) if len(b.split()) >= 200 and len(b.split("\n\n")) >= 6]
    rng.shuffle(free)
    for kind in EDITS:
        for i in _take(free, count, bodies, kind):
            other = rng.choice(free)
            text = _edit_article(kind, bodies[i], rate, rng, bodies[other])
            made.append(Made(kind, rate, (i, other), text))
    for n in range(count):
        i = free.pop()
        blocks = bodies[i].split("\n\n")
        kept = sorted(rng.sample(range(len(blocks)), round(0.55 * len(blocks))))
        text = "\n\n".join(blocks[k] for k in kept)
        words = (typos, synonyms)[n % 2](text.split(), rate, rng, "")
        made.append(Made("quoted", rate, (i,), " ".join(words)))
    return made


def _take(free: list[int], count: int, bodies: list[str], kind: str) -> list[int]:
    """Take sources that the edit has something to change in."""
    taken = []
    for i in list(free):
        fits = {"figure": has_figure, "name": lambda b: find_name(b.split()) is not None}
        if len(taken) < count and fits.get(kind, bool)(bodies[i]):
            taken.append(i)
            free.remove(i)
    return taken


def _edit_article(kind: str, body: str, rate: float, rng: random.Random, other: str) -> str:
    """Cut, insert and move paragraphs; other edits are made word by word."""
    blocks = body.split("\n\n")
    words = rate * len(body.split())
    if kind == "cut":
        order, gone = rng.sample(range(len(blocks)), len(blocks)), set()
        for n in order:
            if len(blocks[n].split()) <= words:
                gone.add(n)
                words -= len(blocks[n].split())
        return "\n\n".join(block for n, block in enumerate(blocks) if n not in gone)
    if kind == "insert":
        words /= 1 - rate
        for block in other.split("\n\n"):
            if len(block.split()) <= words:
                blocks.insert(rng.randrange(len(blocks) + 1), block)
                words -= len(block.split())
        return "\n\n".join(blocks)
    if kind == "reorder":
        half = len(blocks) // 2
        moved = " ".join(blocks[half:] + blocks[:half]).split()
        return " ".join(synonyms(moved, rate, rng, ""))
    return " ".join(EDITS[kind](body.split(), rate, rng, other))


def measure(name: str, passages: list[Passage], documents: dict[str, Document], count: int) -> None:
    """Hide edited copies among the texts, one rate after the other, and look for them."""
    whole = name == "articles"
    make = make_articles if whole else make_paragraphs
    rng = random.Random(7)  # noqa: S311 - a repeatable sample
    bodies = [passage.body for passage in passages]
    native = _relations(passages, documents, whole)[2]
    tallies: dict[str, Tally] = defaultdict(Tally)
    right = wrong = 0
    seconds = 0.0
    for rate in RATES:
        made = make(bodies, rate, count, rng)
        copies = [Passage(f"copy-{n}", 0, 0, 0, len(m.text), m.text) for n, m in enumerate(made)]
        began = time.process_time()
        survey, nodes, related = _relations(passages + copies, documents, whole)
        seconds += time.process_time() - began
        group_of = {row: n for n, group in enumerate(survey.groups) for row in group.members}
        for n, one in enumerate(made):
            row = len(passages) + n
            source = one.sources[0]
            alike = nodes[row] == nodes[source]
            if one.edit == "quoted":
                alike = alike or source in related[row]
            tally = tallies[one.edit]
            tally.found[rate].append(bool(alike))
            tally.apart.append(group_of.get(row, -1) != group_of.get(source, -2))
            kinds = {fact.kind for fact in compare(bodies[source], one.text).conflicts}
            tally.told.append(bool(kinds & {"figure": {"figure", "date"}}.get(one.edit, _NAMED)))
            known = set(one.sources).union(*(native[s] for s in one.sources))
            strangers = {r for r in related[row] if r < len(passages)} - known
            wrong += len(strangers)
            right += bool(alike)
    print(f"{name}: {len(passages)} texts, {count} copies of each edit and rate, "
          f"{seconds / len(RATES):.1f} s of processor time a search")  # fmt: skip
    print(f"  {right} copies found, {wrong} relations to strangers: precision "
          f"{right / max(right + wrong, 1):.4f}")  # fmt: skip
    for kind, tally in tallies.items():
        every = [hit for hits in tally.found.values() for hit in hits]
        print(f"  {kind:9s} recall {np.mean(every):.4f}  ",
              "  ".join(f"{rate:.0%}: {np.mean(tally.found[rate]):.3f}" for rate in RATES),
              f"  kept apart {np.mean(tally.apart):.3f}" if kind != "quoted" else "",
              f"  reported {np.mean(tally.told):.3f}" if kind in ("figure", "name") else "",
              )  # fmt: skip


_NAMED = {"name", "place"}


def _relations(
    passages: list[Passage], documents: dict[str, Document], whole: bool
) -> tuple[CopySurvey, NDArray[np.int64], dict[int, set[int]]]:
    """Return the survey, the wording of each text, and the texts related to each."""
    survey = survey_copies(passages)
    nodes = np.arange(len(passages))
    related: dict[int, set[int]] = defaultdict(set)
    members: dict[int, set[int]] = {}
    for leader, rows_of_wording in survey.wordings:
        nodes[list(rows_of_wording)] = leader
        members[leader] = set(rows_of_wording)
        for row in rows_of_wording:
            related[row] |= members[leader]
    found: list[Relation] = find_contained(passages, documents, nodes, scattered=whole)
    for relation in found:
        left = members.get(int(nodes[relation.a]), {relation.a})
        right = members.get(int(nodes[relation.b]), {relation.b})
        for row in left:
            related[row] |= right
        for row in right:
            related[row] |= left
    return survey, nodes, related


def measure_paragraphs(data: Path) -> None:
    """Edited paragraphs."""
    passages, documents = paragraphs(rows(data / "syria.jsonl.gz"))
    measure("paragraphs", passages, documents, 30)


def measure_articles(data: Path) -> None:
    """Edited articles."""
    passages, documents = paragraphs(rows(data / "syria.jsonl.gz"))
    measure("articles", _join(passages), documents, 20)


def measure_many(data: Path) -> None:
    """Edit many texts at the highest rate, and look for each beside its source alone."""
    passages, documents = paragraphs(rows(data / "syria.jsonl.gz"))
    rng, rate = random.Random(99), RATES[-1]  # noqa: S311 - a repeatable sample
    for name, make, texts, count in (
        ("paragraphs", make_paragraphs, passages, 300),
        ("articles", make_articles, _join(passages), 60),
    ):
        found: dict[str, list[bool]] = defaultdict(list)
        for one in make([text.body for text in texts], rate, count, rng):
            pair = [texts[one.sources[0]], Passage("copy", 0, 0, 0, len(one.text), one.text)]
            _, nodes, related = _relations(pair, documents, name == "articles")
            found[one.edit].append(bool(nodes[0] == nodes[1]) or 0 in related[1])
        cells = (f"{edit} {sum(hits)} of {len(hits)}" for edit, hits in found.items())
        print(f"{name}, {rate:.0%}:", ", ".join(cells), flush=True)


def _join(passages: list[Passage]) -> list[Passage]:
    """Return an article's paragraphs as one text."""
    bodies: dict[str, list[str]] = defaultdict(list)
    for passage in passages:
        bodies[passage.document_id].append(passage.body)
    texts = {name: "\n\n".join(parts) for name, parts in bodies.items()}
    return [Passage(name, 0, 0, 0, len(text), text) for name, text in texts.items()]


def grade(data: Path) -> None:
    """Rank four grades of reuse by the share of the longer text's words that the other has."""
    from scipy.stats import spearmanr

    rng = random.Random(11)  # noqa: S311 - a repeatable sample
    told: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in rows(data / "timeline_updates.jsonl.gz"):
        if len(row["text"].split()) >= 25:
            told[row["label"]][row["story"]].append(row["text"])
    halves: list[list[tuple[int, str, str]]] = [[], []]
    for stories in told.values():
        for half, pairs in enumerate(halves):
            mine = dict(sorted(stories.items())[half::2])
            for story, (text, *others) in mine.items():
                apart = [one for name, texts in mine.items() if name != story for one in texts]
                if not others or not apart:
                    continue
                other = rng.choice(apart)
                for level, rates in ((3, (0.0, 0.05, 0.1)), (2, (0.2, 0.3))):
                    edit = EDITS[rng.choice(GRADED)]
                    words = edit(text.split(), rng.choice(rates), rng, other)
                    pairs.append((level, text, " ".join(words)))
                pairs += [(1, text, rng.choice(others)), (0, text, other)]
    for half, pairs in enumerate(halves):
        levels = np.array([level for level, *_ in pairs])
        found = np.array([compare(a, b).share for _, a, b in pairs])
        cells = (np.quantile(found[levels == level], (0.05, 0.5, 0.95)) for level in range(4))
        print(f"half {half}, {len(pairs)} pairs, Spearman "
              f"{spearmanr(found, levels)[0]:.3f}; none, heavy, light, copy: ",
              "; ".join(" ".join(f"{one:.2f}" for one in cell) for cell in cells))  # fmt: skip


# Edits that leave the facts.
GRADED = ("typos", "synonyms", "reword", "cut", "insert", "reorder")


def main() -> None:
    """Run the parts asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of the evaluation data")
    parser.add_argument("parts", nargs="*", default=["paragraphs", "articles"])
    arguments = parser.parse_args()
    parts: dict[str, Callable[[Path], None]] = {
        "paragraphs": measure_paragraphs,
        "articles": measure_articles,
        "many": measure_many,
        "grades": grade,
    }
    for part in arguments.parts:
        parts[part](arguments.data)


if __name__ == "__main__":
    main()

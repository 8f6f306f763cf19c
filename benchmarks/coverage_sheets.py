"""Stories, same-event pairs and contained passages, judged by reading.

    python -m benchmarks.coverage_sheets draw stories --db FILE [FILE] --count 40 20
        --seed N --sheet SHEET [--read KEPT [KEPT]]

writes a sheet of as many items of each database as ``--count`` says, drawn by the seed and in an
order that tells nothing: what a reader needs, a question, no score and no verdict. Kinds:
``stories`` (of several outlets, found anew from the articles whose beginnings are embedded),
``pairs`` and ``contained`` (as ``cluster`` stored them, across outlets; pairs as ``copies`` lists
them, without quotations of one speaker). Items of ``--read``, judgements kept before, are left
out. A reader writes a line
for each item: its number; ``y`` or ``n``; a short reason. Which is which is in ``SHEET.key``.

    python -m benchmarks.coverage_sheets count --key SHEET.key VERDICTS [VERDICTS] [--keep OUT]

counts the verdicts with Wilson's 95 % intervals, prints how far two readers agree (share alike,
Cohen's kappa), and keeps them without any article's text: what was judged goes by the hashes of
its passages, or of its articles' beginnings.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.name_sheets import agree, interval
from embeddings.corpus.store import CorpusStore
from embeddings.documents import Document
from embeddings.text.normalising import hash_text
from topics.coverage.articles.articles import gather_articles
from topics.coverage.relations.articles import relate_articles
from topics.coverage.stories.stories import Links, find_stories, story_text
from topics.pipeline.citing import load_articles
from topics.pipeline.coverage_tables import read_relations
from topics.pipeline.furniture import read_furniture

QUESTIONS = {
    "stories": (
        "Do all articles of the group report one event: the happening itself, what was said about "
        "it, comment on it, or its direct sequel of the same days? A group that holds a report of "
        "another event, or is a debate or a theme without one event, is `n`."
    ),
    "pairs": (
        "Do both paragraphs report the same happening, statement, measure or finding, be it in "
        "other words or with other figures? Two paragraphs on one subject are `n`."
    ),
    "contained": (
        "Does most of what the shorter paragraph says stand in the longer one, in the same words "
        "but for edits?"
    ),
}
SHOWN = {"stories": 400, "pairs": 900, "contained": 1500}


def draw(
    kind: str, path: Path, count: int, seed: int, read: Sequence[Path] = ()
) -> list[dict[str, Any]]:
    """Draw items of a database by the seed: what each is known by, and its lines."""
    known = [json.loads(line) for one in read for line in one.read_text("utf-8").splitlines()]
    before = {frozenset(one["hashes"]) for one in known}
    with CorpusStore.open(path, write=False, create=False) as store:
        found = list(_stories(store) if kind == "stories" else _relations(store, kind))
    found = [one for one in found if frozenset(one["hashes"]) not in before]
    found.sort(key=lambda one: str(one["hashes"]))
    picked = np.random.default_rng(seed).permutation(len(found))[:count]
    print(f"{path.stem}: {len(picked)} of {len(found)} {kind}")
    return [{"corpus": path.stem, "kind": kind, **found[place]} for place in picked.tolist()]


def _stories(store: CorpusStore) -> Iterator[dict[str, Any]]:
    passages, whole = load_articles(store)
    furniture = read_furniture(store, passages)
    kept = [passage for row, passage in enumerate(passages) if row not in furniture]
    articles = gather_articles(kept, {one.id: one.document for one in whole})
    hashes = [hash_text(story_text(article)) for article in articles]
    known = store.vectors_of((store.setting("encoder") or {})["fingerprint"], hashes)
    embedded = [place for place, key in enumerate(hashes) if key in known]
    articles, hashes = ([one[place] for place in embedded] for one in (articles, hashes))
    related = relate_articles(articles)
    survey = find_stories(
        articles,
        np.stack([known[key] for key in hashes]),
        Links(
            [(one.a, one.b) for one in related if one.one_text],
            [(one.a, one.b) for one in related if one.one_story and not one.one_text],
        ),
    )
    for story in survey.stories:
        if len({articles[member].document.source for member in story.members}) > 1:
            yield {
                "group": "two" if len(story.members) == 2 else "more",
                "hashes": [hashes[member].hex() for member in story.members],
                "lines": [
                    _line(articles[member].document, articles[member].body, "stories")
                    for member in story.members
                ],
            }


def _relations(store: CorpusStore, kind: str) -> Iterator[dict[str, Any]]:
    passages = {passage.id: passage for passage in store.passages()}
    documents = {document.id: document for document in store.documents()}
    wanted = "same_event" if kind == "pairs" else "contains"
    for found, a, b, _, _, sharing, across, *_ in read_relations(store):
        if found == wanted and across and not (kind == "pairs" and sharing):
            pair = passages[a], passages[b]
            yield {
                "group": "all",
                "hashes": [hash_text(one.body).hex() for one in pair],
                "lines": [_line(documents[one.document_id], one.body, kind) for one in pair],
            }


def _line(document: Document, body: str, kind: str) -> str:
    text = " ".join(body.split())
    cut = text[: SHOWN[kind]] + ("..." if len(text) > SHOWN[kind] else "")
    date = document.published or "undated"
    return f"- {date} | {document.source} | **{' '.join(document.title.split())}**: {cut}"


def write(items: Sequence[dict[str, Any]], kind: str, seed: int, path: Path) -> None:
    """Write the sheet, and beside it the key."""
    order = np.random.default_rng([seed, 1]).permutation(len(items)).tolist()
    lines = [f"# {kind}", "", QUESTIONS[kind], "", "Write: number, y or n, a short reason."]
    key = []
    for number, place in enumerate(order, start=1):
        item = items[place]
        lines += ["", f"## {number}", "", *item["lines"]]
        key.append({name: value for name, value in item.items() if name != "lines"})
    path.write_text("\n".join(lines) + "\n", "utf-8")
    path.with_name(path.name + ".key").write_text(json.dumps(key, indent=0), "utf-8")


def read_verdicts(path: Path) -> dict[int, tuple[bool, str]]:
    """Read a reader's lines: number, ``y`` or ``n``, reason."""
    found = {}
    for line in path.read_text("utf-8").splitlines():
        words = line.split(maxsplit=2)
        if len(words) >= 2 and words[0].rstrip(".").isdigit():
            reason = words[2] if len(words) > 2 else ""
            found[int(words[0].rstrip("."))] = words[1].lower() == "y", reason
    return found


def count(key: Sequence[dict[str, Any]], readers: Sequence[dict[int, tuple[bool, str]]]) -> None:
    """Print the counts of each reader by corpus and group, and how far two agree."""
    judged = [n for n in range(1, len(key) + 1) if all(n in reader for reader in readers)]
    print(f"{len(judged)} of {len(key)} judged by {len(readers)} readers")
    parts = {(entry["corpus"], group) for entry in key for group in (entry["group"], "all")}
    for corpus, group in sorted(parts):
        own = [
            n
            for n in judged
            if key[n - 1]["corpus"] == corpus and group in ("all", key[n - 1]["group"])
        ]
        for place, reader in enumerate(readers, start=1):
            right = sum(reader[n][0] for n in own)
            if own:
                low, high = interval(right, len(own))
                print(
                    f"{corpus:12}{group:6}reader {place}: {right:3d} of {len(own):3d} "
                    f"{right / len(own):5.0%}  ({low:.0%} to {high:.0%})"
                )
    if len(readers) == 2 and judged:
        alike, kappa = agree(*([reader[n][0] for n in judged] for reader in readers))
        print(f"agreement: {alike:.0%} alike, kappa {kappa:.2f}")


def keep(
    key: Sequence[dict[str, Any]], readers: Sequence[dict[int, tuple[bool, str]]], path: Path
) -> None:
    """Keep the judgements, a line each, with no text."""
    lines = []
    for number, entry in enumerate(key, start=1):
        said = [
            {"right": reader[number][0], "reason": reader[number][1]}
            for reader in readers
            if number in reader
        ]
        if said:
            lines.append(json.dumps({**entry, "readers": said}, ensure_ascii=False))
    path.write_text("\n".join(lines) + "\n", "utf-8")


def main() -> None:
    """Draw a sheet, or count what was said of one."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parts = parser.add_subparsers(dest="part", required=True)
    drawing = parts.add_parser("draw")
    drawing.add_argument("kind", choices=sorted(QUESTIONS))
    drawing.add_argument("--db", type=Path, nargs="+", required=True)
    drawing.add_argument("--count", type=int, nargs="+", required=True, help="of each database")
    drawing.add_argument("--seed", type=int, required=True)
    drawing.add_argument("--sheet", type=Path, required=True)
    drawing.add_argument("--read", type=Path, nargs="+", default=[], help="kept judgements")
    counting = parts.add_parser("count")
    counting.add_argument("--key", type=Path, required=True)
    counting.add_argument("verdicts", type=Path, nargs="+")
    counting.add_argument("--keep", type=Path)
    options = parser.parse_args()
    if options.part == "draw":
        items = []
        for path, wanted in zip(options.db, options.count, strict=True):
            items += draw(options.kind, path, wanted, options.seed, options.read)
        write(items, options.kind, options.seed, options.sheet)
        return
    key = json.loads(options.key.read_text("utf-8"))
    readers = [read_verdicts(path) for path in options.verdicts]
    count(key, readers)
    if options.keep:
        keep(key, readers, options.keep)


if __name__ == "__main__":
    main()

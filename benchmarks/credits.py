"""Recall of stated credits, by reading: `python -m benchmarks.credits draw|count ...`.

    draw DATABASE --seed N --sheet FILE    100 articles that name an agency or speak of agencies
    count --key FILE.key.json VERDICTS [VERDICTS] [--keep OUT]

A sheet shows of each article its outlet, its first two paragraphs, its last four lines, and every
line that names an agency, speaks of agencies, or says who contributed, cut to 300 characters. A
reader writes a line for each article: its number, the agencies that it credits with its text, in
part or whole, or ``-``; a short reason after a semicolon. ``count`` prints the recall and precision
of ``find_credits`` over articles and agencies with 95 % intervals (Wilson); an outlet that is the
agency itself credits nobody. Kept are hashes of the articles' texts, no text.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.kinds import run_sheets
from benchmarks.name_sheets import interval
from embeddings.corpus.contents import read_removals
from embeddings.corpus.store import CorpusStore
from embeddings.text.normalising import hash_text
from topics.coverage.credit.agencies import AGENCY, agency_key, name_agency
from topics.coverage.credit.credits import find_credits
from topics.coverage.credit.wire import own_agency

if TYPE_CHECKING:
    from collections.abc import Sequence

WANTED = 100
LENGTH = 300
_NAMED = re.compile(rf"\b(?:{AGENCY})\b|(?i:\bagenc(?:y|ies)\b.{{0,20}}$|\bwires?\b|\bcontribut)")
QUESTION = """Which agencies does each article credit with its text, in part or as a whole?

A dateline "(AP)", a by-line, "© Reuters", "with agencies", "The Associated Press contributed to
this report" are credits. "told Reuters", "according to AFP", "the AP reported" and a picture's
credit are none. Write: number, agencies (or "agencies" where they are not named, or -); reason.
"""


def draw(paths: Sequence[Path], seed: int, sheet: Path) -> None:
    """Write a sheet of one database, and beside it its key."""
    (path,) = paths
    dropped: dict[str, list[str]] = defaultdict(list)
    with CorpusStore.open(path) as store:
        documents = {document.id: document for document in store.documents()}
        for document_id, _, _, start, line in read_removals(store):
            if start is None:
                dropped[document_id].append(line)
    lines_of = {
        key: [line for line in (*one.text.split("\n"), *dropped[key]) if line.strip()]
        for key, one in documents.items()
    }
    naming = sorted(key for key, lines in lines_of.items() if any(map(_NAMED.search, lines)))
    lines, keys = [QUESTION], []
    for key in np.random.default_rng(seed).permutation(naming)[:WANTED].tolist():
        document, own = documents[key], lines_of[key]
        found = find_credits(document, dropped[key])
        credited = sorted({one.agency or "agencies" for one in found if not one.own})
        keys.append(
            {
                "article": hash_text(document.text).hex(),
                "own": own_agency(document.source),
                "found": credited,
            }
        )
        lines.append(f"\n## {len(keys)}. {document.source}, {document.published or 'no date'}")
        heads, feet = own[:2], own[-4:]
        lines += [f"head: {flat(line)}" for line in heads]
        lines += [
            f"line: {flat(line, match.start())}"
            for line in own
            if line not in (*heads, *feet) and (match := _NAMED.search(line))
        ][:12]
        lines += [f"foot: {flat(line)}" for line in feet]
    sheet.write_text("\n".join(lines) + "\n", "utf-8")
    sheet.with_suffix(".key.json").write_text(json.dumps(keys, indent=0), "utf-8")


def flat(text: str, place: int = 0) -> str:
    """Return a part of a text around a place on one line."""
    start = max(0, place - LENGTH // 2)
    return ("… " if start else "") + " ".join(text[start : start + LENGTH].split())


def read_verdicts(path: Path) -> dict[int, tuple[list[str], str]]:
    """Read a reader's lines: number, agencies or ``-``, reason."""
    verdicts = {}
    for line in path.read_text("utf-8").splitlines():
        number, _, rest = line.partition(" ")
        if number.rstrip(".").isdigit():
            agencies, _, reason = rest.partition(";")
            names = [name_agency(one.strip()) for one in agencies.split(",")]
            verdicts[int(number.rstrip("."))] = (
                sorted({one for one in names if one not in ("", "-")}),
                reason.strip(),
            )
    return verdicts


def count(key: list[dict[str, Any]], paths: Sequence[Path], keep: Path | None) -> None:
    """Print recall and precision by each reader's verdicts, and what was missed."""
    readers = [read_verdicts(path) for path in paths]
    for path, reader in zip(paths, readers, strict=True):
        both = said = told = 0
        for number, entry in enumerate(key, 1):
            wanted = {agency_key(one) for one in reader[number][0]} - {entry["own"]}
            found = {agency_key(one) for one in entry["found"]} - {entry["own"]}
            both, said, told = both + len(wanted & found), said + len(wanted), told + len(found)
            if wanted != found:
                print(f"    {number}: read {sorted(wanted)}, found {sorted(found)}")
        for what, whole in (("recall", said), ("precision", told)):
            low, high = interval(both, whole)
            print(f"{path.name}: {what} {both} of {whole} ({low:.2f} to {high:.2f})")
    if len(readers) == 2:
        said = [
            [{agency_key(one) for one in reader[n][0]} - {entry["own"]} for reader in readers]
            for n, entry in enumerate(key, 1)
        ]
        print(f"two readers agree on {sum(a == b for a, b in said)} of {len(key)} articles")
    if keep is not None:
        kept = [
            {**entry, "readers": [[*reader[number]] for reader in readers]}
            for number, entry in enumerate(key, 1)
        ]
        lines = [json.dumps(one, ensure_ascii=False) for one in kept]
        keep.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    run_sheets(__doc__ or "", draw, count)

"""Numbers with their nouns, as tables and pictures print them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from embeddings.articles.parsing.results import PYTHON, STANDARD_INPUT
from embeddings.text.languages import UNSURE

if TYPE_CHECKING:
    from embeddings.articles.parsing.results import Problem
    from embeddings.corpus.intake import ReadingReport
    from topics.pipeline.sharing import CopyCount


def count(number: int, noun: str) -> str:
    """Return a number with its noun, plural where it must be."""
    plural = noun[:-1] + "ies" if noun.endswith("story") else noun + "s"
    return f"{number:,} {noun if number == 1 else plural}"


def tell_files(kinds: Mapping[str, int], *, by_kind: bool = False) -> str:
    """Return what was read: ``3 files (2 .txt, 1 .md) and standard input``, kinds if asked."""
    others = {STANDARD_INPUT: STANDARD_INPUT, PYTHON: "what was given"}
    files = Counter({kind: number for kind, number in kinds.items() if kind not in others})
    told = ", ".join(f"{number:,} {kind}" for kind, number in files.most_common())
    whole = count(files.total(), "file") + (f" ({told})" if by_kind else "")
    return " and ".join([whole] * bool(files) + [others[kind] for kind in others if kind in kinds])


def from_outlets(number: int) -> str:
    """Return how many outlets something is from, or nothing where none is known."""
    return f" from {count(number, 'outlet')}" if number else ""


_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def spell_date(date: str) -> str:
    """Return an ISO 8601 date, cut to what is known, as a newspaper prints it: 5 May 2013."""
    year, *rest = date[:10].split("-")
    parts = [str(int(rest[1]))] if len(rest) > 1 else []
    return " ".join([*parts, _MONTHS[int(rest[0]) - 1] if rest else "", year]).strip()


def percent(part: int, whole: int) -> str:
    """Return a share as tables print it: empty for none, ``<1%`` for next to none."""
    if not part:
        return ""
    return f"{part / whole:.0%}" if part / whole >= 0.005 else "<1%"


# What copies are called where they are counted: the same words in every command.
_SHARINGS = {
    "copied": "copied",
    "quotation": "quotation",
    "boilerplate": "boilerplate",
    "update": "update",
    "repeat": "repeat in one article",
    "": "not told apart yet",
}
_PLURALS = {
    "quotation": "quotations",
    "update": "updates",
    "repeat": "repeats in one article",
}
_WHAT = {
    "group": "copies",
    "contains": "in a longer passage",
    "near_copy": "same wording, other facts",
    "same_event": "same event",
}


def tell_sharings(counts: Iterable[CopyCount]) -> str:
    """Return how many there are of each kind of sharing: ``15 copied, 45 quotations``."""
    totals = dict.fromkeys(_SHARINGS, 0)
    for one in counts:
        totals[one.sharing] += one.count
    return ", ".join(
        f"{number:,} {_PLURALS.get(sharing, _SHARINGS[sharing]) if number != 1 else name}"
        for (sharing, name), number in zip(_SHARINGS.items(), totals.values(), strict=True)
        if number
    )


def tell_copies(counts: Sequence[CopyCount]) -> dict[str, str]:
    """Return what was found of copies, by what is counted: groups of copies, related pairs."""
    found = {}
    for what, name in _WHAT.items():
        own = [one for one in counts if one.what == what]
        if what == "same_event":
            told = sum(one.count for one in own if not one.sharing)
            quoted = sum(one.count for one in own if one.sharing)
            parts = [count(told, "pair")] if told else []
            parts += [count(quoted, "quotation")] if quoted else []
        else:
            across, within = (
                tell_sharings(one for one in own if one.across is side) for side in (True, False)
            )
            parts = [f"across outlets {across}"] if across else []
            parts += [f"within one outlet {within}"] if within else []
        if parts:
            found[name] = "; ".join(parts)
    return found


def fold_problems(problems: Sequence[Problem]) -> list[Problem]:
    """Tell what several rows of a file have alike in one problem, at the first of them."""
    alike: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        alike.setdefault((problem.path, problem.message), []).append(problem)
    return [
        first if not more else replace(first, message=f"{message} ({1 + len(more)} such rows)")
        for (_, message), (first, *more) in alike.items()
    ]


def tell_languages(counts: Sequence[tuple[str, int]]) -> str:
    """Return how many articles are in each language: ``120 en, 3 de, 1 of unsure language``."""
    names = {UNSURE: "of unsure language", "": "not looked at yet"}
    return ", ".join(f"{number:,} {names.get(code, code)}" for code, number in counts)


def describe_nothing(reading: ReadingReport) -> str:
    """Say that no article was found in what was named, and why."""
    problems = fold_problems(reading.problems)
    read = tell_files(reading.kinds)
    why = [
        each.message if each.path == read else f"{Path(each.path).name}: {each.message}"
        for each in problems[:3]
    ]
    why += [f"and {len(problems) - 3} more"] if len(problems) > len(why) else []
    return (
        f"No article was found in {read} ({'; '.join(why)}); name files "
        "that hold articles, or the column of their text with --column text=NAME."
    )
